"""
Painting the area from which a site is reached onto a raster, as machine code.

A point is covered if the way to its nearest edge, along that edge, and on to a site is within the limit: the
same rule as for a person, so the raster asks at each corner for the nearest edge, not for the best one nearby.
Where nearest edges meet, the answer may jump, and slivers narrower than a cell may lie between corners. So each
block carries the edges that can be nearest to any of its points, and is split until all of them say the same
(what an edge says changes by 1 m in a metre towards it and by its stretch along it), or a cell is left whose
corners differ. A cell whose corners agree is split on, down to a sixteenth; a point of the other kind is noted
as a witness.
"""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - a kernel takes arrays, not objects, and is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled, first_place, grown

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS = 16
"""Smallest squares along one cell."""
BLOCK = 16
"""Cells along one block, from which the splitting starts."""
SIZES = 9
"""Of squares: from BLOCK * UNITS units, halved each time, down to 1."""
FULL_POOL = -1
CORNERS = 4
FULL = 127
"""A corner's value one cell or more inside the area; -127 outside."""
NEVER_M = 1e9
ROUNDED_M = 0.1
"""Lengths are whole decimetres."""

# What a block knows of each of its edges: first end and way to the other (m), 1 / squared length, way from each
# end to the nearest site (m), length (m), how fast its word changes, whether it is mainland, its number, and
# the sites that stand on it. One array of these, since a kernel that passes twelve arrays on is slow.
AX, AY, DX, DY, INVERSE, FROM_A, FROM_B, LENGTH, SLOPE, LAND, NUMBER, SITE_FIRST, SITE_LAST = range(13)
FACTS = 13


@compiled
def _foot(facts: NDArray[np.float64], k: int, x: float, y: float) -> tuple[float, float]:
    """Where on edge k the point nearest to (x, y) lies (0 to 1), and how far it is (m)."""
    ox, oy = x - facts[k, AX], y - facts[k, AY]
    share = min(1.0, max(0.0, (ox * facts[k, DX] + oy * facts[k, DY]) * facts[k, INVERSE]))
    ox -= share * facts[k, DX]
    oy -= share * facts[k, DY]
    return share, float(np.sqrt(ox * ox + oy * oy))


@compiled
def _left_m(
    facts: NDArray[np.float64],
    k: int,
    share: float,
    distance: float,
    limit_m: float,
    off_m: float,
    sites: NDArray[np.float64],
) -> float:
    """Metres left over for a person at this distance from this place on edge k."""
    along = share * facts[k, LENGTH]
    way = min(facts[k, FROM_A] + along, facts[k, FROM_B] + facts[k, LENGTH] - along)
    for i in range(int(facts[k, SITE_FIRST]), int(facts[k, SITE_LAST])):
        way = min(way, sites[i, 1] + abs(sites[i, 0] - along))
    return float(min(limit_m - way, off_m) - distance)


@compiled
def _left_at(
    facts: NDArray[np.float64],
    candidates: NDArray[np.int32],
    x: float,
    y: float,
    limit_m: float,
    off_m: float,
    sites: NDArray[np.float64],
) -> float:
    """Metres left over at a point that goes by its nearest edge, as `snap_points` chooses it."""
    land, isle = -1, -1
    land_m, isle_m, land_share, isle_share = NEVER_M, NEVER_M, 0.0, 0.0
    for k in candidates:
        share, distance = _foot(facts, k, x, y)
        if facts[k, LAND] > 0.0:
            if distance < land_m or (distance == land_m and facts[k, NUMBER] < facts[land, NUMBER]):
                land, land_m, land_share = k, distance, share
        elif distance < isle_m or (distance == isle_m and facts[k, NUMBER] < facts[isle, NUMBER]):
            isle, isle_m, isle_share = k, distance, share
    if land < 0 or (land_m > off_m and isle_m < land_m):
        land, land_m, land_share = isle, isle_m, isle_share
    if land < 0:
        return -NEVER_M
    return _left_m(facts, land, land_share, land_m, limit_m, off_m, sites)


