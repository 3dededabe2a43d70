"""Why each visit of a plan has this carer and this start, why others have no place, and what would give them one."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.answering import Standing
from dispatch.planner.answers import (
    Add,
    Effect,
    Explanation,
    NotPlaced,
    Placed,
    Remedy,
    RemedyKind,
    WhyCarer,
    WhyStart,
)
from dispatch.planner.checking import check
from dispatch.planner.remedies import apply_remedy
from dispatch.planner.screening import excludes, pin_conflicts
from dispatch.planner.singles import CLOSED, only
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
    others: dict[int, _Others] = {}
    placed = []
    for tour in plan.tours:
        for at, stop in enumerate(tour.stops):
            if stop.job in chosen:
                if stop.job not in others:
                    others[stop.job] = _Others(asked, stop.job)
                placed.append(others[stop.job].placed(tour, at))
    left_out = [job for job in plan.left_out if job in chosen]
    pinned_out = set(pin_conflicts(problem, apart_from=())) if left_out else set()
    not_placed = [_not_placed(asked, job, is_pinned_out=job in pinned_out) for job in left_out]
    return Explanation(tuple(placed), tuple(not_placed))


class _Others:
    """Who else could do a job that stands in a plan."""

    def __init__(self, standing: Standing, job: int) -> None:
        self.standing, self.job = standing, job
        self.one = standing.problem.jobs[job]
        self.stops = [(standing.plan.tours[carer], at) for carer, at in _where(standing, job)]
        self.crew = tuple(tour.carer for tour, _ in self.stops)
        is_executed = self.one.pin is not None and self.one.pin.is_executed
        self.without = None if is_executed else standing.without(job)
        self.options = self.without.options_for(job) if self.without is not None else ()
        self.ways = self.without.by_way_alone() if self.without is not None else None

    def placed(self, tour: Tour, at: int) -> Placed:
        """Return why the stop at this place of a tour has its carer and its start."""
        one, stop = self.one, tour.stops[at]
        able = set(np.flatnonzero(self.standing.eligibility.of(self.job, slot=stop.slot) == 0).tolist())
        named = {carer for option in self.options for carer in option.carers}
        free = (named & able) | {tour.carer}
        extra_s, next_s = self._extra_s(tour, at), self._next_s(stop.slot)
        own = [option.cost for option in self.options if tour.carer in option.carers]
        least = min((option.cost for option in self.options if tour.carer not in option.carers), default=None)
        holds = (
            (WhyCarer.ONLY_ONE, able <= {*self.crew}),
            (WhyCarer.ONLY_ONE_FREE, named <= {*self.crew}),
            (WhyCarer.LEAST_TRAVEL, next_s is None or extra_s <= next_s),
            (WhyCarer.LEAST_COST, bool(own) and (least is None or min(own) <= least)),
        )
        return Placed(
            self.job,
            stop.slot,
            tour.carer,
            _why_carer(one, stop.slot, tour.carer, {why for why, is_so in holds if is_so}),
            _why_start(one, stop),
            len(able),
            len(free),
            extra_s,
            next_s,
            max(0.0, stop.start_s - stop.arrive_s),
            max(0.0, stop.start_s - one.due_s),
        )

    def _extra_s(self, tour: Tour, at: int) -> float:
        """Return what a stop adds to the ways of its tour where it stands."""
        who, jobs = self.standing.problem.carers[tour.carer], self.standing.problem.jobs
        ways = self.standing.problem.travel_s[who.mode]
        before = jobs[tour.stops[at - 1].job].place if at else who.start_place
        behind = jobs[tour.stops[at + 1].job].place if at + 1 < len(tour.stops) else who.end_place
        legs = [float(ways[before, self.one.place]), float(ways[self.one.place, behind])]
        if len(tour.stops) > 1:
            legs.append(-float(ways[before, behind]))
        return sum(leg for leg in legs if isfinite(leg))

    def _next_s(self, slot: int) -> float | None:
        """Return the least that a slot would add to another's ways, its other carer as now; None: nobody else could."""
        if self.ways is None:
            return None
        codes = [self.standing.eligibility.of(self.job, slot=one) for one in range(len(self.crew))]
        codes[slot] = np.where(np.isin(np.arange(len(codes[slot])), self.crew), CLOSED, codes[slot]).astype(np.uint8)
        mates_s = 0.0
        if len(self.crew) > 1:
            mate = 1 - slot
            codes[mate] = only(codes[mate], carer=self.crew[mate])
            mates_s = self._extra_s(*self.stops[mate])
        options = self.ways.options_among(self.job, codes=codes)
        least_s = min((option.extra_travel_s for option in options), default=None)
        return None if least_s is None else least_s - mates_s


