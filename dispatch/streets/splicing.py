"""Changing some edges of a network without making it anew: everything that did not change is copied as it is."""
# ruff: noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch.streets.building import JUNCTION_DEGREE, MAINLAND_SHARE
from dispatch.streets.compiled import compiled
from dispatch.streets.grid import file_edges_in
from dispatch.streets.values import DM_PER_M, UNREACHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets.values import Network


@dataclass(frozen=True, slots=True)
class Change:
    """
    What is to change: edges that go, nodes and edges that come.

    `gone` holds numbers of edges, `nodes_xy` new nodes (shape (j, 2), numbered on from the last), `pairs` and
    `lengths` new edges (shape (k, 2) and (k,)), none of them between nodes that an edge that stays joins.
    """

    gone: NDArray[np.int64]
    nodes_xy: NDArray[np.float64]
    pairs: NDArray[np.int64]
    lengths: NDArray[np.int64]


@compiled
def _mark_halves(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    edge_a: NDArray[np.int32],
    edge_b: NDArray[np.int32],
    gone: NDArray[np.int64],
    stays: NDArray[np.bool_],
) -> None:
    """Cross out both directions of each edge that goes."""
    for edge in gone:
        for turn in range(2):
            here = edge_a[edge] if turn == 0 else edge_b[edge]
            there = edge_b[edge] if turn == 0 else edge_a[edge]
            for k in range(indptr[here], indptr[here + 1]):
                if indices[k] == there:
                    stays[k] = False


@compiled
def _rejoin(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.unsignedinteger],
    stays: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    more: NDArray[np.int64],
    new_indptr: NDArray[np.int32],
    new_indices: NDArray[np.int32],
    new_lengths: NDArray[np.unsignedinteger],
) -> None:
    """Write the rows of all nodes anew; new directions come sorted by start and end, and take their place in a row."""
    before = len(indptr) - 1
    at = 0
    new = 0
    for node in range(len(new_indptr) - 1):
        new_indptr[node] = at
        if node < before:
            for k in range(indptr[node], indptr[node + 1]):
                if not stays[k]:
                    continue
                while new < len(starts) and starts[new] == node and ends[new] < indices[k]:
                    new_indices[at], new_lengths[at] = ends[new], more[new]
                    at += 1
                    new += 1
                new_indices[at], new_lengths[at] = indices[k], lengths[k]
                at += 1
        while new < len(starts) and starts[new] == node:
            new_indices[at], new_lengths[at] = ends[new], more[new]
            at += 1
            new += 1
    new_indptr[len(new_indptr) - 1] = at


@compiled
def _refile(
    start: NDArray[np.int32],
    members: NDArray[np.int32],
    number: NDArray[np.int32],
    columns: int,
    rows: int,
    add_start: NDArray[np.int32],
    add_members: NDArray[np.int32],
    first_new: int,
    new_columns: int,
    left: int,
    below: int,
    new_start: NDArray[np.int32],
    new_members: NDArray[np.int32],
) -> int:
    """Write the edges of all squares anew: those that stay under their new numbers, then the new ones."""
    at = 0
    for square in range(len(new_start) - 1):
        new_start[square] = at
        row, column = square // new_columns - below, square % new_columns - left
        if 0 <= row < rows and 0 <= column < columns:
            old = row * columns + column
            for k in range(start[old], start[old + 1]):
                if number[members[k]] >= 0:
                    new_members[at] = number[members[k]]
                    at += 1
        for k in range(add_start[square], add_start[square + 1]):
            new_members[at] = first_new + add_members[k]
            at += 1
    new_start[len(new_start) - 1] = at
    return at


