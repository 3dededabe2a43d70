"""Giving a request to one provider, safely when two do it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import directory, elders, intake, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.operations.gathering import find_fitting, gather
from dispatch.assignment.operations.matching import assumptions, keep_run, refuse_past
from dispatch.assignment.operations.offering.ending import end_offer
from dispatch.assignment.queries import find_open_offer
from dispatch.assignment.rules.ranking import judge_all
from dispatch.assignment.rules.recording import hash_of, record_of
from dispatch.assignment.values import (
    Assignment,
    Candidate,
    MatchResult,
    MatchView,
    OfferStatus,
    Reason,
    ReasonCode,
    WithdrawReason,
)
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import new_id
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.elders import ElderFacts
    from dispatch.streets import Network

TWO = 2
ASSIGNED = frozenset({intake.RequestStatus.ACCEPTED, intake.RequestStatus.SCHEDULED, intake.RequestStatus.IN_PROGRESS})


class AlreadyAssignedError(ConflictError):
    """Somebody else was quicker: the request has its provider."""

    slug = "care-request-already-assigned"
    title = Words("这个请求已经派给机构了", "This request already has its provider")
    detail = Words("重新读取请求，看看由谁服务。", "Read the request again to see who serves it.")


class ProviderNotFoundError(NotFoundError):
    """There is no such service at a site."""

    slug = "provider-not-found"
    title = Words("没有这个站点服务", "No such service at a site")


class ProviderCannotServeError(ConflictError):
    """The chosen provider fails hard rules; the facts name their codes."""

    slug = "provider-cannot-serve"
    title = Words("选定的机构不能提供这次服务", "The chosen provider cannot serve this")
    detail = Words("{reasons}", "{reasons}")  # the reasons' own sentences: see `text`

    def __init__(self, reasons: Sequence[Reason], *, service_at_site_id: UUID) -> None:
        """Keep the reasons, to say them in the reader's language."""
        self.reasons = tuple(reasons)
        super().__init__(service_at_site_id=service_at_site_id, reasons=[each.code.value for each in reasons])

    def text(self, locale: Locale) -> str:
        """Say why, all of it."""
        comma = "；" if locale is Locale.ZH else " "
        return comma.join(each.text(locale) for each in self.reasons)


def assign_request(
    request_id: UUID, *, service_at_site_id: UUID, actor: Actor, network: Network, now: datetime, zone: ZoneInfo
) -> Assignment:
    """
    Give a request to one provider: take a place, plan the visits with their carers, and move the request on.

    The provider is judged again by the very rules of the search, with the request and the carers held, so that of
    two who assign at once one is told. With all carers known the request is scheduled in the same transaction. An open
    offer of the provider is accepted with it, one of another is taken back.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError
        Where the request is outside the actor's scope, or assigning is not for the role.
    AlreadyAssignedError
        Where it has its provider.
    IllegalMoveError
        Where it has ended or is on hold.
    ProviderCannotServeError
        Where the provider fails a hard rule; with the codes.
    WindowPastError, HomeUnlocatedError, ProviderNotFoundError

    """
    asked = intake.get_request(request_id, actor=SYSTEM)
    facts = elders.get_facts(asked.elder_id, on=asked.service_on)
    offers = find_fitting(asked, facts=facts, offer_id=service_at_site_id)
    request = intake.get_request(
        request_id, actor=actor, offer_ids=[offer.service_at_site_id for offer in offers], is_locked=True
    )
    if request.status in ASSIGNED:
        raise AlreadyAssignedError(
            care_request_id=request.id,
            status=request.status.value,
            allowed=[each.value for each in request.next_states],
        )
    intake.check_move(
        request_id,
        to=intake.RequestStatus.ACCEPTED,
        actor=actor,
        kind="care_request.accepted",
        service_at_site_id=service_at_site_id,
    )
    refuse_past(request, now=now)
    run = judge_one(
        request,
        facts=facts,
        offers=offers,
        service_at_site_id=service_at_site_id,
        network=network,
        now=now,
        zone=zone,
        is_locked=True,
    )
    chosen = run.ranked[0]
    keep_run(run)
    _take_place(offers[0], request=request)
    pair_id = new_id() if len(chosen.carers) == TWO else None
    planned = _plan(chosen, request=request, pair_id=pair_id, actor=actor, now=now)
    intake.move_request(
        request_id,
        to=intake.RequestStatus.ACCEPTED,
        actor=actor,
        now=now,
        service_at_site_id=service_at_site_id,
        visit_ids=planned,
        start_at=chosen.start_at,
    )
    _end_open_offer(request_id, service_at_site_id=service_at_site_id, actor=actor, now=now)
    # every slot has its carer, or needs none: nothing is left to plan, so the system schedules it
    card = intake.move_request(request_id, to=intake.RequestStatus.SCHEDULED, actor=SYSTEM, now=now)
    start_at, end_at = _times(chosen)
    return Assignment(
        care_request_id=request.id,
        elder_id=request.elder_id,
        service_at_site_id=service_at_site_id,
        run_id=run.run_id,
        status=card.status,
        start_at=start_at,
        end_at=end_at,
        visit_ids=tuple(planned),
        carers=chosen.carers,
        pair_id=pair_id,
        version=card.version,
        assumptions=run.assumptions,
    )


