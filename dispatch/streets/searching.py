"""How far it is on foot: from every node to the nearest site, from one site, between many pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets import kernels
from dispatch.streets.values import UNREACHED, Field, Network, Reach, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Found by measurement on real and synthetic networks of 0.3 to 1 million nodes: 64 sites of two ends each
# keep their streets in the second-level cache, and 2048 dm (205 s) make few corrections.
SEEDS_IN_GROUP = 128
BUCKET_WIDTH_DM = 2048
# From one place fewer nodes are met: up to 1 km corrections cost less than another look at those far away.
BAND_WIDTH_DM = 10_000
# Entries of queues hold lengths and nodes in one number.
MOST_LIMIT_DM = 2**30


def nearest_sites(network: Network, *, sites: Snaps, limit_dm: int) -> Field:
    """
    Find for every node the nearest site.

    Parameters
    ----------
    network : Network
        The streets.
    sites : Snaps
        Those that are not located reach nothing.
    limit_dm : int
        Longest length, this length included, decimetres; see `length_limit_dm`.

    Returns
    -------
    Field
        Exact; among equally near sites the lowest row of `sites`.

    """
    limit = checked_limit(limit_dm)
    # The narrow type is quicker; its largest value stands for a node that is not reached.
    kind = np.uint16 if limit < np.iinfo(np.uint16).max else np.uint32
    best: NDArray[np.uint16 | np.uint32] = np.full(network.node_count, np.iinfo(kind).max, kind)
    owner = np.full(network.node_count, UNREACHED, np.int32)
    rows = np.flatnonzero(sites.is_located).astype(np.int32)
    # Nodes are numbered along the Hilbert curve, so sites sorted by node are sorted by place.
    rows = rows[np.argsort(sites.a[rows], kind="stable")]
    node = np.column_stack((sites.a[rows], sites.b[rows])).ravel()
    along = np.column_stack((sites.to_a_dm[rows], sites.to_b_dm[rows])).ravel()
    length = along.astype(np.int64) + np.repeat(sites.snap_dm[rows], 2)
    near = length <= limit
    kernels.spread(
        network.indptr,
        network.indices,
        network.length_dm,
        node[near],
        length[near],
        np.repeat(rows, 2)[near],
        SEEDS_IN_GROUP,
        limit,
        BUCKET_WIDTH_DM,
        best,
        owner,
    )
    return Field(length_dm=best, owner=owner, limit_dm=limit)


def read_field(
    network: Network, *, field: Field, sites: Snaps, points: Snaps
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Read off the way from points to their nearest site.

    Parameters
    ----------
    network : Network
        The streets.
        The one that the field was made on.
    field, sites : Field, Snaps
        The field of these same sites.
    points : Snaps
        n points.

    Returns
    -------
    length_dm : ndarray of int32, shape (n,)
        Decimetres from door to door: the point's way to the street, along streets, the site's way from the
        street. A site on the same edge is reached directly. UNREACHED beyond the field's limit and where
        the point is not located.
    owner : ndarray of int32, shape (n,)
        Which site.

    """
    if len(field.owner) != network.node_count:
        msg = "The field belongs to another network"
        raise ValueError(msg)
    rows = np.flatnonzero(sites.edge >= 0).astype(np.int32)
    rows = rows[np.argsort(sites.edge[rows], kind="stable")]
    length = np.full(len(points), UNREACHED, np.int32)
    owner = np.full(len(points), UNREACHED, np.int32)
    # Read-only whoever made the field, so that the kernel is compiled once.
    best, whose = field.length_dm.view(), field.owner.view()
    best.setflags(write=False)
    whose.setflags(write=False)
    kernels.read_at_points(
        best,
        whose,
        field.limit_dm,
        points.edge,
        ends_of(points),
        along_of(points),
        points.snap_dm,
        rows,
        sites.edge[rows],
        sites.to_a_dm[rows],
        sites.snap_dm[rows],
        length,
        owner,
    )
    return length, owner


def reach(network: Network, *, site: Snaps, limit_dm: int) -> Reach:
    """
    Find the nodes within a limit of one site; the work grows with what is reached, not with the network.

    Parameters
    ----------
    network : Network
        The streets.
    site : Snaps
        Exactly one point; if it is not located, nothing is reached.
    limit_dm : int
        Longest length, this length included, decimetres.

    """
    if len(site) != 1:
        msg = f"reach() searches from one site, not from {len(site)}"
        raise ValueError(msg)
    limit = checked_limit(limit_dm)
    mark = np.zeros(network.node_count, np.uint32)
    nodes = np.empty(0, np.int32)
    if site.is_located[0]:
        seeds = along_of(site)[0].astype(np.int64) + int(site.snap_dm[0])
        count, room = kernels.bounded(
            network.indptr,
            network.indices,
            network.length_dm,
            ends_of(site)[0],
            seeds,
            limit,
            BAND_WIDTH_DM,
            mark,
            kernels.new_room(kernels.ROOM),
        )
        nodes = np.sort(room[0][:count])
    return Reach(nodes=nodes, length_dm=mark[nodes].astype(np.int32) - 1, limit_dm=limit)


def matrix(network: Network, *, origins: Snaps, destinations: Snaps, limit_dm: int) -> NDArray[np.int32]:
    """
    Measure the way between all pairs of points.

    Parameters
    ----------
    network : Network
        The streets.
    origins, destinations : Snaps
        n_o and n_d points. Streets are walked both ways, so the searches start from the fewer of the two.
    limit_dm : int
        Longest length, this length included, decimetres.

    Returns
    -------
    ndarray of int32, shape (n_o, n_d)
        Decimetres from door to door, UNREACHED beyond the limit and where a point is not located.

    """
    limit = checked_limit(limit_dm)
    is_turned = len(origins) > len(destinations)
    here, there = (destinations, origins) if is_turned else (origins, destinations)
    out = np.full((len(here), len(there)), UNREACHED, np.int32)
    kernels.fill_matrix(
        network.indptr,
        network.indices,
        network.length_dm,
        here.edge,
        ends_of(here),
        along_of(here),
        here.snap_dm,
        there.edge,
        ends_of(there),
        along_of(there),
        there.snap_dm,
        limit,
        BAND_WIDTH_DM,
        np.zeros(network.node_count, np.uint32),
        out,
    )
    return np.ascontiguousarray(out.T) if is_turned else out


def checked_limit(limit_dm: int) -> int:
    """Give a limit that the kernels can take, or raise ValueError."""
    if not 0 <= limit_dm <= MOST_LIMIT_DM:
        msg = f"A limit lies between 0 and {MOST_LIMIT_DM} dm, not at {limit_dm}"
        raise ValueError(msg)
    return int(limit_dm)


def ends_of(points: Snaps) -> NDArray[np.int32]:
    """Give the nodes at both ends of each point's edge, shape (n, 2)."""
    return np.column_stack((points.a, points.b))


def along_of(points: Snaps) -> NDArray[np.int32]:
    """Give the way along the edge to both its ends, decimetres, shape (n, 2)."""
    return np.column_stack((points.to_a_dm, points.to_b_dm))
