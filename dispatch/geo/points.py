"""Points in degrees, distances between them, and the box that a city lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

import numpy as np
from geopy import distance as geopy_distance
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from numpy.typing import NDArray

LonLat = tuple[float, float]
"""WGS 84 degrees, longitude first."""

LonLatPolygon = NewType("LonLatPolygon", Polygon | MultiPolygon)  # type: ignore[valid-newtype]  # both are one thing here
"""An area in WGS 84 degrees, longitude first."""

MetricPolygon = NewType("MetricPolygon", Polygon | MultiPolygon)  # type: ignore[valid-newtype]  # both are one thing here
"""An area in the metres of one projection."""

# Mean radius of the IUGG (Moritz 2000, Geodetic Reference System 1980).
EARTH_RADIUS_M = 6_371_008.8
MOST_LON_DEG, MOST_LAT_DEG = 180.0, 90.0


@dataclass(frozen=True, slots=True)
class StudyArea:
    """The box of WGS 84 degrees that all points of a city lie in."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the box, its rim included."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def is_swapped(lon: float, lat: float, *, study_area: StudyArea) -> bool:
    """Whether the point lies outside, and inside once longitude and latitude are exchanged."""
    return not study_area.holds(lon, lat) and study_area.holds(lat, lon)


def distance_m(a_ll: LonLat, b_ll: LonLat) -> float:
    """Length in metres of the shortest line on the WGS 84 ellipsoid (Karney 2013, through geopy)."""
    return float(geopy_distance.geodesic((a_ll[1], a_ll[0]), (b_ll[1], b_ll[0])).meters)


def haversine_m(lon: float, lat: float, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Distance from one point to many on the sphere of mean radius.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    lons, lats : ndarray of float, shape (n,)
        Degrees.

    Returns
    -------
    ndarray of float, shape (n,)
        Metres; up to 0.56 % from the ellipsoid's (haversine formula, Sinnott 1984).

    """
    phi, phis = np.radians(lat), np.radians(lats)
    half = np.sin((phis - phi) / 2.0) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2.0) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half))), dtype=np.float64)
