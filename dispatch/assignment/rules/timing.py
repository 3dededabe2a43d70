"""When somebody can begin: spans of time, cut and crossed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dispatch.assignment.values import Change, ChangeCode, Span, shown_min

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dispatch.assignment.values import CarerCase, Job

MINUTE = timedelta(minutes=1)
# how far a window may be widened in the search for the smallest change that helps
WIDEST = timedelta(hours=12)


def cross(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Give the stretches that two lists have in common; ends that only touch count (a start at 15:00 is a start)."""
    found = [Span(max(a.from_at, b.from_at), min(a.to_at, b.to_at)) for a in one for b in other]
    return sorted(span for span in found if span.from_at <= span.to_at)


def latest_starts(open_spans: Iterable[Span], *, visit_min: int) -> list[Span]:
    """Turn stretches in which a service can take place into stretches in which it can begin, on full minutes."""
    length = timedelta(minutes=visit_min)
    found = [Span(full_minute(each.from_at), each.to_at - length) for each in open_spans]
    return [span for span in found if span.from_at <= span.to_at]


def find_starts(case: CarerCase, *, job: Job, visit_min: int | None = None) -> list[Span]:
    """
    Find when a carer can begin at the door, earliest first; both ends of each stretch are possible.

    The way from the base is counted at the beginning of the shift, after every visit already planned and,
    so that the next one is not late, before the next visit: cautious, since the carer may be nearer. The
    service ends within the shift, within the window, and within the day's limit of work.
    """
    if case.way.time_s is None:
        return []
    minutes = visit_min or job.visit_min
    travel = timedelta(minutes=shown_min(case.way.time_s))
    begins = latest_starts(job.open_spans, visit_min=minutes)
    gaps: list[Span] = []
    for work in case.work:
        if work.left_min < minutes:
            continue
        left_at = work.span.from_at
        for busy in (*sorted(b for b in case.busy if b.to_at > work.span.from_at), None):
            is_last = busy is None or busy.from_at >= work.span.to_at
            until_at = work.span.to_at if is_last or busy is None else busy.from_at - travel
            arrive_at = full_minute(max(left_at, job.not_before_at) + travel)
            start_until_at = until_at - timedelta(minutes=minutes)
            if arrive_at <= start_until_at:
                gaps.append(Span(arrive_at, start_until_at))
            if is_last or busy is None:
                break
            left_at = max(left_at, busy.to_at)
    return cross(gaps, begins)


def full_minute(at: datetime) -> datetime:
    """Round an instant up to a full minute."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


def arrival(case: CarerCase, *, start_at: datetime, job: Job) -> datetime:
    """Give when a carer who begins at `start_at` is at the door: from the base, or from the visit before."""
    travel = timedelta(minutes=shown_min(case.way.time_s or 0))
    left = [job.not_before_at]
    left += [work.span.from_at for work in case.work if work.span.from_at <= start_at < work.span.to_at]
    left += [busy.to_at for busy in case.busy if busy.to_at <= start_at]
    return min(start_at, full_minute(max(left) + travel))


def smallest_change(cases: Sequence[CarerCase], *, job: Job) -> Change:
    """
    Find the smallest change that would give one of the carers enough time.

    Tried: a window that ends later, a shorter visit, more working minutes on that day. The change is
    checked with the very search that said no, so it is never a promise that fails.
    """
    found: list[Change] = []
    for case in cases:
        wider = _with_window(job, Span(job.window.from_at, job.window.to_at + WIDEST))
        starts = find_starts(case, job=wider)
        if starts:
            end_at = starts[0].from_at + timedelta(minutes=job.visit_min)
            found.append(Change(ChangeCode.LATER_END, _minutes(end_at - job.window.to_at)))
        shorter = _longest_visit(case, job=job)
        if shorter:
            found.append(Change(ChangeCode.SHORTER_VISIT, job.visit_min - shorter))
        lacking = [job.visit_min - work.left_min for work in case.work if work.left_min < job.visit_min]
        if lacking and find_starts(_with_longer_day(case, job=job), job=job):
            found.append(Change(ChangeCode.LONGER_DAY, min(lacking)))
    helpful = [change for change in found if change.minutes > 0]
    return min(helpful, key=lambda change: change.minutes, default=Change(ChangeCode.OTHER_DAY))


def _longest_visit(case: CarerCase, *, job: Job) -> int:
    """Give the minutes of the longest visit that fits, 0 for none; what fits, fits shorter too."""
    low, high = 0, job.visit_min
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if find_starts(case, job=job, visit_min=middle) else (low, middle)
    return low


def _minutes(length: timedelta) -> int:
    return -(-int(length.total_seconds()) // 60)


def _with_window(job: Job, window: Span) -> Job:
    # what is open right at the end of the window is taken to stay open: only the carers' time is at issue here
    open_spans = tuple(
        Span(span.from_at, window.to_at) if span.to_at == job.window.to_at else span for span in job.open_spans
    )
    return replace(job, window=window, open_spans=open_spans)


def _with_longer_day(case: CarerCase, *, job: Job) -> CarerCase:
    return replace(case, work=tuple(replace(work, left_min=max(work.left_min, job.visit_min)) for work in case.work))
