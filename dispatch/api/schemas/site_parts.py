"""The dated parts of sites, vacancies and places on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import directory
from dispatch.api.schemas.directory import NAME
from dispatch.api.schemas.elder_parts import EntrySchema, SpanSchema
from dispatch.api.schemas.sites import MOST, VacancySchema
from dispatch.words import Words

LONGEST_DAYS = 62
TOO_LONG = Words("from 到 to 最多 62 天，to 不早于 from。", "From `from` to `to` at most 62 days, and not backwards.")


class SiteEntrySchema(EntrySchema):
    """An entry about a site; a correction supersedes it."""

    entry_id = fields.UUID(required=True, attribute="id")


class StageWishSchema(SpanSchema):
    """A stage of a site."""

    stage = fields.Enum(directory.Stage, by_value=True, required=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> directory.StageRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.StageRecord(**data)


class StageEntrySchema(SiteEntrySchema):
    """A stage of a site, as it was recorded."""

    stage = fields.String(required=True, validate=validate.OneOf(list(directory.Stage)))


class OperationWishSchema(SpanSchema):
    """Who runs a site, who founded it, and how it is run."""

    organization_id = fields.UUID(required=True)
    operator_kind = fields.String(
        required=True, validate=NAME, metadata={"description": "a code of operator_kind", "example": "company"}
    )
    founder_kind = fields.String(
        required=True, validate=NAME, metadata={"description": "a code of founder_kind", "example": "social"}
    )
    run_mode = fields.String(
        required=True, validate=NAME, metadata={"description": "a code of run_mode", "example": "socially_founded"}
    )

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> directory.OperationRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.OperationRecord(**data)


class OperationEntrySchema(SiteEntrySchema):
    """Who ran a site, and how."""

    organization_id = fields.UUID(required=True)
    operator_kind = fields.String(required=True, metadata={"description": "a code of operator_kind"})
    founder_kind = fields.String(required=True, metadata={"description": "a code of founder_kind"})
    run_mode = fields.String(required=True, metadata={"description": "a code of run_mode"})


class FunctionWishSchema(SpanSchema):
    """A function that a site offers."""

    function = fields.String(
        required=True, validate=NAME, metadata={"description": "a code of function", "example": "community_meals"}
    )

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> directory.FunctionRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.FunctionRecord(**data)


class FunctionEntrySchema(SiteEntrySchema):
    """A function that a site offers or offered."""

    function = fields.String(required=True, metadata={"description": "a code of function"})


class AgreementWishSchema(SpanSchema):
    """An agreement of a site with another organization."""

    kind = fields.Enum(directory.AgreementKind, by_value=True, required=True)
    partner_organization_id = fields.UUID(required=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> directory.AgreementRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.AgreementRecord(**data)


class AgreementEntrySchema(SiteEntrySchema):
    """An agreement of a site with another organization, as it was recorded."""

    kind = fields.String(required=True, validate=validate.OneOf(list(directory.AgreementKind)))
    partner_organization_id = fields.UUID(required=True)


class PriceWishSchema(SpanSchema):
    """What a service costs at a site."""

    unit = fields.Enum(directory.PriceUnit, by_value=True, required=True)
    amount_cents = fields.Integer(required=True, validate=validate.Range(0, MOST))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> directory.PriceRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.PriceRecord(**data)


class PriceEntrySchema(SiteEntrySchema):
    """What a service costs or cost at a site."""

    unit = fields.String(required=True, validate=validate.OneOf(list(directory.PriceUnit)))
    amount_cents = fields.Integer(required=True)


class VacancyWishSchema(Schema):
    """How many there are and how many are free now."""

    unit = fields.Enum(directory.CapacityUnit, by_value=True, required=True)
    maximum = fields.Integer(required=True, validate=validate.Range(0, MOST))
    available = fields.Integer(required=True, validate=validate.Range(0, MOST))


class BedsWishSchema(Schema):
    """How many beds of a type there are and how many are free now."""

    maximum = fields.Integer(required=True, validate=validate.Range(0, MOST))
    available = fields.Integer(required=True, validate=validate.Range(0, MOST))


class ToldVacancySchema(VacancySchema):
    """What was said of places or beds."""

    bed_type = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PlacesWishSchema(Schema):
    """How many places there are in one part of one day."""

    maximum = fields.Integer(required=True, validate=validate.Range(0, MOST))


class BookingSchema(Schema):
    """One place, please."""


class SlotSchema(Schema):
    """Places of a service at a site in one part of one day."""

    service_on = fields.Date(required=True)
    period = fields.String(required=True, validate=validate.OneOf(list(directory.Period)))
    maximum = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    free = fields.Integer(required=True)
    is_planned = fields.Boolean(
        required=True, metadata={"description": "false: nobody planned them; the maximum is what was said to be free"}
    )
    version = fields.Integer(required=True)


class SlotsSchema(Schema):
    """Places, day by day."""

    items = fields.List(fields.Nested(SlotSchema), required=True)


class SlotQuery(Schema):
    """From which date to which, both included."""

    from_ = fields.Date(required=True, data_key="from", metadata={"example": "2026-03-31"})
    to = fields.Date(required=True, metadata={"example": "2026-04-06"})

    @validates_schema
    def is_short(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a span that is backwards or longer than two months."""
        if not 0 <= (data["to"] - data["from_"]).days <= LONGEST_DAYS:
            raise ValidationError([TOO_LONG], field_name="to")
