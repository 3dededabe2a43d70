"""The H3 grid of hexagons, for display, sums and first searches; never for deciding who is covered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import h3
import numpy as np
import shapely
from h3.api import numpy_int as h3_int
from shapely.geometry import mapping

from dispatch.geo.points import LonLat, LonLatPolygon

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESOLUTION = 9
"""Cells of about 0.1 km² with edges of about 200 m."""


def cell_of(lon: float, lat: float, *, resolution: int = RESOLUTION) -> int:
    """Give the number of the H3 cell that holds a WGS 84 point."""
    return int(h3_int.latlng_to_cell(lat, lon, resolution))


def cells_of(lonlat: NDArray[np.float64], *, resolution: int = RESOLUTION) -> NDArray[np.uint64]:
    """Give the cell of each point; shape (n, 2) in, uint64 of shape (n,) out."""
    pairs = lonlat.tolist()
    return np.fromiter(
        (h3_int.latlng_to_cell(lat, lon, resolution) for lon, lat in pairs), dtype=np.uint64, count=len(pairs)
    )


def cells_within(lon: float, lat: float, *, radius_m: float, resolution: int = RESOLUTION) -> list[int]:
    """
    Give cells that together hold every point within a radius of a point, and some more.

    A disk of k rings reaches at least 1.5 k e - e from any point of its middle cell, e being the
    shortest cell edge nearby; so k = ceil((radius + e) / (1.5 e)).
    """
    middle = h3_int.latlng_to_cell(lat, lon, resolution)
    edge_m = min(h3_int.edge_length(edge, unit="m") for edge in h3_int.origin_to_directed_edges(middle))
    # Edges differ by up to a few per cent from one cell to the next, more around the twelve pentagons.
    edge_m *= 0.9
    return [int(cell) for cell in h3_int.grid_disk(middle, math.ceil((radius_m + edge_m) / (1.5 * edge_m)))]


def cell_center(cell: int) -> LonLat:
    """Give the middle of a cell, longitude first."""
    lat, lon = h3_int.cell_to_latlng(cell)
    return float(lon), float(lat)


def cell_polygon(cell: int) -> LonLatPolygon:
    """Give the outline of a cell."""
    return LonLatPolygon(shapely.Polygon([(lon, lat) for lat, lon in h3_int.cell_to_boundary(cell)]))


def cells_covering(area_ll: LonLatPolygon, *, resolution: int = RESOLUTION) -> list[int]:
    """Give all cells that touch an area, in rising order."""
    found = h3_int.h3shape_to_cells_experimental(h3.geo_to_h3shape(mapping(area_ll)), resolution, contain="overlap")
    return sorted(int(cell) for cell in found)


def cell_text(cell: int) -> str:
    """Give a cell's number as H3 writes it, such as 8931aa42a03ffff."""
    return str(h3.int_to_str(cell))
