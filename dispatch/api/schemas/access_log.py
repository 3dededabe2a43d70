"""The access log of an elder in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields

from dispatch.actor import Role
from dispatch.journal import AccessPurpose


class AccessLineSchema(Schema):
    """One look at one elder's record."""

    at = fields.AwareDateTime(required=True)
    account_id = fields.UUID(required=True, allow_none=True)
    display_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of the account that looked; whole for officers and for oneself, null: the system"},
    )
    role = fields.Enum(
        Role,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "in which somebody looked; null: the system, or a line from before it was kept"},
    )
    role_label = fields.String(required=True, allow_none=True, metadata={"description": "for reading"})
    area_code = fields.String(
        required=True, allow_none=True, metadata={"description": "of the office for which somebody looked"}
    )
    organization_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "of the organization for which somebody looked"}
    )
    office = fields.String(
        required=True, allow_none=True, metadata={"description": "the name of that area or organization"}
    )
    purpose = fields.Enum(AccessPurpose, by_value=True, required=True)
    purpose_label = fields.String(required=True, metadata={"description": "for reading"})
    route = fields.String(required=True)


class AccessLogSchema(Schema):
    """A page of looks at one elder's record, oldest first."""

    items = fields.List(fields.Nested(AccessLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
