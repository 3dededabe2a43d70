"""From a problem to the tables that the kernels work on."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner import layout as at
from dispatch.planner.eligibility import judge_carers
from dispatch.planner.layout import World
from dispatch.planner.reference import executed_jobs, executed_starts

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from dispatch.planner.values import Job, Problem

NEAR_COUNT = 40
"""Jobs that the search tries beside a job; more find little, fewer miss ways round a full tour."""
WAIT_PRICE, LATE_PRICE = 0.2, 1.0
"""What waiting and lateness add to the way in the choice of near jobs (Vidal et al. 2013, section 4.4)."""


def build_world(problem: Problem, *, seed: int, frozen: Collection[int] = ()) -> World:
    """
    Lay out a problem, with every tour empty but for what was executed.

    Jobs in `frozen` keep their carers and their place among them; the search does not move them.
    """
    n_jobs = len(problem.jobs)
    codes = _codes(problem)
    counts = (codes & at.FORBIDDEN == 0).sum(axis=1, dtype=np.int64)
    able_from = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    held, needed, rows = _pair_skills(problem)
    stops_i, stops_f = _stops(problem)
    jobs_f = np.zeros((n_jobs, 6))
    for index, job in enumerate(problem.jobs):
        price = problem.weights.mandatory if job.is_mandatory else problem.weights.optional
        before = job.before.start_s if job.before is not None else nan
        jobs_f[index] = (
            _middle_s(job),
            job.lag_from_s,
            job.lag_to_s,
            price * job.priority,
            before,
            rows.get(index, -1),
        )
    pauses, carers_i, carers_f = _carers(problem)
    is_moved = np.ones(n_jobs, bool)
    is_moved[list(frozen)] = False
    is_moved[executed_jobs(problem)] = False
    stops_i[: 2 * n_jobs][np.repeat(~is_moved, 2), at.FLAGS] |= at.IS_FIXED
    movable = np.flatnonzero(is_moved).astype(np.int32)
    weights = problem.weights
    soft = [0.0, weights.continuity, weights.preference, weights.continuity + weights.preference]
    prices = np.array([
        weights.travel, weights.lateness, weights.worst_lateness, weights.hours / 3600.0**2, weights.unpopular,
        weights.change, problem.moved_s, *soft,
    ])  # fmt: skip
    world = World(
        ways=_ways(problem),
        codes=codes,
        able_from=able_from,
        able=np.nonzero(codes & at.FORBIDDEN == 0)[1].astype(np.int32),
        near=near_jobs(problem, rows=movable),
        movable=movable,
        held=held,
        needed=needed,
        pauses=pauses,
        stops_i=stops_i,
        stops_f=stops_f,
        jobs_f=jobs_f,
        carers_i=carers_i,
        carers_f=carers_f,
        totals=np.zeros(9),
        prices=prices,
        log_i=np.zeros((12 * n_jobs + 64, 3), np.int32),
        log_f=np.zeros((12 * n_jobs + 64, 4)),
        queue=np.zeros(n_jobs + 1, np.int32),
        marks=np.zeros(n_jobs + 1, np.uint8),
        tail=np.zeros(2 * n_jobs + 8, np.int32),
        counts=np.zeros(9, np.int64),
        random=np.array([seed * 0x9E3779B97F4A7C15 + 0x1234567 & 0xFFFFFFFFFFFFFFFF], np.uint64),
        saved=np.zeros(9),
        order=np.arange(n_jobs, dtype=np.int32),
        choice_prices=np.zeros(at.CHOICES),
        choices=np.zeros((2, at.CHOICES), np.int32),
        steps_i=np.zeros((6 * n_jobs + 16, 4), np.int32),
        steps_f=np.zeros(6 * n_jobs + 16),
    )
    clear(world, problem=problem)
    return world


def clear(world: World, *, problem: Problem) -> None:
    """Empty all tours but for what was executed, and count everything else as left out."""
    n_jobs, n_carers = len(problem.jobs), len(problem.carers)
    stops_i, stops_f, carers_f, totals = world.stops_i, world.stops_f, world.carers_f, world.totals
    heads = np.arange(2 * n_jobs, 2 * n_jobs + n_carers)
    stops_i[heads, at.PREV] = stops_i[heads, at.NEXT] = heads
    stops_i[: 2 * n_jobs, at.CARER] = -1
    stops_i[: 2 * n_jobs : 2, at.FLAGS] |= at.IS_UNPLACED
    stops_f[: 2 * n_jobs, : at.LENGTH] = 0.0
    carers_f[:, at.WORKED] = 0.0
    carers_f[:, at.UNPOPULAR] = [who.unpopular_before for who in problem.carers]
    totals[:] = 0.0
    totals[at.LEFT_SUM] = world.jobs_f[:, at.LEFT_OUT_COST].sum()
    for order, job in enumerate(executed_jobs(problem)):
        _execute(world, problem, job=job, key=-1e9 + order)
    for carer, who in enumerate(problem.carers):
        head = 2 * n_jobs + carer
        last = stops_i[head, at.PREV]
        free = max(who.from_s if last == head else stops_f[last, at.FREE], problem.now_s)
        over = sum(1 for pause in who.pauses if pause.latest_s < free)
        if last != head:
            mode = who.mode
            back = world.ways[mode, stops_i[last, at.PLACE], who.end_place]
            _walk(world, carer, back if back < at.NO_WAY_TEST else 0.0, 0.0)
        stops_f[last, at.FREE] = free
        stops_i[last, at.PAUSE] = world.carers_i[carer, at.PAUSE_FROM] + over
    totals[at.HOURS_SUM] = (carers_f[:, at.WORKED] ** 2).sum()
    totals[at.UNPOPULAR_SUM] = (carers_f[:, at.UNPOPULAR] ** 2).sum()
    if world.prices[at.P_WORST] > 0 and n_jobs:
        totals[at.WORST] = stops_f[: 2 * n_jobs, at.LATE].max()


def _execute(world: World, problem: Problem, *, job: int, key: float) -> None:
    """Put an executed job at the end of its carers' tours, as it was."""
    one = problem.jobs[job]
    world.jobs_f[job, at.KEY] = key
    for slot, start_s in enumerate(executed_starts(one)):
        stop = 2 * job + slot
        carer = one.pin.carers[slot] if one.pin is not None else None
        if carer is None:
            raise ValueError(f"Job {job} is executed, and slot {slot} names no carer.")
        head = 2 * len(problem.jobs) + carer
        last = world.stops_i[head, at.PREV]
        way = world.ways[problem.carers[carer].mode, world.stops_i[last, at.PLACE], one.place]
        _walk(world, carer, way if way < at.NO_WAY_TEST else 0.0, one.slots[slot].length_s)
        world.stops_i[stop, [at.PREV, at.NEXT, at.CARER]] = last, head, carer
        world.stops_i[last, at.NEXT] = world.stops_i[head, at.PREV] = stop
        late = max(0.0, start_s - one.due_s)
        code = int(world.codes[stop, carer])
        has_moved = one.before is not None and (
            bool(code & at.NOT_BEFORE) or abs(executed_starts(one)[0] - one.before.start_s) > problem.moved_s
        )
        world.stops_f[stop, : at.LENGTH] = start_s, start_s + one.slots[slot].length_s, late, float(has_moved)
        world.totals[at.LATE_SUM] += late
        world.totals[at.MOVED_SUM] += has_moved
        world.totals[at.SOFT_SUM] += world.prices[at.P_SOFT + (code & 3)]
        world.carers_f[carer, at.UNPOPULAR] += one.is_unpopular
    world.totals[at.LEFT_SUM] -= world.jobs_f[job, at.LEFT_OUT_COST]
    world.stops_i[2 * job, at.FLAGS] &= ~at.IS_UNPLACED


