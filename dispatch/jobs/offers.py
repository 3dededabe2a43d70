"""Offering requests in the background: the next provider is asked, and an offer that nobody answered runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from dispatch import assignment, intake, storage
from dispatch.actor import SYSTEM
from dispatch.jobs.networks import find_network
from dispatch.jobs.steps import TwoStep

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dispatch.config import Settings
    from dispatch.journal import Entry
    from dispatch.storage import DeadlineView


class Found(NamedTuple):
    """Whom to ask next, and where the hours of clocks are told."""

    proposal: assignment.Proposal
    zone: ZoneInfo


def _search(deadline: DeadlineView, at: datetime, settings: Settings) -> Found:
    return _propose(UUID(deadline.key), at=at, settings=settings)


def _hold(deadline: DeadlineView) -> None:
    intake.get_request(UUID(deadline.key), actor=SYSTEM, is_locked=True)


def _offer_next(_deadline: DeadlineView, at: datetime, found: Found) -> None:
    """Ask the next provider, where the request still waits for one."""
    assignment.settle_offering(found.proposal, actor=SYSTEM, at=at, zone=found.zone)


def _search_instead(deadline: DeadlineView, at: datetime, settings: Settings) -> Found:
    with storage.reading():
        offer = assignment.get_offer(UUID(deadline.key), actor=SYSTEM)
    return _propose(offer.care_request_id, at=at, settings=settings, instead_of=offer.id)


def _hold_of_offer(deadline: DeadlineView) -> None:
    offer = assignment.get_offer(UUID(deadline.key), actor=SYSTEM)
    intake.get_request(offer.care_request_id, actor=SYSTEM, is_locked=True)


def _let_expire(deadline: DeadlineView, at: datetime, found: Found) -> None:
    """Let an offer run out and ask the next provider at once; an offer that was answered is left as it is."""
    if assignment.expire_offer(UUID(deadline.key), at=at) is not None:
        assignment.settle_offering(found.proposal, actor=SYSTEM, at=at, zone=found.zone)


def _propose(request_id: UUID, *, at: datetime, settings: Settings, instead_of: UUID | None = None) -> Found:
    network = find_network(settings, at=at)
    with storage.reading():
        proposal = assignment.propose(
            request_id, network=lambda: network, now=at, zone=settings.time_zone, instead_of=instead_of
        )
    return Found(proposal, settings.time_zone)


def close_offers(entry: Entry, at: datetime) -> None:
    """Take back the open offer of a request that is held, has ended or was given to somebody."""
    assignment.close_offers(UUID(entry.subject_id), at=at)


OFFER_NEXT = TwoStep(prepare=_search, hold=_hold, fire=_offer_next)
LET_EXPIRE = TwoStep(prepare=_search_instead, hold=_hold_of_offer, fire=_let_expire)
CLOSING = {f"care_request.{kind}": close_offers for kind in ("held", "canceled", "voided", "unmatched", "accepted")}
