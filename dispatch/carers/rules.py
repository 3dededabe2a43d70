"""Decisions about carers: when they work."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from dispatch.carers.values import ExceptionKind, WorkSpan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, time
    from zoneinfo import ZoneInfo

    from dispatch.carers.values import CarerFacts


def work_spans(carer: CarerFacts, *, zone: ZoneInfo) -> tuple[WorkSpan, ...]:
    """
    Give the instants between which a carer works on the local date of the facts, in order, apart from each other.

    A day off takes the weekly shifts away and leaves extra hours; a sick day takes all. Hours that touch or
    overlap are one span, whose break is the sum. Local hours become instants by the zone's rules of that day.
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
        _span(carer.on, each.from_time, each.to_time, 0, zone)
        for each in today
        if each.kind == ExceptionKind.EXTRA and each.from_time and each.to_time
    ]
    return _joined(spans)


def is_overlapping(spans: Iterable[tuple[date, date | None]]) -> bool:
    """Say whether two of the half-open spans share a day."""
    ordered = sorted(spans, key=lambda span: span[0])
    return any(before[1] is None or before[1] > after[0] for before, after in pairwise(ordered))


def _span(on: date, from_time: time, to_time: time, break_min: int, zone: ZoneInfo) -> WorkSpan:
    begin, end = (datetime.combine(on, at, tzinfo=zone).astimezone(UTC) for at in (from_time, to_time))
    return WorkSpan(begin, end, break_min)


def _joined(spans: list[WorkSpan]) -> tuple[WorkSpan, ...]:
    joined: list[WorkSpan] = []
    for span in sorted(spans):
        if joined and span.from_at <= joined[-1].to_at:
            last = joined.pop()
            span = WorkSpan(last.from_at, max(last.to_at, span.to_at), last.break_min + span.break_min)  # noqa: PLW2901 - grown
        joined.append(span)
    return tuple(joined)
