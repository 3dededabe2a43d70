"""How long carers are on the way between all places of a day."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch.streets import kernels
from dispatch.streets.compiled import compiled
from dispatch.streets.keeping import Shelf, TravelCache
from dispatch.streets.modes import CARER_EBIKE, DOOR_S, WHOLE_PCT, carer_limit_dm, carer_way_s
from dispatch.streets.searching import checked_limit
from dispatch.streets.snapping import snap_points
from dispatch.streets.thinning import Thinned, thin_out
from dispatch.streets.values import UNREACHED, Network, Snaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LONGEST_WAY_S: Final = 5_400  # P
TRAVEL_LIMIT_DM: Final = carer_limit_dm(limit_s=LONGEST_WAY_S, mode=CARER_EBIKE)
"""Nobody is sent farther between two visits than 90 minutes by e-bike, parking and door included: 21.75 km."""

# After thinning, edges are long and few nodes are left: this width makes few corrections (measured).
_WIDTH_DM: Final = 10_000
_ROWS_AT_ONCE: Final = 32
_NODE: Final = -1
"""Stands for the edge of a point that is a node."""


@dataclass(frozen=True, slots=True)
class TravelLengths:
    """
    The ways between n points, from door to door.

    Attributes
    ----------
    length_dm : ndarray of int32, shape (n, n)
        Decimetres, the same there and back; 0 from a point to itself; UNREACHED where there is no way within
        the limit or one of two different points is not located.
    place : ndarray of int32, shape (n,)
        Points with the same number have the same coordinates.
    is_located : ndarray of bool, shape (n,)
        False where no street is near.
    limit_dm : int
        Longer ways were not looked for.
    spots, searched : int
        At how many different spots of streets the points stand, and from how many of them streets were searched;
        the ways between the others were kept from before.

    """

    length_dm: NDArray[np.int32]
    place: NDArray[np.int32]
    is_located: NDArray[np.bool_]
    limit_dm: int
    spots: int = 0
    searched: int = 0


def travel_lengths(
    network: Network,
    *,
    points_xy: NDArray[np.float64],
    limit_dm: int = TRAVEL_LIMIT_DM,
    cache: TravelCache | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> TravelLengths:
    """
    Measure the ways between all points of a day.

    Parameters
    ----------
    network : Network
        The streets, with the edits in force on that day.
    points_xy : ndarray of float, shape (n, 2)
        Homes, bases and sites, metres in the network's projection; the same ones may come several times.
    limit_dm : int
        Longest way, this length included, decimetres.
    cache : TravelCache, optional
        Where lengths are kept: only spots that no kept file knows are searched from.
    on_progress : callable, optional
        Told how many searches are done, and of how many; what it raises ends the work.

    Returns
    -------
    TravelLengths
        Exact: as `matrix` says, but for points with equal coordinates, which are no way apart.

    """
    limit = checked_limit(limit_dm)
    points = np.ascontiguousarray(points_xy, dtype=np.float64).reshape(-1, 2)
    _, same = np.unique(points, axis=0, return_inverse=True)
    place: NDArray[np.int32] = same.reshape(-1).astype(np.int32)
    snaps = snap_points(network, points_xy=points)
    spots, spot = street_spots(snaps)
    between, searched = _kept_lengths(network, spots=spots, limit_dm=limit, cache=cache, on_progress=on_progress)
    length_dm = np.full((len(points), len(points)), UNREACHED, np.int32)
    located = np.flatnonzero(snaps.is_located)
    snap_dm = snaps.snap_dm[located]
    for row, mine, own_dm in zip(located.tolist(), spot[located].tolist(), snap_dm.tolist(), strict=True):
        street_dm = between[mine, spot[located]]
        door_dm = street_dm + snap_dm + own_dm
        length_dm[row, located] = np.where((street_dm >= 0) & (door_dm <= limit), door_dm, UNREACHED)
    length_dm[place[:, None] == place] = 0
    return TravelLengths(
        length_dm=length_dm,
        place=place,
        is_located=snaps.is_located,
        limit_dm=limit,
        spots=len(spots),
        searched=searched,
    )


def carer_travel_s(lengths: TravelLengths, *, mode: str, pct: int = WHOLE_PCT) -> NDArray[np.float64]:
    """
    Give the seconds between all points by one mode, shape (n, n), inf where there is no way.

    From one row to the same row it is 0: the carer stands at the door already. Between two rows at the same
    coordinates it is DOOR_S, since there is another door and nothing to park. All else is `carer_way_s`.

    Parameters
    ----------
    lengths : TravelLengths
        As `travel_lengths` gives them.
    mode : str
        CARER_WALK or CARER_EBIKE.
    pct : int
        At so many hundredths of the mode's speed.

    """
    way_s = carer_way_s(lengths.length_dm, mode=mode, pct=pct).astype(np.float64)
    way_s[lengths.length_dm == UNREACHED] = np.inf
    way_s[lengths.place[:, None] == lengths.place] = DOOR_S
    np.fill_diagonal(way_s, 0.0)
    return way_s


def street_spots(snaps: Snaps) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """
    Give the different spots on streets at which points stand.

    Returns
    -------
    spots : ndarray of int32, shape (k, 3)
        Rising: edge, its first node, decimetres from there; a node stands as -1, node, 0.
    spot : ndarray of int32, shape (n,)
        For each point its row of `spots`, UNREACHED where it is not located.

    """
    is_node = (snaps.edge < 0) | (snaps.to_a_dm == 0) | (snaps.to_b_dm == 0)
    node = np.where(snaps.to_a_dm == 0, snaps.a, snaps.b)
    triples = np.column_stack(
        (
            np.where(is_node, _NODE, snaps.edge),
            np.where(is_node, node, snaps.a),
            np.where(is_node, 0, snaps.to_a_dm),
        )
    ).astype(np.int32)
    spot = np.full(len(snaps), UNREACHED, np.int32)
    spots, found = np.unique(triples[snaps.is_located], axis=0, return_inverse=True)
    spot[snaps.is_located] = found.reshape(-1)
    return spots, spot


def _kept_lengths(
    network: Network,
    *,
    spots: NDArray[np.int32],
    limit_dm: int,
    cache: TravelCache | None,
    on_progress: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.int32], int]:
    """Give the ways between all spots, and from how many of them streets were searched."""
    shelf = None if cache is None or not len(spots) else Shelf(cache, network=network, spots=spots, limit_dm=limit_dm)
    kept = None if shelf is None else shelf.find()
    if kept is not None and len(kept.rows) == len(spots):
        between = np.empty_like(kept.length_dm)
        between[np.ix_(kept.rows, kept.rows)] = kept.length_dm
        return between, 0
    is_new = np.ones(len(spots), np.bool_)
    if kept is not None:
        is_new[kept.rows] = False
    new = np.flatnonzero(is_new)
    found = spot_lengths(network, spots=spots, limit_dm=limit_dm, sources=new, on_progress=on_progress)
    if kept is None:
        between = found
    else:
        between = np.empty((len(spots), len(spots)), np.int32)
        between[np.ix_(kept.rows, kept.rows)] = kept.length_dm
        # Streets lead both ways: what is new is searched from only.
        between[new], between[:, new] = found, found.T
    if shelf is not None:
        shelf.put(between)
    return between, len(new)


def spot_lengths(
    network: Network,
    *,
    spots: NDArray[np.int32],
    limit_dm: int,
    sources: NDArray[np.integer] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int32]:
    """
    Measure the ways between spots on streets.

    Parameters
    ----------
    network : Network
        The streets.
    spots : ndarray of int32, shape (k, 3)
        As `street_spots` gives them.
    limit_dm : int
        Longest way, this length included.
    sources : ndarray of int, optional
        Rows of `spots` to search from; all by default.
    on_progress : callable, optional
        See `travel_lengths`.

    Returns
    -------
    ndarray of int32, shape (sources, k)
        Decimetres; UNREACHED beyond the limit.

    """
    rows = np.arange(len(spots)) if sources is None else np.asarray(sources)
    out = np.full((len(rows), len(spots)), UNREACHED, np.int32)
    if not len(rows):
        return out
    thinned, at = _thinned(network, spots=spots, limit_dm=limit_dm)
    parts = [slice(first, first + _ROWS_AT_ONCE) for first in range(0, len(rows), _ROWS_AT_ONCE)]

    def search(part: slice) -> int:
        mark = np.zeros(len(thinned.indptr) - 1, np.uint32)
        fill_rows(
            thinned.indptr, thinned.indices, thinned.lengths, at[rows[part]], at, limit_dm, _WIDTH_DM, mark, out[part]
        )
        return len(out[part])

    done = 0
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(parts))) as threads:
        try:
            for more in threads.map(search, parts):
                done += more
                if on_progress is not None:
                    on_progress(done, len(rows))
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    return out


def _thinned(network: Network, *, spots: NDArray[np.int32], limit_dm: int) -> tuple[Thinned, NDArray[np.int32]]:
    """Put the spots into the network as nodes and take out what is not needed; gives where each spot is now."""
    count = network.node_count
    inner = np.flatnonzero(spots[:, 0] != _NODE)
    node = spots[:, 1].copy()
    node[inner] = count + np.arange(len(inner), dtype=np.int32)
    # Each edge with spots becomes a chain from its first node by them to its second; spots come in order along it.
    edge, along = spots[inner, 0], spots[inner, 2].astype(np.int64)
    is_first = np.diff(edge, prepend=-1) != 0
    is_last = np.diff(edge, append=-1) != 0
    rest = np.ones(network.edge_count, np.bool_)
    rest[edge] = False
    length = network.edge_length_dm[edge].astype(np.int64)
    here = node[inner]
    thinned = thin_out(
        edge_a=np.concatenate(
            (network.edge_a[rest], np.where(is_first, network.edge_a[edge], here - 1), here[is_last])
        ).astype(np.int32),
        edge_b=np.concatenate((network.edge_b[rest], here, network.edge_b[edge[is_last]])).astype(np.int32),
        edge_length=np.concatenate(
            (
                network.edge_length_dm[rest].astype(np.int64),
                np.where(is_first, along, np.diff(along, prepend=0)),
                (length - along)[is_last],
            )
        ),
        is_kept=np.bincount(node, minlength=count + len(inner)) > 0,
        limit=limit_dm,
    )
    return thinned, thinned.number[node]


@compiled
def fill_rows(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    lengths: NDArray[np.uint32],
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    limit: int,
    width: int,
    mark: NDArray[np.uint32],
    out: NDArray[np.int32],
) -> None:
    """Search from each source and read off each target; `mark` comes in and goes out as zeros."""
    seed_node, seed_length = np.empty(1, np.int32), np.zeros(1, np.int64)
    room = kernels.new_room(4 * kernels.ROOM)
    for i in range(len(sources)):
        seed_node[0] = sources[i]
        reached, room = kernels.bounded(indptr, indices, lengths, seed_node, seed_length, limit, width, mark, room)
        for j in range(len(targets)):
            out[i, j] = np.int64(mark[targets[j]]) - 1
        for k in range(reached):
            mark[room[0][k]] = 0
