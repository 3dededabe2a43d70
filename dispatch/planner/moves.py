"""
The moves of the search: each proposes what to change, or nothing (0) where it is not possible or cannot pay.

`limit` is what the plan may cost afterwards; what is dearer by its ways alone is not proposed.
"""
# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

from dispatch.planner.carrying import IN, KEYS, LEAVE_JOB, OUT, PLACE_JOB, propose
from dispatch.planner.chance import pick, rest
from dispatch.planner.compiled import part
from dispatch.planner.layout import (
    BACK_BY,
    CARER,
    COST,
    DUE,
    EARLIEST,
    END_PLACE,
    FLAGS,
    FORBIDDEN,
    FOREVER_S,
    FREE,
    IS_EXECUTED,
    IS_FIXED,
    IS_PINNED,
    KEY,
    LAG_TO,
    LATE_SUM,
    LATEST,
    LENGTH,
    MODE,
    MOVED_SUM,
    NEXT,
    NO_WAY_TEST,
    P_CHANGE,
    P_HOURS,
    P_LATE,
    P_SOFT,
    P_TRAVEL,
    P_WORST,
    PLACE,
    PREV,
    SLACK_S,
    SLOTS,
    TO,
    WORKED,
    WORST,
    World,
)
from dispatch.planner.linking import key_between, seek

BEST_SHARE = 0.5
"""How often a single job goes where it costs least in a tour, and not right beside the near job (docs/planner.md).

Only where its window ends hard: without that no gap can be ruled out, and looking at all of them costs moves."""


@part
def extra_of(world: World, stop: int, carer: int, before: int, after: int) -> float:
    """Return the additional way of a stop between two others of a carer's tour."""
    stops_i = world.stops_i
    mode = world.carers_i[carer, MODE]
    here, place, there = stops_i[before, PLACE], stops_i[stop, PLACE], stops_i[after, END_PLACE]
    extra = world.ways[mode, here, place] + world.ways[mode, place, there]
    if before != after:
        straight = world.ways[mode, here, there]
        if straight < NO_WAY_TEST:
            extra -= straight
    return float(extra)


@part
def hours_price(world: World, carer: int, more_s: float) -> float:
    """Return what fairness costs more if a carer works so much more."""
    return float(world.prices[P_HOURS] * more_s * (2.0 * world.carers_f[carer, WORKED] + more_s))


@part
def hope(world: World) -> float:
    """Return how much cheaper than its ways a plan can become at most, by less lateness and fewer changes."""
    totals, prices = world.totals, world.prices
    return float(
        totals[LATE_SUM] * prices[P_LATE] + totals[WORST] * prices[P_WORST] + totals[MOVED_SUM] * prices[P_CHANGE]
    )


@part
def shift_price(world: World, stop: int, carer: int, before: int) -> float:
    """Return what moving a stop behind another one costs in ways, hours and wishes, its times aside."""
    stops_i = world.stops_i
    old = stops_i[stop, CARER]
    gain = extra_of(world, stop, old, stops_i[stop, PREV], stops_i[stop, NEXT])
    extra = extra_of(world, stop, carer, before, stops_i[before, NEXT])
    price = (extra - gain) * world.prices[P_TRAVEL]
    price += world.prices[P_SOFT + (world.codes[stop, carer] & 3)] - world.prices[P_SOFT + (world.codes[stop, old] & 3)]
    if world.prices[P_HOURS] > 0.0:
        if old == carer:
            price += hours_price(world, carer, extra - gain)
        else:
            length = world.stops_f[stop, LENGTH]
            price += hours_price(world, carer, extra + length) + hours_price(world, old, -gain - length)
    return float(price)


@part
def any_able(world: World, stop: int) -> int:
    """Draw one of the carers who may do a stop, or -1."""
    low, high = world.able_from[stop], world.able_from[stop + 1]
    if low == high:
        return -1
    return int(world.able[low + pick(world.random, high - low)])


@part
def any_stop(world: World, job: int) -> int:
    """Draw one of a job's stops."""
    if world.stops_i[2 * job, SLOTS] == 2 and rest(world.random) < 0.5:
        return 2 * job + 1
    return 2 * job


@part
def any_near(world: World, job: int) -> int:
    """Draw a job that goes well beside a job, those that go best more often; -1 where there is none."""
    count = world.near.shape[1]
    if count == 0:
        return -1
    share = rest(world.random)
    other = int(world.near[job, int(share * share * count)])
    if world.stops_i[2 * other, CARER] < 0 or other == job:
        return -1
    return other


@part
def start_behind(world: World, stop: int, carer: int, before: int) -> float:
    """Return when a stop would begin behind another one, if nobody else were waited for."""
    way = world.ways[world.carers_i[carer, MODE], world.stops_i[before, PLACE], world.stops_i[stop, PLACE]]
    return float(max(world.stops_f[before, FREE] + way, world.stops_f[stop, EARLIEST]))


