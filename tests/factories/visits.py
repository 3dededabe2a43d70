"""Visits, logs and caseloads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dispatch import storage, visits
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor

AT = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    """Read a local time such as "2026-03-05 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def log_entry(elder_id: UUID, *, carer_id: UUID, started_at: datetime, **fields) -> visits.VisitLogEntry:
    """Give a care visit at the door, of half an hour, done, told at its end."""
    made = {
        "log_id": storage.new_id(),
        "elder_id": elder_id,
        "carer_id": carer_id,
        "service_code": "visiting",
        "mode": visits.VisitMode.DOOR,
        "outcome": visits.VisitOutcome.DONE,
        "started_at": started_at,
        "finished_at": started_at + timedelta(minutes=30),
        "place": visits.Place.HOME,
        "device_at": started_at + timedelta(minutes=31),
    }
    return visits.VisitLogEntry(**(made | fields))


def record_logs(
    *entries: visits.VisitLogEntry, actor: Actor = SYSTEM, received_at: datetime | None = None
) -> list[visits.LogResult]:
    """Record logs, received one minute after the last began unless said otherwise."""
    at = received_at or max(entry.device_at for entry in entries) + timedelta(minutes=1)
    return visits.record_visit_logs(entries, actor=actor, received_at=at, zone=ZONE)


def put_caseload(carer_id: UUID, *elder_ids: UUID, since: date = date(2020, 1, 1), until: date | None = None) -> None:
    """Make a worker answer for elders."""
    visits.put_caseloads(
        [visits.CaseloadRecord(elder_id, carer_id, since, until) for elder_id in elder_ids], actor=SYSTEM, at=AT
    )


def new_visit(elder_id: UUID, *, start_at: datetime, carer_id: UUID | None = None, **fields) -> visits.NewVisit:
    """Give a service visit of an hour, in a window of two that begins with it."""
    made = {
        "elder_id": elder_id,
        "service_code": "bathing_home",
        "window_from_at": start_at,
        "window_to_at": start_at + timedelta(hours=2),
        "visit_min": 60,
        "carer_id": carer_id,
        "start_at": start_at if carer_id else None,
    }
    return visits.NewVisit(**(made | fields))
