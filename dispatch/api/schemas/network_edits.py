"""Named edits of the street network on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import coverage, geo
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.elder_parts import KNOWN_AT, SpanSchema
from dispatch.api.schemas.geometry import CRS_WANTED

LONGEST_NAME, LONGEST_REASON = 80, 500
LINE = {"type": "LineString", "coordinates": [[117.2, 39.13], [117.201, 39.13]]}
GEOMETRY = "a GeoJSON LineString; of a closure also Point or Polygon"


class NetworkEditWishSchema(SpanSchema):
    """A path or gate that the map lacks, or a closure; a correction takes the whole again."""

    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    name = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME), metadata={"example": "东门"})
    kind = fields.Enum(coverage.NetworkEditKind, by_value=True, required=True)
    geometry = fields.Dict(keys=fields.String(), required=True, metadata={"description": GEOMETRY, "example": LINE})
    crs = fields.String(
        required=True,
        error_messages=CRS_WANTED,
        metadata={"enum": [system.value for system in geo.ReferenceSystem], "example": "wgs84"},
    )
    reason = fields.String(
        required=True,
        validate=validate.Length(coverage.EDIT_REASON_MIN, LONGEST_REASON),
        metadata={"example": "地图上没有这个门"},
    )
    is_bridge = fields.Boolean(
        load_default=False, metadata={"description": "a path over or under what it crosses: joined at its ends only"}
    )

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> coverage.NetworkEditWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return coverage.NetworkEditWish(**data)


class EditEffectSchema(Schema):
    """What came of an edit on the network of its first day."""

    joined = fields.Integer(required=True, metadata={"description": "places where it meets streets"})
    added_m = fields.Float(required=True)
    cut = fields.Integer(required=True, metadata={"description": "pieces of street that it touches"})
    closed_m = fields.Float(required=True)


class NetworkEditSchema(Schema):
    """A named edit as it was recorded."""

    edit_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(coverage.NetworkEditKind, by_value=True, required=True)
    geometry = fields.Dict(keys=fields.String(), required=True, attribute="geometry_ll")
    is_bridge = fields.Boolean(required=True)
    reason = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "not included; null: open"})
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: it stands; otherwise when it was corrected"}
    )
    source_crs = fields.String(required=True)
    effect = fields.Nested(EditEffectSchema, required=True)
    network = fields.String(required=True, attribute="network_id")


class NetworkEditsSchema(Schema):
    """Named edits in the order in which they are made."""

    items = fields.List(fields.Nested(NetworkEditSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class NetworkEditQuery(PageQuery):
    """Which edits."""

    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"example": "120198"})
    on = fields.Date(load_default=None, metadata={"description": "those in force on that date"})
    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})
