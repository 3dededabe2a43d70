"""How far every point is from its nearest site: on the network, and by the straight line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from dispatch import streets
from dispatch.coverage.values import OriginRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.coverage.values import Question
    from dispatch.geo import LonLat
    from dispatch.streets import Field, Network, Snaps

FARTHEST_S = 4 * 3600
"""The search ends here: who lives farther than four hours from any site is told nothing more exact."""

DM_PER_M = 10
FAR_AWAY_M = 1e9


@dataclass(frozen=True, slots=True)
class Walks:
    """
    The way of n points to the nearest of k sites.

    Attributes
    ----------
    network : Network
        The streets as the origin rule sees them; whatever uses `homes`, `sites` or `field` takes this one.
    length_dm : ndarray of int32, shape (n,)
        Decimetres on the network; UNREACHED where there is no way or the point is not located.
    owner : ndarray of int32, shape (n,)
        Which site, the lowest row among equally near ones; UNREACHED as above.
    straight_m : ndarray of float64, shape (n,)
        Plane distance to the nearest located site; infinite where there is none.
    homes, sites : Snaps
        The n points and the k sites brought to the network.
    field : Field
        The same for every node, for drawing areas.

    """

    network: Network
    length_dm: NDArray[np.int32]
    owner: NDArray[np.int32]
    straight_m: NDArray[np.float64]
    homes: Snaps
    sites: Snaps
    field: Field


def points_of(points: list[LonLat | None]) -> NDArray[np.float64]:
    """Give points as an array of shape (n, 2), not-a-number where there is none."""
    missing = (np.nan, np.nan)
    return np.array([missing if point is None else point for point in points], np.float64).reshape(-1, 2)


def measure_walks(
    network: Network,
    *,
    homes_ll: NDArray[np.float64],
    sites_ll: NDArray[np.float64],
    question: Question,
) -> Walks:
    """
    Measure how far every home is from its nearest site.

    Parameters
    ----------
    network : Network
        On which ways are measured.
    homes_ll, sites_ll : ndarray of float, shape (n, 2) and (k, 2)
        WGS 84 degrees, longitude first; not-a-number where there is no point.
    question : Question
        The speed sets how far the search goes, the origin rule what is counted.

    """
    if question.origin_rule is OriginRule.NODE:
        network = at_nodes(network)
    homes, sites = snap(network, points_ll=homes_ll), snap(network, points_ll=sites_ll)
    if question.origin_rule is OriginRule.NODE:  # a site stands on its node
        sites = replace(sites, snap_dm=np.where(sites.is_located, 0, streets.UNREACHED).astype(np.int32))
    farthest_dm = streets.length_limit_dm(limit_s=FARTHEST_S, speed_mps=question.speed_mps)
    field = streets.nearest_sites(network, sites=sites, limit_dm=farthest_dm)
    length_dm, owner = streets.read_field(network, field=field, sites=sites, points=homes)
    return Walks(
        network=network,
        length_dm=length_dm,
        owner=owner,
        straight_m=_straight(network, homes_ll=homes_ll, sites_ll=sites_ll[sites.is_located]),
        homes=homes,
        sites=sites,
        field=field,
    )


def snap(network: Network, *, points_ll: NDArray[np.float64]) -> Snaps:
    """
    Bring points to the network.

    Parameters
    ----------
    network : Network
        Itself, or its `at_nodes`.
    points_ll : ndarray of float, shape (n, 2)
        WGS 84 degrees; not-a-number is not located, nor is a point farther than 200 m from everything.

    """
    has_point = np.asarray(np.isfinite(points_ll).all(axis=1))
    # Where there is no point, one that is nowhere near: the engine says itself that it is not located.
    points_xy = np.full((len(points_ll), 2), FAR_AWAY_M)
    points_xy[has_point] = network.projection.to_xy(points_ll[has_point])
    return streets.snap_points(network, points_xy=points_xy)


def at_nodes(network: Network) -> Network:
    """
    Give the same streets to walk on, but with nodes alone for points to be brought to.

    Each node is an edge without length, from itself to itself; searches do not use these edges, snapping and
    drawing use nothing else. So outlines and persons agree under the rule NODE as they do under DOOR.
    """
    nodes = np.arange(network.node_count, dtype=np.int32)
    west, south = network.xy.min(axis=0)
    side = float(network.grid[2])
    column, row = (((network.xy - (west, south)) // side).astype(np.int64)).T
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    square = row * columns + column
    start = np.zeros(columns * rows + 1, np.int32)
    np.cumsum(np.bincount(square, minlength=columns * rows), out=start[1:])
    return replace(
        network,
        edge_a=nodes,
        edge_b=nodes,
        edge_length_dm=np.zeros(len(nodes), network.edge_length_dm.dtype),
        grid=np.array([west, south, side, columns, rows], np.float64),
        grid_start=start,
        grid_edge=np.argsort(square, kind="stable").astype(np.int32),
    )


def within(walks: Walks, *, limit_s: int, speed_mps: float) -> NDArray[np.bool_]:
    """For each home whether the nearest site is within the limit: 900 s is, 901 s is not."""
    limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=speed_mps)
    return np.asarray((walks.length_dm != streets.UNREACHED) & (walks.length_dm <= limit_dm))


def within_straight(walks: Walks, *, limit_dm: int) -> NDArray[np.bool_]:
    """For each located home whether a site lies within the same length by the straight line."""
    return walks.homes.is_located & (walks.straight_m * DM_PER_M <= limit_dm)


def reached_by_site(
    walks: Walks, *, weight: NDArray[np.float64] | NDArray[np.int64], limit_dm: int
) -> NDArray[np.float64]:
    """Sum up, for each site, the weight of the homes within a limit of it; shape (k,)."""
    return streets.sum_catchments(
        walks.network, sites=walks.sites, points=walks.homes, weight=weight, limit_dm=limit_dm
    )


def _straight(network: Network, *, homes_ll: NDArray[np.float64], sites_ll: NDArray[np.float64]) -> NDArray[np.float64]:
    away_m = np.full(len(homes_ll), np.inf)
    has_point = np.isfinite(homes_ll).all(axis=1)
    if len(sites_ll) and has_point.any():
        tree = KDTree(network.projection.to_xy(sites_ll))
        away_m[has_point] = tree.query(network.projection.to_xy(homes_ll[has_point]))[0]
    return away_m
