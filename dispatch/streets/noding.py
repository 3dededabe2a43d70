"""Which drawn lines meet: from lines to points and the edges between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOIN_ENDS_M = 0.5
"""Ends this near to each other, or to another line, meet: what surveyors draw is no more exact."""

NEAR_MISS_M = 5.0
"""An end that leads nowhere within this of another line may have been meant to meet it; counted, not joined."""

SAME_PLACE_PER_M = 100.0


@dataclass(frozen=True, slots=True)
class Noded:
    """
    Points, shape (n, 2), metres, the edges between them, shape (m, 2), and what was found.

    `counts`: ends_joined (ends within JOIN_ENDS_M of another point), ends_on_lines (of another line's course),
    crossings (of two lines, at no point of either), crossings_joined, dangling_ends (that meet nothing) and
    near_misses (those of them within NEAR_MISS_M of another line).
    """

    xy: NDArray[np.float64]
    edges: NDArray[np.int64]
    counts: dict[str, int]


def node_lines(xy: NDArray[np.float64], *, line: NDArray[np.int64], joins_crossings: bool) -> Noded:
    """
    Join lines where they meet.

    Lines meet in points that both have, at ends within JOIN_ENDS_M of each other, and where an end lies within
    JOIN_ENDS_M of the other line. Where two lines cross in mid-course, one may be a bridge: they do not meet,
    unless `joins_crossings` says that they do.

    Parameters
    ----------
    xy : ndarray of float, shape (k, 2)
        All places of all lines, one line after another, metres.
    line : ndarray of int, shape (k,)
        The number of each place's line, rising.
    joins_crossings : bool
        Whether lines that cross meet.

    """
    _, first, number = np.unique(
        np.rint(xy * SAME_PLACE_PER_M).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    number = number.reshape(-1)
    places = xy[first]
    is_step = line[1:] == line[:-1]
    is_end = np.append(True, ~is_step) | np.append(~is_step, True)
    ends = np.unique(number[is_end])
    merged, ends_joined = _merge_ends(places, ends=ends)
    number = merged[number]
    segments = np.column_stack((number[:-1], number[1:]))[is_step]
    segments = np.unique(np.sort(segments[segments[:, 0] != segments[:, 1]], axis=1), axis=0)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(places[segments]), np.object_).reshape(-1))
    stops = [_ends_on_lines(places, segments=segments, tree=tree, ends=np.unique(merged[ends]))]
    crossed = _crossings(places, segments=segments, tree=tree)
    crossings = len(crossed)
    if joins_crossings and crossings:
        new = len(places) + np.arange(crossings)
        places = np.vstack((places, crossed[:, 4:6]))
        stops.extend(np.column_stack((crossed[:, side], crossed[:, 2 + side], new)) for side in (0, 1))
    edges = _divided(segments, stops=np.vstack(stops))
    degree = np.bincount(edges.ravel(), minlength=len(places))
    dangling = np.unique(merged[ends])[degree[np.unique(merged[ends])] == 1]
    return Noded(
        xy=places,
        edges=edges,
        counts={
            "ends_joined": ends_joined,
            "ends_on_lines": len(stops[0]),
            "crossings": crossings,
            "crossings_joined": crossings if joins_crossings else 0,
            "dangling_ends": len(dangling),
            "near_misses": _near_misses(places, segments=segments, tree=tree, dangling=dangling),
        },
    )


def _merge_ends(places: NDArray[np.float64], *, ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Give each place the lowest of those that it is one with, and say how many ends moved."""
    near: Any = KDTree(places).query_ball_point(places[ends], JOIN_ENDS_M)  # a list of rows for each end
    pairs = [(int(end), other) for end, others in zip(ends, near, strict=True) for other in others if other != end]
    merged = np.arange(len(places))
    if not pairs:
        return merged, 0
    one, two = np.array(pairs).T
    graph = coo_array((np.ones(len(one), np.int8), (one, two)), shape=(len(places), len(places)))
    _, part = connected_components(graph, directed=False)
    _, lowest = np.unique(part, return_index=True)
    merged = lowest[part]
    return merged, int(np.sum(merged[ends] != ends))


def _ends_on_lines(
    places: NDArray[np.float64], *, segments: NDArray[np.int64], tree: shapely.STRtree, ends: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Find ends that lie on the course of another line: segment, place along it (0 to 1), node."""
    hit, segment = tree.query(shapely.points(places[ends]), predicate="dwithin", distance=JOIN_ENDS_M)
    node = ends[hit]
    is_other = ~np.any(segments[segment] == node[:, None], axis=1)
    node, segment = node[is_other], segment[is_other]
    share = _shares(places, segments=segments[segment], node=node)
    is_mid = (share > 0.0) & (share < 1.0)
    return np.column_stack((segment[is_mid], share[is_mid], node[is_mid]))


def _shares(
    places: NDArray[np.float64], *, segments: NDArray[np.int64], node: NDArray[np.int64]
) -> NDArray[np.float64]:
    start, step = places[segments[:, 0]], places[segments[:, 1]] - places[segments[:, 0]]
    square = np.einsum("ij,ij->i", step, step)
    along = np.einsum("ij,ij->i", places[node] - start, step)
    return np.asarray(np.divide(along, square, out=np.zeros(len(along)), where=square > 0), np.float64)


def _crossings(
    places: NDArray[np.float64], *, segments: NDArray[np.int64], tree: shapely.STRtree
) -> NDArray[np.float64]:
    """Find where segments cross: both segments, place along each (0 to 1), x, y."""
    one, two = tree.query(tree.geometries, predicate="crosses")
    one, two = one[one < two], two[one < two]
    a, r = places[segments[one, 0]], places[segments[one, 1]] - places[segments[one, 0]]
    b, s = places[segments[two, 0]], places[segments[two, 1]] - places[segments[two, 0]]
    cross = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    safe = np.where(cross == 0.0, 1.0, cross)
    gap = b - a
    t = (gap[:, 0] * s[:, 1] - gap[:, 1] * s[:, 0]) / safe
    u = (gap[:, 0] * r[:, 1] - gap[:, 1] * r[:, 0]) / safe
    # An end that lies on the other line has met it already.
    least_t, least_u = (JOIN_ENDS_M / np.maximum(np.hypot(*way.T), JOIN_ENDS_M) for way in (r, s))
    is_mid = (cross != 0.0) & (t > least_t) & (t < 1 - least_t) & (u > least_u) & (u < 1 - least_u)
    return np.asarray(np.column_stack((one, two, t, u, a + t[:, None] * r))[is_mid], np.float64)


def _divided(segments: NDArray[np.int64], *, stops: NDArray[np.float64]) -> NDArray[np.int64]:
    """Divide segments at stops (segment, share, node)."""
    count = len(segments)
    every = np.arange(count)
    segment = np.concatenate((every, every, stops[:, 0].astype(np.int64)))
    share = np.concatenate((np.zeros(count), np.ones(count), stops[:, 1]))
    node = np.concatenate((segments[:, 0], segments[:, 1], stops[:, 2].astype(np.int64)))
    order = np.lexsort((share, segment))
    segment, node = segment[order], node[order]
    edges = np.column_stack((node[:-1], node[1:]))[segment[1:] == segment[:-1]]
    return np.asarray(edges[edges[:, 0] != edges[:, 1]], np.int64)


def _near_misses(
    places: NDArray[np.float64], *, segments: NDArray[np.int64], tree: shapely.STRtree, dangling: NDArray[np.int64]
) -> int:
    hit, segment = tree.query(shapely.points(places[dangling]), predicate="dwithin", distance=NEAR_MISS_M)
    own = np.any(segments[segment] == dangling[hit][:, None], axis=1)
    return len(np.unique(hit[~own]))
