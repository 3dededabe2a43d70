"""Elders in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import elders
from dispatch.api.paging import PageQuery
from dispatch.journal import AccessPurpose


class ElderQuery(PageQuery):
    """Which elders."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 1),
        metadata={
            "description": "the first character of the name, which a masked record shows too; "
            "a whole name does not belong in an address",
            "example": "张",
        },
    )
    area = fields.String(
        load_default="",
        validate=validate.Regexp(r"^\d{2,12}$"),
        metadata={"description": "only who lives within this area", "example": "120198"},
    )


class HomeSchema(Schema):
    """Where an elder lives; WGS 84, longitude first."""

    area_code = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    is_rounded = fields.Boolean(required=True, metadata={"description": "true: the place to 100 m, not the door"})
    located_by = fields.Enum(elders.LocatedBy, by_value=True, required=True, allow_none=True)


class MembershipSchema(Schema):
    """A category that holds."""

    category = fields.String(required=True, metadata={"description": "of the list `category`"})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "not included; null: open"})


class AssessmentSchema(Schema):
    """The latest ability grade, in force or expired."""

    standard = fields.String(required=True)
    grade = fields.Enum(elders.Grade, by_value=True, required=True)
    assessed_on = fields.Date(required=True)
    valid_to = fields.Date(required=True, metadata={"description": "not included"})


class ElderSchema(Schema):
    """An elder's record, as far as `view` shows it; what is hidden is null."""

    elder_id = fields.UUID(required=True)
    view = fields.Enum(
        elders.View,
        by_value=True,
        required=True,
        validate=validate.NoneOf([elders.View.NONE]),
        metadata={
            "description": "full; request: who, where and the grade; visit: who and where; "
            "masked: surname, age band, community, the place to 100 m"
        },
    )
    name = fields.String(required=True)
    sex = fields.Enum(elders.Sex, by_value=True, required=True)
    age_band = fields.String(required=True, metadata={"example": "80-89"})
    born_on = fields.Date(required=True, allow_none=True)
    age = fields.Integer(required=True, allow_none=True)
    home = fields.Nested(HomeSchema, required=True)
    registered_area_code = fields.String(required=True, allow_none=True)
    has_lift_access = fields.Boolean(required=True, allow_none=True)
    categories = fields.List(fields.Nested(MembershipSchema), required=True, allow_none=True)
    assessment = fields.Nested(AssessmentSchema, required=True, allow_none=True)


class EldersSchema(Schema):
    """A page of elders."""

    items = fields.List(fields.Nested(ElderSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AccessLineSchema(Schema):
    """One look at one elder's record."""

    at = fields.AwareDateTime(required=True)
    account_id = fields.UUID(required=True, allow_none=True)
    display_name = fields.String(
        required=True, allow_none=True, metadata={"description": "of the account that looked; null: the system"}
    )
    purpose = fields.Enum(AccessPurpose, by_value=True, required=True)
    route = fields.String(required=True)


class AccessLogSchema(Schema):
    """A page of looks at one elder's record, oldest first."""

    items = fields.List(fields.Nested(AccessLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
