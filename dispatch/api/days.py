"""A day while it happens: the board of a coordinator, and a carer's own tour."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import jsonify

from dispatch import assignment, carers, clock, dates, directory, elders, intake, storage, visits
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import purpose_of
from dispatch.api.doing import show_visited
from dispatch.api.elders import present_ties
from dispatch.api.language import locale, say
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.days import BoardQuery, BoardSchema, OwnTourSchema
from dispatch.api.schemas.visits import DayQuery
from dispatch.journal import AccessPurpose
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from flask import Response

    from dispatch.assignment import Board, BoardStop, BoardUnplanned, OwnTour, PlanTrace
    from dispatch.visits import VisitProgress

bp = Blueprint("days", __name__, url_prefix="/v1", description="The day of a plan: board and tours")

CARERS = (Role.CARER, Role.COMMUNITY_WORKER)


@bp.get("/plans/board")
@open_to(Role.COORDINATOR, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(BoardQuery, location="query")
@bp.response(200, BoardSchema)
def show_board(query: dict[str, Any]) -> Response:
    """Show a day's tours with what has become of them, who has no place and why, and what to look at."""
    now, zone = clock.utc_now(), settings().time_zone
    on = query["on"] or dates.service_date(now, zone)
    with_names = query["names"]
    with storage.transaction() if with_names else storage.reading():
        board = assignment.find_board(
            actor(),
            on=on,
            area_code=query["area_code"],
            organization_id=query["organization_id"],
            plan_id=query["plan_id"],
            now=now,
            zone=zone,
        )
        names = _names(board, today=dates.service_date(now, zone)) if with_names else {}
    # written by hand: a schema takes half a second for 2,000 visits
    return jsonify(_board(board, names=names))


@bp.get("/me/tour")
@open_to(*CARERS)
@conditional
@bp.arguments(DayQuery, location="query")
@bp.response(200, OwnTourSchema)
def show_own_tour(query: dict[str, Any]) -> dict[str, Any]:
    """Show one's own tour of a plan that was signed, in order, with whom it is for; each elder shown is a look."""
    zone = settings().time_zone
    today = dates.service_date(clock.utc_now(), zone)
    on: date = query["on"] or today
    with storage.transaction():
        account_id = actor().account_id
        carer_id = carers.find_carer_id(account_id) if account_id else None
        own = assignment.find_own_tour(carer_id, on=on, zone=zone) if carer_id else None
        is_signed = own is not None or (carer_id is not None and assignment.is_day_signed(carer_id, on=on))
        body = _tour(own, on=on, today=today) | {"is_signed": is_signed}
        seen = sorted({each["elder"]["elder_id"] for each in body["stops"] if each["elder"]})
        log_access(seen, purpose=AccessPurpose.VISIT)
    return body


def _names(board: Board, *, today: date) -> dict[UUID, str]:
    """Name the elders of a board as far as the caller may see them; each one named leaves an access line."""
    ids = {stop.visit.elder_id for tour in board.tours for stop in tour.stops}
    ids |= {each.visit.elder_id for each in (*board.unplanned, *board.arrived)}
    names, areas, ties = elders.find_names(ids), elders.find_area_codes(ids, on=today), present_ties(today)
    shown: dict[UUID, str] = {}
    for elder_id, name in names.items():
        view = elders.judge_view(actor(), elder_id=elder_id, area_code=areas.get(elder_id), ties=ties)
        if view is not elders.View.NONE:
            shown[elder_id] = elders.mask_name(name) if view is elders.View.MASKED else name
    purposes = {each: purpose_of(each, area_code=areas.get(each, "")) for each in shown}
    for purpose in sorted(set(purposes.values())):
        log_access(sorted(each for each, why in purposes.items() if why is purpose), purpose=purpose)
    return shown


def _board(board: Board, *, names: Mapping[UUID, str]) -> dict[str, Any]:
    stops = sum(len(tour.stops) for tour in board.tours)
    counts = Counter(each.code.value for each in board.exceptions)
    words = assignment.UNPLANNED_WORDS
    labels = {code: say(words[code]) for code in words}
    named = {stop.visit_id for tour in board.tours for stop in tour.stops if stop.visit.elder_id in names}
    plan = board.plan
    return {
        "on": board.on.isoformat(),
        "area_code": board.area_code,
        "organization_id": _id(board.organization_id),
        "plan": _card(plan) if plan else None,
        "status_label": say(assignment.PLAN_STATUS_WORDS[plan.status]) if plan else None,
        "figures": plan.figures if plan else None,
        "proposal": _card(board.proposal) if board.proposal else None,
        "plans": [_card(each) for each in board.plans],
        "counts": {
            "planned": stops,
            "unplanned": len(board.unplanned),
            "arrived": len(board.arrived),
            "waiting": board.waiting,
            "carers": len(board.tours),
            **counts,
        },
        "tours": [
            {
                "tour_id": str(tour.tour_id),
                "carer_id": str(tour.carer_id),
                "carer_name": tour.carer_name,
                "organization_id": _id(tour.organization_id),
                "from_at": tour.from_at.isoformat(),
                "to_at": tour.to_at.isoformat(),
                "travel_min": tour.travel_min,
                "worked_min": tour.worked_min,
                "wait_min": tour.wait_min,
                "back_at": _at(tour.back_at),
                "is_ill": tour.is_ill,
                "stops": [_stop(stop, names=names) for stop in tour.stops],
                "pauses": [
                    {"kind": each.kind.value, "from_at": each.from_at.isoformat(), "to_at": each.to_at.isoformat()}
                    for each in tour.pauses
                ],
            }
            for tour in board.tours
        ],
        "unplanned": [_loose(each, names=names, labels=labels) for each in board.unplanned],
        "arrived": [_loose(each, names=names, labels=labels) for each in board.arrived],
        "exceptions": [
            {
                "code": each.code.value,
                "text": say(each.words),
                "carer_id": _id(each.carer_id),
                "visit_id": _id(each.visit_id),
                "at": _at(each.at),
                "minutes": each.minutes,
                "kind": each.kind.value if each.kind else None,
                # what somebody wrote may tell who it is
                "note": each.note if each.visit_id in named else None,
            }
            for each in board.exceptions
        ],
    }


