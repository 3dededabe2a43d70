"""What a service costs, in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from dispatch import dates, intake, subsidies
from dispatch.api.language import say
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

CODE = validate.Length(1, 60)
CENTS = "in cents (分); null where no price is stated, which is not 0"
WHEN = Words(
    "给出 window_from_at（时间窗的开始），或 service_dates（1 到 31 个日期），二者之一。",
    "Give window_from_at, where the window begins, or service_dates, 1 to 31 of them: one of the two.",
)


class QuoteWishSchema(Schema):
    """For whom, what and when; for whose price, where a provider is chosen."""

    elder_id = fields.UUID(required=True)
    service_code = fields.String(
        required=True, validate=CODE, metadata={"description": "of the list `service`", "example": "meals"}
    )
    window_from_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "where the window begins, for one service; its local date decides"},
    )
    service_dates = fields.List(
        fields.Date(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, intake.MOST_DATES),
        metadata={"description": "for several days at once, instead of the window; each once"},
    )
    service_at_site_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "whose price; left out, the area's reference price, which the answer says"},
    )

    @post_load
    def check_when(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 - marshmallow's signature
        """Demand one of the two ways to say when."""
        if (data["window_from_at"] is None) == (data["service_dates"] is None):
            raise ValidationError([WHEN], "service_dates")
        return data


def to_quote_wish(data: dict[str, Any], *, zone: ZoneInfo) -> intake.QuoteWish:
    """Give the value that the operation takes."""
    begins: datetime | None = data["window_from_at"]
    days: list[date] = data["service_dates"] or ([dates.service_date(begins, zone)] if begins else [])
    return intake.QuoteWish(data["elder_id"], data["service_code"], tuple(days), data["service_at_site_id"])


class QuoteLineSchema(Schema):
    """One date of a quote."""

    service_on = fields.Date(required=True)
    basis = fields.Enum(intake.PriceBasis, by_value=True, required=True)
    price_cents = fields.Integer(required=True, allow_none=True)
    price_unit = fields.String(required=True, allow_none=True)
    price_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "the version of the provider's price"}
    )
    gross_cents = fields.Integer(required=True, allow_none=True, metadata={"description": CENTS})
    subsidy_cents = fields.Integer(required=True, allow_none=True)
    own_share_cents = fields.Integer(required=True, allow_none=True)
    outcome = fields.Enum(
        subsidies.Outcome,
        by_value=True,
        required=True,
        metadata={"description": "why this date has the subsidy that it has"},
    )
    outcome_label = fields.Function(
        lambda line: say(subsidies.OUTCOME_WORDS[line.outcome]),
        required=True,
        metadata={"type": "string", "description": "for reading"},
    )
    rule_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "the wording of the subsidy rule that decided"}
    )
    rule_version = fields.String(
        required=True, allow_none=True, metadata={"description": "the rule in force on the date, by its code"}
    )


class QuoteSchema(Schema):
    """What a service was said to cost; kept as it was shown."""

    id = fields.UUID(required=True, allow_none=True, metadata={"description": "null: computed now and not kept"})
    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    service_at_site_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "whose price; null: no provider is chosen"}
    )
    basis = fields.Enum(intake.PriceBasis, by_value=True, required=True)
    basis_label = fields.Function(
        lambda quote: say(intake.BASIS_WORDS[quote.basis]),
        required=True,
        metadata={"type": "string", "description": "for reading"},
    )
    gross_cents = fields.Integer(required=True, allow_none=True, metadata={"description": CENTS})
    subsidy_cents = fields.Integer(required=True, allow_none=True)
    own_share_cents = fields.Integer(
        required=True, allow_none=True, metadata={"description": "gross less subsidy, never below 0"}
    )
    reason = fields.Enum(
        intake.NoPrice,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "why there are no amounts"},
    )
    reason_label = fields.Function(
        lambda quote: say(intake.NO_PRICE_WORDS[quote.reason]) if quote.reason else None,
        required=True,
        metadata={"type": ["string", "null"], "description": "for reading"},
    )
    rule_version_ids = fields.List(fields.UUID(), required=True)
    rule_versions = fields.List(fields.String(), required=True, metadata={"description": "the rules used, by code"})
    lines = fields.List(fields.Nested(QuoteLineSchema), required=True)
    made_at = fields.AwareDateTime(required=True)
    valid_until_at = fields.AwareDateTime(required=True)


class QuoteStandSchema(Schema):
    """The quote of a request, and the same computed again by the rules in force on its service's date."""

    quote = fields.Nested(
        QuoteSchema, required=True, allow_none=True, metadata={"description": "null: it was asked without one"}
    )
    recomputed = fields.Nested(QuoteSchema, required=True)


class SubmissionSchema(Schema):
    """With which quote a draft is confirmed."""

    quote_id = fields.UUID(required=True, metadata={"description": "of the draft, or a newer one of POST /v1/quotes"})
