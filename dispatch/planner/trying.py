"""What happens to a day when one more job is put into it: exactly, as far as it spreads, and no further."""
# ruff: noqa: C901, PLR0911, PLR0912 - a kernel is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.compiled import compiled, part
from dispatch.planner.reference import SLACK_S
from dispatch.planner.scratch import ROOM, Scratch
from dispatch.planner.standing_tables import (
    AT,
    BACK_BY,
    BEFORE,
    DONE,
    DUE,
    EARLIEST,
    END_PLACE,
    FLOOR,
    FREE,
    LAG_FROM,
    LAG_TO,
    LATEST,
    LENGTH,
    LIMIT,
    MODE,
    P_MOVED_S,
    PAUSE,
    PAUSE_TO,
    PEAK,
    PIN,
    TO,
    Day,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a trial answers.
FITS, NO_WAY, TOO_LATE, AFTER_SHIFT, BACK_LATE, NOT_AS_PINNED, HOURS_FULL, PAUSE_LATE, IN_CIRCLE = range(9)
# Places of Scratch.told.
START, START_2, END, EXTRA_TRAVEL, MORE_LATE, MORE_MOVED, NEW_WORST, BY_S, LONGER_S = range(9)
# Places of `more`, all of the first carer.
MORE_SHIFT, MORE_HOURS, LESS_WAY, FREE_EARLIER = range(4)


@part
def arrival(day: Day, free_s: float, first_pause: int, taken: int, way_s: float) -> float:
    """Return when a carer is at the next door who takes some pauses before setting out."""
    for pause in range(first_pause, first_pause + taken):
        free_s = max(free_s, day.pauses[pause, 0]) + day.pauses[pause, 2]
    return free_s + way_s


@part
def find_starts(row: NDArray[np.float64], count: int, pair_f: NDArray[np.float64]) -> None:
    """Write the starts of one or two slots from their arrivals."""
    first_s = max(row[EARLIEST], pair_f[0, 2], row[FLOOR])
    if count > 1:
        second_s = max(row[EARLIEST], pair_f[1, 2], first_s + row[LAG_FROM])
        first_s = max(first_s, second_s - row[LAG_TO])
        pair_f[1, 3] = second_s
    pair_f[0, 3] = first_s


@part
def settle_times(day: Day, row: NDArray[np.float64], count: int, scratch: Scratch) -> None:
    """Find pauses, arrivals and starts of a job's slots by the rule of `Pause`, from carers, pauses, free and ways."""
    pair_i, pair_f = scratch.pair_i, scratch.pair_f
    for slot in range(count):
        pair_i[slot, 2] = 0
        pair_f[slot, 2] = pair_f[slot, 0] + pair_f[slot, 1]
    is_settled = False
    while not is_settled:
        find_starts(row, count, pair_f)
        is_settled = True
        for slot in range(count):
            pause = pair_i[slot, 1] + pair_i[slot, 2]
            if pause < day.carers_i[pair_i[slot, 0], PAUSE_TO] and (
                pair_f[slot, 3] + row[LENGTH + slot] > day.pauses[pause, 1]
            ):
                pair_i[slot, 2] += 1
                pair_f[slot, 2] = arrival(day, pair_f[slot, 0], pair_i[slot, 1], pair_i[slot, 2], pair_f[slot, 1])
                is_settled = False
                break
    for slot in range(count):
        while pair_i[slot, 1] + pair_i[slot, 2] < day.carers_i[pair_i[slot, 0], PAUSE_TO]:
            later_s = arrival(day, pair_f[slot, 0], pair_i[slot, 1], pair_i[slot, 2] + 1, pair_f[slot, 1])
            if later_s > pair_f[slot, 3]:
                break
            pair_i[slot, 2] += 1
            pair_f[slot, 2] = later_s


@part
def first_broken(day: Day, row: NDArray[np.float64], place: int, count: int, scratch: Scratch, extended: int) -> int:
    """
    Return the first hard limit that the settled slots break (the hours of the day apart), or FITS.

    The shift of the carer `extended` is longer, by what `Scratch.told` says.
    """
    for slot in range(count):
        carer, pause = scratch.pair_i[slot, 0], scratch.pair_i[slot, 1]
        more_to_s = scratch.told[LONGER_S] if carer == extended else 0.0
        start_s = scratch.pair_f[slot, 3]
        end_s = start_s + row[LENGTH + slot]
        if not scratch.pair_f[slot, 2] < np.inf:
            return NO_WAY
        if slot == 0 and start_s > row[PIN] + SLACK_S:
            scratch.told[BY_S] = start_s - row[PIN]
            return NOT_AS_PINNED
        free_s = scratch.pair_f[slot, 0]
        for taken in range(pause, pause + scratch.pair_i[slot, 2]):
            free_s = max(free_s, day.pauses[taken, 0])
            if free_s > day.pauses[taken, 1] + SLACK_S:
                scratch.told[BY_S] = free_s - day.pauses[taken, 1]
                return PAUSE_LATE
            free_s += day.pauses[taken, 2]
        if start_s > row[LATEST] + SLACK_S:
            scratch.told[BY_S] = start_s - row[LATEST]
            return TOO_LATE
        if end_s > day.carers_f[carer, TO] + more_to_s + SLACK_S:
            scratch.told[BY_S] = end_s - day.carers_f[carer, TO] - more_to_s
            return AFTER_SHIFT
        back_s = day.ways[day.carers_i[carer, MODE], place, day.carers_i[carer, END_PLACE]]
        if end_s + back_s > day.carers_f[carer, BACK_BY] + more_to_s + SLACK_S:
            scratch.told[BY_S] = end_s + back_s - day.carers_f[carer, BACK_BY] - more_to_s
            return BACK_LATE
    return FITS


@part
def find_tour(scratch: Scratch, carer: int) -> int:
    """Return where a tour stands among those that are not as they were, or -1."""
    for at in range(scratch.counts[0]):
        if scratch.tours[at, 0] == carer:
            return at
    return -1


@part
def drop_tour(scratch: Scratch, at: int) -> None:
    """Forget a tour that is again as it was."""
    last = scratch.counts[0] - 1
    scratch.free[at] = scratch.free[last]
    for column in range(4):
        scratch.tours[at, column] = scratch.tours[last, column]
    scratch.counts[0] = last


@part
def take_over(day: Day, row: NDArray[np.float64], place: int, slot: int, scratch: Scratch, follows: int) -> None:
    """Let the carer of a settled slot go on from it with the stop `follows`."""
    carer = scratch.pair_i[slot, 0]
    at = find_tour(scratch, carer)
    free_s = scratch.pair_f[slot, 3] + row[LENGTH + slot]
    pause = scratch.pair_i[slot, 1] + scratch.pair_i[slot, 2]
    if follows >= day.tour_from[carer + 1]:
        if at >= 0:
            drop_tour(scratch, at)
        return
    if at < 0:
        at = scratch.counts[0]
        scratch.counts[0] = at + 1
    scratch.free[at] = free_s
    scratch.tours[at, 0] = carer
    scratch.tours[at, 1] = place
    scratch.tours[at, 2] = pause
    scratch.tours[at, 3] = follows


@part
def is_far(day: Day, row: NDArray[np.float64], start_s: float) -> bool:
    """Say whether a start is not where people know it."""
    return bool(abs(start_s - row[BEFORE]) > day.prices[P_MOVED_S])


@part
def spread(day: Day, scratch: Scratch, extended: int) -> int:
    """Carry changed states from stop to stop and from partner to partner until all is as it was, or a limit breaks."""
    while scratch.counts[0] > 0:
        if scratch.counts[0] > ROOM - 4:
            return IN_CIRCLE
        job, best = -1, np.iinfo(np.int64).max
        for at in range(scratch.counts[0]):
            one = day.stops[scratch.tours[at, 3], 0]
            if day.jobs_i[one, 2] < best:
                job, best = one, day.jobs_i[one, 2]
        row, place, count = day.jobs_f[job], day.jobs_i[job, 0], day.jobs_i[job, 1]
        for slot in range(count):
            stop = day.stop_of[job, slot]
            carer = day.stops[stop, 2]
            at = find_tour(scratch, carer)
            if at >= 0:
                if scratch.tours[at, 3] != stop:
                    return IN_CIRCLE
                free_s, where, pause = scratch.free[at], scratch.tours[at, 1], scratch.tours[at, 2]
            else:
                state = stop + carer
                free_s, where, pause = day.states_f[state, FREE], day.states_i[state, AT], day.states_i[state, PAUSE]
            scratch.pair_i[slot, 0] = carer
            scratch.pair_i[slot, 1] = pause
            scratch.pair_f[slot, 0] = free_s
            scratch.pair_f[slot, 1] = day.ways[day.carers_i[carer, MODE], where, place]
        settle_times(day, row, count, scratch)
        broken = first_broken(day, row, place, count, scratch, extended)
        if broken != FITS:
            return broken
        first_s, was_s = scratch.pair_f[0, 3], day.starts[day.stop_of[job, 0]]
        for slot in range(count):
            stop = day.stop_of[job, slot]
            carer = day.stops[stop, 2]
            start_s = scratch.pair_f[slot, 3]
            late_s = start_s - row[DUE]
            pause = scratch.pair_i[slot, 1] + scratch.pair_i[slot, 2]
            is_same = start_s == day.starts[stop] and pause == day.states_i[stop + carer + 1, PAUSE]
            if not is_same:
                scratch.told[MORE_LATE] += max(0.0, late_s) - max(0.0, day.starts[stop] - row[DUE])
                scratch.delayed_stops[scratch.counts[1], 0] = stop
                scratch.delayed_stops[scratch.counts[1], 1] = pause
                scratch.delayed[scratch.counts[1], 0] = day.starts[stop]
                scratch.delayed[scratch.counts[1], 1] = start_s
                scratch.counts[1] += 1
            scratch.told[NEW_WORST] = max(scratch.told[NEW_WORST], late_s)
            if day.same[stop]:
                scratch.told[MORE_MOVED] += int(is_far(day, row, first_s)) - int(is_far(day, row, was_s))
            if is_same:
                at = find_tour(scratch, carer)
                if at >= 0:
                    drop_tour(scratch, at)
            else:
                take_over(day, row, place, slot, scratch, stop + 1)
    return FITS


@part
def try_job(
    day: Day,
    row: NDArray[np.float64],
    place: int,
    carers: NDArray[np.int64],
    positions: NDArray[np.int64],
    goes_on: NDArray[np.int64],
    more: NDArray[np.float64],
    scratch: Scratch,
) -> int:
    """
    Put a job between stops and see what comes of it; nothing of the day is written.

    Parameters
    ----------
    day : Day
        As it stands.
    row : ndarray of float64, shape (10,)
        The job's row, as in `Day.jobs_f`; its FLOOR is a start that is wished for.
    place : int
        The job's.
    carers, positions : ndarray of int64, shape (n_slots,)
        So many stops of each carer come before the job.
    goes_on : ndarray of int64, shape (n_slots,)
        Position of the stop with which each carer goes on; those between are given up. Then hours are not looked at.
    more : ndarray of float64, shape (4,)
        What would be different for the first carer: a longer shift, more daily hours, a shorter way, free earlier.
    scratch : Scratch
        What is told stands here afterwards.

    Returns
    -------
    int
        FITS or the first limit that breaks.

    """
    count = len(carers)
    scratch.told[:] = 0.0
    scratch.counts[:] = 0
    scratch.told[LONGER_S] = more[MORE_SHIFT]
    extra_s = 0.0
    is_run = False
    for slot in range(count):
        carer = carers[slot]
        state = day.tour_from[carer] + carer + positions[slot]
        is_run = is_run or goes_on[slot] > positions[slot]
        where = day.states_i[state, AT]
        ways = day.ways[day.carers_i[carer, MODE]]
        scratch.pair_i[slot, 0] = carer
        scratch.pair_i[slot, 1] = day.states_i[state, PAUSE]
        scratch.pair_f[slot, 0] = day.states_f[state, FREE]
        scratch.pair_f[slot, 1] = ways[where, place]
        if slot == 0:
            scratch.pair_f[slot, 0] -= more[FREE_EARLIER]
            scratch.pair_f[slot, 1] -= more[LESS_WAY]
        follows = day.tour_from[carer] + goes_on[slot]
        if follows < day.tour_from[carer + 1]:
            then = day.jobs_i[day.stops[follows, 0], 0]
        else:
            then = day.carers_i[carer, END_PLACE]
        was_s = 0.0
        if day.tour_from[carer + 1] > day.tour_from[carer]:
            was_s = ways[where, then]
            if not was_s < np.inf and follows == day.tour_from[carer + 1]:
                was_s = 0.0
        more_s = ways[where, place] + ways[place, then] - was_s
        extra_s += more_s
        if not is_run:
            worked_s = more_s + row[LENGTH + slot]
            own_s = day.states_f[state, DONE] + ways[where, place] + row[LENGTH + slot]
            own_s += ways[place, day.carers_i[carer, END_PLACE]]
            over_s = max(own_s, day.states_f[state, PEAK] + worked_s) - day.carers_f[carer, LIMIT]
            if over_s > (more[MORE_HOURS] if slot == 0 else 0.0) + SLACK_S:
                scratch.told[BY_S] = over_s
                return HOURS_FULL
    scratch.told[EXTRA_TRAVEL] = extra_s
    if not extra_s < np.inf:
        return NO_WAY
    settle_times(day, row, count, scratch)
    broken = first_broken(day, row, place, count, scratch, carers[0])
    if broken != FITS:
        return broken
    scratch.told[START] = scratch.pair_f[0, 3]
    scratch.told[START_2] = scratch.pair_f[count - 1, 3]
    scratch.told[END] = scratch.pair_f[0, 3] + row[LENGTH]
    for slot in range(count):
        scratch.told[NEW_WORST] = max(scratch.told[NEW_WORST], scratch.pair_f[slot, 3] - row[DUE])
        take_over(day, row, place, slot, scratch, day.tour_from[carers[slot]] + goes_on[slot])
    return spread(day, scratch, carers[0])


@part
def hours_over(day: Day, carer: int, position: int, place: int, length_s: float) -> float:
    """Return by how much a carer's daily hours would be passed by one more stop; at or below 0: not at all."""
    state = day.tour_from[carer] + carer + position
    ways = day.ways[day.carers_i[carer, MODE]]
    where, stop = day.states_i[state, AT], day.tour_from[carer] + position
    then = day.carers_i[carer, END_PLACE]
    if stop < day.tour_from[carer + 1]:
        then = day.jobs_i[day.stops[stop, 0], 0]
    was_s = ways[where, then] if day.tour_from[carer + 1] > day.tour_from[carer] else 0.0
    was_s = was_s if was_s < np.inf else 0.0
    more_s = ways[where, place] + ways[place, then] - was_s + length_s
    own_s = day.states_f[state, DONE] + ways[where, place] + length_s + ways[place, day.carers_i[carer, END_PLACE]]
    over_s = max(own_s, day.states_f[state, PEAK] + more_s) - day.carers_f[carer, LIMIT]
    return float(over_s)


NOTED = 16
"""Delays of one option that are told; what is delayed beyond that is left to the look at one option."""


@part
def note_delays(scratch: Scratch, at: int, notes_i: NDArray[np.int64], notes_f: NDArray[np.float64]) -> None:
    """Copy the delays of the last trial to line `at`: their number and stops, their starts before and after."""
    count = 0
    for one in range(scratch.counts[1]):
        if scratch.delayed[one, 1] > scratch.delayed[one, 0] and count < NOTED:
            notes_i[at, 1 + count] = scratch.delayed_stops[one, 0]
            notes_f[at, count, 0], notes_f[at, count, 1] = scratch.delayed[one, 0], scratch.delayed[one, 1]
            count += 1
    notes_i[at, 0] = count


@compiled
def settle_without(day: Day, tours: NDArray[np.int64], follows: NDArray[np.int64], scratch: Scratch) -> int:
    """
    Carry it on that a job was taken out of tours, each of which goes on with the stop that follows, and write it.

    Returns FITS, or the limit that would break; then nothing is written.
    """
    scratch.told[:] = 0.0
    scratch.counts[:] = 0
    for slot in range(len(tours)):
        carer = tours[slot]
        if follows[slot] >= day.tour_from[carer + 1]:
            continue
        state = follows[slot] + carer
        at = scratch.counts[0]
        scratch.free[at] = day.states_f[state, FREE]
        scratch.tours[at, 0], scratch.tours[at, 1] = carer, day.states_i[state, AT]
        scratch.tours[at, 2], scratch.tours[at, 3] = day.states_i[state, PAUSE], follows[slot]
        scratch.counts[0] = at + 1
    broken = spread(day, scratch, -1)
    if broken != FITS:
        return broken
    for at in range(scratch.counts[1]):
        stop = scratch.delayed_stops[at, 0]
        job, slot, carer = day.stops[stop, 0], day.stops[stop, 1], day.stops[stop, 2]
        day.starts[stop] = scratch.delayed[at, 1]
        day.states_f[stop + carer + 1, FREE] = scratch.delayed[at, 1] + day.jobs_f[job, LENGTH + slot]
        day.states_i[stop + carer + 1, PAUSE] = scratch.delayed_stops[at, 1]
    return FITS
