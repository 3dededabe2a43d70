"""Which dates a series has, and what becomes of each: the same input, the same answer. No session, no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from dateutil import rrule as dateutil_rrule

from dispatch.intake.values import ExceptionKind, Occurrence, OccurrenceState, PauseReason, RequestWish
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.intake.values import ExceptionWish, SeriesPlan, SeriesWish

    Span = tuple[date, date | None]
    Faults = dict[str, list[Words | str]]

# P: who needs something for longer asks again after a year, when the need is looked at anew
LONGEST_SERIES: Final = timedelta(days=366)
MOST_OCCURRENCES: Final = 366
# P: a request is made four weeks before its date, so that a provider can plan and a price is known
HORIZON: Final = timedelta(days=28)
RRULE_MAX_LENGTH: Final = 200

FREQUENCIES: Final[dict[str, Literal[1, 2, 3]]] = {
    "DAILY": dateutil_rrule.DAILY,
    "WEEKLY": dateutil_rrule.WEEKLY,
    "MONTHLY": dateutil_rrule.MONTHLY,
}
WEEKDAYS: Final = {name: getattr(dateutil_rrule, name) for name in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")}
PARTS: Final = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL")
WEEKDAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
MONTH_DAY: Final = re.compile(r"[+-]?([1-9]|[12][0-9]|3[01])")
NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
DAY: Final = re.compile(r"[0-9]{8}")

ALLOWED: Final = Words(
    "只能用 FREQ（DAILY、WEEKLY、MONTHLY）、INTERVAL、BYDAY、BYMONTHDAY、COUNT、UNTIL。",
    "Only FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL are read.",
)
MALFORMED: Final = Words(
    "写法有误，例如 FREQ=WEEKLY;BYDAY=TU;COUNT=10。",
    "Not well formed; write for example FREQ=WEEKLY;BYDAY=TU;COUNT=10.",
)
TOO_OFTEN: Final = Words("最密每天一次。", "Once a day is the most; FREQ is DAILY, WEEKLY or MONTHLY.")
TOO_MANY: Final = Words(
    f"一个系列最多 {MOST_OCCURRENCES} 次；到期后重新申请。",
    f"A series has at most {MOST_OCCURRENCES} dates; ask again when it is over.",
)
TOO_LONG: Final = Words(
    "系列最长一年；把 COUNT 或 UNTIL 改到一年以内，到期后重新申请。",
    "A series lasts a year at most: bring COUNT or UNTIL within it, and ask again when it is over.",
)
BOTH_ENDS: Final = Words("COUNT 和 UNTIL 只能写一个。", "Give COUNT or UNTIL, not both.")
NO_DATE: Final = Words("按这条规则一次也没有。", "By this rule there is no date at all.")
DAY_WANTED: Final = Words("UNTIL 写日期，例如 20260505。", "UNTIL is a local date, for example 20260505.")
ORDINAL: Final = Words("按月的规则才能写第几个星期几。", "An ordinal weekday, such as 1MO, is for a monthly rule only.")
NOT_TOGETHER: Final = Words(
    "BYMONTHDAY 只用于按月的规则，且不与 BYDAY 同用；隔几天一次的规则不写 BYDAY；BYDAY 要么都写第几个，要么都不写。",
    "BYMONTHDAY is for a monthly rule without BYDAY; every so many days takes no BYDAY; weekdays have all ordinals or "
    "none.",
)
WINDOW: Final = Words("结束时刻要晚于开始时刻，且在同一天。", "The window must end after it begins, on the same day.")


def read_rrule(text: str) -> dict[str, str] | None:
    """Give the parts of a rule of RFC 5545 by name; None where it is not well formed or names a part twice."""
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, mark, value = part.partition("=")
        if not mark or not value or name in parts:
            return None
        parts[name] = value
    return parts


def find_rrule_faults(text: str, *, starts_on: date) -> list[Words | str]:
    """Say what is wrong with a rule; empty where it gives at least one date and at most a year of them."""
    parts = read_rrule(text) if len(text) <= RRULE_MAX_LENGTH else None
    if parts is None or "FREQ" not in parts:
        return [MALFORMED]
    found = next(_find_part_faults(parts), None) or next(_find_length_faults(parts, starts_on=starts_on), None)
    return [found] if found else []


def _find_part_faults(parts: dict[str, str]) -> Iterator[Words]:
    if parts["FREQ"] in {"SECONDLY", "MINUTELY", "HOURLY"}:
        yield TOO_OFTEN
    if parts["FREQ"] not in FREQUENCIES or not set(parts) <= set(PARTS):
        yield ALLOWED
    if "COUNT" in parts and "UNTIL" in parts:
        yield BOTH_ENDS
    weekdays = [WEEKDAY.fullmatch(each) for each in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    month_days = [MONTH_DAY.fullmatch(each) for each in parts.get("BYMONTHDAY", "1").split(",")]
    numbers = [NUMBER.fullmatch(parts.get(name, "1")) for name in ("COUNT", "INTERVAL")]
    if not all((*weekdays, *month_days, *numbers)):
        yield MALFORMED
    if "UNTIL" in parts and not _is_day(parts["UNTIL"]):
        yield DAY_WANTED
    ordinals = {bool(each[1]) for each in weekdays if each}
    if parts["FREQ"] != "MONTHLY" and True in ordinals:
        yield ORDINAL
    # dates that may never meet would be looked for until the year 9999
    is_monthly, skips_days = parts["FREQ"] == "MONTHLY", parts["FREQ"] == "DAILY" and parts.get("INTERVAL", "1") != "1"
    if ("BYMONTHDAY" in parts and (not is_monthly or weekdays)) or (skips_days and weekdays) or len(ordinals) > 1:
        yield NOT_TOGETHER


def _find_length_faults(parts: dict[str, str], *, starts_on: date) -> Iterator[Words]:
    count, until = int(parts.get("COUNT", "0")), parts.get("UNTIL")
    if count > MOST_OCCURRENCES:
        yield TOO_MANY
    dates = _dates_of(parts, starts_on=starts_on)
    if not dates:
        yield NO_DATE
    if len(dates) < count or (until and _day(until) >= starts_on + LONGEST_SERIES):
        yield TOO_LONG


def list_dates(text: str, *, starts_on: date) -> list[date]:
    """
    List the dates of a rule that `find_rrule_faults` has passed, in order; those of the first year at most.

    As in RFC 5545 the count is of the rule's dates: pauses, skips and absences make it no longer.
    """
    return _dates_of(read_rrule(text) or {}, starts_on=starts_on)


def _dates_of(parts: dict[str, str], *, starts_on: date) -> list[date]:
    last_on = starts_on + LONGEST_SERIES - timedelta(days=1)
    if "UNTIL" in parts:
        last_on = min(last_on, _day(parts["UNTIL"]))
    options: dict[str, Any] = {"interval": int(parts.get("INTERVAL", "1"))}
    if "BYDAY" in parts:
        found = [WEEKDAY.fullmatch(each) for each in parts["BYDAY"].split(",")]
        options["byweekday"] = [
            WEEKDAYS[each[2]](int(each[1])) if each[1] else WEEKDAYS[each[2]] for each in found if each
        ]
    if "BYMONTHDAY" in parts:
        options["bymonthday"] = [int(each) for each in parts["BYMONTHDAY"].split(",")]
    rule = dateutil_rrule.rrule(
        FREQUENCIES[parts["FREQ"]],
        dtstart=datetime.combine(starts_on, time()),
        until=datetime.combine(last_on, time()),
        **options,
    )
    return [each.date() for each in islice(rule, int(parts["COUNT"]) if "COUNT" in parts else None)]


def plan_occurrences(plan: SeriesPlan) -> list[Occurrence]:
    """
    Say what becomes of each date of a series, in the order of the rule.

    A skip comes first, then the end, then pauses, then absences; a moved date is held against the date that it was
    moved to. Whatever is added to pauses and absences, no date becomes one on which somebody comes.
    """
    exceptions = {each.on: each for each in plan.exceptions}
    return [
        _judge(plan, on=on, exception=exceptions.get(on)) for on in list_dates(plan.rrule, starts_on=plan.starts_on)
    ]


def _judge(plan: SeriesPlan, *, on: date, exception: ExceptionWish | None) -> Occurrence:
    found = Occurrence(on, on, plan.from_time, plan.to_time, OccurrenceState.PLANNED)
    if exception is not None and exception.kind is ExceptionKind.SKIP:
        return found.as_state(OccurrenceState.SKIPPED)
    if exception is not None:
        found = Occurrence(
            on,
            exception.moved_to_on or on,
            exception.from_time or plan.from_time,
            exception.to_time or plan.to_time,
            OccurrenceState.PLANNED,
        )
    if plan.ended_on is not None and found.service_on >= plan.ended_on:
        return found.as_state(OccurrenceState.ENDED)
    for pause in plan.pauses:
        if is_in_span(found.service_on, (pause.from_on, pause.to_on)):
            return found.as_state(OccurrenceState.PAUSED, reason=pause.reason)
    if any(is_in_span(found.service_on, each) for each in plan.absences):
        return found.as_state(OccurrenceState.IN_HOSPITAL, reason=PauseReason.IN_HOSPITAL)
    return found


def is_in_span(on: date, span: Span) -> bool:
    """Say whether a date lies in a half-open span; None: open."""
    return span[0] <= on and (span[1] is None or on < span[1])


def window_of(found: Occurrence, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the instants at which a date's window begins and ends."""
    begin = datetime.combine(found.service_on, found.from_time, tzinfo=zone)
    end = datetime.combine(found.service_on, found.to_time, tzinfo=zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def wish_for(wish: SeriesWish, *, found: Occurrence, zone: ZoneInfo, request_id: UUID | None = None) -> RequestWish:
    """Give what is asked for on one date."""
    begin, end = window_of(found, zone=zone)
    return RequestWish(
        id=request_id,
        elder_id=wish.elder_id,
        service_code=wish.service_code,
        window_from_at=begin,
        window_to_at=end,
        channel=wish.channel,
        urgency=wish.urgency,
        carer_sex=wish.carer_sex,
        pairing=wish.pairing,
        carers_needed=wish.carers_needed,
        on_behalf_of=wish.on_behalf_of,
    )


def find_series_faults(wish: SeriesWish, *, today: date | None) -> Faults:
    """Say field by field what is wrong with a series; `today` is None for the system, to which the past is open."""
    faults: Faults = {}
    if wish.from_time >= wish.to_time:
        faults["to_time"] = [WINDOW]
    if today is not None and wish.starts_on < today:
        faults["starts_on"] = [Words("开始日期已经过去。", "The series would begin in the past.")]
    elif today is not None and wish.starts_on > today + LONGEST_SERIES:
        faults["starts_on"] = [Words("最多提前一年安排。", "A series begins at most a year ahead.")]
    found = find_rrule_faults(wish.rrule, starts_on=wish.starts_on)
    if found:
        faults["rrule"] = found
    return faults


def find_exception_faults(
    wish: ExceptionWish,
    *,
    rule_dates: Iterable[date],
    times: tuple[time, time],
    until: date,
    today: date | None,
) -> Faults:
    """
    Say field by field what is wrong with an exception.

    `times` are the series' own, `until` is the first day on which no date may lie; `today` is None for the system, to
    which the past is open.
    """
    faults: Faults = {}
    if wish.on not in set(rule_dates):
        faults["on"] = [Words("系列里没有这一天。", "The series has no such date; read it for those it has.")]
    elif today is not None and wish.on < today:
        faults["on"] = [Words("这一天已经过去。", "That date has passed.")]
    new = (wish.moved_to_on, wish.from_time, wish.to_time)
    if wish.kind is ExceptionKind.SKIP and any(new):
        faults["kind"] = [Words("跳过就不写新的日期和时刻。", "A date that is skipped has no new date or time.")]
    if wish.kind is ExceptionKind.MOVE and not any(new):
        faults["moved_to_on"] = [Words("要写改到哪天或几点。", "Say to which date or time it moves.")]
    if wish.moved_to_on is not None and today is not None and wish.moved_to_on < today:
        faults["moved_to_on"] = [Words("新的日期已经过去。", "The new date has passed.")]
    elif wish.moved_to_on is not None and wish.moved_to_on >= until:
        faults["moved_to_on"] = [TOO_LONG]
    if (wish.from_time is None) != (wish.to_time is None):
        faults["to_time"] = [Words("开始和结束时刻要一起写。", "Give both times or none.")]
    elif (wish.from_time or times[0]) >= (wish.to_time or times[1]):
        faults["to_time"] = [WINDOW]
    return faults


def next_extension_on(occurrences: Iterable[Occurrence], *, today: date) -> date | None:
    """
    Say on which date a series has to be looked at again; None where nothing is left to be asked for.

    That is when its next date comes within the horizon, and tomorrow where something stands in the way of one.
    """
    left = [
        each.service_on - HORIZON
        for each in occurrences
        if each.state in {OccurrenceState.PLANNED, OccurrenceState.BLOCKED, OccurrenceState.REFUSED}
        and each.service_on >= today
    ]
    return max(min(left), today + timedelta(days=1)) if left else None


def _is_day(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text)) and _day(text) is not None
    except ValueError:
        return False


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
