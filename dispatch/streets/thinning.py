"""
Taking nodes out of a network without changing how far its other nodes are apart.

A node goes, and each two of its neighbors are joined by the way over it where that is the shortest. This is Gauss's
elimination with (least, sum) in place of (sum, product) - Carré 1971, An algebra for network routing problems - and
what a contraction hierarchy does without its search for witnesses.
"""
# ruff: noqa: C901, PLR0912, PLR0915 - a kernel takes arrays, not objects, and is one piece for speed

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Found by measurement on networks of 20,000 to 1,000,000 nodes with 2,200 nodes kept.
MOST_NEIGHBORS = 24
"""Nodes with more neighbors stay: each two of them would be joined."""


class Thinned(NamedTuple):
    """
    What is left of a network: neighbors of node i stand at indptr[i] to indptr[i + 1].

    `number` gives for every node before its number now, -1 where it was taken out.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    lengths: NDArray[np.uint32]
    number: NDArray[np.int32]


def thin_out(
    *,
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    edge_length: NDArray[np.int64],
    is_kept: NDArray[np.bool_],
    limit: int,
    most_neighbors: int = MOST_NEIGHBORS,
) -> Thinned:
    """
    Take out nodes with few neighbors, those with the fewest first.

    Parameters
    ----------
    edge_a, edge_b : ndarray of int32, shape (m,)
        Ends of edges that lead both ways.
    edge_length : ndarray of int64, shape (m,)
        Not negative.
    is_kept : ndarray of bool, shape (n,)
        These stay whatever neighbors they have.
    limit : int
        Ways longer than this may get lost, in 0 to 2**30.
    most_neighbors : int
        Nodes with more stay.

    Returns
    -------
    Thinned
        Between nodes that stay, ways up to the limit are exactly as long as before.

    """
    count = len(is_kept)
    # Beyond the first few neighbors a node that goes leaves more edges than it had; where there is no room, it stays.
    room = len(edge_a) + len(edge_a) // 2 + 1
    head = np.full(count, -1, np.int32)
    following = np.empty(2 * room, np.int32)
    to = np.empty(2 * room, np.int32)
    length = np.empty(room, np.int64)
    degree = np.zeros(count, np.int32)
    is_gone = np.zeros(count, np.bool_)
    _link(edge_a, edge_b, edge_length, head, following, to, length, degree)
    _take_out(len(edge_a), is_kept, limit, most_neighbors, head, following, to, length, degree, is_gone)
    number = np.where(is_gone, -1, np.cumsum(~is_gone) - 1).astype(np.int32)
    indptr = np.zeros(count - int(is_gone.sum()) + 1, np.int32)
    np.cumsum(degree[~is_gone], out=indptr[1:])
    indices, lengths = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.uint32)
    _collect(number, indptr, head, following, to, length, indices, lengths)
    return Thinned(indptr, indices, lengths, number)


@compiled
def _link(
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    edge_length: NDArray[np.int64],
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    to: NDArray[np.int32],
    length: NDArray[np.int64],
    degree: NDArray[np.int32],
) -> None:
    """Hang each node's edges on a list: edge k leads from a to b at place 2 k, and back at 2 k + 1."""
    for k in range(len(edge_a)):
        a, b = edge_a[k], edge_b[k]
        length[k] = edge_length[k]
        to[2 * k], following[2 * k], head[a] = b, head[a], 2 * k
        to[2 * k + 1], following[2 * k + 1], head[b] = a, head[b], 2 * k + 1
        degree[a] += 1
        degree[b] += 1


@compiled
def _take_out(
    used: int,
    is_kept: NDArray[np.bool_],
    limit: int,
    most_neighbors: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    to: NDArray[np.int32],
    length: NDArray[np.int64],
    degree: NDArray[np.int32],
    is_gone: NDArray[np.bool_],
) -> None:
    """Take out nodes with one neighbor, then with two, and so on; those that get as few again come in between."""
    count = len(head)
    free = np.empty(len(length), np.int32)
    spare = 0
    for k in range(len(length) - 1, used - 1, -1):
        free[spare] = k
        spare += 1
    queue = np.empty(count, np.int32)
    is_queued = np.zeros(count, np.bool_)
    near = np.empty(most_neighbors, np.int32)
    way = np.empty(most_neighbors, np.int64)
    for most in range(most_neighbors + 1):
        first, waiting = 0, 0
        for node in range(count):
            if degree[node] <= most and not is_kept[node] and not is_gone[node]:
                queue[waiting] = node
                is_queued[node] = True
                waiting += 1
        while waiting > 0:
            node = queue[first]
            first = first + 1 if first + 1 < count else 0
            waiting -= 1
            is_queued[node] = False
            found = degree[node]
            if found > most or spare + found < found * (found - 1) // 2:
                continue
            is_gone[node] = True
            degree[node] = 0
            edge = head[node]
            head[node] = -1
            for i in range(found):
                near[i], way[i] = to[edge], length[edge >> 1]
                back = edge ^ 1
                other = near[i]
                if head[other] == back:
                    head[other] = following[back]
                else:
                    before = head[other]
                    while following[before] != back:
                        before = following[before]
                    following[before] = following[back]
                degree[other] -= 1
                free[spare] = edge >> 1
                spare += 1
                edge = following[edge]
            for i in range(found):
                for j in range(i):
                    total = way[i] + way[j]
                    if total > limit or near[i] == near[j]:
                        continue
                    edge = head[near[i]]
                    while edge >= 0 and to[edge] != near[j]:
                        edge = following[edge]
                    if edge >= 0:
                        length[edge >> 1] = min(length[edge >> 1], total)
                        continue
                    spare -= 1
                    k = free[spare]
                    length[k] = total
                    to[2 * k], following[2 * k], head[near[i]] = near[j], head[near[i]], 2 * k
                    to[2 * k + 1], following[2 * k + 1], head[near[j]] = near[i], head[near[j]], 2 * k + 1
                    degree[near[i]] += 1
                    degree[near[j]] += 1
            for i in range(found):
                other = near[i]
                if degree[other] <= most and not is_kept[other] and not is_queued[other]:
                    place = first + waiting
                    queue[place if place < count else place - count] = other
                    is_queued[other] = True
                    waiting += 1


@compiled
def _collect(
    number: NDArray[np.int32],
    indptr: NDArray[np.int32],
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    to: NDArray[np.int32],
    length: NDArray[np.int64],
    indices: NDArray[np.int32],
    lengths: NDArray[np.uint32],
) -> None:
    """Write the lists of the nodes that stay one after the other."""
    for node in range(len(number)):
        if number[node] < 0:
            continue
        place = indptr[number[node]]
        edge = head[node]
        while edge >= 0:
            indices[place] = number[to[edge]]
            lengths[place] = length[edge >> 1]
            place += 1
            edge = following[edge]
