"""Where a visit stands, in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class VisitProgress(NamedTuple):
    """
    Where a visit stands, in short; status and outcome are codes, the end is that of the last log.

    `area_code` is the community where the elder lives; `elder_id` is for names and access lines.
    """

    visit_id: UUID
    elder_id: UUID
    area_code: str | None
    service_code: str
    pair_id: UUID | None
    slot_no: int
    window_from_at: datetime
    window_to_at: datetime
    visit_min: int
    start_at: datetime | None
    carer_id: UUID | None
    status: str
    outcome: str | None
    started_at: datetime | None
    finished_at: datetime | None
