"""The phone operators' desk on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import accounts
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.elders import ElderSchema
from dispatch.api.schemas.intake import CareRequestSchema

LONGEST_QUESTION, MOST = 60, 20


class DeskQuestionSchema(Schema):
    """What somebody on the line says of an elder."""

    q = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_QUESTION),
        metadata={
            "description": "a name in characters, pinyin or initials, also its beginning or the given name alone; a "
            "whole telephone number of the elder or of somebody to call for them; the name of a community or "
            "subdistrict. All words must fit. It goes in the body, since a name does not belong in an address",
            "example": "秀英 幸福里",
        },
    )
    area = fields.String(
        load_default="",
        validate=AREA_CODE,
        metadata={"description": "only who lives in this area", "example": "120198"},
    )
    limit = fields.Integer(load_default=10, validate=validate.Range(1, MOST))


class DeskFindingSchema(Schema):
    """One elder, with what is open for them."""

    elder = fields.Nested(ElderSchema, required=True)
    open_requests = fields.List(
        fields.Nested(CareRequestSchema),
        required=True,
        metadata={"description": "those that have not come to an end, the soonest window first"},
    )


class DeskFindingsSchema(Schema):
    """Who fits, whole names first."""

    items = fields.List(fields.Nested(DeskFindingSchema), required=True)
    is_more = fields.Boolean(required=True, metadata={"description": "true: others fit too; add a word"})


class CallWishSchema(Schema):
    """Who is on the line."""

    caller = fields.Enum(accounts.Caller, by_value=True, required=True)
    checked_by = fields.Enum(
        accounts.CallerCheck,
        by_value=True,
        required=True,
        metadata={"description": "how it was made sure whom the call is about"},
    )


class CallSchema(Schema):
    """One elder, shown to one operator while somebody is on the line."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    display_name = fields.String(required=True, metadata={"description": "of the operator"})
    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    caller = fields.Enum(accounts.Caller, by_value=True, required=True)
    checked_by = fields.Enum(accounts.CallerCheck, by_value=True, required=True)
    opened_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(
        required=True, metadata={"description": "30 minutes after it was opened, or when it ended"}
    )


class CallsQuery(PageQuery):
    """Which page."""


class CallsSchema(Schema):
    """Calls, the newest first."""

    items = fields.List(fields.Nested(CallSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
