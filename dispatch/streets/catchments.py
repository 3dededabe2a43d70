"""What each of many sites reaches: bounded searches in bulk, listed sparsely or summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.streets import gathering
from dispatch.streets.searching import BAND_WIDTH_DM, along_of, checked_limit, ends_of
from dispatch.streets.values import UNREACHED, Network, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets.gathering import Lists


@dataclass(frozen=True, slots=True)
class Catchments:
    """
    For each of k sites the points within a limit, as the rows of a sparse matrix of k by `count`.

    Attributes
    ----------
    indptr : ndarray of int64, shape (k + 1,)
        What site i reaches stands at indptr[i] to indptr[i + 1] of the other two.
    rows : ndarray of int32
        Points; the order within one site says nothing, but is the same each time.
    length_dm : ndarray of int32
        Decimetres from door to door.
    count : int
        How many points there are, reached or not.

    """

    indptr: NDArray[np.int64]
    rows: NDArray[np.int32]
    length_dm: NDArray[np.int32]
    count: int

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def sums(self, weight: NDArray[np.number]) -> NDArray[np.float64]:
        """Sum up for each site a weight of the points, shape (count,), that it reaches; shape (k,)."""
        site = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        weights = np.asarray(weight, np.float64)[self.rows]
        return np.asarray(np.bincount(site, weights=weights, minlength=len(self)), np.float64)

    def by_point(self) -> Catchments:
        """Give the same turned: for each point the sites that reach it, in rising order."""
        return Catchments(*gathering.turn(self.indptr, self.rows, self.length_dm, self.count), count=len(self))


class FiledPoints(NamedTuple):
    """Points filed under nodes (`start`, `point`, `way` of `file_on_nodes`) and edges (`edges` rises with `rows`)."""

    start: NDArray[np.int64]
    point: NDArray[np.int32]
    way: NDArray[np.int32]
    edges: NDArray[np.int32]
    rows: NDArray[np.int32]
    to: NDArray[np.int32]
    snap: NDArray[np.int32]


def catchments(network: Network, *, sites: Snaps, limit_dm: int, points: Snaps | None = None) -> Catchments:
    """
    List for each site the points within a limit of it; the work grows with what is reached.

    Parameters
    ----------
    network : Network
        The streets.
    sites : Snaps
        k sites; those that are not located reach nothing. Sites may stand anywhere, also on the points' own edges.
    limit_dm : int
        Longest length, this length included, decimetres.
    points : Snaps, optional
        n points; without them every node of the network is one.

    Returns
    -------
    Catchments
        Exact, equal to what `matrix` says; 8 bytes for each pair of site and point.

    """
    if points is None:
        lists = gathering.gather_nodes(
            network.indptr,
            network.indices,
            network.length_dm,
            ends_of(sites),
            along_of(sites),
            sites.snap_dm,
            checked_limit(limit_dm),
            BAND_WIDTH_DM,
            np.zeros(network.node_count, np.uint32),
        )
        return Catchments(*lists, count=network.node_count)
    lists, _ = _gather(network, sites=sites, points=points, limit_dm=limit_dm, weight=None)
    return Catchments(*lists, count=len(points))


def sum_catchments(
    network: Network, *, sites: Snaps, points: Snaps, weight: NDArray[np.number], limit_dm: int
) -> NDArray[np.float64]:
    """
    Sum up for each site the weights of the points within a limit of it, without keeping the lists.

    Parameters
    ----------
    network, sites, points, limit_dm
        As `catchments` takes them.
    weight : ndarray of numbers, shape (n,)
        Of each point.

    Returns
    -------
    ndarray of float64, shape (k,)
        Exact where the weights are whole numbers below 2**53 in sum.

    """
    return _gather(network, sites=sites, points=points, limit_dm=limit_dm, weight=weight)[1]


def _gather(
    network: Network, *, sites: Snaps, points: Snaps, limit_dm: int, weight: NDArray[np.number] | None
) -> tuple[Lists, NDArray[np.float64]]:
    """Ask for sums where there are weights, and for lists where there are none."""
    weights = np.zeros(len(points)) if weight is None else np.ascontiguousarray(weight, np.float64)
    if weights.shape != (len(points),):
        msg = f"There are {len(points)} points, but weights of shape {weights.shape}"
        raise ValueError(msg)
    sums = np.zeros(len(sites))
    lists = gathering.gather_points(
        network.indptr,
        network.indices,
        network.length_dm,
        sites.edge,
        ends_of(sites),
        along_of(sites),
        sites.snap_dm,
        checked_limit(limit_dm),
        BAND_WIDTH_DM,
        np.zeros(network.node_count, np.uint32),
        *file_points(network, points=points),
        weights,
        sums,
        weight is None,
    )
    return lists, sums


def file_points(network: Network, *, points: Snaps) -> FiledPoints:
    """File points under the nodes and the edges that they stand on, as the kernels that gather them want it."""
    to = along_of(points)
    rows = np.flatnonzero(points.edge != UNREACHED).astype(np.int32)
    rows = rows[np.argsort(points.edge[rows], kind="stable")]
    filed = gathering.file_on_nodes(network.node_count, ends_of(points), to, points.snap_dm)
    return FiledPoints(*filed, points.edge[rows], rows, to, points.snap_dm)
