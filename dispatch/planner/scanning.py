"""Trying a job with every carer at every place of their tours; where it does not fit, what little would do."""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917, PLR2004 - a kernel is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.answers import RemedyKind
from dispatch.planner.compiled import compiled, part
from dispatch.planner.eligibility import NUMBERS
from dispatch.planner.reference import SLACK_S
from dispatch.planner.standing_tables import (
    AT,
    BACK_BY,
    DONE,
    EARLIEST,
    END_PLACE,
    FLOOR,
    FREE,
    LATEST,
    LENGTH,
    LIMIT,
    MODE,
    NOW_S,
    OPEN,
    P_CHANGE,
    P_HOURS,
    P_LATE,
    P_TRAVEL,
    P_UNPOPULAR,
    P_WORST,
    PAUSE,
    SHIFT_FROM,
    TO,
    UNPOPULAR,
    WORKED,
    WORST_S,
    Day,
    latest_free,
)
from dispatch.planner.trying import (
    EXTRA_TRAVEL,
    FITS,
    FREE_EARLIER,
    LESS_WAY,
    MORE_HOURS,
    MORE_LATE,
    MORE_MOVED,
    MORE_SHIFT,
    NEW_WORST,
    START,
    hours_over,
    is_far,
    note_delays,
    settle_times,
    try_job,
)
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.planner.scratch import Scratch

KINDS = tuple(RemedyKind)
FREE_LONGER, WINDOW_LONGER, SHIFT_LONGER, SHIFT_EARLIER, LIMIT_MORE, LESS_TRAVEL, WAY_FOUND = range(7)
GIVEN_UP = KINDS.index(RemedyKind.STOPS_GIVEN_UP)
NO_SHIFT, TRAVEL_TOO_LONG = NUMBERS[PlanningReason.NO_SHIFT], NUMBERS[PlanningReason.TRAVEL_TOO_LONG]
DAY_LIMIT, NO_TIME = NUMBERS[PlanningReason.DAY_LIMIT], NUMBERS[PlanningReason.NO_TIME]
# Columns of what a scan writes.
CODE, POSITION, KIND, GOES_ON = range(4)
COST, FIRST_START, LAST_START, EXTRA, LATE_S, AMOUNT = range(6)


@part
def own_start(day: Day, row: NDArray[np.float64], place: int, carer: int, position: int, scratch: Scratch) -> float:
    """Return when a job for one would start behind so many stops, whatever comes of it; pauses stand in scratch."""
    state = day.tour_from[carer] + carer + position
    scratch.pair_i[0, 0] = carer
    scratch.pair_i[0, 1] = day.states_i[state, PAUSE]
    scratch.pair_f[0, 0] = day.states_f[state, FREE]
    scratch.pair_f[0, 1] = day.ways[day.carers_i[carer, MODE], day.states_i[state, AT], place]
    settle_times(day, row, 1, scratch)
    return float(scratch.pair_f[0, 3])


@part
def latest_end_here(day: Day, place: int, carer: int, position: int, first_pause: int) -> tuple[float, float]:
    """Return when a stop put here must end at the latest: for the shift and the way back, and for what follows."""
    state = day.tour_from[carer] + carer + position
    ways = day.ways[day.carers_i[carer, MODE]]
    stop = day.tour_from[carer] + position
    way_s = ways[place, day.jobs_i[day.stops[stop, 0], 0]] if stop < day.tour_from[carer + 1] else 0.0
    back_s = ways[place, day.carers_i[carer, END_PLACE]]
    shift_s = min(day.carers_f[carer, TO], day.carers_f[carer, BACK_BY] - back_s)
    return shift_s, latest_free(day, carer, state, way_s, first_pause)


