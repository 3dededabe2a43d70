"""What one elder has within reach."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import coverage
from dispatch.api.schemas.assignment import ReasonSchema


class CircleProviderSchema(Schema):
    """Who gives the service."""

    service_at_site_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    site_id = fields.UUID(required=True)
    site_name = fields.String(required=True)
    organization_name = fields.String(required=True)
    way = fields.Enum(
        coverage.Way,
        by_value=True,
        required=True,
        metadata={"description": "the elder walks, a carer comes, or from afar"},
    )
    time_s = fields.Integer(
        required=True, allow_none=True, metadata={"description": "a carer's with parking and door; null from afar"}
    )
    minutes = fields.Integer(required=True, allow_none=True)
    limit_s = fields.Integer(required=True, allow_none=True)
    is_open_now = fields.Boolean(required=True, allow_none=True)


class CircleMissingSchema(Schema):
    """Why there is none: the reason of who comes nearest to serving."""

    code = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.Missing]))
    label = fields.String(required=True)
    because = fields.List(
        fields.Nested(ReasonSchema), required=True, metadata={"description": "the rules that fail, with not_eligible"}
    )


class CircleItemSchema(Schema):
    """One basic service: its provider, or why there is none."""

    service_code = fields.String(required=True)
    label_zh = fields.String(required=True)
    label_en = fields.String(required=True)
    provider = fields.Nested(CircleProviderSchema, required=True, allow_none=True)
    missing = fields.Nested(CircleMissingSchema, required=True, allow_none=True)


class ElderCircleSchema(Schema):
    """Every item of the area's list of basic services, in its order."""

    elder_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    rule_area_code = fields.String(
        required=True, allow_none=True, metadata={"description": "whose list it is; null: no area has one"}
    )
    items = fields.List(fields.Nested(CircleItemSchema), required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)
