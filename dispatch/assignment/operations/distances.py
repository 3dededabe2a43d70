"""Every way of one search at once: from the home to sites and bases, in one bounded search of the streets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch import streets
from dispatch.assignment.rules.travel import EBIKE, WALK, carer_way_s, elder_walk_s
from dispatch.assignment.values import Way
from dispatch.errors import ConflictError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dispatch.geo import LonLat
    from dispatch.streets import Network


DM_PER_M = 10
OUTSIDE_M = 2_000.0  # P: farther than that from the box of all streets a home is not in a gap but outside


class HomeUnlocatedError(ConflictError):
    """The elder's home has no location, or no street is near it: nothing can be said about ways."""

    slug = "home-unlocated"
    title = Words("老人住址没有坐标或离路太远", "The elder's home has no usable location")
    detail = Words(
        "先给住址定位（离路网 {network} 的道路 {max_snap_m} 米以内），再匹配。",
        "Locate the home first, within {max_snap_m} m of a street of the network {network}, then match again.",
    )


class NoNetworkHereError(HomeUnlocatedError):
    """The home lies outside of the streets that were imported."""

    slug = "no-network-here"
    title = Words("老人住址所在的区没有路网", "No street network where the elder lives")
    detail = Words(
        "路网 {network} 不包括这里；由管理员导入包括这个区的路网，再匹配。",
        "The network {network} does not reach there. An administrator imports one that does; then search again.",
    )


class Stretch(NamedTuple):
    """
    One way as it was measured, in whole decimetres and in seconds.

    Times are those of an elder on foot, of a carer on foot and of a carer by e-bike. What the search did not
    reach has only the straight line's (`is_reached` False).
    """

    is_located: bool
    is_reached: bool
    elder_s: int
    walk_s: int
    ebike_s: int


NOWHERE = Stretch(is_located=False, is_reached=False, elder_s=0, walk_s=0, ebike_s=0)


class Distances:
    """The ways from one home; points are WGS 84."""

    def __init__(self, network: Network, *, home_ll: LonLat | None, points_ll: Iterable[LonLat], limit_dm: int) -> None:
        """
        Measure all ways up to a limit in decimetres.

        Raises
        ------
        HomeUnlocatedError
            Where the home has no point, or no street is near it.
        NoNetworkHereError
            Where it lies outside of all streets.

        """
        places = sorted(set(points_ll))
        snaps = None
        if home_ll is not None:
            points_xy = network.projection.to_xy(np.array([home_ll, *places], dtype=np.float64))
            snaps = streets.snap_points(network, points_xy=points_xy)
        if snaps is None or not snaps.is_located[0]:
            if snaps is not None and is_outside(points_xy[0], network=network):
                raise NoNetworkHereError(network=streets.network_identity(network.manifest))
            raise HomeUnlocatedError(
                network=streets.network_identity(network.manifest), max_snap_m=round(streets.MAX_SNAP_M)
            )
        others = snaps.take(slice(1, None))
        lengths = streets.matrix(network, origins=snaps.take(slice(0, 1)), destinations=others, limit_dm=limit_dm)[0]
        straight_dm = np.floor(np.hypot(*(points_xy[1:] - points_xy[0]).T) * DM_PER_M).astype(np.int64)
        is_reached = lengths != streets.UNREACHED
        length_dm = np.where(is_reached, lengths, straight_dm).astype(np.int64)
        columns = (
            others.is_located,
            is_reached,
            elder_walk_s(length_dm),
            carer_way_s(length_dm, mode=WALK),
            carer_way_s(length_dm, mode=EBIKE),
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self._stretches = dict(zip(places, map(Stretch._make, rows), strict=True))

    def site_way(self, point_ll: LonLat | None, *, limit_s: int) -> Way:
        """Give an elder's walk to a site."""
        stretch = self._stretches[point_ll] if point_ll else NOWHERE
        return _way(stretch, time_s=stretch.elder_s, limit_s=limit_s)

    def carer_way(self, point_ll: LonLat | None, *, mode: str, limit_s: int) -> Way:
        """Give a carer's way from the base, parking and door included."""
        stretch = self._stretches[point_ll] if point_ll else NOWHERE
        return _way(stretch, time_s=stretch.ebike_s if mode == EBIKE else stretch.walk_s, limit_s=limit_s)


def is_outside(xy: NDArray[np.float64], *, network: Network) -> bool:
    """Say whether a point lies outside of all streets of a network, not in a gap between them."""
    low, high = network.xy.min(axis=0) - OUTSIDE_M, network.xy.max(axis=0) + OUTSIDE_M
    return bool((xy < low).any() or (xy > high).any())


def _way(stretch: Stretch, *, time_s: int, limit_s: int) -> Way:
    return Way(
        time_s=time_s if stretch.is_reached else None, limit_s=limit_s, is_located=stretch.is_located, least_s=time_s
    )
