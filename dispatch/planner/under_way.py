"""
Where everybody is at `now_s`, by the plan that people know: on the way, in a break, or behind.

A problem knows what was executed and nothing between: a carer would set out anew at `now_s` to where they almost are,
and rest again. These changes to the problem say what is so.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from dispatch.planner.reference import executed_starts
from dispatch.planner.values import Pause, Pin

if TYPE_CHECKING:
    from collections.abc import Collection

    from dispatch.planner.values import Carer, Job, Plan, Problem, Stop, Tour


def as_under_way(
    problem: Problem, *, plan: Plan, absent: Collection[int] = (), released: Collection[int] = ()
) -> Problem:
    """
    Give the problem with what has begun by the known plan and is not executed.

    A visit whose carers are on the way to it counts as begun, if they could not set out anew at `now_s` and be there
    in time: nobody is called back from a door. A break that began is not asked for again; what is left of it is.
    Neither holds for who is behind the plan, nor for absent carers and released jobs.
    """
    if problem.now_s == -inf:
        return problem
    carers = tuple(
        replace(who, pauses=_pauses_left(problem, who, tour))
        for who, tour in zip(problem.carers, plan.tours, strict=True)
    )
    coming = _coming(problem, plan)
    jobs = list(problem.jobs)
    for job, stops in coming.items():
        one = jobs[job]
        if job in released or len(stops) < len(one.slots) or any(carer in absent for carer, _ in stops.values()):
            continue
        if one.lag_to_s > one.lag_from_s:
            continue  # an executed pair begins exactly `lag_from_s` apart
        if any(_is_on_the_way(problem, stop) for _, stop in stops.values()):
            pinned = tuple(stops[slot][0] for slot in range(len(one.slots)))
            jobs[job] = replace(one, pin=Pin(pinned, stops[0][1].start_s, is_executed=True))
    return replace(problem, carers=carers, jobs=tuple(jobs))


def _coming(problem: Problem, plan: Plan) -> dict[int, dict[int, tuple[int, Stop]]]:
    """Give by job and slot who goes there next, of those who are not behind."""
    coming: dict[int, dict[int, tuple[int, Stop]]] = {}
    for tour in plan.tours:
        stop = next((stop for stop in tour.stops if not _is_executed(problem.jobs[stop.job])), None)
        if stop is None:
            continue
        if _free_s(problem, tour) <= stop.arrive_s - stop.travel_s:
            coming.setdefault(stop.job, {})[stop.slot] = (tour.carer, stop)
    return coming


def _is_on_the_way(problem: Problem, stop: Stop) -> bool:
    out_s = stop.arrive_s - stop.travel_s
    return out_s < problem.now_s < stop.start_s < problem.now_s + stop.travel_s


def _pauses_left(problem: Problem, who: Carer, tour: Tour) -> tuple[Pause, ...]:
    """Leave out what was taken; of what is being taken the rest is due at once."""
    now_s = problem.now_s
    begun = {
        pause.pause: pause
        for pause in tour.pauses
        if pause.start_s <= now_s and not _works_at(problem, tour, pause.start_s)
    }
    left = []
    for index, pause in enumerate(who.pauses):
        if index not in begun:
            left.append(pause)
        elif begun[index].end_s > now_s:
            left.append(Pause(begun[index].start_s, now_s, begun[index].end_s - now_s, pause.key))
    return tuple(left)


def _executed(problem: Problem, tour: Tour) -> list[tuple[float, float]]:
    """Give start and end of what the carer of a tour has executed, as it really was."""
    spans = []
    for stop in tour.stops:
        job = problem.jobs[stop.job]
        if _is_executed(job):
            start_s = executed_starts(job)[stop.slot]
            spans.append((start_s, start_s + job.slots[stop.slot].length_s))
    return spans


def _free_s(problem: Problem, tour: Tour) -> float:
    return max((end_s for _, end_s in _executed(problem, tour)), default=-inf)


def _works_at(problem: Problem, tour: Tour, at_s: float) -> bool:
    return any(start_s < at_s < end_s for start_s, end_s in _executed(problem, tour))


def _is_executed(job: Job) -> bool:
    return job.pin is not None and job.pin.is_executed
