"""
Clocks that run by day, or always. No session, no clock of its own.

A clock by day counts from 08:00 to 20:00 local time, on every day of the week. What is counted are real seconds, so
that counting on from where one stopped is the same as counting at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from dispatch import dates
from dispatch.intake.values import ClockHours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

DAY_FROM: Final = time(8)  # domain.md 3.6: soon and routine clocks run 08:00–20:00
DAY_TO: Final = time(20)


def clock_end(start_at: datetime, *, counted: timedelta, hours: ClockHours, zone: ZoneInfo) -> datetime:
    """
    Give the earliest instant, in UTC, by which a clock has counted so much since a start.

    Nothing to count ends at once, also at night. 60 minutes from 19:30 by day end at 08:30 on the next day, 30
    minutes from 19:30 at 20:00.

    Raises
    ------
    ValueError
        Where less than nothing is to be counted.

    """
    if counted < timedelta():
        raise ValueError("a clock counts forward")
    start_at = start_at.astimezone(UTC)
    if hours is ClockHours.ALWAYS or not counted:
        return start_at + counted
    left = counted
    for opens_at, closes_at in _days(start_at, zone):
        runs_from = max(start_at, opens_at)
        if left <= closes_at - runs_from:
            return runs_from + left
        left -= max(closes_at - runs_from, timedelta())
    raise AssertionError("days do not end")


def clock_counted(from_at: datetime, *, to_at: datetime, hours: ClockHours, zone: ZoneInfo) -> timedelta:
    """Give how much a clock counts from one instant to another; nothing where the second is not later."""
    if to_at <= from_at:
        return timedelta()
    from_at, to_at = from_at.astimezone(UTC), to_at.astimezone(UTC)
    if hours is ClockHours.ALWAYS:
        return to_at - from_at
    total = timedelta()
    for opens_at, closes_at in _days(from_at, zone):
        if opens_at >= to_at:
            return total
        total += max(min(to_at, closes_at) - max(from_at, opens_at), timedelta())
    raise AssertionError("days do not end")


def _days(from_at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Give the hours in which a clock by day runs, from an instant's local date on, in UTC."""
    on = dates.service_date(from_at, zone)
    while True:
        yield (
            datetime.combine(on, DAY_FROM, tzinfo=zone).astimezone(UTC),
            datetime.combine(on, DAY_TO, tzinfo=zone).astimezone(UTC),
        )
        on += timedelta(days=1)