@part
def price(day: Day, row: NDArray[np.float64], carer: int, soft: float, is_same: int, scratch: Scratch, late_s: float,
          length_s: float, is_unpopular: bool) -> float:  # fmt: skip  # noqa: FBT001 - a kernel's flag
    """Return what a trial that fits costs by all weights; of a pair, for its first carer's tour."""
    told, prices = scratch.told, day.prices
    more_s = told[EXTRA_TRAVEL] + length_s
    worked_s = day.carers_f[carer, WORKED]
    cost = prices[P_TRAVEL] * told[EXTRA_TRAVEL] + prices[P_LATE] * (late_s + told[MORE_LATE]) + soft
    cost += prices[P_HOURS] * ((worked_s + more_s) ** 2 - worked_s**2)
    if is_unpopular:
        cost += prices[P_UNPOPULAR] * (2 * day.carers_i[carer, UNPOPULAR] + 1)
    moved = told[MORE_MOVED]
    if is_same == 0 or (is_same > 0 and is_far(day, row, told[START])):
        moved += 1
    cost += prices[P_CHANGE] * moved
    return float(cost + prices[P_WORST] * max(0.0, told[NEW_WORST] - day.prices[WORST_S]))


@part
def find_last_start(
    day: Day, row: NDArray[np.float64], place: int, carers: NDArray[np.int64], positions: NDArray[np.int64],
    more: NDArray[np.float64], first_s: float, last_s: float, scratch: Scratch,
) -> float:  # fmt: skip
    """Return a start up to which a job fits that fits at `first_s`; tried, not only worked out."""
    floor_s = row[FLOOR]
    low, high = first_s, last_s
    if high > low:
        row[FLOOR] = high
        if try_job(day, row, place, carers, positions, positions, more, scratch) == FITS:
            low = high
        else:
            for _ in range(12):
                row[FLOOR] = 0.5 * (low + high)
                if try_job(day, row, place, carers, positions, positions, more, scratch) == FITS:
                    low = row[FLOOR]
                else:
                    high = row[FLOOR]
    row[FLOOR] = floor_s
    return low


@part
def hours_of_run(day: Day, carer: int, first: int, goes_on: int, place: int, length_s: float) -> float:
    """Return the seconds that a carer would work who gives up the stops first to goes_on - 1 for a job."""
    state = day.tour_from[carer] + carer + first
    ways = day.ways[day.carers_i[carer, MODE]]
    worked_s = day.states_f[state, DONE] + ways[day.states_i[state, AT], place] + length_s
    stop = day.tour_from[carer] + goes_on
    if stop == day.tour_from[carer + 1]:
        return float(worked_s + ways[place, day.carers_i[carer, END_PLACE]])
    job, slot = day.stops[stop, 0], day.stops[stop, 1]
    worked_s += ways[place, day.jobs_i[job, 0]] + day.jobs_f[job, LENGTH + slot]
    behind = day.tour_from[carer] + carer + goes_on + 1
    return float(worked_s + day.carers_f[carer, WORKED] - day.states_f[behind, DONE])


@part
def judge_alone(day: Day, row: NDArray[np.float64], place: int, carer: int, scratch: Scratch) -> int:
    """Return the first test that a job fails with a carer who has nothing else to do but what is executed; 0: none."""
    n_open = day.carers_i[carer, OPEN]
    state = day.tour_from[carer] + carer + n_open
    ways = day.ways[day.carers_i[carer, MODE]]
    where = day.states_i[state, AT]
    free_s, way_s, back_s = day.states_f[state, FREE], ways[where, place], ways[place, day.carers_i[carer, END_PLACE]]
    start_s = own_start(day, row, place, carer, n_open, scratch)
    length_s, to_s = row[LENGTH], day.carers_f[carer, TO]
    if not start_s + back_s < np.inf:
        return TRAVEL_TOO_LONG
    for code, since_s, home_s in (
        (NO_SHIFT, day.carers_f[carer, SHIFT_FROM], 0.0),
        (NO_TIME, free_s, 0.0),
        (TRAVEL_TOO_LONG, free_s + way_s, back_s),
        (NO_TIME, start_s, back_s),  # pauses
    ):
        at_s = max(row[EARLIEST], since_s)
        if at_s > row[LATEST] + SLACK_S or at_s + length_s > to_s + SLACK_S:
            return code
        if home_s > 0.0 and at_s + length_s + home_s > day.carers_f[carer, BACK_BY] + SLACK_S:
            return code
    if day.states_f[state, DONE] + way_s + length_s + back_s > day.carers_f[carer, LIMIT] + SLACK_S:
        return DAY_LIMIT
    return 0


