"""A person's own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import elders, storage
from dispatch.phones import mask_phone
from dispatch.privacy.values import PersonCopy

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

ROOT, COLUMN = "elder", "elder_id"
ID_NO = "id_no"
TEXTS = "short_text"


def give_copy(elder_id: UUID, *, at: datetime) -> PersonCopy:
    """
    Give everything that is kept of an elder, sealed fields opened; whether the reader may is the caller's to check.

    Records that were merged into this one are in it. The ID number stays masked: the elder knows it, and the copy
    travels. So do the numbers that short texts went to: those of carers and coordinators are among them. Blind indexes
    and hashes are left out.
    """
    tables = storage.read_subject(ROOT, subject_id=elder_id, column=COLUMN)
    for merged_id in sorted(elders.find_absorbed([elder_id])):
        for table, rows in storage.read_subject(ROOT, subject_id=merged_id, column=COLUMN).items():
            tables[table] = [*tables[table], *rows]
    for row in tables[ROOT]:
        row[ID_NO] = elders.mask_id_no(row[ID_NO]) if row.get(ID_NO) else None
    for row in tables.get(TEXTS, ()):
        row["phone"] = mask_phone(row["phone"]) if row.get("phone") else None
    return PersonCopy(elder_id=elder_id, made_at=at, tables=tables)
