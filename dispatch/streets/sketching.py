"""
Circles drawn in a moment, for maps that follow a hand: close to what `reach_area` draws, but not to the meter.

Every piece of street within the limit paints what lies around it, as far as the time left and a limit off the street
allow, onto one raster; streets out of reach take back what lies clearly nearer to them; the outline is traced once, for
one site as for a whole city. What is narrower than a cell may be lost: whoever counts people asks for their ways, and
whoever needs an outline that agrees with them takes `reach_area` or `covered_area`.
"""
# ruff: noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from dispatch.geo import MetricPolygon
from dispatch.streets.areas import frame_of
from dispatch.streets.compiled import compiled, compiled_loosely
from dispatch.streets.painting import FULL
from dispatch.streets.searching import reach
from dispatch.streets.tracing import outline
from dispatch.streets.values import DM_PER_M, UNREACHED, Field, Network, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

SKETCH_CELL_M = 10.0
SKETCH_OFF_M = 25.0
"""As far off a street: what stands along it."""

SKETCH_TOLERANCE_M = 0.1
"""Points of an outline no farther than this from a straight line are left out: about every seventh."""

CLEARLY_M = 3.0
"""A street out of reach counts where it is nearer by more than this; less would cut off what stands on one in reach."""

EXTRA_M = 1.5
"""The outline is drawn so much farther, since straight lines between corners cut short the ends of what is in reach."""

FAR_DM = 2**30
STEPS = 255

PIECE = 11
"""
What the rows around one piece are told: the way east and north to its other end (m), 1 / its squared length, the ways
from both ends to a site, its length and the limit (m), how far off the street (m), a cell (m), levels in a meter, and
steps in a meter or meters in a step.
"""


@compiled_loosely
def _paint_row(
    levels: NDArray[np.int8],
    nearest: NDArray[np.uint8],
    piece: NDArray[np.float32],
    x: np.float32,
    y: np.float32,
) -> None:
    """
    Paint a part of a row around one piece; the part begins x and y meters east and north of where the piece does.

    Without a branch and in the narrow type, so that eight corners are painted at once.
    """
    dx, dy, inverse = piece[0], piece[1], piece[2]
    from_a, from_b, length, limit = piece[3], piece[4], piece[5], piece[6]
    off, cell, per_cell, per_step = piece[7], piece[8], piece[9], piece[10]
    one, zero = np.float32(1.0), np.float32(0.0)
    for i in range(len(levels)):
        ox = x + np.float32(i) * cell
        share = min(one, max(zero, (ox * dx + y * dy) * inverse))
        ox -= share * dx
        oy = y - share * dy
        away = np.sqrt(ox * ox + oy * oy)
        value = min(off, limit - min(from_a + share * length, from_b + (one - share) * length)) - away
        level = np.int32(min(np.float32(FULL), max(np.float32(-FULL), value * per_cell)))
        # Never 0, which no line may run through.
        level += np.int32(level == 0) * (np.int32(1) if value >= zero else np.int32(-1))
        levels[i] = max(levels[i], np.int8(level))
        # How near the nearest street in reach is, in steps up to the farthest that counts; 0 where there is none.
        steps = np.int32(STEPS) - np.int32(min(np.float32(STEPS), away * per_step))
        nearest[i] = max(nearest[i], np.uint8(steps if value > -cell else np.int32(0)))


