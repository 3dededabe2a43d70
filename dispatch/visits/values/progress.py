"""Where a visit stands, in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class VisitProgress(NamedTuple):
    """Where a visit stands, in short; status and outcome are codes, the end is that of the last log."""

    visit_id: UUID
    elder_id: UUID
    service_code: str
    window_from_at: datetime
    window_to_at: datetime
    visit_min: int
    start_at: datetime | None
    carer_id: UUID | None
    pair_id: UUID | None
    slot_no: int
    status: str
    outcome: str | None
    version: int
    started_at: datetime | None
    finished_at: datetime | None
