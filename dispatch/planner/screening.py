"""What can be said of a day before anybody searches: jobs that nobody could do, and pins that exclude each other."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner.eligibility import CODES, NUMBERS, judge_carers, lacks_of_pair
from dispatch.planner.reference import SLACK_S, Refusal, Walk
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dispatch.planner.eligibility import Eligibility
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


def sort_out(problem: Problem) -> dict[int, PlanningReason]:
    """
    Return the jobs that can stand in no plan, each with the reason, so that no search tries them.

    Job by job: see `judge_job`; nobody may do it at any hour (the furthest test that any carer reaches); a pinned
    carer who may not; no pair of carers (no_pair); nobody could even with the whole day before them; a pinned start
    outside the window. Then pins against each other: of pinned starts that exclude each other on a carer's tour, or
    that what was executed leaves no time for, the one that weighs more (mandatory, priority, earlier) stays, the
    others are a pin_conflict.

    Executed jobs are never among them. Ways are taken to obey the triangle inequality.
    """
    eligibility = judge_carers(problem)
    found: dict[int, PlanningReason] = {}
    roster = _make_roster(problem)
    for job, one in enumerate(problem.jobs):
        if one.pin is not None and one.pin.is_executed:
            continue
        reason = judge_job(problem, one) or _judge_carers(problem, job, eligibility, roster)
        if reason is not None:
            found[job] = reason
    for job in pin_conflicts(problem, apart_from=found):
        found[job] = PlanningReason.PIN_CONFLICT
    return found


def _judge_carers(problem: Problem, job: int, eligibility: Eligibility, roster: _Roster) -> PlanningReason | None:
    one = problem.jobs[job]
    pinned = one.pin.carers if one.pin is not None else (None,) * len(one.slots)
    start_s = one.pin.start_s if one.pin is not None else None
    if start_s is not None and not one.earliest_s <= start_s <= one.latest_s:
        return PlanningReason.PIN_CONFLICT
    if len(pinned) > 1 and pinned[0] is not None and pinned[0] == pinned[1]:
        return PlanningReason.PIN_CONFLICT
    able: list[list[int]] = []
    for slot, wanted in enumerate(pinned):
        codes = eligibility.of(job, slot=slot)
        codes = np.where(codes == 0, _alone(problem, one, slot, roster), codes)
        carers = np.arange(len(codes)) if wanted is None else np.array([wanted])
        able.append(carers[codes[carers] == 0].tolist())
        if not able[-1]:
            return CODES[max(codes[carers].tolist(), default=NUMBERS[PlanningReason.NO_SHIFT])]
    if len(able) < 2:  # noqa: PLR2004 - one carer
        return None
    return _judge_pairs(problem, job, able[0], able[1])


def _judge_pairs(problem: Problem, job: int, firsts: list[int], seconds: list[int]) -> PlanningReason | None:
    """Return why no two of the carers go together, or None as soon as two do."""
    is_two = False
    for first in firsts:
        for second in seconds:
            if first == second:
                continue
            is_two = True
            if not lacks_of_pair(problem, job=job, carers=(first, second)):
                return None
    return PlanningReason.NO_SKILL if is_two else PlanningReason.NO_PAIR


class _Roster(NamedTuple):
    """Every carer's day with nothing in it but what is executed, each of shape (n_carers,)."""

    mode: NDArray[np.int64]
    place: NDArray[np.int64]
    end_place: NDArray[np.int64]
    from_s: NDArray[np.float64]
    free_s: NDArray[np.float64]
    to_s: NDArray[np.float64]
    back_by_s: NDArray[np.float64]
    left_s: NDArray[np.float64]
    ways: NDArray[np.float64]


def _make_roster(problem: Problem) -> _Roster:
    walk, carers = Walk(problem), problem.carers
    return _Roster(
        mode=np.array([who.mode for who in carers], np.int64),
        place=np.array(walk.place, np.int64),
        end_place=np.array([who.end_place for who in carers], np.int64),
        from_s=np.array([who.from_s for who in carers]),
        free_s=np.array(walk.free_s),
        to_s=np.array([who.to_s for who in carers]),
        back_by_s=np.array([who.back_by_s for who in carers]),
        left_s=np.array([who.limit_s for who in carers]) - np.array(walk.worked_s),
        ways=np.array(problem.travel_s, np.float64),
    )


def _alone(problem: Problem, one: Job, slot: int, roster: _Roster) -> NDArray[np.uint8]:
    """Return the first test that a slot fails with each carer who does nothing else but what is executed; 0: none."""
    codes = np.zeros(len(problem.carers), np.uint8)
    length_s = one.slots[slot].length_s
    way_s = roster.ways[roster.mode, roster.place, one.place]
    back_s = roster.ways[roster.mode, one.place, roster.end_place]
    codes[way_s + length_s + back_s > roster.left_s + SLACK_S] = NUMBERS[PlanningReason.DAY_LIMIT]
    for reason, since_s, home_s in (  # from the last test to the first, so that the first one stays
        (PlanningReason.TRAVEL_TOO_LONG, roster.free_s + way_s, back_s),
        (PlanningReason.NO_TIME, roster.free_s, -inf),
        (PlanningReason.NO_SHIFT, roster.from_s, -inf),
    ):
        start_s = np.maximum(one.earliest_s, since_s)
        end_s = start_s + length_s
        is_out = (start_s > one.latest_s + SLACK_S) | (end_s > roster.to_s + SLACK_S)
        codes[is_out | (end_s + home_s > roster.back_by_s + SLACK_S)] = NUMBERS[reason]
    codes[~np.isfinite(way_s)] = NUMBERS[PlanningReason.TRAVEL_TOO_LONG]
    return codes


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
