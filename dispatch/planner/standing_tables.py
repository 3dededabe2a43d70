"""How a plan that stands lies in memory while people ask about it, and how it is laid out so."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner.compiled import compiled, part
from dispatch.planner.reference import order_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.planner.values import Job, Plan, Problem, Tour

# Columns of carers_f, carers_i, jobs_f, states_f and states_i.
SET_OUT, TO, BACK_BY, LIMIT, WORKED, SHIFT_FROM = range(6)
MODE, END_PLACE, PAUSE_TO, OPEN, UNPOPULAR = range(5)
EARLIEST, DUE, LATEST, LAG_FROM, LAG_TO, PIN, LENGTH, LENGTH_2, FLOOR, BEFORE = range(10)
FREE, DONE, PEAK = range(3)
AT, PAUSE = range(2)
P_TRAVEL, P_LATE, P_WORST, P_HOURS, P_UNPOPULAR, P_CHANGE, P_MOVED_S, WORST_S, NOW_S = range(9)


class Day(NamedTuple):
    """
    A plan, position by position.

    Tour c has the stops tour_from[c] to tour_from[c + 1] - 1. Before each of them, and behind the last, the carer is
    in a state; state p of tour c (p stops done) is row tour_from[c] + c + p.

    Attributes
    ----------
    ways : ndarray of float64, shape (n_modes, n_places, n_places)
        inf where there is no way.
    carers_f : ndarray of float64, shape (n_carers, 6)
        When free at the earliest, end of shift, latest arrival, daily hours, worked seconds, begin of shift.
    carers_i : ndarray of int64, shape (n_carers, 5)
        Mode, end place, row behind the last pause, number of executed stops, unpopular jobs.
    pauses : ndarray of float64, shape (n_pauses, 3)
        Earliest start, latest start, length.
    tour_from : ndarray of int64, shape (n_carers + 1,)
    stops : ndarray of int64, shape (n_stops, 3)
        Job, slot, carer.
    starts : ndarray of float64, shape (n_stops,)
    latest : ndarray of float64, shape (n_stops,)
        Latest arrival that keeps every hard limit of the stops behind it, partners and theirs included, with pauses
        between the same stops as now.
    same : ndarray of bool, shape (n_stops,)
        Whether the carer is the one of `Job.before`.
    states_f : ndarray of float64, shape (n_stops + n_carers, 3)
        Free since, seconds worked so far, most of (worked so far + way back) at this and all later stops.
    states_i : ndarray of int64, shape (n_stops + n_carers, 2)
        Place, row of the next pause.
    jobs_f : ndarray of float64, shape (n_jobs, 10)
    jobs_i : ndarray of int64, shape (n_jobs, 3)
        Place, number of slots, rank in the global order.
    stop_of : ndarray of int64, shape (n_jobs, 2)
        Row in `stops`, -1 where there is none.
    prices : ndarray of float64, shape (9,)

    """

    ways: NDArray[np.float64]
    carers_f: NDArray[np.float64]
    carers_i: NDArray[np.int64]
    pauses: NDArray[np.float64]
    tour_from: NDArray[np.int64]
    stops: NDArray[np.int64]
    starts: NDArray[np.float64]
    latest: NDArray[np.float64]
    same: NDArray[np.bool_]
    states_f: NDArray[np.float64]
    states_i: NDArray[np.int64]
    jobs_f: NDArray[np.float64]
    jobs_i: NDArray[np.int64]
    stop_of: NDArray[np.int64]
    prices: NDArray[np.float64]


def job_row(job: Job, *, has_pin: bool = True) -> list[float]:
    """Return the row of `Day.jobs_f` of a job; without its pin and `held_s`, as somebody asks who might do it."""
    pin_s = job.pin.start_s if job.pin is not None and job.pin.start_s is not None and has_pin else nan
    lengths = [slot.length_s for slot in job.slots]
    before_s = job.before.start_s if job.before is not None else nan
    floor_s = -inf if pin_s != pin_s else pin_s  # noqa: PLR0124 - nan is not itself
    earliest_s = job.floor_s if has_pin else job.earliest_s
    times = (earliest_s, job.due_s, job.latest_s, job.lag_from_s, job.lag_to_s)
    return [*times, pin_s, lengths[0], lengths[-1], floor_s, before_s]


def lay_out(problem: Problem, *, plan: Plan, ways: NDArray[np.float64] | None = None) -> Day:
    """Lay out a plan; `ways` are those of a day laid out before, where the travel times are the same."""
    jobs, carers = problem.jobs, problem.carers
    n_stops = sum(len(tour.stops) for tour in plan.tours)
    tour_from = np.concatenate(([0], np.cumsum([len(tour.stops) for tour in plan.tours]))).astype(np.int64)
    stops = np.zeros((n_stops, 3), np.int64)
    starts, same = np.zeros(n_stops), np.zeros(n_stops, bool)
    stop_of = np.full((len(jobs), 2), -1, np.int64)
    jobs_i = np.zeros((len(jobs), 3), np.int64)
    for index, job in enumerate(jobs):
        jobs_i[index] = job.place, len(job.slots), -1
    for rank, index in enumerate(order_of(problem, plan=plan)):
        jobs_i[index, 2] = rank
    states_f, states_i = np.zeros((n_stops + len(carers), 3)), np.zeros((n_stops + len(carers), 2), np.int64)
    carers_f, carers_i = np.zeros((len(carers), 6)), np.zeros((len(carers), 5), np.int64)
    pauses: list[tuple[float, float, float]] = []
    worst_s = 0.0
    for tour in plan.tours:
        first_pause = len(pauses)
        pauses += [(pause.earliest_s, pause.latest_s, pause.length_s) for pause in carers[tour.carer].pauses]
        row = int(tour_from[tour.carer])
        for offset, stop in enumerate(tour.stops, row):
            job = jobs[stop.job]
            stops[offset] = stop.job, stop.slot, tour.carer
            starts[offset], stop_of[stop.job, stop.slot] = stop.start_s, offset
            same[offset] = job.before is not None and tour.carer in job.before.carers[stop.slot : stop.slot + 1]
            worst_s = max(worst_s, stop.start_s - job.due_s)
        states = slice(row + tour.carer, row + tour.carer + len(tour.stops) + 1)
        n_open = _fill_states(problem, tour, first_pause, states_f[states], states_i[states])
        who = carers[tour.carer]
        unpopular = who.unpopular_before + sum(jobs[stop.job].is_unpopular for stop in tour.stops)
        free_s = states_f[states][n_open, FREE]
        carers_f[tour.carer] = free_s, who.to_s, who.back_by_s, who.limit_s, tour.worked_s, who.from_s
        carers_i[tour.carer] = who.mode, who.end_place, len(pauses), n_open, unpopular
    weights = problem.weights
    prices = [weights.travel, weights.lateness, weights.worst_lateness, weights.hours / 3600.0**2]
    prices += [weights.unpopular, weights.change, problem.moved_s, worst_s, problem.now_s]
    day = Day(
        ways=np.array(problem.travel_s, np.float64) if ways is None else ways,
        carers_f=carers_f,
        carers_i=carers_i,
        pauses=np.array(pauses, np.float64).reshape(-1, 3),
        tour_from=tour_from,
        stops=stops,
        starts=starts,
        latest=np.zeros(n_stops),
        same=same,
        states_f=states_f,
        states_i=states_i,
        jobs_f=np.array([job_row(job) for job in jobs], np.float64).reshape(-1, 10),
        jobs_i=jobs_i,
        stop_of=stop_of,
        prices=np.array(prices),
    )
    refill_latest(day)
    return day


def refill_latest(day: Day) -> None:
    """Work out `Day.latest` again."""
    by_rank = np.argsort(day.jobs_i[:, 2], kind="stable")
    fill_latest(day, by_rank[day.jobs_i[by_rank, 2] >= 0])


def taken_out(day: Day, job: int, *, is_unpopular: bool) -> tuple[Day, NDArray[np.int64]]:
    """
    Return the day without a job, and the row of the stop that follows in each of its tours.

    Hours and ways are right already; starts, states and latest starts are still those of before.
    """
    gone = day.stop_of[job, : day.jobs_i[job, 1]]
    carers = day.stops[gone, 2]
    keeps, keeps_state = np.ones(len(day.stops), bool), np.ones(len(day.states_f), bool)
    keeps[gone] = keeps_state[gone + carers + 1] = False
    fewer = np.cumsum(~keeps)
    stop_of = np.where(day.stop_of >= 0, day.stop_of - fewer[day.stop_of], -1)
    stop_of[job] = -1
    tour_from = day.tour_from - np.concatenate(([0], fewer))[day.tour_from]
    jobs_i, carers_i = day.jobs_i.copy(), day.carers_i.copy()
    jobs_i[job, 2] = -1
    carers_i[carers, UNPOPULAR] -= is_unpopular
    other = day._replace(
        carers_f=day.carers_f.copy(),
        carers_i=carers_i,
        tour_from=tour_from,
        stops=day.stops[keeps],
        starts=day.starts[keeps],
        latest=day.latest[keeps],
        same=day.same[keeps],
        states_f=day.states_f[keeps_state],
        states_i=day.states_i[keeps_state],
        jobs_i=jobs_i,
        stop_of=stop_of,
        prices=day.prices.copy(),
    )
    for carer in carers.tolist():
        _refill_hours(other, carer)
    return other, gone + 1 - fewer[gone]


def _refill_hours(day: Day, carer: int) -> None:
    """Work out again how long a carer has worked before each stop, and how long they will at most."""
    first, end = int(day.tour_from[carer]), int(day.tour_from[carer + 1])
    mode, end_place, _, n_open, _ = day.carers_i[carer].tolist()
    ways = day.ways[mode]
    done_s = 0.0
    states = slice(first + carer, end + carer + 1)
    where, worked, peak = day.states_i[states, AT], day.states_f[states, DONE], day.states_f[states, PEAK]
    back_s = 0.0
    for offset, (job, slot, _) in enumerate(day.stops[first:end].tolist()):
        worked[offset] = done_s
        place = int(day.jobs_i[job, 0])
        way_s = float(ways[where[offset], place])
        done_s += (way_s if way_s < inf or offset >= n_open else 0.0) + float(day.jobs_f[job, LENGTH + slot])
        back_s = float(ways[place, end_place])
        peak[offset] = done_s + back_s if offset >= n_open else -inf
    worked[-1], peak[-1] = done_s, -inf
    peak[:] = np.maximum.accumulate(peak[::-1])[::-1]
    day.carers_f[carer, WORKED] = done_s + (back_s if back_s < inf else 0.0)


def _fill_states(
    problem: Problem, tour: Tour, first_pause: int, states_f: NDArray[np.float64], states_i: NDArray[np.int64]
) -> int:
    """Fill in where the carer of a tour is before each stop and behind the last; return how many are executed."""
    who = problem.carers[tour.carer]
    done = [_is_executed(problem.jobs[stop.job]) for stop in tour.stops]
    n_open = sum(done)
    place, done_s, free_s = who.start_place, 0.0, who.from_s
    for offset, stop in enumerate((*tour.stops, None)):
        free_s = max(free_s, problem.now_s) if offset == n_open else free_s
        states_f[offset], states_i[offset, AT] = (free_s, done_s, -inf), place
        if stop is not None:
            job = problem.jobs[stop.job]
            place, free_s = job.place, stop.end_s
            done_s += stop.travel_s + job.slots[stop.slot].length_s
            back_s = float(problem.travel_s[who.mode][place, who.end_place])
            states_f[offset, PEAK] = -inf if done[offset] else done_s + back_s
    states_f[:, PEAK] = np.maximum.accumulate(states_f[::-1, PEAK])[::-1]
    over = sum(1 for pause in who.pauses if pause.latest_s < states_f[n_open, FREE])
    for offset in range(len(tour.stops) + 1):
        taken = sum(1 for pause in tour.pauses if pause.start_s < states_f[offset, FREE]) if offset > n_open else 0
        states_i[offset, PAUSE] = first_pause + over + taken
    return n_open


def _is_executed(job: Job) -> bool:
    return job.pin is not None and job.pin.is_executed


@part
def latest_free(day: Day, carer: int, state: int, way_s: float, first_pause: int) -> float:
    """
    Return until when a carer may be busy who then goes on with what follows a state, `way_s` away.

    `first_pause` is the first pause still to come; those before the next stop end with the one of the plan.
    """
    following = state - carer
    if following < day.tour_from[carer + 1]:
        free_s = day.latest[following] - way_s
        for pause in range(day.states_i[state + 1, PAUSE] - 1, first_pause - 1, -1):
            free_s = min(free_s - day.pauses[pause, 2], day.pauses[pause, 1])
        return float(free_s)
    if first_pause < day.carers_i[carer, PAUSE_TO]:
        return float(day.pauses[first_pause, 1])
    return np.inf


@compiled
def fill_latest(day: Day, jobs: NDArray[np.int64]) -> None:
    """Fill `Day.latest`, from the last job of the global order to the first."""
    for at in range(len(jobs) - 1, -1, -1):
        job = jobs[at]
        place, count = day.jobs_i[job, 0], day.jobs_i[job, 1]
        row = day.jobs_f[job]
        for slot in range(count):
            stop = day.stop_of[job, slot]
            carer = day.stops[stop, 2]
            state = stop + carer + 1
            ways = day.ways[day.carers_i[carer, MODE]]
            back_s = ways[place, day.carers_i[carer, END_PLACE]]
            end_s = min(day.carers_f[carer, TO], day.carers_f[carer, BACK_BY] - back_s)
            way_s = ways[place, day.jobs_i[day.stops[stop + 1, 0], 0]] if stop + 1 < day.tour_from[carer + 1] else 0.0
            end_s = min(end_s, latest_free(day, carer, state, way_s, day.states_i[state, PAUSE]))
            day.latest[stop] = min(row[LATEST], end_s - row[LENGTH + slot])
        first, second = day.stop_of[job, 0], day.stop_of[job, 1]
        if row[PIN] > -np.inf:
            day.latest[first] = min(day.latest[first], row[PIN])
        if count > 1:
            day.latest[first] = min(day.latest[first], day.latest[second] - row[LAG_FROM])
            day.latest[second] = min(day.latest[second], day.latest[first] + row[LAG_TO])
