"""Searching candidates for a request, and keeping what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch import elders, intake, streets
from dispatch.actor import SYSTEM, Role
from dispatch.assignment.models import MatchRun
from dispatch.assignment.operations.gathering import find_fitting, find_others, gather
from dispatch.assignment.queries import find_tried
from dispatch.assignment.rules.ranking import judge_all, narrow
from dispatch.assignment.rules.recording import hash_of, record_of
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS, FAIR_SHARE_DAYS
from dispatch.assignment.rules.travel import HOME_LIMIT_S, SITE_LIMIT_S
from dispatch.assignment.values import RULE_VERSION, Assumptions, MatchResult, MatchView
from dispatch.errors import ConflictError
from dispatch.storage import new_id, session
from dispatch.streets import CARER_WALK_MPS, DOOR_S, EBIKE_KPH, PARKING_S
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.values import MatchCase
    from dispatch.streets import Network

PRICE_REFERENCE = Words(
    "本区同一服务、同一计价单位已公布价格的中位数", "median of the district's stated prices, same service and unit"
)


S = intake.RequestStatus
ENDED = frozenset({S.COMPLETED, S.FAILED, S.CANCELED, S.VOIDED})


class WindowPastError(ConflictError):
    """The time for which the service was asked has passed."""

    slug = "window-past"
    title = Words("请求的时间窗已经过去", "The window of the request has passed")
    detail = Words("取消它，再按新的时间提交一次。", "Cancel it and ask again for another time.")


class SearchEndedError(ConflictError):
    """The request has come to an end: nobody is looked for any more."""

    slug = "care-request-ended"
    title = Words("这个请求已经结束", "The care request has ended")
    detail = Words(
        "状态是 {status}，不再匹配。仍需要服务的，由申请人重新提交一个请求。",
        "It is {status}: nobody is looked for. Whoever asked may submit a new request.",
    )


class SearchOnHoldError(ConflictError):
    """The request waits: nobody is looked for until it is resumed."""

    slug = "care-request-on-hold"
    title = Words("这个请求已暂停", "The care request is on hold")
    detail = Words(
        "先由申请人或民政干部恢复它，再匹配。",
        "Whoever asked for it, or an officer of the district, resumes it first; then search again.",
    )


def find_candidates(request_id: UUID, *, actor: Actor, network: Network, now: datetime, zone: ZoneInfo) -> MatchResult:
    """
    Rank the providers that can serve a request, and say of every other one in the district why not.

    Only reads; `keep_run` stores the answer, so that no write transaction spans the search. What comes back is
    as much as the actor may see.

    Raises
    ------
    CareRequestNotFoundError
        Where there is none in the actor's scope. A coordinator sees requests that nobody serves yet where
        the own organization offers the service in the elder's district.
    SearchEndedError, SearchOnHoldError
        Where the request is not one for which anybody is looked for.
    WindowPastError, HomeUnlocatedError, NoNetworkHereError

    """
    request = intake.get_request(request_id, actor=SYSTEM)
    facts = elders.get_facts(request.elder_id, on=request.service_on)
    offers = find_fitting(request, facts=facts)
    intake.refuse_unseen(request_id, actor=actor, offer_ids=[offer.service_at_site_id for offer in offers])
    _refuse_ended(request)
    refuse_past(request, now=now)
    tried = find_tried(request.id)
    case = gather(request, facts=facts, offers=offers, network=network, now=now, zone=zone, tried=tried)
    case = replace(case, others=find_others(request, offers=offers))
    ranked, rejected = judge_all(case, now=now)
    view = view_of(actor, request=request)
    shown = narrow(ranked, rejected, view=view, organization_ids=actor.organization_ids(Role.COORDINATOR))
    return MatchResult(
        run_id=new_id(),
        care_request_id=request.id,
        elder_id=request.elder_id,
        at=now,
        service_on=request.service_on,
        view=view,
        assumptions=assumptions(network, case=case),
        inputs_hash=hash_of(case),
        ranked=shown[0],
        rejected=shown[1],
        record=record_of(ranked, rejected),
    )


def keep_run(result: MatchResult) -> None:
    """Store a search with its assumptions, so that it can be explained later."""
    told = result.assumptions
    session().add(
        MatchRun(
            id=result.run_id,
            care_request_id=result.care_request_id,
            at=result.at,
            rule_version=told.rule_version,
            inputs_hash=result.inputs_hash,
            result=result.record
            | {
                "network": told.network,
                "subsidy_rules": list(told.subsidy_rules),
                "network_date": told.network_date.isoformat() if told.network_date else None,
                "walk_speed_mps": told.walk_speed_mps,
                "walk_limit_min": told.walk_limit_min,
                "home_limit_min": told.home_limit_min,
                "carer_walk_speed_mps": told.carer_walk_speed_mps,
                "ebike_speed_kph": told.ebike_speed_kph,
                "parking_and_door_s": told.parking_and_door_s,
            },
        )
    )


def assumptions(network: Network, *, case: MatchCase) -> Assumptions:
    """Say what an answer rests on."""
    return Assumptions(
        rule_version=RULE_VERSION,
        network=streets.network_identity(network.manifest),
        network_date=network.manifest.source_at,
        walk_speed_mps=streets.WALK_SPEED_MPS,
        walk_limit_min=SITE_LIMIT_S // 60,
        carer_walk_speed_mps=CARER_WALK_MPS,
        ebike_speed_kph=EBIKE_KPH,
        parking_and_door_s=PARKING_S + DOOR_S,
        home_limit_min=HOME_LIMIT_S // 60,
        price_reference=PRICE_REFERENCE,
        fair_share_days=FAIR_SHARE_DAYS,
        continuity_days=CONTINUITY_DAYS,
        subsidy_rules=case.subsidy_rules,
    )


def _refuse_ended(request: intake.RequestCard) -> None:
    """Raise an error where nobody is looked for: the request has ended, or it is on hold."""
    if request.status in ENDED:
        raise SearchEndedError(care_request_id=request.id, status=request.status.value)
    if request.status is intake.RequestStatus.ON_HOLD:
        raise SearchOnHoldError(care_request_id=request.id)


def refuse_past(request: intake.RequestCard, *, now: datetime) -> None:
    """Raise WindowPastError where the window has ended."""
    if request.window_to_at <= now:
        raise WindowPastError(care_request_id=request.id, window_to_at=request.window_to_at.isoformat())


def view_of(actor: Actor, *, request: intake.RequestCard) -> MatchView:
    """Say how much of a search an actor is shown."""
    roles = intake.roles_for(actor, elder_id=request.elder_id, area_code=request.area_code)
    if roles is None or roles - {Role.ELDER, Role.FAMILY}:
        return MatchView.ALL
    return MatchView.TOP if roles else MatchView.OWN_ROWS
