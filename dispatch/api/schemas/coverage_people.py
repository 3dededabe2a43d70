"""Who the people of a coverage run are, by category; and what was asked for and not given."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import areas
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.coverage_queries import AREA_CODE, NAME_MAX_LENGTH, RunPlaceQuery

CODE_MAX_LENGTH = 60


class CoverageCategoriesQuery(RunPlaceQuery):
    """Which areas and categories of which run."""

    level = fields.Enum(areas.Level, by_value=True, load_default=areas.Level.COMMUNITY)
    category = fields.String(load_default=None, validate=validate.Length(1, CODE_MAX_LENGTH))


class CoverageCategorySchema(Schema):
    """The people of one category in one area. Counts of 1 to 4 and what would give them away are null."""

    area_code = fields.String(required=True)
    level = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    category = fields.String(required=True)
    elders = fields.Integer(required=True, allow_none=True)
    covered = fields.Integer(required=True, allow_none=True)
    uncovered = fields.Integer(required=True, allow_none=True)
    covered_share = fields.Float(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class CoverageCategoriesSchema(Schema):
    """By area and category; who is in two categories counts in both, so that categories do not add up."""

    run_id = fields.UUID(required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)
    items = fields.List(fields.Nested(CoverageCategorySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CoverageUnmetQuery(PageQuery):
    """Which requests: for what, where, for which days."""

    service = fields.String(
        required=True,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label; services below it count too", "example": "bathing"},
    )
    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    level = fields.Enum(areas.Level, by_value=True, load_default=areas.Level.COMMUNITY)
    from_on = fields.Date(
        data_key="from", load_default=None, metadata={"description": "of the service; a year before to where left out"}
    )
    to_on = fields.Date(
        data_key="to", load_default=None, metadata={"description": "itself left out; tomorrow where left out"}
    )


class CoverageUnmetRowSchema(Schema):
    """The unmet requests of one area; counts of 1 to 4 are null for a planner."""

    area_code = fields.String(required=True)
    level = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    unmet = fields.Integer(required=True, allow_none=True, metadata={"description": "requests that found nobody"})
    failed = fields.Integer(
        required=True, allow_none=True, metadata={"description": "requests that were taken and then failed"}
    )
    unmet_reasons = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        allow_none=True,
        metadata={
            "description": "why requests that found nobody did so, by code; a request with several counts for each",
            "example": {"no_pair": 6, "no_skill": 3},
        },
    )
    failed_reasons = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"description": "why requests failed, by code"},
    )
    events = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(allow_none=True),
        required=True,
        metadata={
            "description": "what happened, by kind, whatever became of it since: unmatched, declined, expired, failed",
            "example": {"unmatched": 11, "declined": 7, "expired": 0, "failed": 0},
        },
    )
    event_reasons = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True),
        required=True,
        metadata={"description": "why it happened, by kind and code"},
    )
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class CoverageUnmetSchema(Schema):
    """Areas with unmet requests, those with most first."""

    items = fields.List(fields.Nested(CoverageUnmetRowSchema), required=True)
    total = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of all areas; null where one of them is hidden"}
    )
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")
    assumptions = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "rule version, how it is counted, sources"}
    )
    next_cursor = fields.String(required=True, allow_none=True)
