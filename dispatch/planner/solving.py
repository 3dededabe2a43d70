"""From a problem to a plan: a greedy plan first, then a search that ends when the stopping rule says so."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner import layout as at
from dispatch.planner.annealing import anneal, settle_in
from dispatch.planner.inserting import append_all, insert_all
from dispatch.planner.reference import build_plan, carers_of, order_of
from dispatch.planner.stopping import MaxIterations
from dispatch.planner.tables import build_world
from dispatch.planner.values import Carer, Job, Pause, Problem, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from dispatch.planner.layout import World
    from dispatch.planner.stopping import Stop as StopRule
    from dispatch.planner.values import Plan

FIRST_STEPS = 500
"""Moves tried before a timer knows how fast the search is."""
INSERT_EVERY = 10
"""After so many pieces of the way from warm to cool, what is left out is tried everywhere once more."""
WARM, COOL = 4.0, 0.01
"""Temperatures at the beginning and the end, in mean ways between near jobs (measured; docs/planner.md)."""
WARM_LATE = 0.5
"""The first temperature besides, as a share of what the latest stop of the greedy plan costs: a carer whom many wait
for is put in order at temperatures at which ways do not matter yet."""
WARM_WISH = 0.2
"""And as a share of the dearest wish: two visits with their usual carers change places by way of strangers."""
MOVES_A_ROUND, ROUNDS = 3_000, 8
"""
A search of more moves than this times (jobs to the power of 1.5) cools down in several rounds, at most so many.

On a small day another beginning finds more than slower cooling does.
"""
COOL_HARD = 0.03
"""The last temperature where windows end hard: colder, hardly any move is possible any more."""
HASTE = 0.5
"""A new search of fewer moves than a round begins at the share of a round that it has, to this power, of WARM.

Where windows end hard only: lateness is what warmth is needed for."""
WARM_AGAIN = 0.1
"""The first temperature of a search that goes on from a given plan, as a share of a new one's."""


class Progress(NamedTuple):
    """
    How far a search is.

    `plan()` builds the best plan so far, which costs some milliseconds; call it from within `on_progress` only.
    """

    share: float
    cost: float
    iterations: int
    plan: Callable[[], Plan]


@dataclass(slots=True)
class _Best:
    """The best order and carers that one search has seen."""

    cost: float
    keys: NDArray[np.float64]
    carers: NDArray[np.int32]
    iterations: int = 0


