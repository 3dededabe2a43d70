"""
How a problem and a plan in the making lie in memory: a few tables whose columns are named here.

A stop is a row of `stops_i` and `stops_f`: job j has the rows 2 j (first slot) and 2 j + 1 (second slot, unused by a
single job); behind them follows one row for each carer, the head of its tour. Tours are rings: the head's next is the
first stop, its previous the last one. Within a tour the keys of the jobs rise, and a job has one key for both of its
slots: so the jobs stand in one global order, and two carers who wait for each other can never wait in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Columns of stops_i.
PREV, NEXT, CARER, PAUSE, PLACE, END_PLACE, FLAGS, SLOTS = range(8)
# Columns of stops_f.
START, FREE, LATE, MOVED, LENGTH, EARLIEST, LATEST, DUE = range(8)
# Columns of jobs_f.
KEY, LAG_FROM, LAG_TO, LEFT_OUT_COST, BEFORE, ANY_ROW = range(6)
# Columns of carers_f.
TO, BACK_BY, LIMIT, WORKED, UNPOPULAR = range(5)
# Columns of carers_i.
MODE, PAUSE_FROM, PAUSE_TO = range(3)
# Places of totals.
TRAVEL_SUM, LATE_SUM, WORST, SOFT_SUM, LEFT_SUM, HOURS_SUM, UNPOPULAR_SUM, MOVED_SUM, COST = range(9)
# Places of prices.
P_TRAVEL, P_LATE, P_WORST, P_HOURS, P_UNPOPULAR, P_CHANGE, P_MOVED_S, P_SOFT = range(8)
# Places of counts.
QUEUED, LOGGED, EARLIER, DENSE, BLOCKED, WORST_OPEN, LEFT_COUNT, TRIED, TAKEN = range(9)
# Bits of FLAGS.
IS_FIXED, IS_EXECUTED, IS_PINNED, IS_UNPOPULAR, IS_UNPLACED = 1, 2, 4, 8, 16
# Bits of codes; the lowest two choose the soft price of a stop.
NOT_USUAL, NOT_PREFERRED, NOT_BEFORE, FORBIDDEN = 1, 2, 4, 128

NO_WAY = 1e12
"""Stands for a way that there is not; a sum with it still keeps tenths of a millisecond."""
NO_WAY_TEST = 1e11
CHOICES = 8
"""Places of one slot of a pair that are tried with every carer of the other slot."""
FOREVER_S = 1e17
"""What lies behind this is no limit."""
SLACK_S = 5e-4
"""
Hard limits are broken by more than this only: two sums of the same seconds may differ in their last digits. The
reference evaluator allows more, so it never leaves out what the search has placed.
"""


class World(NamedTuple):
    """
    One problem and one plan in the making.

    Attributes
    ----------
    ways : ndarray of float64, shape (n_modes, n_places, n_places)
    codes : ndarray of uint8, shape (2 n_jobs, n_carers)
    able_from, able : ndarray of int32
        The carers who may do stop s are able[able_from[s]:able_from[s + 1]].
    near : ndarray of int32, shape (n_jobs, k)
        Jobs that go well before or after a job.
    movable : ndarray of int32
        Jobs that the search may move.
    held, needed : ndarray of int64
        Bits of `Job.skills_any` that a carer has, by row ANY_ROW and carer; bits that the pair needs together.
    pauses : ndarray of float64, shape (n_pauses, 3)
    stops_i, stops_f, jobs_f, carers_i, carers_f, totals, prices : ndarray
        As above.
    log_i, log_f, queue, marks, tail, counts, random, saved, order, choice_prices,
    choices, steps_i, steps_f : ndarray
        Scratch of one move: what undoes it, jobs to be timed again, and the state of the random numbers.

    """

    ways: NDArray[np.float64]
    codes: NDArray[np.uint8]
    able_from: NDArray[np.int32]
    able: NDArray[np.int32]
    near: NDArray[np.int32]
    movable: NDArray[np.int32]
    held: NDArray[np.int64]
    needed: NDArray[np.int64]
    pauses: NDArray[np.float64]
    stops_i: NDArray[np.int32]
    stops_f: NDArray[np.float64]
    jobs_f: NDArray[np.float64]
    carers_i: NDArray[np.int32]
    carers_f: NDArray[np.float64]
    totals: NDArray[np.float64]
    prices: NDArray[np.float64]
    log_i: NDArray[np.int32]
    log_f: NDArray[np.float64]
    queue: NDArray[np.int32]
    marks: NDArray[np.uint8]
    tail: NDArray[np.int32]
    counts: NDArray[np.int64]
    random: NDArray[np.uint64]
    saved: NDArray[np.float64]
    order: NDArray[np.int32]
    choice_prices: NDArray[np.float64]
    choices: NDArray[np.int32]
    steps_i: NDArray[np.int32]
    steps_f: NDArray[np.float64]
