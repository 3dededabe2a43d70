"""Asking a provider: the offer of the next in order, or of one that an officer chooses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import dates, directory, elders, intake, storage
from dispatch.actor import SYSTEM
from dispatch.assignment.models import Offer
from dispatch.assignment.operations.assigning import (
    ASSIGNED,
    AlreadyAssignedError,
    ProviderCannotServeError,
    is_full,
    judge_one,
)
from dispatch.assignment.operations.gathering import find_fitting
from dispatch.assignment.operations.matching import keep_run, refuse_past
from dispatch.assignment.operations.offering.ending import end_offer
from dispatch.assignment.operations.offering.searching import OFFERABLE
from dispatch.assignment.queries import find_open_offer, find_round, find_tried, next_turn, to_card
from dispatch.assignment.rules.offering import offer_end
from dispatch.assignment.values import (
    NobodyReason,
    OfferStatus,
    ProposalKind,
    Reason,
    ReasonCode,
    WithdrawReason,
)
from dispatch.errors import ConflictError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.values import MatchResult, OfferCard, Proposal
    from dispatch.streets import Network

EXPIRY = "offer.expiry"
"""A deadline, by the offer's id: it runs out."""
RETRIED_AFTER = timedelta(minutes=5)  # P: where what the search needs is missing


class OfferOpenError(ConflictError):
    """The provider holds the offer already."""

    slug = "offer-open"
    title = Words("这家机构正在考虑这个请求", "This provider is being asked already")
    detail = Words(
        "派单 {offer_id} 还没有答复；等机构答复，或由民政干部撤回。",
        "Offer {offer_id} is not answered yet: wait for the provider, or let an officer withdraw it.",
    )


class NobodyLeftError(ConflictError):
    """There is no provider left that could be asked."""

    slug = "nobody-left-to-ask"
    title = Words("没有可以再派的机构", "No provider is left to ask")
    detail = Words(
        "原因：{reason}。由民政干部处理：等现有派单的答复，直接指派，重新打开请求，或另行安排。",
        "Reason: {reason}. An officer waits for the open offer, assigns it directly, reopens it, or arranges it "
        "otherwise.",
    )


class SearchBlockedError(ConflictError):
    """Providers cannot be looked for as long as something is missing."""

    slug = "search-blocked"
    title = Words("缺少匹配所需的资料", "Something the search needs is missing")
    detail = Words(
        "缺少：{reason}。住址由社区工作者或民政干部定位，路网由管理员导入；补齐后会自动再试。",
        "Missing: {reason}. A worker or officer locates the home, an administrator imports the streets; it is tried "
        "again by itself.",
    )


class OfferingMovedOnError(ConflictError):
    """The request changed while providers were looked for."""

    slug = "offering-moved-on"
    title = Words("请求刚刚有变动", "The request has just changed")
    detail = Words("重新读取请求，再试一次。", "Read the request again and try once more.")


def settle_offering(proposal: Proposal, *, actor: Actor, at: datetime, zone: ZoneInfo) -> OfferCard | None:
    """
    Ask whom a search has found, if the request still stands where it stood; None where nobody was asked.

    With nobody left the request becomes unmatched and a supervisor is told; where the search lacks something a
    supervisor is told what, and it is made again later. Where the request changed meanwhile the search is made again
    at once. Journal: offer.made or care_request.unmatched, on the request.
    """
    request_id = proposal.care_request_id
    request = intake.get_request(request_id, actor=SYSTEM, is_locked=True)
    if request.status not in OFFERABLE or find_open_offer(request_id) is not None:
        return None
    is_stale = request.version != proposal.request_version or proposal.kind is ProposalKind.NOT_WANTED
    if is_stale or not _is_still_good(proposal, request=request):
        intake.queue_offering(request_id, due_at=at, at=at)
        return None
    if proposal.kind is ProposalKind.BLOCKED:
        _tell_blocked(proposal, at=at)
        return None
    if proposal.match is not None:
        keep_run(proposal.match)
    intake.close_tasks(
        request_id, reason=intake.CloseReason.RESOLVED, actor=SYSTEM, at=at, kinds=[intake.TaskKind.NOT_OFFERABLE]
    )
    if proposal.kind is ProposalKind.NOBODY:
        _give_up(proposal, at=at)
        return None
    return _make(request, proposal.match, service_at_site_id=_wanted(proposal), actor=actor, at=at, zone=zone)


def offer_to(
    request_id: UUID, *, service_at_site_id: UUID, actor: Actor, network: Network, now: datetime, zone: ZoneInfo
) -> OfferCard:
    """
    Ask the provider that an officer chooses; an open offer of another provider is taken back.

    The provider is judged by the rules of the search. Journal: offer.made, on the request.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError, IllegalMoveError
        Where the request is outside the actor's scope, offering is not for the role, or it stands elsewhere.
    AlreadyAssignedError
        Where it has its provider.
    ProviderCannotServeError
        Where the provider fails a hard rule, or was asked in this round already; with the codes.
    OfferOpenError
        Where the provider holds the open offer.
    ProviderNotFoundError, WindowPastError, HomeUnlocatedError

    """
    request = intake.get_request(request_id, actor=actor, is_locked=True)
    check_offerable(request, actor=actor)
    refuse_past(request, now=now)
    opened = find_open_offer(request_id)
    if opened is not None and opened.service_at_site_id == service_at_site_id:
        raise OfferOpenError(offer_id=opened.id)
    if service_at_site_id in find_tried(request_id):
        raise ProviderCannotServeError([Reason(ReasonCode.DECLINED_THIS)], service_at_site_id=service_at_site_id)
    facts = elders.get_facts(request.elder_id, on=request.service_on)
    offers = find_fitting(request, facts=facts, offer_id=service_at_site_id)
    match = judge_one(
        request, facts=facts, offers=offers, service_at_site_id=service_at_site_id, network=network, now=now, zone=zone
    )
    keep_run(match)
    if opened is not None:
        end_offer(opened, status=OfferStatus.WITHDRAWN, actor=actor, at=now, withdrawn=WithdrawReason.REROUTED)
    return _make(request, match, service_at_site_id=service_at_site_id, actor=actor, at=now, zone=zone)


