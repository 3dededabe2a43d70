"""Do the points of a batch lie where their rows say, or is their reference system another one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from dispatch import geo

if TYPE_CHECKING:
    from collections.abc import Sequence

# GCJ-02 read as WGS 84 is off by 546 m in the mean and at most 590 m in Tianjin, BD-09 by more
NEAREST_OFF_M, FARTHEST_OFF_M = 300.0, 800.0
SUSPECT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point as it was sent, and the outline (WGS 84) of the community that its row names."""

    row: int
    lonlat: tuple[float, float]
    crs: geo.ReferenceSystem
    outline_ll: geo.LonLatPolygon


@dataclass(frozen=True, slots=True)
class Suspicion:
    """At least half of the points that can be checked lie off; `fitting` puts most of them inside, if any does."""

    crs: geo.ReferenceSystem
    row: int
    off: int
    checked: int
    fitting: geo.ReferenceSystem | None


def suspect_crs(points: Sequence[PlacedPoint]) -> list[Suspicion]:
    """
    Find the reference systems of a batch that are probably not what they say.

    A system is suspect where at least half of its points lie 300 to 800 m outside the community that their
    row names: that far one is off after mixing up WGS 84 and GCJ-02, and mistakes of addresses scatter more.
    """
    found = []
    for crs in geo.ReferenceSystem:
        of_system = [point for point in points if point.crs is crs]
        off = [point for point in of_system if NEAREST_OFF_M <= _outside_m(point, crs=crs) <= FARTHEST_OFF_M]
        if off and len(off) >= SUSPECT_SHARE * len(of_system):
            found.append(
                Suspicion(
                    crs=crs, row=off[0].row, off=len(off), checked=len(of_system), fitting=_fitting(off, given=crs)
                )
            )
    return found


def _fitting(points: Sequence[PlacedPoint], *, given: geo.ReferenceSystem) -> geo.ReferenceSystem | None:
    inside = {
        crs: sum(_outside_m(point, crs=crs) < NEAREST_OFF_M for point in points)
        for crs in geo.ReferenceSystem
        if crs is not given
    }
    best = max(inside, key=lambda crs: inside[crs])
    return best if inside[best] > SUSPECT_SHARE * len(points) else None


def _outside_m(point: PlacedPoint, *, crs: geo.ReferenceSystem) -> float:
    """Measure how far outside its community a point lies, read in a reference system; 0 inside."""
    lonlat = geo.to_wgs84(point.lonlat, crs=crs)
    projection = geo.local_projection(*lonlat)
    outline = geo.to_metric(point.outline_ll, projection=projection)
    x, y = projection.to_xy(shapely.get_coordinates(shapely.Point(lonlat)))[0]
    return float(shapely.distance(outline, shapely.Point(x, y)))
