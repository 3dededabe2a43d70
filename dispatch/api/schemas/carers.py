"""Carers, their parts and rosters on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import carers
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.directory import NAME
from dispatch.api.schemas.elder_parts import EntrySchema, SpanSchema
from dispatch.api.schemas.elders import LONGEST_PHONE, NOTHING
from dispatch.api.schemas.geometry import PointOutSchema, PointSchema

DAY_MIN, LAST_LEVEL = 1440, 5
CLOCK = "%H:%M"
KIND = {"description": "of the list `carer_kind`", "example": "care_worker"}
OPEN_END = {"description": "not after `from_time`: on the next day"}
BASE = {"description": "where the day starts; without it at `base_site_id`"}


class CarerQuery(PageQuery):
    """Which carers."""

    organization_id = fields.UUID(load_default=None)
    kind = fields.String(load_default=None, validate=NAME, metadata=KIND)
    status = fields.Enum(carers.CarerStatus, by_value=True, load_default=None)


class CarerFactsSchema(Schema):
    """Who a carer is."""

    name = fields.String(validate=NAME)
    kind = fields.String(validate=NAME, metadata=KIND)
    sex = fields.Enum(carers.Sex, by_value=True)
    phone = fields.String(
        allow_none=True,
        validate=validate.Length(1, LONGEST_PHONE),
        metadata={"description": "landlines with their area code"},
    )
    travel_mode = fields.Enum(carers.TravelMode, by_value=True)
    day_limit_min = fields.Integer(validate=validate.Range(1, DAY_MIN), metadata={"example": 480})
    base = fields.Nested(PointSchema, allow_none=True, metadata=BASE)
    base_site_id = fields.UUID(allow_none=True)

    @staticmethod
    def plain(data: dict[str, Any]) -> dict[str, Any]:
        """Give the facts by the names of the record; the point as it was sent, and in WGS 84."""
        facts: dict[str, Any] = {name: str(value) if isinstance(value, str) else value for name, value in data.items()}
        if "base" in facts:
            point = facts.pop("base")
            facts |= {
                "base_lon": point.lonlat[0] if point else None,
                "base_lat": point.lonlat[1] if point else None,
                "source_crs": str(point.crs) if point else None,
                "source_raw": list(point.raw) if point else None,
            }
        return facts


class NewCarerSchema(CarerFactsSchema):
    """A carer who shall be on record."""

    organization_id = fields.UUID(required=True)
    name = fields.String(required=True, validate=NAME)
    kind = fields.String(required=True, validate=NAME, metadata=KIND)
    sex = fields.Enum(carers.Sex, by_value=True, required=True)
    travel_mode = fields.Enum(carers.TravelMode, by_value=True, required=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> carers.CarerRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return carers.CarerRecord(**self.plain(data))


class CarerChangeSchema(CarerFactsSchema):
    """What shall be different: what is left out stays, null empties it."""

    @validates_schema
    def check_something(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a change of nothing."""
        if not data:
            raise ValidationError([NOTHING])  # Words pass through untouched

    @post_load
    def to_change(self, data: dict[str, Any], **_: Any) -> carers.CarerChange:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return carers.CarerChange(facts=self.plain(data))


class CarerSchema(Schema):
    """A carer's record, as far as the reader may see it."""

    carer_id = fields.UUID(required=True)
    view = fields.Enum(
        carers.CarerView,
        by_value=True,
        required=True,
        metadata={"description": "oversight: the phone is masked, the base rounded to 100 m"},
    )
    organization_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"description": "of the list `carer_kind`"})
    name = fields.String(required=True)
    sex = fields.String(required=True, validate=validate.OneOf(list(carers.Sex)))
    phone = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "E.164; in a masked view with its middle hidden"},
    )
    base = fields.Nested(PointOutSchema, required=True, allow_none=True)
    is_rounded = fields.Boolean(required=True, metadata={"description": "true: the place to 100 m, not the door"})
    base_site_id = fields.UUID(required=True, allow_none=True)
    travel_mode = fields.String(required=True, validate=validate.OneOf(list(carers.TravelMode)))
    day_limit_min = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(carers.CarerStatus)))
    source = fields.String(required=True, allow_none=True)
    source_ref = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "of the record; a change sends it as `If-Match`"})


