"""Clocks that ran past their limits, and what waits for a supervisor."""

from __future__ import annotations

from marshmallow import Schema, fields

from dispatch import areas, intake
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.coverage_queries import AREA_CODE


class _SpanQuery(Schema):
    from_on = fields.Date(
        data_key="from", load_default=None, metadata={"description": "first local date on which it was due"}
    )
    to_on = fields.Date(
        data_key="to", load_default=None, metadata={"description": "itself left out; tomorrow where left out"}
    )


class BreachesQuery(PageQuery, _SpanQuery):
    """Which breaches."""

    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "of this area and below"})
    urgency = fields.Enum(intake.Urgency, by_value=True, load_default=None)
    clock = fields.Enum(
        intake.Clock, by_value=True, load_default=None, metadata={"description": "not accepted, or not begun in time"}
    )
    is_open = fields.Boolean(load_default=None, metadata={"description": "those whose clock still counts or is held"})


class BreachSchema(Schema):
    """One clock of a request that ran past its limit."""

    care_request_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    urgency = fields.Enum(intake.Urgency, by_value=True, required=True)
    service_on = fields.Date(required=True)
    status = fields.Enum(intake.RequestStatus, by_value=True, required=True)
    clock = fields.Enum(intake.Clock, by_value=True, required=True)
    turn_no = fields.Integer(
        required=True, metadata={"description": "counts up when a request that was accepted is opened again"}
    )
    state = fields.Enum(intake.ClockState, by_value=True, required=True)
    limit_s = fields.Integer(required=True)
    rule_version = fields.String(required=True, metadata={"description": "of the limits that held when it began"})
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    elapsed_s = fields.Integer(
        required=True, metadata={"description": "counted so far, or until it stopped; time on hold is left out"}
    )
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)
    whose_turn = fields.Enum(
        intake.Turn, by_value=True, required=True, metadata={"description": "who has to act on the request now"}
    )
    is_open = fields.Boolean(required=True)


class BreachesSchema(Schema):
    """A page of breaches, the latest due first."""

    items = fields.List(fields.Nested(BreachSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class BreachCountsQuery(_SpanQuery):
    """Where and when to count."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    level = fields.Enum(areas.Level, by_value=True, load_default=areas.Level.SUBDISTRICT)


class BreachCountSchema(Schema):
    """The breaches of one area; what points at few people is null for a planner."""

    area_code = fields.String(required=True)
    accept = fields.Integer(required=True, allow_none=True, metadata={"description": "not accepted in time"})
    start = fields.Integer(required=True, allow_none=True, metadata={"description": "not begun in time"})
    total = fields.Integer(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class BreachCountsSchema(Schema):
    """Areas with breaches, in the order of codes."""

    items = fields.List(fields.Nested(BreachCountSchema), required=True)
    from_on = fields.Date(required=True, data_key="from")
    to_on = fields.Date(required=True, data_key="to")


class SupervisorTasksQuery(PageQuery):
    """Which tasks."""

    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "of this area and below"})
    kind = fields.Enum(intake.TaskKind, by_value=True, load_default=None)
    status = fields.Enum(intake.TaskStatus, by_value=True, load_default=None)


class SupervisorTaskSchema(Schema):
    """What somebody has to look at; the request says for whom."""

    id = fields.UUID(required=True)
    kind = fields.Enum(intake.TaskKind, by_value=True, required=True)
    kind_label = fields.Function(
        lambda card: say(card.kind_words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    care_request_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    urgency = fields.Enum(intake.Urgency, by_value=True, required=True)
    request_status = fields.Enum(intake.RequestStatus, by_value=True, required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "a code of what raised it"})
    raised_at = fields.AwareDateTime(required=True)
    status = fields.Enum(intake.TaskStatus, by_value=True, required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    close_reason = fields.Enum(intake.CloseReason, by_value=True, required=True, allow_none=True)
    version = fields.Integer(required=True)


class SupervisorTasksSchema(Schema):
    """A page of tasks, those raised last first."""

    items = fields.List(fields.Nested(SupervisorTaskSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ClosingSchema(Schema):
    """Why a task is closed."""

    reason = fields.Enum(intake.CloseReason, by_value=True, required=True)
