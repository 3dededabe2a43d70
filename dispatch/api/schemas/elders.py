"""Elders in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import elders
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.directory import NAME
from dispatch.api.schemas.elder_parts import KNOWN_AT, MembershipWishSchema, ResidenceWishSchema
from dispatch.words import Words

LONGEST_ID_NO, LONGEST_PHONE = 40, 40
NOTHING = Words("没有要修改的内容。", "There is nothing to change.")


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
        validate=AREA_CODE,
        metadata={"description": "only who lives within this area", "example": "120198"},
    )


class ElderAtQuery(Schema):
    """Which day, as known at which time."""

    on = fields.Date(load_default=None, metadata={"description": "local date; today where it is left out"})
    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})


class IdentitySchema(Schema):
    """What identifies an elder."""

    name = fields.String(validate=NAME)
    sex = fields.Enum(elders.Sex, by_value=True)
    born_on = fields.Date(metadata={"example": "1944-05-06"})
    registered_area_code = fields.String(
        allow_none=True, validate=AREA_CODE, metadata={"description": "of the household registration"}
    )
    has_lift_access = fields.Boolean(allow_none=True)
    id_no = fields.String(
        allow_none=True,
        validate=validate.Length(1, LONGEST_ID_NO),
        metadata={"description": "18 digits, or 17 and X (GB 11643); any district's code, today's or a former one"},
    )
    phone = fields.String(
        allow_none=True,
        validate=validate.Length(1, LONGEST_PHONE),
        metadata={"description": "landlines with their area code"},
    )


class NewElderSchema(IdentitySchema):
    """An elder who shall be on record, with where they live and the categories known so far."""

    name = fields.String(required=True, validate=NAME)
    sex = fields.Enum(elders.Sex, by_value=True, required=True)
    born_on = fields.Date(required=True, metadata={"example": "1944-05-06"})
    residences = fields.List(fields.Nested(ResidenceWishSchema), required=True, validate=validate.Length(1, 10))
    memberships = fields.List(fields.Nested(MembershipWishSchema), load_default=(), validate=validate.Length(0, 20))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.ElderRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        lists = {name: tuple(data[name]) for name in ("residences", "memberships")}
        return elders.ElderRecord(**data | lists)


class ElderChangeSchema(IdentitySchema):
    """What shall be different: what is left out stays, null empties it."""

    @validates_schema
    def check_something(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a change of nothing."""
        if not data:
            raise ValidationError([NOTHING])  # Words pass through untouched

    @post_load
    def to_change(self, data: dict[str, Any], **_: Any) -> elders.ElderChange:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.ElderChange(facts=data)


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
            "description": "full; request: who, where and the grade; visit, emergency, call: who and where; "
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
    phone = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "E.164; in a masked view with its middle hidden", "example": "+8619000000001"},
    )
    id_no_masked = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "first and last four places; the whole number is never in a record",
            "example": "1201**********001X",
        },
    )
    version = fields.Integer(required=True, metadata={"description": "of the record; a change sends it as `If-Match`"})
    categories = fields.List(fields.Nested(MembershipSchema), required=True, allow_none=True)
    assessment = fields.Nested(AssessmentSchema, required=True, allow_none=True)


class EldersSchema(Schema):
    """A page of elders."""

    items = fields.List(fields.Nested(ElderSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DuplicatesQuery(Schema):
    """Where to look for pairs."""

    area = fields.String(
        load_default="",
        validate=AREA_CODE,
        metadata={"description": "only who lives within this area", "example": "120198"},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class DuplicatePairSchema(Schema):
    """Two elders who may be one person."""

    pair = fields.List(fields.Nested(ElderSchema), required=True, validate=validate.Length(equal=2))
    likeness = fields.List(
        fields.Enum(elders.Likeness, by_value=True), required=True, metadata={"description": "what they have in common"}
    )


class DuplicatesSchema(Schema):
    """The pairs with most in common first."""

    items = fields.List(fields.Nested(DuplicatePairSchema), required=True)
    total = fields.Integer(required=True, metadata={"description": "pairs in all, those that are not shown too"})


class ElderMergeSchema(Schema):
    """Into which record."""

    into_id = fields.UUID(required=True, metadata={"description": "the record that stays"})


class ElderMergedSchema(Schema):
    """What became of it."""

    elder_id = fields.UUID(required=True)
    merged_into_id = fields.UUID(required=True)
    taken_over = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "how many of each part came over, because the record that stays had none"},
    )