@compiled
def _in_eights(first: int, after: int, columns: int) -> int:
    """Where a part of a row ends if it is widened to whole eights, as far as the raster goes."""
    return min(columns, first + (after - first + 7) // 8 * 8)


@compiled
def _paint_piece(
    raster: NDArray[np.int8],
    nearest: NDArray[np.uint8],
    west: float,
    south: float,
    cell_m: float,
    off_m: float,
    limit_m: float,
    piece: NDArray[np.float32],
    ax: float,
    ay: float,
    bx: float,
    by: float,
    from_a: float,
    from_b: float,
    length: float,
) -> None:
    """Paint around the straight piece from a to b, whose ends are reached on ways of `from_a` and `from_b` meters."""
    rows, columns = raster.shape
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    # One corner more on each side, so that the line between inside and outside has both its ends.
    pad = off_m + cell_m
    piece[0], piece[1], piece[2] = dx, dy, 1.0 / square if square > 0.0 else 0.0
    piece[3], piece[4], piece[5], piece[6] = from_a, from_b, length, limit_m + EXTRA_M
    piece[7], piece[8], piece[9], piece[10] = off_m, cell_m, FULL / cell_m, (STEPS - 1) / pad
    per_cell = 1.0 / cell_m
    first_row = max(0, int(np.ceil((min(ay, by) - pad - south) * per_cell)))
    last_row = min(rows - 1, int(np.floor((max(ay, by) + pad - south) * per_cell)))
    first = max(0, int(np.ceil((min(ax, bx) - pad - west) * per_cell)))
    after = min(columns, int(np.floor((max(ax, bx) + pad - west) * per_cell)) + 1)
    after = _in_eights(first, after, columns)
    x = np.float32(west + first * cell_m - ax)
    for row in range(first_row, last_row + 1):
        _paint_row(raster[row, first:after], nearest[row, first:after], piece, x, np.float32(south + row * cell_m - ay))


@compiled
def sketch(
    raster: NDArray[np.int8],
    nearest: NDArray[np.uint8],
    west: float,
    south: float,
    cell_m: float,
    off_m: float,
    limit_m: float,
    nodes: NDArray[np.int32],
    mark: NDArray[np.uint32],
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    xy: NDArray[np.float64],
    ends: NDArray[np.int32],
    along: NDArray[np.int32],
    snap: NDArray[np.int32],
) -> None:
    """
    Paint all edges of the nodes reached, and from each site on an edge to both ends of it.

    `mark` holds 1 + length at each node reached; `ends`, `along` (n, 2) and `snap` are those of sites on edges.
    """
    piece = np.empty(PIECE, np.float32)
    for node in nodes:
        here = (np.float64(mark[node]) - 1.0) / DM_PER_M
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            if mark[other] > 0 and other < node:
                continue
            there = (np.float64(mark[other]) - 1.0) / DM_PER_M if mark[other] > 0 else np.float64(FAR_DM)
            _paint_piece(
                raster, nearest, west, south, cell_m, off_m, limit_m, piece, xy[node, 0], xy[node, 1], xy[other, 0],
                xy[other, 1], here, there, np.float64(lengths[edge]) / DM_PER_M,
            )  # fmt: skip
    for i in range(len(snap)):
        a, b = ends[i, 0], ends[i, 1]
        whole = np.float64(along[i, 0]) + along[i, 1]
        share = along[i, 0] / whole if whole > 0.0 else 0.0
        x, y = xy[a, 0] + share * (xy[b, 0] - xy[a, 0]), xy[a, 1] + share * (xy[b, 1] - xy[a, 1])
        for end in range(2):
            _paint_piece(
                raster, nearest, west, south, cell_m, off_m, limit_m, piece, x, y, xy[ends[i, end], 0],
                xy[ends[i, end], 1], snap[i] / DM_PER_M, np.float64(FAR_DM), along[i, end] / DM_PER_M,
            )  # fmt: skip


@compiled
def _is_any_inside(levels: NDArray[np.int8]) -> bool:
    inside = 0
    for i in range(len(levels)):
        inside += levels[i] > 0
    return inside > 0


@compiled_loosely
def _take_back_row(
    levels: NDArray[np.int8], nearest: NDArray[np.uint8], piece: NDArray[np.float32], x: np.float32, y: np.float32
) -> None:
    """Take back what of a part of a row is inside and clearly nearer to one piece; as `_paint_row`."""
    dx, dy, inverse, cell, per_cell, per_step = piece[0], piece[1], piece[2], piece[8], piece[9], piece[10]
    one, zero = np.float32(1.0), np.float32(0.0)
    for i in range(len(levels)):
        ox = x + np.float32(i) * cell
        share = min(one, max(zero, (ox * dx + y * dy) * inverse))
        ox -= share * dx
        oy = y - share * dy
        other = np.float32(STEPS - np.int32(nearest[i])) * per_step
        value = (np.sqrt(ox * ox + oy * oy) + np.float32(CLEARLY_M) - other) * per_cell
        level = np.int32(min(np.float32(FULL), max(np.float32(-FULL), value)))
        level += np.int32(level == 0) * (np.int32(1) if value >= zero else np.int32(-1))
        levels[i] = min(levels[i], np.int8(level)) if levels[i] > 0 else levels[i]


@compiled
def take_back(
    raster: NDArray[np.int8],
    nearest: NDArray[np.uint8],
    west: float,
    south: float,
    cell_m: float,
    off_m: float,
    mark: NDArray[np.uint32],
    xy: NDArray[np.float64],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    grid: NDArray[np.float64],
    start: NDArray[np.int32],
    members: NDArray[np.int32],
) -> None:
    """Let streets out of reach take back the corners that are clearly nearer to them."""
    rows, columns = raster.shape
    pad, per_cell = off_m + cell_m, 1.0 / cell_m
    piece = np.empty(PIECE, np.float32)
    piece[8], piece[9], piece[10] = cell_m, FULL * per_cell, pad / (STEPS - 1)
    side, across, up = grid[2], int(grid[3]), int(grid[4])
    left = max(0, int(np.floor((west - grid[0]) / side)))
    right = min(across - 1, int(np.floor((west + columns * cell_m - grid[0]) / side)))
    bottom = max(0, int(np.floor((south - grid[1]) / side)))
    top = min(up - 1, int(np.floor((south + rows * cell_m - grid[1]) / side)))
    for square in range((top - bottom + 1) * (right - left + 1)):
        square_row, square_column = bottom + square // (right - left + 1), left + square % (right - left + 1)
        # What this square's part of a street can take back; the rest is seen to from the next ones, which list it too.
        low_x, low_y = grid[0] + square_column * side - west - pad, grid[1] + square_row * side - south - pad
        row_0, row_1 = max(0, int(np.ceil(low_y * per_cell))), min(rows, int((low_y + side + 2 * pad) * per_cell) + 1)
        from_0 = max(0, int(np.ceil(low_x * per_cell)))
        to_0 = min(columns, int((low_x + side + 2 * pad) * per_cell) + 1)
        is_any = False
        for row in range(row_0, row_1):
            is_any = is_any or _is_any_inside(raster[row, from_0:to_0])
        if not is_any:
            continue
        place = square_row * across + square_column
        for k in range(start[place], start[place + 1]):
            a, b = edge_a[members[k]], edge_b[members[k]]
            if mark[a] > 0 or mark[b] > 0:
                continue
            ax, ay = xy[a, 0], xy[a, 1]
            dx, dy = xy[b, 0] - ax, xy[b, 1] - ay
            square_m2 = dx * dx + dy * dy
            piece[0], piece[1], piece[2] = dx, dy, 1.0 / square_m2 if square_m2 > 0.0 else 0.0
            first_row = max(row_0, int(np.ceil((min(0.0, dy) + ay - pad - south) * per_cell)))
            after_row = min(row_1, int(np.floor((max(0.0, dy) + ay + pad - south) * per_cell)) + 1)
            first = max(from_0, int(np.ceil((min(0.0, dx) + ax - pad - west) * per_cell)))
            after = min(to_0, int(np.floor((max(0.0, dx) + ax + pad - west) * per_cell)) + 1)
            if first >= after:
                continue
            after = _in_eights(first, after, columns)
            x = np.float32(west + first * cell_m - ax)
            for row in range(first_row, after_row):
                levels = raster[row, first:after]
                if _is_any_inside(levels):
                    _take_back_row(levels, nearest[row, first:after], piece, x, np.float32(south + row * cell_m - ay))


def sketch_reach(
    network: Network, *, site: Snaps, limit_dm: int, off_street_max_m: float = SKETCH_OFF_M
) -> MetricPolygon:
    """
    Sketch the area from which one site is reached; parameters are those of `reach_area`.

    Against samples every 10 m along all streets, of what lies inside 3 % at most is out of reach, and of what is in
    reach 0.5 % at most lies outside (means over many circles; `benchmarks/coverage.py` measures it).
    """
    found = reach(network, site=site, limit_dm=limit_dm)
    mark = np.zeros(network.node_count, np.uint32)
    mark[found.nodes] = found.length_dm + 1
    return _draw(network, mark=mark, nodes=found.nodes, sites=site, limit_dm=limit_dm, off_m=off_street_max_m)


def sketch_covered(
    network: Network, *, field: Field, sites: Snaps, limit_dm: int, off_street_max_m: float = SKETCH_OFF_M
) -> MetricPolygon:
    """Sketch the area from which any of many sites is reached; parameters are those of `covered_area`."""
    if limit_dm > field.limit_dm:
        msg = f"The field ends at {field.limit_dm} dm, before {limit_dm}"
        raise ValueError(msg)
    is_near = field.is_reached & (field.length_dm <= limit_dm)
    mark = np.where(is_near, field.length_dm.astype(np.uint32) + np.uint32(1), np.uint32(0))
    nodes = np.flatnonzero(is_near).astype(np.int32)
    return _draw(network, mark=mark, nodes=nodes, sites=sites, limit_dm=limit_dm, off_m=off_street_max_m)


def _draw(
    network: Network, *, mark: NDArray[np.uint32], nodes: NDArray[np.int32], sites: Snaps, limit_dm: int, off_m: float
) -> MetricPolygon:
    rows = np.flatnonzero((sites.edge != UNREACHED) & (sites.snap_dm <= limit_dm))
    ends = np.column_stack((sites.a[rows], sites.b[rows]))
    touched = np.concatenate((nodes, ends.ravel()))
    if not len(touched):
        return MetricPolygon(shapely.MultiPolygon())
    frame = frame_of(network, ends=touched, margin_m=off_m + 1.0, cell_m=SKETCH_CELL_M)
    raster = np.full((frame.rows, frame.columns), -FULL, np.int8)
    nearest = np.zeros((frame.rows, frame.columns), np.uint8)
    sketch(
        raster,
        nearest,
        frame.west,
        frame.south,
        SKETCH_CELL_M,
        off_m,
        limit_dm / DM_PER_M,
        nodes,
        mark,
        network.indptr,
        network.indices,
        network.length_dm,
        network.xy,
        ends,
        np.column_stack((sites.to_a_dm[rows], sites.to_b_dm[rows])),
        sites.snap_dm[rows],
    )
    take_back(
        raster,
        nearest,
        frame.west,
        frame.south,
        SKETCH_CELL_M,
        off_m,
        mark,
        network.xy,
        network.edge_a,
        network.edge_b,
        network.grid,
        network.grid_start,
        network.grid_edge,
    )
    return outline(raster, west=frame.west, south=frame.south, cell_m=SKETCH_CELL_M, tolerance_m=SKETCH_TOLERANCE_M)
