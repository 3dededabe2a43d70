"""Carrying a change of links through the tours: only what begins earlier or later is timed again."""
# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, PLR2004 - a kernel is one piece for speed, full of shares

from __future__ import annotations

from dispatch.planner.compiled import part
from dispatch.planner.layout import (
    ANY_ROW,
    BACK_BY,
    BEFORE,
    BLOCKED,
    CARER,
    COST,
    DUE,
    EARLIER,
    EARLIEST,
    END_PLACE,
    FOREVER_S,
    FREE,
    KEY,
    LAG_FROM,
    LAG_TO,
    LATE,
    LATE_SUM,
    LATEST,
    LENGTH,
    MODE,
    MOVED,
    MOVED_SUM,
    NEXT,
    NOT_BEFORE,
    P_CHANGE,
    P_LATE,
    P_MOVED_S,
    P_WORST,
    PAUSE,
    PAUSE_TO,
    PLACE,
    PREV,
    QUEUED,
    SLACK_S,
    SLOTS,
    START,
    TO,
    WORST,
    WORST_OPEN,
    World,
)
from dispatch.planner.linking import log_times, push, total


@part
def pop(world: World) -> int:
    """Take the queued job that comes first in the global order."""
    queue, counts = world.queue, world.counts
    best = 0
    for place in range(1, counts[QUEUED]):
        if world.jobs_f[queue[place], KEY] < world.jobs_f[queue[best], KEY]:
            best = place
    job = int(queue[best])
    counts[QUEUED] -= 1
    queue[best] = queue[counts[QUEUED]]
    if world.marks[job] == 2:
        counts[EARLIER] -= 1
    world.marks[job] = 0
    return job


@part
def time_job(world: World, job: int) -> tuple[float, float, int, int]:
    """
    Time a job from where its carers are before it.

    Returns the starts of both slots and the pauses that follow; a start below -1e17 means that a hard rule breaks.
    The rule of pauses is that of `Pause`: what must be taken before the stop, then what costs nothing.
    """
    stops_i, stops_f, jobs_f = world.stops_i, world.stops_f, world.jobs_f
    refused = (-1e18, 0.0, 0, 0)
    first = 2 * job
    before = stops_i[first, PREV]
    carer = stops_i[first, CARER]
    way = world.ways[world.carers_i[carer, MODE], stops_i[before, PLACE], stops_i[first, PLACE]]
    free = stops_f[before, FREE]
    pause, pause_to = stops_i[before, PAUSE], world.carers_i[carer, PAUSE_TO]
    earliest, length = stops_f[first, EARLIEST], stops_f[first, LENGTH]
    if stops_i[first, SLOTS] == 1:
        start = max(free + way, earliest)
        if pause < pause_to:
            while pause < pause_to and start + length > world.pauses[pause, 1]:
                begin = max(free, world.pauses[pause, 0])
                if begin > world.pauses[pause, 1] + SLACK_S:
                    return refused
                free = begin + world.pauses[pause, 2]
                start = max(free + way, earliest)
                pause += 1
            while pause < pause_to:
                begin = max(free, world.pauses[pause, 0])
                if begin > world.pauses[pause, 1] or begin + world.pauses[pause, 2] + way > start:
                    break
                free = begin + world.pauses[pause, 2]
                pause += 1
        if start > stops_f[first, LATEST] + SLACK_S or start + length > world.carers_f[carer, TO] + SLACK_S:
            return refused
        return start, 0.0, pause, 0
    second = first + 1
    before_b = stops_i[second, PREV]
    carer_b = stops_i[second, CARER]
    if carer_b == carer:
        return refused
    row = int(jobs_f[job, ANY_ROW])
    if row >= 0 and world.held[row, carer] | world.held[row, carer_b] != world.needed[row]:
        return refused
    way_b = world.ways[world.carers_i[carer_b, MODE], stops_i[before_b, PLACE], stops_i[second, PLACE]]
    free_b = stops_f[before_b, FREE]
    pause_b, pause_to_b = stops_i[before_b, PAUSE], world.carers_i[carer_b, PAUSE_TO]
    earliest_b, length_b = stops_f[second, EARLIEST], stops_f[second, LENGTH]
    lag_from, lag_to = jobs_f[job, LAG_FROM], jobs_f[job, LAG_TO]
    while True:
        start = max(free + way, earliest)
        start_b = max(free_b + way_b, earliest_b, start + lag_from)
        start = max(start, start_b - lag_to)
        if pause < pause_to and start + length > world.pauses[pause, 1]:
            begin = max(free, world.pauses[pause, 0])
            if begin > world.pauses[pause, 1] + SLACK_S:
                return refused
            free = begin + world.pauses[pause, 2]
            pause += 1
        elif pause_b < pause_to_b and start_b + length_b > world.pauses[pause_b, 1]:
            begin = max(free_b, world.pauses[pause_b, 0])
            if begin > world.pauses[pause_b, 1] + SLACK_S:
                return refused
            free_b = begin + world.pauses[pause_b, 2]
            pause_b += 1
        else:
            break
    while pause < pause_to:
        begin = max(free, world.pauses[pause, 0])
        if begin > world.pauses[pause, 1] or begin + world.pauses[pause, 2] + way > start:
            break
        free = begin + world.pauses[pause, 2]
        pause += 1
    while pause_b < pause_to_b:
        begin = max(free_b, world.pauses[pause_b, 0])
        if begin > world.pauses[pause_b, 1] or begin + world.pauses[pause_b, 2] + way_b > start_b:
            break
        free_b = begin + world.pauses[pause_b, 2]
        pause_b += 1
    if start > stops_f[first, LATEST] + SLACK_S or start + length > world.carers_f[carer, TO] + SLACK_S:
        return refused
    if start_b > stops_f[second, LATEST] + SLACK_S or start_b + length_b > world.carers_f[carer_b, TO] + SLACK_S:
        return refused
    return start, start_b, pause, pause_b


