"""Closures, and the calendar of holidays and make-up workdays, on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import directory
from dispatch.api.schemas.directory import NAME

FIRST_YEAR, LAST_YEAR = 1950, 2100


class NewClosureSchema(Schema):
    """Closed for a while, and why."""

    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True, validate=NAME, metadata={"example": "设备检修"})


class YearQuery(Schema):
    """Which year."""

    year = fields.Integer(required=True, validate=validate.Range(FIRST_YEAR, LAST_YEAR), metadata={"example": 2026})


class DayKindSchema(Schema):
    """What a day counts as, and who says so."""

    kind = fields.Enum(directory.DayKind, by_value=True, required=True)
    source = fields.String(required=True, validate=NAME, metadata={"example": "国务院办公厅通知"})


class CalendarDaySchema(Schema):
    """One day that is not simply its weekday."""

    on = fields.Date(required=True)
    kind = fields.Enum(directory.DayKind, by_value=True, required=True)
    source = fields.String(
        required=True, allow_none=True, metadata={"description": "who entered it; null: the calendar of this program"}
    )
    is_estimated = fields.Boolean(
        required=True, metadata={"description": "true where holidays of this year are not announced yet"}
    )


class CalendarSchema(Schema):
    """A year; days that are not listed are what their weekday says."""

    year = fields.Integer(required=True)
    days = fields.List(fields.Nested(CalendarDaySchema), required=True)