def _walk(world: World, carer: int, way_s: float, length_s: float) -> None:
    world.totals[at.TRAVEL_SUM] += way_s
    world.carers_f[carer, at.WORKED] += way_s + length_s


def _middle_s(job: Job) -> float:
    return job.floor_s if job.due_s == inf else 0.5 * (job.floor_s + job.due_s)


def _ways(problem: Problem) -> NDArray[np.float64]:
    ways = np.array(problem.travel_s, dtype=np.float64)
    if ways.ndim != 3:  # noqa: PLR2004 - modes, rows, columns
        raise ValueError("Travel times of every mode have one row and one column for each place.")
    ways[~np.isfinite(ways)] = at.NO_WAY
    return ways


def _codes(problem: Problem) -> NDArray[np.uint8]:
    """Return for each stop and carer what is forbidden and what is not wished."""
    found = judge_carers(problem)
    codes = np.full((2 * len(problem.jobs), len(problem.carers)), at.FORBIDDEN, np.uint8)
    for index, job in enumerate(problem.jobs):
        for slot in range(len(job.slots)):
            line = codes[2 * index + slot]
            line[:] = np.where(found.of(index, slot=slot) == 0, 0, at.FORBIDDEN)
            if job.pin is not None and job.pin.carers[slot] is not None:
                is_pinned = np.zeros(len(line), bool)
                is_pinned[job.pin.carers[slot]] = True
                line[~is_pinned] |= at.FORBIDDEN
            for wished, bit in ((job.usual, at.NOT_USUAL), (job.preferred, at.NOT_PREFERRED)):
                if wished:
                    is_wished = np.zeros(len(line), bool)
                    is_wished[sorted(wished)] = True
                    line[~is_wished] |= bit
            if job.before is not None:
                is_same = np.zeros(len(line), bool)
                if slot < len(job.before.carers):
                    is_same[job.before.carers[slot]] = True
                line[~is_same] |= at.NOT_BEFORE
    return codes


