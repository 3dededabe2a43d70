"""
The day happens: a carer falls ill, nobody is home, a visit overruns, an urgent one comes; few others move for it.

What has begun, has ended or is pinned stays. Only what cannot stay as it was is taken out of the plan that people know
and put in anew; the search then moves nothing but these jobs and those beside them, and pays `Weights.change` for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.answers import Moved
from dispatch.planner.reference import build_plan, carers_of, order_of
from dispatch.planner.solving import solve
from dispatch.planner.under_way import as_under_way
from dispatch.planner.values import Before, Pin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dispatch.planner.stopping import Stop
    from dispatch.planner.values import Job, Plan, Problem

BESIDE = 40
"""Jobs beside each one that lost its place which may move for it: as many as the search looks at beside a job."""


@dataclass(frozen=True, slots=True)
class Repair:
    """
    A plan for the rest of the day, and what it changes.

    Attributes
    ----------
    plan : Plan
    problem : Problem
        What was solved: absences, where each job stood before, who is on the way or in a break, and pins held at
        their hours are written into it. Judge and explain the plan by this one. Breaks that were taken are not in it,
        nor in the plan.
    touched : tuple of int
        Jobs that could not stay as they were: those of an absent carer, released ones, new ones, and those that
        broke a hard rule at their old place.
    moved : tuple of Moved
        Jobs that stood in the known plan and stand elsewhere now, touched ones among them: another carer for a slot,
        or the first start more than `Problem.moved_s` away.
    newly_left_out : tuple of int
        Jobs that have no place now and had one, or are new.
    newly_placed : tuple of int
        Jobs that the known plan had left out and that have a place now.
    others : int
        Jobs placed in the known plan that are neither touched nor executed: those who might have been left in peace.

    """

    plan: Plan
    problem: Problem
    touched: tuple[int, ...]
    moved: tuple[Moved, ...]
    newly_left_out: tuple[int, ...]
    newly_placed: tuple[int, ...]
    others: int

    @property
    def moved_others(self) -> tuple[Moved, ...]:
        """Give those that moved for the sake of the touched ones."""
        touched = set(self.touched)
        return tuple(one for one in self.moved if one.job not in touched)

    @property
    def moved_share(self) -> float:
        """Give the share of the others that moved, 0 where there are none."""
        return len(self.moved_others) / self.others if self.others else 0.0


def repair(
    problem: Problem,
    *,
    plan: Plan,
    stop: Stop,
    seed: int,
    absent: Mapping[int, float] | None = None,
    released: Collection[int] = (),
) -> Repair:
    """
    Plan the rest of a day so that few move.

    Parameters
    ----------
    problem : Problem
        The day as it is now: `now_s`; jobs that have begun or ended as executed pins, their slots as long as they
        really take (an overrun is a longer slot); new jobs among `jobs`; windows as they are now.
    plan : Plan
        The plan that people know. Its indices are those of `problem`; what it does not name is new.
    stop : MaxIterations, MaxSeconds or Canceled
        For the search that follows the greedy repair; with `MaxIterations` the same seed gives the same repair.
    seed : int
        Of the search.
    absent : mapping of int to float, optional
        Carers who work no more, and from which second on; a visit that would end later is given to others. A pair
        keeps the other carer where that disturbs least. A visit pinned to an absent carer is left out: only who
        pinned it may lift that.
    released : collection of int
        Jobs that shall be put in anew: nobody was home, a carer said no.

    Returns
    -------
    Repair
        A pinned job keeps carers and start, and what is not pinned makes room for it. Where its carers can be there
        only later all the same, it starts then, and is among `moved` if that is far.

    """
    carers, starts = carers_of(plan), _starts(plan)
    known = {job: Before(carers[job], starts[job][0]) for job in starts}
    now = as_under_way(problem, plan=plan, absent=absent or (), released=released)
    now = _with_absences(now, absent=absent or {})
    now = replace(now, jobs=tuple(replace(job, before=known.get(index)) for index, job in enumerate(now.jobs)))
    gone = frozenset(absent or {})
    held = replace(now, jobs=tuple(_held(job, gone=gone) for job in now.jobs))
    order = [job for job in order_of(problem, plan=plan) if job not in set(released)]
    held, kept = _keep(held, order=order, carers=carers)
    left_before = set(plan.left_out)
    touched = tuple(job for job in kept.left_out if job not in left_before)
    movable = _beside(held, jobs=touched) | left_before
    free = {job: replace(held.jobs[job], held_s=-inf) for job in movable if not _is_pinned(held.jobs[job])}
    held = replace(held, jobs=tuple(free.get(index, job) for index, job in enumerate(held.jobs)))
    frozen = [job for job in range(len(held.jobs)) if job not in movable]
    found = solve(held, stop=stop, seed=seed, start=kept, frozen=frozen)
    return _told(held, known=plan, plan=found, touched=touched)


def _keep(problem: Problem, *, order: Sequence[int], carers: Mapping[int, tuple[int, ...]]) -> tuple[Problem, Plan]:
    """
    Give what can stay as it was; where a pinned job is in want of time, others make room for it.

    A pinned start that its carers cannot keep with all that is not pinned out of their way becomes the earliest one.
    """
    pinned = [job for job in order if _is_pinned(problem.jobs[job])]
    late = build_plan(problem, order=pinned, carers=carers).left_out
    jobs = list(problem.jobs)
    for job in set(late).intersection(pinned):
        pin = jobs[job].pin
        if pin is not None and pin.start_s is not None:
            jobs[job] = replace(jobs[job], pin=replace(pin, start_s=None), held_s=pin.start_s)
    problem = replace(problem, jobs=tuple(jobs))
    hopeless = set(build_plan(problem, order=pinned, carers=carers).left_out)
    rank = {job: at for at, job in enumerate(order)}
    gave_way: set[int] = set()
    while True:
        kept = build_plan(problem, order=[job for job in order if job not in gave_way], carers=carers)
        stand = carers_of(kept)
        wanting = [job for job in pinned if job not in stand and job not in hopeless]
        if not wanting:
            return problem, kept
        ahead = _ahead(problem, wanting[0], stand=stand, crew=carers[wanting[0]], rank=rank)
        if ahead is None:
            hopeless.add(wanting[0])
        else:
            gave_way.add(ahead)


def _ahead(
    problem: Problem,
    job: int,
    *,
    stand: Mapping[int, tuple[int, ...]],
    crew: tuple[int, ...],
    rank: Mapping[int, int],
) -> int | None:
    """Give the last job before a pinned one that its carers do and that may be elsewhere."""
    before = [
        other
        for other, others in stand.items()
        if other in rank and rank[other] < rank[job] and problem.jobs[other].pin is None and set(others) & set(crew)
    ]
    return max(before, key=lambda other: rank[other], default=None)


def _is_pinned(job: Job) -> bool:
    return job.pin is not None and not job.pin.is_executed


def _starts(plan: Plan) -> dict[int, tuple[float, ...]]:
    """Give the starts of each job's slots."""
    found = {(stop.job, stop.slot): stop.start_s for tour in plan.tours for stop in tour.stops}
    starts: dict[int, tuple[float, ...]] = {}
    for (job, _), start_s in sorted(found.items()):
        starts[job] = (*starts.get(job, ()), start_s)
    return starts


