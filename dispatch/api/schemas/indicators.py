"""Targets, rates and equity on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from dispatch import indicators
from dispatch.api.schemas.areas import AREA_CODE

if TYPE_CHECKING:
    from dispatch.words import Words

NAME_MAX_LENGTH = 60
RULE_ZH: dict[str, Any] = {"description": "the rule that it is counted by, in Chinese"}
RULE_EN: dict[str, Any] = {"description": "the same in English"}
ASSUMPTIONS: dict[str, Any] = {"description": "run, network, speed, rule versions, date; null: there is no figure"}


class InBothLanguages(fields.Field[Any]):
    """One language of a sentence; documented as a string."""

    def __init__(self, *, lang: str, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's options
        """Take which language, zh or en."""
        super().__init__(dump_only=True, **kwargs)
        self.lang = lang
        self.metadata = {"type": "string"} | dict(self.metadata)

    def _serialize(self, value: Words | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002 - marshmallow's signature
        return None if value is None else str(getattr(value, self.lang))


class TargetQuery(Schema):
    """Which targets."""

    area = fields.String(
        load_default=None,
        validate=AREA_CODE,
        metadata={"description": "those that hold there: its own, and those of the areas that it lies in"},
    )
    status = fields.Enum(indicators.TargetStatus, by_value=True, load_default=None)
    measure = fields.Enum(indicators.Measure, by_value=True, load_default=None)


class PolicyTargetSchema(Schema):
    """One target of a policy document."""

    id = fields.String(required=True)
    documents = fields.String(required=True, metadata={"description": "where it stands; several by commas"})
    clause = fields.String(required=True)
    indicator_zh = fields.String(required=True)
    indicator_en = fields.String(required=True)
    area_code = fields.String(required=True)
    year = fields.String(required=True, metadata={"description": "as the document says it"})
    due_year = fields.Integer(required=True, allow_none=True)
    operator = fields.String(
        required=True,
        validate=validate.OneOf(list(indicators.Operator)),
        metadata={"description": "range_max is the upper end of a range and never a fault; a milestone has no number"},
    )
    value = fields.Float(required=True, allow_none=True)
    unit_zh = fields.String(required=True)
    unit_en = fields.String(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(list(indicators.TargetStatus)),
        metadata={"description": "draft: for comment, not in force"},
    )
    responsible_unit = fields.String(required=True)
    measure = fields.String(required=True, validate=validate.OneOf(list(indicators.Measure)))
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(indicators.ValueState)),
        metadata={"description": "computed here, reported by somebody, or not computed yet"},
    )
    quote = fields.String(required=True, metadata={"description": "the document's own words"})


class PolicyTargetsSchema(Schema):
    """Targets in the order of their ids."""

    items = fields.List(fields.Nested(PolicyTargetSchema), required=True)


class RatesQuery(Schema):
    """Of which area, from which runs."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    run = fields.UUID(load_default=None, metadata={"description": "run of day care; the newest plain one by default"})
    home_run = fields.UUID(
        load_default=None, metadata={"description": "run of home_care; the newest plain one by default"}
    )


class ShareCountSchema(Schema):
    """So many of so many; null where the reader may not see it."""

    numerator = fields.Integer(required=True, allow_none=True)
    denominator = fields.Integer(required=True, allow_none=True)
    share = fields.Float(required=True, allow_none=True, metadata={"description": "null where the denominator is 0"})
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class PolicyRateFormSchema(Schema):
    """One form of a rate."""

    form = fields.String(required=True, validate=validate.OneOf(list(indicators.Form)))
    count = fields.Nested(ShareCountSchema, required=True)
    at = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ShareCountSchema),
        required=True,
        metadata={"description": "the same at 12 and 18 minutes, and for a walker 20 % slower"},
    )
    meets = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(allow_none=True),
        required=True,
        metadata={"description": "by target: whether it is met; null: no figure"},
    )
    is_borderline = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "a target would be met, or not, at 12 or 18 minutes or for the slower walker"},
    )
    left_out = fields.Integer(required=True, metadata={"description": "areas with nobody and no site"})
    rule_zh = InBothLanguages(lang="zh", attribute="rule", required=True, metadata=RULE_ZH)
    rule_en = InBothLanguages(lang="en", attribute="rule", required=True, metadata=RULE_EN)


class PolicyRateTargetSchema(Schema):
    """A target that a rate is held against."""

    target = fields.Nested(PolicyTargetSchema, required=True)
    applies = fields.Boolean(required=True, metadata={"description": "whether its document holds in this area"})


class PolicyRateReachSchema(Schema):
    """Whom carers reach at home; never added to the circle."""

    count = fields.Nested(ShareCountSchema, required=True, allow_none=True)
    assumptions = fields.Dict(keys=fields.String(), required=True, allow_none=True, metadata=ASSUMPTIONS)
    rule_zh = InBothLanguages(lang="zh", attribute="rule", required=True, metadata=RULE_ZH)
    rule_en = InBothLanguages(lang="en", attribute="rule", required=True, metadata=RULE_EN)
    missing_zh = InBothLanguages(lang="zh", attribute="missing", required=True, allow_none=True)
    missing_en = InBothLanguages(lang="en", attribute="missing", required=True, allow_none=True)