def _pair_skills(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[int, int]]:
    """Return which of a pair's `skills_any` each carer has, which are needed, and the row of each such job."""
    asked = [index for index, job in enumerate(problem.jobs) if job.skills_any and len(job.slots) > 1]
    held = np.zeros((len(asked), len(problem.carers)), np.int64)
    needed = np.zeros(len(asked), np.int64)
    for row, index in enumerate(asked):
        skills = sorted(problem.jobs[index].skills_any)
        if len(skills) > 62:  # noqa: PLR2004 - bits of a number
            raise ValueError(f"Job {problem.jobs[index].key} asks for {len(skills)} skills of a pair; at most 62.")
        needed[row] = (1 << len(skills)) - 1
        held[row] = [sum(1 << bit for bit, skill in enumerate(skills) if skill in who.skills) for who in problem.carers]
    return held, needed, {index: row for row, index in enumerate(asked)}


def _stops(problem: Problem) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    n_jobs = len(problem.jobs)
    stops_i = np.zeros((2 * n_jobs + len(problem.carers), 8), np.int32)
    stops_f = np.zeros((2 * n_jobs + len(problem.carers), 8))
    for index, job in enumerate(problem.jobs):
        flags = at.IS_UNPOPULAR if job.is_unpopular else 0
        start_s = None
        if job.pin is not None:
            start_s = job.pin.start_s
            flags |= at.IS_EXECUTED if job.pin.is_executed else at.IS_PINNED
        for slot, part in enumerate(job.slots):
            stop = 2 * index + slot
            stops_i[stop, [at.PLACE, at.END_PLACE, at.FLAGS]] = job.place, job.place, flags
            earliest, latest = job.floor_s, job.latest_s
            if slot == 0 and start_s is not None:
                earliest, latest = max(earliest, start_s), min(latest, start_s)
            stops_f[stop, at.LENGTH :] = part.length_s, earliest, latest, job.due_s
        stops_i[2 * index : 2 * index + 2, at.SLOTS] = len(job.slots)
    for carer, who in enumerate(problem.carers):
        head = 2 * n_jobs + carer
        stops_i[head, [at.CARER, at.PLACE, at.END_PLACE]] = carer, who.start_place, who.end_place
    return stops_i, stops_f


def _carers(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
    pauses: list[tuple[float, float, float]] = []
    carers_i = np.zeros((len(problem.carers), 3), np.int32)
    carers_f = np.zeros((len(problem.carers), 5))
    for carer, who in enumerate(problem.carers):
        first = len(pauses)
        pauses += [(pause.earliest_s, pause.latest_s, pause.length_s) for pause in who.pauses]
        carers_i[carer] = who.mode, first, len(pauses)
        carers_f[carer, : at.WORKED] = who.to_s, who.back_by_s, who.limit_s
    return np.array(pauses, np.float64).reshape(-1, 3), carers_i, carers_f


def near_jobs(problem: Problem, *, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """
    Return for each job the others that go best before or behind it, by way, waiting and lateness; (n_jobs, k).

    Only the rows asked for are filled: those of jobs that may move, few where a plan is repaired.
    """
    n_jobs = len(problem.jobs)
    count = min(NEAR_COUNT, n_jobs - 1)
    if count < 1:
        return np.zeros((n_jobs, 0), np.int32)
    places = np.array([job.place for job in problem.jobs])
    earliest = np.array([job.floor_s for job in problem.jobs])
    due = np.array([min(job.due_s, job.latest_s, 1e9) for job in problem.jobs])
    ends = earliest + np.array([max(slot.length_s for slot in job.slots) for job in problem.jobs])
    ends_late = due + ends - earliest
    near = np.zeros((n_jobs, count), np.int32)
    ways = problem.travel_s[0]
    for first in range(0, len(rows), 256):
        some = rows[first : first + 256]
        to = ways[np.ix_(places[some], places)]
        fro = ways[np.ix_(places, places[some])].T
        behind = to + WAIT_PRICE * np.maximum(0, earliest - ends_late[some, None] - to)
        behind += LATE_PRICE * np.maximum(0, ends[some, None] + to - due)
        before = fro + WAIT_PRICE * np.maximum(0, earliest[some, None] - ends_late - fro)
        before += LATE_PRICE * np.maximum(0, ends + fro - due[some, None])
        price = np.minimum(behind, before)
        price[np.arange(len(some)), some] = inf
        chosen = np.argpartition(price, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(price, chosen, axis=1), axis=1, kind="stable")
        near[some] = np.take_along_axis(chosen, order, axis=1)
    return near
