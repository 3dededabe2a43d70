"""Offers, made as the background makes them: searched first, then settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import assignment
from dispatch.actor import SYSTEM
from tests.factories.intake import NOW, ZONE
from tests.worlds.tiny_day import NETWORK

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


def offer_next(request_id: UUID, *, at: datetime = NOW, network=NETWORK) -> assignment.OfferCard | None:
    """Ask the next provider in order."""
    proposal = assignment.propose(request_id, network=lambda: network, now=at, zone=ZONE)
    return assignment.settle_offering(proposal, actor=SYSTEM, at=at, zone=ZONE)


def expire(offer_id: UUID, *, at: datetime) -> None:
    """Let an offer run out."""
    assignment.expire_offer(offer_id, at=at)


def decline(offer_id: UUID, *, actor=SYSTEM, at: datetime = NOW, reason: str = "no_staff") -> assignment.OfferCard:
    """Decline an offer."""
    return assignment.decline_offer(offer_id, reason=assignment.DeclineReason(reason), actor=actor, received_at=at)


def accept(offer_id: UUID, *, actor=SYSTEM, at: datetime = NOW) -> assignment.Answer:
    """Accept an offer."""
    return assignment.accept_offer(offer_id, actor=actor, network=NETWORK, received_at=at, zone=ZONE)