def _with_absences(problem: Problem, *, absent: Mapping[int, float]) -> Problem:
    """Let absent carers work until they leave; what has begun is not judged."""
    carers = list(problem.carers)
    for index, from_s in absent.items():
        carers[index] = replace(carers[index], to_s=min(carers[index].to_s, from_s))
    return replace(problem, carers=tuple(carers))


def _held(job: Job, *, gone: frozenset[int]) -> Job:
    """Hold a job where it stands, a pinned one exactly; a slot that is not pinned and loses its carer stays free."""
    if job.before is None or (job.pin is not None and job.pin.is_executed):
        return job
    if job.pin is None:
        return replace(job, held_s=job.before.start_s)
    carers = tuple(
        pinned if pinned is not None or stood in gone else stood
        for pinned, stood in zip(job.pin.carers, job.before.carers, strict=True)
    )
    start_s = job.before.start_s if job.pin.start_s is None else job.pin.start_s
    return replace(job, pin=Pin(carers, start_s), held_s=-inf)


def _beside(problem: Problem, *, jobs: tuple[int, ...]) -> set[int]:
    """Give the jobs and those near them by way and hour."""
    if not jobs:
        return set()
    places = np.array([job.place for job in problem.jobs])
    from_s = np.array([job.earliest_s for job in problem.jobs])
    to_s = np.array([min(job.latest_s, 1e9) for job in problem.jobs])
    near = set(jobs)
    for job in jobs:
        apart_s = np.maximum(0.0, np.maximum(from_s - to_s[job], from_s[job] - to_s))
        price = problem.travel_s[0][places[job], places] + apart_s
        near |= {int(other) for other in np.argsort(price, kind="stable")[: BESIDE + 1]}
    return near


def _told(problem: Problem, *, known: Plan, plan: Plan, touched: tuple[int, ...]) -> Repair:
    left_before, stood = set(known.left_out), (carers_of(known), _starts(known))
    stands = (carers_of(plan), _starts(plan))
    moved = [
        Moved(job, stood[0][job], stands[0][job], stood[1][job], stands[1][job])
        for job in sorted(stands[0].keys() & stood[0].keys())
        if stands[0][job] != stood[0][job] or abs(stands[1][job][0] - stood[1][job][0]) > problem.moved_s
    ]
    others = sum(
        1
        for index, job in enumerate(problem.jobs)
        if job.before is not None and index not in set(touched) and not (job.pin is not None and job.pin.is_executed)
    )
    return Repair(
        plan=plan,
        problem=problem,
        touched=touched,
        moved=tuple(moved),
        newly_left_out=tuple(job for job in plan.left_out if job not in left_before),
        newly_placed=tuple(sorted(left_before & stands[0].keys())),
        others=others,
    )
