"""A day's board and a carer's own tour in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields

from dispatch import assignment, intake, visits
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.doing import ReportedProblemSchema, VisitedSchema

FOR_READING = {"type": "string", "description": "for reading"}


class BoardQuery(Schema):
    """Which day, and whose."""

    on = fields.Date(load_default=None, metadata={"description": "local date; today where it is left out"})
    area_code = fields.String(
        load_default=None, allow_none=True, validate=AREA_CODE, metadata={"description": "of a plan of this area"}
    )
    organization_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "this one's carers and visits; a coordinator's own where it is left out"},
    )
    plan_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "another plan of the day than the board would show"},
    )
    names = fields.Boolean(
        load_default=False,
        metadata={"description": "true: with elder_id and name, and an access line for each elder; else without both"},
    )


class TourPauseSchema(Schema):
    """When a carer rests or is off duty."""

    kind = fields.Enum(assignment.PauseKind, by_value=True, required=True)
    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)


class BoardVisitSchema(Schema):
    """Which visit, and for whom."""

    visit_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True, allow_none=True, metadata={"description": "null without `names=true`"})
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "as far as one may see it; null without `names=true`"}
    )
    area_code = fields.String(required=True, allow_none=True, metadata={"description": "community of the home"})
    service_code = fields.String(required=True)
    pair_id = fields.UUID(required=True, allow_none=True, metadata={"description": "of the visit that goes with it"})
    slot_no = fields.Integer(required=True)
    window_from_at = fields.AwareDateTime(required=True)
    window_to_at = fields.AwareDateTime(required=True)


class BoardStopSchema(BoardVisitSchema):
    """One visit in a tour, and what has become of it."""

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
    status = fields.Enum(visits.VisitStatus, by_value=True, required=True)
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class BoardUnplannedSchema(BoardVisitSchema):
    """A visit without a place."""

    visit_min = fields.Integer(required=True)
    code = fields.Enum(
        assignment.UnplannedCode,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "null: it arrived after the plan was made"},
    )
    text = fields.String(required=True, allow_none=True, metadata={"description": "the code in words"})
    change = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "the smallest change that would place it: code, ids, minutes; null: nothing small"},
    )
    change_text = fields.String(required=True, allow_none=True, metadata={"description": "the change, for reading"})


class BoardTourSchema(Schema):
    """One carer's day."""

    tour_id = fields.UUID(required=True)
    carer_id = fields.UUID(required=True)
    carer_name = fields.String(required=True)
    organization_id = fields.UUID(required=True, allow_none=True)
    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    travel_min = fields.Integer(required=True)
    worked_min = fields.Integer(required=True, metadata={"description": "visits and ways"})
    wait_min = fields.Integer(required=True)
    back_at = fields.AwareDateTime(required=True, allow_none=True)
    is_ill = fields.Boolean(required=True, metadata={"description": "a sick day is on record"})
    stops = fields.List(fields.Nested(BoardStopSchema), required=True)
    pauses = fields.List(fields.Nested(TourPauseSchema), required=True)


class BoardExceptionSchema(Schema):
    """Something to look at."""

    code = fields.Enum(assignment.DayException, by_value=True, required=True)
    text = fields.String(required=True, metadata={"description": "for reading"})
    carer_id = fields.UUID(required=True, allow_none=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    kind = fields.Enum(
        visits.ProblemKind, by_value=True, required=True, allow_none=True, metadata={"description": "of a problem"}
    )
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "as it was written; null without `names=true`"}
    )


class PlanTraceSchema(Schema):
    """One plan of the day, in short."""

    plan_id = fields.UUID(required=True)
    status = fields.Enum(assignment.PlanStatus, by_value=True, required=True)
    version = fields.Integer(required=True, metadata={"description": "goes into If-Match"})
    made_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account of who signed"})
    based_on_id = fields.UUID(required=True, allow_none=True, metadata={"description": "the signed plan it repairs"})


