"""Looking for the provider that is asked next; only reads."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dispatch import areas, dates, elders, intake
from dispatch.actor import SYSTEM
from dispatch.assignment.operations.distances import HomeUnlocatedError
from dispatch.assignment.operations.fitness import home_ll_of
from dispatch.assignment.operations.matching import find_candidates
from dispatch.assignment.queries import find_open_offer, find_tried
from dispatch.assignment.values import (
    BlockReason,
    NobodyReason,
    Proposal,
    ProposalKind,
    ReasonCode,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.assignment.values import MatchResult
    from dispatch.streets import Network

RULE = "request.offering"
MANUAL = "manual"
OFFERABLE = frozenset({intake.RequestStatus.SUBMITTED, intake.RequestStatus.OFFERED})


def propose(
    request_id: UUID,
    *,
    network: Callable[[], Network | None],
    now: datetime,
    zone: ZoneInfo,
    instead_of: UUID | None = None,
    is_by_hand: bool = False,
) -> Proposal:
    """
    Say whom to ask next: the best provider that was not asked in this round.

    Parameters
    ----------
    request_id : UUID
        The request.
    network : callable
        Gives the streets, or None where there are none; called where it is needed.
    now, zone
        The present time, and the zone of its dates.
    instead_of : UUID, optional
        An open offer that is about to end: its provider is not asked again, and it is no obstacle.
    is_by_hand : bool
        Whether an officer wants it: then the area's rule that leaves it to officers does not hold.

    """
    request = intake.get_request(request_id, actor=SYSTEM)
    opened = find_open_offer(request_id)
    if request.status not in OFFERABLE or (opened is not None and opened.id != instead_of):
        return _nothing(request, kind=ProposalKind.NOT_WANTED)
    if not is_by_hand and _is_manual(request, on=dates.service_date(now, zone)):
        return _nothing(request, kind=ProposalKind.BLOCKED, reason=BlockReason.MANUAL)
    if request.window_to_at <= now:
        return _nothing(request, kind=ProposalKind.NOBODY, reason=NobodyReason.WINDOW_PAST)
    streets = network()
    if streets is None:
        return _nothing(request, kind=ProposalKind.BLOCKED, reason=BlockReason.NO_NETWORK)
    try:
        match = find_candidates(request_id, actor=SYSTEM, network=streets, now=now, zone=zone)
    except HomeUnlocatedError:
        has_point = home_ll_of(elders.get_facts(request.elder_id, on=request.service_on)) is not None
        reason = BlockReason.HOME_OFF_STREETS if has_point else BlockReason.HOME_UNLOCATED
        return _nothing(request, kind=ProposalKind.BLOCKED, reason=reason)
    tried = find_tried(request_id) | (frozenset((opened.service_at_site_id,)) if opened else frozenset())
    return _choose(request, match=match, tried=tried)


def _nothing(
    request: intake.RequestCard, *, kind: ProposalKind, reason: NobodyReason | BlockReason | None = None
) -> Proposal:
    return Proposal(request.id, request.version, kind, reason=reason)


def _choose(request: intake.RequestCard, *, match: MatchResult, tried: frozenset[UUID]) -> Proposal:
    chosen = next((each for each in match.ranked if each.service_at_site_id not in tried), None)
    reason = NobodyReason.ALL_DECLINED if tried else NobodyReason.NO_CANDIDATE
    return Proposal(
        request.id,
        request.version,
        ProposalKind.FOUND if chosen else ProposalKind.NOBODY,
        match=match,
        service_at_site_id=chosen.service_at_site_id if chosen else None,
        reason=None if chosen else reason,
        counts={} if chosen else _count(match, tried=tried),
    )


def _is_manual(request: intake.RequestCard, *, on: date) -> bool:
    rule = areas.find_rule(request.area_code, rule_key=RULE, on=on)
    return rule is not None and rule.value == MANUAL


def _count(match: MatchResult, *, tried: frozenset[UUID]) -> dict[str, int]:
    """Count how many providers each reason stands against; those without this service at all say nothing."""
    found = Counter(
        reason.code.value for each in match.rejected for reason in each.reasons if each.service_at_site_id is not None
    )
    found[ReasonCode.DECLINED_THIS.value] += sum(each.service_at_site_id in tried for each in match.ranked)
    return {code: count for code, count in sorted(found.items()) if count}
