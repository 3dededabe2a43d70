"""
Repairing lengths and owners where one site came or went, as machine code.

What a node says is a pair, its length and its owner, and pairs are compared as a whole, as in `spread`. A site that
comes spreads from its ends as far as it improves what is there. One that goes leaves its nodes, which hang together
by way of its ends; each asks its neighbors and the sites on it anew, and what they say spreads.
"""
# ruff: noqa: C901, PLR0912, PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGE, END_A, END_B, TO_A, TO_B, SNAP = range(6)
"""Columns of `places`; all are -1 where a site is closed or was never located."""
PLACE_FACTS = 6
LEFT = -2
"""The owner of a node while its owner goes."""


@compiled
def _relax(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    limit: int,
    width: int,
    best: NDArray[np.unsignedinteger],
    owner: NDArray[np.int32],
    near: NDArray[np.int64],
    far: NDArray[np.int64],
    tail: int,
) -> bool:
    """
    Let the nodes that stand in `near` up to `tail` tell their neighbors, and so on; queues are those of `bounded`.

    False where a queue was full: then the answer is not right, and a full run is quicker anyway.
    """
    head, waiting = 0, 0
    room = len(near)
    rim = np.int64(width)
    while tail > 0:
        while head < tail:
            length = near[head] >> 32
            node = np.int32(near[head] & 0xFFFFFFFF)
            head += 1
            if np.int64(best[node]) != length:
                continue
            who = owner[node]
            for edge in range(indptr[node], indptr[node + 1]):
                ahead = length + np.int64(lengths[edge])
                if ahead > limit:
                    continue
                other = indices[edge]
                known = np.int64(best[other])
                if ahead > known or (ahead == known and who >= owner[other]):
                    continue
                best[other] = ahead
                owner[other] = who
                if room in (tail, waiting):
                    return False
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
            if np.int64(best[np.int32(far[i] & 0xFFFFFFFF)]) == length:
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
    return True


@compiled
def link(places: NDArray[np.int32], first: NDArray[np.int32], following: NDArray[np.int32], row: int) -> None:
    """File a site under both its ends: `first` holds for each node, `following` for each entry, 1 + the next entry."""
    for end in range(2):
        node = places[row, END_A + end]
        following[row, end] = first[node]
        first[node] = 2 * row + end + 1


@compiled
def _unlink(places: NDArray[np.int32], first: NDArray[np.int32], following: NDArray[np.int32], row: int) -> None:
    for end in range(2):
        node = places[row, END_A + end]
        entry = 2 * row + end + 1
        if first[node] == entry:
            first[node] = following[row, end]
            continue
        before = first[node] - 1
        while following[before // 2, before % 2] != entry:
            before = following[before // 2, before % 2] - 1
        following[before // 2, before % 2] = following[row, end]


@compiled
def come(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    places: NDArray[np.int32],
    first: NDArray[np.int32],
    following: NDArray[np.int32],
    row: int,
    limit: int,
    width: int,
    best: NDArray[np.unsignedinteger],
    owner: NDArray[np.int32],
    near: NDArray[np.int64],
    far: NDArray[np.int64],
) -> bool:
    """Take in the site whose place was written down; False where it must be done by a full run."""
    link(places, first, following, row)
    tail = 0
    for end in range(2):
        node = places[row, END_A + end]
        length = np.int64(places[row, TO_A + end]) + places[row, SNAP]
        known = np.int64(best[node])
        if length <= limit and (length < known or (length == known and row < owner[node])):
            best[node] = length
            owner[node] = row
            near[tail] = (length << 32) | np.int64(node)
            tail += 1
    return _relax(indptr, indices, lengths, limit, width, best, owner, near, far, tail)


@compiled
def collect(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    places: NDArray[np.int32],
    row: int,
    owner: NDArray[np.int32],
    region: NDArray[np.int32],
) -> int:
    """List the nodes that a site owns, marking each as LEFT; `region` has room for all nodes."""
    count = 0
    for end in range(2):
        node = places[row, END_A + end]
        if owner[node] == row:
            owner[node] = LEFT
            region[count] = node
            count += 1
    looked = 0
    while looked < count:
        node = region[looked]
        looked += 1
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            if owner[other] == row:
                owner[other] = LEFT
                region[count] = other
                count += 1
    return count


@compiled
def go(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    places: NDArray[np.int32],
    first: NDArray[np.int32],
    following: NDArray[np.int32],
    row: int,
    limit: int,
    width: int,
    best: NDArray[np.unsignedinteger],
    owner: NDArray[np.int32],
    near: NDArray[np.int64],
    far: NDArray[np.int64],
    region: NDArray[np.int32],
    nothing: int,
) -> bool:
    """
    Let a site go and wipe out its place; `nothing` is the length of a node that is not reached.

    False where it must be done by a full run.
    """
    _unlink(places, first, following, row)
    count = collect(indptr, indices, places, row, owner, region)
    for fact in range(PLACE_FACTS):
        places[row, fact] = -1
    for i in range(count):
        best[region[i]] = nothing
        owner[region[i]] = -1
    tail = 0
    for i in range(count):
        node = region[i]
        least, who = np.int64(limit) + 1, np.int32(-1)
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            if owner[other] < 0:
                continue
            length = np.int64(best[other]) + np.int64(lengths[edge])
            if length < least or (length == least and owner[other] < who):
                least, who = length, owner[other]
        entry = first[node] - 1
        while entry >= 0:
            site, end = entry // 2, entry % 2
            length = np.int64(places[site, TO_A + end]) + places[site, SNAP]
            if length < least or (length == least and site < who):
                least, who = length, np.int32(site)
            entry = following[site, end] - 1
        if least <= limit:
            if tail == len(near):
                return False
            best[node] = least
            owner[node] = who
            near[tail] = (least << 32) | np.int64(node)
            tail += 1
    return _relax(indptr, indices, lengths, limit, width, best, owner, near, far, tail)
