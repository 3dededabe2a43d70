"""Category sets on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import elders
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.directory import NAME
from dispatch.api.schemas.elder_parts import KNOWN_AT, SpanSchema

MOST_MEMBERS = 40


class CategorySetQuery(Schema):
    """Whose sets, as known at which time."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})


class CategorySetWishSchema(SpanSchema):
    """A set that shall be in force; it takes the place of one with the same area, purpose, status and first day."""

    set_key = fields.String(required=True, validate=NAME, metadata={"example": "luzhou_visit"})
    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    purpose = fields.String(
        required=True,
        validate=NAME,
        metadata={"description": "visit: counted in the monthly rate", "example": "visit"},
    )
    members = fields.List(
        fields.String(validate=NAME, metadata={"description": "of the list `category`", "example": "living_alone"}),
        required=True,
        validate=validate.Length(1, MOST_MEMBERS),
    )
    status = fields.Enum(elders.SetStatus, by_value=True, required=True)
    is_open = fields.Boolean(load_default=False, metadata={"description": "true: the text says that others may count"})
    clause = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.CategorySetRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.CategorySetRecord(**data | {"members": tuple(sorted(set(data["members"])))})


class CategorySetSchema(Schema):
    """A category set; a draft is never counted."""

    set_key = fields.String(required=True)
    area_code = fields.String(required=True)
    purpose = fields.String(required=True)
    members = fields.List(fields.String(), required=True, metadata={"description": "codes of the list `category`"})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "not included; null: open"})
    status = fields.Enum(elders.SetStatus, by_value=True, required=True)
    is_open = fields.Boolean(required=True, metadata={"description": "true: the text says that others may count"})
    clause = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class CategorySetsSchema(Schema):
    """Category sets, in the order of area, purpose and date."""

    items = fields.List(fields.Nested(CategorySetSchema), required=True)
