"""Why each visit of a plan has this carer and this start, and why one has no place: what can be read off the plan."""

from __future__ import annotations

from itertools import islice, permutations
from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch import planner
from dispatch.planner import PlanningReason, WhyCarer, WhyStart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TRIED: Final = 400  # ways to staff a visit that are tried on an empty day before it is said that none goes


def explain_plan(problem: planner.Problem, *, plan: planner.Plan) -> planner.Explanation:
    """
    Explain a plan, visit by visit.

    A visit without a place is told the last test that its best carer passes not: skills, wishes, hours, way; where
    somebody could make it on an otherwise empty day, it is their time that is not enough. What a change would cost is
    not looked at.
    """
    able = planner.judge_carers(problem)
    return planner.Explanation(
        placed=tuple(_placed(problem, tour=tour, stop=stop, able=able) for tour in plan.tours for stop in tour.stops),
        not_placed=tuple(_not_placed(problem, job=job, able=able) for job in plan.left_out),
    )


def _placed(
    problem: planner.Problem, *, tour: planner.Tour, stop: planner.Stop, able: planner.Eligibility
) -> planner.Placed:
    job = problem.jobs[stop.job]
    n_able = int((able.of(stop.job, slot=stop.slot) == 0).sum())
    return planner.Placed(
        job=stop.job,
        slot=stop.slot,
        carer=tour.carer,
        why_carer=_why_carer(job, slot=stop.slot, carer=tour.carer, n_able=n_able),
        why_start=_why_start(job, stop=stop),
        n_able=n_able,
        n_free=n_able,
        extra_travel_s=stop.travel_s,
        next_travel_s=None,
        wait_s=max(0.0, stop.start_s - stop.arrive_s),
        late_s=max(0.0, stop.start_s - job.due_s),
    )


def _why_carer(job: planner.Job, *, slot: int, carer: int, n_able: int) -> WhyCarer:
    pin, before = job.pin, job.before
    holds = (
        (WhyCarer.EXECUTED, pin is not None and pin.is_executed),
        (WhyCarer.PINNED, pin is not None and pin.carers[slot] is not None),
        (WhyCarer.ONLY_ONE, n_able == 1),
        (WhyCarer.USUAL, carer in job.usual),
        (WhyCarer.PREFERRED, carer in job.preferred),
        (WhyCarer.KEPT, before is not None and carer in before.carers),
    )
    return next((why for why, is_so in holds if is_so), WhyCarer.LEAST_COST)


def _why_start(job: planner.Job, *, stop: planner.Stop) -> WhyStart:
    if job.pin is not None and job.pin.is_executed:
        return WhyStart.EXECUTED
    if job.pin is not None and job.pin.start_s is not None:
        return WhyStart.PINNED
    if stop.start_s <= stop.arrive_s:
        return WhyStart.ON_ARRIVAL
    return WhyStart.WINDOW_OPENS if stop.start_s <= job.earliest_s else WhyStart.OTHER_CARER


def _not_placed(problem: planner.Problem, *, job: int, able: planner.Eligibility) -> planner.NotPlaced:
    one = problem.jobs[job]
    rows = [able.of(job, slot=slot) for slot in range(len(one.slots))]
    return planner.NotPlaced(job, _reason(problem, job=job, rows=rows), None, counts=_counts(rows[-1]))


def _counts(row: NDArray[np.uint8]) -> tuple[tuple[PlanningReason, int], ...]:
    codes, counts = np.unique(row, return_counts=True)
    told = [(planner.CODES[int(code)], int(count)) for code, count in zip(codes, counts, strict=True)]
    return tuple((reason, count) for reason, count in told if reason is not None)


def _reason(problem: planner.Problem, *, job: int, rows: Sequence[NDArray[np.uint8]]) -> PlanningReason:
    one = problem.jobs[job]
    free = [np.flatnonzero(row == 0).tolist() for row in rows]
    known = sorted({each for ids in free for each in ids})
    if problem.now_s > one.latest_s:
        return PlanningReason.WINDOW_PAST
    if len(known) < len(free) or not all(free):
        # the test that the best of them fails is the last in order; of a pair the second is missing
        code = planner.CODES[int(rows[0].max(initial=0))] if not known or len(free) == 1 else None
        return code or (PlanningReason.NO_PAIR if len(free) > 1 else PlanningReason.NO_SHIFT)
    hours = [problem.carers[each] for each in known]
    length_s = one.slots[0].length_s
    if all(who.to_s - who.from_s < length_s for who in hours):
        return PlanningReason.VISIT_TOO_LONG
    if not any(max(who.from_s, one.earliest_s) <= min(one.latest_s, who.to_s - length_s) for who in hours):
        return PlanningReason.NO_SHIFT
    if one.pin is None and not _goes_alone(problem, job=job, carers=known):
        return PlanningReason.NO_PAIR if len(free) > 1 else PlanningReason.TRAVEL_TOO_LONG
    return PlanningReason.NO_TIME if one.pin is None else PlanningReason.PIN_CONFLICT


def _goes_alone(problem: planner.Problem, *, job: int, carers: Sequence[int]) -> bool:
    """Say whether anybody could make a visit on a day that is empty but for what has begun."""
    ways = islice(permutations(carers, len(problem.jobs[job].slots)), TRIED)
    return any(job not in planner.build_plan(problem, order=[job], carers={job: who}).left_out for who in ways)