@compiled
def _label_parts(indptr: NDArray[np.int32], indices: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Label each node with its connected part, in the order of the parts' lowest nodes."""
    count = len(indptr) - 1
    label = np.full(count, -1, np.int32)
    queue = np.empty(count, np.int32)
    parts = 0
    for first in range(count):
        if label[first] >= 0:
            continue
        label[first] = parts
        queue[0] = first
        head, tail = 0, 1
        while head < tail:
            node = queue[head]
            head += 1
            for k in range(indptr[node], indptr[node + 1]):
                other = indices[k]
                if label[other] < 0:
                    label[other] = parts
                    queue[tail] = other
                    tail += 1
        parts += 1
    return label, parts


def splice(network: Network, *, change: Change, edits_sha256: str) -> tuple[Network, NDArray[np.int32]]:
    """
    Give the network after a change, and for each edge its new number (UNREACHED where it goes).

    It has what `build_network` would give, but for the order: new nodes and edges come last, and nodes that
    lost all their edges stay, in no part of the mainland. Mainland stays mainland where it is cut off.
    """
    count = network.node_count + len(change.nodes_xy)
    stays = np.ones(network.edge_count, np.bool_)
    stays[change.gone] = False
    number = np.where(stays, np.cumsum(stays, dtype=np.int32) - 1, np.int32(UNREACHED)).astype(np.int32)
    xy = np.concatenate((network.xy, change.nodes_xy)) if len(change.nodes_xy) else network.xy
    pairs = np.sort(change.pairs, axis=1)
    arrays: dict[str, NDArray[Any]] = {"xy": xy}
    arrays |= _rows(network, change=change, count=count)
    kind = arrays["length_dm"].dtype
    added = pairs.astype(np.int32)
    edge_lengths = network.edge_length_dm[stays].astype(kind, copy=False)
    arrays["edge_a"] = np.concatenate((network.edge_a[stays], added[:, 0]))
    arrays["edge_b"] = np.concatenate((network.edge_b[stays], added[:, 1]))
    arrays["edge_length_dm"] = np.concatenate((edge_lengths, change.lengths.astype(kind)))
    arrays |= _squares(network, number=number, kept=int(stays.sum()), xy=xy, added=added)
    arrays["component"], arrays["is_mainland"], sizes = _parts(
        arrays["indptr"], indices=arrays["indices"], was_mainland=network.is_mainland
    )
    for one in arrays.values():
        one.setflags(write=False)
    live = int(sizes.sum())
    manifest = replace(
        network.manifest,
        edits_sha256=edits_sha256,
        node_count=count,
        junction_count=int(np.sum(np.diff(arrays["indptr"]) >= JUNCTION_DEGREE)),
        edge_count=len(arrays["edge_a"]),
        component_count=len(sizes),
        share_outside_main=float(1.0 - sizes[0] / live) if live else 0.0,
        length_km=float(arrays["edge_length_dm"].sum(dtype=np.int64) / DM_PER_M / 1000),
    )
    return replace(network, manifest=manifest, **arrays), number  # type: ignore[arg-type]  # arrays by their names


def _rows(network: Network, *, change: Change, count: int) -> dict[str, NDArray[Any]]:
    starts = np.concatenate((change.pairs[:, 0], change.pairs[:, 1]))
    ends = np.concatenate((change.pairs[:, 1], change.pairs[:, 0]))
    more = np.concatenate((change.lengths, change.lengths))
    order = np.lexsort((ends, starts))
    widest = np.iinfo(network.length_dm.dtype).max
    kind = network.length_dm.dtype if not len(more) or more.max() <= widest else np.dtype(np.uint32)
    stays = np.ones(len(network.indices), np.bool_)
    _mark_halves(network.indptr, network.indices, network.edge_a, network.edge_b, change.gone, stays)
    halves = len(network.indices) - 2 * len(change.gone) + len(starts)
    indptr, indices, lengths = np.empty(count + 1, np.int32), np.empty(halves, np.int32), np.empty(halves, kind)
    _rejoin(
        network.indptr,
        network.indices,
        network.length_dm,
        stays,
        starts[order],
        ends[order],
        more[order],
        indptr,
        indices,
        lengths,
    )
    return {"indptr": indptr, "indices": indices, "length_dm": lengths}


def _squares(
    network: Network, *, number: NDArray[np.int32], kept: int, xy: NDArray[np.float64], added: NDArray[np.int32]
) -> dict[str, NDArray[Any]]:
    west, south, side = (float(value) for value in network.grid[:3])
    columns, rows = int(network.grid[3]), int(network.grid[4])
    ends = xy[added.ravel()] if len(added) else np.empty((0, 2))
    # Where new edges lie beyond its rim, the grid grows by whole squares.
    low = np.floor((ends.min(axis=0, initial=np.inf) - (west, south)) / side)
    high = np.floor((ends.max(axis=0, initial=-np.inf) - (west, south)) / side)
    left, below = (int(max(0.0, -value)) for value in low)
    right, above = (int(max(0.0, value - size + 1)) for value, size in zip(high, (columns, rows), strict=True))
    grid = np.array([west - left * side, south - below * side, side, columns + left + right, rows + below + above])
    add_start, add_members = file_edges_in(
        grid, xy=xy, edge_a=np.ascontiguousarray(added[:, 0]), edge_b=np.ascontiguousarray(added[:, 1])
    )
    start = np.empty(len(add_start), np.int32)
    members = np.empty(len(network.grid_edge) + len(add_members), np.int32)
    used = _refile(
        network.grid_start,
        network.grid_edge,
        number,
        columns,
        rows,
        add_start,
        add_members,
        kept,
        int(grid[3]),
        left,
        below,
        start,
        members,
    )
    return {"grid": grid, "grid_start": start, "grid_edge": members[:used]}


def _parts(
    indptr: NDArray[np.int32], *, indices: NDArray[np.int32], was_mainland: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int64]]:
    """
    Give the part of each node and whether it is mainland, and the sizes of all parts that have edges.

    What a closure cuts off stays mainland, however small: it is no footway that somebody forgot to connect, and who
    lives there is not to be brought to the streets on the other side.
    """
    label, parts = _label_parts(indptr, indices)
    has_edge = np.diff(indptr) > 0
    sizes = np.bincount(label[has_edge], minlength=parts)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(parts, np.int32)
    rank[order] = np.arange(parts, dtype=np.int32)
    component = rank[label]
    sizes = sizes[order]
    old = len(was_mainland)
    is_cut_off = np.zeros(parts, np.bool_)
    is_cut_off[component[:old][was_mainland & has_edge[:old]]] = True
    is_large = sizes >= max(1.0, MAINLAND_SHARE * int(sizes.sum()))
    return component, (is_large | is_cut_off)[component], sizes[sizes > 0]
