"""Starts and ends of visits, services given at a site, and failures, in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import geo, intake, visits
from dispatch.api.language import say
from dispatch.api.schemas.visits import ANSWERS_MAX, TEXT_MAX, FixSchema, VisitSchema

DEVICE_DOC = {"description": "the phone's clock when this was made"}


class StartSchema(Schema):
    """That a visit began."""

    start_id = fields.UUID(required=True, metadata={"description": "made by the phone; the same when it is sent again"})
    started_at = fields.AwareDateTime(required=True, metadata={"description": "at most an hour before the window"})
    device_at = fields.AwareDateTime(required=True, metadata=DEVICE_DOC)

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> visits.StartWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return visits.StartWish(**data)


class StartedSchema(Schema):
    """A start as it was kept."""

    start_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    status = fields.Enum(visits.VisitStatus, by_value=True, required=True)
    started_at = fields.AwareDateTime(required=True)
    device_at = fields.AwareDateTime(required=True)
    received_at = fields.AwareDateTime(required=True, metadata={"description": "our clock"})


class FinishSchema(Schema):
    """What was done on a visit: the proof of service. Carer, service and elder are those of the visit."""

    log_id = fields.UUID(required=True, metadata={"description": "made by the phone; the same when it is sent again"})
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True)
    started_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "where no start was sent before, as by a phone that was offline"},
    )
    finished_at = fields.AwareDateTime(required=True)
    place = fields.Enum(visits.Place, by_value=True, required=True)
    device_at = fields.AwareDateTime(required=True, metadata=DEVICE_DOC)
    mode = fields.Enum(visits.VisitMode, by_value=True, load_default=visits.VisitMode.DOOR)
    fix = fields.Nested(FixSchema, load_default=None, allow_none=True)
    checklist_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, TEXT_MAX))
    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(1, TEXT_MAX)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=ANSWERS_MAX),
        metadata={"description": "of the checklist, by question"},
    )

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> visits.FinishWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes; the fix in WGS 84."""
        fix = data.pop("fix")
        if fix:
            data["fix_ll"] = geo.to_wgs84((fix["lon"], fix["lat"]), crs=fix["crs"])
            data["fix_accuracy_m"] = fix["accuracy_m"]
        return visits.FinishWish(**data)


class ProblemReportSchema(Schema):
    """What keeps a visit from going as planned."""

    problem_id = fields.UUID(
        required=True, metadata={"description": "made by the phone; the same when it is sent again"}
    )
    kind = fields.Enum(visits.ProblemKind, by_value=True, required=True)
    happened_at = fields.AwareDateTime(required=True)
    device_at = fields.AwareDateTime(required=True, metadata=DEVICE_DOC)
    late_min = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, visits.LATE_MAX_MIN),
        metadata={"description": "with running_late only: minutes after the planned start"},
    )
    note = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, visits.NOTE_MAX),
        metadata={"description": "needed with other; without names, numbers and addresses"},
    )

    @post_load
    def to_report(self, data: dict[str, Any], **_: Any) -> visits.ProblemReport:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return visits.ProblemReport(**data)


class ReportedProblemSchema(Schema):
    """A problem as it was kept."""

    problem_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    kind = fields.Enum(visits.ProblemKind, by_value=True, required=True)
    kind_label = fields.Function(
        lambda told: say(told.kind_words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    late_min = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    happened_at = fields.AwareDateTime(required=True)
    received_at = fields.AwareDateTime(required=True, metadata={"description": "our clock"})


class VisitCarerSchema(Schema):
    """Who goes instead."""

    carer_id = fields.UUID(required=True, metadata={"description": "of the organization that serves"})


class GivenVisitSchema(VisitSchema):
    """A visit with its carer."""

    carer_id = fields.UUID(required=True, allow_none=True)


class AttendanceWishSchema(Schema):
    """That a service at a site began, that it ended, or both."""

    attendance_id = fields.UUID(
        required=True, metadata={"description": "made by the sender; the same when it is sent again, or for its end"}
    )
    started_at = fields.AwareDateTime(load_default=None, allow_none=True)
    finished_at = fields.AwareDateTime(load_default=None, allow_none=True)
    outcome = fields.Enum(
        visits.VisitOutcome,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "goes with finished_at"},
    )
    device_at = fields.AwareDateTime(required=True, metadata=DEVICE_DOC)

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> intake.AttendanceWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return intake.AttendanceWish(**data)


class AttendanceSchema(Schema):
    """A service given at a site, as it was recorded: the site is its place and its provider."""

    attendance_id = fields.UUID(required=True)
    care_request_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    service_at_site_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True, metadata={"description": "our clock"})
    finish_received_at = fields.AwareDateTime(required=True, allow_none=True)


class FailureSchema(Schema):
    """Why a request did not come about."""

    reason = fields.Enum(intake.FailureReason, by_value=True, required=True)


class VisitedSchema(Schema):
    """Whom the visit is for, as far as one may see them: whole on the day of the visit."""

    elder_id = fields.UUID(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    has_lift_access = fields.Boolean(required=True, allow_none=True)


class OwnVisitSchema(VisitSchema):
    """A visit of one's own day, with whom it is for and the request that it serves."""

    care_request_id = fields.UUID(required=True, allow_none=True, metadata={"description": "null: a care visit"})
    request_status = fields.Enum(intake.RequestStatus, by_value=True, required=True, allow_none=True)
    elder = fields.Nested(
        VisitedSchema, required=True, allow_none=True, metadata={"description": "null on another day than the visit's"}
    )


class OwnDaySchema(Schema):
    """One's own visits of a day, in the order in which they begin."""

    on = fields.Date(required=True)
    items = fields.List(fields.Nested(OwnVisitSchema), required=True)
