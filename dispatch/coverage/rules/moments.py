"""A moment of the week or of the calendar, as people write it, on the clocks of the place."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WEEKDAYS_ZH = ("一", "二", "三", "四", "五", "六", "日")
WEEKLY = re.compile(r"(?:(Mo|Tu|We|Th|Fr|Sa|Su)|(?:周|星期)([一二三四五六日天]))\s*([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
ON_A_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
LONGEST = 20
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


class InvalidMomentError(InvalidError):
    """Neither a weekday with a time nor a date with a time."""

    slug = "invalid-moment"
    title = Words("时刻写法有误", "The moment cannot be read")
    detail = Words(
        "写成“周日 18:00”，或日期加时刻，如 2026-03-29T18:00，都按当地时间。",
        "Write a weekday and a time (Su 18:00) or a date and a time (2026-03-29T18:00), both on local clocks.",
    )


def read_moment(text: str, *, as_of: date, zone: ZoneInfo) -> datetime:
    """
    Give the moment that a text means, aware, in the zone.

    A weekday means the first such day from `as_of` on, so that closures and holidays of a real day decide.

    Raises
    ------
    InvalidMomentError
        Where the text means none, or one that the clocks skip.

    """
    plain = text.strip()[: LONGEST + 1]
    weekly, dated = WEEKLY.fullmatch(plain), ON_A_DATE.fullmatch(plain)
    try:
        if weekly:
            day = WEEKDAYS.index(weekly[1]) if weekly[1] else WEEKDAYS_ZH.index(weekly[2].replace("天", "日"))
            on = as_of + timedelta(days=(day - as_of.weekday()) % 7)
            moment = datetime.combine(on, time(int(weekly[3]), int(weekly[4])), tzinfo=zone)
        elif dated:
            year, month, day_of_month, hour, minute = (int(part) for part in dated.groups())
            moment = datetime(year, month, day_of_month, hour, minute, tzinfo=zone)
        else:
            raise InvalidMomentError
    except (ValueError, OverflowError):
        raise InvalidMomentError from None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR or moment.astimezone(UTC).astimezone(zone) != moment:
        raise InvalidMomentError
    return moment


def dated_part(text: str) -> str | None:
    """Give the date in a text that has one (2026-03-29), or None."""
    dated = ON_A_DATE.fullmatch(text.strip()[: LONGEST + 1])
    return None if dated is None else "-".join(dated.groups()[:3])


def local_text(moment: datetime) -> str:
    """Give date and time on the clocks of the place: 2026-03-29T18:00."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
