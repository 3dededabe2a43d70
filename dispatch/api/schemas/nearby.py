"""The nearest search on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from dispatch.api.paging import PageQuery
from dispatch.api.schemas.assignment import ReasonSchema
from dispatch.api.schemas.geometry import PairField, PointOutSchema
from dispatch.api.schemas.sites import OfferSchema, service_field
from dispatch.words import Words

SLOWEST_MPS, FASTEST_MPS = 0.2, 3.0
START_WANTED = Words(
    "写明从哪里出发：near=经度,纬度，或 for_elder。", "Say where one starts: near=longitude,latitude, or for_elder."
)


class NearbyQuery(PageQuery):
    """Where one starts, what one looks for, and how far one walks."""

    near = PairField(
        load_default=None,
        metadata={
            "type": "string",
            "description": "longitude,latitude; without it the home of the elder asked for",
            "example": "117.20,39.13",
        },
    )
    crs = fields.String(load_default=None, metadata={"description": "reference system of near; needed with it"})
    within = fields.String(
        load_default="15min",
        validate=validate.Regexp(r"^[1-9][0-9]?min\Z"),
        metadata={"description": "minutes on foot", "example": "15min"},
    )
    mode = fields.String(load_default="walk", validate=validate.OneOf(["walk"]))
    speed_mps = fields.Float(
        load_default=None,
        validate=validate.Range(SLOWEST_MPS, FASTEST_MPS),
        metadata={"description": "1.0 m/s where it is left out"},
    )
    service = service_field(example="助餐")
    for_elder = fields.UUID(
        load_default=None,
        metadata={"description": "an elder whose whole record one sees: what does not take the elder is left out"},
    )

    @validates_schema
    def check_start(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Ask where one starts."""
        if data["near"] is None and data["for_elder"] is None:
            raise ValidationError([START_WANTED], "near")


class NearbySiteSchema(Schema):
    """Where it is."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    facility_type = fields.String(required=True)
    area_code = fields.String(required=True)
    point = fields.Nested(PointOutSchema, required=True)


class NearbyServiceSchema(Schema):
    """A service that is reached on foot."""

    walk_s = fields.Integer(required=True, metadata={"description": "seconds from the point to the entrance"})
    walk_m = fields.Float(required=True)
    straight_m = fields.Float(required=True)
    shown_min = fields.Integer(required=True, metadata={"description": "minutes, rounded up"})
    open_now = fields.Boolean(required=True, allow_none=True, metadata={"description": "null: hours not known"})
    service = fields.Nested(OfferSchema, required=True)
    site = fields.Nested(NearbySiteSchema, required=True)


class ExcludedSchema(Schema):
    """A service within reach that does not take the elder, with every rule that is not met."""

    service_at_site_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    site_id = fields.UUID(required=True)
    site_name = fields.String(required=True)
    walk_s = fields.Integer(required=True)
    shown_min = fields.Integer(required=True, metadata={"description": "minutes, rounded up"})
    excluded_because = fields.List(fields.Nested(ReasonSchema), required=True)


class WalkAssumptionsSchema(Schema):
    """What the answer rests on."""

    mode = fields.String(required=True)
    network = fields.String(required=True)
    network_date = fields.AwareDateTime(required=True, allow_none=True)
    speed_mps = fields.Float(required=True)
    limit_s = fields.Integer(required=True)
    rule_version = fields.String(required=True)
    fit_rule_version = fields.String(
        required=True, allow_none=True, metadata={"description": "of the conditions; null: nobody was asked for"}
    )
    fit_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "the day on which age, categories and grade count"}
    )


class NearbyPageSchema(Schema):
    """Services by walking time."""

    items = fields.List(fields.Nested(NearbyServiceSchema), required=True)
    excluded = fields.List(
        fields.Nested(ExcludedSchema),
        required=True,
        allow_none=True,
        metadata={"description": "all of them on each page, the nearest first; null: nobody was asked for"},
    )
    next_cursor = fields.String(required=True, allow_none=True)
    is_on_network = fields.Boolean(
        required=True, metadata={"description": "false: no street is near the point, so nothing is reached"}
    )
    note = fields.String(required=True, allow_none=True)
    assumptions = fields.Nested(WalkAssumptionsSchema, required=True)
