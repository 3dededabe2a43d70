"""Finding two carers who can come together: places of one slot against places of the other."""
# ruff: noqa: C901, PLR0913, PLR0917 - a kernel is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.compiled import compiled, part
from dispatch.planner.reference import SLACK_S
from dispatch.planner.scanning import find_last_start, latest_end_here, own_start
from dispatch.planner.standing_tables import (
    DUE,
    FLOOR,
    LAG_FROM,
    LAG_TO,
    LATEST,
    LENGTH,
    LENGTH_2,
    OPEN,
    P_CHANGE,
    P_HOURS,
    P_LATE,
    P_TRAVEL,
    P_UNPOPULAR,
    P_WORST,
    PAUSE_TO,
    UNPOPULAR,
    WORKED,
    WORST_S,
    Day,
)
from dispatch.planner.trying import (
    EXTRA_TRAVEL,
    FITS,
    MORE_LATE,
    MORE_MOVED,
    NEW_WORST,
    START,
    START_2,
    arrival,
    hours_over,
    is_far,
    note_delays,
    try_job,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.planner.scratch import Scratch

BEYOND_S = 7_200.0
"""How long after a job's latest start places are still looked at: for what a longer window would do."""
LATER_S = 1.0
"""How much later a place is tried again when the order of pauses behind it is all that ended it."""
KEPT = 24
"""Pairs kept for each carer; they are tried with all that they delay until no other can be cheaper."""


@part
def add_place(
    day: Day, row: NDArray[np.float64], alone: NDArray[np.float64], place: int, carer: int, position: int,
    start_s: float, pause: int, soft: float, is_unpopular: bool,  # noqa: FBT001 - a kernel's flag
    scratch: Scratch, line_f: NDArray[np.float64], line_i: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Write one place of a slot, `pause` being the first pause behind it, if it fits there with all that it delays."""
    who, spot, more = scratch.who, scratch.spot, scratch.more
    who[0], spot[0] = carer, position
    ends = latest_end_here(day, place, carer, position, pause)
    last_s = min(ends[0], ends[1]) - alone[LENGTH]
    if last_s < start_s - BEYOND_S or try_job(day, alone, place, who, spot, spot, more, scratch) != FITS:
        return False
    delay_cost = day.prices[P_LATE] * scratch.told[MORE_LATE] + day.prices[P_CHANGE] * scratch.told[MORE_MOVED]
    extra_s = scratch.told[EXTRA_TRAVEL]
    beyond_s = max(row[LATEST], start_s) + BEYOND_S
    last_s, open_s = min(last_s, beyond_s), min(ends[0] - alone[LENGTH], beyond_s)
    line_f[1] = find_last_start(day, alone, place, who, spot, more, start_s, last_s, scratch)
    if line_f[1] >= last_s and line_f[1] + LATER_S <= open_s:  # what follows may do its pauses in another order
        floor_s, alone[FLOOR] = alone[FLOOR], line_f[1] + LATER_S
        if try_job(day, alone, place, who, spot, spot, more, scratch) == FITS:
            line_f[1] = find_last_start(day, alone, place, who, spot, more, alone[FLOOR], open_s, scratch)
        alone[FLOOR] = floor_s
    worked_s = day.carers_f[carer, WORKED]
    cost = day.prices[P_TRAVEL] * extra_s + soft + delay_cost
    cost += day.prices[P_HOURS] * ((worked_s + extra_s + alone[LENGTH]) ** 2 - worked_s**2)
    if is_unpopular:
        cost += day.prices[P_UNPOPULAR] * (2 * day.carers_i[carer, UNPOPULAR] + 1)
    line_i[0], line_i[1] = carer, position
    line_f[0], line_f[2], line_f[3] = start_s, cost, delay_cost
    return True


@compiled
def places_of(
    day: Day,
    row: NDArray[np.float64],
    place: int,
    slot: int,
    codes: NDArray[np.uint8],
    soft: NDArray[np.float64],
    is_unpopular: bool,  # noqa: FBT001 - a kernel's flag
    scratch: Scratch,
    out_f: NDArray[np.float64],
    out_i: NDArray[np.int64],
) -> int:
    """
    List the places that one slot of a job for two could have, the other slot apart.

    Behind each pause that could come first a place is another one: starts between the two may not fit.

    Returns
    -------
    int
        How many; row by row `out_i` holds carer and position, `out_f` earliest start, latest start (the job's own
        latest start apart), cost, and of the cost what delays others if the other slot needs no waiting.

    """
    count = 0
    alone = scratch.alone
    for column in range(len(row)):  # a slice at once would be copied by way of an array made for it
        alone[column] = row[column]
    alone[LENGTH] = alone[LENGTH_2] = row[LENGTH + slot]
    alone[LATEST] = np.inf
    for carer in range(len(codes)):
        if codes[carer] != 0:
            continue
        stops = day.tour_from[carer + 1] - day.tour_from[carer]
        for position in range(day.carers_i[carer, OPEN], stops + 1):
            if hours_over(day, carer, position, place, alone[LENGTH]) > SLACK_S:
                continue
            alone[FLOOR] = -np.inf
            while alone[FLOOR] < np.inf and alone[FLOOR] <= row[LATEST] + BEYOND_S:
                start_s = own_start(day, alone, place, carer, position, scratch)
                pause = scratch.pair_i[0, 1] + scratch.pair_i[0, 2]
                floor_s = np.inf
                if pause < day.carers_i[carer, PAUSE_TO]:  # the next round is behind one more pause
                    taken = scratch.pair_i[0, 2] + 1
                    floor_s = arrival(day, scratch.pair_f[0, 0], scratch.pair_i[0, 1], taken, scratch.pair_f[0, 1])
                if start_s <= row[LATEST] + BEYOND_S and add_place(
                    day,
                    row,
                    alone,
                    place,
                    carer,
                    position,
                    start_s,
                    pause,
                    soft[carer],
                    is_unpopular,
                    scratch,
                    out_f[count],
                    out_i[count],
                ):
                    count += 1
                alone[FLOOR] = max(floor_s, start_s + 1.0)
    return count


@compiled
def join(
    day: Day,
    row: NDArray[np.float64],
    skills: NDArray[np.int64],
    needed: int,
    first_i: NDArray[np.int64],
    first_f: NDArray[np.float64],
    second_i: NDArray[np.int64],
    second_f: NDArray[np.float64],
    kept: NDArray[np.int64],
    kept_cost: NDArray[np.float64],
    over: NDArray[np.float64],
    over_with: NDArray[np.int64],
) -> int:
    """
    Join places of both slots.

    Parameters
    ----------
    day, row
        As in `try_job`.
    skills : ndarray of int64, shape (n_carers,)
        Bits of `Job.skills_any` that each carer has.
    needed : int
        Bits that both must have together.
    first_i, first_f, second_i, second_f : ndarray
        From `places_of`.
    kept : ndarray of int64, shape (n_carers, KEPT, 2)
        For each carer, rows of the cheapest pairs whose times go together, cheapest first; -1: none.
    kept_cost : ndarray of float64, shape (n_carers, KEPT)
        Cost with what others are delayed by at least.
    over : ndarray of float64, shape (n_carers,)
        For each carer, by how much the window is too short for the best pair.
    over_with : ndarray of int64, shape (n_carers,)
        The other carer of that pair, -1 where there is none.

    Returns
    -------
    int
        Number of pairs whose times go together.

    """
    kept[:] = -1
    kept_cost[:] = np.inf
    over[:] = np.inf
    over_with[:] = -1
    count = 0
    for a in range(len(first_i)):
        one = first_i[a, 0]
        for b in range(len(second_i)):
            other = second_i[b, 0]
            if one == other or (skills[one] | skills[other]) & needed != needed:
                continue
            first_s = first_f[a, 0]
            second_s = max(second_f[b, 0], first_s + row[LAG_FROM])
            first_s = max(first_s, second_s - row[LAG_TO])
            if first_s > first_f[a, 1] + SLACK_S or second_s > second_f[b, 1] + SLACK_S:
                continue
            late_s = max(first_s, second_s) - row[LATEST]
            if late_s > SLACK_S:
                for carer, mate in ((one, other), (other, one)):
                    if late_s < over[carer]:
                        over[carer] = late_s
                        over_with[carer] = mate
                continue
            count += 1
            cost = first_f[a, 2] + second_f[b, 2]
            cost += day.prices[P_LATE] * (max(0.0, first_s - row[DUE]) + max(0.0, second_s - row[DUE]))
            for carer in (one, other):
                if cost < kept_cost[carer, KEPT - 1]:
                    at = KEPT - 1
                    while at > 0 and kept_cost[carer, at - 1] > cost:
                        kept_cost[carer, at] = kept_cost[carer, at - 1]
                        kept[carer, at, 0], kept[carer, at, 1] = kept[carer, at - 1, 0], kept[carer, at - 1, 1]
                        at -= 1
                    kept_cost[carer, at] = cost
                    kept[carer, at, 0], kept[carer, at, 1] = a, b
    return count


@part
def leads_to(day: Day, stop: int, target: int, seen: NDArray[np.uint8], queue: NDArray[np.int64]) -> bool:
    """Say whether a job's stop comes before a target job by tours and pairs; `seen` comes and goes as zeros."""
    last = day.jobs_i[target, 2]
    first = day.stops[stop, 0]
    head, tail = 0, 1
    queue[0] = first
    seen[first] = 1
    found = False
    while head < tail and not found:
        job = queue[head]
        head += 1
        if job == target:
            found = True
        for slot in range(day.jobs_i[job, 1]):
            here = day.stop_of[job, slot]
            follows = here + 1
            if follows < day.tour_from[day.stops[here, 2] + 1]:
                following = day.stops[follows, 0]
                if not seen[following] and day.jobs_i[following, 2] <= last:
                    seen[following] = 1
                    queue[tail] = following
                    tail += 1
    for at in range(tail):
        seen[queue[at]] = 0
    return found


@part
def goes_in_circle(
    day: Day, carers: NDArray[np.int64], positions: NDArray[np.int64], seen: NDArray[np.uint8], queue: NDArray[np.int64]
) -> bool:
    """Say whether a pair put there would have to come before and after the same job."""
    for one in range(2):
        other = 1 - one
        follows = day.tour_from[carers[one]] + positions[one]
        before = day.tour_from[carers[other]] + positions[other] - 1
        if follows >= day.tour_from[carers[one] + 1] or before < day.tour_from[carers[other]]:
            continue
        if leads_to(day, follows, day.stops[before, 0], seen, queue):
            return True
    return False


@compiled
def confirm(
    day: Day,
    row: NDArray[np.float64],
    place: int,
    kept: NDArray[np.int64],
    kept_cost: NDArray[np.float64],
    first_i: NDArray[np.int64],
    first_f: NDArray[np.float64],
    second_i: NDArray[np.int64],
    second_f: NDArray[np.float64],
    same: NDArray[np.int64],
    scratch: Scratch,
    seen: NDArray[np.uint8],
    queue: NDArray[np.int64],
    out_f: NDArray[np.float64],
    out_i: NDArray[np.int64],
    notes_f: NDArray[np.float64],
    notes_i: NDArray[np.int64],
) -> None:
    """
    Try the pairs that `join` kept for each carer, and keep the cheapest that fits with all that it delays.

    Parameters
    ----------
    day, row, place, kept, kept_cost, first_i, first_f, second_i, second_f, scratch
        As in `join` and `try_job`.
    same : ndarray of int64, shape (2, n_carers)
        As in `scan`, for each slot.
    seen, queue : ndarray of uint8 and int64, shape (n_jobs,)
        Room, `seen` full of zeros.
    out_f : ndarray of float64, shape (n_carers, 6)
        Cost, first start, latest first start, extra travel, lateness, second start.
    out_i : ndarray of int64, shape (n_carers, 4)
        Carers and positions; -1 where no pair fits.
    notes_f, notes_i : ndarray
        As in `scan`.

    """
    carers, spots, more = scratch.crew, scratch.spots, scratch.more
    for line in range(len(kept)):
        out_i[line, :] = -1
        out_f[line, 0] = np.inf
        for choice in range(kept.shape[1]):
            a, b = kept[line, choice, 0], kept[line, choice, 1]
            if a < 0 or kept_cost[line, choice] >= out_f[line, 0]:
                break
            carers[0], carers[1] = first_i[a, 0], second_i[b, 0]
            spots[0], spots[1] = first_i[a, 1], second_i[b, 1]
            if try_job(day, row, place, carers, spots, spots, more, scratch) != FITS:
                continue
            told = scratch.told
            first_s, second_s = told[START], told[START_2]
            late_s = max(0.0, first_s - row[DUE]) + max(0.0, second_s - row[DUE])
            moved = told[MORE_MOVED]
            for slot in range(2):
                known = same[slot, carers[slot]]
                if known == 0 or (known > 0 and is_far(day, row, first_s)):
                    moved += 1
            cost = first_f[a, 2] - first_f[a, 3] + second_f[b, 2] - second_f[b, 3]
            cost += day.prices[P_LATE] * (late_s + told[MORE_LATE]) + day.prices[P_CHANGE] * moved
            cost += day.prices[P_WORST] * max(0.0, told[NEW_WORST] - day.prices[WORST_S])
            if cost >= out_f[line, 0] or goes_in_circle(day, carers, spots, seen, queue):
                continue
            note_delays(scratch, line, notes_i, notes_f)
            out_f[line, 0], out_f[line, 1], out_f[line, 3] = cost, first_s, told[EXTRA_TRAVEL]
            out_f[line, 4], out_f[line, 5] = max(0.0, first_s - row[DUE], second_s - row[DUE]), second_s
            out_f[line, 2] = min(
                first_f[a, 1], second_f[b, 1] - row[LAG_FROM], row[LATEST], row[LATEST] - row[LAG_FROM]
            )
            out_i[line, 0], out_i[line, 1], out_i[line, 2], out_i[line, 3] = carers[0], carers[1], spots[0], spots[1]
        if out_i[line, 0] >= 0:
            carers[0], carers[1] = out_i[line, 0], out_i[line, 1]
            spots[0], spots[1] = out_i[line, 2], out_i[line, 3]
            out_f[line, 2] = find_last_start(
                day, row, place, carers, spots, more, out_f[line, 1], out_f[line, 2], scratch
            )
