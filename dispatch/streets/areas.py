"""The area from which a site is reached, as a polygon."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from dispatch.geo import MetricPolygon
from dispatch.streets.compiled import compiled
from dispatch.streets.painting import BLOCK, CORNERS, FULL, paint
from dispatch.streets.searching import reach
from dispatch.streets.snapping import snap_points
from dispatch.streets.tracing import outline
from dispatch.streets.values import DM_PER_M, MAX_SNAP_M, UNREACHED, Field, Network, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL_M = 7.0
"""The diagonal of a cell is 9.9 m: every point of a cell that the outline crosses is within 10 m of it."""

CORNERS_FOR_ONE = 1_000_000
"""A raster up to this size, which is 49 km², is painted by one thread: a circle has 100,000 corners."""


def reach_area(
    network: Network, *, site: Snaps, limit_dm: int, off_street_max_m: float = MAX_SNAP_M, cell_m: float = CELL_M
) -> MetricPolygon:
    """
    Draw the area from which one site is reached: its service circle.

    Parameters
    ----------
    network : Network
        The streets.
    site : Snaps
        Exactly one point; if it is not located, the area is empty.
    limit_dm : int
        Longest way, this length included, decimetres.
    off_street_max_m : float
        The area goes no farther from a street than this.
    cell_m : float
        Side of a raster cell, at most 7 m.

    Returns
    -------
    MetricPolygon
        In the metres of the network's projection. A point farther than 10 m from its outline lies inside
        exactly if a person there, snapped to the nearest street, is within the limit.

    """
    found = reach(network, site=site, limit_dm=limit_dm)
    mark = np.zeros(network.node_count, np.uint32)
    mark[found.nodes] = found.length_dm + 1
    return _draw(
        network,
        mark=mark,
        nodes=found.nodes,
        sites=site,
        limit_dm=limit_dm,
        off_street_max_m=off_street_max_m,
        cell_m=cell_m,
    )


def covered_area(
    network: Network,
    *,
    field: Field,
    sites: Snaps,
    limit_dm: int,
    off_street_max_m: float = MAX_SNAP_M,
    cell_m: float = CELL_M,
) -> MetricPolygon:
    """
    Draw the area from which any of many sites is reached; see `reach_area`.

    `field` is that of `sites`; `limit_dm` may be anything up to the field's own limit, so one field serves
    several limits.
    """
    if limit_dm > field.limit_dm:
        msg = f"The field ends at {field.limit_dm} dm, before {limit_dm}"
        raise ValueError(msg)
    is_near = field.is_reached & (field.length_dm <= limit_dm)
    mark = np.where(is_near, field.length_dm.astype(np.uint32) + 1, 0).astype(np.uint32)
    return _draw(
        network,
        mark=mark,
        nodes=np.flatnonzero(is_near).astype(np.int32),
        sites=sites,
        limit_dm=limit_dm,
        off_street_max_m=off_street_max_m,
        cell_m=cell_m,
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the raster lies: its south-west corner (m) and how many corners it has."""

    west: float
    south: float
    rows: int
    columns: int


