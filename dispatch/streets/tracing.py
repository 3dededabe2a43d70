"""
Tracing the outlines of a raster, as machine code: one pass over it whole, however large, and no joining of parts.

A line runs between corners inside (positive) and all others, crosses the sides of cells where the straight line
between their values is 0, and keeps the inside on its left. In a cell with two opposite corners inside these belong
together if the mean of the four says inside. Each line crosses some side with its west end outside and its east end
inside: these starts are listed row by row, and each remembers its ring. Going west from a hole's lowest start, over the
hole and the run of corners inside beyond it, one comes to a start that was traced before and bounds the same part.
"""
# ruff: noqa: C901, PLR0912, PLR0915 - a kernel takes arrays, not objects, and is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from dispatch.geo import MetricPolygon
from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUTSIDE = -127.0
"""What a corner of 0 stands for: far outside."""


def outline(
    raster: NDArray[np.int8], *, west: float, south: float, cell_m: float, tolerance_m: float = 0.0
) -> MetricPolygon:
    """
    Draw the area of the positive corners.

    Parameters
    ----------
    raster : ndarray of int8, shape (rows, columns)
        Corner (row, column) stands at (west + column cells, south + row cells). The rim lies outside.
    west, south, cell_m : float
        Metres.
    tolerance_m : float
        Where a line runs straight through a row of cells, its crossings with their sides are left out as long as none
        is farther from the line than this, along the side. It stays in these cells, which hold no other line.

    Returns
    -------
    MetricPolygon
        Valid: rings are simple and never touch, since no corner is 0 and a cell's two lines do not meet.

    """
    row_start, starts, crossings = _list_starts(raster)
    if not len(starts):
        return MetricPolygon(shapely.MultiPolygon())
    points, ring_end, part, parts = _trace(raster, row_start, starts, crossings, west, south, cell_m, tolerance_m)
    rings = len(part)
    # An outer ring comes before its holes, and a part without holes is most common.
    if parts < rings:
        order = np.argsort(part, kind="stable")
        points, ring_end = _in_order(points, ring_end, order)
        part = part[order]
    ring_start = np.concatenate((np.zeros(1, np.int64), ring_end))
    part_start = np.searchsorted(part, np.arange(parts + 1))
    whole = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, points, (ring_start, part_start, np.array([0, parts]))
    )
    return MetricPolygon(whole[0])


@compiled
def _list_starts(raster: NDArray[np.int8]) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """List the columns of corners outside whose eastern neighbor is inside, row by row; and count all crossings."""
    rows, columns = raster.shape
    row_start = np.zeros(rows + 1, np.int32)
    crossings = 0
    for row in range(rows):
        here = raster[row]
        changes = 0
        for column in range(columns - 1):
            changes += (here[column] > 0) != (here[column + 1] > 0)
        # The rim lies outside, so every second change leads inside.
        row_start[row + 1] = row_start[row] + changes // 2
        crossings += changes
        if row > 0:
            below = raster[row - 1]
            for column in range(columns):
                crossings += (here[column] > 0) != (below[column] > 0)
    starts = np.empty(row_start[rows], np.int32)
    found = 0
    for row in range(rows):
        if row_start[row] == row_start[row + 1]:
            continue
        here = raster[row]
        for column in range(columns - 1):
            if here[column] <= 0 and here[column + 1] > 0:
                starts[found] = column
                found += 1
    return row_start, starts, crossings


@compiled
def _place(starts: NDArray[np.int32], first: int, after: int, column: int) -> int:
    """Where in starts[first:after], which rises, the last entry up to this column stands."""
    while after - first > 1:
        middle = (first + after) >> 1
        if starts[middle] <= column:
            first = middle
        else:
            after = middle
    return first


