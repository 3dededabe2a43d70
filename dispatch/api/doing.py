"""From the start of a visit to its end: what carers' phones tell, and coordinators for them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch import assignment, carers, clock, dates, elders, intake, storage, visits
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import purpose_of
from dispatch.api.elders import present_ties
from dispatch.api.networks import current_network
from dispatch.api.plumbing import Blueprint, with_version
from dispatch.api.schemas.doing import (
    AttendanceSchema,
    AttendanceWishSchema,
    FailureSchema,
    FinishSchema,
    GivenVisitSchema,
    OwnDaySchema,
    ProblemReportSchema,
    ReportedProblemSchema,
    StartedSchema,
    StartSchema,
    VisitCarerSchema,
)
from dispatch.api.schemas.intake import CareRequestSchema
from dispatch.api.schemas.visits import DayQuery, KeptLogSchema
from dispatch.journal import AccessPurpose

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.elders import Ties

bp = Blueprint("doing", __name__, url_prefix="/v1", description="Service: starts, ends, attendance, failures")

CARERS = (Role.CARER, Role.COMMUNITY_WORKER)
TELLERS = (*CARERS, Role.COORDINATOR)


@bp.post("/visits/<uuid:visit_id>/start")
@open_to(*TELLERS)
@bp.arguments(StartSchema)
@bp.response(201, StartedSchema)
@bp.alt_response(200, schema=StartedSchema, description="Kept before; the first answer again")
def start(wish: visits.StartWish, visit_id: UUID) -> tuple[dict[str, Any], int]:
    """Tell that a visit began; who may not do it any more is refused, and the slot is free for another carer."""
    with storage.transaction():
        decision = assignment.start_visit(
            visit_id, wish=wish, actor=actor(), now=clock.utc_now(), zone=settings().time_zone
        )
        if decision.started:
            log_access([decision.started.visit.elder_id], purpose=AccessPurpose.CARE)
    if decision.started is None:
        # that the slot is free stays, so it is told after the transaction
        raise decision.unfit or visits.VisitNotFoundError(visit_id=visit_id)
    started = decision.started
    names = ("start_id", "started_at", "device_at", "received_at")
    body = {name: getattr(started, name) for name in names}
    return body | {"visit_id": visit_id, "status": started.visit.status}, 200 if started.is_repeated else 201


@bp.post("/visits/<uuid:visit_id>/finish")
@open_to(*TELLERS)
@bp.arguments(FinishSchema)
@bp.response(201, KeptLogSchema)
@bp.alt_response(200, schema=KeptLogSchema, description="Kept before; the first answer again")
def finish(wish: visits.FinishWish, visit_id: UUID) -> tuple[visits.LogFacts | None, int]:
    """Tell what was done on a visit; the last end of a request completes it."""
    with storage.transaction():
        result = intake.finish_visit(visit_id, wish=wish, actor=actor(), now=clock.utc_now(), zone=settings().time_zone)
        if result.log:
            log_access([result.log.elder_id], purpose=AccessPurpose.CARE)
    return result.log, 200 if result.status is visits.LogStatus.REPEATED else 201


@bp.post("/visits/<uuid:visit_id>/problems")
@open_to(*TELLERS)
@bp.arguments(ProblemReportSchema)
@bp.response(201, ReportedProblemSchema)
@bp.alt_response(200, schema=ReportedProblemSchema, description="Kept before; the first answer again")
def report_problem(report: visits.ProblemReport, visit_id: UUID) -> tuple[visits.ProblemFacts, int]:
    """Tell what keeps a visit from going as planned; the board shows it, and a supervisor is asked to look."""
    with storage.transaction():
        told = intake.report_problem(visit_id, report=report, actor=actor(), now=clock.utc_now())
        log_access([told.elder_id], purpose=AccessPurpose.CARE)
    return told, 200 if told.is_repeated else 201


@bp.post("/visits/<uuid:visit_id>/carer")
@open_to(Role.COORDINATOR)
@bp.arguments(VisitCarerSchema)
@bp.response(200, GivenVisitSchema)
def change_carer(wish: dict[str, Any], visit_id: UUID) -> visits.VisitFacts:
    """Put another carer on a visit that has not begun, judged by the rules of the search."""
    network = current_network()
    with storage.transaction():
        given = assignment.give_visit(
            visit_id,
            carer_id=wish["carer_id"],
            actor=actor(),
            network=network,
            now=clock.utc_now(),
            zone=settings().time_zone,
        )
        log_access([given.elder_id], purpose=AccessPurpose.CARE)
    return given


@bp.post("/care-requests/<uuid:request_id>/attendance")
@open_to(Role.COORDINATOR)
@bp.arguments(AttendanceWishSchema)
@bp.response(200, AttendanceSchema)
def attend(wish: intake.AttendanceWish, request_id: UUID) -> intake.AttendanceCard:
    """Record who was there for a service at a site: its start, its end, or both at once."""
    with storage.transaction():
        card = intake.record_attendance(request_id, wish=wish, actor=actor(), now=clock.utc_now())
        log_access([card.elder_id], purpose=AccessPurpose.CARE)
    return card


@bp.post("/care-requests/<uuid:request_id>/failure")
@open_to(*TELLERS)
@bp.arguments(FailureSchema)
@bp.response(200, CareRequestSchema)
def fail(wish: dict[str, Any], request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Say that a scheduled request did not come about, and why."""
    with storage.transaction():
        card = intake.fail_request(request_id, reason=wish["reason"], actor=actor(), now=clock.utc_now())
        log_access([card.elder_id], purpose=purpose_of(card.elder_id, area_code=card.area_code))
    return with_version(card, card.version)


@bp.get("/me/visits")
@open_to(*CARERS)
@bp.arguments(DayQuery, location="query")
@bp.response(200, OwnDaySchema)
def list_own(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own visits of a day, in order, with whom they are for; each elder shown is a look."""
    zone = settings().time_zone
    today = dates.service_date(clock.utc_now(), zone)
    on: date = query["on"] or today
    with storage.transaction():
        account_id = actor().account_id
        carer_id = carers.find_carer_id(account_id) if account_id else None
        found = visits.find_visits(
            carer_ids=[carer_id] if carer_id else [],
            from_at=dates.start_of(on, zone),
            to_at=dates.start_of(on + timedelta(days=1), zone),
        )
        served = intake.find_served([each.visit_id for each in found])
        ties = present_ties(today)
        items = [_own(each, served=served, ties=ties, today=today) for each in found]
        log_access(sorted({each["elder"]["elder_id"] for each in items if each["elder"]}), purpose=AccessPurpose.VISIT)
    return {"on": on, "items": sorted(items, key=lambda each: each["start_at"] or each["window_from_at"])}


def _own(
    visit: visits.VisitFacts, *, served: dict[UUID, tuple[UUID, intake.RequestStatus]], ties: Ties, today: date
) -> dict[str, Any]:
    request_id, status = served.get(visit.visit_id, (None, None))
    shown = show_visited(visit.elder_id, ties=ties, today=today)
    return asdict(visit) | {"care_request_id": request_id, "request_status": status, "elder": shown}


def show_visited(elder_id: UUID, *, ties: Ties, today: date) -> dict[str, Any] | None:
    """Give of an elder what a visitor needs, as far as the caller may see it today; None: nothing."""
    try:
        card = elders.get_elder(elder_id, actor=actor(), on=today, ties=ties)
    except (elders.ElderNotFoundError, elders.ElderMergedError):
        return None
    return {name: getattr(card, name) for name in ("elder_id", "name", "phone", "address", "has_lift_access")}
