"""Which requests somebody may see and change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, directory, elders, visits
from dispatch.actor import Role
from dispatch.errors import NotFoundError
from dispatch.intake.models import CareRequest
from dispatch.intake.queries import find_row, find_visit_ids
from dispatch.intake.rules import roles_for
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from dispatch.actor import Actor


class CareRequestNotFoundError(NotFoundError):
    """There is no such request, or the reader may not know of it."""

    slug = "care-request-not-found"
    title = Words("没有这个服务请求，或者不归你管", "No such care request, or not in your area")


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Select the requests that an actor may read."""
    if actor.is_system:
        return sa.true()
    by_area = actor.area_prefixes(Role.COMMUNITY_WORKER, Role.OPERATOR, Role.DISTRICT_OFFICER)
    conditions = [CareRequest.area_code.startswith(prefix, autoescape=True) for prefix in by_area]
    bound = actor.elder_ids(Role.ELDER, Role.FAMILY)
    if bound:
        conditions.append(CareRequest.elder_id.in_(sorted({*bound, *elders.find_absorbed(bound)})))
    if actor.organization_ids(Role.COORDINATOR):
        conditions.append(CareRequest.service_at_site_id.in_(_own_offers(actor)))
    return sa.or_(sa.false(), *conditions)


def _own_offers(actor: Actor) -> sa.Select[UUID]:
    """Select the service_at_site rows of the organizations that the actor coordinates."""
    organizations = sorted(actor.organization_ids(Role.COORDINATOR))
    return (
        sa.select(directory.ServiceAtSite.id)
        .join(directory.Service, directory.Service.id == directory.ServiceAtSite.service_id)
        .where(directory.Service.organization_id.in_(organizations))
    )


def load_visible(
    request_id: UUID, *, actor: Actor, offer_ids: Collection[UUID] = (), is_locked: bool = False
) -> tuple[CareRequest, frozenset[Role] | None]:
    """
    Load a request with the roles in which the actor sees it; None: the system.

    `offer_ids` are service_at_site rows that could serve it: while nobody does, their coordinators see it too.

    Raises
    ------
    CareRequestNotFoundError
        Where there is none, or no role of the actor's reaches it.

    """
    row = find_row(request_id, is_locked=is_locked)
    if row is None:
        raise CareRequestNotFoundError(care_request_id=request_id)
    roles = roles_for(actor, elder_id=row.elder_id, area_code=row.area_code)
    if roles is not None and actor.has_role(Role.COORDINATOR):
        serving = {row.service_at_site_id} if row.service_at_site_id else set(offer_ids)
        own = _own_offers(actor).where(directory.ServiceAtSite.id.in_(sorted(serving))).limit(1)
        if serving and session().scalar(own):
            roles |= {Role.COORDINATOR}
    if roles is not None and _is_sent(row.id, actor=actor):
        roles |= {Role.CARER}
    if roles is not None and not roles:
        raise CareRequestNotFoundError(care_request_id=request_id)
    return row, roles


def _is_sent(request_id: UUID, *, actor: Actor) -> bool:
    """Say whether the actor is the carer of one of a request's visits."""
    if actor.account_id is None or not actor.has_role(Role.CARER, Role.COMMUNITY_WORKER):
        return False
    linked = find_visit_ids([request_id]).get(request_id, ())
    if not linked:
        return False
    sent = {each.carer_id for each in visits.find_visits(visit_ids=linked)}
    carer_id = carers.find_carer_id(actor.account_id)
    return carer_id is not None and carer_id in sent


def roles_to_change(row: CareRequest, *, actor: Actor, roles: frozenset[Role] | None) -> frozenset[Role] | None:
    """Give the roles in which the actor may change a request: a community worker changes only those they made."""
    if roles is None or (row.requested_by is not None and row.requested_by == actor.account_id):
        return roles
    return roles - {Role.COMMUNITY_WORKER}
