"""Areas that arrive as GeoJSON: read, checked, never repaired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape

from dispatch.errors import InvalidError
from dispatch.geo.points import MOST_LAT_DEG, MOST_LON_DEG, LonLatPolygon
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float] | tuple[None, None, None, None]


class InvalidGeometryError(InvalidError):
    """A polygon that arrived cannot be used; `fields` says why and where."""

    slug = "invalid-geometry"
    title = Words("区域的图形有误", "The area's shape is not valid")

    def __init__(self, reason: Words, **facts: Any) -> None:  # noqa: ANN401 - facts are shown, not computed with
        """Say what is wrong with the shape."""
        self.reason = reason
        super().__init__(fields={"geometry": [reason]}, **facts)


_NOT_A_POLYGON = Words(
    "需要 GeoJSON 的 Polygon 或 MultiPolygon，坐标为[经度, 纬度]",
    "A GeoJSON Polygon or MultiPolygon is needed, with coordinates [longitude, latitude]",
)
_EMPTY = Words("图形是空的，没有面积", "The shape is empty: it has no area")


def read_polygon(geojson: Mapping[str, Any]) -> LonLatPolygon:
    """
    Read a GeoJSON Polygon or MultiPolygon in WGS 84.

    Raises
    ------
    InvalidGeometryError
        It is something else, empty, out of range, or crosses itself; the place is named.

    """
    if geojson.get("type") not in {"Polygon", "MultiPolygon"}:
        raise InvalidGeometryError(_NOT_A_POLYGON)
    try:
        area = shapely.force_2d(shape(json.loads(json.dumps(geojson))))
    except (GEOSException, TypeError, ValueError, IndexError, KeyError, AttributeError) as fault:
        raise InvalidGeometryError(_NOT_A_POLYGON) from fault
    _check(area)
    return LonLatPolygon(cast("shapely.Polygon | shapely.MultiPolygon", area))


def outline_box(outline_ll: Mapping[str, Any] | None) -> Box:
    """Give west, south, east, north of a GeoJSON polygon; four times None where there is none, or nothing in it."""
    area = None if outline_ll is None else shape(dict(outline_ll))
    if area is None or area.is_empty:
        return None, None, None, None
    return area.bounds


def _check(area: BaseGeometry) -> None:
    if area.is_empty:
        raise InvalidGeometryError(_EMPTY)
    vertices = shapely.get_coordinates(area)
    wrong = ~(
        np.isfinite(vertices).all(axis=1)
        & (np.abs(vertices[:, 0]) <= MOST_LON_DEG)
        & (np.abs(vertices[:, 1]) <= MOST_LAT_DEG)
    )
    if wrong.any():
        lon, lat = vertices[int(np.argmax(wrong))]
        raise InvalidGeometryError(
            Words(
                f"经度须在 ±180、纬度须在 ±90 之内：({lon:g}, {lat:g})；顺序是经度在前",
                f"Longitude within ±180 and latitude within ±90 are needed: ({lon:g}, {lat:g}); longitude comes first",
            )
        )
    if not area.is_valid:
        reason = shapely.is_valid_reason(area)
        name, _, place = reason.partition("[")
        raise InvalidGeometryError(
            Words(
                f"图形自相交或不合法，位置在（{place.rstrip(']')}）附近，请在那里改正后再提交",
                f"The shape crosses itself ({name.strip()}) near ({place.rstrip(']')}); correct it there",
            )
        )
    if area.area == 0.0:
        raise InvalidGeometryError(_EMPTY)
