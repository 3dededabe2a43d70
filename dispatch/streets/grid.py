"""A grid of squares over the edges of a network: which edges may be near a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SIDE_M = 50.0
# Keeps an edge that runs along the line between two squares in both.
SLACK_M = 1e-3


@compiled
def _cross_squares(
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    grid: NDArray[np.float64],
    start: NDArray[np.int32],
    members: NDArray[np.int32],
    counts_only: bool,  # noqa: FBT001 - kernels take no keywords
) -> None:
    """
    Walk each edge through the squares that it crosses.

    First with `counts_only`: start[square + 1] is counted up. Then, with `start` summed up, the edges are
    filed: start[square] moves on as they come in.
    """
    west, south, side = grid[0], grid[1], grid[2]
    columns, rows = int(grid[3]), int(grid[4])
    for edge in range(len(edge_a)):
        ax, ay = xy[edge_a[edge], 0], xy[edge_a[edge], 1]
        bx, by = xy[edge_b[edge], 0], xy[edge_b[edge], 1]
        low, high = min(ay, by), max(ay, by)
        first = max(0, int((low - SLACK_M - south) / side))
        last = min(rows - 1, int((high + SLACK_M - south) / side))
        for row in range(first, last + 1):
            # The part of the edge within this row of squares.
            begin, end = ax, bx
            if high - low > SLACK_M:
                floor = max(low, south + row * side - SLACK_M)
                ceiling = min(high, south + (row + 1) * side + SLACK_M)
                begin = ax + (bx - ax) * (floor - ay) / (by - ay)
                end = ax + (bx - ax) * (ceiling - ay) / (by - ay)
            left = max(0, int((min(begin, end) - SLACK_M - west) / side))
            right = min(columns - 1, int((max(begin, end) + SLACK_M - west) / side))
            for column in range(left, right + 1):
                square = row * columns + column
                if counts_only:
                    start[square + 1] += 1
                else:
                    members[start[square]] = edge
                    start[square] += 1


def bounds_of(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the lower and the upper bounds, shape (2,) each, of points, shape (n, 2); a column at a time is quicker."""
    first, second = points[:, 0], points[:, 1]
    return np.array((first.min(), second.min())), np.array((first.max(), second.max()))


def file_edges(
    *, xy: NDArray[np.float64], edge_a: NDArray[np.int32], edge_b: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    """
    File the edges of a network under the squares they cross.

    Returns
    -------
    grid : ndarray of float64, shape (5,)
        West and south rim and side in metres, columns, rows. There are at most about as many squares as edges.
    start : ndarray of int32, shape (columns * rows + 1,)
        The edges of square i stand at start[i] to start[i + 1].
    members : ndarray of int32
        Edge numbers, rising within each square.

    """
    low, high = bounds_of(xy)
    width, height = (float(size) for size in high - low)
    side = max(LEAST_SIDE_M, float(np.sqrt(width * height / max(1, len(edge_a)))), (width + height) / 30_000)
    columns, rows = int(width / side) + 1, int(height / side) + 1
    grid = np.array([low[0], low[1], side, columns, rows], dtype=np.float64)
    return grid, *file_edges_in(grid, xy=xy, edge_a=edge_a, edge_b=edge_b)


def file_edges_in(
    grid: NDArray[np.float64],
    *,
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """File edges under the squares of a given grid that they cross: `start` and `members` of `file_edges`."""
    counts = np.zeros(int(grid[3]) * int(grid[4]) + 1, np.int32)
    none = np.empty(0, np.int32)
    _cross_squares(xy, edge_a, edge_b, grid, counts, none, True)  # noqa: FBT003 - kernels take no keywords
    start: NDArray[np.int32] = np.cumsum(counts, dtype=np.int32)
    members = np.empty(int(start[-1]), np.int32)
    _cross_squares(xy, edge_a, edge_b, grid, start.copy(), members, False)  # noqa: FBT003 - kernels take no keywords
    return start, members
