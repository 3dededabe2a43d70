"""Reference systems of points that arrive, and the metric system of a study area."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, overload

import numpy as np
import shapely
from pyproj import Transformer

from dispatch.geo import china
from dispatch.geo.points import LonLat, LonLatPolygon, MetricPolygon

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class ReferenceSystem(StrEnum):
    """
    What the degrees of an arriving point mean.

    CGCS2000 is taken as WGS 84: the two differ by decimetres (plate motion since epoch 2000.0).
    """

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_TO: dict[ReferenceSystem, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    ReferenceSystem.GCJ02: china.gcj02_to_wgs84,
    ReferenceSystem.BD09: china.bd09_to_wgs84,
}
_FROM: dict[ReferenceSystem, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    ReferenceSystem.GCJ02: china.wgs84_to_gcj02,
    ReferenceSystem.BD09: china.wgs84_to_bd09,
}


@overload
def to_wgs84(lonlat: LonLat, *, crs: ReferenceSystem) -> LonLat: ...
@overload
def to_wgs84(lonlat: NDArray[np.float64], *, crs: ReferenceSystem) -> NDArray[np.float64]: ...
def to_wgs84(lonlat: LonLat | NDArray[np.float64], *, crs: ReferenceSystem) -> LonLat | NDArray[np.float64]:
    """
    Give points of another reference system in WGS 84.

    Parameters
    ----------
    lonlat : tuple of two floats, or ndarray of float, shape (n, 2)
        Degrees, longitude first.
    crs : ReferenceSystem
        What these degrees mean.

    Returns
    -------
    the same shape, degrees
        GCJ-02 and BD-09 are undone by iteration, to less than 1 mm.

    """
    return _converted(lonlat, convert=_TO.get(crs))


@overload
def from_wgs84(lonlat: LonLat, *, crs: ReferenceSystem) -> LonLat: ...
@overload
def from_wgs84(lonlat: NDArray[np.float64], *, crs: ReferenceSystem) -> NDArray[np.float64]: ...
def from_wgs84(lonlat: LonLat | NDArray[np.float64], *, crs: ReferenceSystem) -> LonLat | NDArray[np.float64]:
    """Give WGS 84 points in another reference system; same shapes as `to_wgs84`."""
    return _converted(lonlat, convert=_FROM.get(crs))


def _converted(
    lonlat: LonLat | NDArray[np.float64], *, convert: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None
) -> LonLat | NDArray[np.float64]:
    if isinstance(lonlat, tuple):
        if convert is None:
            return lonlat
        moved = convert(np.array([lonlat], dtype=np.float64))
        return float(moved[0, 0]), float(moved[0, 1])
    given = np.asarray(lonlat, dtype=np.float64)
    return given.copy() if convert is None else convert(given)


@lru_cache(maxsize=256)
def _transformer(definition: str) -> Transformer:
    # A pyproj Transformer keeps one context for each thread, so one object serves all threads.
    return Transformer.from_crs("OGC:CRS84", definition, always_xy=True)


@dataclass(frozen=True, slots=True)
class Projection:
    """
    The metric system of one study area: transverse Mercator on WGS 84, scale 1 on the central meridian.

    At d km east or west of the centre lengths come out too long by the share (d / 6371)² / 2: 1 cm per
    kilometre at 28 km, 3 cm at 50 km, 12 cm at 100 km. North and south there is no error.
    """

    definition: str

    def to_xy(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give degrees, shape (n, 2), longitude first, as metres east and north of the centre."""
        east, north = _transformer(self.definition).transform(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack((east, north))

    def to_ll(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give metres, shape (n, 2), as degrees, longitude first."""
        lon, lat = _transformer(self.definition).transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.column_stack((lon, lat))


def local_projection(lon_0: float, lat_0: float) -> Projection:
    """Give the metric system with its centre at this WGS 84 point (rounded to 1e-4 degrees)."""
    return Projection(
        f"+proj=tmerc +lat_0={lat_0:.4f} +lon_0={lon_0:.4f} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
    )


def projection_from(definition: str) -> Projection:
    """Give the projection that was written down as PROJ text."""
    return Projection(definition)


def to_metric(area_ll: LonLatPolygon, *, projection: Projection) -> MetricPolygon:
    """Give an area in degrees as one in metres, vertex by vertex."""
    return MetricPolygon(shapely.transform(area_ll, projection.to_xy))


FIT_REACH_M = 2_500.0
"""A fit of third order is off by what the fourth holds: (2,500 m)⁴ / (6,371 km)³, less than a thousandth of 1 mm."""
FIT_POINTS = 500
"""For fewer points the fit takes longer than it saves."""
_GRID = np.linspace(-1.0, 1.0, 6)


def _terms(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the terms of third order in two variables, shape (10, n)."""
    terms = np.empty((10, len(u)))
    terms[0], terms[1], terms[2] = 1.0, u, v
    np.multiply(u, u, out=terms[3])
    np.multiply(u, v, out=terms[4])
    np.multiply(v, v, out=terms[5])
    np.multiply(terms[3:6], u, out=terms[6:9])
    np.multiply(terms[5], v, out=terms[9])
    return terms


_FIT_UV = np.stack(np.meshgrid(_GRID, _GRID)).reshape(2, -1)
_FIT = np.linalg.pinv(_terms(*_FIT_UV).T)


def to_lonlat(area_xy: MetricPolygon, *, projection: Projection) -> LonLatPolygon:
    """
    Give an area in metres as one in degrees, vertex by vertex.

    An area of many points within a few kilometres, as a service circle is, goes by a polynomial that is fitted to the
    projection at 36 places around it, since PROJ takes as long for a circle as all the search: the same to less than
    1e-9 degrees, or 0.1 mm.
    """

    def to_ll(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if len(xy) < FIT_POINTS:
            return projection.to_ll(xy)
        x, y = np.ascontiguousarray(xy.T)
        # Plain numbers, one axis after the other: numpy takes its time over many short rows.
        west, east, south, north = float(x.min()), float(x.max()), float(y.min()), float(y.max())
        middle, reach = np.array(((west + east) / 2, (south + north) / 2)), max(east - west, north - south) / 2
        if not 0.0 < reach <= FIT_REACH_M:
            return projection.to_ll(xy)
        around_ll = projection.to_ll(middle + reach * _FIT_UV.T)
        # Around the first place, so that no digits are lost among those of whole degrees.
        factors = _FIT @ (around_ll - around_ll[0])
        factors[0] += around_ll[0]
        return np.asarray((factors.T @ _terms((x - middle[0]) / reach, (y - middle[1]) / reach)).T)

    return LonLatPolygon(shapely.transform(area_xy, to_ll))
