"""Adding each point's weight to all places that reach it, as machine code."""
# ruff: noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled
from dispatch.streets.gathering import ENDS, gather, gather_on_edge
from dispatch.streets.kernels import ROOM, bounded, new_room

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def scatter_on_nodes(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    chosen: NDArray[np.int32],
    units: NDArray[np.int64],
    ends: NDArray[np.int32],
    to: NDArray[np.int32],
    snap: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    gain: NDArray[np.int64],
) -> None:
    """
    Add the units of the chosen points to every node within the limit of them.

    Streets are walked both ways, so whom a point reaches is who reaches the point. `mark` comes in and goes out
    as zeros.
    """
    seed_node, seed_length = np.empty(ENDS, np.int32), np.empty(ENDS, np.int64)
    room = new_room(ROOM)
    for row in chosen:
        if snap[row] < 0:
            continue
        for end in range(ENDS):
            seed_node[end] = ends[row, end]
            seed_length[end] = np.int64(to[row, end]) + snap[row]
        reached, room = bounded(indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room)
        touched = room[0]
        for k in range(reached):
            gain[touched[k]] += units[row]
            mark[touched[k]] = 0


@compiled
def scatter_on_sites(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    chosen: NDArray[np.int32],
    units: NDArray[np.int64],
    edge: NDArray[np.int32],
    ends: NDArray[np.int32],
    to: NDArray[np.int32],
    snap: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    start: NDArray[np.int64],
    site: NDArray[np.int32],
    way: NDArray[np.int32],
    site_edges: NDArray[np.int32],
    site_rows: NDArray[np.int32],
    site_to: NDArray[np.int32],
    site_snap: NDArray[np.int32],
    least: NDArray[np.uint32],
    gain: NDArray[np.int64],
) -> None:
    """Do the same for sites, filed as `file_on_nodes` does it, instead of nodes; `least` goes out as zeros too."""
    seed_node, seed_length = np.empty(ENDS, np.int32), np.empty(ENDS, np.int64)
    room = new_room(ROOM)
    found = np.empty(len(site_snap), np.int32)
    for row in chosen:
        if snap[row] < 0:
            continue
        for end in range(ENDS):
            seed_node[end] = ends[row, end]
            seed_length[end] = np.int64(to[row, end]) + snap[row]
        count, room = gather(
            indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room, start, site, way, least, found
        )
        if edge[row] >= 0:
            count = gather_on_edge(
                edge[row], to[row, 0], snap[row], limit, site_edges, site_rows, site_to, site_snap, least, found, count
            )
        for k in range(count):
            gain[found[k]] += units[row]
            least[found[k]] = 0
