"""A person's own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import storage
from dispatch.elders import mask_id_no
from dispatch.privacy.values import PersonCopy

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

ROOT, COLUMN = "elder", "elder_id"
ID_NO = "id_no"


def give_copy(elder_id: UUID, *, at: datetime) -> PersonCopy:
    """
    Give everything that is kept of an elder, sealed fields opened; whether the reader may is the caller's to check.

    The ID number stays masked: the elder knows it, and the copy travels. Blind indexes and hashes are left out.
    """
    tables = storage.read_subject(ROOT, subject_id=elder_id, column=COLUMN)
    for row in tables[ROOT]:
        row[ID_NO] = mask_id_no(row[ID_NO]) if row.get(ID_NO) else None
    return PersonCopy(elder_id=elder_id, made_at=at, tables=tables)
