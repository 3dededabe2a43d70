"""Decisions about carers: when they work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from dispatch.carers.values import ExceptionKind, WorkSpan
from dispatch.dates import start_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, time
    from zoneinfo import ZoneInfo

    from dispatch.carers.values import CarerFacts

ONE_DAY = timedelta(days=1)


def work_spans(carer: CarerFacts, *, zone: ZoneInfo) -> tuple[WorkSpan, ...]:
    """
    Give the instants between which a carer works, of all work that begins on the local date of the facts.

    In order, apart from each other. A night belongs to the day on which it begins: hours that do not end after they
    begin end on the next day. A day off takes away the weekly shifts that begin on it and leaves extra hours, and the
    end of a night begun the evening before; a sick day takes all that is worked on it, the end of that night too.
    Hours that touch or overlap are one span, whose break is the sum. Local hours become instants by the zone's rules
    of their day.
    """
    today = [each for each in carer.exceptions if each.on_date == carer.on]
    kinds = {each.kind for each in today}
    if ExceptionKind.SICK in kinds:
        return ()
    spans = [
        _span(carer.on, each.from_time, each.to_time, each.break_min, zone)
        for each in carer.shifts
        if each.weekday == carer.on.weekday()
        and each.valid_from <= carer.on
        and (each.valid_to is None or carer.on < each.valid_to)
        and ExceptionKind.OFF not in kinds
    ]
    spans += [
        _span(carer.on, each.from_time, each.to_time, each.break_min, zone)
        for each in today
        if each.kind == ExceptionKind.EXTRA and each.from_time is not None and each.to_time is not None
    ]
    next_on = carer.on + ONE_DAY
    if any(each.on_date == next_on and each.kind == ExceptionKind.SICK for each in carer.exceptions):
        spans = _cut(spans, at=start_of(next_on, zone))
    return _joined(spans)


def is_overlapping(spans: Iterable[tuple[date, date | None]]) -> bool:
    """Say whether two of the half-open spans share a day."""
    ordered = sorted(spans, key=lambda span: span[0])
    return any(before[1] is None or before[1] > after[0] for before, after in pairwise(ordered))


def _span(on: date, from_time: time, to_time: time, break_min: int, zone: ZoneInfo) -> WorkSpan:
    ends_on = on if from_time < to_time else on + ONE_DAY
    begin = datetime.combine(on, from_time, tzinfo=zone).astimezone(UTC)
    return WorkSpan(begin, datetime.combine(ends_on, to_time, tzinfo=zone).astimezone(UTC), break_min)


def _cut(spans: Iterable[WorkSpan], *, at: datetime) -> list[WorkSpan]:
    return [WorkSpan(span.from_at, min(span.to_at, at), span.break_min) for span in spans if span.from_at < at]


def _joined(spans: list[WorkSpan]) -> tuple[WorkSpan, ...]:
    joined: list[WorkSpan] = []
    for span in sorted(spans):
        if joined and span.from_at <= joined[-1].to_at:
            last = joined.pop()
            span = WorkSpan(last.from_at, max(last.to_at, span.to_at), last.break_min + span.break_min)  # noqa: PLW2901 - grown
        joined.append(span)
    return tuple(joined)
