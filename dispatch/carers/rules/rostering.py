"""What a carer's roster says of one day: when the carer is on duty, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch.carers.rules.hours import work_spans
from dispatch.carers.values import ExceptionKind, RosterDay, RosterReason, WhyOnRoster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import time
    from zoneinfo import ZoneInfo

    from dispatch.carers.values import CarerFacts

ONE_DAY = timedelta(days=1)
OF_KIND = {
    ExceptionKind.OFF: WhyOnRoster.OFF,
    ExceptionKind.SICK: WhyOnRoster.SICK,
    ExceptionKind.EXTRA: WhyOnRoster.EXTRA,
}


def roster_day(carer: CarerFacts, *, zone: ZoneInfo) -> RosterDay:
    """
    Say when a carer is on duty of all work that begins on the date of the facts, and what decided it.

    The minutes on duty are those of the spans less their breaks. Reasons come in the order of their hours: the shifts
    of the day, what differs on it, and a sick day after it that cuts a night.
    """
    spans = work_spans(carer, zone=zone)
    duty_min = sum(max(0, int((each.to_at - each.from_at).total_seconds()) // 60 - each.break_min) for each in spans)
    reasons = tuple(_reasons(carer)) or (RosterReason(WhyOnRoster.NO_SHIFT),)
    return RosterDay(on=carer.on, spans=spans, duty_min=duty_min, reasons=reasons)


def _reasons(carer: CarerFacts) -> Iterator[RosterReason]:
    shifts = [
        each
        for each in carer.shifts
        if each.weekday == carer.on.weekday()
        and each.valid_from <= carer.on
        and (each.valid_to is None or carer.on < each.valid_to)
    ]
    extra = [each for each in carer.exceptions if each.on_date == carer.on and each.kind == ExceptionKind.EXTRA]
    for shift in sorted(shifts, key=lambda each: each.from_time):
        yield RosterReason(WhyOnRoster.SHIFT, shift.from_time, shift.to_time)
    for differing in carer.exceptions:
        if differing.on_date == carer.on:
            code = OF_KIND[ExceptionKind(differing.kind)]
            yield RosterReason(code, differing.from_time, differing.to_time)
    hours: list[tuple[time | None, time | None]] = [(each.from_time, each.to_time) for each in shifts]
    hours += [(each.from_time, each.to_time) for each in extra]
    has_night = any(begin is not None and end is not None and end <= begin for begin, end in hours)
    next_on = carer.on + ONE_DAY
    if has_night and any(each.on_date == next_on and each.kind == ExceptionKind.SICK for each in carer.exceptions):
        yield RosterReason(WhyOnRoster.SICK_NEXT_DAY)
