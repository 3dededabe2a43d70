"""Why each visit of a plan has this carer and this start, why others have no place, and what would give them one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dispatch.planner.answering import Standing
from dispatch.planner.answers import (
    Add,
    Effect,
    Explanation,
    NotPlaced,
    Option,
    Placed,
    Remedy,
    RemedyKind,
    WhyCarer,
    WhyStart,
)
from dispatch.planner.checking import check
from dispatch.planner.screening import excludes, pin_conflicts
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from collections.abc import Collection

    from dispatch.planner.values import Job, Plan, Problem, Stop, Tour

FULL = frozenset({PlanningReason.NO_TIME, PlanningReason.DAY_LIMIT})


def explain(
    problem: Problem, *, plan: Plan, jobs: Collection[int] | None = None, standing: Standing | None = None
) -> Explanation:
    """
    Explain a plan.

    Parameters
    ----------
    problem : Problem
        The day.
    plan : Plan
        What is to be explained.
    jobs : collection of int or None
        The jobs that are asked about; None: all of them (milliseconds for each).
    standing : Standing or None
        Of this problem and plan, where there is one.

    Returns
    -------
    Explanation
        Of placed jobs by slot in the order of tours, of others in the order of jobs. Who else could is asked of the
        plan without the job, all else as it is.

    """
    asked = standing or Standing(problem, plan=plan)
    chosen = set(range(len(problem.jobs)) if jobs is None else jobs)
    options: dict[int, tuple[Option, ...]] = {}
    placed = []
    for tour in plan.tours:
        for stop in tour.stops:
            if stop.job in chosen:
                if stop.job not in options:
                    options[stop.job] = _options(asked, stop.job)
                placed.append(_placed(asked, tour, stop, options[stop.job]))
    left_out = [job for job in plan.left_out if job in chosen]
    pinned_out = set(pin_conflicts(problem, apart_from=())) if left_out else set()
    not_placed = [_not_placed(asked, job, is_pinned_out=job in pinned_out) for job in left_out]
    return Explanation(tuple(placed), tuple(not_placed))


def _options(standing: Standing, job: int) -> tuple[Option, ...]:
    one = standing.problem.jobs[job]
    if one.pin is not None and one.pin.is_executed:
        return ()
    return standing.without(job).options_for(job)


def _placed(standing: Standing, tour: Tour, stop: Stop, options: tuple[Option, ...]) -> Placed:
    one = standing.problem.jobs[stop.job]
    n_able = int((standing.eligibility.of(stop.job, slot=stop.slot) == 0).sum())
    free = {carer for option in options for carer in option.carers} | {tour.carer}
    own = [option for option in options if tour.carer in option.carers]
    others = [option for option in options if tour.carer not in option.carers]
    extra_s = min((option.extra_travel_s for option in own), default=stop.travel_s)
    next_s = min((option.extra_travel_s for option in others), default=None)
    cheapest = min((option.cost for option in own), default=None)
    least = min((option.cost for option in others), default=None)
    return Placed(
        stop.job,
        stop.slot,
        tour.carer,
        _why_carer(one, stop.slot, tour.carer, (n_able, len(free)), (extra_s, next_s), (cheapest, least)),
        _why_start(one, stop),
        n_able,
        len(free),
        extra_s,
        next_s,
        max(0.0, stop.start_s - stop.arrive_s),
        max(0.0, stop.start_s - one.due_s),
    )


def _why_carer(
    one: Job,
    slot: int,
    carer: int,
    counts: tuple[int, int],
    travel_s: tuple[float, float | None],
    costs: tuple[float | None, float | None],
) -> WhyCarer:
    pin, before = one.pin, one.before
    is_cheapest = costs[0] is not None and (costs[1] is None or costs[0] <= costs[1])
    holds = (
        (WhyCarer.EXECUTED, pin is not None and pin.is_executed),
        (WhyCarer.PINNED, pin is not None and pin.carers[slot] is not None),
        (WhyCarer.ONLY_ONE, counts[0] <= len(one.slots)),
        (WhyCarer.ONLY_ONE_FREE, counts[1] <= len(one.slots)),
        (WhyCarer.USUAL, carer in one.usual),
        (WhyCarer.PREFERRED, carer in one.preferred),
        (WhyCarer.KEPT, before is not None and before.carers[slot : slot + 1] == (carer,)),
        (WhyCarer.LEAST_TRAVEL, travel_s[1] is None or travel_s[0] <= travel_s[1]),
        (WhyCarer.LEAST_COST, is_cheapest),
    )
    return next((why for why, is_so in holds if is_so), WhyCarer.WHOLE_DAY)


def _why_start(one: Job, stop: Stop) -> WhyStart:
    if one.pin is not None and one.pin.is_executed:
        return WhyStart.EXECUTED
    if one.pin is not None and one.pin.start_s is not None:
        return WhyStart.PINNED
    if stop.start_s <= stop.arrive_s:
        return WhyStart.ON_ARRIVAL
    if stop.start_s <= one.earliest_s:
        return WhyStart.WINDOW_OPENS
    return WhyStart.AS_PLANNED if stop.start_s <= one.held_s else WhyStart.OTHER_CARER


def _not_placed(standing: Standing, job: int, *, is_pinned_out: bool) -> NotPlaced:
    problem = standing.problem
    one = problem.jobs[job]
    answer = standing.who_can(job)
    counts = Counter(refusal.reason for refusal in answer.refusals)
    told = tuple((reason, counts[reason]) for reason in PlanningReason if counts[reason])
    others = _excluding(problem, job) if is_pinned_out else ()
    if is_pinned_out or (answer.options and one.pin is not None and not _fits_pinned(standing, job)):
        lifts = Remedy(RemedyKind.PIN_LIFTED, jobs=others or (job,))
        return NotPlaced(job, PlanningReason.PIN_CONFLICT, lifts, told, others)
    if answer.options:
        best = answer.options[0]
        carer = best.carers[0] if len(best.carers) == 1 and one.pin is None else None
        delayed = tuple(dict.fromkeys(delay.job for delay in best.delays)) if one.pin is None else ()
        return NotPlaced(job, PlanningReason.HAS_PLACE, Remedy(RemedyKind.ADDED, carer=carer), told, delayed)
    reason = answer.reason or PlanningReason.NO_TIME
    holders = _holders(standing, job) if reason in FULL else ()
    if holders and all(_rank(problem, other) > _rank(problem, job) for other in holders):
        return NotPlaced(job, PlanningReason.OUTRANKED, answer.remedy, told, holders)
    return NotPlaced(job, reason, answer.remedy, told)


def _fits_pinned(standing: Standing, job: int) -> bool:
    """Say whether a job could be put in with its pin as it is."""
    pin = standing.problem.jobs[job].pin
    crew = tuple(carer for carer in pin.carers if carer is not None) if pin is not None else ()
    is_whole = len(crew) == len(standing.problem.jobs[job].slots)
    change = Add(job, crew if is_whole else None)
    return isinstance(check(standing.problem, plan=standing.plan, change=change, standing=standing), Effect)


def _excluding(problem: Problem, job: int) -> tuple[int, ...]:
    """Return the pinned job, nearest in time, that excludes a pinned one; none where its own pin cannot be kept."""
    pin = problem.jobs[job].pin
    if pin is None or pin.start_s is None or excludes(problem, jobs=(job,)) is not None:
        return ()
    start_s, crew = pin.start_s, set(pin.carers)
    near = [
        (abs(other.pin.start_s - start_s), index)
        for index, other in enumerate(problem.jobs)
        if index != job and other.pin is not None and other.pin.start_s is not None and not other.pin.is_executed
        if crew & set(other.pin.carers) and None not in other.pin.carers
    ]
    ranked = [index for _, index in sorted(near)]
    both = (index for index in ranked if excludes(problem, jobs=(job, index)) is not None)
    return tuple(next(([index] for index in both), ranked[:1]))


def _rank(problem: Problem, job: int) -> float:
    one, weights = problem.jobs[job], problem.weights
    return (weights.mandatory if one.is_mandatory else weights.optional) * one.priority


def _holders(standing: Standing, job: int) -> tuple[int, ...]:
    """Return the visits that stand in a job's window with carers who may do it."""
    problem = standing.problem
    one = problem.jobs[job]
    may = [standing.eligibility.of(job, slot=slot) for slot in range(len(one.slots))]
    until_s = one.latest_s + max(slot.length_s for slot in one.slots)
    found = {
        stop.job
        for tour in standing.plan.tours
        if any(codes[tour.carer] == 0 for codes in may)
        for stop in tour.stops
        if stop.start_s < until_s and stop.end_s > one.earliest_s
    }
    return tuple(sorted(found))
