"""Subsidy rules in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import elders, subsidies
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.directory import NAME
from dispatch.api.schemas.elder_parts import KNOWN_AT, SpanSchema

MOST_CODES, LONGEST_VERSION, OLDEST = 40, 40, 130
CODES = validate.Length(1, MOST_CODES)


class SubsidyRulesQuery(Schema):
    """Whose rules, for which service, on which date, as known at which time."""

    area = fields.String(
        load_default="",
        validate=AREA_CODE,
        metadata={"example": "120198", "description": "its own rules and those of the areas that it lies in"},
    )
    service = fields.String(
        load_default=None, validate=NAME, metadata={"description": "a code of the list `service`, itself alone"}
    )
    on = fields.Date(load_default=None, metadata={"description": "only those that hold on this date"})
    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})


class SubsidyRuleWishSchema(SpanSchema):
    """A rule that shall hold; it takes the place of one with the same area, version and service."""

    rule_version = fields.String(
        required=True, validate=validate.Length(1, LONGEST_VERSION), metadata={"example": "A-1"}
    )
    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    service_code = fields.String(
        required=True,
        validate=NAME,
        metadata={"example": "meals", "description": "of the list `service`; those below it are included"},
    )
    amount_cents = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0), metadata={"description": "for one use"}
    )
    weekly_limit = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "so many uses from Monday to Sunday"},
    )
    minimum_age = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, OLDEST))
    categories = fields.List(
        fields.String(validate=NAME),
        load_default=None,
        allow_none=True,
        validate=CODES,
        metadata={"description": "codes of the list `category`; one of them must hold"},
    )
    grades = fields.List(
        fields.Enum(elders.Grade, by_value=True),
        load_default=None,
        allow_none=True,
        validate=CODES,
        metadata={"description": "ability grades, in force; one of them must hold"},
    )
    status = fields.Enum(subsidies.RuleStatus, by_value=True, load_default=subsidies.RuleStatus.ADOPTED)
    clause = fields.String(load_default=None, allow_none=True, validate=NAME)
    is_example = fields.Boolean(load_default=False, metadata={"description": "made up, to try things on"})

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> subsidies.SubsidyRuleRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        lists = {
            name: tuple(sorted({str(each) for each in data[name]})) if data[name] else None
            for name in ("categories", "grades")
        }
        return subsidies.SubsidyRuleRecord(**data | lists | {"status": data["status"].value})


class SubsidyRuleSchema(Schema):
    """A subsidy rule; a draft is never used."""

    id = fields.UUID(required=True, metadata={"description": "of this wording; a correction has another"})
    rule_version = fields.String(required=True, attribute="record.rule_version")
    area_code = fields.String(required=True, attribute="record.area_code")
    service_code = fields.String(required=True, attribute="record.service_code")
    amount_cents = fields.Integer(required=True, attribute="record.amount_cents")
    weekly_limit = fields.Integer(required=True, allow_none=True, attribute="record.weekly_limit")
    minimum_age = fields.Integer(required=True, allow_none=True, attribute="record.minimum_age")
    categories = fields.List(fields.String(), required=True, allow_none=True, attribute="record.categories")
    grades = fields.List(fields.String(), required=True, allow_none=True, attribute="record.grades")
    status = fields.String(
        required=True, attribute="record.status", validate=validate.OneOf([each.value for each in subsidies.RuleStatus])
    )
    clause = fields.String(required=True, allow_none=True, attribute="record.clause")
    is_example = fields.Boolean(required=True, attribute="record.is_example")
    valid_from = fields.Date(required=True, attribute="record.valid_from")
    valid_to = fields.Date(
        required=True,
        allow_none=True,
        attribute="record.valid_to",
        metadata={"description": "not included; null: open"},
    )
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "when it was corrected; null: it stands"}
    )


class SubsidyRulesSchema(Schema):
    """Subsidy rules, in the order of area, version and service."""

    items = fields.List(fields.Nested(SubsidyRuleSchema), required=True)
