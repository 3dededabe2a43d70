"""Moving stops that follow each other, all at once: a few of a tour, or the rests of two."""
# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

from dispatch.planner.carrying import IN, KEYS, STOP_OUT, propose
from dispatch.planner.chance import pick
from dispatch.planner.compiled import part
from dispatch.planner.layout import (
    CARER,
    COST,
    END_PLACE,
    FLAGS,
    FORBIDDEN,
    IS_FIXED,
    KEY,
    LENGTH,
    MODE,
    NEXT,
    P_HOURS,
    P_SOFT,
    P_TRAVEL,
    PLACE,
    PREV,
    SLOTS,
    World,
)
from dispatch.planner.linking import KEY_GAP, key_between
from dispatch.planner.moves import any_near, any_stop, hope, start_behind


@part
def shift_chain(world: World, job: int, limit: float) -> int:
    """
    Give two to four stops of a tour, from one of the job's on, to the carer of a near job.

    Single jobs are put right behind the near job, or before it; where a stop of a pair is among them, all keep their
    places in the global order and change the carer only.
    """
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0 or stops_i[2 * job, CARER] < 0:
        return 0
    stop_count = world.codes.shape[0]
    stop, beside = any_stop(world, job), any_stop(world, other)
    old, carer = int(stops_i[stop, CARER]), int(stops_i[beside, CARER])
    if old == carer:
        return 0
    wanted = 2 + pick(world.random, 3)
    count, is_single = 0, True
    last = stop
    while stop < stop_count and count < wanted:
        if stops_i[stop, FLAGS] & IS_FIXED or world.codes[stop, carer] & FORBIDDEN:
            return 0
        is_single = is_single and stops_i[stop, SLOTS] == 1
        world.tail[count] = stop
        count += 1
        last = stop
        stop = int(stops_i[stop, NEXT])
    if count < 2:
        return 0
    first = int(world.tail[0])
    if not is_single:
        lines = 0
        for place in range(count):
            lines = propose(world, lines, STOP_OUT, int(world.tail[place]), 0, 0, 0.0)
        for place in range(count):
            lines = propose(world, lines, IN, int(world.tail[place]), carer, -1, 0.0)
        return lines
    before = beside if pick(world.random, 2) == 0 else int(stops_i[beside, PREV])
    after = int(stops_i[before, NEXT])
    mode = world.carers_i[carer, MODE]
    if mode == world.carers_i[old, MODE] and world.prices[P_HOURS] == 0.0 and world.prices[P_SOFT + 3] == 0.0:
        ways, places, ends = world.ways[mode], stops_i[:, PLACE], stops_i[:, END_PLACE]
        left, right = stops_i[first, PREV], stops_i[last, NEXT]
        more = ways[places[before], places[first]] + ways[places[last], ends[after]]
        more -= ways[places[left], places[first]] + ways[places[last], ends[right]]
        if before != after:
            more -= ways[places[before], ends[after]]
        if left != right:
            more += ways[places[left], ends[right]]
        if world.totals[COST] + more * world.prices[P_TRAVEL] - hope(world) > limit:
            return 0
    lines = 0
    for place in range(count):
        lines = propose(world, lines, STOP_OUT, int(world.tail[place]), 0, 0, 0.0)
    low = before
    start = start_behind(world, first, carer, before)
    for place in range(count):
        one = int(world.tail[place])
        if place > 0:
            start += world.stops_f[last, LENGTH]
        key = key_between(world, low, after, start, one >> 1)
        if place > 0:  # between the one just moved and what follows
            key_low = world.steps_f[lines - 2]
            key_high = world.jobs_f[after >> 1, KEY] if after < stop_count else key_low + 1.0
            if key_high - key_low < KEY_GAP:
                return 0
            key = min(max(start, key_low + 0.1 * (key_high - key_low)), key_high - 0.5 * (key_high - key_low))
        if key != key:  # noqa: PLR0124 - only what is no number differs from itself
            return 0
        lines = propose(world, lines, KEYS, one >> 1, 0, 0, key)
        lines = propose(world, lines, IN, one, carer, before, 0.0)
        before = one
    return lines


@part
def swap_tails(world: World, job: int, limit: float) -> int:
    """Let two carers change everything that follows a stop of the one and comes from a near stop of the other on."""
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0 or stops_i[2 * job, CARER] < 0:
        return 0
    a, b = any_stop(world, job), any_stop(world, other)
    carer_a, carer_b = int(stops_i[a, CARER]), int(stops_i[b, CARER])
    if carer_a == carer_b or world.jobs_f[job, KEY] >= world.jobs_f[other, KEY]:
        return 0
    stop_count = world.codes.shape[0]
    x, v = int(stops_i[a, NEXT]), int(stops_i[b, PREV])
    if x < stop_count and v < stop_count and world.jobs_f[v >> 1, KEY] >= world.jobs_f[x >> 1, KEY]:
        return 0
    head_a, head_b = stop_count + carer_a, stop_count + carer_b
    mode = world.carers_i[carer_a, MODE]
    if mode == world.carers_i[carer_b, MODE] and world.prices[P_HOURS] == 0.0 and world.prices[P_SOFT + 3] == 0.0:
        ways, places, ends = world.ways[mode], stops_i[:, PLACE], stops_i[:, END_PLACE]
        last_a, last_b = stops_i[head_a, PREV], stops_i[head_b, PREV]
        more = ways[places[a], places[b]] - ways[places[a], ends[x]] - ways[places[v], places[b]]
        more += ways[places[last_b], ends[head_a]] - ways[places[last_b], ends[head_b]]
        if x < stop_count:
            more += ways[places[v], places[x]]
            more += ways[places[last_a], ends[head_b]] - ways[places[last_a], ends[head_a]]
        elif v < stop_count:
            more += ways[places[v], ends[head_b]]
        if world.totals[COST] + more * world.prices[P_TRAVEL] - hope(world) > limit:
            return 0
    count = 0
    middle = 0
    for side in range(2):
        stop, to = (x, carer_b) if side == 0 else (b, carer_a)
        middle = count if side == 1 else 0
        while stop < stop_count:
            if stops_i[stop, FLAGS] & IS_FIXED or world.codes[stop, to] & FORBIDDEN:
                return 0
            world.tail[count] = stop
            count += 1
            stop = int(stops_i[stop, NEXT])
    lines = 0
    for place in range(count - 1, -1, -1):
        lines = propose(world, lines, STOP_OUT, int(world.tail[place]), 0, 0, 0.0)
    before = v
    for place in range(count):
        if place == middle:
            before = a
        stop = int(world.tail[place])
        lines = propose(world, lines, IN, stop, carer_b if place < middle else carer_a, before, 0.0)
        before = stop
    return lines
