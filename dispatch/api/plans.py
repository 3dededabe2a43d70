"""Day plans: asking for one, looking at it, and the signature that sends it to the carers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify, make_response

from dispatch import assignment, clock, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.jobs import RETRY_AFTER_S
from dispatch.api.language import locale, say
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.plans import (
    DayPlanQuery,
    DayPlanSchema,
    DayPlansSchema,
    DayTourSchema,
    MadePlanSchema,
    PlanWishSchema,
    RejectionSchema,
    SigningSchema,
    WholePlanSchema,
)

if TYPE_CHECKING:
    from flask import Response

    from dispatch.assignment import PlanWish, StopCard, TourCard

bp = Blueprint("plans", __name__, url_prefix="/v1", description="Day plans: who goes where, when")

PLANNERS = (Role.COORDINATOR, Role.DISTRICT_OFFICER)
READERS = (*PLANNERS, Role.OPERATOR)


@bp.post("/plans")
@open_to(*PLANNERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(PlanWishSchema)
@bp.response(202, MadePlanSchema)
def create_plan(wish: PlanWish) -> Response:
    """Ask for a plan of a day; a job builds it, and nothing reaches a carer before somebody signs it."""

    def ask() -> dict[str, Any]:
        plan = assignment.request_plan(wish, actor=actor(), now=clock.utc_now(), zone=settings().time_zone)
        return {"plan": plan, "job": storage.get_job(plan.job_id, actor=actor()) if plan.job_id else None}

    with storage.transaction():
        body, status = once(ask, schema=MadePlanSchema(), status=202)
    reply = make_response(jsonify(body), status)
    reply.headers["Location"] = f"/v1/plans/{body['plan']['plan_id']}"
    reply.headers["Retry-After"] = str(RETRY_AFTER_S)
    return reply


@bp.get("/plans")
@open_to(*READERS)
@bp.arguments(DayPlanQuery, location="query")
@bp.response(200, DayPlansSchema)
def list_plans(query: dict[str, Any]) -> dict[str, Any]:
    """List the plans of one's area or organization, the newest first."""
    place = query["cursor"]
    with storage.reading():
        found = assignment.find_plans(
            actor=actor(),
            plan_on=query["on"],
            status=query["status"],
            before_id=UUID(place[0]) if place else None,
            limit=query["limit"] + 1,
        )
    shown = found[: query["limit"]]
    return {
        "items": shown,
        "next_cursor": encode_cursor(str(shown[-1].plan_id)) if len(found) > len(shown) else None,
    }


@bp.get("/plans/<uuid:plan_id>")
@open_to(*READERS)
@conditional
@bp.response(200, WholePlanSchema)
def get_plan(plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Give a plan with its tours, what has no place and why; whom the visits are for stands on the board."""
    with storage.reading():
        view = assignment.read_plan(plan_id, actor=actor())
    card = view.card
    unplanned = [
        {
            "visit_id": each.visit_id,
            "code": each.code,
            "text": say(assignment.UNPLANNED_WORDS[each.code]),
            "change": each.change,
            "change_text": assignment.change_text(each.change, locale=locale()),
        }
        for each in view.unplanned
    ]
    facts = {name: getattr(card, name) for name in card.__dataclass_fields__}
    body = SimpleNamespace(**facts, tours=[_spoken(each) for each in view.tours], unplanned=unplanned)
    return with_version(body, card.version, view=locale().value)


def _spoken(tour: TourCard) -> TourCard:
    """Say the reasons of a tour's stops in the reader's language, too."""

    def told(stop: StopCard) -> tuple[dict[str, Any], ...]:
        return tuple(each | {"text": assignment.stop_reason_text(each, locale=locale())} for each in stop.reasons)

    return replace(tour, stops=tuple(replace(stop, reasons=told(stop)) for stop in tour.stops))


@bp.get("/plans/<uuid:plan_id>/tours/<uuid:carer_id>")
@open_to(*READERS)
@conditional
@bp.response(200, DayTourSchema)
def get_tour(plan_id: UUID, carer_id: UUID) -> TourCard:
    """Give one carer's tour in a plan."""
    with storage.reading():
        return _spoken(assignment.get_tour(plan_id, carer_id=carer_id, actor=actor()))


@bp.post("/plans/<uuid:plan_id>/best-so-far")
@open_to(*PLANNERS)
@bp.response(200, DayPlanSchema)
def use_best(plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Have enough: the search ends with the best plan that it has; else nothing changes."""
    with storage.transaction():
        card = assignment.use_best(plan_id, actor=actor(), now=clock.utc_now())
    return with_version(card, card.version)


@bp.post("/plans/<uuid:plan_id>/acceptance")
@open_to(*PLANNERS)
@bp.arguments(SigningSchema)
@bp.response(200, DayPlanSchema)
def accept(wish: dict[str, Any], plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Sign a plan: it reaches the carers at once, and signing twice is harmless. If-Match holds what was read."""
    version = version_wanted()
    with storage.transaction():
        card = assignment.accept_plan(
            plan_id,
            actor=actor(),
            now=clock.utc_now(),
            zone=settings().time_zone,
            reason=wish["reason"],
            expected_version=version,
        )
    return with_version(card, card.version)


@bp.post("/plans/<uuid:plan_id>/rejection")
@open_to(*PLANNERS)
@bp.arguments(RejectionSchema)
@bp.response(200, DayPlanSchema)
def reject(wish: dict[str, Any], plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Turn a proposed plan down, with a reason; no visit changes."""
    version = version_wanted()
    with storage.transaction():
        card = assignment.reject_plan(
            plan_id, reason=wish["reason"], actor=actor(), now=clock.utc_now(), expected_version=version
        )
    return with_version(card, card.version)