@part
def settle(world: World, limit: float) -> bool:
    """
    Time again what changed links reach, and tell whether the plan keeps the hard rules and costs at most `limit`.

    Jobs are taken in the global order, so each is timed once. False leaves the plan half timed: `undo` it. The
    totals hold the new cost afterwards.
    """
    stops_i, stops_f = world.stops_i, world.stops_f
    totals, prices, counts = world.totals, world.prices, world.counts
    if counts[BLOCKED]:
        return False
    stop_count = world.codes.shape[0]
    late_price, worst_price, change_price = prices[P_LATE], prices[P_WORST], prices[P_CHANGE]
    worst_before = totals[WORST]
    totals[WORST] = 0.0
    fixed = total(totals, prices) - totals[LATE_SUM] * late_price - totals[MOVED_SUM] * change_price
    if fixed > limit:
        return False
    worst_seen = 0.0
    # The latest stop may have become less late; then the worst lateness is looked for among all stops, at the end.
    is_worst_open = worst_price == 0.0 or counts[WORST_OPEN] == 1
    while counts[QUEUED] > 0:
        job = pop(world)
        first = 2 * job
        if stops_i[first, CARER] < 0:
            continue
        start, start_b, pause, pause_b = time_job(world, job)
        if start < -1e17:
            return False
        moved_in_time = 0.0
        before_start = world.jobs_f[job, BEFORE]
        if before_start == before_start and abs(start - before_start) > prices[P_MOVED_S]:  # noqa: PLR0124 - what is no number differs from itself
            moved_in_time = 1.0
        for stop in range(first, first + stops_i[first, SLOTS]):
            if stop > first:
                start, pause = start_b, pause_b
            free = start + stops_f[stop, LENGTH]
            carer = stops_i[stop, CARER]
            after = stops_i[stop, NEXT]
            if world.carers_f[carer, BACK_BY] < FOREVER_S:
                end_place = stops_i[stop_count + carer, END_PLACE]
                back = free + world.ways[world.carers_i[carer, MODE], stops_i[stop, PLACE], end_place]
                if back > world.carers_f[carer, BACK_BY] + SLACK_S:
                    return False
            late = max(0.0, start - stops_f[stop, DUE])
            moved = 1.0 if world.codes[stop, carer] & NOT_BEFORE else moved_in_time
            free_before = stops_f[stop, FREE]
            if (
                free == free_before
                and pause == stops_i[stop, PAUSE]
                and late == stops_f[stop, LATE]
                and moved == stops_f[stop, MOVED]
            ):
                continue
            log_times(stop, stops_i, stops_f, world.log_i, world.log_f, counts)
            late_before = stops_f[stop, LATE]
            if late_before >= worst_before and late < late_before:
                is_worst_open = True
            worst_seen = max(worst_seen, late)
            totals[LATE_SUM] += late - late_before
            totals[MOVED_SUM] += moved - stops_f[stop, MOVED]
            stops_f[stop, START], stops_f[stop, FREE] = start, free
            stops_f[stop, LATE], stops_f[stop, MOVED] = late, moved
            if after < stop_count and (free != free_before or pause != stops_i[stop, PAUSE]):
                push(
                    after >> 1,
                    2 if free < free_before or pause != stops_i[stop, PAUSE] else 1,
                    world.queue,
                    world.marks,
                    counts,
                )
            stops_i[stop, PAUSE] = pause
        if counts[EARLIER] == 0:
            worst = worst_seen if is_worst_open else max(worst_seen, worst_before)
            cost = fixed + totals[LATE_SUM] * late_price + totals[MOVED_SUM] * change_price + worst * worst_price
            if cost > limit:
                return False
    worst = max(worst_seen, worst_before)
    if worst_price > 0.0 and is_worst_open:
        worst = worst_seen
        low = fixed + totals[LATE_SUM] * late_price + totals[MOVED_SUM] * change_price
        if low + worst * worst_price > limit:
            return False
        for stop in range(stop_count):
            worst = max(worst, stops_f[stop, LATE])
    totals[WORST] = worst if worst_price > 0.0 else 0.0
    totals[COST] = total(totals, prices)
    return bool(totals[COST] <= limit)