class CarersSchema(Schema):
    """A page of carers."""

    items = fields.List(fields.Nested(CarerSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class QualificationWishSchema(SpanSchema):
    """A skill that a carer has."""

    skill = fields.String(
        required=True, validate=NAME, metadata={"description": "of the list `skill`", "example": "bathing"}
    )
    level = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LAST_LEVEL))
    certificate_no = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> carers.QualificationRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return carers.QualificationRecord(**data)


class QualificationEntrySchema(EntrySchema):
    """A skill that a carer has or had."""

    skill = fields.String(required=True, metadata={"description": "of the list `skill`"})
    level = fields.Integer(required=True, allow_none=True)
    certificate_no = fields.String(required=True, allow_none=True)
    checked_by = fields.UUID(
        required=True, allow_none=True, metadata={"description": "account of whoever saw the certificate"}
    )


class ShiftWishSchema(SpanSchema):
    """Weekly hours in local time."""

    weekday = fields.Integer(
        required=True, validate=validate.Range(0, 6), metadata={"description": "0 is Monday", "example": 0}
    )
    from_time = fields.Time(required=True, format=CLOCK, metadata={"example": "08:00"})
    to_time = fields.Time(required=True, format=CLOCK, metadata=OPEN_END | {"example": "17:00"})
    break_min = fields.Integer(load_default=0, validate=validate.Range(0, DAY_MIN))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> carers.ShiftRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return carers.ShiftRecord(**data)


class ShiftEntrySchema(EntrySchema):
    """Weekly hours that hold or held."""

    weekday = fields.Integer(required=True, metadata={"description": "0 is Monday"})
    from_time = fields.Time(required=True, format=CLOCK)
    to_time = fields.Time(required=True, format=CLOCK, metadata=OPEN_END)
    break_min = fields.Integer(required=True)


class ExceptionWishSchema(Schema):
    """What differs on one day."""

    on_date = fields.Date(required=True)
    kind = fields.Enum(carers.ExceptionKind, by_value=True, required=True)
    from_time = fields.Time(
        load_default=None, allow_none=True, format=CLOCK, metadata={"description": "of extra hours only"}
    )
    to_time = fields.Time(load_default=None, allow_none=True, format=CLOCK, metadata=OPEN_END)
    break_min = fields.Integer(load_default=0, validate=validate.Range(0, DAY_MIN))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> carers.ExceptionRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return carers.ExceptionRecord(**data | {"kind": data["kind"].value})


class ExceptionEntrySchema(Schema):
    """What differs or was said to differ on one day."""

    entry_id = fields.UUID(required=True)
    on_date = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(carers.ExceptionKind)))
    from_time = fields.Time(
        required=True, allow_none=True, format=CLOCK, metadata={"description": "of extra hours only"}
    )
    to_time = fields.Time(required=True, allow_none=True, format=CLOCK, metadata=OPEN_END)
    break_min = fields.Integer(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: it stands; otherwise when it was corrected"}
    )


class RosterQuery(Schema):
    """Which dates."""

    from_on = fields.Date(required=True, data_key="from", metadata={"description": "local date"})
    to_on = fields.Date(
        required=True, data_key="to", metadata={"description": "not included; at most 92 days after `from`"}
    )


class DutySpanSchema(Schema):
    """When a carer is on duty."""

    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    break_min = fields.Integer(required=True)


class RosterReasonSchema(Schema):
    """What decides a day."""

    code = fields.Enum(carers.WhyOnRoster, by_value=True, required=True)
    label = fields.String(required=True, metadata={"description": "in the reader's language"})
    from_time = fields.Time(required=True, allow_none=True, format=CLOCK)
    to_time = fields.Time(required=True, allow_none=True, format=CLOCK, metadata=OPEN_END)


class RosterDaySchema(Schema):
    """All work that begins on one local date; a night belongs to the day on which it begins."""

    on = fields.Date(required=True)
    spans = fields.List(fields.Nested(DutySpanSchema), required=True)
    duty_min = fields.Integer(required=True, metadata={"description": "minutes of the spans less their breaks"})
    reasons = fields.List(fields.Nested(RosterReasonSchema), required=True)


class RosterSchema(Schema):
    """When a carer is on duty, day by day."""

    carer_id = fields.UUID(required=True)
    items = fields.List(fields.Nested(RosterDaySchema), required=True)