def ask_next(request_id: UUID, *, proposal: Proposal, actor: Actor, now: datetime, zone: ZoneInfo) -> OfferCard:
    """
    Ask the next provider in order, as an officer; the open offer of another provider is taken back.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError, IllegalMoveError, AlreadyAssignedError
        As `offer_to`.
    NobodyLeftError
        Where the search found nobody; nothing has changed.
    SearchBlockedError
        Where the search lacks something.
    OfferingMovedOnError
        Where the request has changed since the search.

    """
    request = intake.get_request(request_id, actor=actor, is_locked=True)
    check_offerable(request, actor=actor)
    if proposal.kind is ProposalKind.NOBODY:
        raise NobodyLeftError(care_request_id=request_id, reason=str(proposal.reason))
    if proposal.kind is ProposalKind.BLOCKED:
        raise SearchBlockedError(care_request_id=request_id, reason=str(proposal.reason))
    opened = find_open_offer(request_id)
    if opened is not None:
        end_offer(opened, status=OfferStatus.WITHDRAWN, actor=actor, at=now, withdrawn=WithdrawReason.REROUTED)
    made = settle_offering(proposal, actor=actor, at=now, zone=zone)
    if made is None:
        raise OfferingMovedOnError(care_request_id=request_id)
    return made


def check_offerable(request: intake.RequestCard, *, actor: Actor) -> None:
    """Raise what keeps an actor from offering a request: where it stands, or the role."""
    if request.status in ASSIGNED:
        raise AlreadyAssignedError(
            care_request_id=request.id,
            status=request.status.value,
            allowed=[each.value for each in request.next_states],
        )
    intake.check_move(request.id, to=intake.RequestStatus.OFFERED, actor=actor, kind="offer.made")


def _make(
    request: intake.RequestCard,
    match: MatchResult | None,
    *,
    service_at_site_id: UUID,
    actor: Actor,
    at: datetime,
    zone: ZoneInfo,
) -> OfferCard:
    on = dates.service_date(at, zone)
    limits = intake.find_urgency_limits(request.urgency, area_code=request.area_code, on=on)
    row = Offer(
        id=storage.new_id(),
        care_request_id=request.id,
        service_at_site_id=service_at_site_id,
        turn_no=next_turn(request.id),
        round_no=find_round(request.id),
        made_at=at,
        expires_at=offer_end(limits, made_at=at, zone=zone),
        status=OfferStatus.OPEN.value,
        made_by=actor.account_id,
        match_run_id=match.run_id if match else None,
    )
    storage.session().add(row)
    storage.session().flush()  # the unique indexes decide, before the request moves
    intake.move_request(
        request.id,
        to=intake.RequestStatus.OFFERED,
        actor=actor,
        now=at,
        told={
            "offer_id": str(row.id),
            "service_at_site_id": str(service_at_site_id),
            "turn_no": row.turn_no,
            "round_no": row.round_no,
            "expires_at": row.expires_at.isoformat(),
        },
    )
    storage.set_deadline(EXPIRY, key=str(row.id), due_at=row.expires_at, at=at)
    return to_card(row)


def _is_still_good(proposal: Proposal, *, request: intake.RequestCard) -> bool:
    """Look at what may have changed since the search without the request: who was asked, and the last place."""
    wanted = proposal.service_at_site_id
    if wanted is None:
        return True
    if wanted in find_tried(request.id):
        return False
    offers = directory.find_offers(service_codes=None, on=request.service_on, offer_ids=[wanted])
    return bool(offers) and not is_full(offers[0], request=request)


def _wanted(proposal: Proposal) -> UUID:
    if proposal.service_at_site_id is None:
        raise ValueError("a proposal that found somebody says whom")
    return proposal.service_at_site_id


def _tell_blocked(proposal: Proposal, *, at: datetime) -> None:
    """Tell a supervisor what is missing; the request stays and is tried again."""
    reason = str(proposal.reason)
    intake.raise_task(proposal.care_request_id, kind=intake.TaskKind.NOT_OFFERABLE, actor=SYSTEM, at=at, reason=reason)
    due_at = at + RETRIED_AFTER
    intake.queue_offering(proposal.care_request_id, due_at=due_at, at=at)


def _give_up(proposal: Proposal, *, at: datetime) -> None:
    reason = str(proposal.reason or NobodyReason.NO_CANDIDATE)
    intake.move_request(
        proposal.care_request_id,
        to=intake.RequestStatus.UNMATCHED,
        actor=SYSTEM,
        now=at,
        reason=reason,
        told={"reason_counts": proposal.counts},
    )
    intake.raise_task(proposal.care_request_id, kind=intake.TaskKind.UNMATCHED, actor=SYSTEM, at=at, reason=reason)
