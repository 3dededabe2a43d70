"""When within a window a provider is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dispatch import directory
from dispatch.assignment.values import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
STEP: Final = timedelta(minutes=5)  # hours of real places begin and end on such minutes
LIBRARY: Final = directory.Calendar()
LONG_STEP: Final = timedelta(minutes=15)  # for windows of several days


def find_open(
    hours: str | None,
    *,
    closures: Sequence[directory.Span],
    window: Span,
    zone: ZoneInfo,
    calendar: directory.Calendar = LIBRARY,
) -> tuple[tuple[Span, ...], bool]:
    """
    Find the stretches of a window in which a provider is open, and whether the hours are known.

    Where they are not known the whole window counts as open. Stretches are found on steps of five minutes
    (a quarter of an hour in windows longer than a day); one that is open in part only counts as closed.
    """
    whole = directory.is_open(
        hours, closures=closures, at=window.from_at, until=window.to_at, zone=zone, calendar=calendar
    )
    if whole is not False:
        return (window,), whole is not None
    found: list[Span] = []
    step = STEP if window.to_at - window.from_at <= DAY else LONG_STEP
    at = window.from_at
    while at < window.to_at:
        until = min(_next_step(at, step=step), window.to_at)
        if directory.is_open(hours, closures=closures, at=at, until=until, zone=zone, calendar=calendar) is not False:
            if found and found[-1].to_at == at:
                found[-1] = Span(found[-1].from_at, until)
            else:
                found.append(Span(at, until))
        at = until
    return tuple(found), True


def _next_step(at: datetime, *, step: timedelta) -> datetime:
    """Give the next full step of the clock, which is the same in UTC and in every zone of whole quarter hours."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return at + step - (at - epoch) % step