@part
def best_place(world: World, stop: int, carer: int) -> int:
    """
    Return behind which stop of a carer's tour a stop costs least by its way and its own lateness, or -1.

    The tour is walked from its end, so that at each gap the last start is known that keeps the hard windows behind it;
    pauses and partners are passed over, which only leaves too much room. The stop itself, where it is in the tour
    already, counts as taken out, and what follows it as timed as it is; its own place is not returned.
    """
    stops_i, stops_f, ways = world.stops_i, world.stops_f, world.ways
    head = world.codes.shape[0] + carer
    mode, to_s = world.carers_i[carer, MODE], world.carers_f[carer, TO]
    place, length, earliest, due = (
        stops_i[stop, PLACE],
        stops_f[stop, LENGTH],
        stops_f[stop, EARLIEST],
        stops_f[stop, DUE],
    )
    latest = min(stops_f[stop, LATEST], to_s - length) + SLACK_S
    own = stops_i[stop, PREV] if stops_i[stop, CARER] == carer else -1
    travel_price, late_price = world.prices[P_TRAVEL], world.prices[P_LATE]
    best, best_before = NO_WAY_TEST, -1
    after, deadline = int(head), world.carers_f[carer, BACK_BY] + SLACK_S
    while earliest + length <= deadline:
        before = int(stops_i[after, PREV])
        if before == stop:
            before = int(stops_i[before, PREV])
        here, there = stops_i[before, PLACE], stops_i[after, END_PLACE]
        straight = 0.0 if before == after else ways[mode, here, there]
        free = stops_f[before, FREE]
        if free <= latest and before != own:
            to, on = ways[mode, here, place], ways[mode, place, there]
            start = max(free + to, earliest)
            if start <= latest and start + length + on <= deadline:
                extra = to + on - (straight if straight < NO_WAY_TEST else 0.0)
                price = extra * travel_price + max(0.0, start - due) * late_price
                if price < best:
                    best, best_before = price, before
        if before == head or stops_i[before, FLAGS] & IS_EXECUTED:
            break
        before_length = stops_f[before, LENGTH]
        deadline = min(stops_f[before, LATEST] + SLACK_S, min(to_s, deadline - straight) - before_length)
        after = before
    return best_before


@part
def relocate(world: World, job: int, limit: float) -> int:
    """
    Put a job, or one that is left out, with the carer of a near one where they may do it, else with another.

    It goes where it costs least in that tour or, like every stop of a pair, right before or behind the near job.
    """
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0:
        return 0
    stop = any_stop(world, job)
    beside = any_stop(world, other)
    carer = int(stops_i[beside, CARER])
    slots = stops_i[stop, SLOTS]
    is_out = stops_i[2 * job, CARER] < 0
    is_forbidden = world.codes[stop, carer] & FORBIDDEN
    if is_forbidden:
        carer = any_able(world, stop)
        if carer < 0:
            return 0
    if slots == 1 and world.stops_f[stop, LATEST] < FOREVER_S and rest(world.random) < BEST_SHARE:
        before = best_place(world, stop, carer)
        if before < 0:
            return 0
    elif is_forbidden:
        before = seek(world, carer, world.jobs_f[other, KEY])
    elif rest(world.random) < 0.5:
        before = beside
    else:
        before = int(stops_i[beside, PREV])
    # The job's own stops are no neighbors: they are taken out first.
    if before == stop:
        before = int(stops_i[stop, PREV])
    twin, twin_carer = -1, -1
    if slots == 2:
        twin = stop ^ 1
        twin_carer = int(stops_i[twin, CARER])
        if is_out or rest(world.random) < 0.2:
            twin_carer = any_able(world, twin)
        if twin_carer == carer:
            twin_carer = int(stops_i[stop, CARER]) if rest(world.random) < 0.3 else any_able(world, twin)
        if twin_carer == carer or twin_carer < 0:
            return 0
        if before == twin:
            before = int(stops_i[twin, PREV])
    elif not is_out:
        if before == stops_i[stop, PREV] and carer == stops_i[stop, CARER]:
            return 0
        if world.totals[COST] + shift_price(world, stop, carer, before) - hope(world) > limit:
            return 0
    after = int(stops_i[before, NEXT])
    if after == stop:
        after = int(stops_i[stop, NEXT])
    wanted = start_behind(world, stop, carer, before)
    if slots == 2:
        if rest(world.random) < 0.5:
            wanted += rest(world.random) * (world.jobs_f[job, LAG_TO])
        if rest(world.random) < 0.3:
            wanted = world.jobs_f[job, KEY]
    key = key_between(world, before, after, wanted, job)
    if key != key:  # noqa: PLR0124 - only what is no number differs from itself
        return 0
    count = propose(world, 0, PLACE_JOB if is_out else OUT, job, 0, 0, 0.0)
    count = propose(world, count, KEYS, job, 0, 0, key)
    count = propose(world, count, IN, stop, carer, before, 0.0)
    if slots == 2:
        count = propose(world, count, IN, twin, twin_carer, -1, 0.0)
    return count


