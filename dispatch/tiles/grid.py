"""The grid of the web's tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ZOOM = 16
HALF_WORLD_M = math.pi * 6_378_137.0
"""Half the width of the world in Web Mercator (EPSG:3857): pi times the equatorial radius of WGS 84."""
BUFFER_SHARE = 64 / 4096
"""Shapes are drawn a little over the rim, so that lines along it meet those of the next tile."""
MOST_LAT_DEG = 85.0511287798066  # where Web Mercator is as high as it is wide


class TileNotFoundError(NotFoundError):
    """A tile that the grid does not have."""

    slug = "tile-not-found"
    title = Words("没有这个瓦片", "There is no such tile")
    detail = Words(
        "级别为 0 到 {max_zoom}，行列为 0 到 2 的级别次方减 1。",
        "Zooms go from 0 to {max_zoom}, columns and rows from 0 to 2^zoom - 1.",
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the grid."""

    z: int
    x: int
    y: int

    @property
    def width_m(self) -> float:
        """Its width in Web Mercator metres."""
        return 2 * HALF_WORLD_M / float(1 << self.z)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north in Web Mercator metres."""
        west = self.x * self.width_m - HALF_WORLD_M
        north = HALF_WORLD_M - self.y * self.width_m
        return west, north - self.width_m, west + self.width_m, north

    @property
    def drawn_m(self) -> tuple[float, float, float, float]:
        """The same with the rim over which shapes are drawn."""
        west, south, east, north = self.bounds_m
        rim = self.width_m * BUFFER_SHARE
        return west - rim, south - rim, east + rim, north + rim


def make_tile(z: int, *, x: int, y: int) -> Tile:
    """Make a tile, or raise TileNotFoundError where the grid has none."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileNotFoundError(max_zoom=MAX_ZOOM)
    return Tile(z, x, y)


def tile_box_ll(tile: Tile) -> tuple[float, float, float, float]:
    """Give west, south, east, north of a tile with its rim, in WGS 84 degrees."""
    west, south, east, north = tile.drawn_m
    lons = (math.degrees(side / HALF_WORLD_M * math.pi) for side in (west, east))
    lats = (math.degrees(math.atan(math.sinh(side / HALF_WORLD_M * math.pi))) for side in (south, north))
    (left, right), (low, high) = lons, lats
    return max(-180.0, left), low, min(180.0, right), high


def to_mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn WGS 84 degrees, shape (n, 2), into Web Mercator metres (EPSG:3857)."""
    lat = np.radians(np.clip(lonlat[:, 1], -MOST_LAT_DEG, MOST_LAT_DEG))
    x = lonlat[:, 0] / 180.0 * HALF_WORLD_M
    y = np.arcsinh(np.tan(lat)) / np.pi * HALF_WORLD_M
    return np.column_stack((x, y))