def solve(
    problem: Problem,
    *,
    stop: StopRule,
    seed: int,
    start: Plan | None = None,
    threads: int = 1,
    frozen: Collection[int] = (),
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """
    Plan a day.

    Parameters
    ----------
    problem : Problem
        The day.
    stop : MaxIterations, MaxSeconds or Canceled
        With `MaxIterations` the same seed gives the same plan, whatever the machine.
    seed : int
        For the random numbers.
    start : Plan, optional
        Begin from this plan instead of a greedy one: to repair it, or to improve it further. What of it breaks a
        hard rule now is put in anew.
    threads : int
        So many searches are made side by side, each with a seed of its own, and the best plan is taken.
    frozen : collection of int
        Jobs that keep their carers and their order among each other (their times may shift within the hard rules).
    on_progress : callable, optional
        Told every 400th of the way, from the calling thread or, with several threads, that of the first search.

    Returns
    -------
    Plan
        It breaks no hard rule; a job without a place stands in `left_out`. `cost` is that of the reference
        evaluator, `iterations` the moves tried in each search.

    """
    warm()  # before the timer starts
    if threads <= 1 or not problem.jobs:
        best = _search(problem, stop, seed, start, frozen, on_progress)
        return _plan_of(problem, best, seed)
    with ThreadPoolExecutor(threads) as pool:
        told = [on_progress] + [None] * (threads - 1)
        parts = [
            pool.submit(_search, problem, stop, seed * 1_000_003 + index, start, frozen, told[index])
            for index in range(threads)
        ]
        found = [part.result() for part in parts]
    best = min(found, key=lambda one: one.cost)  # the first of those that cost the same
    return _plan_of(problem, best, seed)


def _search(
    problem: Problem,
    stop: StopRule,
    seed: int,
    start: Plan | None,
    frozen: Collection[int],
    on_progress: Callable[[Progress], None] | None,
) -> _Best:
    rule = stop.started()  # by the thread that searches: its processor time is what counts where that is asked
    world = build_world(problem, seed=seed, frozen=frozen)
    if start is not None:
        append_all(world, *_order_of(problem, start))
    order = hardest_first(problem, able=_able(world))
    insert_all(world, order)
    best = _Best(0.0, np.zeros(len(problem.jobs)), np.zeros(2 * len(problem.jobs), np.int32))
    best.cost = settle_in(world, best.keys, best.carers)
    scale = _scale(world)
    latest_s = float(world.stops_f[: world.codes.shape[0], at.LATE].max(initial=0.0))
    warm = (
        WARM * scale
        + WARM_WISH * float(world.prices[at.P_SOFT :].max())
        + WARM_LATE * latest_s * float(world.prices[at.P_LATE] + world.prices[at.P_WORST])
    )
    if start is not None:
        warm *= WARM_AGAIN
    share, pieces, rounds = rule.share_done(0), 0, 1
    moves_a_round = MOVES_A_ROUND * len(world.movable) ** 1.5
    is_hard = bool((world.stops_f[2 * world.movable, at.LATEST] < at.FOREVER_S).any())
    cool = COOL_HARD if is_hard else COOL
    while share < 1.0 and len(world.movable):
        pieces += 1
        if pieces % INSERT_EVERY == 0:
            insert_all(world, order)
        steps = rule.next_steps(best.iterations, least=FIRST_STEPS)
        if pieces == 2:  # noqa: PLR2004 - a timer knows the pace after the first piece
            rounds = max(1, min(ROUNDS, int(rule.expected() / moves_a_round)))
            if start is None and is_hard:  # too few moves to cool down slowly from so warm: begin cooler
                warm = max(warm * min(1.0, rule.expected() / moves_a_round) ** HASTE, cool * scale)
        now = warm * (cool * scale / warm) ** (share * rounds % 1.0)
        best.cost = anneal(world, steps, now, now, best.cost, best.keys, best.carers)
        best.iterations += steps
        share = rule.share_done(best.iterations)
        if on_progress is not None:
            on_progress(
                Progress(share, best.cost, best.iterations, lambda: _plan_of(problem, best, seed)),
            )
    return best


def _scale(world: World) -> float:
    """Return the mean way between jobs that go well beside each other, weighed: what a move costs more or less."""
    near = world.near[world.movable, :10]
    if near.size == 0:
        return 1.0
    places = world.stops_i[: 2 * len(world.near) : 2, at.PLACE]
    ways = world.ways[0][places[world.movable, None], places[near]]
    ways = ways[ways < at.NO_WAY_TEST]
    mean = float(ways.mean()) if ways.size else 0.0
    weight = float(max(world.prices[at.P_TRAVEL], world.prices[at.P_LATE]))
    return max(mean * weight, 1e-6)


def _able(world: World) -> NDArray[np.int64]:
    """Return for each job how many carers may do its rarer slot."""
    counts = np.diff(world.able_from).reshape(-1, 2)
    is_single = world.stops_i[: 2 * len(counts) : 2, at.SLOTS] == 1
    return np.where(is_single, counts[:, 0], counts.min(axis=1))


def hardest_first(problem: Problem, *, able: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Return all jobs: pinned ones, then mandatory ones, pairs first, by how few may do them, priority and due time.

    Few carers come before priority: what few may do finds no place behind what all may do, and the search gives the
    place of a job to one of higher priority in any case (measured; docs/planner.md).
    """

    def rank(index: int) -> tuple[bool, bool, bool, int, float, float, int]:
        job = problem.jobs[index]
        return (
            job.pin is None,
            not job.is_mandatory,
            len(job.slots) == 1,
            int(able[index]),
            -job.priority,
            min(job.due_s, job.latest_s),
            index,
        )

    return np.array(sorted(range(len(problem.jobs)), key=rank), np.int64)


def _order_of(problem: Problem, plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    carers = np.full(2 * len(problem.jobs), -1, np.int32)
    for job, who in carers_of(plan).items():
        carers[2 * job : 2 * job + len(who)] = who
    return np.array(order_of(problem, plan=plan), np.int64), carers


def _plan_of(problem: Problem, best: _Best, seed: int) -> Plan:
    order = [int(job) for job in np.argsort(best.keys, kind="stable") if best.carers[2 * job] >= 0]
    carers = {
        job: tuple(int(best.carers[2 * job + slot]) for slot in range(len(problem.jobs[job].slots))) for job in order
    }
    return build_plan(problem, order=order, carers=carers, seed=seed, iterations=best.iterations)


@functools.cache
def warm() -> None:
    """
    Plan a toy day once in this process, so that every kernel is compiled.

    A minute where NUMBA_CACHE_DIR is empty, then a fraction of a second. `solve` asks for it before its timer starts;
    who must answer soon asks earlier, before the process says that it is ready.
    """
    ways = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))) * 60.0
    carers = tuple(Carer(str(index), 0, 0, pauses=(Pause(0.0, 7200.0, 600.0),)) for index in range(2))
    slot = Slot(frozenset(), 600.0)
    jobs = (Job("1", 1, (slot,)), Job("2", 2, (slot, slot)), Job("3", 3, (slot,)))
    problem = Problem(carers, jobs, (ways,))
    best = _search(problem, MaxIterations(200), 1, None, (), None)
    _search(problem, MaxIterations(200), 1, _plan_of(problem, best, 1), (), None)
