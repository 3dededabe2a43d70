"""Elders' wishes about carers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from dispatch import assignment
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)


def refuse(elder_id: UUID, *, carer_id: UUID, since: date = date(2026, 1, 1), until: date | None = None) -> None:
    """Let an elder refuse a carer."""
    record = assignment.PreferenceRecord(
        elder_id=elder_id,
        carer_id=carer_id,
        kind=assignment.PreferenceKind.REFUSED,
        valid_from=since,
        valid_to=until,
    )
    assignment.put_preferences([record], actor=SYSTEM, at=AT)