def _where(standing: Standing, job: int) -> list[tuple[int, int]]:
    """Return the carer and the place in the tour of each slot of a job that stands."""
    day = standing.day
    rows = day.stop_of[job, : len(standing.problem.jobs[job].slots)].tolist()
    carers = [int(day.stops[row, 2]) for row in rows]
    return [(carer, row - int(day.tour_from[carer])) for carer, row in zip(carers, rows, strict=True)]


def _why_carer(one: Job, slot: int, carer: int, holds: set[WhyCarer]) -> WhyCarer:
    pin, before = one.pin, one.before
    tests = (
        (WhyCarer.EXECUTED, pin is not None and pin.is_executed),
        (WhyCarer.PINNED, pin is not None and pin.carers[slot] is not None),
        (WhyCarer.ONLY_ONE, WhyCarer.ONLY_ONE in holds),
        (WhyCarer.ONLY_ONE_FREE, WhyCarer.ONLY_ONE_FREE in holds),
        (WhyCarer.USUAL, carer in one.usual),
        (WhyCarer.PREFERRED, carer in one.preferred),
        (WhyCarer.KEPT, before is not None and before.carers[slot : slot + 1] == (carer,)),
        (WhyCarer.LEAST_TRAVEL, WhyCarer.LEAST_TRAVEL in holds),
        (WhyCarer.LEAST_COST, WhyCarer.LEAST_COST in holds),
    )
    return next((why for why, is_so in tests if is_so), WhyCarer.WHOLE_DAY)


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
        lifts = _unpinned(standing, job, others=others, is_able=bool(answer.options))
        return NotPlaced(job, PlanningReason.PIN_CONFLICT, lifts, told, others)
    if answer.options:
        best = answer.options[0]
        carer = best.carers[0] if len(best.carers) == 1 and one.pin is None else None
        delayed = tuple(dict.fromkeys(delay.job for delay in best.delays)) if one.pin is None else ()
        kind = RemedyKind.ADDED if best.cost <= _rank(problem, job) else RemedyKind.ADDED_ANYWAY
        return NotPlaced(job, PlanningReason.HAS_PLACE, Remedy(kind, carer=carer), told, delayed)
    reason = answer.reason or PlanningReason.NO_TIME
    holders = _holders(standing, job) if reason in FULL else ()
    if holders and all(_rank(problem, other) > _rank(problem, job) for other in holders):
        return NotPlaced(job, PlanningReason.OUTRANKED, answer.remedy, told, holders)
    return NotPlaced(job, reason, answer.remedy, told)


def _unpinned(standing: Standing, job: int, *, others: tuple[int, ...], is_able: bool) -> Remedy | None:
    """Return the pin whose lifting gives a pinned job a place: that of another, else its own, else none."""
    if others:
        lifts = Remedy(RemedyKind.PIN_LIFTED, jobs=others)
        free = apply_remedy(standing.problem, job=job, remedy=lifts)
        if _fits_pinned(Standing(free, plan=standing.plan), job):
            return lifts
    return Remedy(RemedyKind.PIN_LIFTED, jobs=(job,)) if is_able else None


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
