"""Moving a few stops that follow each other, all at once."""
# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

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
from dispatch.planner.linking import begin, key_between, put_in, seek, set_key, take_stop
from dispatch.planner.moves import any_near, any_stop, finish, hope, start_behind


@part
def shift_chain(world: World, job: int, limit: float) -> bool:
    """
    Give two to four stops of a tour, from one of the job's on, to the carer of a near job.

    Single jobs are put right behind the near job, or before it; where a stop of a pair is among them, all keep their
    places in the global order and change the carer only.
    """
    stops_i = world.stops_i
    other = any_near(world, job)
    if other < 0 or stops_i[2 * job, CARER] < 0:
        return False
    stop_count = world.codes.shape[0]
    stop, beside = any_stop(world, job), any_stop(world, other)
    old, carer = int(stops_i[stop, CARER]), int(stops_i[beside, CARER])
    if old == carer:
        return False
    wanted = 2 + pick(world.random, 3)
    count, is_single = 0, True
    last = stop
    while stop < stop_count and count < wanted:
        if stops_i[stop, FLAGS] & IS_FIXED or world.codes[stop, carer] & FORBIDDEN:
            return False
        is_single = is_single and stops_i[stop, SLOTS] == 1
        world.tail[count] = stop
        count += 1
        last = stop
        stop = int(stops_i[stop, NEXT])
    if count < 2:
        return False
    first = int(world.tail[0])
    if not is_single:
        begin(world)
        for place in range(count - 1, -1, -1):
            take_stop(world, int(world.tail[place]))
        is_linked = True
        for place in range(count):
            one = int(world.tail[place])
            is_linked = is_linked and put_in(world, one, carer, seek(world, carer, world.jobs_f[one >> 1, KEY]))
        return finish(world, is_linked, limit)
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
            return False
    begin(world)
    for place in range(count - 1, -1, -1):
        take_stop(world, int(world.tail[place]))
    is_linked = True
    for place in range(count):
        one = int(world.tail[place])
        key = key_between(world, before, after, start_behind(world, one, carer, before), one >> 1)
        if key != key:  # noqa: PLR0124 - is NaN
            is_linked = False
            break
        set_key(world, one >> 1, key)
        if not put_in(world, one, carer, before):
            is_linked = False
            break
        before = one
    return finish(world, is_linked, limit)