@part
def change_carer(world: World, job: int, limit: float) -> int:
    """Give one stop of a job to another carer, at its place in the global order."""
    stops_i = world.stops_i
    stop = any_stop(world, job)
    carer = any_able(world, stop)
    if carer < 0 or carer == stops_i[stop, CARER] or stops_i[stop, CARER] < 0:
        return 0
    key = world.jobs_f[job, KEY]
    before = seek(world, carer, key)
    is_crossed = stops_i[stop, SLOTS] == 2 and stops_i[stop ^ 1, CARER] == carer
    if not is_crossed and world.totals[COST] + shift_price(world, stop, carer, before) - hope(world) > limit:
        return 0
    twin, twin_carer = stop ^ 1, int(stops_i[stop, CARER])
    if not is_crossed and stops_i[stop, SLOTS] == 2:
        twin_carer = int(stops_i[twin, CARER])
    count = propose(world, 0, OUT, job, 0, 0, 0.0)
    count = propose(world, count, IN, stop, carer, -1, 0.0)
    if stops_i[stop, SLOTS] == 2:
        count = propose(world, count, IN, twin, twin_carer, -1, 0.0)
    return count


@part
def swap(world: World, job: int) -> int:
    """Let two near jobs change places, carers or both."""
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0 or stops_i[2 * job, CARER] < 0 or stops_i[2 * other, FLAGS] & IS_FIXED:
        return 0
    a, b = any_stop(world, job), any_stop(world, other)
    carer_a, carer_b = int(stops_i[a, CARER]), int(stops_i[b, CARER])
    twin_a, twin_b = int(stops_i[a ^ 1, CARER]), int(stops_i[b ^ 1, CARER])
    slots_a, slots_b = stops_i[a, SLOTS], stops_i[b, SLOTS]
    draw = rest(world.random)
    if draw < 0.15 and carer_a != carer_b:
        key_a, key_b = world.jobs_f[job, KEY], world.jobs_f[other, KEY]
    else:
        key_a, key_b = world.jobs_f[other, KEY], world.jobs_f[job, KEY]
    if world.codes[a, carer_b] & FORBIDDEN or world.codes[b, carer_a] & FORBIDDEN:
        if carer_a != carer_b and draw < 0.15:
            return 0
        carer_a, carer_b = carer_b, carer_a  # they change places only
    if slots_a == 2 and slots_b == 2 and rest(world.random) < 0.5:
        twin_a, twin_b = twin_b, twin_a
    if (slots_a == 2 and twin_a == carer_b) or (slots_b == 2 and twin_b == carer_a):
        return 0
    count = propose(world, 0, OUT, job, 0, 0, 0.0)
    count = propose(world, count, OUT, other, 0, 0, 0.0)
    count = propose(world, count, KEYS, job, 0, 0, key_a)
    count = propose(world, count, KEYS, other, 0, 0, key_b)
    count = propose(world, count, IN, a, carer_b, -1, 0.0)
    count = propose(world, count, IN, b, carer_a, -1, 0.0)
    if slots_a == 2:
        count = propose(world, count, IN, a ^ 1, twin_a, -1, 0.0)
    if slots_b == 2:
        count = propose(world, count, IN, b ^ 1, twin_b, -1, 0.0)
    return count


@part
def replace(world: World, job: int) -> int:
    """Put a job in the place of a near one, which goes beside a third one or is left out."""
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0 or stops_i[2 * other, FLAGS] & (IS_FIXED | IS_PINNED) or stops_i[2 * other, SLOTS] != 1:
        return 0
    if stops_i[2 * job, SLOTS] != 1:
        return 0
    stop, goes = 2 * job, 2 * other
    is_out = stops_i[stop, CARER] < 0
    carer = int(stops_i[goes, CARER])
    if world.codes[stop, carer] & FORBIDDEN:
        return 0
    third = any_near(world, other)
    to, beside = -1, -1
    if third >= 0 and third != job:
        beside = any_stop(world, third)
        to = int(stops_i[beside, CARER])
        if world.codes[goes, to] & FORBIDDEN:
            to = -1
    if to < 0 and not is_out and rest(world.random) < 0.9:
        return 0
    count = propose(world, 0, PLACE_JOB if is_out else OUT, job, 0, 0, 0.0)
    count = propose(world, count, OUT, other, 0, 0, 0.0)
    count = propose(world, count, KEYS, job, 0, 0, world.jobs_f[other, KEY])
    count = propose(world, count, IN, stop, carer, -1, 0.0)
    if to < 0:
        return propose(world, count, LEAVE_JOB, other, 0, 0, 0.0)
    before = beside if rest(world.random) < 0.5 else int(stops_i[beside, PREV])
    while before == goes or before == stop:  # noqa: PLR1714, SIM109 - a kernel has no sets
        before = int(stops_i[before, PREV])
    key = key_between(world, before, int(stops_i[before, NEXT]), start_behind(world, goes, to, before), other)
    if key != key:  # noqa: PLR0124 - only what is no number differs from itself
        return 0
    count = propose(world, count, KEYS, other, 0, 0, key)
    return propose(world, count, IN, goes, to, -1, 0.0)
