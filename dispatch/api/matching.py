"""Who can serve a request, why the others cannot, and giving it to one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import assignment, clock, elders, storage
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import READERS, purpose_of
from dispatch.api.elders import today
from dispatch.api.language import locale, say
from dispatch.api.networks import current_network
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.assignment import (
    AssignmentSchema,
    AssignmentWishSchema,
    MatchRunQuery,
    MatchRunsSchema,
    MatchSchema,
)

if TYPE_CHECKING:
    from dispatch.assignment import Assignment, Assumptions, Candidate, Reason, StoredRun

bp = Blueprint("matching", __name__, url_prefix="/v1", description="Candidates for care requests, and assignment")


@bp.post("/care-requests/<uuid:request_id>/candidates")
@open_to(*READERS)
@bp.response(200, MatchSchema)
def find_candidates(request_id: UUID) -> dict[str, Any]:
    """Rank the providers that can serve a request and say of every other one why not; the search is kept."""
    network = current_network()
    with storage.reading():
        found = assignment.find_candidates(
            request_id, actor=actor(), network=network, now=clock.utc_now(), zone=settings().time_zone
        )
    with storage.transaction():
        assignment.keep_run(found)
        _log(found.elder_id)
    return {
        "run_id": found.run_id,
        "care_request_id": found.care_request_id,
        "at": found.at,
        "service_on": found.service_on,
        "view": found.view,
        "candidates": [_candidate(each) for each in found.ranked],
        "rejected": [_rejected(each) for each in found.rejected],
        "assumptions": _assumptions(found.assumptions),
    }


@bp.get("/care-requests/<uuid:request_id>/match-runs")
@open_to(*READERS)
@bp.arguments(MatchRunQuery, location="query")
@bp.response(200, MatchRunsSchema)
def list_runs(query: dict[str, Any], request_id: UUID) -> dict[str, Any]:
    """List the searches of a request as they were stored, newest first, to explain a decision later."""
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    with storage.transaction():
        page = assignment.find_runs(request_id, actor=actor(), limit=query["limit"], after=after)
        log_access([page.elder_id], purpose=purpose_of(page.elder_id, area_code=page.area_code))
    end = page.next_place
    return {
        "items": [_run(each) for each in page.runs],
        "next_cursor": encode_cursor(end[0].isoformat(), str(end[1])) if end else None,
    }


@bp.post("/care-requests/<uuid:request_id>/assignment")
@open_to(Role.DISTRICT_OFFICER, Role.COORDINATOR)
@bp.arguments(AssignmentWishSchema)
@bp.response(201, AssignmentSchema)
def assign(wish: dict[str, Any], request_id: UUID) -> dict[str, Any]:
    """Give a request to one provider; of two who do it at once one is told (409)."""
    network = current_network()
    with storage.transaction():
        made = assignment.assign_request(
            request_id,
            service_at_site_id=wish["service_at_site_id"],
            actor=actor(),
            network=network,
            now=clock.utc_now(),
            zone=settings().time_zone,
        )
        _log(made.elder_id)
    return assigned_out(made)


def _run(each: StoredRun) -> dict[str, Any]:
    names = ("run_id", "care_request_id", "at", "rule_version", "inputs_hash", "view")
    return {name: getattr(each, name) for name in names} | {
        "candidates": [_stored(row) for row in each.ranked],
        "rejected": [
            row | {"rejected_because": [reason_out(reason) for reason in assignment.reasons_of(row)]}
            for row in each.rejected
        ],
        "rests_on": each.rests_on,
    }


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(row[name]) for name in ("start_at", "end_at") if row.get(name)}
    return row | {"score": row["score"] | {"total": sum(row["score"].values())}} | times


def _log(elder_id: UUID) -> None:
    area_code = elders.find_area_codes([elder_id], on=today()).get(elder_id, "-")
    log_access([elder_id], purpose=purpose_of(elder_id, area_code=area_code))


def _provider(each: Candidate) -> dict[str, Any]:
    return {
        "service_at_site_id": each.service_at_site_id,
        "site_id": each.site_id,
        "site_name": each.site_name,
        "organization_id": each.organization_id,
        "service_code": each.service_code,
        "delivery": each.delivery,
    }


def _candidate(each: Candidate) -> dict[str, Any]:
    way, places, share, score = each.way, each.places, each.share, each.score
    return _provider(each) | {
        "rank": each.rank,
        "score": asdict(score) | {"total": score.total} if score else None,
        "start_at": each.start_at,
        "end_at": each.end_at,
        "visit_min": each.visit_min,
        "travel_s": way.time_s if way else None,
        "travel_min": way.shown_min if way else None,
        "travel_limit_min": way.limit_s // 60 if way else None,
        "carers": each.carers,
        "places_free": places.free if places else None,
        "places_maximum": places.maximum if places else None,
        "visits_90d": each.visits_90d,
        "price_cents": each.price_cents,
        "subsidy_cents": each.subsidy_cents,
        "own_share_cents": each.own_share_cents,
        "price_unit": each.price_unit,
        "price_reference_cents": each.reference_cents,
        "is_hours_known": each.is_hours_known,
        "offers_28d": share.offers_28d if share else None,
        "last_offer_at": share.last_at if share else None,
    }


def _rejected(each: Candidate) -> dict[str, Any]:
    return _provider(each) | {"rejected_because": [reason_out(reason) for reason in each.reasons]}


def reason_out(reason: Reason) -> dict[str, Any]:
    """Give a reason with its sentence in the reader's language."""
    return {"code": reason.code, "label": reason.text(locale()), **reason.facts()}


def _assumptions(told: Assumptions) -> dict[str, Any]:
    return asdict(told) | {"price_reference": say(told.price_reference)}


def assigned_out(made: Assignment) -> dict[str, Any]:
    """Give what an assignment made."""
    names = ("care_request_id", "service_at_site_id", "run_id", "start_at", "end_at", "visit_ids", "carers")
    return {name: getattr(made, name) for name in (*names, "status", "pair_id", "version")} | {
        "assumptions": _assumptions(made.assumptions)
    }
