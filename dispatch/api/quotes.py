"""What a service costs an elder: gross, subsidy and own share, with the rules that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from dispatch import clock, intake, storage
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import READERS, REQUESTERS, purpose_of
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.quotes import QuoteSchema, QuoteStandSchema, QuoteWishSchema, to_quote_wish

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

bp = Blueprint("quotes", __name__, url_prefix="/v1", description="What a service costs, before it is confirmed")


@bp.post("/quotes")
@open_to(*REQUESTERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(QuoteWishSchema)
@bp.response(201, QuoteSchema)
def make_quote(data: dict[str, Any]) -> tuple[Response, int]:
    """Say what a service costs an elder on one or several dates; the quote is kept and holds for a day."""
    wish = to_quote_wish(data, zone=settings().time_zone)

    def make() -> intake.QuoteCard:
        return intake.make_quote(wish, actor=actor(), now=clock.utc_now())

    with storage.transaction():
        reply, status = once(make, schema=QuoteSchema(), status=201)
        log_access([wish.elder_id], purpose=purpose_of(wish.elder_id, area_code=reply["area_code"]))
    return jsonify(reply), status


@bp.get("/care-requests/<uuid:request_id>/quote")
@open_to(*READERS)
@bp.response(200, QuoteStandSchema)
def show_quote(request_id: UUID) -> intake.QuoteStand:
    """Show what a request was said to cost, and compute it again by the rules in force on its service's date."""
    with storage.transaction():
        found = intake.find_quote_of_request(request_id, actor=actor(), now=clock.utc_now())
        log_access([found.elder_id], purpose=purpose_of(found.elder_id, area_code=found.area_code))
    return found
