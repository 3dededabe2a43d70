"""Land, floor and beds of an area on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from dispatch import areas, indicators
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.indicators import InBothLanguages, PolicyTargetSchema, ShareCountSchema

DIGITS = {"floor": 1, "land": 3}
MOST_A_YEAR = 0.5


class Rounded(fields.Float):
    """A number shown to so many digits; what it is held against knows all of them."""

    def __init__(self, *, digits: int, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's options
        """Take how many digits."""
        super().__init__(**kwargs)
        self.digits = digits

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        found = super()._serialize(value, attr, obj, **kwargs)
        return None if found is None else round(float(found), self.digits)


class LandQuery(PageQuery):
    """Of which area, and whether drafts decide too."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    drafts = fields.Boolean(
        load_default=False, metadata={"description": "true: a draft standard decides before an adopted one"}
    )


class RatioSchema(Schema):
    """A ratio of a compound against the standard of its kind."""

    standard = fields.Float(required=True, allow_none=True, metadata={"description": "the least that is asked for"})
    standard_most = fields.Float(
        required=True, allow_none=True, metadata={"description": "the upper end of the range; more is no fault"}
    )
    target_id = fields.String(required=True, allow_none=True)
    target_status = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(list(indicators.TargetStatus))
    )
    deficit_m2 = Rounded(digits=1, required=True, allow_none=True)
    verdict = fields.String(required=True, validate=validate.OneOf(list(indicators.Verdict)))
    is_above_range = fields.Boolean(required=True)


class FloorRatioSchema(RatioSchema):
    """Square metres of community elder care per 100 households."""

    floor_m2_per_100_households = Rounded(digits=DIGITS["floor"], required=True, allow_none=True, attribute="value")


class LandRatioSchema(RatioSchema):
    """Square metres of land of elder-care facilities per resident."""

    land_m2_per_person = Rounded(digits=DIGITS["land"], required=True, allow_none=True, attribute="value")


class CompoundFigureSchema(Schema):
    """One compound with both ratios."""

    compound_id = fields.UUID(required=True)
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
    floor = fields.Nested(FloorRatioSchema, required=True)
    land = fields.Nested(LandRatioSchema, required=True)


class LandSumSchema(Schema):
    """The compounds of one kind in one area together."""

    area_code = fields.String(required=True)
    name_zh = fields.String(required=True)
    stage = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(list(areas.CompoundStage)),
        metadata={"description": "null: both kinds together"},
    )
    compounds = fields.Integer(required=True)
    households = fields.Integer(required=True)
    care_floor_area_m2 = fields.Float(required=True, metadata={"description": "floor of its community elder care"})
    floor_m2_per_100_households = Rounded(digits=DIGITS["floor"], required=True, allow_none=True)
    floor_deficit_m2 = Rounded(
        digits=1, required=True, metadata={"description": "sum of the compounds' own; too much in one helps no other"}
    )
    floor_verdicts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    residents = fields.Integer(required=True, metadata={"description": "of compounds whose land is known too"})
    care_land_area_m2 = fields.Float(required=True, metadata={"description": "land of its elder-care facilities"})
    land_m2_per_person = Rounded(digits=DIGITS["land"], required=True, allow_none=True)
    land_deficit_m2 = Rounded(
        digits=1, required=True, metadata={"description": "sum of the compounds' own; too much in one helps no other"}
    )
    land_verdicts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class LandReportSchema(Schema):
    """Compounds of an area page by page, and the sums of all of them."""

    area_code = fields.String(required=True)
    with_drafts = fields.Boolean(required=True)
    items = fields.List(fields.Nested(CompoundFigureSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    sums = fields.List(
        fields.Nested(LandSumSchema), required=True, metadata={"description": "the area, then those right below it"}
    )
    new_to_standard = fields.Nested(
        ShareCountSchema, required=True, metadata={"description": "new compounds built to the floor standard (T037)"}
    )
    targets = fields.List(fields.Nested(PolicyTargetSchema), required=True)
    floor_rule_zh = InBothLanguages(lang="zh", attribute="floor_rule", required=True)
    floor_rule_en = InBothLanguages(lang="en", attribute="floor_rule", required=True)
    land_rule_zh = InBothLanguages(lang="zh", attribute="land_rule", required=True)
    land_rule_en = InBothLanguages(lang="en", attribute="land_rule", required=True)
    assumptions = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "rule version, sources, how many compounds, fingerprint of compounds and standards"},
    )


class BedsQuery(Schema):
    """Of which area, from which day, to which year, at which pace of ageing."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    on = fields.Date(load_default=None, metadata={"description": "counted from this date; today by default"})
    year = fields.Integer(
        load_default=None,
        validate=validate.Range(2000, indicators.LAST_YEAR),
        metadata={"description": "projected to this year; 2029 and 2035 by default, and the years of targets"},
    )
    entry_share = fields.Float(
        load_default=None,
        validate=validate.Range(0, MOST_A_YEAR),
        metadata={"description": "who turn 60 in a year, as a share of those of 60 and older"},
    )
    departure_share = fields.Float(
        load_default=None,
        validate=validate.Range(0, MOST_A_YEAR),
        metadata={"description": "of those of 60 and older, who die or move away in a year"},
    )


COUNTS: dict[str, Any] = {"keys": fields.String(), "values": fields.Integer(), "required": True}


class BedStockSchema(Schema):
    """Beds on a date by type."""

    on = fields.Date(required=True)
    open = fields.Dict(**COUNTS, attribute="opened")
    open_total = fields.Integer(required=True, attribute="total")
    institutions = fields.Dict(**COUNTS, metadata={"description": "those of them in residential institutions"})
    to_come = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        required=True,
        metadata={"description": "planned, and under construction"},
    )
    day_places = fields.Integer(required=True, metadata={"description": "no beds, counted apart"})


class BedYearSchema(Schema):
    """One year: beds that ageing needs, and beds that will be there."""

    year = fields.Integer(required=True)
    factor = Rounded(digits=4, required=True, metadata={"description": "elders then, as a multiple of today's"})
    elders = fields.Integer(required=True, allow_none=True)
    needed = fields.Dict(**COUNTS)
    stock = fields.Nested(BedStockSchema, required=True)
    short = fields.Dict(**COUNTS, metadata={"description": "needed less those that will be there"})


class BedGapSchema(Schema):
    """A target of beds against the beds of its year."""

    target = fields.Nested(PolicyTargetSchema, required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(list(indicators.TargetStatus)),
        attribute="target.status",
        metadata={"description": "draft: for comment, not in force"},
    )
    year = fields.Integer(required=True)
    value = fields.Float(required=True, allow_none=True)
    beds_missing = fields.Integer(
        required=True,
        attribute="missing",
        metadata={"description": "of a share: beds of other types that would have to become nursing ones"},
    )
    beds_missing_if_built = fields.Integer(
        required=True,
        allow_none=True,
        attribute="missing_if_built",
        metadata={"description": "after all that are planned or under construction open"},
    )
    is_met = fields.Boolean(required=True, allow_none=True)


class BedReportSchema(Schema):
    """Beds of an area today and in years to come."""

    area_code = fields.String(required=True)
    today = fields.Nested(BedStockSchema, required=True)
    nursing_share = fields.Float(required=True, allow_none=True)
    nursing_share_institutions = fields.Float(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    beds_per_1000_elders = Rounded(digits=2, required=True, allow_none=True)
    years = fields.List(fields.Nested(BedYearSchema), required=True)
    gaps = fields.List(fields.Nested(BedGapSchema), required=True)
    assumptions = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "rules and parameters with their sources"}
    )