@part
def find_remedy(
    day: Day, row: NDArray[np.float64], place: int, carer: int, reason: int, scratch: Scratch,
    out_f: NDArray[np.float64], out_i: NDArray[np.int64],
) -> None:  # fmt: skip
    """Write the smallest single change of window, visit, shift, hours or way with which a job fits a carer's tour."""
    count = day.tour_from[carer + 1] - day.tour_from[carer]
    who, spot, goes_on, more = scratch.who, scratch.spot, scratch.goes_on, scratch.more
    who[0] = carer
    best = np.inf
    keeps_latest_s, keeps_length_s = row[LATEST], row[LENGTH]
    for position in range(day.carers_i[carer, OPEN], count + 1):
        spot[0] = position
        start_s = own_start(day, row, place, carer, position, scratch)
        if not start_s < np.inf:
            continue
        pause = scratch.pair_i[0, 1] + scratch.pair_i[0, 2]
        state = day.tour_from[carer] + carer + position
        window_s = start_s - keeps_latest_s
        shift_end_s, next_end_s = latest_end_here(day, place, carer, position, pause)
        shift_s, next_s = start_s + keeps_length_s - shift_end_s, start_s + keeps_length_s - next_end_s
        hours_s = hours_over(day, carer, position, place, keeps_length_s)
        is_first = position == 0 and day.states_f[state, FREE] == day.carers_f[carer, SHIFT_FROM]
        sooner_s = max(window_s, shift_s, next_s)
        soonest_s = day.carers_f[carer, SHIFT_FROM] - day.prices[NOW_S]
        is_late, is_over, is_pushing, is_full = (
            window_s > SLACK_S,
            shift_s > SLACK_S,
            next_s > SLACK_S,
            hours_s > SLACK_S,
        )
        for turn in range(6):
            kind, amount_s = -1, np.inf
            if turn == 0 and is_first and not is_full and sooner_s <= start_s - row[EARLIEST]:
                if reason == NO_SHIFT and sooner_s <= soonest_s:
                    kind, amount_s = SHIFT_EARLIER, sooner_s
                elif reason == TRAVEL_TOO_LONG and sooner_s <= scratch.pair_f[0, 1]:
                    kind, amount_s = LESS_TRAVEL, sooner_s
            elif turn == 1 and is_over and not (is_late or is_pushing or is_full):
                kind, amount_s = SHIFT_LONGER, shift_s
            elif turn == 2 and is_late and not (is_over or is_pushing or is_full):
                kind, amount_s = WINDOW_LONGER, window_s
            elif turn == 3 and is_pushing and not (is_late or is_full) and max(next_s, shift_s) < keeps_length_s:
                kind, amount_s = FREE_LONGER, max(next_s, shift_s)
            elif turn == 4 and is_full and not (is_late or is_over or is_pushing):
                kind, amount_s = LIMIT_MORE, hours_s
            elif turn == 5 and is_first and not is_full and sooner_s <= min(soonest_s, start_s - row[EARLIEST]):
                kind, amount_s = SHIFT_EARLIER, sooner_s
            amount_s = np.ceil(amount_s) if amount_s < np.inf else amount_s
            if kind < 0 or amount_s >= best or amount_s <= 0.0:
                continue
            more[:] = 0.0
            if kind == SHIFT_LONGER:
                more[MORE_SHIFT] = amount_s
            elif kind == LIMIT_MORE:
                more[MORE_HOURS] = amount_s
            elif kind == SHIFT_EARLIER:
                more[FREE_EARLIER] = amount_s
            elif kind == LESS_TRAVEL:
                more[LESS_WAY] = amount_s
            elif kind == WINDOW_LONGER:
                row[LATEST] = keeps_latest_s + amount_s
            else:
                row[LENGTH] = keeps_length_s - amount_s
            if try_job(day, row, place, who, spot, spot, more, scratch) == FITS:
                best = amount_s
                out_i[carer, POSITION], out_i[carer, KIND], out_f[carer, AMOUNT] = position, kind, amount_s
            row[LATEST], row[LENGTH] = keeps_latest_s, keeps_length_s
    more[:] = 0.0
    if best < np.inf:
        return
    for length in range(1, count - day.carers_i[carer, OPEN] + 1):
        for position in range(day.carers_i[carer, OPEN], count - length + 1):
            spot[0], goes_on[0] = position, position + length
            worked_s = hours_of_run(day, carer, position, position + length, place, row[LENGTH])
            if worked_s > day.carers_f[carer, LIMIT] + SLACK_S:
                continue
            if try_job(day, row, place, who, spot, goes_on, more, scratch) == FITS:
                out_i[carer, POSITION], out_i[carer, KIND] = position, GIVEN_UP
                out_i[carer, GOES_ON] = position + length
                return


