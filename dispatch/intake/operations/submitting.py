"""Asking for a service."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import elders, journal
from dispatch.errors import ConflictError
from dispatch.intake.models import CareRequest
from dispatch.intake.operations.clocks import start_clocks
from dispatch.intake.operations.queuing import queue_offering
from dispatch.intake.operations.quoting import compute_quote, get_quote, judge_quote, keep_quote
from dispatch.intake.operations.vetting import vet
from dispatch.intake.queries import find_open, find_row, to_cards
from dispatch.intake.rules import REQUESTERS, choose_channel, derive_period, first_move, with_next_states
from dispatch.intake.values import Pairing, QuoteWish, RequestStatus
from dispatch.storage import new_id, savepoint, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.operations.vetting import Vetted
    from dispatch.intake.values import QuoteCard, RequestCard, RequestWish

TWO = 2


class CareRequestRepeatedError(ConflictError):
    """There is an open request for the same elder, service, day and part of the day."""

    slug = "care-request-repeated"
    title = Words("同一时段已有相同的服务请求", "An open request exists for the same time")
    detail = Words(
        "已有的请求是 {care_request_id}；改动它，或先取消它。",
        "It is {care_request_id}: change it, or cancel it first.",
    )


class CareRequestIdTakenError(ConflictError):
    """The id that the caller made belongs to another request."""

    slug = "care-request-id-taken"
    title = Words("这个请求编号已被使用", "This request id is taken")
    detail = Words("换一个新的 id 再提交。", "Make a new id and send it again.")


def submit_request(
    wish: RequestWish, *, actor: Actor, now: datetime, zone: ZoneInfo, is_history: bool = False
) -> RequestCard:
    """
    Ask for a service for an elder; what it costs is kept as a quote, the one that the wish names or a new one.

    The service's day is the local date on which the window begins, and its area where the elder lives on it.
    Of what is told later (`is_history`) no clock runs and nobody is asked.

    Raises
    ------
    ElderNotFoundError, ElderHasDiedError, ElderHasLeftError, ElderWithoutHomeError, ElderAwayError
        Where there is no such elder, or the actor may not ask for them; where the elder is not there that day.
    InvalidCareRequestError
        Where the window, the channel or the number of carers cannot be.
    UnknownCodeError, ServiceNotOfferedError
        Where there is no such service, or nobody in the district offers it.
    QuoteNotFoundError, QuoteChangedError
        Where the quote that the wish names is not the elder's, or no longer holds.
    CareRequestRepeatedError
        Where an open request asks for the same; its id is in the facts.

    """
    vetted = vet(wish, actor=actor, now=now, zone=zone, allowed=REQUESTERS, is_history=is_history)
    row = make_row(vetted, now=now, zone=zone, actor=actor)
    refuse_repeat(row)
    row.quote_id = quote_for(vetted, quote_id=wish.quote_id, actor=actor, now=now).id
    add_open(row, status=RequestStatus.SUBMITTED)
    elders.check_not_merged(row.elder_id)  # while this waited for the record
    record(row, to=RequestStatus.SUBMITTED, before=None, actor=actor, now=now)
    if not is_history:
        set_off(row, now=now, zone=zone)
    return show(row)


def make_row(vetted: Vetted, *, now: datetime, zone: ZoneInfo, actor: Actor) -> CareRequest:
    """
    Make the row of a wish that can be, not stored yet.

    Raises
    ------
    CareRequestIdTakenError
        Where the caller's id is another request's.

    """
    wish, roles = vetted.wish, vetted.standing.roles
    if wish.id is not None and find_row(wish.id) is not None:
        raise CareRequestIdTakenError(care_request_id=wish.id)
    carers_needed = vetted.needs.carers if wish.carers_needed is None else wish.carers_needed
    return CareRequest(
        id=wish.id or new_id(),
        elder_id=wish.elder_id,
        area_code=vetted.standing.area_code,
        service_code=wish.service_code,
        channel=str(choose_channel(wish, roles=roles)),
        requested_by=actor.account_id,
        on_behalf_of=wish.on_behalf_of,
        urgency=wish.urgency.value,
        service_on=vetted.service_on,
        period=wish.period or derive_period(wish.window_from_at, zone=zone),
        window_from_at=wish.window_from_at.astimezone(UTC),
        window_to_at=wish.window_to_at.astimezone(UTC),
        carers_needed=carers_needed,
        pairing=_pairing(wish, carers_needed=carers_needed),
        carer_sex=wish.carer_sex,
        submitted_at=now,
    )


def _pairing(wish: RequestWish, *, carers_needed: int) -> str | None:
    if wish.pairing:
        return wish.pairing.value
    return Pairing.SIMULTANEOUS.value if carers_needed == TWO else None


def quote_for(vetted: Vetted, *, quote_id: UUID | None, actor: Actor, now: datetime) -> QuoteCard:
    """Give the quote that was named, if it still holds, or keep a new one; see `submit_request` for the errors."""
    wish = vetted.wish
    named = get_quote(quote_id, elder_id=wish.elder_id) if quote_id else None
    asked = QuoteWish(
        elder_id=wish.elder_id,
        service_code=wish.service_code,
        service_dates=(vetted.service_on,),
        service_at_site_id=named.service_at_site_id if named else wish.service_at_site_id,
    )
    fresh = compute_quote(asked, facts={vetted.service_on: vetted.standing.facts}, at=now)
    if named is None:
        return keep_quote(fresh, actor=actor)
    judge_quote(named, fresh=fresh, now=now)
    return named


def record(row: CareRequest, *, to: RequestStatus, before: RequestStatus | None, actor: Actor, now: datetime) -> None:
    """Tell the journal that a request was drafted or submitted; a confirmed draft has made a move."""
    told: dict[str, Any] = {}
    if before is not None:
        row.move_no += 1
        told = {"move_no": row.move_no}
    journal.append(
        first_move(to).kind,
        actor=actor,
        at=now,
        subject_id=row.id,
        from_status=before.value if before else None,
        to_status=to.value,
        elder_id=str(row.elder_id),
        area_code=row.area_code,
        service_code=row.service_code,
        channel=row.channel,
        urgency=row.urgency,
        service_on=row.service_on.isoformat(),
        period=row.period,
        quote_id=str(row.quote_id) if row.quote_id else None,
        **told,
    )


def set_off(row: CareRequest, *, now: datetime, zone: ZoneInfo) -> None:
    """Let the clocks run and have the first provider asked; where an officer does that, the search says so."""
    queue_offering(row.id, due_at=now, at=now)
    start_clocks(row, now=now, zone=zone)


def add_open(row: CareRequest, *, status: RequestStatus) -> None:
    """
    Store a request in an open state, unless one for the same is open already.

    Two at once are told apart by the unique index: whoever comes second is told the first one's id.
    """
    refuse_repeat(row)
    try:
        with savepoint():
            row.status = status.value
            session().add(row)
            session().flush()  # the unique index decides
    except sa.exc.IntegrityError:
        refuse_repeat(row)
        raise


def refuse_repeat(row: CareRequest) -> None:
    """Raise CareRequestRepeatedError where another open request asks for the same."""
    first: UUID | None = find_open(
        elder_id=row.elder_id, service_code=row.service_code, service_on=row.service_on, period=row.period
    )
    if first is not None and first != row.id:
        raise CareRequestRepeatedError(care_request_id=first)


def show(row: CareRequest) -> RequestCard:
    """Show one request with the states it can go to."""
    return with_next_states(to_cards([row])[0])
