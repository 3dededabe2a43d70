"""The searches, as machine code: plain arrays in, plain arrays filled."""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - a kernel takes arrays, not objects, and is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled, first_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Room = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]
    """Where a search keeps the nodes reached, those near and those far."""

# Node states in the many-source search.
IDLE, NEAR, FAR = 0, 1, 2
ROOM = 4096
"""A search on foot enters fewer nodes than this into its queues; one that does not begins again with twice the room."""


@compiled
def spread(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    seed_node: NDArray[np.int32],
    seed_length: NDArray[np.int64],
    seed_owner: NDArray[np.int32],
    group: int,
    limit: int,
    width: int,
    best: NDArray[np.unsignedinteger],
    owner: NDArray[np.int32],
) -> int:
    """
    Fill in for every node the shortest way to any seed, and whose it is.

    The seeds come in Hilbert order and are worked off in groups, so that a group's streets stay in the
    cache; `best` is shared by all groups, and a step counts only if it improves what is there, so the
    answer is exact. Within a group nodes wait near or far (delta-stepping: Meyer and Sanders 2003, with
    corrections instead of light and heavy edges). Among equally short ways the lowest owner wins: pairs
    (length, owner) are compared as a whole, which adding an edge keeps in order.

    Returns how many edges were looked at.
    """
    count = len(indptr) - 1
    state = np.zeros(count, np.uint8)
    # A node stands in the near queue once at most, so a ring with room for all of them cannot overflow. Nor can the
    # far queue: a node enters it when it leaves the idle state; until the next look at those far away, which drops it,
    # it becomes nearer at most, and what is nearer than the rim never is far again.
    room = 1
    while room < count + 1:
        room *= 2
    mask = room - 1
    near = np.empty(room, np.int32)
    far = np.empty(count, np.int32)
    looked_at = 0
    for first in range(0, len(seed_node), group):
        head = 0
        tail = 0
        waiting = 0
        rim = width
        for i in range(first, min(len(seed_node), first + group)):
            node, length = seed_node[i], seed_length[i]
            known = np.int64(best[node])
            if length < known or (length == known and seed_owner[i] < owner[node]):
                best[node] = length
                owner[node] = seed_owner[i]
                if state[node] != NEAR:
                    state[node] = NEAR
                    near[tail & mask] = node
                    tail += 1
        while True:
            while head != tail:
                node = near[head & mask]
                head += 1
                state[node] = IDLE
                length = np.int64(best[node])
                who = owner[node]
                for edge in range(indptr[node], indptr[node + 1]):
                    ahead = length + np.int64(lengths[edge])
                    if ahead > limit:
                        continue
                    other = indices[edge]
                    known = np.int64(best[other])
                    if ahead < known or (ahead == known and who < owner[other]):
                        best[other] = ahead
                        owner[other] = who
                        place = state[other]
                        if ahead < rim:
                            if place != NEAR:
                                state[other] = NEAR
                                near[tail & mask] = other
                                tail += 1
                        elif place == IDLE:
                            state[other] = FAR
                            far[waiting] = other
                            waiting += 1
                looked_at += indptr[node + 1] - indptr[node]
            # The ring is empty: begin again at its start, which is still in the cache.
            head = 0
            tail = 0
            while waiting > 0 and tail == 0:
                rim += width
                kept = 0
                for i in range(waiting):
                    node = far[i]
                    # A node that came near meanwhile has left the far state.
                    if state[node] == FAR:
                        if np.int64(best[node]) < rim:
                            state[node] = NEAR
                            near[tail & mask] = node
                            tail += 1
                        else:
                            far[kept] = node
                            kept += 1
                waiting = kept
            if tail == 0:
                break
    return looked_at


@compiled
def new_room(size: int) -> Room:
    """Give room for a bounded search."""
    return np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size, np.int64)


@compiled
def bounded(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    seed_node: NDArray[np.int32],
    seed_length: NDArray[np.int64],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    room: Room,
) -> tuple[int, Room]:
    """
    Search from one place; the nodes reached stand in the room that comes back, in no particular order.

    `mark` comes in as zeros and holds 1 + length at each node reached: an array of zeros costs nothing
    where it is never touched, so the search costs what it reaches, not what the network holds.

    Returns how many nodes were reached, and the room, which is larger where that given was not enough.
    """
    while True:
        reached = _search(
            indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room[0], room[1], room[2]
        )
        if reached >= 0:
            return reached, room
        for i in range(-1 - reached):
            mark[room[0][i]] = 0
        room = new_room(2 * len(room[0]))


