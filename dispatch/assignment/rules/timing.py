"""When somebody can begin: spans of time, cut and crossed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dispatch.assignment.values import Change, ChangeCode, Span, shown_min

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


def find_starts(case: CarerCase, *, job: Job) -> list[Span]:
    """
    Find when a carer can begin at the door, earliest first; both ends of each stretch are possible.

    The way from the base is counted at the beginning of the shift, after every visit already planned and,
    so that the next one is not late, before the next visit: cautious, since the carer may be nearer. The
    service ends within the shift, within the window, and within the day's limit of work.
    """
    length = job.visit_min * MINUTE
    return sorted(
        Span(span.from_at, span.to_at - length)
        for span, left_min in _free(case, job=job)
        if left_min >= job.visit_min and span.to_at - span.from_at >= length
    )


def _free(case: CarerCase, *, job: Job) -> Iterator[tuple[Span, int]]:
    """Give when a carer can be with the elder while the provider is open, with the minutes of work that are left."""
    if case.way.time_s is None:
        return
    travel = shown_min(case.way.time_s) * MINUTE
    for work in case.work:
        for gap in _gaps(case, work=work.span, travel=travel, job=job):
            for there in job.open_spans:
                span = Span(full_minute(max(gap.from_at, there.from_at)), min(gap.to_at, there.to_at))
                if span.from_at < span.to_at:
                    yield span, work.left_min


def _gaps(case: CarerCase, *, work: Span, travel: timedelta, job: Job) -> Iterator[Span]:
    """Give when a carer can be at the door within a shift: before, between and after the visits already planned."""
    left_at = max(work.from_at, job.not_before_at)
    for busy in sorted(case.busy):
        if busy.to_at <= work.from_at:
            continue
        if busy.from_at >= work.to_at:
            break
        yield Span(left_at + travel, busy.from_at - travel)
        left_at = max(left_at, busy.to_at)
    yield Span(left_at + travel, work.to_at)


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
    found in the very stretches of free time that were too short, so it is never a promise that fails.
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
    """Give the minutes of the longest visit that fits and is shorter than the one asked for, 0 for none."""
    fitting = (min(left_min, (span.to_at - span.from_at) // MINUTE) for span, left_min in _free(case, job=job))
    return min(max(fitting, default=0), job.visit_min - 1)


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
