"""Building a plan anew after a change by hand: only what the change reaches is timed again."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.reference import Refusal, Walk, evaluate, executed_jobs
from dispatch.planner.values import Cost, Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dispatch.planner.values import Problem, Stop, TakenPause


class Refused(NamedTuple):
    """The first job that has no place any more, and why."""

    job: int
    refusal: Refusal


def order_tours(tours: Sequence[Sequence[int]], *, rank: Mapping[int, float]) -> list[int] | None:
    """Return an order of jobs that keeps that of every tour, lower ranks first; None where tours contradict."""
    followers: dict[int, list[int]] = {}
    waits: Counter[int] = Counter()
    jobs: set[int] = set()
    for tour in tours:
        jobs.update(tour)
        for first, second in pairwise(tour):
            followers.setdefault(first, []).append(second)
            waits[second] += 1
    ready = [(rank[job], job) for job in jobs if not waits[job]]
    heapify(ready)
    order = []
    while ready:
        _, job = heappop(ready)
        order.append(job)
        for follower in followers.get(job, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, (rank[follower], follower))
    return order if len(order) == len(jobs) else None


def retime(
    problem: Problem,
    *,
    plan: Plan,
    order: Sequence[int],
    carers: Mapping[int, tuple[int, ...]],
    touched: Collection[int],
) -> Plan | Refused:
    """
    Return what `build_plan` would make of the order, or the first job that it would leave out.

    Tours of the carers `touched` are other ones than in `plan`; those of all others have the same stops, and are
    timed again as far as a partner's start moves them.
    """
    walk = Walk(problem)
    done = set(executed_jobs(problem))
    was = {(stop.job, stop.slot): stop for tour in plan.tours for stop in tour.stops}
    pauses = [list(tour.pauses) for tour in plan.tours]
    dirty = set(touched)
    for job in order:
        if job in done:
            continue
        crew = carers[job]
        stops = [was.get((job, slot)) for slot in range(len(crew))]
        if dirty.isdisjoint(crew) and all(stops):
            for carer, stop in zip(crew, stops, strict=True):
                _copy(walk, pauses, carer=carer, stop=stop)
            continue
        refusal = walk.place_job(job, carers=crew)
        if refusal is not None:
            return Refused(job, refusal)
        for carer, stop in zip(crew, stops, strict=True):
            if carer in touched:
                continue
            new = walk.stops[carer][-1]
            taken = sum(1 for pause in pauses[carer] if pause.start_s < new.start_s)
            is_same = stop is not None and stop == new and len(walk.pauses[carer]) == taken
            dirty.discard(carer) if is_same else dirty.add(carer)
    left_out = tuple(sorted(set(range(len(problem.jobs))) - set(order) - done))
    made = Plan(walk.tours(), left_out, Cost(), iterations=plan.iterations, seed=plan.seed)
    cost = evaluate(problem, plan=made)
    return Plan(made.tours, left_out, cost, iterations=plan.iterations, seed=plan.seed)


def _copy(walk: Walk, pauses: list[list[TakenPause]], *, carer: int, stop: Stop | None) -> None:
    """Let a carer do a stop as in the plan before, with the pauses before it."""
    if stop is None:
        return
    known = len(walk.pauses[carer])
    while known < len(pauses[carer]) and pauses[carer][known].start_s < stop.start_s:
        walk.pauses[carer].append(pauses[carer][known])
        walk.next_pause[carer] = pauses[carer][known].pause + 1
        known += 1
    walk.follow(stop, carer=carer)
