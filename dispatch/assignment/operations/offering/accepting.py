"""Accepting an offer, and giving a request back that was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import intake, storage
from dispatch.assignment.operations.assigning import ProviderCannotServeError, assign_request
from dispatch.assignment.operations.matching import WindowPastError, refuse_past
from dispatch.assignment.operations.offering.ending import check_open, end_offer, hold_offer
from dispatch.assignment.queries import to_card
from dispatch.assignment.values import Answer, OfferStatus, WithdrawReason

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.streets import Network


def accept_offer(offer_id: UUID, *, actor: Actor, network: Network, received_at: datetime, zone: ZoneInfo) -> Answer:
    """
    Accept an offer: the place is taken, the visits are planned with their carers, the request moves on.

    Where the provider cannot serve it any more, or its window has passed, the offer is taken back and the next provider
    is asked: the answer says why, and the caller commits before telling it. Journal: offer.accepted or .withdrawn.

    Raises
    ------
    OfferNotFoundError, OfferNotYoursError
        Where there is none that the actor may see, or it is another organization's.
    OfferExpiredError
        Where the answer came at the offer's end or later, whether or not it was swept.
    OfferEndedError
        Where it was answered or taken back.
    IllegalMoveError
        Where the request is on hold or has ended.
    HomeUnlocatedError

    """
    row = hold_offer(offer_id, actor=actor, is_answering=True)
    check_open(row, received_at=received_at)
    try:
        with storage.savepoint():
            made = assign_request(
                row.care_request_id,
                service_at_site_id=row.service_at_site_id,
                actor=actor,
                network=network,
                now=received_at,
                zone=zone,
            )
    except (ProviderCannotServeError, WindowPastError) as refusal:
        end_offer(
            row,
            status=OfferStatus.WITHDRAWN,
            actor=actor,
            at=received_at,
            withdrawn=WithdrawReason.CANNOT_SERVE,
        )
        intake.queue_offering(row.care_request_id, due_at=received_at, at=received_at)
        return Answer(to_card(row), refusal)
    return Answer(to_card(row), made)


def reopen_request(request_id: UUID, *, actor: Actor, now: datetime) -> intake.RequestCard:
    """
    Let providers be asked anew: a coordinator gives an accepted request back, an officer reopens an unmatched one.

    Visits that have not begun are canceled and the place is free again. A new round begins, in which everybody may be
    asked but who gave it back. Journal: care_request.reopened.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError, IllegalMoveError, CareRequestRepeatedError
        As `intake.move_request`.
    WindowPastError
        Where the time for which it was asked has passed.

    """
    request = intake.get_request(request_id, actor=actor, is_locked=True)
    intake.check_move(request_id, to=intake.RequestStatus.SUBMITTED, actor=actor, kind="care_request.reopened")
    refuse_past(request, now=now)
    served_by = request.service_at_site_id
    return intake.move_request(
        request_id,
        to=intake.RequestStatus.SUBMITTED,
        actor=actor,
        now=now,
        told={"given_back_by": str(served_by) if served_by else None},
    )
