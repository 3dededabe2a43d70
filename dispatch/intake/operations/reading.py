"""Reading requests within one's scope; the edge leaves the access lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.intake.operations.scope import load_visible, visible
from dispatch.intake.operations.submitting import show
from dispatch.intake.queries import find_open_elders, find_open_of, find_page
from dispatch.intake.rules import with_next_states

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.intake.values import Page, RequestCard, RequestFilter


def get_request(
    request_id: UUID, *, actor: Actor, offer_ids: Collection[UUID] = (), is_locked: bool = False
) -> RequestCard:
    """
    Give one request; CareRequestNotFoundError where there is none in the actor's scope.

    `offer_ids` are service_at_site rows that could serve it: while nobody does, their coordinators see it too.
    With `is_locked` nobody else changes it until this transaction ends.
    """
    row, _ = load_visible(request_id, actor=actor, offer_ids=offer_ids, is_locked=is_locked)
    return show(row)


def refuse_unseen(request_id: UUID, *, actor: Actor, offer_ids: Collection[UUID] = ()) -> None:
    """Raise CareRequestNotFoundError where `get_request` would, without reading what hangs on the request."""
    load_visible(request_id, actor=actor, offer_ids=offer_ids)


def find_requests(
    actor: Actor, *, wanted: RequestFilter, limit: int = 50, after: tuple[datetime, UUID] | None = None
) -> Page:
    """Find the requests in the actor's scope, newest first, from behind the place `after` on."""
    page = find_page(visible(actor), wanted=wanted, limit=limit, after=after)
    return replace(page, requests=[with_next_states(card) for card in page.requests])


def find_open_requests(elder_ids: Collection[UUID], *, actor: Actor) -> dict[UUID, list[RequestCard]]:
    """Find the requests of some elders that have not come to an end and that the actor may read, the soonest first."""
    found: dict[UUID, list[RequestCard]] = {}
    for card in find_open_of(elder_ids, condition=visible(actor)):
        found.setdefault(card.elder_id, []).append(with_next_states(card))
    return found


def find_events(request_id: UUID, *, actor: Actor) -> list[journal.Entry]:
    """Give a request's journal entries, oldest first; CareRequestNotFoundError outside the actor's scope."""
    row, _ = load_visible(request_id, actor=actor)
    return journal.find_entries(row.id)


def find_requested_elders(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Find the elders with an open request that one of these organizations serves."""
    return find_open_elders(organization_ids)