def _draw(
    network: Network,
    *,
    mark: NDArray[np.uint32],
    nodes: NDArray[np.int32],
    sites: Snaps,
    limit_dm: int,
    off_street_max_m: float,
    cell_m: float,
) -> MetricPolygon:
    if not 0.0 < cell_m <= CELL_M:
        msg = f"A cell of {cell_m} m is too large: the outline could be more than 10 m off"
        raise ValueError(msg)
    rows = np.flatnonzero(sites.edge != UNREACHED)
    rows = rows[np.argsort(sites.edge[rows], kind="stable")]
    ends = np.concatenate((nodes, sites.a[rows], sites.b[rows]))
    if not len(ends):
        return MetricPolygon(shapely.MultiPolygon())
    frame = frame_of(network, ends=ends, margin_m=min(off_street_max_m, limit_dm / DM_PER_M) + 1.0, cell_m=cell_m)
    raster = np.zeros((frame.rows, frame.columns), np.int8)
    on_edges = np.column_stack((sites.to_a_dm[rows], sites.snap_dm[rows])) / DM_PER_M

    def paint_band(blocks: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        cells, values, count = paint(
            raster,
            frame.west,
            frame.south,
            cell_m,
            limit_dm / DM_PER_M,
            off_street_max_m,
            mark,
            network.xy,
            network.edge_a,
            network.edge_b,
            network.edge_length_dm,
            network.is_mainland,
            network.grid,
            network.grid_start,
            network.grid_edge,
            sites.edge[rows],
            on_edges,
            np.zeros(network.edge_count, np.int32),
            *blocks,
        )
        return cells[:count], values[:count]

    bands = _bands(frame)
    if len(bands) == 1:
        heard = [paint_band(bands[0])]
    else:
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            heard = list(threads.map(paint_band, bands))
    cells, values = (np.concatenate(part) for part in zip(*heard, strict=True))
    order = np.argsort(cells)
    _hear_witnesses(raster, cells[order], values[order])
    if len(network.walls):
        _mind_walls(
            raster,
            frame=frame,
            network=network,
            mark=mark,
            sites=sites,
            limit_dm=limit_dm,
            off_street_max_m=off_street_max_m,
            cell_m=cell_m,
        )
    return outline(raster, west=frame.west, south=frame.south, cell_m=cell_m)


def _mind_walls(
    raster: NDArray[np.int8],
    *,
    frame: Frame,
    network: Network,
    mark: NDArray[np.uint32],
    sites: Snaps,
    limit_dm: int,
    off_street_max_m: float,
    cell_m: float,
) -> None:
    """
    Paint the corners near walls anew, each by what a person there is told.

    What the nearest street says changes at a wall from one place to the next, so nothing is concluded from a
    corner for its surroundings: near walls an outline follows the corners.
    """
    near = np.zeros((frame.rows, frame.columns), np.bool_)
    for ax, ay, bx, by in network.walls.tolist():
        left, bottom = (
            max(0, int((min(pair) - off_street_max_m - low) / cell_m))
            for pair, low in (((ax, bx), frame.west), ((ay, by), frame.south))
        )
        right, top = (
            int((max(pair) + off_street_max_m - low) / cell_m) + 2
            for pair, low in (((ax, bx), frame.west), ((ay, by), frame.south))
        )
        near[bottom : max(0, top), left : max(0, right)] = True
    # The rim stays outside, whatever is near: it closes every ring.
    near[[0, -1], :] = near[:, [0, -1]] = False
    row, column = np.nonzero(near)
    if not len(row):
        return
    places = np.column_stack((frame.west + column * cell_m, frame.south + row * cell_m))
    homes = snap_points(network, points_xy=places, max_snap_m=off_street_max_m)
    a, b = (mark[np.maximum(end, 0)].astype(np.int64) for end in (homes.a, homes.b))
    never = np.int64(2**40)
    way = np.minimum(np.where(a > 0, a - 1 + homes.to_a_dm, never), np.where(b > 0, b - 1 + homes.to_b_dm, never))
    for site in np.flatnonzero(sites.edge != UNREACHED).tolist():
        on = homes.edge == sites.edge[site]
        along = np.abs(homes.to_a_dm[on].astype(np.int64) - int(sites.to_a_dm[site])) + int(sites.snap_dm[site])
        way[on] = np.minimum(way[on], along)
    left_m = (limit_dm - way - homes.snap_dm) / DM_PER_M
    level = np.rint(np.clip(left_m / cell_m, -1.0, 1.0) * FULL)
    level = np.where(left_m >= 0, np.maximum(level, 1), np.minimum(level, -1))
    raster[row, column] = np.where(homes.is_located, level, -FULL).astype(np.int8)


@compiled
def _bounds(
    nodes: NDArray[np.int32], indptr: NDArray[np.int32], indices: NDArray[np.int32], xy: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    west = south = np.inf
    east = north = -np.inf
    for node in nodes:
        for k in range(indptr[node] - 1, indptr[node + 1]):
            one = node if k < indptr[node] else indices[k]
            west, east = min(west, xy[one, 0]), max(east, xy[one, 0])
            south, north = min(south, xy[one, 1]), max(north, xy[one, 1])
    return west, south, east, north


def frame_of(network: Network, *, ends: NDArray[np.int32], margin_m: float, cell_m: float) -> Frame:
    """Frame all edges that have one of these ends, with a margin that nothing covered can reach beyond."""
    west, south, east, north = _bounds(ends, network.indptr, network.indices, network.xy)
    # On whole cells, so that the areas of one network lie on one raster.
    first_column, first_row = (int(np.floor((low - margin_m) / cell_m)) - 1 for low in (west, south))
    last_column, last_row = (int(np.ceil((high + margin_m) / cell_m)) + 1 for high in (east, north))
    return Frame(
        west=first_column * cell_m,
        south=first_row * cell_m,
        rows=last_row - first_row + 1,
        columns=last_column - first_column + 1,
    )


@compiled
def _hear_witnesses(  # noqa: C901 - a kernel, in one piece
    raster: NDArray[np.int8], cells: NDArray[np.int64], values: NDArray[np.int32]
) -> None:
    """
    Let a corner speak for each cell whose corners agree though a point in it differs.

    The corner takes the witness's value, so that the outline passes through the cell. It must not take the
    outline away from another cell: one that would be left with four equal corners keeps it from changing.
    """
    rows, columns = raster.shape
    for k in range(len(cells)):
        row, column = cells[k] // columns, cells[k] % columns
        is_in = values[k] > 0
        agree = True
        for i in range(2):
            for j in range(2):
                agree = agree and (raster[row + i, column + j] > 0) != is_in
        if not agree:
            continue
        chosen = -1
        for corner in range(4):
            r, c = row + corner // 2, column + corner % 2
            if not (0 < r < rows - 1 and 0 < c < columns - 1):
                continue
            is_free = True
            for i in range(r - 1, r + 1):
                for j in range(c - 1, c + 1):
                    same = 0
                    for m in range(4):
                        same += (raster[i + m // 2, j + m % 2] > 0) == is_in
                    # Not if the three others are of the corner's new kind already.
                    is_free = is_free and same < CORNERS - 1
            if is_free:
                chosen = corner
                break
        if chosen >= 0:
            raster[row + chosen // 2, column + chosen % 2] = values[k]


def _bands(frame: Frame) -> list[tuple[int, int]]:
    """Share the rows of blocks among the processors, where there are enough to be worth it."""
    blocks = (frame.rows - 2) // BLOCK + 1
    is_large = frame.rows * frame.columns > CORNERS_FOR_ONE
    count = min(os.cpu_count() or 1, blocks) if is_large else 1
    # More bands than processors, since a city's middle takes longer than its rim.
    cuts = np.linspace(0, blocks, (4 * count if count > 1 else 1) + 1).astype(int).tolist()
    return [(first, last) for first, last in pairwise(cuts) if first < last]
