"""Areas as they are sent: the circles, what they cover together, and what they leave out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from dispatch import geo

if TYPE_CHECKING:
    from dispatch.geo import LonLatPolygon, MetricPolygon, Projection

DECIMALS = 6
"""Of a degree, in everything sent: about 0.1 m."""

SMALLEST_GAP_M2 = 1.0
"""What is smaller is left over from rounding, not a gap."""


def gap_of(boundary_xy: MetricPolygon, *, covered_xy: MetricPolygon) -> MetricPolygon | None:
    """Give the part of an area outside every circle; None where there is none."""
    left = shapely.difference(boundary_xy, covered_xy)
    parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon" and part.area >= SMALLEST_GAP_M2]
    return geo.MetricPolygon(shapely.multipolygons(parts)) if parts else None


def rounded_ll(area_xy: MetricPolygon | None, *, projection: Projection) -> LonLatPolygon | None:
    """Give an area in metres in WGS 84 with six decimals, valid; None where it is empty."""
    if area_xy is None or area_xy.is_empty:
        return None
    exact = geo.to_lonlat(area_xy, projection=projection)
    degrees = _rounded(exact)
    if not shapely.is_valid(degrees):
        # Rounding folded a corner narrower than 0.1 m: snap it as a whole, slower, which keeps areas areas.
        degrees = _rounded(shapely.set_precision(exact, 10.0**-DECIMALS))
    parts = [part for part in shapely.get_parts(degrees) if part.geom_type == "Polygon" and not part.is_empty]
    return geo.LonLatPolygon(shapely.orient_polygons(shapely.multipolygons(parts))) if parts else None


def geojson_of(area_ll: LonLatPolygon | None) -> dict[str, Any] | None:
    """Give an area as a GeoJSON geometry."""
    if area_ll is None:
        return None
    found: dict[str, Any] = json.loads(shapely.to_geojson(area_ll))
    return found


def _rounded(area: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(area, lambda degrees: np.round(degrees, DECIMALS))
