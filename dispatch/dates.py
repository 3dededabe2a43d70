"""Where an instant becomes a local calendar date, and a month a span of instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo


def service_date(at: datetime, zone: ZoneInfo) -> date:
    """Give the calendar date of an instant in the zone of the service."""
    return at.astimezone(zone).date()


def start_of(on: date, zone: ZoneInfo) -> datetime:
    """Give the instant at which a local date begins, in UTC."""
    return datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)


def month_span(month: str) -> tuple[date, date]:
    """
    Give the first day of a month "2026-03" and the first day of the next: a half-open span.

    Raises ValueError where the text is no month.
    """
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    return first, (first + timedelta(days=31)).replace(day=1)


def free_spans(
    span: tuple[date, date | None], *, taken: Iterable[tuple[date, date | None]]
) -> list[tuple[date, date | None]]:
    """Give the parts of a half-open span of days (end None: open) that none of the others covers, in order."""
    free: list[tuple[date, date | None]] = []
    start, end = span
    for begin, over in sorted(taken, key=lambda each: each[0]):
        if over is not None and over <= start:
            continue
        if end is not None and begin >= end:
            break
        if begin > start:
            free.append((start, begin))
        if over is None:
            return free
        start = max(start, over)
    if end is None or start < end:
        free.append((start, end))
    return free
