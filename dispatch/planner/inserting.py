"""Looking through all tours for the cheapest place of a job; the plan that the search begins with."""
# ruff: noqa: C901, PLR0912, PLR0915, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.carrying import IN, KEYS, PLACE_JOB, carry_out, propose
from dispatch.planner.compiled import compiled, part
from dispatch.planner.layout import (
    CARER,
    CHOICES,
    COST,
    DUE,
    FLAGS,
    IS_EXECUTED,
    LAG_FROM,
    LAG_TO,
    LATEST,
    LEFT_OUT_COST,
    LENGTH,
    MODE,
    NEXT,
    P_HOURS,
    P_LATE,
    P_SOFT,
    P_TRAVEL,
    PLACE,
    SLACK_S,
    SLOTS,
    TO,
    World,
)
from dispatch.planner.linking import key_between, seek, total, undo
from dispatch.planner.moves import extra_of, hours_price, start_behind

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def place_price(world: World, stop: int, carer: int, before: int) -> float:
    """Return what a stop costs behind another one in ways, hours and wishes."""
    extra = extra_of(world, stop, carer, before, world.stops_i[before, NEXT])
    price = extra * world.prices[P_TRAVEL] + world.prices[P_SOFT + (world.codes[stop, carer] & 3)]
    if world.prices[P_HOURS] > 0.0:
        price += hours_price(world, carer, extra + world.stops_f[stop, LENGTH])
    return float(price)


@part
def first_open(world: World, carer: int) -> int:
    """Return the stop of a tour behind which others may be put first: the last executed one, or the head."""
    stops_i = world.stops_i
    stop_count = world.codes.shape[0]
    before = int(stop_count + carer)
    while stops_i[before, NEXT] < stop_count and stops_i[stops_i[before, NEXT], FLAGS] & IS_EXECUTED:
        before = int(stops_i[before, NEXT])
    return before


@part
def is_too_late(world: World, stop: int, carer: int, start: float) -> bool:
    """Tell whether a start passes the window or the shift."""
    if start > world.stops_f[stop, LATEST] + SLACK_S:
        return True
    return bool(start + world.stops_f[stop, LENGTH] > world.carers_f[carer, TO] + SLACK_S)


@part
def pushes_out(world: World, stop: int, carer: int, after: int, start: float) -> bool:
    """Tell whether the next stop would begin too late behind a stop that begins at `start`."""
    stop_count = world.codes.shape[0]
    if after >= stop_count:
        return False
    way = world.ways[world.carers_i[carer, MODE], world.stops_i[stop, PLACE], world.stops_i[after, PLACE]]
    return bool(start + world.stops_f[stop, LENGTH] + way > world.stops_f[after, LATEST] + SLACK_S)


@part
def attempt(world: World, stop: int, carer: int, before: int, twin_carer: int, key: float, limit: float) -> bool:
    """Put a job that is left out behind a stop or where its key belongs (-1), if the plan costs at most `limit`."""
    count = propose(world, 0, PLACE_JOB, stop >> 1, 0, 0, 0.0)
    count = propose(world, count, KEYS, stop >> 1, 0, 0, key)
    count = propose(world, count, IN, stop, carer, before, 0.0)
    if twin_carer >= 0:
        count = propose(world, count, IN, stop ^ 1, twin_carer, -1, 0.0)
    return carry_out(world, count, limit)


@part
def insert_single(world: World, job: int, limit: float) -> bool:
    """Put a single job where it costs least, if that costs at most `limit`."""
    stops_i, stops_f = world.stops_i, world.stops_f
    stop_count = world.codes.shape[0]
    stop = 2 * job
    base = world.totals[COST] - world.jobs_f[job, LEFT_OUT_COST]
    best, best_carer, best_before, best_key = limit, -1, -1, 0.0
    for place in range(world.able_from[stop], world.able_from[stop + 1]):
        carer = int(world.able[place])
        before = first_open(world, carer)
        while True:
            after = int(stops_i[before, NEXT])
            price = place_price(world, stop, carer, before)
            if base + price < best:
                start = start_behind(world, stop, carer, before)
                if is_too_late(world, stop, carer, start):
                    break
                price += max(0.0, start - stops_f[stop, DUE]) * world.prices[P_LATE]
                if base + price < best and not pushes_out(world, stop, carer, after, start):
                    key = key_between(world, before, after, start, job)
                    if key == key and attempt(world, stop, carer, before, -1, key, best):  # noqa: PLR0124 - only a number equals itself
                        best, best_carer, best_before, best_key = world.totals[COST] - 1e-9, carer, before, key
                        undo(world)
            if after >= stop_count:
                break
            before = after
    if best_carer < 0:
        return False
    return attempt(world, stop, best_carer, best_before, -1, best_key, limit)