@compiled
def _search(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    seed_node: NDArray[np.int32],
    seed_length: NDArray[np.int64],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    touched: NDArray[np.int32],
    near: NDArray[np.int64],
    far: NDArray[np.int64],
) -> int:
    """
    Do the search of `bounded`, or give up where there is no room: -1 less the nodes reached until then.

    Nodes wait near or far as in `spread`. Each stands in a queue with the length it had when it came in, as one
    number (the length above, the node below); an entry whose node has become nearer meanwhile is passed over.
    Queues do not grow in here: an array that may be exchanged is looked up anew at each step, which doubles the time.
    """
    room = len(touched)
    reached, head, tail, waiting = 0, 0, 0, 0
    for i in range(len(seed_node)):
        node, length = seed_node[i], seed_length[i]
        known = np.int64(mark[node])
        if length > limit or (known != 0 and length + 1 >= known):
            continue
        if tail == room:
            return -1 - reached
        if known == 0:
            touched[reached] = node
            reached += 1
        mark[node] = length + 1
        near[tail] = (length << 32) | np.int64(node)
        tail += 1
    rim = np.int64(width)
    while tail > 0:
        while head < tail:
            length = near[head] >> 32
            node = np.int32(near[head] & 0xFFFFFFFF)
            head += 1
            if np.int64(mark[node]) != length + 1:
                continue
            for edge in range(indptr[node], indptr[node + 1]):
                ahead = length + np.int64(lengths[edge])
                if ahead > limit:
                    continue
                other = indices[edge]
                known = np.int64(mark[other])
                if known != 0:
                    if ahead + 1 >= known:
                        continue
                else:
                    if reached == room:
                        return -1 - reached
                    touched[reached] = other
                    reached += 1
                mark[other] = ahead + 1
                if room in (tail, waiting):
                    return -1 - reached
                if ahead < rim:
                    near[tail] = (ahead << 32) | np.int64(other)
                    tail += 1
                else:
                    far[waiting] = (ahead << 32) | np.int64(other)
                    waiting += 1
        head, tail, kept = 0, 0, 0
        least = np.int64(limit) + 1
        for i in range(waiting):
            length = far[i] >> 32
            if np.int64(mark[np.int32(far[i] & 0xFFFFFFFF)]) == length + 1:
                least = min(least, length)
                far[kept] = far[i]
                kept += 1
        rim = least + width
        waiting = 0
        for i in range(kept):
            if far[i] >> 32 < rim:
                near[tail] = far[i]
                tail += 1
            else:
                far[waiting] = far[i]
                waiting += 1
    return reached


@compiled
def read_at_points(
    best: NDArray[np.unsignedinteger],
    owner: NDArray[np.int32],
    limit: int,
    point_edge: NDArray[np.int32],
    ends: NDArray[np.int32],
    point_to: NDArray[np.int32],
    point_snap: NDArray[np.int32],
    site_rows: NDArray[np.int32],
    site_edges: NDArray[np.int32],
    site_to_a: NDArray[np.int32],
    site_snap: NDArray[np.int32],
    out_length: NDArray[np.int32],
    out_owner: NDArray[np.int32],
) -> None:
    """
    Read the field at points on edges.

    `ends` and `point_to` have shape (n, 2); `site_edges` is sorted, the other arrays of sites go with it.
    """
    for i in range(len(point_edge)):
        snap = point_snap[i]
        if snap < 0:
            continue
        least, who = np.int64(limit) + 1, np.int32(-1)
        for end in range(2):
            node = ends[i, end]
            if owner[node] < 0:
                continue
            length = np.int64(best[node]) + point_to[i, end] + snap
            if length < least or (length == least and owner[node] < who):
                least, who = length, owner[node]
        # A site on the same edge is reached along it, not by way of its ends.
        edge = point_edge[i]
        if edge >= 0 and len(site_edges) > 0:
            k = first_place(site_edges, edge)
            while k < len(site_edges) and site_edges[k] == edge:
                length = np.int64(abs(site_to_a[k] - point_to[i, 0])) + snap + site_snap[k]
                if length < least or (length == least and site_rows[k] < who):
                    least, who = length, site_rows[k]
                k += 1
        if least <= limit:
            out_length[i] = least
            out_owner[i] = who


@compiled
def fill_matrix(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    origin_edge: NDArray[np.int32],
    origin_ends: NDArray[np.int32],
    origin_to: NDArray[np.int32],
    origin_snap: NDArray[np.int32],
    edge: NDArray[np.int32],
    ends: NDArray[np.int32],
    to: NDArray[np.int32],
    snap: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    out: NDArray[np.int32],
) -> None:
    """Search from each origin and read off each destination; `mark` comes in and goes out as zeros."""
    seed_node, seed_length = np.empty(2, np.int32), np.empty(2, np.int64)
    room = new_room(ROOM)
    for i in range(len(origin_edge)):
        if origin_snap[i] < 0:
            continue
        for end in range(2):
            seed_node[end] = origin_ends[i, end]
            seed_length[end] = np.int64(origin_to[i, end]) + origin_snap[i]
        reached, room = bounded(indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room)
        for j in range(len(edge)):
            if snap[j] < 0:
                continue
            least = np.int64(limit) + 1
            for end in range(2):
                known = np.int64(mark[ends[j, end]])
                if known > 0:
                    least = min(least, known - 1 + to[j, end] + snap[j])
            if edge[j] >= 0 and edge[j] == origin_edge[i]:
                least = min(least, np.int64(abs(to[j, 0] - origin_to[i, 0])) + snap[j] + origin_snap[i])
            if least <= limit:
                out[i, j] = least
        for k in range(reached):
            mark[room[0][k]] = 0


@compiled
def pass_over_edges(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    best: NDArray[np.unsignedinteger],
    out: NDArray[np.int64],
) -> None:
    """Look once at every edge: the floor that no search over the whole network can undercut."""
    for node in range(len(indptr) - 1):
        least = np.int64(best[node])
        for edge in range(indptr[node], indptr[node + 1]):
            least = min(least, np.int64(best[indices[edge]]) + np.int64(lengths[edge]))
        out[node] = least
