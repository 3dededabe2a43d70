"""Asking for a service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates, directory, elders, journal
from dispatch.errors import ConflictError, InvalidError
from dispatch.intake.models import CareRequest
from dispatch.intake.operations.clocks import start_clocks
from dispatch.intake.operations.queuing import queue_offering
from dispatch.intake.queries import find_open, find_row, to_cards
from dispatch.intake.rules import choose_channel, derive_period, find_faults, first_move, roles_for, with_next_states
from dispatch.intake.values import Pairing, RequestStatus
from dispatch.storage import new_id, savepoint, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.values import RequestCard, RequestWish

TWO = 2


class InvalidCareRequestError(InvalidError):
    """What was asked for cannot be."""

    slug = "care-request-invalid"
    title = Words("服务请求填写有误", "The care request is not valid")


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
    Ask for a service for an elder.

    The service's day is the local date on which the window begins, and its area where the elder lives on it.
    Of what is told later (`is_history`) no clock runs.

    Raises
    ------
    ElderNotFoundError
        Where there is no such elder, or the actor may not ask for them.
    InvalidCareRequestError
        Where the window, the channel or the number of carers cannot be.
    UnknownCodeError
        Where there is no such service.
    CareRequestRepeatedError
        Where an open request asks for the same; its id is in the facts.

    """
    wish = replace(wish, elder_id=elders.find_merged([wish.elder_id]).get(wish.elder_id, wish.elder_id))
    service_on = dates.service_date(wish.window_from_at, zone)
    facts = elders.get_facts(wish.elder_id, on=service_on)
    area_code = facts.home.area_code if facts.home else ""
    roles = roles_for(actor, elder_id=wish.elder_id, area_code=area_code)
    submitted = first_move(RequestStatus.SUBMITTED)
    if roles is not None:
        roles &= submitted.roles
    if not area_code or (roles is not None and not roles):
        raise elders.ElderNotFoundError(elder_id=wish.elder_id)
    faults = find_faults(wish, roles=roles, now=now)
    if faults:
        raise InvalidCareRequestError(fields=faults)
    needs = directory.service_needs(wish.service_code)
    if wish.id is not None and find_row(wish.id) is not None:
        raise CareRequestIdTakenError(care_request_id=wish.id)
    carers_needed = needs.carers if wish.carers_needed is None else wish.carers_needed
    row = CareRequest(
        id=wish.id or new_id(),
        elder_id=wish.elder_id,
        area_code=area_code,
        service_code=wish.service_code,
        channel=str(choose_channel(wish, roles=roles)),
        requested_by=actor.account_id,
        on_behalf_of=wish.on_behalf_of,
        urgency=wish.urgency.value,
        service_on=service_on,
        period=wish.period or derive_period(wish.window_from_at, zone=zone),
        window_from_at=wish.window_from_at.astimezone(UTC),
        window_to_at=wish.window_to_at.astimezone(UTC),
        carers_needed=carers_needed,
        pairing=_pairing(wish, carers_needed=carers_needed),
        carer_sex=wish.carer_sex,
        submitted_at=now,
    )
    add_open(row, status=RequestStatus.SUBMITTED)
    elders.check_not_merged(row.elder_id)  # while this waited for the record
    journal.append(
        submitted.kind,
        actor=actor,
        at=now,
        subject_id=row.id,
        from_status=None,
        to_status=RequestStatus.SUBMITTED.value,
        elder_id=str(row.elder_id),
        area_code=row.area_code,
        service_code=row.service_code,
        channel=row.channel,
        urgency=row.urgency,
        service_on=row.service_on.isoformat(),
        period=row.period,
    )
    queue_offering(row.id, due_at=now, at=now)
    if not is_history:
        start_clocks(row, now=now, zone=zone)
    return show(row)


def _pairing(wish: RequestWish, *, carers_needed: int) -> str | None:
    if wish.pairing:
        return wish.pairing.value
    return Pairing.SIMULTANEOUS.value if carers_needed == TWO else None


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
