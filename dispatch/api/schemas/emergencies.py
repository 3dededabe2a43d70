"""Emergency access on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch.api.paging import PageQuery

SHORTEST, LONGEST = 10, 500
WORDS = r"^\s*\S[\s\S]{8,}\S\s*$"  # ten characters between the blanks


class EmergencyWishSchema(Schema):
    """Why somebody must be seen in full now."""

    reason = fields.String(
        required=True,
        validate=[
            validate.Length(SHORTEST, LONGEST),
            validate.Regexp(WORDS, error="String does not match expected pattern."),
        ],
        metadata={"description": "for the officers of the area", "example": "敲门无人应，屋内有呼救声，需核对姓名住址"},
    )


class EmergencySchema(Schema):
    """One elder, opened to one account for half an hour."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    display_name = fields.String(required=True, metadata={"description": "of the account that opened the record"})
    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)


class EmergenciesQuery(PageQuery):
    """Which ones."""

    acknowledged = fields.Boolean(
        load_default=None, metadata={"description": "false: those of which no officer has taken note"}
    )


class EmergenciesSchema(Schema):
    """Emergency accesses, the newest first."""

    items = fields.List(fields.Nested(EmergencySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