@compiled
def _level(value_m: float, cell_m: float) -> int:
    """Give a value as a whole number that is never 0, so that no line runs through a corner."""
    level = int(np.rint(value_m / cell_m * FULL))
    if value_m >= 0.0:
        return min(FULL, max(1, level))
    return max(-FULL, min(-1, level))


@compiled
def _describe(
    edges: NDArray[np.int32],
    count: int,
    facts: NDArray[np.float64],
    mark: NDArray[np.uint32],
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    edge_dm: NDArray[np.unsignedinteger],
    is_mainland: NDArray[np.bool_],
    site_edges: NDArray[np.int32],
) -> bool:
    """Write down what a block knows of its edges, number them from 0, and say whether any is reached."""
    is_reached = False
    for k in range(count):
        edge = edges[k]
        a, b = edge_a[edge], edge_b[edge]
        dx, dy, length = xy[b, 0] - xy[a, 0], xy[b, 1] - xy[a, 1], np.float64(edge_dm[edge]) * 0.1
        straight = np.sqrt(dx * dx + dy * dy)
        stretch = length / straight if length > straight + ROUNDED_M and straight > 0.0 else 1.0
        facts[k, AX], facts[k, AY], facts[k, DX], facts[k, DY] = xy[a, 0], xy[a, 1], dx, dy
        facts[k, INVERSE] = 1.0 / (straight * straight) if straight > 0.0 else 0.0
        facts[k, FROM_A] = (np.float64(mark[a]) - 1.0) * 0.1 if mark[a] > 0 else NEVER_M
        facts[k, FROM_B] = (np.float64(mark[b]) - 1.0) * 0.1 if mark[b] > 0 else NEVER_M
        facts[k, LENGTH], facts[k, SLOPE] = length, np.sqrt(1.0 + stretch * stretch)
        facts[k, LAND], facts[k, NUMBER] = 1.0 if is_mainland[a] else 0.0, edge
        first = first_place(site_edges, edge)
        last = first
        while last < len(site_edges) and site_edges[last] == edge:
            last += 1
        facts[k, SITE_FIRST], facts[k, SITE_LAST] = first, last
        is_reached = is_reached or mark[a] > 0 or mark[b] > 0 or last > first
        edges[k] = k
    return is_reached


