"""What can be said of a day before anybody searches: jobs that nobody could do, and pins that exclude each other."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.reference import Refusal, Walk
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.planner.values import Job, Problem


def judge_job(problem: Problem, one: Job) -> PlanningReason | None:
    """
    Return what keeps a job from any plan whoever is there, or None.

    No way to or from its place for any carer's mode (no_network), latest start or pinned start before now
    (window_past), longer than the longest shift (visit_too_long).
    """
    modes = sorted({who.mode for who in problem.carers})
    if modes and not any(_is_reached(problem, mode, one.place) for mode in modes):
        return PlanningReason.NO_NETWORK
    pinned_s = one.pin.start_s if one.pin is not None and one.pin.start_s is not None else inf
    if min(one.latest_s, pinned_s) < problem.now_s:
        return PlanningReason.WINDOW_PAST
    longest_s = max((who.to_s - who.from_s for who in problem.carers), default=inf)
    if max(slot.length_s for slot in one.slots) > longest_s:
        return PlanningReason.VISIT_TOO_LONG
    return None


def _is_reached(problem: Problem, mode: int, place: int) -> bool:
    ways = problem.travel_s[mode]
    if any(who.start_place == place for who in problem.carers if who.mode == mode):
        return True
    others = np.arange(len(ways)) != place
    return bool(np.isfinite(ways[others, place]).any() and np.isfinite(ways[place, others]).any())


def pin_conflicts(problem: Problem, *, apart_from: Iterable[int]) -> list[int]:
    """Return the jobs with a pinned carer and start that have to give way to others of that kind."""
    out = set(apart_from)
    pinned = [
        (job, one)
        for job, one in enumerate(problem.jobs)
        if job not in out and one.pin is not None and not one.pin.is_executed and one.pin.start_s is not None
    ]
    pinned = [(job, one) for job, one in pinned if one.pin is not None and None not in one.pin.carers]
    pinned.sort(key=lambda pair: (not pair[1].is_mandatory, -pair[1].priority, _start_s(pair[1]), pair[0]))
    kept: dict[int, list[int]] = {}
    conflicts = []
    for job, one in pinned:
        carers = [carer for carer in one.pin.carers if carer is not None] if one.pin is not None else []
        near = {job}.union(*(kept.get(carer, ()) for carer in carers))
        if excludes(problem, jobs=near) is None:
            for carer in carers:
                kept.setdefault(carer, []).append(job)
        else:
            conflicts.append(job)
    return conflicts


def excludes(problem: Problem, *, jobs: Iterable[int]) -> tuple[int, Refusal] | None:
    """Return the first of some jobs with pinned carers and starts that the earlier ones leave no time for, or None."""
    walk = Walk(problem)
    for job in sorted(jobs, key=lambda job: (_start_s(problem.jobs[job]), job)):
        pin = problem.jobs[job].pin
        carers = tuple(carer for carer in pin.carers if carer is not None) if pin is not None else ()
        refusal = walk.place_job(job, carers=carers)
        if refusal is not None:
            return job, refusal
    return None


def _start_s(one: Job) -> float:
    return one.pin.start_s if one.pin is not None and one.pin.start_s is not None else one.earliest_s
