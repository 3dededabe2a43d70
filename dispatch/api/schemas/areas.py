"""Areas on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import areas
from dispatch.api.paging import PageQuery

LONGEST_QUERY, LONGEST_CLAUSE = 60, 200
AREA_CODE = validate.Regexp(r"^[0-9]{2}([0-9]{4}([0-9]{3}([0-9]{3})?)?)?\Z")


class AreaQuery(PageQuery):
    """Which areas."""

    parent = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "directly below this one"})
    level = fields.Enum(areas.Level, by_value=True, load_default=None)
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_QUERY),
        metadata={"description": "part of a name, old or new, or the beginning of a code", "example": "蓟县"},
    )


class AreaCardQuery(Schema):
    """What of one area."""

    geometry = fields.Boolean(load_default=False, metadata={"description": "with the boundary"})


class AreaSchema(Schema):
    """One area."""

    code = fields.String(required=True, metadata={"description": "2, 6, 9 or 12 digits; a parent's is a prefix"})
    parent_code = fields.String(required=True, allow_none=True)
    level = fields.String(required=True, validate=validate.OneOf(list(areas.Level)))
    settlement = fields.String(required=True, allow_none=True)
    village_class = fields.String(required=True, allow_none=True)
    wing = fields.String(
        required=True, allow_none=True, metadata={"description": "north or south, where the district has two wings"}
    )
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    residents = fields.Integer(required=True, allow_none=True)
    residents_60plus = fields.Integer(required=True, allow_none=True)
    source = fields.String(required=True, metadata={"description": "where names and figures come from"})
    is_made_up = fields.Boolean(required=True)
    aliases = fields.List(fields.String(), required=True, metadata={"description": "old and other names"})


class RuleSchema(Schema):
    """A rule that decides for the area today, and the area that it comes from."""

    rule_key = fields.String(required=True)
    value = fields.Raw(required=True)
    area_code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    status = fields.Enum(areas.RuleStatus, by_value=True, required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "when it was changed; null: it stands"}
    )


class RulesQuery(Schema):
    """As they were known when."""

    known_at = fields.AwareDateTime(
        load_default=None,
        metadata={
            "description": "as it was on record at that time, whatever was corrected since; now where it is left out"
        },
    )


class RuleListSchema(Schema):
    """All rules of an area and of those it lies in."""

    items = fields.List(fields.Nested(RuleSchema), required=True)


class RuleWishSchema(Schema):
    """A rule that is put in force, or drafted."""

    value = fields.Raw(
        required=True, metadata={"description": "what the rule's key takes", "example": ["door", "site_meeting"]}
    )
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True, metadata={"description": "not included"})
    clause = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, LONGEST_CLAUSE))
    status = fields.Enum(areas.RuleStatus, by_value=True, load_default=areas.RuleStatus.ADOPTED)


class AreaCardSchema(AreaSchema):
    """One area with its rules in force, and its boundary where that is asked for."""

    rules = fields.List(fields.Nested(RuleSchema), required=True)
    has_boundary = fields.Boolean(required=True)
    boundary_ll = fields.Dict(
        keys=fields.String(), metadata={"description": "GeoJSON Polygon or MultiPolygon, WGS 84; with geometry=true"}
    )


class AreaPageSchema(Schema):
    """Areas in the order of their codes."""

    items = fields.List(fields.Nested(AreaSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