@compiled
def _paint_block(
    raster: NDArray[np.int8],
    west: float,
    south: float,
    cell_m: float,
    limit_m: float,
    off_m: float,
    sites: NDArray[np.float64],
    stack: NDArray[np.int64],
    pool: NDArray[np.int32],
    away: NDArray[np.float64],
    along: NDArray[np.float64],
    facts: NDArray[np.float64],
    witness: NDArray[np.int64],
    said: NDArray[np.int32],
    witnesses: int,
) -> int:
    """
    Paint the block that is the first open square of the stack; gives how many witnesses there are then.

    All arrays have the room that is needed: none may be exchanged in here, which would double the time.
    """
    rows, columns = raster.shape
    unit_m = cell_m / UNITS
    height = 1
    while height > 0:
        height -= 1
        row, column, side = stack[height, 0], stack[height, 1], stack[height, 2]
        first, last = stack[height, 3], stack[height, 4]
        cell_row, cell_column = row // UNITS, column // UNITS
        if cell_row >= rows - 1 or cell_column >= columns - 1:
            continue
        if side < UNITS and witnesses > 0 and witness[witnesses - 1] == cell_row * columns + cell_column:
            continue
        radius = side * unit_m * np.sqrt(0.5)
        x, y = west + (column + side * 0.5) * unit_m, south + (row + side * 0.5) * unit_m
        near_land, near_isle = NEVER_M, NEVER_M
        land, isle = -1, -1
        for i in range(first, last):
            k = pool[i]
            along[i], away[i] = _foot(facts, k, x, y)
            if facts[k, LAND] > 0.0:
                if away[i] < near_land:
                    near_land, land = away[i], i
            elif away[i] < near_isle:
                near_isle, isle = away[i], i
        nearest = isle if land < 0 or (near_land > off_m and near_isle < near_land) else land
        here = -NEVER_M
        kept = last
        least, most = NEVER_M, -NEVER_M
        for i in range(first, last):
            k = pool[i]
            # Can it be nearest to some point of this square?
            if facts[k, LAND] > 0.0:
                can = near_land - radius <= off_m and away[i] <= near_land + 2 * radius
            else:
                can = near_land + radius >= off_m and away[i] <= near_isle + 2 * radius
            if not can:
                continue
            value = _left_m(facts, k, along[i], away[i], limit_m, off_m, sites)
            if i == nearest:
                here = value
            change_m = facts[k, SLOPE] * radius + ROUNDED_M
            least = min(least, value - change_m)
            most = max(most, value + change_m)
            pool[kept] = k
            kept += 1
        # Cells are filled only where one whole cell of margin is certain, so that the value of a corner
        # does not depend on which of its blocks wrote it.
        margin = cell_m if side >= UNITS else 0.0
        if kept == last or most < -margin:
            continue
        if least > margin:
            if side >= UNITS:
                cells = side // UNITS
                for i in range(cell_row, min(rows, cell_row + cells + 1)):
                    for j in range(cell_column, min(columns, cell_column + cells + 1)):
                        raster[i, j] = FULL
            continue
        if side == UNITS:
            covered = 0
            for i in range(cell_row, cell_row + 2):
                for j in range(cell_column, cell_column + 2):
                    if raster[i, j] == 0:
                        value = _left_at(
                            facts, pool[last:kept], west + j * cell_m, south + i * cell_m, limit_m, off_m, sites
                        )
                        raster[i, j] = _level(value, cell_m)
                    covered += raster[i, j] > 0
            if covered not in (0, CORNERS) or least > 0.0 or most < 0.0:
                continue
        elif side < UNITS:
            if (here >= 0.0) != (raster[cell_row, cell_column] > 0):
                witness[witnesses] = cell_row * columns + cell_column
                said[witnesses] = _level(here, cell_m)
                witnesses += 1
                continue
            if side == 1:
                continue
        part = side // 2
        for i in range(CORNERS):
            stack[height, 0], stack[height, 1] = row + i // 2 * part, column + i % 2 * part
            stack[height, 2], stack[height, 3], stack[height, 4] = part, last, kept
            height += 1
    return witnesses


