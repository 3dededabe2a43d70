"""Offers: asking a provider, its answer in time, and taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify

from dispatch import assignment, clock, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import purpose_of
from dispatch.api.matching import assigned_out
from dispatch.api.networks import current_network
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, with_version
from dispatch.api.schemas.assignment import AssignmentSchema
from dispatch.api.schemas.intake import CareRequestSchema
from dispatch.api.schemas.offers import (
    DeclineSchema,
    RequestOfferQuery,
    RequestOfferSchema,
    RequestOffersSchema,
    RequestOfferWishSchema,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response

    from dispatch.assignment import OfferCard, Proposal

bp = Blueprint("offers", __name__, url_prefix="/v1", description="Offers of care requests to providers")

READERS = (Role.COORDINATOR, Role.OPERATOR, Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER)


@bp.get("/offers")
@open_to(*READERS)
@bp.arguments(RequestOfferQuery, location="query")
@bp.response(200, RequestOffersSchema)
def list_offers(query: dict[str, Any]) -> dict[str, Any]:
    """List the offers within one's scope, newest first; each elder shown leaves an access line."""
    wanted = assignment.OfferFilter(
        status=query["status"],
        care_request_id=query["request"],
        service_at_site_id=query["provider"],
        area_code=query["area"],
    )
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    with storage.transaction():
        page = assignment.find_offers(actor(), wanted=wanted, limit=query["limit"], after=after)
        _log(page.offers)
    end = page.next_place
    return {
        "items": page.offers,
        "next_cursor": encode_cursor(end[0].isoformat(), str(end[1])) if end else None,
    }


@bp.get("/offers/<uuid:offer_id>")
@open_to(*READERS)
@bp.response(200, RequestOfferSchema)
def show(offer_id: UUID) -> OfferCard:
    """Show one offer; leaves an access line for its elder."""
    with storage.transaction():
        card = assignment.get_offer(offer_id, actor=actor())
        _log([card])
    return card


@bp.post("/offers/<uuid:offer_id>/acceptance")
@open_to(Role.COORDINATOR)
@bp.response(200, AssignmentSchema)
def accept(offer_id: UUID) -> dict[str, Any]:
    """Accept an offer before it runs out: the place is taken, the visits are planned with their carers."""
    received_at = clock.utc_now()
    network = current_network()
    with storage.transaction():
        answer = assignment.accept_offer(
            offer_id, actor=actor(), network=network, received_at=received_at, zone=settings().time_zone
        )
        _log([answer.offer])
    if isinstance(answer.outcome, assignment.Assignment):
        return assigned_out(answer.outcome)
    raise answer.outcome  # what it changed stays: the next provider is asked


@bp.post("/offers/<uuid:offer_id>/decline")
@open_to(Role.COORDINATOR)
@bp.arguments(DeclineSchema)
@bp.response(200, RequestOfferSchema)
def decline(wish: dict[str, Any], offer_id: UUID) -> OfferCard:
    """Decline an offer for a reason of the list; the next provider is asked."""
    with storage.transaction():
        card = assignment.decline_offer(offer_id, reason=wish["reason"], actor=actor(), received_at=clock.utc_now())
        _log([card])
    return card


@bp.post("/offers/<uuid:offer_id>/withdrawal")
@open_to(Role.DISTRICT_OFFICER)
@bp.response(200, RequestOfferSchema)
def withdraw(offer_id: UUID) -> OfferCard:
    """Take an offer back; the next provider is asked."""
    with storage.transaction():
        card = assignment.withdraw_offer(offer_id, actor=actor(), now=clock.utc_now())
        _log([card])
    return card


@bp.post("/care-requests/<uuid:request_id>/offers")
@open_to(Role.DISTRICT_OFFICER)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(RequestOfferWishSchema)
@bp.response(201, RequestOfferSchema)
def make(wish: dict[str, Any], request_id: UUID) -> tuple[Response, int]:
    """Offer a request to a chosen provider, or to the next in order; an open offer of another is taken back."""
    network, now, zone = current_network(), clock.utc_now(), settings().time_zone
    chosen = wish["service_at_site_id"]
    with storage.reading():
        intake.get_request(request_id, actor=actor())
        # by rule the search is no part of the transaction that asks; a chosen provider is judged alone
        proposal = None if chosen else _propose(request_id, network=network, now=now)

    def ask() -> OfferCard:
        if proposal is not None:
            return assignment.ask_next(request_id, proposal=proposal, actor=actor(), now=now, zone=zone)
        return assignment.offer_to(
            request_id, service_at_site_id=chosen, actor=actor(), network=network, now=now, zone=zone
        )

    with storage.transaction():
        reply, status = once(ask, schema=RequestOfferSchema(), status=201)
        _log([assignment.get_offer(UUID(reply["id"]), actor=actor())])
    return jsonify(reply), status


@bp.post("/care-requests/<uuid:request_id>/reopening")
@open_to(Role.COORDINATOR, Role.DISTRICT_OFFICER)
@bp.response(200, CareRequestSchema)
def reopen(request_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Have providers asked anew: a coordinator gives an accepted request back, an officer reopens an unmatched one."""
    with storage.transaction():
        card = assignment.reopen_request(request_id, actor=actor(), now=clock.utc_now())
        log_access([card.elder_id], purpose=purpose_of(card.elder_id, area_code=card.area_code))
    return with_version(card, card.version)


def _propose(request_id: UUID, *, network: Any, now: datetime) -> Proposal:  # noqa: ANN401 - handed on
    return assignment.propose(
        request_id,
        network=lambda: network,
        now=now,
        zone=settings().time_zone,
        instead_of=assignment.find_open(request_id),
        is_by_hand=True,
    )


def _log(cards: Iterable[OfferCard]) -> None:
    """Leave one line for each elder whose request is shown, by the reason why it may be."""
    shown = {
        card.request.elder_id: purpose_of(card.request.elder_id, area_code=card.request.area_code) for card in cards
    }
    for purpose in sorted(set(shown.values())):
        log_access(sorted(each for each, why in shown.items() if why is purpose), purpose=purpose)
