"""Confirmations, disputes and totals in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import intake
from dispatch.actor import Role
from dispatch.api.language import say
from dispatch.api.schemas.areas import AREA_CODE

MONTH = validate.Regexp(r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")


class ConfirmationWishSchema(Schema):
    """That a service took place; no free text is taken."""

    rating = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, 5), metadata={"description": "1 to 5, or none"}
    )


class ConfirmationSchema(Schema):
    """How a completed request was confirmed."""

    care_request_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    confirmed_by = fields.Enum(
        intake.ConfirmedBy,
        by_value=True,
        required=True,
        metadata={"description": "silence: nobody said anything for 7 days"},
    )
    rating = fields.Integer(required=True, allow_none=True)
    role = fields.Enum(
        Role, by_value=True, required=True, allow_none=True, metadata={"description": "of who confirmed it"}
    )
    at = fields.AwareDateTime(required=True)


class DisputeWishSchema(Schema):
    """What is wrong with a completed request."""

    reason = fields.Enum(intake.DisputeReason, by_value=True, required=True)


class DisputeClosingSchema(Schema):
    """What an officer found."""

    outcome = fields.Enum(
        intake.DisputeOutcome,
        by_value=True,
        required=True,
        metadata={"description": "upheld: stays out of what is paid; rejected: counts again"},
    )


class DisputeSchema(Schema):
    """A dispute about a completed request."""

    care_request_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    reason = fields.Enum(intake.DisputeReason, by_value=True, required=True)
    reason_label = fields.Function(
        lambda card: say(intake.DISPUTE_WORDS[card.reason]),
        required=True,
        metadata={"type": "string", "description": "for reading"},
    )
    status = fields.Enum(intake.DisputeStatus, by_value=True, required=True)
    role = fields.Enum(
        Role, by_value=True, required=True, allow_none=True, metadata={"description": "of who raised it"}
    )
    opened_at = fields.AwareDateTime(required=True)
    outcome = fields.Enum(intake.DisputeOutcome, by_value=True, required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class TotalsQuery(Schema):
    """Which totals."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    month = fields.String(
        required=True, validate=MONTH, metadata={"example": "2026-03", "description": "of the service days"}
    )
    service = fields.String(load_default=None, validate=validate.Length(1, 60))
    by = fields.Enum(intake.TotalsBy, by_value=True, load_default=intake.TotalsBy.AREA)


class MoneySchema(Schema):
    """What requests come to by their stored quotes; null with the reason where it is not known."""

    gross_cents = fields.Integer(required=True, allow_none=True)
    subsidy_cents = fields.Integer(required=True, allow_none=True)
    own_share_cents = fields.Integer(required=True, allow_none=True)
    unknown_because = fields.Enum(intake.NoMoney, by_value=True, required=True, allow_none=True)


class PartSchema(Schema):
    """A number of requests and what they come to."""

    requests = fields.Integer(required=True, allow_none=True)
    money = fields.Nested(MoneySchema, required=True)


class TotalsRowSchema(Schema):
    """Completed = paid + disputed + upheld; null: hidden from this reader."""

    key = fields.String(
        required=True, allow_none=True, metadata={"description": "of the area, service or organization; null: all"}
    )
    completed = fields.Integer(required=True, allow_none=True)
    paid = fields.Nested(PartSchema, required=True)
    disputed = fields.Nested(
        PartSchema, required=True, metadata={"description": "open disputes: left out of what is paid"}
    )
    upheld = fields.Nested(
        PartSchema, required=True, metadata={"description": "disputes that an officer upheld: not paid"}
    )
    confirmed = fields.Integer(required=True, allow_none=True, metadata={"description": "of those that are paid"})
    confirmed_by_silence = fields.Integer(required=True, allow_none=True)
    rated = fields.Integer(required=True, allow_none=True)
    rating_mean = fields.Float(required=True, allow_none=True)


class TotalsSchema(Schema):
    """The completed requests of a month; a disputed one stands in its own row until it is closed."""

    month = fields.String(required=True)
    period_from = fields.Date(required=True)
    period_to = fields.Date(required=True, metadata={"description": "not included"})
    by = fields.Enum(intake.TotalsBy, by_value=True, required=True)
    is_public = fields.Boolean(required=True, metadata={"description": "true: small counts are hidden"})
    whole = fields.Nested(TotalsRowSchema, required=True)
    rows = fields.List(fields.Nested(TotalsRowSchema), required=True)
