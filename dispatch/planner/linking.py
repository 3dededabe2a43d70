"""Taking stops out of tours and putting them in, with a log that undoes it."""
# ruff: noqa: PLR2004 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.compiled import part
from dispatch.planner.layout import (
    BLOCKED,
    CARER,
    DENSE,
    EARLIER,
    END_PLACE,
    FLAGS,
    FORBIDDEN,
    FREE,
    HOURS_SUM,
    IS_EXECUTED,
    IS_UNPLACED,
    IS_UNPOPULAR,
    KEY,
    LATE,
    LATE_SUM,
    LEFT_OUT_COST,
    LEFT_SUM,
    LENGTH,
    LIMIT,
    LOGGED,
    MODE,
    MOVED,
    MOVED_SUM,
    NEXT,
    NO_WAY_TEST,
    P_SOFT,
    PAUSE,
    PLACE,
    PREV,
    QUEUED,
    SLACK_S,
    SLOTS,
    SOFT_SUM,
    START,
    TRAVEL_SUM,
    UNPOPULAR,
    UNPOPULAR_SUM,
    WORKED,
    WORST_OPEN,
    World,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNLINKED, LINKED, TIMED, KEYED, PLACED = range(5)
"""What a line of the log says was done."""
KEY_GAP = 1e-6
"""Keys nearer than this are spread anew before anything is put between them."""


@part
def begin(world: World) -> None:
    """Open a move: nothing logged, nothing queued, the totals kept."""
    world.counts[LOGGED] = 0
    world.counts[QUEUED] = 0
    world.counts[EARLIER] = 0
    world.counts[BLOCKED] = 0
    world.counts[WORST_OPEN] = 0
    for place in range(len(world.totals)):
        world.saved[place] = world.totals[place]


@part
def push(job: int, mark: int, queue: NDArray[np.int32], marks: NDArray[np.uint8], counts: NDArray[np.int64]) -> None:
    """Queue a job to be timed again; mark 2: it may begin earlier than it did."""
    if marks[job] == 0:
        queue[counts[QUEUED]] = job
        counts[QUEUED] += 1
        marks[job] = 1
    if mark == 2 and marks[job] == 1:
        marks[job] = 2
        counts[EARLIER] += 1


@part
def take_stop(world: World, stop: int) -> None:
    """Take a stop out of its tour; the one behind it is queued."""
    ways, codes, stops_i, stops_f, carers_f = world.ways, world.codes, world.stops_i, world.stops_f, world.carers_f
    totals, prices, log_i, log_f, counts = world.totals, world.prices, world.log_i, world.log_f, world.counts
    stop_count = codes.shape[0]
    before, after, carer = stops_i[stop, PREV], stops_i[stop, NEXT], stops_i[stop, CARER]
    mode = world.carers_i[carer, MODE]
    here, place, there = stops_i[before, PLACE], stops_i[stop, PLACE], stops_i[after, END_PLACE]
    gain = ways[mode, here, place] + ways[mode, place, there]
    if before != after:
        straight = ways[mode, here, there]
        if straight >= NO_WAY_TEST:
            counts[BLOCKED] = 1
        gain -= straight
    line = counts[LOGGED]
    counts[LOGGED] = line + 1
    log_i[line, 0], log_i[line, 1], log_i[line, 2] = UNLINKED, stop, before
    worked = carers_f[carer, WORKED]
    log_f[line, 0], log_f[line, 1] = worked, carers_f[carer, UNPOPULAR]
    now = worked - gain - stops_f[stop, LENGTH]
    carers_f[carer, WORKED] = now
    if now > carers_f[carer, LIMIT] + SLACK_S:
        counts[BLOCKED] = 1
    totals[HOURS_SUM] += now * now - worked * worked
    totals[TRAVEL_SUM] -= gain
    totals[SOFT_SUM] -= prices[P_SOFT + (codes[stop, carer] & 3)]
    if stops_i[stop, FLAGS] & IS_UNPOPULAR:
        totals[UNPOPULAR_SUM] += 1.0 - 2.0 * carers_f[carer, UNPOPULAR]
        carers_f[carer, UNPOPULAR] -= 1.0
    stops_i[before, NEXT] = after
    stops_i[after, PREV] = before
    stops_i[stop, CARER] = -1
    if after < stop_count:
        push(after >> 1, 2, world.queue, world.marks, counts)


@part
def put_in(world: World, stop: int, carer: int, before: int) -> bool:
    """Put a stop behind another one (or the head) of a carer's tour; False, with nothing done, where it may not."""
    ways, codes, stops_i, stops_f, carers_f = world.ways, world.codes, world.stops_i, world.stops_f, world.carers_f
    totals, prices, log_i, log_f, counts = world.totals, world.prices, world.log_i, world.log_f, world.counts
    jobs_f = world.jobs_f
    stop_count = codes.shape[0]
    code = codes[stop, carer]
    after = stops_i[before, NEXT]
    if code & FORBIDDEN or counts[BLOCKED]:
        return False
    key = jobs_f[stop >> 1, KEY]
    if before < stop_count and jobs_f[before >> 1, KEY] >= key:
        return False
    if after < stop_count and (jobs_f[after >> 1, KEY] <= key or stops_i[after, FLAGS] & IS_EXECUTED):
        return False
    mode = world.carers_i[carer, MODE]
    here, place, there = stops_i[before, PLACE], stops_i[stop, PLACE], stops_i[after, END_PLACE]
    extra = ways[mode, here, place] + ways[mode, place, there]
    if extra >= NO_WAY_TEST:
        return False
    if before != after:
        straight = ways[mode, here, there]
        if straight < NO_WAY_TEST:  # else the stop before was carried out, and how they came on from it does not count
            extra -= straight
    worked = carers_f[carer, WORKED]
    now = worked + extra + stops_f[stop, LENGTH]
    if now > carers_f[carer, LIMIT] + SLACK_S:
        return False
    line = counts[LOGGED]
    counts[LOGGED] = line + 1
    log_i[line, 0], log_i[line, 1] = LINKED, stop
    log_f[line, 0], log_f[line, 1] = worked, carers_f[carer, UNPOPULAR]
    carers_f[carer, WORKED] = now
    totals[HOURS_SUM] += now * now - worked * worked
    totals[TRAVEL_SUM] += extra
    totals[SOFT_SUM] += prices[P_SOFT + (code & 3)]
    if stops_i[stop, FLAGS] & IS_UNPOPULAR:
        totals[UNPOPULAR_SUM] += 1.0 + 2.0 * carers_f[carer, UNPOPULAR]
        carers_f[carer, UNPOPULAR] += 1.0
    stops_i[stop, PREV], stops_i[stop, NEXT], stops_i[stop, CARER] = before, after, carer
    stops_i[before, NEXT] = stop
    stops_i[after, PREV] = stop
    push(stop >> 1, 2, world.queue, world.marks, counts)
    if after < stop_count:
        push(after >> 1, 2, world.queue, world.marks, counts)
    return True


@part
def take_out(world: World, job: int) -> None:
    """Take a job out of its tours."""
    for stop in range(2 * job, 2 * job + world.stops_i[2 * job, SLOTS]):
        take_stop(world, stop)


@part
def set_key(world: World, job: int, key: float) -> None:
    """Give a job, which is in no tour now, another place in the global order."""
    line = world.counts[LOGGED]
    world.counts[LOGGED] = line + 1
    world.log_i[line, 0], world.log_i[line, 1] = KEYED, job
    world.log_f[line, 0] = world.jobs_f[job, KEY]
    world.jobs_f[job, KEY] = key


@part
def log_times(
    stop: int,
    stops_i: NDArray[np.int32],
    stops_f: NDArray[np.float64],
    log_i: NDArray[np.int32],
    log_f: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """Keep what a stop's times are before they change."""
    line = counts[LOGGED]
    counts[LOGGED] = line + 1
    log_i[line, 0], log_i[line, 1], log_i[line, 2] = TIMED, stop, stops_i[stop, PAUSE]
    log_f[line, 0], log_f[line, 1] = stops_f[stop, START], stops_f[stop, FREE]
    log_f[line, 2], log_f[line, 3] = stops_f[stop, LATE], stops_f[stop, MOVED]


@part
def mark_placed(world: World, job: int, is_placed: bool) -> None:  # noqa: FBT001 - a kernel's flag
    """Say that a job is in the plan or left out, and count what leaving it out costs."""
    line = world.counts[LOGGED]
    world.counts[LOGGED] = line + 1
    world.log_i[line, 0], world.log_i[line, 1], world.log_i[line, 2] = PLACED, job, world.stops_i[2 * job, FLAGS]
    if is_placed:
        world.stops_i[2 * job, FLAGS] &= ~IS_UNPLACED
        world.totals[LEFT_SUM] -= world.jobs_f[job, LEFT_OUT_COST]
        return
    world.stops_i[2 * job, FLAGS] |= IS_UNPLACED
    world.totals[LEFT_SUM] += world.jobs_f[job, LEFT_OUT_COST]
    for stop in range(2 * job, 2 * job + world.stops_i[2 * job, SLOTS]):
        log_times(stop, world.stops_i, world.stops_f, world.log_i, world.log_f, world.counts)
        world.totals[LATE_SUM] -= world.stops_f[stop, LATE]
        if world.stops_f[stop, LATE] > 0.0:
            world.counts[WORST_OPEN] = 1
        world.totals[MOVED_SUM] -= world.stops_f[stop, MOVED]
        world.stops_f[stop, LATE] = 0.0
        world.stops_f[stop, MOVED] = 0.0


@part
def undo(world: World) -> None:
    """Take back everything since `begin`."""
    stops_i, stops_f, log_i, log_f, carers_f = (
        world.stops_i,
        world.stops_f,
        world.log_i,
        world.log_f,
        world.carers_f,
    )
    for line in range(world.counts[LOGGED] - 1, -1, -1):
        what, row = log_i[line, 0], log_i[line, 1]
        if what == TIMED:
            stops_i[row, PAUSE] = log_i[line, 2]
            stops_f[row, START], stops_f[row, FREE] = log_f[line, 0], log_f[line, 1]
            stops_f[row, LATE], stops_f[row, MOVED] = log_f[line, 2], log_f[line, 3]
        elif what == UNLINKED:
            before = log_i[line, 2]
            after = stops_i[before, NEXT]
            # The stop's own PREV and NEXT may have been overwritten by a later link, which is undone by now.
            carer = stops_i[before, CARER]
            stops_i[row, PREV], stops_i[row, NEXT], stops_i[row, CARER] = before, after, carer
            stops_i[before, NEXT] = row
            stops_i[after, PREV] = row
            carers_f[carer, WORKED], carers_f[carer, UNPOPULAR] = log_f[line, 0], log_f[line, 1]
        elif what == LINKED:
            before, after, carer = stops_i[row, PREV], stops_i[row, NEXT], stops_i[row, CARER]
            stops_i[before, NEXT] = after
            stops_i[after, PREV] = before
            stops_i[row, CARER] = -1
            carers_f[carer, WORKED], carers_f[carer, UNPOPULAR] = log_f[line, 0], log_f[line, 1]
        elif what == KEYED:
            world.jobs_f[row, KEY] = log_f[line, 0]
        else:
            stops_i[2 * row, FLAGS] = log_i[line, 2]
    for place in range(world.counts[QUEUED]):
        world.marks[world.queue[place]] = 0
    world.counts[QUEUED] = 0
    for place in range(len(world.totals)):
        world.totals[place] = world.saved[place]


@part
def key_between(world: World, before: int, after: int, wanted: float, job: int) -> float:
    """
    Choose a key between two stops of a tour, near the wanted one; NaN where there is no room.

    Keys are seconds of the day more or less, so that what is wanted is the expected start. `job` is passed over:
    it is being moved, and its own stops are no bounds.
    """
    stops_i, jobs_f = world.stops_i, world.jobs_f
    stop_count = world.codes.shape[0]
    while before < stop_count and before >> 1 == job:
        before = stops_i[before, PREV]
    while after < stop_count and after >> 1 == job:
        after = stops_i[after, NEXT]
    has_low, has_high = before < stop_count, after < stop_count
    low = jobs_f[before >> 1, KEY] if has_low else 0.0
    high = jobs_f[after >> 1, KEY] if has_high else 0.0
    if not has_low:
        low = (min(high, wanted) if has_high else wanted) - 1.0
    if not has_high:
        high = max(low, wanted) + 1.0
    room = high - low
    if room < KEY_GAP:
        world.counts[DENSE] = 1
        return np.nan
    return min(max(wanted, low + 0.1 * room), high - 0.1 * room)


@part
def seek(world: World, carer: int, key: float) -> int:
    """Return the last stop of a tour whose key is below `key`, or the head."""
    stop = int(world.stops_i[world.codes.shape[0] + carer, PREV])
    while stop < world.codes.shape[0] and world.jobs_f[stop >> 1, KEY] >= key:
        stop = int(world.stops_i[stop, PREV])
    return stop


@part
def total(totals: NDArray[np.float64], prices: NDArray[np.float64]) -> float:
    """Weigh the totals; hours are kept in seconds squared and unpopular windows as a sum of squares."""
    return float(
        totals[TRAVEL_SUM] * prices[0]
        + totals[LATE_SUM] * prices[1]
        + totals[2] * prices[2]
        + totals[HOURS_SUM] * prices[3]
        + totals[UNPOPULAR_SUM] * prices[4]
        + totals[MOVED_SUM] * prices[5]
        + totals[SOFT_SUM]
        + totals[LEFT_SUM]
    )
