"""Making a network from points and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from dispatch import geo
from dispatch.streets.grid import bounds_of, file_edges
from dispatch.streets.hilbert import hilbert_order
from dispatch.streets.ordering import rising_order
from dispatch.streets.values import DM_PER_M, Manifest, Network

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

MAINLAND_SHARE = 0.01
"""A connected part with at least this share of all nodes is no island: people live on it, and snap to it."""
JUNCTION_DEGREE = 3


def build_network(
    lonlat: NDArray[np.float64],
    *,
    edges: NDArray[np.integer],
    name: str,
    imported_at: datetime,
    length_dm: NDArray[np.integer] | None = None,
    source_name: str = "",
    source_sha256: str = "",
    source_at: datetime | None = None,
    table_version: str = "",
    projection: geo.Projection | None = None,
) -> Network:
    """
    Make a network from points and the edges between them.

    Parameters
    ----------
    lonlat : ndarray of float, shape (n, 2)
        WGS 84 degrees, longitude first. Points that no edge uses are left out.
    edges : ndarray of int, shape (m, 2)
        Rows of `lonlat`. Loops are dropped; of edges between the same two points the shortest is kept.
    length_dm : ndarray of int, shape (m,), optional
        Decimetres; without it the straight lengths in the projection, rounded to nearest.
    name, imported_at, source_name, source_sha256, source_at, table_version
        For the manifest; see `Manifest`.
    projection : Projection, optional
        Without it one with its centre in the middle of the points.

    Returns
    -------
    Network
        Its nodes are renumbered; `xy` tells where they are.

    Raises
    ------
    ValueError
        There is no edge at all.

    """
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    is_edge = pairs[:, 0] != pairs[:, 1]
    pairs = pairs[is_edge]
    if not len(pairs):
        msg = "A network needs at least one edge"
        raise ValueError(msg)
    lonlat = np.asarray(lonlat, dtype=np.float64)
    is_used = np.zeros(len(lonlat), np.bool_)
    is_used[pairs] = True
    points = lonlat[is_used]
    if projection is None:
        low, high = bounds_of(points)
        middle = (low + high) / 2
        projection = geo.local_projection(float(middle[0]), float(middle[1]))
    xy = projection.to_xy(points)

    order = hilbert_order(xy)
    xy = np.ascontiguousarray(xy[order])
    place = np.empty(len(lonlat), np.int64)
    place[np.flatnonzero(is_used)[order]] = np.arange(len(order))
    pairs = place[pairs]
    pairs = np.column_stack((np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])))
    if length_dm is None:
        step = xy[pairs[:, 0]] - xy[pairs[:, 1]]
        lengths = np.rint(np.hypot(step[:, 0], step[:, 1]) * DM_PER_M).astype(np.int64)
    else:
        lengths = np.asarray(length_dm, dtype=np.int64)[is_edge]
    pairs, lengths = _shortest_of_parallels(pairs, lengths=lengths)
    return _joined(
        xy,
        pairs=pairs,
        lengths=lengths,
        projection=projection,
        manifest={
            "name": name,
            "source_name": source_name,
            "source_sha256": source_sha256,
            "source_at": source_at,
            "imported_at": imported_at,
            "table_version": table_version,
        },
    )


def _shortest_of_parallels(
    pairs: NDArray[np.int64], *, lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys = pairs[:, 0] * (int(pairs.max()) + 1) + pairs[:, 1]
    order = rising_order(keys)
    keys = keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return pairs[order[first]], np.minimum.reduceat(lengths[order], first)


def _joined(
    xy: NDArray[np.float64],
    *,
    pairs: NDArray[np.int64],
    lengths: NDArray[np.int64],
    projection: geo.Projection,
    manifest: dict[str, str | datetime | None],
) -> Network:
    count = len(xy)
    # An edge too long for the narrow type widens the whole array; it is never cut short.
    kind = np.uint16 if lengths.max() <= np.iinfo(np.uint16).max else np.uint32
    # Pairs rise and their first node is the lower one: so do the ends of each start, the lower ones put in front.
    starts = np.concatenate((pairs[:, 1], pairs[:, 0]))
    ends = np.concatenate((pairs[:, 0], pairs[:, 1]))
    order = rising_order(starts)
    indptr = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(starts, minlength=count), out=indptr[1:])
    indices = ends[order].astype(np.int32)
    component = _by_size(csr_array((np.ones(len(indices), np.int8), indices, indptr), shape=(count, count)))
    sizes = np.bincount(component)
    edge_a, edge_b = pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)
    grid, grid_start, grid_edge = file_edges(xy=xy, edge_a=edge_a, edge_b=edge_b)
    arrays: dict[str, NDArray[Any]] = {
        "indptr": indptr,
        "indices": indices,
        "length_dm": np.concatenate((lengths, lengths))[order].astype(kind),
        "xy": xy,
        "component": component,
        "is_mainland": (sizes >= MAINLAND_SHARE * count)[component],
        "edge_a": edge_a,
        "edge_b": edge_b,
        "edge_length_dm": lengths.astype(kind),
        "grid_start": grid_start,
        "grid_edge": grid_edge,
        "grid": grid,
    }
    for one in arrays.values():
        # As those of an opened network are; and kernels are compiled once for both.
        one.setflags(write=False)
    return Network(
        manifest=Manifest(
            **manifest,  # type: ignore[arg-type]  # the six facts that build_network was told
            projection=projection.definition,
            node_count=count,
            junction_count=int(np.sum(np.diff(indptr) >= JUNCTION_DEGREE)),
            edge_count=len(pairs),
            component_count=len(sizes),
            share_outside_main=float(1.0 - sizes[0] / count),
            length_km=float(lengths.sum() / DM_PER_M / 1000),
        ),
        projection=projection,
        **arrays,
    )


def _by_size(graph: csr_array) -> NDArray[np.int32]:
    """Label each node with the rank of its connected part, 0 for the largest."""
    _, labels = connected_components(graph, directed=False)
    rank = np.argsort(np.argsort(-np.bincount(labels), kind="stable"), kind="stable")
    return rank[labels].astype(np.int32)


def synthetic_network(side: int, *, seed: int, imported_at: datetime) -> Network:
    """
    Make a network of about side x side nodes: a 72 m grid with shifted crossings and a third of its edges missing.

    For benchmarks and tests; the same seed gives the same network.
    """
    chance = np.random.default_rng(seed)
    rows, columns = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    xy = np.column_stack((columns.ravel(), rows.ravel())) * 72.0 + chance.uniform(-24.0, 24.0, (side * side, 2))
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack((number[:, :-1].ravel(), number[:, 1:].ravel()))
    along = np.column_stack((number[:-1].ravel(), number[1:].ravel()))
    edges = np.concatenate((across, along))
    edges = edges[chance.random(len(edges)) < 0.675]  # noqa: PLR2004 - 2.7 directed edges a node, as real streets
    projection = geo.local_projection(117.2, 39.1)
    return build_network(
        projection.to_ll(xy - xy.mean(axis=0)),
        edges=edges,
        name=f"synthetic-{side}",
        imported_at=imported_at,
        source_name=f"synthetic({side}, seed={seed})",
        projection=projection,
    )