def _card(plan: PlanTrace) -> dict[str, Any]:
    return {
        "plan_id": str(plan.plan_id),
        "status": plan.status.value,
        "version": plan.version,
        "made_at": plan.made_at.isoformat(),
        "decided_at": _at(plan.decided_at),
        "decided_by": _id(plan.decided_by),
        "based_on_id": _id(plan.based_on_id),
    }


def _visit(each: VisitProgress, *, names: Mapping[UUID, str]) -> dict[str, Any]:
    name = names.get(each.elder_id)
    return {
        "visit_id": str(each.visit_id),
        "elder_id": None if name is None else str(each.elder_id),
        "name": name,
        "area_code": each.area_code,
        "service_code": each.service_code,
        "pair_id": _id(each.pair_id),
        "slot_no": each.slot_no,
        "window_from_at": each.window_from_at.isoformat(),
        "window_to_at": each.window_to_at.isoformat(),
    }


def _stop(stop: BoardStop, *, names: Mapping[UUID, str]) -> dict[str, Any]:
    visit = stop.visit
    shown = _visit(visit, names=names)
    shown.update(
        seq=stop.seq,
        arrive_at=stop.arrive_at.isoformat(),
        start_at=stop.start_at.isoformat(),
        end_at=stop.end_at.isoformat(),
        travel_min=stop.travel_min,
        wait_min=stop.wait_min,
        is_pinned=stop.is_pinned,
        is_executed=stop.is_executed,
        is_outside=stop.is_outside,
        status=visit.status,
        outcome=visit.outcome,
        started_at=_at(visit.started_at),
        finished_at=_at(visit.finished_at),
    )
    return shown


def _loose(
    each: BoardUnplanned, *, names: Mapping[UUID, str], labels: Mapping[assignment.UnplannedCode, str]
) -> dict[str, Any]:
    return _visit(each.visit, names=names) | {
        "visit_min": each.visit.visit_min,
        "code": each.code.value if each.code else None,
        "text": labels[each.code] if each.code else None,
        "change": each.change,
        "change_text": assignment.change_text(each.change, locale=locale()),
    }


def _tour(own: OwnTour | None, *, on: date, today: date) -> dict[str, Any]:
    if own is None:
        nothing = dict.fromkeys(("plan_id", "version", "from_at", "to_at", "travel_min", "worked_min", "back_at"))
        return {"on": on, **nothing, "stops": [], "pauses": [], "others": 0}
    tour = own.tour
    served, ties = intake.find_served(own.known), present_ties(today)
    services = {each.code: Words(each.label_zh, each.label_en) for each in directory.find_codes("service")}
    stops = []
    for stop in tour.stops:
        visit = own.known[stop.visit_id]
        request_id, status = served.get(stop.visit_id, (None, None))
        path = f"/v1/visits/{stop.visit_id}"
        stops.append(
            {
                "seq": stop.seq,
                "visit_id": stop.visit_id,
                "service_code": visit.service_code,
                "service_label": say(services[visit.service_code]),
                "travel_min": stop.travel_min,
                "arrive_at": stop.arrive_at,
                "wait_min": stop.wait_min,
                "start_at": stop.start_at,
                "end_at": stop.end_at,
                "window_from_at": visit.window_from_at,
                "window_to_at": visit.window_to_at,
                "is_pinned": stop.is_pinned,
                "status": visit.status,
                "status_label": say(visits.VISIT_STATUS_WORDS[visit.status]),
                "pair_id": visit.pair_id,
                "partner": own.partners.get(stop.visit_id),
                "care_request_id": request_id,
                "request_status": status,
                "elder": show_visited(visit.elder_id, ties=ties, today=today),
                "problems": own.problems.get(stop.visit_id, []),
                "start_path": f"{path}/start",
                "finish_path": f"{path}/finish",
                "problem_path": f"{path}/problems",
            }
        )
    return {
        "on": on,
        "plan_id": tour.plan_id,
        "version": own.version,
        "from_at": tour.from_at,
        "to_at": tour.to_at,
        "travel_min": tour.travel_min,
        "worked_min": tour.worked_min,
        "back_at": tour.back_at,
        "stops": stops,
        "pauses": tour.pauses,
        "others": own.others,
    }


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _at(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
