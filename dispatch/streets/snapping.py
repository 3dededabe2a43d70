"""Bringing points to their nearest street."""
# ruff: noqa: C901, PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled
from dispatch.streets.hilbert import hilbert_order
from dispatch.streets.values import DM_PER_M, MAX_SNAP_M, UNREACHED, Network, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray


ON_WALL_M = 0.5


@compiled
def foot_of(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Where on the line from a to b the nearest point lies (0 to 1), and its squared distance (m²)."""
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
    ox, oy = ax + share * dx - x, ay + share * dy - y
    return share, ox * ox + oy * oy


@compiled
def _is_walled_off(x: float, y: float, fx: float, fy: float, walls: NDArray[np.float64]) -> bool:
    """Whether the straight way from (x, y) to (fx, fy) crosses a wall; who stands within 0.5 m of it stands on it."""
    for k in range(len(walls)):
        ax, ay, bx, by = walls[k, 0], walls[k, 1], walls[k, 2], walls[k, 3]
        if max(ax, bx) < min(x, fx) or min(ax, bx) > max(x, fx) or max(ay, by) < min(y, fy) or min(ay, by) > max(y, fy):
            continue
        dx, dy = fx - x, fy - y
        one = dx * (ay - y) - dy * (ax - x)
        two = dx * (by - y) - dy * (bx - x)
        ex, ey = bx - ax, by - ay
        here = ex * (y - ay) - ey * (x - ax)
        there = ex * (fy - ay) - ey * (fx - ax)
        _, away_m2 = foot_of(x, y, ax, ay, bx, by)
        is_on_wall = away_m2 <= ON_WALL_M * ON_WALL_M
        if one * two <= 0.0 and here * there < 0.0 and not is_on_wall:
            return True
    return False


@compiled
def _nearest_edges(
    points: NDArray[np.float64],
    order: NDArray[np.int64],
    max_m: float,
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    is_mainland: NDArray[np.bool_],
    grid: NDArray[np.float64],
    start: NDArray[np.int32],
    members: NDArray[np.int32],
    walls: NDArray[np.float64],
    edges: NDArray[np.int32],
    shares: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    """Search ring by ring of grid squares; stop when no nearer edge can lie outside what was seen."""
    west, south, side = grid[0], grid[1], grid[2]
    columns, rows = int(grid[3]), int(grid[4])
    rings = int(max_m / side) + 1
    # Index 0 for the mainland, 1 for islands.
    best_square, best_share = np.empty(2), np.empty(2)
    best_edge = np.empty(2, np.int32)
    for i in range(len(order)):
        point = order[i]
        x, y = points[point, 0], points[point, 1]
        column, row = int(np.floor((x - west) / side)), int(np.floor((y - south) / side))
        best_square[:], best_share[:], best_edge[:] = max_m * max_m, 0.0, -1
        for ring in range(rings + 1):
            seen_m = (ring - 1) * side
            if best_edge[0] >= 0 and seen_m > 0 and best_square[0] <= seen_m * seen_m:
                break
            for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                is_rim = r in (row - ring, row + ring)
                step = 1 if is_rim or ring == 0 else 2 * ring
                c = column - ring
                while c <= column + ring:
                    if 0 <= c < columns:
                        square = r * columns + c
                        for k in range(start[square], start[square + 1]):
                            edge = members[k]
                            a, b = edge_a[edge], edge_b[edge]
                            share, distance = foot_of(x, y, xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1])
                            part = 0 if is_mainland[a] else 1
                            is_nearer = distance < best_square[part]
                            if best_edge[part] < 0:
                                is_nearer = distance <= best_square[part]
                            # Equally near: the edge with the lowest number, whatever the order of the search.
                            is_lower = distance == best_square[part] and edge < best_edge[part]
                            if is_nearer or is_lower:
                                if len(walls) > 0:
                                    fx = xy[a, 0] + share * (xy[b, 0] - xy[a, 0])
                                    fy = xy[a, 1] + share * (xy[b, 1] - xy[a, 1])
                                    if _is_walled_off(x, y, fx, fy, walls):
                                        continue
                                best_square[part] = distance
                                best_share[part] = share
                                best_edge[part] = edge
                    c += step
        chosen = 0 if best_edge[0] >= 0 else 1
        edges[point] = best_edge[chosen]
        shares[point] = best_share[chosen]
        squares[point] = best_square[chosen]


def snap_points(network: Network, *, points_xy: NDArray[np.float64], max_snap_m: float = MAX_SNAP_M) -> Snaps:
    """
    Bring points to their nearest edge, exactly.

    The nearest edge of the mainland (see `Network.is_mainland`) counts; only where none is within the limit
    the nearest edge of an island, so that a footway that someone forgot to connect does not cut off a home. An
    edge whose nearest place lies behind a wall (see `Network.walls`) does not count.

    Parameters
    ----------
    network : Network
        The streets.
    points_xy : ndarray of float, shape (n, 2)
        Metres in the network's projection.
    max_snap_m : float
        Farther than this from every edge is not located; exactly this far is.

    Returns
    -------
    Snaps
        n points, in the order given.

    """
    points = np.ascontiguousarray(points_xy, dtype=np.float64).reshape(-1, 2)
    count = len(points)
    edge = np.full(count, UNREACHED, np.int32)
    share, square = np.zeros(count), np.zeros(count)
    # Half a decimetre more, since the limit is meant for the rounded distance; and neighbours one after
    # the other, since their edges are then still in the cache.
    _nearest_edges(
        points,
        hilbert_order(points),
        max_snap_m + 0.5 / DM_PER_M,
        network.xy,
        network.edge_a,
        network.edge_b,
        network.is_mainland,
        network.grid,
        network.grid_start,
        network.grid_edge,
        network.walls,
        edge,
        share,
        square,
    )
    snap_dm = np.rint(np.sqrt(square) * DM_PER_M).astype(np.int32)
    is_located = (edge >= 0) & (snap_dm <= round(max_snap_m * DM_PER_M))
    edge[~is_located] = UNREACHED
    length_dm = network.edge_length_dm[edge].astype(np.int64)
    to_a_dm = np.rint(share * length_dm).astype(np.int32)

    def where_located(values: NDArray[np.integer]) -> NDArray[np.int32]:
        return np.where(is_located, values, UNREACHED).astype(np.int32)

    return Snaps(
        edge=edge,
        a=where_located(network.edge_a[edge]),
        b=where_located(network.edge_b[edge]),
        to_a_dm=where_located(to_a_dm),
        to_b_dm=where_located(length_dm - to_a_dm),
        snap_dm=where_located(snap_dm),
        is_located=is_located,
    )


def snap_nodes(nodes: NDArray[np.integer]) -> Snaps:
    """Give points that stand exactly on nodes, shape (n,): no way to the street, none along it."""
    numbers = np.asarray(nodes, dtype=np.int32)
    none = np.zeros(len(numbers), np.int32)
    return Snaps(
        edge=np.full(len(numbers), UNREACHED, np.int32),
        a=numbers,
        b=numbers,
        to_a_dm=none,
        to_b_dm=none,
        snap_dm=none,
        is_located=np.ones(len(numbers), np.bool_),
    )
