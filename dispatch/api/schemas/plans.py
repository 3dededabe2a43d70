"""Day plans in JSON: what is wanted of one, and what it says."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import assignment
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.days import TourPauseSchema
from dispatch.api.schemas.jobs import JobSchema

REASON_MAX = 500
SEED_MAX = 2**31 - 1


class PlanWishSchema(Schema):
    """Which day is wanted."""

    on = fields.Date(required=True, metadata={"description": "local date, today or later"})
    area_code = fields.String(
        required=True, validate=AREA_CODE, metadata={"description": "a district, or a part of one"}
    )
    organization_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "its visits and carers alone; without it everybody's of the area (officers)"},
    )
    seconds = fields.Integer(
        load_default=assignment.SECONDS,
        validate=validate.Range(1, assignment.MOST_SECONDS),
        metadata={"description": "how long to look for a better plan"},
    )
    seed = fields.Integer(
        load_default=0,
        validate=validate.Range(0, SEED_MAX),
        metadata={"description": "same day, seed and iterations: same plan"},
    )

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> assignment.PlanWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return assignment.PlanWish(plan_on=data.pop("on"), **data)


class DayPlanSchema(Schema):
    """A plan without its tours: state, figures, and what it rests on."""

    plan_id = fields.UUID(required=True)
    on = fields.Date(required=True, attribute="plan_on")
    area_code = fields.String(required=True)
    organization_id = fields.UUID(required=True, allow_none=True)
    status = fields.Enum(assignment.PlanStatus, by_value=True, required=True)
    status_label = fields.Function(
        lambda card: say(assignment.PLAN_STATUS_WORDS[card.status]),
        required=True,
        metadata={"type": "string", "description": "for reading"},
    )
    version = fields.Integer(required=True, metadata={"description": "goes into If-Match"})
    job_id = fields.UUID(required=True, allow_none=True, metadata={"description": "GET /v1/jobs/{id}: how far it is"})
    based_on_id = fields.UUID(required=True, allow_none=True, metadata={"description": "the signed plan it repairs"})
    repair = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "of a repair: what happened, and who is moved"},
    )
    figures = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "visits, placed, unplanned, travel_min, usual_share, hours_min …; null until built"},
    )
    cost = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "what each wish costs, in seconds of travel; docs/plans.md"},
    )
    weights = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    rule_version = fields.String(required=True)
    seed = fields.Integer(required=True)
    seconds = fields.Integer(required=True, attribute="stop_s")
    iterations = fields.Integer(required=True, allow_none=True)
    inputs_hash = fields.String(required=True, allow_none=True, metadata={"description": "SHA-256 of what it rests on"})
    network = fields.String(required=True, allow_none=True)
    network_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "state of the streets"})
    assumptions = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "speeds, parking, door, breaks, fairness"},
    )
    made_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    made_at = fields.AwareDateTime(required=True)
    built_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.UUID(
        required=True, allow_none=True, metadata={"description": "account of who signed or rejected"}
    )
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decide_reason = fields.String(required=True, allow_none=True)
    failure = fields.Dict(
        keys=fields.String(), required=True, allow_none=True, metadata={"description": "code, title, detail"}
    )


class MadePlanSchema(Schema):
    """A plan that is being built, and the job that does it."""

    plan = fields.Nested(DayPlanSchema, required=True)
    job = fields.Nested(JobSchema, required=True)


class DayPlanQuery(PageQuery):
    """Which plans."""

    on = fields.Date(load_default=None, metadata={"description": "of this local date"})
    status = fields.Enum(assignment.PlanStatus, by_value=True, load_default=None)


class DayPlansSchema(Schema):
    """A page of plans, the newest first."""

    items = fields.List(fields.Nested(DayPlanSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TourStopSchema(Schema):
    """One visit in a tour: when, and why this carer at this time."""

    visit_id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    arrive_at = fields.AwareDateTime(required=True)
    start_at = fields.AwareDateTime(required=True)
    end_at = fields.AwareDateTime(required=True)
    travel_min = fields.Integer(required=True, metadata={"description": "on the way to it"})
    wait_min = fields.Integer(required=True, metadata={"description": "nothing to do, before setting out"})
    is_pinned = fields.Boolean(required=True, metadata={"description": "held where it is"})
    is_executed = fields.Boolean(required=True, metadata={"description": "it had begun when the plan was made"})
    is_outside = fields.Boolean(
        required=True, metadata={"description": "another plan's visit of this carer, which the tour goes around"}
    )
    reasons = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        metadata={"description": "why this carer and this start: code, numbers, and text for reading"},
    )


class DayTourSchema(Schema):
    """One carer's day in a plan."""

    tour_id = fields.UUID(required=True)
    plan_id = fields.UUID(required=True)
    carer_id = fields.UUID(required=True)
    status = fields.Enum(assignment.TourStatus, by_value=True, required=True)
    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    travel_min = fields.Integer(required=True)
    worked_min = fields.Integer(required=True, metadata={"description": "visits and ways"})
    wait_min = fields.Integer(required=True)
    back_at = fields.AwareDateTime(required=True, allow_none=True)
    stops = fields.List(fields.Nested(TourStopSchema), required=True)
    pauses = fields.List(fields.Nested(TourPauseSchema), required=True)


class UnplannedVisitSchema(Schema):
    """A visit without a place: why, and the smallest change that would give it one."""

    visit_id = fields.UUID(required=True)
    code = fields.Enum(assignment.UnplannedCode, by_value=True, required=True)
    text = fields.String(required=True, metadata={"description": "for reading"})
    change = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "the smallest change that would place it: code, ids, minutes; null: nothing small"},
    )
    change_text = fields.String(required=True, allow_none=True, metadata={"description": "the change, for reading"})


class WholePlanSchema(DayPlanSchema):
    """A plan with its tours and what has no place."""

    tours = fields.List(fields.Nested(DayTourSchema), required=True)
    unplanned = fields.List(fields.Nested(UnplannedVisitSchema), required=True)


class SigningSchema(Schema):
    """A signature."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, REASON_MAX))


class RejectionSchema(Schema):
    """Why a plan is turned down."""

    reason = fields.String(required=True, validate=validate.Length(1, REASON_MAX))
