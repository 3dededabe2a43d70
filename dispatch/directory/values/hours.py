"""Opening hours in OpenStreetMap's notation, and whether a place is open."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from opening_hours import OpeningHours as Expression
from opening_hours import ParserError, State  # type: ignore[attr-defined] # missing from the library's stubs

from dispatch.directory.values.calendar import Calendar, DayKind
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

PUBLIC_HOLIDAY = re.compile(r"\bPH\b")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LIBRARY = Calendar()
LONGEST = 500  # characters; hours of real places have far fewer


class InvalidHoursError(InvalidError):
    """The hours cannot be read."""

    slug = "invalid-hours"
    title = Words("营业时间写法有误", "The hours cannot be read")
    detail = Words(
        "“{hours}”读不出来。写法如：Mo-Fr 08:00-17:00; Sa 09:00-12:00; PH off。",
        '"{hours}" cannot be read. Write for example: Mo-Fr 08:00-17:00; Sa 09:00-12:00; PH off.',
    )


class Span(NamedTuple):
    """From one instant up to, not including, another."""

    from_at: datetime
    to_at: datetime


def read_hours(text: str) -> str:
    """
    Check hours and give them as they are stored: full-width signs made plain (NFKC).

    Raises
    ------
    InvalidHoursError
        Where they do not parse.

    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or len(plain) > LONGEST:
        raise InvalidHoursError(hours=text[:80])
    try:
        for asked in (plain, PUBLIC_HOLIDAY.sub("Mo", plain)):  # as it stands, and as it is asked on a holiday
            Expression(asked, auto_country=False, auto_timezone=False)
    except ParserError:
        raise InvalidHoursError(hours=text[:80]) from None
    return plain


def is_open(
    hours: str | None,
    *,
    closures: Iterable[Span] = (),
    at: datetime,
    until: datetime | None = None,
    zone: ZoneInfo,
    calendar: Calendar = LIBRARY,
) -> bool | None:
    """
    Say whether a place is open at an instant, or during the whole of a span.

    Parameters
    ----------
    hours : str or None
        In OpenStreetMap's notation; PH are the holidays of the calendar. A make-up workday at a weekend has
        the hours of the working day next to it.
    closures : iterable of Span
        They win over the hours.
    at, until : datetime
        Aware. Without `until` the instant alone counts; with it the place must be open up to `until`.
    zone : ZoneInfo
        Where the hours hold.
    calendar : Calendar
        Holidays and make-up workdays.

    Returns
    -------
    bool or None
        None where it is not known.

    """
    end = until if until is not None and until > at else None
    for closure in closures:
        begins_before = closure.from_at < end if end else closure.from_at <= at
        if begins_before and at < closure.to_at:
            return False
    if hours is None:
        return None
    states: set[State] = set()
    if end is None:
        text, moved = _asked(hours, at.astimezone(zone), calendar=calendar)
        states.add(_expression(text, zone).state(moved)[0])
    else:
        for start, stop in _days(at.astimezone(zone), end.astimezone(zone)):
            text, moved = _asked(hours, start, calendar=calendar)
            states |= {state for _, _, state, _ in _expression(text, zone).intervals(moved, moved + (stop - start))}
    if State.CLOSED in states:
        return False
    return None if State.UNKNOWN in states else True


def _days(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Part a span at local midnight: each day is a kind of its own."""
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), tzinfo=start.tzinfo)
        stop = min(midnight, end)
        yield start, stop
        start = stop


def _asked(hours: str, at: datetime, *, calendar: Calendar) -> tuple[str, datetime]:
    """
    Turn hours and an instant into what is asked of the weekly pattern alone.

    On a holiday PH stands for that day's weekday, so that its rules hold; on other days it matches nothing. Hours
    past midnight belong to the rules of the day on which the clock stands.
    """
    on = at.date()
    if calendar.kind_of(on) is DayKind.HOLIDAY:
        return PUBLIC_HOLIDAY.sub(WEEKDAYS[on.weekday()], hours), at
    moved: date = calendar.weekday_date(on)
    return hours, at + (moved - on)


@lru_cache(maxsize=4096)
def _expression(hours: str, zone: ZoneInfo) -> Expression:
    try:
        return Expression(hours, timezone=zone, auto_country=False, auto_timezone=False)
    except ParserError:
        raise InvalidHoursError(hours=hours[:80]) from None