@compiled
def scan(
    day: Day,
    row: NDArray[np.float64],
    place: int,
    codes: NDArray[np.uint8],
    soft: NDArray[np.float64],
    same: NDArray[np.int64],
    is_unpopular: bool,  # noqa: FBT001 - a kernel's flag
    has_remedies: bool,  # noqa: FBT001 - a kernel's flag
    scratch: Scratch,
    out_f: NDArray[np.float64],
    out_i: NDArray[np.int64],
    notes_f: NDArray[np.float64],
    notes_i: NDArray[np.int64],
) -> None:
    """
    Try a job for one with every carer.

    Parameters
    ----------
    day, row, place, scratch
        As in `try_job`.
    codes : ndarray of uint8, shape (n_carers,)
        0 for those who may do it, as in `Eligibility`.
    soft : ndarray of float64, shape (n_carers,)
        What wishes cost that do not hang on the time.
    same : ndarray of int64, shape (n_carers,)
        -1: nobody knew the job; 0: another carer did it in the plan that people know; 1: this one.
    is_unpopular, has_remedies : bool
        Whether the job is in an unpopular window; whether remedies are asked for.
    out_f : ndarray of float64, shape (n_carers, 6)
        Cost, first and last start, extra travel, lateness; amount of the remedy.
    out_i : ndarray of int64, shape (n_carers, 4)
        0 or the reason as in `CODES`; position; index of the remedy in `KINDS` or -1; of stops given up, the
        position of the first that is kept.
    notes_f, notes_i : ndarray, shapes (n_carers, NOTED, 2) and (n_carers, NOTED + 1)
        Delays of the cheapest place, as `note_delays` writes them.

    """
    who, spot, more = scratch.who, scratch.spot, scratch.more
    for carer in range(len(codes)):
        out_i[carer, CODE], out_i[carer, KIND] = codes[carer], -1
        out_f[carer, COST] = np.inf
        if codes[carer] != 0:
            continue
        who[0] = carer
        count = day.tour_from[carer + 1] - day.tour_from[carer]
        has_hours = False
        mode = day.carers_i[carer, MODE]
        for position in range(day.carers_i[carer, OPEN], count + 1):
            if hours_over(day, carer, position, place, row[LENGTH]) <= SLACK_S:
                has_hours = True
            state = day.tour_from[carer] + carer + position
            way_s = day.ways[mode, day.states_i[state, AT], place]
            if day.states_f[state, FREE] + way_s > row[LATEST] + SLACK_S:
                continue
            spot[0] = position
            if try_job(day, row, place, who, spot, spot, more, scratch) != FITS:
                continue
            start_s = scratch.told[START]
            late_s = max(0.0, start_s - row[1])
            cost = price(day, row, carer, soft[carer], same[carer], scratch, late_s, row[LENGTH], is_unpopular)
            if cost < out_f[carer, COST]:
                out_i[carer, POSITION] = position
                out_f[carer, COST], out_f[carer, FIRST_START] = cost, start_s
                out_f[carer, EXTRA], out_f[carer, LATE_S] = scratch.told[EXTRA_TRAVEL], late_s
                note_delays(scratch, carer, notes_i, notes_f)
        if out_f[carer, COST] < np.inf:
            position = out_i[carer, POSITION]
            spot[0] = position
            own_start(day, row, place, carer, position, scratch)
            pause = scratch.pair_i[0, 1] + scratch.pair_i[0, 2]
            ends = latest_end_here(day, place, carer, position, pause)
            last_s = min(row[LATEST], min(ends[0], ends[1]) - row[LENGTH])
            out_f[carer, LAST_START] = find_last_start(
                day, row, place, who, spot, more, out_f[carer, FIRST_START], last_s, scratch
            )
            continue
        reason = judge_alone(day, row, place, carer, scratch)
        if reason == 0:
            reason = NO_TIME if has_hours else DAY_LIMIT
        out_i[carer, CODE] = reason
        if has_remedies:
            find_remedy(day, row, place, carer, reason, scratch, out_f, out_i)