def judge_one(
    request: intake.RequestCard,
    *,
    facts: ElderFacts,
    offers: Sequence[directory.Offer],
    service_at_site_id: UUID,
    network: Network,
    now: datetime,
    zone: ZoneInfo,
    is_locked: bool = False,
) -> MatchResult:
    """
    Judge one provider for a request by the rules of the search; the answer holds it alone, with its rank.

    `offers` is what `find_fitting` gave for it. With `is_locked` the carers are held until the transaction ends.

    Raises
    ------
    ProviderCannotServeError
        Where the provider fails a hard rule; with the codes.
    HomeUnlocatedError, ProviderNotFoundError

    """
    if not offers:
        raise _not_fitting(request, service_at_site_id=service_at_site_id)
    case = gather(request, facts=facts, offers=offers, network=network, now=now, zone=zone, is_locked=is_locked)
    ranked, rejected = judge_all(case, now=now)
    if not ranked:
        raise ProviderCannotServeError(rejected[0].reasons, service_at_site_id=service_at_site_id)
    return MatchResult(
        run_id=new_id(),
        care_request_id=request.id,
        elder_id=request.elder_id,
        at=now,
        service_on=request.service_on,
        view=MatchView.ALL,
        assumptions=assumptions(network, case=case),
        inputs_hash=hash_of(case),
        ranked=tuple(ranked),
        rejected=(),
        record=record_of(ranked, rejected),
    )


def is_full(offer: directory.Offer, *, request: intake.RequestCard) -> bool:
    """Say whether a provider has no place left on the request's day and part of the day."""
    maximum, taken = _places(offer, request=request)
    return maximum is not None and taken >= maximum


def _end_open_offer(request_id: UUID, *, service_at_site_id: UUID, actor: Actor, now: datetime) -> None:
    """End the open offer of a request that has its provider: accepted, or taken back from another one."""
    row = find_open_offer(request_id)
    if row is None:
        return
    if row.service_at_site_id == service_at_site_id:
        end_offer(row, status=OfferStatus.ACCEPTED, actor=actor, at=now)
    else:
        end_offer(row, status=OfferStatus.WITHDRAWN, actor=actor, at=now, withdrawn=WithdrawReason.ASSIGNED)


def _not_fitting(
    request: intake.RequestCard, *, service_at_site_id: UUID
) -> ProviderNotFoundError | ProviderCannotServeError:
    there = directory.find_offers(service_codes=None, on=request.service_on, offer_ids=[service_at_site_id])
    if not there:
        return ProviderNotFoundError(service_at_site_id=service_at_site_id)
    return ProviderCannotServeError([Reason(ReasonCode.NOT_OFFERED)], service_at_site_id=service_at_site_id)


def _places(offer: directory.Offer, *, request: intake.RequestCard) -> tuple[int | None, int]:
    """Give how many places there are (None: nobody counts them), and how many are taken."""
    slot = directory.find_slot(offer.service_at_site_id, service_on=request.service_on, period=request.period)
    maximum = slot.maximum if slot and slot.is_planned else offer.capacity.available if offer.capacity else None
    return maximum, slot.taken if slot else 0


def _take_place(offer: directory.Offer, *, request: intake.RequestCard) -> None:
    maximum, _ = _places(offer, request=request)
    if maximum is None:
        return
    try:
        directory.take_place(
            offer.service_at_site_id,
            service_on=request.service_on,
            period=request.period,
            maximum=maximum,
        )
    except directory.FullError:
        raise ProviderCannotServeError([Reason(ReasonCode.FULL)], service_at_site_id=offer.service_at_site_id) from None


def _plan(
    chosen: Candidate, *, request: intake.RequestCard, pair_id: UUID | None, actor: Actor, now: datetime
) -> list[UUID]:
    wishes = [
        visits.NewVisit(
            elder_id=request.elder_id,
            service_code=chosen.service_code or request.service_code,
            window_from_at=request.window_from_at,
            window_to_at=request.window_to_at,
            visit_min=chosen.visit_min or 0,
            carer_id=carer.carer_id,
            start_at=carer.start_at,
            pair_id=pair_id,
            slot_no=slot_no,
        )
        for slot_no, carer in enumerate(chosen.carers, start=1)
    ]
    return [visit.visit_id for visit in visits.plan_visits(wishes, actor=actor, at=now)] if wishes else []


def _times(chosen: Candidate) -> tuple[datetime, datetime]:
    if chosen.start_at is None or chosen.end_at is None:
        raise ValueError("a candidate with a rank has its times")
    return chosen.start_at, chosen.end_at
