"""After a service: confirming it, disputing it, and the totals of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from dispatch import clock, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to
from dispatch.api.care_requests import REQUESTERS, purpose_of
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.confirmations import (
    ConfirmationSchema,
    ConfirmationWishSchema,
    DisputeClosingSchema,
    DisputeSchema,
    DisputeWishSchema,
    TotalsQuery,
    TotalsSchema,
)

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

bp = Blueprint("confirmations", __name__, url_prefix="/v1", description="Confirmation, rating, dispute, totals")


@bp.post("/care-requests/<uuid:request_id>/confirmation")
@open_to(*REQUESTERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(ConfirmationWishSchema)
@bp.response(201, ConfirmationSchema)
def confirm(wish: dict[str, Any], request_id: UUID) -> tuple[Response, int]:
    """Confirm a completed request, once, with a rating or without."""
    with storage.transaction():
        reply, status = once(
            lambda: intake.confirm_request(request_id, rating=wish["rating"], actor=actor(), now=clock.utc_now()),
            schema=ConfirmationSchema(),
            status=201,
        )
        _log(request_id)
    return jsonify(reply), status


@bp.post("/care-requests/<uuid:request_id>/dispute")
@open_to(*REQUESTERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(DisputeWishSchema)
@bp.response(201, DisputeSchema)
def dispute(wish: dict[str, Any], request_id: UUID) -> tuple[Response, int]:
    """Say what is wrong with a completed request; it is left out of what is paid until an officer closes it."""
    with storage.transaction():
        reply, status = once(
            lambda: intake.dispute_request(request_id, reason=wish["reason"], actor=actor(), now=clock.utc_now()),
            schema=DisputeSchema(),
            status=201,
        )
        _log(request_id)
    return jsonify(reply), status


@bp.post("/care-requests/<uuid:request_id>/dispute/closing")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(DisputeClosingSchema)
@bp.response(200, DisputeSchema)
def close(wish: dict[str, Any], request_id: UUID) -> intake.DisputeCard:
    """Decide a dispute, for good."""
    with storage.transaction():
        card = intake.close_dispute(request_id, outcome=wish["outcome"], actor=actor(), now=clock.utc_now())
        _log(request_id)
    return card


@bp.get("/care-requests/totals")
@open_to(Role.DISTRICT_OFFICER, Role.COORDINATOR, Role.PLANNER)
@bp.arguments(TotalsQuery, location="query")
@bp.response(200, TotalsSchema)
def show_totals(query: dict[str, Any]) -> intake.Totals:
    """Count what was completed in a month and what it comes to; planners see counts only, small ones hidden."""
    with storage.reading():
        return intake.compute_totals(
            query["area"], month=query["month"], service_code=query["service"], by=query["by"], actor=actor()
        )


def _log(request_id: UUID) -> None:
    card = intake.get_request(request_id, actor=actor())
    log_access([card.elder_id], purpose=purpose_of(card.elder_id, area_code=card.area_code))