class PolicyRateSchema(Schema):
    """One of the policy's own rates."""

    measure = fields.String(required=True, validate=validate.OneOf(list(indicators.Measure)))
    rule_zh = InBothLanguages(lang="zh", attribute="rule", required=True, metadata=RULE_ZH)
    rule_en = InBothLanguages(lang="en", attribute="rule", required=True, metadata=RULE_EN)
    targets = fields.List(fields.Nested(PolicyRateTargetSchema), required=True)
    forms = fields.List(
        fields.Nested(PolicyRateFormSchema),
        required=True,
        metadata={"description": "side by side; none replaces another"},
    )
    assumptions = fields.Dict(keys=fields.String(), required=True, allow_none=True, metadata=ASSUMPTIONS)
    missing_zh = InBothLanguages(
        lang="zh",
        attribute="missing",
        required=True,
        allow_none=True,
        metadata={"description": "why there is no figure, in Chinese"},
    )
    missing_en = InBothLanguages(
        lang="en",
        attribute="missing",
        required=True,
        allow_none=True,
        metadata={"description": "why there is no figure, in English"},
    )
    reach = fields.Nested(PolicyRateReachSchema, required=True, allow_none=True)


class PolicyRatesSchema(Schema):
    """The policy's own rates of an area."""

    area_code = fields.String(required=True)
    rates = fields.List(fields.Nested(PolicyRateSchema), required=True)


class EquityQuery(Schema):
    """Of which area, on which date, of which further figure."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    on = fields.Date(load_default=None, metadata={"description": "beds of this date; today by default"})
    service = fields.String(
        load_default=None,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "coverage of this service instead of day care and home care"},
    )
    run = fields.UUID(load_default=None, metadata={"description": "a run to look at beside"})


class EquityAreaSchema(Schema):
    """The figure of one area and the people, households or residents that it weighs."""

    area_code = fields.String(required=True)
    name_zh = fields.String(required=True)
    value = fields.Float(required=True)
    weight = fields.Float(required=True)


class EquityGroupSchema(Schema):
    """Areas taken together."""

    areas = fields.Integer(required=True)
    weight = fields.Float(required=True)
    value = fields.Float(required=True, allow_none=True)
    area_codes = fields.List(fields.String(), required=True)


class EquitySpreadSchema(Schema):
    """Best and worst area of a level, and how evenly the figure is spread."""

    level = fields.String(required=True)
    areas = fields.Integer(required=True, metadata={"description": "areas that were compared"})
    best = fields.Nested(EquityAreaSchema, required=True, allow_none=True)
    worst = fields.Nested(EquityAreaSchema, required=True, allow_none=True)
    spread = fields.Float(required=True, allow_none=True, metadata={"description": "best less worst"})
    gini = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "weighted with people, 0: all areas equal; null: no area, or all figures are 0"},
    )
    left_out = fields.Integer(required=True, metadata={"description": "areas with nobody to compare"})
    hidden = fields.Integer(
        required=True, metadata={"description": "areas with small counts, left out for this reader"}
    )


class EquitySchema(Schema):
    """How evenly one figure is spread."""

    measure = fields.String(required=True, validate=validate.OneOf(list(indicators.EquityMeasure)))
    subject = fields.String(required=True, allow_none=True, metadata={"description": "of coverage: the service"})
    rule_zh = InBothLanguages(lang="zh", attribute="rule", required=True, metadata=RULE_ZH)
    rule_en = InBothLanguages(lang="en", attribute="rule", required=True, metadata=RULE_EN)
    people = fields.Nested(ShareCountSchema, required=True, allow_none=True)
    whole = fields.Nested(EquityGroupSchema, required=True, allow_none=True)
    spreads = fields.List(fields.Nested(EquitySpreadSchema), required=True)
    settlements = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(EquityGroupSchema),
        required=True,
        metadata={"description": "communities in town (urban) and country (rural)"},
    )
    wings = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(EquityGroupSchema),
        required=True,
        metadata={"description": "communities of the north and the south wing"},
    )
    worst_tenth = fields.Nested(EquityGroupSchema, required=True, allow_none=True)
    assumptions = fields.Dict(keys=fields.String(), required=True, allow_none=True, metadata=ASSUMPTIONS)
    missing_zh = InBothLanguages(
        lang="zh",
        attribute="missing",
        required=True,
        allow_none=True,
        metadata={"description": "why there is no figure, in Chinese"},
    )
    missing_en = InBothLanguages(
        lang="en",
        attribute="missing",
        required=True,
        allow_none=True,
        metadata={"description": "why there is no figure, in English"},
    )


class EquitiesSchema(Schema):
    """How evenly each figure is spread over an area."""

    area_code = fields.String(required=True)
    items = fields.List(fields.Nested(EquitySchema), required=True)
