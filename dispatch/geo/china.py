"""
The shifted reference systems of Chinese map services, as formulas on degrees.

GCJ-02 has no official publication. The formula is the one that is in public circulation since 2013
(the "Mars" shift: a polynomial and sines in the distance from 105° E, 35° N, turned into degrees on
the Krasovsky 1940 ellipsoid). BD-09 is Baidu's further turn and stretch of GCJ-02. Neither has a
closed inverse: both are undone by iteration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Degrees = NDArray[np.float64]

# Krasovsky 1940: half axis in metres and squared eccentricity.
HALF_AXIS_M = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
CENTER_LON, CENTER_LAT = 105.0, 35.0
# The services shift nothing outside this box.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
BAIDU_ANGLE = np.pi * 3000.0 / 180.0
BAIDU_LON, BAIDU_LAT = 0.0065, 0.006
# 1e-10 degrees are 0.01 mm.
SETTLED_DEG = 1e-10
MOST_ROUNDS = 30


def is_shifted(lonlat: Degrees) -> NDArray[np.bool_]:
    """Whether the map services shift points here; shape (n, 2) in, (n,) out."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def _ripple(lon: Degrees) -> Degrees:
    return (20.0 * np.sin(6.0 * np.pi * lon) + 20.0 * np.sin(2.0 * np.pi * lon)) * 2.0 / 3.0


def _wave(value: Degrees, *, short: float, long: float, longest: float, last: float) -> Degrees:
    near = 20.0 * np.sin(np.pi * value) + 40.0 * np.sin(np.pi * value / 3.0)
    far = short * np.sin(np.pi * value / long) + last * np.sin(np.pi * value / longest)
    return (near + far) * 2.0 / 3.0


def _shift(lonlat: Degrees) -> Degrees:
    """By how many degrees GCJ-02 moves each WGS 84 point, whether or not it lies in China."""
    x, y = lonlat[:, 0] - CENTER_LON, lonlat[:, 1] - CENTER_LAT
    root = np.sqrt(np.abs(x))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += _ripple(x) + _wave(y, short=160.0, long=12.0, longest=30.0, last=320.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += _ripple(x) + _wave(x, short=150.0, long=12.0, longest=30.0, last=300.0)
    lat = np.radians(lonlat[:, 1])
    squeezed = 1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2
    meridian_m = HALF_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (squeezed * np.sqrt(squeezed))
    parallel_m = HALF_AXIS_M / np.sqrt(squeezed) * np.cos(lat)
    return np.column_stack((np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)))


def _turn(lonlat: Degrees) -> Degrees:
    """GCJ-02 to BD-09, whether or not the point lies in China."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    length = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BAIDU_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BAIDU_ANGLE)
    return np.column_stack((length * np.cos(angle) + BAIDU_LON, length * np.sin(angle) + BAIDU_LAT))


def _undo(forward: Callable[[Degrees], Degrees], target: Degrees) -> Degrees:
    """Find what `forward` turns into the target: take off what is too much until nothing is left."""
    guess = target.copy()
    for _ in range(MOST_ROUNDS):
        off = forward(guess) - target
        guess -= off
        if not off.size or np.max(np.abs(off)) < SETTLED_DEG:
            break
    return guess


def _gcj02_everywhere(lonlat: Degrees) -> Degrees:
    return lonlat + _shift(lonlat)


def _bd09_everywhere(lonlat: Degrees) -> Degrees:
    return _turn(_gcj02_everywhere(lonlat))


def _in_china_only(moved: Degrees, *, lonlat: Degrees, wgs84: Degrees) -> Degrees:
    return np.where(is_shifted(wgs84)[:, np.newaxis], moved, lonlat)


def wgs84_to_gcj02(lonlat: Degrees) -> Degrees:
    """Shift WGS 84 points, shape (n, 2), to GCJ-02; outside China they stay where they are."""
    return _in_china_only(_gcj02_everywhere(lonlat), lonlat=lonlat, wgs84=lonlat)


def gcj02_to_wgs84(lonlat: Degrees) -> Degrees:
    """Undo the shift, to less than 0.1 mm."""
    found = _undo(_gcj02_everywhere, lonlat)
    return _in_china_only(found, lonlat=lonlat, wgs84=found)


def wgs84_to_bd09(lonlat: Degrees) -> Degrees:
    """Shift and turn WGS 84 points, shape (n, 2), to BD-09; outside China they stay where they are."""
    return _in_china_only(_bd09_everywhere(lonlat), lonlat=lonlat, wgs84=lonlat)


def bd09_to_wgs84(lonlat: Degrees) -> Degrees:
    """Undo turn and shift, to less than 0.1 mm."""
    found = _undo(_gcj02_everywhere, _undo(_turn, lonlat))
    return _in_china_only(found, lonlat=lonlat, wgs84=found)
