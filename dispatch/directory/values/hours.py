"""Opening hours in OpenStreetMap's notation, and whether a place is open."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from opening_hours import OpeningHours as Expression
from opening_hours import ParserError, State  # type: ignore[attr-defined] # missing from the library's stubs

from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

COUNTRY = "CN"  # whose public holidays PH means
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
        Expression(plain, country=COUNTRY, auto_country=False, auto_timezone=False)
    except ParserError:
        raise InvalidHoursError(hours=text[:80]) from None
    return plain


def is_open(
    hours: str | None, *, closures: Iterable[Span] = (), at: datetime, until: datetime | None = None, zone: ZoneInfo
) -> bool | None:
    """
    Say whether a place is open at an instant, or during the whole of a span.

    Parameters
    ----------
    hours : str or None
        In OpenStreetMap's notation; PH are China's public holidays as the library knows them.
    closures : iterable of Span
        They win over the hours.
    at, until : datetime
        Aware. Without `until` the instant alone counts; with it the place must be open up to `until`.
    zone : ZoneInfo
        Where the hours hold.

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
    expression = _expression(hours, zone)
    start = at.astimezone(zone)
    if end is None:
        states = [expression.state(start)[0]]
    else:
        states = [state for _, _, state, _ in expression.intervals(start, end.astimezone(zone))]
    if any(state == State.CLOSED for state in states):
        return False
    if any(state == State.UNKNOWN for state in states):
        return None
    return True


@lru_cache(maxsize=4096)
def _expression(hours: str, zone: ZoneInfo) -> Expression:
    try:
        return Expression(hours, timezone=zone, country=COUNTRY, auto_country=False, auto_timezone=False)
    except ParserError:
        raise InvalidHoursError(hours=hours[:80]) from None
