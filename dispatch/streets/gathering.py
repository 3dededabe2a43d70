"""Searches from many sites, one after the other, with what each of them reaches written down; as machine code."""
# ruff: noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled, first_place, grown
from dispatch.streets.kernels import ROOM, bounded, new_room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets.kernels import Room

    Lists = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]

ENDS = 2


@compiled
def file_on_nodes(count: int, ends: NDArray[np.int32], to: NDArray[np.int32], snap: NDArray[np.int32]) -> Lists:
    """
    File points under the nodes at the ends of their edges; those that are not located under none.

    `ends` and `to` have shape (n, 2). Gives for node i the entries start[i] to start[i + 1]: which point, and
    its way from the node to its door.
    """
    start = np.zeros(count + 1, np.int64)
    for i in range(len(snap)):
        if snap[i] >= 0:
            start[ends[i, 0] + 1] += 1
            if ends[i, 1] != ends[i, 0]:
                start[ends[i, 1] + 1] += 1
    for node in range(count):
        start[node + 1] += start[node]
    point = np.empty(start[count], np.int32)
    way = np.empty(start[count], np.int32)
    # Each start moves on to the next node's as its entries come in, and is set back after that.
    for i in range(len(snap)):
        if snap[i] < 0:
            continue
        for end in range(1 if ends[i, 1] == ends[i, 0] else ENDS):
            node = ends[i, end]
            point[start[node]] = i
            way[start[node]] = to[i, end] + snap[i]
            start[node] += 1
    for node in range(count, 0, -1):
        start[node] = start[node - 1]
    start[0] = 0
    return start, point, way


@compiled
def gather(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    seed_node: NDArray[np.int32],
    seed_length: NDArray[np.int64],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    room: Room,
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    way: NDArray[np.int32],
    least: NDArray[np.uint32],
    found: NDArray[np.int32],
) -> tuple[int, Room]:
    """
    Collect the points filed under the nodes that a search reaches; `least` gets 1 + length of each.

    `found` has room for all points. Returns how many were found, and the room of the search.
    """
    count = 0
    reached, room = bounded(indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room)
    touched = room[0]
    for i in range(reached):
        node = touched[i]
        here = np.int64(mark[node])
        mark[node] = 0
        for k in range(start[node], start[node + 1]):
            ahead = here + np.int64(way[k])
            if ahead > limit + 1:
                continue
            one = point[k]
            known = np.int64(least[one])
            if known == 0:
                found[count] = one
                count += 1
            if known == 0 or ahead < known:
                least[one] = ahead
    return count, room


@compiled
def gather_on_edge(
    site_edge: int,
    site_to_a: int,
    site_snap: int,
    limit: int,
    edges: NDArray[np.int32],
    rows: NDArray[np.int32],
    to: NDArray[np.int32],
    snap: NDArray[np.int32],
    least: NDArray[np.uint32],
    found: NDArray[np.int32],
    count: int,
) -> int:
    """Collect the points on the site's own edge, which are reached along it; `edges` rises, `rows` goes with it."""
    k = first_place(edges, site_edge)
    while k < len(edges) and edges[k] == site_edge:
        one = rows[k]
        k += 1
        ahead = np.int64(abs(site_to_a - to[one, 0])) + site_snap + snap[one] + 1
        known = np.int64(least[one])
        if ahead > limit + 1 or (known != 0 and known <= ahead):
            continue
        if known == 0:
            found[count] = one
            count += 1
        least[one] = ahead
    return count


@compiled
def gather_points(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    site_edge: NDArray[np.int32],
    site_ends: NDArray[np.int32],
    site_to: NDArray[np.int32],
    site_snap: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    way: NDArray[np.int32],
    edges: NDArray[np.int32],
    rows: NDArray[np.int32],
    to: NDArray[np.int32],
    snap: NDArray[np.int32],
    weight: NDArray[np.float64],
    sums: NDArray[np.float64],
    is_listed: bool,  # noqa: FBT001 - kernels take no keywords
) -> Lists:
    """
    Sum up in `sums` for each site the weights of the points within the limit, and list the points if asked to.

    `start`, `point`, `way` are those of `file_on_nodes`; `edges` and `rows` the located points in the order of
    their edges. `mark` comes in and goes out as zeros. Gives the lists of all sites one after the other: where
    each begins, which points, and their lengths.
    """
    least = np.zeros(len(snap), np.uint32)
    found = np.empty(len(snap), np.int32)
    room = new_room(ROOM)
    begins = np.zeros(len(site_snap) + 1, np.int64)
    listed, length = np.empty(1024, np.int32), np.empty(1024, np.int32)
    total = 0
    seed_node, seed_length = np.empty(ENDS, np.int32), np.empty(ENDS, np.int64)
    for i in range(len(site_snap)):
        begins[i + 1] = total
        if site_snap[i] < 0:
            continue
        for end in range(ENDS):
            seed_node[end] = site_ends[i, end]
            seed_length[end] = np.int64(site_to[i, end]) + site_snap[i]
        count, room = gather(
            indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room, start, point, way, least, found
        )
        if site_edge[i] >= 0:
            count = gather_on_edge(
                site_edge[i], site_to[i, 0], site_snap[i], limit, edges, rows, to, snap, least, found, count
            )
        while is_listed and total + count > len(listed):
            listed, length = grown(listed), grown(length)
        for k in range(count):
            one = found[k]
            sums[i] += weight[one]
            if is_listed:
                listed[total] = one
                length[total] = np.int64(least[one]) - 1
                total += 1
            least[one] = 0
        begins[i + 1] = total
    return begins, listed[:total], length[:total]


@compiled
def gather_nodes(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    site_ends: NDArray[np.int32],
    site_to: NDArray[np.int32],
    site_snap: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
) -> Lists:
    """List for each site the nodes within the limit, as `gather_points` lists points."""
    begins = np.zeros(len(site_snap) + 1, np.int64)
    listed, length = np.empty(1024, np.int32), np.empty(1024, np.int32)
    total = 0
    room = new_room(ROOM)
    seed_node, seed_length = np.empty(ENDS, np.int32), np.empty(ENDS, np.int64)
    for i in range(len(site_snap)):
        begins[i + 1] = total
        if site_snap[i] < 0:
            continue
        for end in range(ENDS):
            seed_node[end] = site_ends[i, end]
            seed_length[end] = np.int64(site_to[i, end]) + site_snap[i]
        reached, room = bounded(indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room)
        while total + reached > len(listed):
            listed, length = grown(listed), grown(length)
        for k in range(reached):
            node = room[0][k]
            listed[total] = node
            length[total] = np.int64(mark[node]) - 1
            mark[node] = 0
            total += 1
        begins[i + 1] = total
    return begins, listed[:total], length[:total]


@compiled
def turn(begins: NDArray[np.int64], listed: NDArray[np.int32], length: NDArray[np.int32], count: int) -> Lists:
    """Turn lists of rows 0 to `count` - 1 into those of what lists them, each in rising order."""
    start = np.zeros(count + 1, np.int64)
    for one in listed:
        start[one + 1] += 1
    for row in range(count):
        start[row + 1] += start[row]
    back, way = np.empty(len(listed), np.int32), np.empty(len(listed), np.int32)
    for i in range(len(begins) - 1):
        for k in range(begins[i], begins[i + 1]):
            place = start[listed[k]]
            back[place], way[place] = i, length[k]
            start[listed[k]] += 1
    for row in range(count, 0, -1):
        start[row] = start[row - 1]
    start[0] = 0
    return start, back, way
