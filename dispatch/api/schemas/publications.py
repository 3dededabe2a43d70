"""Published coverage on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch.api.schemas.coverage_queries import CoverageRunQuery

LONGEST_REASON = 200


class PublicationQuery(CoverageRunQuery):
    """Which publications."""


class PublishedRowSchema(Schema):
    """One area; null stands for a hidden count."""

    area_code = fields.String(required=True)
    level = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    covered = fields.Integer(required=True, allow_none=True)
    uncovered = fields.Integer(required=True, allow_none=True)
    covered_share = fields.Float(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class PublicationSchema(Schema):
    """A published run with everything it rests on. `rows` come with one publication, not with the list."""

    id = fields.UUID(required=True)
    run_id = fields.UUID(required=True, attribute="run.id")
    area_code = fields.String(required=True, attribute="run.area_code")
    service_code = fields.String(required=True, attribute="run.service_code")
    mode = fields.String(required=True, attribute="run.mode")
    speed_mps = fields.Float(required=True, attribute="run.speed_mps")
    limit_s = fields.Integer(required=True, attribute="run.limit_s")
    as_of = fields.Date(required=True, attribute="run.as_of")
    network_date = fields.AwareDateTime(required=True, allow_none=True, attribute="run.network_at")
    rule_version = fields.String(required=True, attribute="run.rule_version")
    assumptions = fields.Dict(keys=fields.String(), required=True, attribute="run.assumptions")
    suppression_rule = fields.String(required=True, attribute="rule")
    is_least_hidden = fields.Boolean(required=True, attribute="is_least")
    published_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawal_reason = fields.String(required=True, allow_none=True)
    rows = fields.List(fields.Nested(PublishedRowSchema), required=True)


class PublicationsSchema(Schema):
    """Publications, the newest first."""

    items = fields.List(fields.Nested(PublicationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WithdrawalSchema(Schema):
    """Why it is withdrawn; everybody reads it."""

    reason = fields.String(
        required=True, validate=validate.Length(1, LONGEST_REASON), metadata={"example": "名单有误，重新计算"}
    )
