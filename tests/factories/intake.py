"""Care requests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dispatch import intake, storage
from dispatch.actor import SYSTEM
from dispatch.intake.models import CareRequestClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from dispatch.actor import Actor

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 30, 1, 0, tzinfo=UTC)  # Monday, 09:00 in Tianjin


def local(text: str) -> datetime:
    """Give an instant by date and hour in Tianjin: "2026-03-31 14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def wish(
    elder_id: UUID,
    service_code: str = "bathing_home",
    *,
    window: tuple[str, str] = ("14:00", "16:00"),
    on: str = "2026-03-31",
    **fields,
) -> intake.RequestWish:
    """Give a wish for a service on Tuesday, 31 March 2026."""
    made = {
        "id": None,
        "elder_id": elder_id,
        "service_code": service_code,
        "window_from_at": local(f"{on} {window[0]}"),
        "window_to_at": local(f"{on} {window[1]}"),
    }
    return intake.RequestWish(**(made | fields))


def submit(asked: intake.RequestWish, *, actor: Actor = SYSTEM, now: datetime = NOW) -> intake.RequestCard:
    """Submit a wish."""
    return intake.submit_request(asked, actor=actor, now=now, zone=ZONE)


def series_wish(elder_id: UUID, rrule: str = "FREQ=WEEKLY;COUNT=10", **fields) -> intake.SeriesWish:
    """Give a wish for a bath each Tuesday from 3 March 2026, ten times: the worked example."""
    made = {
        "id": None,
        "elder_id": elder_id,
        "service_code": "bathing_home",
        "rrule": rrule,
        "starts_on": date(2026, 3, 3),
        "from_time": time(14),
        "to_time": time(16),
    }
    return intake.SeriesWish(**(made | fields))


def start(asked: intake.SeriesWish, *, actor: Actor = SYSTEM, now: datetime = NOW) -> intake.SeriesCard:
    """Start a series."""
    return intake.start_series(asked, actor=actor, now=now, zone=ZONE)


def extend(series_id: UUID, *, now: datetime = NOW) -> intake.Extension | None:
    """Make requests of a series' next dates."""
    return intake.extend_series(series_id, at=now, zone=ZONE)


def move(request_id: UUID, *steps: intake.RequestStatus, now: datetime = NOW, **fields) -> intake.RequestCard:
    """Make moves as the system, one after the other."""
    for to in steps:
        card = intake.move_request(request_id, to=to, actor=SYSTEM, now=now, **fields)
    return card


def raise_task(request_id: UUID, *, kind: intake.TaskKind, reason: str | None = None, at: datetime = NOW) -> UUID:
    """Raise a supervisor's task as the system."""
    return intake.raise_task(request_id, kind=kind, reason=reason, actor=SYSTEM, at=at)


def clocks_of(request_id: UUID) -> list[CareRequestClock]:
    """Give the clocks of a request: for accepting by turn, then for the start."""
    storage.session().flush()
    return list(
        storage.session().scalars(
            sa.select(CareRequestClock)
            .where(CareRequestClock.care_request_id == request_id)
            .order_by(CareRequestClock.clock, CareRequestClock.turn_no)
        )
    )


def record_unmet(
    request_id: UUID, *, kind: intake.UnmetKind, reasons: Sequence[str] = (), offer_id: UUID | None = None
) -> None:
    """Add a line to the log of unmet demand."""
    intake.record_unmet(request_id, kind=kind, reasons=reasons, at=NOW, offer_id=offer_id)
    storage.session().flush()
