"""Residential compounds on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import areas
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.directory import NAME

MOST_HOUSEHOLDS, MOST_RESIDENTS, MOST_AREA_M2 = 1_000_000, 50_000_000, 10_000_000
OWN_SOURCE = "api"


class CompoundQuery(PageQuery):
    """Which compounds."""

    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "in this area and below"})
    stage = fields.Enum(areas.CompoundStage, by_value=True, load_default=None)


class CompoundWishSchema(Schema):
    """What a compound shall be: what is left out becomes unknown, which is not 0."""

    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198001001"})
    name = fields.String(required=True, validate=NAME)
    stage = fields.Enum(areas.CompoundStage, by_value=True, required=True)
    households = fields.Integer(required=True, validate=validate.Range(0, MOST_HOUSEHOLDS), metadata={"example": 900})
    residents = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, MOST_RESIDENTS))
    care_floor_area_m2 = fields.Float(
        required=True,
        validate=validate.Range(0, MOST_AREA_M2),
        metadata={"description": "floor of its community elder care", "example": 150},
    )
    care_land_area_m2 = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, MOST_AREA_M2),
        metadata={"description": "land of its elder-care facilities"},
    )
    delivered_on = fields.Date(load_default=None, allow_none=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> areas.CompoundRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return areas.CompoundRecord(**data | {"stage": data["stage"].value, "source": OWN_SOURCE})


class CompoundSchema(Schema):
    """One compound."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True)
    stage = fields.String(required=True, validate=validate.OneOf(list(areas.CompoundStage)))
    households = fields.Integer(required=True)
    residents = fields.Integer(required=True, allow_none=True)
    care_floor_area_m2 = fields.Float(required=True, metadata={"description": "floor of its community elder care"})
    care_land_area_m2 = fields.Float(
        required=True, allow_none=True, metadata={"description": "land of its elder-care facilities"}
    )
    delivered_on = fields.Date(required=True, allow_none=True)
    source = fields.String(required=True, metadata={"description": "where the figures come from"})
    version = fields.Integer(required=True)


class CompoundPageSchema(Schema):
    """Compounds in the order of their ids."""

    items = fields.List(fields.Nested(CompoundSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
