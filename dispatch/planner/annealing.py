"""The search: simulated annealing over the global order and the carers of the stops."""
# ruff: noqa: C901, PLR0912, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.carrying import carry_out
from dispatch.planner.chains import shift_chain, swap_tails
from dispatch.planner.chance import pick, rest
from dispatch.planner.compiled import compiled, part
from dispatch.planner.inserting import resum
from dispatch.planner.layout import (
    CARER,
    COST,
    DENSE,
    FLAGS,
    IS_EXECUTED,
    KEY,
    PREV,
    SLOTS,
    START,
    TAKEN,
    TRIED,
    World,
)
from dispatch.planner.moves import change_carer, relocate, replace, swap

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def spread_keys(world: World) -> None:
    """Make the keys expected starts again, in the same order along every tour."""
    stops_i, stops_f, jobs_f = world.stops_i, world.stops_f, world.jobs_f
    stop_count = world.codes.shape[0]
    order = world.order
    gap = len(order) // 2
    while gap > 0:  # Shell's sort: the order is nearly right, and nothing is allocated
        for place in range(gap, len(order)):
            job, spot = order[place], place
            while spot >= gap and jobs_f[order[spot - gap], KEY] > jobs_f[job, KEY]:
                order[spot] = order[spot - gap]
                spot -= gap
            order[spot] = job
        gap //= 2
    for job in order:
        first = 2 * job
        if stops_i[first, CARER] < 0 or stops_i[first, FLAGS] & IS_EXECUTED:
            continue
        key = stops_f[first, START]
        if stops_i[first, SLOTS] == 2:
            key = 0.5 * (key + stops_f[first + 1, START])
        for stop in range(first, first + stops_i[first, SLOTS]):
            before = stops_i[stop, PREV]
            if before < stop_count:
                key = max(key, jobs_f[before >> 1, KEY] + 0.01)
        jobs_f[job, KEY] = key
    world.counts[DENSE] = 0


@part
def keep(world: World, keys: NDArray[np.float64], carers: NDArray[np.int32]) -> None:
    """Copy the order and the carers."""
    for job in range(len(keys)):
        keys[job] = world.jobs_f[job, KEY]
        carers[2 * job] = world.stops_i[2 * job, CARER]
        carers[2 * job + 1] = world.stops_i[2 * job + 1, CARER]


@compiled
def anneal(
    world: World,
    steps: int,
    warm: float,
    cool: float,
    best: float,
    keys: NDArray[np.float64],
    carers: NDArray[np.int32],
) -> float:
    """
    Try `steps` moves while the temperature falls from `warm` to `cool`; return the lowest cost seen.

    The best plan is kept in `keys` and `carers`, at most every few moves, since a better
    one mostly follows.
    """
    movable = world.movable
    movable_count = len(movable)
    if movable_count == 0:
        return best
    ratio = log(cool / warm) / steps
    wait = max(1, len(keys) // 8)
    kept_at = -wait
    for step in range(steps):
        temperature = warm * np.exp(ratio * step)
        limit = world.totals[COST] - temperature * log(rest(world.random) + 1e-300)
        job = int(movable[pick(world.random, movable_count)])
        draw = rest(world.random)
        if world.stops_i[2 * job, CARER] < 0:
            count = relocate(world, job, limit) if draw < 0.5 else replace(world, job)
        elif draw < 0.60:
            count = relocate(world, job, limit)
        elif draw < 0.72:
            count = swap(world, job)
        elif draw < 0.80:
            count = change_carer(world, job, limit)
        elif draw < 0.86:
            count = shift_chain(world, job, limit)
        elif draw < 0.94:
            count = swap_tails(world, job, limit)
        else:
            count = replace(world, job)
        if count > 0 and carry_out(world, count, limit):
            world.counts[TAKEN] += 1
            cost = world.totals[COST]
            if cost < best - 1e-9 and step - kept_at >= wait:
                keep(world, keys, carers)
                best = cost
                kept_at = step
        if world.counts[DENSE]:
            spread_keys(world)
    world.counts[TRIED] += steps
    if world.totals[COST] < best - 1e-9:
        keep(world, keys, carers)
        best = world.totals[COST]
    resum(world)
    spread_keys(world)
    return float(best)


@compiled
def settle_in(world: World, keys: NDArray[np.float64], carers: NDArray[np.int32]) -> float:
    """Sum a plan that was just built, spread its keys and keep it; return its cost."""
    cost = resum(world)
    spread_keys(world)
    keep(world, keys, carers)
    return float(cost)
