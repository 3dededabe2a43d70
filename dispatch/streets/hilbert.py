"""The order of points along a Hilbert curve: neighbours in the plane become neighbours in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 20
"""Squares along each side: 2 to this power."""


@compiled
def _curve_places(columns: NDArray[np.int64], rows: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    # The usual walk from the coarsest square to the finest (Hilbert 1891; Warren, Hacker's Delight, 16).
    places = np.empty(len(columns), np.int64)
    for i in range(len(columns)):
        column, row, place = columns[i], rows[i], np.int64(0)
        side = np.int64(1) << np.int64(bits - 1)
        while side > 0:
            right = np.int64(1) if column & side else np.int64(0)
            up = np.int64(1) if row & side else np.int64(0)
            place += side * side * ((3 * right) ^ up)
            column &= side - 1
            row &= side - 1
            if up == 0:
                if right == 1:
                    column = side - 1 - column
                    row = side - 1 - row
                column, row = row, column
            side >>= 1
        places[i] = place
    return places


def hilbert_order(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the row numbers of points, shape (n, 2), in the order of the curve over their bounding square."""
    if not len(xy):
        return np.empty(0, np.int64)
    low = xy.min(axis=0)
    side = max(float(np.max(xy.max(axis=0) - low)), 1e-9)
    squares = ((xy - low) * ((2**BITS - 1) / side)).astype(np.int64)
    places = _curve_places(np.ascontiguousarray(squares[:, 0]), np.ascontiguousarray(squares[:, 1]), BITS)
    return np.argsort(places, kind="stable")
