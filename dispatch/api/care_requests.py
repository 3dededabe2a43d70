"""Care requests: asking, reading, canceling, holding."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify

from dispatch import assignment, clock, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.event_words import reason_words, told_facts
from dispatch.api.language import say
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional, with_version
from dispatch.api.schemas.intake import (
    CancellationSchema,
    CareRequestQuery,
    CareRequestSchema,
    CareRequestsSchema,
    CareRequestWishSchema,
    EventsSchema,
    HoldSchema,
)
from dispatch.api.schemas.quotes import SubmissionSchema
from dispatch.journal import AccessPurpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response

    from dispatch.intake import BreachCard, RequestCard, TaskCard

bp = Blueprint("care_requests", __name__, url_prefix="/v1", description="Care requests and their states")

REQUESTERS = (Role.ELDER, Role.FAMILY, Role.COMMUNITY_WORKER, Role.OPERATOR)
READERS = (*REQUESTERS, Role.COORDINATOR, Role.DISTRICT_OFFICER)
CHANGERS = (*REQUESTERS, Role.DISTRICT_OFFICER)


@bp.post("/care-requests")
@open_to(*REQUESTERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(CareRequestWishSchema)
@bp.response(201, CareRequestSchema)
def submit(wish: intake.RequestWish) -> tuple[Response, int]:
    """Ask for a service for an elder, or draft it to see what it costs; the same key again has the same answer."""
    make = intake.draft_request if wish.is_draft else intake.submit_request

    def ask() -> RequestCard:
        return make(wish, actor=actor(), now=clock.utc_now(), zone=settings().time_zone)

    with storage.transaction():
        reply, status = once(ask, schema=CareRequestSchema(), status=201)
        # the same answer again is a look again
        log_access([wish.elder_id], purpose=purpose_of(wish.elder_id, area_code=reply["area_code"]))
    return jsonify(reply), status


@bp.post("/care-requests/<uuid:request_id>/submission")
@open_to(*REQUESTERS)
@bp.arguments(SubmissionSchema)
@bp.response(200, CareRequestSchema)
def confirm(wish: dict[str, Any], request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Confirm a draft with the quote that was seen; where that no longer holds, 409 names what changed."""
    with storage.transaction():
        card = intake.submit_draft(
            request_id, quote_id=wish["quote_id"], actor=actor(), now=clock.utc_now(), zone=settings().time_zone
        )
        log_looks([card])
    return with_version(card, card.version)


@bp.get("/care-requests")
@open_to(*READERS)
@bp.arguments(CareRequestQuery, location="query")
@bp.response(200, CareRequestsSchema)
def list_requests(query: dict[str, Any]) -> dict[str, Any]:
    """List the requests within one's scope, newest first; each elder shown leaves an access line."""
    wanted = intake.RequestFilter(
        status=query["status"], elder_id=query["elder"], area_code=query["area"], service_code=query["service"]
    )
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    with storage.transaction():
        page = intake.find_requests(actor(), wanted=wanted, limit=query["limit"], after=after)
        log_looks(page.requests)
    end = page.next_place
    return {
        "items": page.requests,
        "next_cursor": encode_cursor(end[0].isoformat(), str(end[1])) if end else None,
    }


@bp.get("/care-requests/<uuid:request_id>")
@open_to(*READERS)
@conditional
@bp.response(200, CareRequestSchema)
def show(request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Show one request; leaves an access line for its elder."""
    with storage.transaction():
        # whoever is asked to serve it sees it
        card = intake.get_request(request_id, actor=actor(), offer_ids=assignment.find_asked(request_id))
        log_looks([card])
    return with_version(card, card.version)


@bp.get("/care-requests/<uuid:request_id>/events")
@open_to(*READERS)
@bp.response(200, EventsSchema)
def list_events(request_id: UUID) -> dict[str, Any]:
    """List what happened to a request, oldest first: the entries from which its state can be rebuilt."""
    with storage.transaction():
        card = intake.get_request(request_id, actor=actor())
        entries = intake.find_events(request_id, actor=actor())
        log_looks([card])
    return {
        "items": [
            {
                "kind": entry.kind,
                "at": entry.at,
                "actor_id": entry.actor_id,
                "role": Role(entry.facts["role"]) if entry.facts.get("role") else None,
                "reason": entry.reason,
                "reason_label": say(words) if (words := reason_words(entry)) else None,
                "from_status": _status(entry.facts["from_status"]),
                "to_status": _status(entry.facts["to_status"]),
                "facts": told_facts(entry),
            }
            for entry in entries
        ]
    }


@bp.post("/care-requests/<uuid:request_id>/cancellation")
@open_to(*CHANGERS)
@bp.arguments(CancellationSchema)
@bp.response(200, CareRequestSchema)
def cancel(wish: dict[str, Any], request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Cancel a request that has not begun: visits are canceled, the place is free again."""
    with storage.transaction():
        card = intake.cancel_request(request_id, reason=wish["reason"], actor=actor(), now=clock.utc_now())
        log_looks([card])
    return with_version(card, card.version)


@bp.post("/care-requests/<uuid:request_id>/hold")
@open_to(*CHANGERS)
@bp.arguments(HoldSchema)
@bp.response(200, CareRequestSchema)
def hold(wish: dict[str, Any], request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Let a request wait; it resumes to the state before."""
    with storage.transaction():
        card = intake.hold_request(request_id, reason=wish["reason"], actor=actor(), now=clock.utc_now())
        log_looks([card])
    return with_version(card, card.version)


@bp.post("/care-requests/<uuid:request_id>/resumption")
@open_to(*CHANGERS)
@bp.response(200, CareRequestSchema)
def resume(request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Take a request off hold."""
    with storage.transaction():
        card = intake.resume_request(request_id, actor=actor(), now=clock.utc_now())
        log_looks([card])
    return with_version(card, card.version)


@bp.post("/care-requests/<uuid:request_id>/voiding")
@open_to(Role.DISTRICT_OFFICER)
@bp.response(200, CareRequestSchema)
def void(request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Void a request that should never have been: whatever its state, it counts nowhere any more."""
    with storage.transaction():
        card = intake.move_request(request_id, to=intake.RequestStatus.VOIDED, actor=actor(), now=clock.utc_now())
        log_looks([card])
    return with_version(card, card.version)


def purpose_of(elder_id: UUID, *, area_code: str) -> AccessPurpose:
    """Say why the caller looks at an elder's request: what gives them the right to."""
    who = actor()
    if elder_id in who.elder_ids(Role.ELDER, Role.FAMILY):
        return AccessPurpose.OWN
    if who.covers_area(area_code, Role.DISTRICT_OFFICER):
        return AccessPurpose.SUPERVISION
    if who.covers_area(area_code, Role.COMMUNITY_WORKER, Role.OPERATOR):
        return AccessPurpose.REQUEST
    return AccessPurpose.CARE


def log_looks(cards: Iterable[RequestCard | BreachCard | TaskCard]) -> None:
    """Leave one line for each elder whose request is shown, by the reason why it may be."""
    shown = {card.elder_id: purpose_of(card.elder_id, area_code=card.area_code) for card in cards}
    for purpose in sorted(set(shown.values())):
        log_access(sorted(each for each, why in shown.items() if why is purpose), purpose=purpose)


def _status(value: str | None) -> intake.RequestStatus | None:
    return intake.RequestStatus(value) if value else None
