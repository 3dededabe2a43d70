"""Which offers somebody may see: one's own organization's, one's area's, those of requests one made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import intake
from dispatch.actor import Role
from dispatch.assignment.models import Offer
from dispatch.assignment.queries import find_offer_page, own_services, to_card
from dispatch.errors import NotAllowedError, NotFoundError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.assignment.values import OfferCard, OfferFilter, OfferPage


class OfferNotFoundError(NotFoundError):
    """There is no such offer, or the reader may not know of it."""

    slug = "offer-not-found"
    title = Words("没有这个派单，或者不归你管", "No such offer, or not yours to see")


class OfferNotYoursError(NotAllowedError):
    """The offer was made to another organization, which alone can answer it."""

    slug = "offer-not-yours"
    title = Words("这个派单不是派给你们机构的", "The offer was made to somebody else")


def get_offer(offer_id: UUID, *, actor: Actor) -> OfferCard:
    """Give one offer; OfferNotFoundError where there is none in the actor's scope."""
    return to_card(get_offer_row(offer_id, actor=actor))


def find_offers(
    actor: Actor, *, wanted: OfferFilter, limit: int = 50, after: tuple[datetime, UUID] | None = None
) -> OfferPage:
    """Find the offers in the actor's scope, newest first, from behind the place `after` on."""
    return find_offer_page(_visible(actor), wanted=wanted, limit=limit, after=after)


def get_offer_row(offer_id: UUID, *, actor: Actor, is_answering: bool = False) -> Offer:
    """Give one offer's row, as `get_offer`; with `is_answering` OfferNotYoursError where it is another's."""
    query = sa.select(Offer).join(intake.CareRequest, intake.CareRequest.id == Offer.care_request_id)
    row = session().scalars(query.where(Offer.id == offer_id, _visible(actor))).one_or_none()
    if row is None:
        raise OfferNotFoundError(offer_id=offer_id)
    if is_answering and not session().scalar(
        query.where(Offer.id == offer_id, _own(actor)).with_only_columns(Offer.id)
    ):
        raise OfferNotYoursError(offer_id=offer_id)
    return row


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.is_system:
        return sa.true()
    request = intake.CareRequest
    by_area = actor.area_prefixes(Role.OPERATOR, Role.DISTRICT_OFFICER)
    conditions = [request.area_code.startswith(prefix, autoescape=True) for prefix in by_area]
    made_there = [
        request.area_code.startswith(prefix, autoescape=True) for prefix in actor.area_prefixes(Role.COMMUNITY_WORKER)
    ]
    if made_there and actor.account_id is not None:
        conditions.append(sa.and_(request.requested_by == actor.account_id, sa.or_(*made_there)))
    return sa.or_(_own(actor), *conditions)


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.is_system:
        return sa.true()
    organizations = actor.organization_ids(Role.COORDINATOR)
    return Offer.service_at_site_id.in_(own_services(organizations)) if organizations else sa.false()
