"""Where a trial writes, made once for many trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOM = 512
"""Tours that one insertion can touch at once; more is answered as if it did not fit."""


class Scratch(NamedTuple):
    """
    Where a trial writes.

    Attributes
    ----------
    free : ndarray of float64, shape (ROOM,)
    tours : ndarray of int64, shape (ROOM, 4)
        Of each tour that is not as it was: carer, place, next pause, next stop.
    told : ndarray of float64, shape (9,)
        Starts of the new job, its end, more travel, more lateness of others, more slots moved, latest of all,
        by how much the first limit is broken, how much longer the first carer's shift is.
    delayed : ndarray of float64, shape (n, 2)
    delayed_stops : ndarray of int64, shape (n, 2)
        Start before and after of the stops that are not as they were; their row, and the next pause behind them.
    counts : ndarray of int64, shape (2,)
        Tours that are not as they were; stops delayed.
    pair_i, pair_f : ndarray
        Carer, next pause, pauses taken; free, way, arrival and start, of each slot.
    who, spot, goes_on, more, alone : ndarray
        Room for what is tried of a job for one: arguments of `try_job`, zeros in `more` between trials.
    crew, spots : ndarray of int64, shape (2,)
        Room for what is tried of a job for two.

    """

    free: NDArray[np.float64]
    tours: NDArray[np.int64]
    told: NDArray[np.float64]
    delayed: NDArray[np.float64]
    delayed_stops: NDArray[np.int64]
    counts: NDArray[np.int64]
    pair_i: NDArray[np.int64]
    pair_f: NDArray[np.float64]
    who: NDArray[np.int64]
    spot: NDArray[np.int64]
    goes_on: NDArray[np.int64]
    more: NDArray[np.float64]
    alone: NDArray[np.float64]
    crew: NDArray[np.int64]
    spots: NDArray[np.int64]


def make_scratch(n_stops: int) -> Scratch:
    """Return room for trials on a day of so many stops."""
    return Scratch(
        np.zeros(ROOM),
        np.zeros((ROOM, 4), np.int64),
        np.zeros(9),
        np.zeros((n_stops + 1, 2)),
        np.zeros((n_stops + 1, 2), np.int64),
        np.zeros(2, np.int64),
        np.zeros((2, 3), np.int64),
        np.zeros((2, 4)),
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
        np.zeros(4),
        np.zeros(10),
        np.zeros(2, np.int64),
        np.zeros(2, np.int64),
    )