@compiled
def paint(
    raster: NDArray[np.int8],
    west: float,
    south: float,
    cell_m: float,
    limit_m: float,
    off_m: float,
    mark: NDArray[np.uint32],
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    edge_dm: NDArray[np.unsignedinteger],
    is_mainland: NDArray[np.bool_],
    grid: NDArray[np.float64],
    grid_start: NDArray[np.int32],
    grid_edge: NDArray[np.int32],
    site_edges: NDArray[np.int32],
    sites: NDArray[np.float64],
    seen: NDArray[np.int32],
    first_block: int,
    last_block: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], int]:
    """
    Fill the raster, which comes in as zeros, and give the witnesses; a zero that is left is far outside.

    Corner (row, column) stands at (west + column cells, south + row cells). `sites` holds for each site on an
    edge its place from the edge's first end and its way to the street (m). `seen` holds a zero for each edge.
    Only the rows of blocks from `first_block` to before `last_block` are painted: bands may be painted side by
    side, since both give a corner that they share the same value.

    Returns the numbers of cells (row * columns + column), the value of a point of the other kind in each, and
    how many of both count.
    """
    columns = raster.shape[1]
    half_m = BLOCK * cell_m / 2
    # Open squares: row and column of the south-west corner and side, in units; first and last candidate.
    # A square gives way to its four parts, so the stack grows by three on each of at most nine sizes.
    stack = np.empty((64, 5), np.int64)
    pool = np.empty(4096, np.int32)
    away, along = np.empty(4096), np.empty(4096)
    facts = np.empty((4096, FACTS))
    witness, said = np.empty(1024, np.int64), np.empty(1024, np.int32)
    witnesses = 0
    turn = 0
    for block_row in range(first_block, last_block):
        for block_column in range((columns - 2) // BLOCK + 1):
            x = west + block_column * BLOCK * cell_m + half_m
            y = south + block_row * BLOCK * cell_m + half_m
            found = FULL_POOL
            while found == FULL_POOL:
                turn += 1
                found = _gather(
                    x, y, half_m * np.sqrt(2.0), off_m, pool, seen, turn, xy, edge_a, edge_b, is_mainland, grid,
                    grid_start, grid_edge,
                )  # fmt: skip
                # On each size a square hands on some of its candidates, which stand behind its own.
                if found == FULL_POOL or len(pool) < (SIZES + 1) * found:
                    pool = np.empty(2 * len(pool) if found == FULL_POOL else (SIZES + 1) * found, np.int32)
                    away, along, facts = np.empty(len(pool)), np.empty(len(pool)), np.empty((len(pool), FACTS))
                    found = FULL_POOL
            if found == 0 or not _describe(
                pool, found, facts, mark, xy, edge_a, edge_b, edge_dm, is_mainland, site_edges
            ):
                continue
            # One witness for each cell at most.
            if witnesses + BLOCK * BLOCK > len(said):
                witness, said = grown(witness), grown(said)
            stack[0, 0], stack[0, 1] = block_row * BLOCK * UNITS, block_column * BLOCK * UNITS
            stack[0, 2], stack[0, 3], stack[0, 4] = BLOCK * UNITS, 0, found
            witnesses = _paint_block(
                raster, west, south, cell_m, limit_m, off_m, sites, stack, pool, away, along, facts, witness, said,
                witnesses,
            )  # fmt: skip
    return witness, said, witnesses


@compiled
def _gather(
    x: float,
    y: float,
    radius_m: float,
    off_m: float,
    pool: NDArray[np.int32],
    seen: NDArray[np.int32],
    turn: int,
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    is_mainland: NDArray[np.bool_],
    grid: NDArray[np.float64],
    start: NDArray[np.int32],
    members: NDArray[np.int32],
) -> int:
    """Collect the edges that can be nearest to some point within a radius of (x, y), and some more."""
    west, south, side = grid[0], grid[1], grid[2]
    columns, rows = int(grid[3]), int(grid[4])
    column, row = int(np.floor((x - west) / side)), int(np.floor((y - south) / side))
    # Nothing farther than the off-street limit from a point counts.
    most_m = off_m + 2 * radius_m
    nearest = most_m
    found = 0
    for ring in range(int(most_m / side) + 2):
        seen_m = (ring - 1) * side
        # All edges within seen_m have been met; a mainland one so near decides for the whole square.
        if nearest + 2 * radius_m <= seen_m and nearest + radius_m <= off_m:
            break
        for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
            step = 1 if ring == 0 or r in (row - ring, row + ring) else 2 * ring
            c = column - ring
            while c <= column + ring:
                if 0 <= c < columns:
                    for k in range(start[r * columns + c], start[r * columns + c + 1]):
                        edge = members[k]
                        if seen[edge] == turn:
                            continue
                        seen[edge] = turn
                        a = edge_a[edge]
                        ax, ay = xy[a, 0], xy[a, 1]
                        dx, dy = xy[edge_b[edge], 0] - ax, xy[edge_b[edge], 1] - ay
                        ax, ay = x - ax, y - ay
                        square = dx * dx + dy * dy
                        share = min(1.0, max(0.0, (ax * dx + ay * dy) / square)) if square > 0.0 else 0.0
                        ax -= share * dx
                        ay -= share * dy
                        distance = np.sqrt(ax * ax + ay * ay)
                        if distance > most_m or (distance > nearest + 2 * radius_m and is_mainland[a]):
                            continue
                        if is_mainland[a]:
                            nearest = min(nearest, distance)
                        if found == len(pool):
                            return FULL_POOL
                        pool[found] = edge
                        found += 1
                c += step
    return found
