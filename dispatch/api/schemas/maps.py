"""Maps on the wire: GeoJSON (RFC 7946), WGS 84, longitude first."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import directory
from dispatch.api.paging import CursorField
from dispatch.api.schemas.areas import AREA_CODE, LONGEST_QUERY
from dispatch.api.schemas.coverage_queries import box_field
from dispatch.api.schemas.directory import NAME

AT_MOST = 10_000
LONLAT = {"json_schema": {"minItems": 2, "maxItems": 2}}


class MapQuery(Schema):
    """Which sites, and how many at once."""

    bbox = box_field()
    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "in this area or below"})
    facility_type = fields.String(load_default=None, validate=NAME)
    service = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_QUERY),
        metadata={"description": "code or Chinese label; services below it in the tree count too", "example": "助餐"},
    )
    stale = fields.Boolean(
        load_default=None, metadata={"description": "true: verified longer ago than the facility type allows"}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_QUERY),
        metadata={
            "description": "a part of the name of the site or of a service there: characters, pinyin or initials",
            "example": "养老",
        },
    )
    limit = fields.Integer(load_default=1_000, validate=validate.Range(1, AT_MOST))
    cursor = CursorField(
        load_default=None,
        metadata={
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "maxLength": 2_000,
            "description": "`next_cursor` of the page before",
        },
    )


class LonLatSchema(Schema):
    """A point: longitude, latitude."""

    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(fields.Float(), required=True, metadata=LONLAT)


class FacilitySchema(Schema):
    """What a map says of a site."""

    name = fields.String(required=True)
    facility_type = fields.String(required=True)
    tier = fields.String(required=True)
    area_code = fields.String(required=True)
    organization_name = fields.String(required=True)
    stage = fields.Enum(
        directory.Stage,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "today; null where nobody said so"},
    )
    open_now = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "the house or one of its services; null: not known"}
    )
    freshness = fields.Enum(directory.Freshness, by_value=True, required=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)


class FacilityFeatureSchema(Schema):
    """One site."""

    type = fields.String(required=True, validate=validate.Equal("Feature"))
    id = fields.UUID(required=True)
    geometry = fields.Nested(LonLatSchema, required=True)
    properties = fields.Nested(FacilitySchema, required=True)


class MapCountsSchema(Schema):
    """What the whole question has, on all pages together."""

    located = fields.Integer(required=True)
    stale = fields.Integer(required=True, metadata={"description": "of those located"})
    unlocated = fields.Integer(
        required=True, metadata={"description": "without a point, so on no map; the box does not narrow them"}
    )


class FacilitiesGeoJson(Schema):
    """Sites as a GeoJSON feature collection; the last members say what is not on it."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    features = fields.List(fields.Nested(FacilityFeatureSchema), required=True)
    counts = fields.Nested(MapCountsSchema, required=True)
    as_of = fields.AwareDateTime(required=True, metadata={"description": "open_now and stage are of this time"})
    next_cursor = fields.String(required=True, allow_none=True)