@compiled
def _in_order(
    points: NDArray[np.float64], ring_end: NDArray[np.int64], order: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Copy rings into another order."""
    sorted_points, sorted_end = np.empty_like(points), np.empty_like(ring_end)
    count = 0
    for place in range(len(order)):
        ring = order[place]
        for i in range(ring_end[ring - 1] if ring > 0 else 0, ring_end[ring]):
            sorted_points[count, 0], sorted_points[count, 1] = points[i, 0], points[i, 1]
            count += 1
        sorted_end[place] = count
    return sorted_points, sorted_end


@compiled
def _is_joined(flat: NDArray[np.int8], corner: int, ahead: int, across: int) -> bool:
    """Whether a cell's two opposite corners inside belong together."""
    total = 0.0
    for i in range(2):
        for j in range(2):
            value = np.float64(flat[corner + i * ahead + j * across])
            total += value if value != 0.0 else OUTSIDE
    return total > 0.0


@compiled
def _trace(
    raster: NDArray[np.int8],
    row_start: NDArray[np.int32],
    starts: NDArray[np.int32],
    crossings: int,
    west: float,
    south: float,
    cell_m: float,
    tolerance_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], int]:
    """
    Walk along each ring once.

    Returns the points, where each ring ends among them, the part that each ring belongs to (its outer ring comes before
    its holes), and how many parts there are.
    """
    rows, columns = raster.shape
    flat = raster.reshape(rows * columns)
    # Each ring has one point more, which closes it, and one start at least.
    points = np.empty((crossings + len(starts), 2))
    ring_of_start = np.full(len(starts), -1, np.int32)
    ring_end, part = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    tolerance = tolerance_m / cell_m
    count, rings, parts = 0, 0, 0
    for row in range(rows):
        for k in range(row_start[row], row_start[row + 1]):
            if ring_of_start[k] >= 0:
                continue
            first = count
            # The corner inside, at the left hand, and the way ahead: southward, with the inside to the east.
            at_row, at_column, up, right = row, int(starts[k]) + 1, -1, 0
            turns, run, anchor, last, first_share = 0, 0, 0.0, 0.0, 0.0
            low, high = -np.inf, np.inf
            while True:
                inside = at_row * columns + at_column
                ahead, across = up * columns + right, up - right * columns
                if up < 0:
                    ring_of_start[_place(starts, row_start[at_row], row_start[at_row + 1], at_column - 1)] = rings
                value, other = float(flat[inside]), float(flat[inside + across])
                if other == 0.0:
                    other = OUTSIDE
                share = value / (value - other)
                if count == first:
                    first_share = share
                if run == 0:
                    anchor = share
                elif run > 1:
                    if low <= (share - anchor) / run <= high:
                        # All between the anchor and this point stay near the line: the last one gives way.
                        count -= 1
                    else:
                        run, anchor, low, high = 1, last, -np.inf, np.inf
                if run > 0:
                    low = max(low, (share - tolerance - anchor) / run)
                    high = min(high, (share + tolerance - anchor) / run)
                last = share
                points[count, 0] = west + (at_column + share * up) * cell_m
                points[count, 1] = south + (at_row - share * right) * cell_m
                count += 1
                run += 1
                left_in, right_in = flat[inside + ahead] > 0, flat[inside + ahead + across] > 0
                if right_in and not left_in:
                    right_in = _is_joined(flat, inside, ahead, across)
                if right_in:
                    at_row, at_column = at_row + up - right, at_column + right + up
                    up, right = -right, up
                    turns -= 1
                elif left_in:
                    at_row, at_column = at_row + up, at_column + right
                else:
                    up, right = right, -up
                    turns += 1
                if right_in or not left_in:
                    run, low, high = 0, -np.inf, np.inf
                if at_row == row and at_column == starts[k] + 1 and up < 0:
                    break
            if run > 1 and low <= (first_share - anchor) / run <= high:
                count -= 1
            points[count, 0], points[count, 1] = points[first, 0], points[first, 1]
            count += 1
            if turns > 0:
                part[rings] = parts
                parts += 1
            else:
                part[rings] = part[ring_of_start[k - 1]]
            ring_end[rings] = count
            rings += 1
    return points[:count], ring_end[:rings], part[:rings], parts
