"""Points on the wire: longitude first, always with their reference system."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from dispatch import areas, geo
from dispatch.api.access import settings
from dispatch.words import Words

PAIR_TEXT = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$"
PAIR_WANTED = Words("应为 经度,纬度，例如 117.20,39.13。", "Needs longitude,latitude, for example 117.20,39.13.")
CRS_WANTED: dict[str, Any] = {"required": areas.CRS_MISSING, "null": areas.CRS_MISSING}
DECIMALS = 7  # of a degree: about a centimetre


def study_area() -> geo.StudyArea:
    """Give the box outside which points are refused."""
    return geo.StudyArea(*settings().study_area_ll)


class PointSchema(Schema):
    """A point that arrives; loads to `areas.Point`: WGS 84, with the system and numbers as sent."""

    lon = fields.Float(required=True, metadata={"minimum": -180, "maximum": 180, "example": 117.2})
    lat = fields.Float(required=True, metadata={"minimum": -90, "maximum": 90, "example": 39.13})
    crs = fields.String(
        required=True,
        error_messages=CRS_WANTED,
        metadata={"enum": [system.value for system in geo.ReferenceSystem], "example": "wgs84"},
    )

    @post_load
    def to_point(self, data: dict[str, Any], **_: Any) -> areas.Point:  # noqa: ANN401 - marshmallow's signature
        """Check it against the study area and give it in WGS 84."""
        try:
            return areas.read_point((data["lon"], data["lat"]), crs=data["crs"], study_area=study_area())
        except areas.InvalidPointError as error:
            raise ValidationError(error.fields) from None  # Words pass through untouched


class PointOutSchema(Schema):
    """A point in the reference system that was asked for."""

    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    crs = fields.String(required=True, validate=validate.OneOf(list(geo.ReferenceSystem)))


class PairField(fields.Field[tuple[float, float]]):
    """Longitude and latitude of a query, "117.20,39.13"; their reference system is a parameter of its own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[float, float]:  # noqa: ANN401, ARG002 - marshmallow's signature
        try:
            lon, lat = (float(part) for part in str(value).split(","))
        except ValueError:
            raise ValidationError(PAIR_WANTED) from None  # type: ignore[arg-type] # Words pass through untouched
        return lon, lat


def crs_field() -> fields.String:
    """Make the query field that says in which reference system points shall come."""
    return fields.String(
        load_default=geo.ReferenceSystem.WGS84.value, validate=validate.OneOf(list(geo.ReferenceSystem))
    )


def point_out(lonlat: tuple[float | None, float | None], *, crs: str) -> dict[str, Any] | None:
    """Give a stored point in a reference system; None where there is none."""
    lon, lat = lonlat
    if lon is None or lat is None:
        return None
    system = geo.ReferenceSystem(crs)
    lon, lat = geo.from_wgs84((lon, lat), crs=system)
    return {"lon": round(lon, DECIMALS), "lat": round(lat, DECIMALS), "crs": system.value}