@part
def insert_pair(world: World, job: int, limit: float) -> bool:
    """Put a pair where it costs least of the places tried: the best of each slot with all carers of the other."""
    stops_i, stops_f = world.stops_i, world.stops_f
    stop_count = world.codes.shape[0]
    base = world.totals[COST] - world.jobs_f[job, LEFT_OUT_COST]
    best, best_stop, best_carer, best_twin, best_key = limit, -1, -1, -1, 0.0
    prices, carers, places = world.choice_prices, world.choices[0], world.choices[1]
    for stop in range(2 * job, 2 * job + 2):
        count = 0
        for place in range(world.able_from[stop], world.able_from[stop + 1]):
            carer = int(world.able[place])
            before = first_open(world, carer)
            while True:
                after = int(stops_i[before, NEXT])
                start = start_behind(world, stop, carer, before)
                if is_too_late(world, stop, carer, start):
                    break
                price = place_price(world, stop, carer, before)
                price += max(0.0, start - stops_f[stop, DUE]) * world.prices[P_LATE]
                if not pushes_out(world, stop, carer, after, start) and (
                    count < CHOICES or price < prices[CHOICES - 1]
                ):
                    count = min(count + 1, CHOICES)
                    spot = count - 1
                    while spot > 0 and prices[spot - 1] > price:
                        prices[spot], carers[spot], places[spot] = prices[spot - 1], carers[spot - 1], places[spot - 1]
                        spot -= 1
                    prices[spot], carers[spot], places[spot] = price, carer, before
                if after >= stop_count:
                    break
                before = after
        twin = stop ^ 1
        for choice in range(count):
            carer, before = int(carers[choice]), int(places[choice])
            start = start_behind(world, stop, carer, before)
            lag = world.jobs_f[job, LAG_FROM] if stop & 1 == 0 else -world.jobs_f[job, LAG_TO]
            key = key_between(world, before, int(stops_i[before, NEXT]), start + 0.5 * lag, job)
            if key != key:  # noqa: PLR0124 - only what is no number differs from itself
                continue
            for place in range(world.able_from[twin], world.able_from[twin + 1]):
                twin_carer = int(world.able[place])
                if twin_carer == carer:
                    continue
                price = base + prices[choice]
                if price >= best:
                    break
                behind = seek(world, twin_carer, key)
                if stops_i[stops_i[behind, NEXT], FLAGS] & IS_EXECUTED:
                    continue
                price += place_price(world, twin, twin_carer, behind)
                if price >= best:
                    continue
                twin_start = start_behind(world, twin, twin_carer, behind)
                if is_too_late(world, twin, twin_carer, twin_start):
                    continue
                if attempt(world, stop, carer, before, twin_carer, key, best):
                    best = world.totals[COST] - 1e-9
                    best_stop, best_carer, best_twin, best_key = stop, carer, twin_carer, key
                    undo(world)
    if best_stop < 0:
        return False
    return attempt(world, best_stop, best_carer, -1, best_twin, best_key, limit)


@part
def insert(world: World, job: int, limit: float) -> bool:
    """Put a job that is left out where it costs least, if the plan costs at most `limit` then."""
    if world.stops_i[2 * job, SLOTS] == 2:
        return insert_pair(world, job, limit)
    return insert_single(world, job, limit)


@part
def resum(world: World) -> float:
    """Sum the plan anew, so that no error of many small sums stays in it; return its cost."""
    stops_i, stops_f, carers_f, totals = world.stops_i, world.stops_f, world.carers_f, world.totals
    stop_count = world.codes.shape[0]
    totals[:] = 0.0
    for carer in range(len(carers_f)):
        head = stop_count + carer
        mode = world.carers_i[carer, MODE]
        here, worked = head, 0.0
        while stops_i[here, NEXT] != head:
            stop = stops_i[here, NEXT]
            way = world.ways[mode, stops_i[here, PLACE], stops_i[stop, PLACE]]
            if way < 1e11:
                totals[0] += way
                worked += way
            worked += stops_f[stop, LENGTH]
            totals[1] += stops_f[stop, 2]
            totals[2] = max(totals[2], stops_f[stop, 2])
            totals[3] += world.prices[P_SOFT + (world.codes[stop, carer] & 3)]
            totals[7] += stops_f[stop, 3]
            here = stop
        if here != head:
            way = world.ways[mode, stops_i[here, PLACE], stops_i[head, 5]]
            if way < 1e11:
                totals[0] += way
                worked += way
        carers_f[carer, 3] = worked
        totals[5] += worked * worked
        totals[6] += carers_f[carer, 4] * carers_f[carer, 4]
    for job in range(len(world.jobs_f)):
        if stops_i[2 * job, CARER] < 0:
            totals[4] += world.jobs_f[job, LEFT_OUT_COST]
    if world.prices[2] == 0.0:
        totals[2] = 0.0
    totals[COST] = total(totals, world.prices)
    return float(totals[COST])


@compiled
def insert_all(world: World, order: NDArray[np.int64]) -> int:
    """Put in what is left out, one after the other, where that is no dearer than leaving it out; return how many."""
    count = 0
    resum(world)
    for job in order:
        if world.stops_i[2 * job, CARER] < 0 and insert(world, int(job), world.totals[COST]):
            count += 1
    return count


@compiled
def append_all(world: World, order: NDArray[np.int64], carers: NDArray[np.int32]) -> int:
    """
    Put jobs at the end of their carers' tours, in this order; return how many had a place.

    `carers` has a line for each stop. A job that breaks a hard rule there is left out.
    """
    count = 0
    for place in range(len(order)):
        job = int(order[place])
        first = 2 * job
        if world.stops_i[first, CARER] >= 0:
            continue
        lines = propose(world, 0, PLACE_JOB, job, 0, 0, 0.0)
        lines = propose(world, lines, KEYS, job, 0, 0, -1e8 + place)
        is_known = True
        for stop in range(first, first + world.stops_i[first, SLOTS]):
            is_known = is_known and carers[stop] >= 0
            lines = propose(world, lines, IN, stop, int(carers[stop]), -1, 0.0)
        if is_known and carry_out(world, lines, np.inf):
            count += 1
    return count
