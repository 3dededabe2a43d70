"""Requests that are not asked yet: drafted with a quote, confirmed with it, or over by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import storage
from dispatch.actor import SYSTEM
from dispatch.intake.operations.moving import MoveNotAllowedError, move_request, refuse_move, state_of
from dispatch.intake.operations.scope import load_visible, roles_to_change
from dispatch.intake.operations.submitting import add_open, make_row, quote_for, record, refuse_repeat, set_off, show
from dispatch.intake.operations.vetting import vet
from dispatch.intake.queries import find_row
from dispatch.intake.rules import BEFORE_HOLD, REQUESTERS, judge_move
from dispatch.intake.values import Channel, Pairing, RequestStatus, RequestWish, Urgency
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.models import CareRequest
    from dispatch.intake.values import RequestCard

DRAFT_EXPIRY: Final = "request.draft_expiry"
"""A deadline, by the request's id: a draft that nobody confirmed is over."""
DRAFT_VALID_FOR: Final = timedelta(hours=24)  # P: as long as its quote
NOT_CONFIRMED: Final = "not_confirmed"
"""The reason in the journal of a draft that ended by itself."""


def draft_request(wish: RequestWish, *, actor: Actor, now: datetime, zone: ZoneInfo) -> RequestCard:
    """
    Draft a request for an elder, with a quote; nobody is asked until it is confirmed, and it ends by itself.

    A draft stands in nobody's way: another request for the same may be asked meanwhile. Journal: care_request.drafted.
    Errors as for `submit_request`.
    """
    vetted = vet(wish, actor=actor, now=now, zone=zone, allowed=REQUESTERS)
    row = make_row(vetted, now=now, zone=zone, actor=actor)
    refuse_repeat(row)
    row.quote_id = quote_for(vetted, quote_id=wish.quote_id, actor=actor, now=now).id
    row.status = RequestStatus.DRAFT.value
    session().add(row)
    session().flush()  # the quote is shown with it
    record(row, to=RequestStatus.DRAFT, before=None, actor=actor, now=now)
    storage.set_deadline(DRAFT_EXPIRY, key=str(row.id), due_at=now + DRAFT_VALID_FOR, at=now)
    return show(row)


def submit_draft(request_id: UUID, *, quote_id: UUID, actor: Actor, now: datetime, zone: ZoneInfo) -> RequestCard:
    """
    Confirm a draft with a quote that was seen: from then on it is a request; again with the same quote nothing happens.

    Raises
    ------
    CareRequestNotFoundError, IllegalMoveError, MoveNotAllowedError
        As for every move.
    QuoteNotFoundError
        Where there is no such quote for this elder.
    QuoteChangedError
        Where it is over, or price, rule or conditions changed: the facts say what, and what it would cost now.
    CareRequestRepeatedError
        Where an open request asks for the same by now.

    And whatever `submit_request` raises, since window, elder and service are judged anew.

    """
    row, roles = load_visible(request_id, actor=actor, is_locked=True)
    status = RequestStatus(row.status)
    may = roles_to_change(row, actor=actor, roles=roles)
    decision = judge_move(state_of(row), to=RequestStatus.SUBMITTED, roles=may)
    if decision.move is None or status is not RequestStatus.DRAFT:
        if status in BEFORE_HOLD and row.quote_id == quote_id:
            return show(row)
        refuse_move(row, to=RequestStatus.SUBMITTED)
    if not decision.is_open_to_roles:
        raise MoveNotAllowedError(care_request_id=row.id)
    vetted = vet(_wish_of(row), actor=actor, now=now, zone=zone, allowed=REQUESTERS, is_drafted=True)
    row.quote_id = quote_for(vetted, quote_id=quote_id, actor=actor, now=now).id
    row.submitted_at = now
    add_open(row, status=RequestStatus.SUBMITTED)
    record(row, to=RequestStatus.SUBMITTED, before=RequestStatus.DRAFT, actor=actor, now=now)
    storage.withdraw_deadline(DRAFT_EXPIRY, key=str(row.id), at=now)
    set_off(row, now=now, zone=zone)
    return show(row)


def end_draft(request_id: UUID, *, at: datetime) -> None:
    """End a draft that nobody confirmed; does nothing to one that was. Journal: care_request.canceled."""
    row = find_row(request_id, is_locked=True)
    if row is not None and row.status == RequestStatus.DRAFT:
        move_request(request_id, to=RequestStatus.CANCELED, actor=SYSTEM, now=at, reason=NOT_CONFIRMED)


def _wish_of(row: CareRequest) -> RequestWish:
    """Give the wish that a draft holds, to be judged anew; that nobody offers it was told when it was drafted."""
    return RequestWish(
        id=row.id,
        elder_id=row.elder_id,
        service_code=row.service_code,
        window_from_at=row.window_from_at,
        window_to_at=row.window_to_at,
        channel=Channel(row.channel),
        urgency=Urgency(row.urgency),
        period=row.period,
        carer_sex=row.carer_sex,
        pairing=Pairing(row.pairing) if row.pairing else None,
        carers_needed=row.carers_needed,
        on_behalf_of=row.on_behalf_of,
        even_if_not_offered=True,
    )