class BoardSchema(Schema):
    """A day as a coordinator sees it."""

    on = fields.Date(required=True)
    area_code = fields.String(required=True, allow_none=True)
    organization_id = fields.UUID(required=True, allow_none=True)
    plan = fields.Nested(
        PlanTraceSchema, required=True, allow_none=True, metadata={"description": "the one shown; null: none yet"}
    )
    status_label = fields.String(required=True, allow_none=True, metadata={"description": "of the plan, for reading"})
    figures = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "of the part that is shown"},
    )
    proposal = fields.Nested(
        PlanTraceSchema,
        required=True,
        allow_none=True,
        metadata={"description": "a newer one that waits for a signature, or is being built"},
    )
    plans = fields.List(
        fields.Nested(PlanTraceSchema), required=True, metadata={"description": "all of the day, the newest first"}
    )
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "planned, unplanned, arrived, waiting, carers, and each exception by its code"},
    )
    tours = fields.List(fields.Nested(BoardTourSchema), required=True)
    unplanned = fields.List(fields.Nested(BoardUnplannedSchema), required=True)
    arrived = fields.List(
        fields.Nested(BoardUnplannedSchema),
        required=True,
        metadata={"description": "arrived after the plan was made: not in it"},
    )
    exceptions = fields.List(fields.Nested(BoardExceptionSchema), required=True)


class OwnStopSchema(Schema):
    """A visit of one's own tour: when to set out, when to be there, for whom."""

    seq = fields.Integer(required=True)
    visit_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    service_label = fields.String(required=True, metadata={"description": "for reading"})
    travel_min = fields.Integer(required=True, metadata={"description": "on the way to it"})
    arrive_at = fields.AwareDateTime(required=True)
    wait_min = fields.Integer(required=True, metadata={"description": "nothing to do, before setting out"})
    start_at = fields.AwareDateTime(required=True)
    end_at = fields.AwareDateTime(required=True)
    window_from_at = fields.AwareDateTime(required=True)
    window_to_at = fields.AwareDateTime(required=True)
    is_pinned = fields.Boolean(required=True, metadata={"description": "held where it is"})
    status = fields.Enum(visits.VisitStatus, by_value=True, required=True)
    status_label = fields.String(required=True, metadata={"description": "for reading"})
    pair_id = fields.UUID(required=True, allow_none=True, metadata={"description": "of the visit that goes with it"})
    partner = fields.String(
        required=True, allow_none=True, metadata={"description": "the colleague who comes to the same visit"}
    )
    care_request_id = fields.UUID(required=True, allow_none=True, metadata={"description": "null: a care visit"})
    request_status = fields.Enum(intake.RequestStatus, by_value=True, required=True, allow_none=True)
    elder = fields.Nested(
        VisitedSchema, required=True, allow_none=True, metadata={"description": "null on another day than the visit's"}
    )
    problems = fields.List(fields.Nested(ReportedProblemSchema), required=True)
    start_path = fields.String(required=True, metadata={"description": "where its start is told"})
    finish_path = fields.String(required=True, metadata={"description": "where its end is told"})
    problem_path = fields.String(required=True, metadata={"description": "where a problem is reported"})


class OwnTourSchema(Schema):
    """One's own tour of a day; without stops before a plan is signed."""

    on = fields.Date(required=True)
    is_signed = fields.Boolean(
        required=True,
        metadata={"description": "whether a plan of one's organization was signed; one may have no tour in it"},
    )
    plan_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True, metadata={"description": "of the plan"})
    from_at = fields.AwareDateTime(required=True, allow_none=True)
    to_at = fields.AwareDateTime(required=True, allow_none=True)
    travel_min = fields.Integer(required=True, allow_none=True)
    worked_min = fields.Integer(required=True, allow_none=True, metadata={"description": "visits and ways"})
    back_at = fields.AwareDateTime(required=True, allow_none=True)
    stops = fields.List(fields.Nested(OwnStopSchema), required=True)
    pauses = fields.List(fields.Nested(TourPauseSchema), required=True)
    others = fields.Integer(
        required=True, metadata={"description": "own visits of the day beside the tour: GET /v1/me/visits"}
    )
