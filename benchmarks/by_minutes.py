"""
Who goes and when, found by trying every minute with everybody: slow, and nothing in it is clever.

The second opinion on `dispatch.assignment.rules`: written from the rules in docs/matching.md, it shares the values and
the points with them and none of the search. Tests and `benchmarks/matching.py` hold the two against each other.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.assignment.rules.scoring import continuity_points, time_points, travel_points
from dispatch.assignment.values import TOGETHER, CarerCase, Job, Span, Way, WorkSpan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MINUTE = timedelta(minutes=1)


class Found(NamedTuple):
    """The best carer or pair, whoever begins first in front, and when each begins."""

    carer_ids: tuple[UUID, ...]
    starts_at: tuple[datetime, ...]


def can_begin(case: CarerCase, *, at: datetime, job: Job) -> bool:
    """Whether a carer can begin at a minute: the place is open, the shift is long enough, nothing planned is late."""
    if case.way.time_s is None:
        return False
    travel, end_at = timedelta(minutes=-(-case.way.time_s // 60)), at + timedelta(minutes=job.visit_min)
    if at < job.not_before_at + travel or not any(s.from_at <= at and end_at <= s.to_at for s in job.open_spans):
        return False
    for work in case.work:
        mine = [busy for busy in case.busy if busy.to_at > work.span.from_at and busy.from_at < work.span.to_at]
        if (
            work.left_min >= job.visit_min
            and work.span.from_at + travel <= at
            and end_at <= work.span.to_at
            and all(busy.to_at + travel <= at or end_at + travel <= busy.from_at for busy in mine)
        ):
            return True
    return False


def best(cases: Sequence[CarerCase], *, job: Job) -> Found | None:
    """Find the best carer, or the best two, among people who are all fit for the job but for their time."""
    minutes = list(_minutes(job))
    free = {case.carer_id: [at for at in minutes if can_begin(case, at=at, job=job)] for case in cases}
    found = _alone(cases, free=free, job=job) if job.carers == 1 else _pairs(cases, free=free, job=job)
    return min(found, default=(None, None), key=lambda each: each[0])[1]


def _minutes(job: Job) -> Iterator[datetime]:
    at = job.window.from_at.replace(second=0, microsecond=0)
    while at <= job.window.to_at:
        if at >= job.window.from_at:
            yield at
        at += MINUTE


def _alone(
    cases: Sequence[CarerCase], *, free: dict[UUID, list[datetime]], job: Job
) -> Iterator[tuple[tuple[object, ...], Found]]:
    for case in cases:
        for at in free[case.carer_id]:
            points = travel_points(case.way) + time_points(at - job.window.from_at) + continuity_points(case.visits_90d)
            yield (-points, not case.is_preferred, at, at, case.carer_id), Found((case.carer_id,), (at,))


def _pairs(
    cases: Sequence[CarerCase], *, free: dict[UUID, list[datetime]], job: Job
) -> Iterator[tuple[tuple[object, ...], Found]]:
    for one, other in permutations(cases, 2):
        ids = (one.carer_id, other.carer_id)
        has_any = not job.skills_any or bool(job.skills_any & (one.skills | other.skills))
        if not has_any or (job.lag == TOGETHER and ids[0] > ids[1]):
            continue
        for first_at in free[ids[0]]:
            second_at = _second(first_at, free=free[ids[1]], job=job)
            if second_at is None:
                continue
            points = (
                min(travel_points(one.way), travel_points(other.way))
                + time_points(first_at - job.window.from_at)
                + continuity_points(one.visits_90d + other.visits_90d, carers=2)
            )
            preferred = one.is_preferred + other.is_preferred
            yield (-points, -preferred, first_at, second_at, ids), Found(ids, (first_at, second_at))


def _second(first_at: datetime, *, free: list[datetime], job: Job) -> datetime | None:
    from_at = first_at + timedelta(minutes=job.lag.from_min)
    to_at = None if job.lag.to_min is None else first_at + timedelta(minutes=job.lag.to_min)
    return next((at for at in free if at >= from_at and (to_at is None or at <= to_at)), None)


def make_pool(seed: int, *, count: int) -> tuple[list[CarerCase], Job]:
    """Make carers of one organization with up to four visits on a day, and a bath from 14:00 to 16:00."""
    dice = random.Random(seed)  # noqa: S311 - the same pools each time
    day = datetime(2026, 3, 31, tzinfo=ZoneInfo("Asia/Shanghai"))

    def at(minutes: int) -> datetime:
        return (day + timedelta(minutes=minutes)).astimezone(UTC)

    def busy() -> tuple[Span, ...]:
        begins = [dice.randrange(8 * 60, 18 * 60, 5) for _ in range(dice.randrange(5))]
        return tuple(Span(at(begin), at(begin + dice.choice((20, 30, 60)))) for begin in sorted(begins))

    pool = [
        CarerCase(
            carer_id=UUID(int=number + 1),
            name="",
            sex="female",
            skills=frozenset({"lifting", "bathing"} if dice.random() < 0.3 else {"lifting"}),  # noqa: PLR2004 - some
            way=Way(dice.randrange(180, 1_800), 1_800),
            work=(
                WorkSpan(Span(at(dice.randrange(7 * 60, 14 * 60, 5)), at(dice.randrange(16 * 60, 20 * 60, 5))), 480),
            ),
            busy=busy(),
            visits_90d=dice.choice((0, 0, 0, 1, 3)),
            is_preferred=dice.random() < 0.05,  # noqa: PLR2004 - few
        )
        for number in range(count)
    ]
    window = Span(at(14 * 60), at(16 * 60))
    job = Job(2, frozenset({"lifting"}), frozenset({"bathing"}), None, 60, window, (window,), at(9 * 60))
    return pool, job
