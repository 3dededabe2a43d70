"""The order of points along a Hilbert curve: neighbours in the plane become neighbours in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled
from dispatch.streets.grid import bounds_of
from dispatch.streets.ordering import rising_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 20
"""Squares along each side: 2 to this power."""


@compiled
def _curve_places(columns: NDArray[np.int64], rows: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    # The usual walk from the coarsest square to the finest (Hilbert 1891; Warren, Hacker's Delight, 16). How far the
    # curve is turned is kept as two bits, both flipped and swapped, so that no step has to guess at a branch.
    places = np.empty(len(columns), np.int64)
    for i in range(len(columns)):
        column, row = columns[i], rows[i]
        place = flipped = swapped = np.int64(0)
        for bit in range(bits - 1, -1, -1):
            right = ((column >> bit) & 1) ^ flipped
            up = ((row >> bit) & 1) ^ flipped
            other = (right ^ up) & swapped
            right, up = right ^ other, up ^ other
            place = (place << 2) | ((3 * right) ^ up)
            flipped ^= right & (1 - up)
            swapped ^= 1 - up
        places[i] = place
    return places


def hilbert_order(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the row numbers of points, shape (n, 2), in the order of the curve over their bounding square."""
    if not len(xy):
        return np.empty(0, np.int64)
    low, high = bounds_of(xy)
    side = max(float(np.max(high - low)), 1e-9)
    squares = ((xy - low) * ((2**BITS - 1) / side)).astype(np.int64)
    places = _curve_places(np.ascontiguousarray(squares[:, 0]), np.ascontiguousarray(squares[:, 1]), BITS)
    return rising_order(places)
