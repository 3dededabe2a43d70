"""Reads about subscriptions and deliveries, and where an event belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import sqlalchemy as sa

from dispatch import carers, directory, elders, intake, journal, visits
from dispatch.actor import SYSTEM, Role, ScopeKind
from dispatch.errors import NotFoundError
from dispatch.storage import session
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.values import (
    BY_AREA,
    DeliveryCard,
    DeliveryStatus,
    EventPlace,
    Fault,
    Scope,
    StopReason,
    WebhookCard,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from dispatch.actor import Actor
    from dispatch.journal import Entry

NOWHERE: Final = EventPlace()
REOPENED: Final = "care_request.reopened"


class WebhookNotFoundError(NotFoundError):
    """There is no such subscription, or it is not the reader's."""

    slug = "webhook-not-found"
    title = Words("没有这个订阅，或者不归你管", "No such webhook, or outside your scope")


class DeliveryNotFoundError(NotFoundError):
    """Nothing of the kind was to be sent to this receiver."""

    slug = "webhook-delivery-not-found"
    title = Words("这个订阅没有这次投递", "This webhook has no such delivery")


def load_webhook(webhook_id: UUID, *, actor: Actor, is_locked: bool = False) -> Webhook:
    """Load a subscription of the actor's; WebhookNotFoundError where there is none."""
    query = sa.select(Webhook).where(Webhook.id == webhook_id, visible(actor))
    if is_locked:
        query = query.with_for_update()
    row = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise WebhookNotFoundError(webhook_id=webhook_id)
    return row


def get_webhook(webhook_id: UUID, *, actor: Actor) -> WebhookCard:
    """Give a subscription of the actor's; WebhookNotFoundError where there is none."""
    row = load_webhook(webhook_id, actor=actor)
    return show(row, waiting=_count_waiting([row.id]).get(row.id, 0))


def find_webhooks(actor: Actor, *, skip: int = 0, limit: int | None = None) -> list[WebhookCard]:
    """Find the subscriptions of the actor's areas and organizations, the oldest first."""
    query = sa.select(Webhook).where(visible(actor)).order_by(Webhook.id).offset(skip).limit(limit)
    rows = session().scalars(query).all()
    waiting = _count_waiting([row.id for row in rows])
    return [show(row, waiting=waiting.get(row.id, 0)) for row in rows]


def count_webhooks(scope: Scope) -> int:
    """Count the subscriptions of exactly one area or organization."""
    kind, ref = write_scope(scope)
    query = sa.select(sa.func.count()).where(Webhook.scope_kind == kind, Webhook.scope_ref == ref)
    return session().scalar(query) or 0


def find_deliveries(
    webhook_id: UUID,
    *,
    actor: Actor,
    status: DeliveryStatus | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[DeliveryCard]:
    """List what was to be sent, the newest first, from behind one on. Raises WebhookNotFoundError."""
    load_webhook(webhook_id, actor=actor)
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if status is not None:
        query = query.where(WebhookDelivery.status == status)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return [show_delivery(row) for row in session().scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit))]


def find_listening() -> list[Webhook]:
    """Load the subscriptions that are switched on."""
    return list(session().scalars(sa.select(Webhook).where(Webhook.is_active).order_by(Webhook.id)))


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Select the subscriptions that an actor may see and change: those of the own areas, of the own organizations."""
    if actor.is_system:
        return sa.true()
    by_area = [Webhook.scope_ref.startswith(each, autoescape=True) for each in actor.area_prefixes(*BY_AREA)]
    own = [str(each) for each in actor.organization_ids(Role.COORDINATOR)]
    return sa.or_(
        sa.and_(Webhook.scope_kind == ScopeKind.AREA, sa.or_(sa.false(), *by_area)),
        sa.and_(Webhook.scope_kind == ScopeKind.ORGANIZATION, Webhook.scope_ref.in_(own)),
    )


def may_listen(actor: Actor | None, *, scope: Scope) -> bool:
    """Say whether an account may be told what happens in a scope."""
    if actor is None:
        return False
    if scope.organization_id is not None:
        return actor.is_system or scope.organization_id in actor.organization_ids(Role.COORDINATOR)
    return scope.area_code is not None and actor.covers_area(scope.area_code, *BY_AREA)


def scope_of(row: Webhook) -> Scope:
    """Give whose events a subscription is told of."""
    if row.scope_kind == ScopeKind.AREA:
        return Scope(area_code=row.scope_ref)
    return Scope(organization_id=UUID(row.scope_ref))


def write_scope(scope: Scope) -> tuple[str, str]:
    """Give kind and reference of a scope, as a row holds them."""
    if scope.organization_id is not None:
        return ScopeKind.ORGANIZATION.value, str(scope.organization_id)
    return ScopeKind.AREA.value, scope.area_code or ""


def locate_event(entry: Entry, *, on: date) -> EventPlace:
    """Find where an event belongs; nowhere, where what it is about is not there any more."""
    family = entry.kind.partition(".")[0]
    try:
        if family in {"care_request", "offer"}:
            return _locate_request(entry)
        if family == "visit":
            return _locate_visit(entry, on=on)
        if family == "site":
            return _locate_site(UUID(entry.subject_id))
    except (NotFoundError, ValueError):
        return NOWHERE
    return NOWHERE


def show(row: Webhook, *, waiting: int = 0, secret: str | None = None) -> WebhookCard:
    """Give a row as it is shown."""
    scope = scope_of(row)
    return WebhookCard(
        id=row.id,
        version=row.version,
        url=row.url,
        kinds=tuple(row.kinds),
        area_code=scope.area_code,
        organization_id=scope.organization_id,
        description=row.description,
        is_active=row.is_active,
        stopped_because=StopReason(row.stopped_because) if row.stopped_because else None,
        owner_id=row.owner_id,
        created_at=row.created_at,
        failing_since_at=row.failing_since_at,
        succeeded_at=row.succeeded_at,
        old_secret_until_at=row.old_secret_until_at,
        waiting=waiting,
        secret=secret,
    )


def show_delivery(row: WebhookDelivery) -> DeliveryCard:
    """Give a row as it is shown."""
    return DeliveryCard(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,
        status=DeliveryStatus(row.status),
        tries=row.tries,
        created_at=row.created_at,
        try_at=row.try_at if row.status == DeliveryStatus.WAITING else None,
        attempted_at=row.attempted_at,
        delivered_at=row.delivered_at,
        last_status=row.last_status,
        last_fault=Fault(row.last_fault) if row.last_fault else None,
    )


def oldest_waiting_at() -> datetime | None:
    """Say since when the oldest event waits that is to be sent to a receiver which is switched on."""
    query = (
        sa.select(sa.func.min(WebhookDelivery.created_at))
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.status == DeliveryStatus.WAITING, Webhook.is_active)
    )
    return session().scalar(query)


def _count_waiting(webhook_ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = session().execute(
        sa.select(WebhookDelivery.webhook_id, sa.func.count())
        .where(WebhookDelivery.webhook_id.in_(list(webhook_ids)), WebhookDelivery.status == DeliveryStatus.WAITING)
        .group_by(WebhookDelivery.webhook_id)
    )
    return {row[0]: row[1] for row in rows}


def _locate_request(entry: Entry) -> EventPlace:
    request_id = UUID(str(entry.facts.get("care_request_id") or entry.subject_id))
    area_code = intake.get_request(request_id, actor=SYSTEM).area_code
    serving = _serving(entry, request_id=request_id)
    told = entry.facts.get("organization_id")
    organizations = _organizations_of(serving) | ({UUID(told)} if told else set())
    return EventPlace(area_code, frozenset(organizations))


def _serving(entry: Entry, *, request_id: UUID) -> UUID | None:
    """
    Find who was to serve a request when something happened to it, from what the journal said until then.

    Whoever loses it is told that; of what happens afterwards they are told nothing.
    """
    serving: str | None = entry.facts.get("service_at_site_id")
    if serving:
        return UUID(serving)
    for earlier in journal.find_entries(request_id):
        if earlier.cursor.seq >= entry.cursor.seq:
            break
        serving = None if earlier.kind == REOPENED else earlier.facts.get("service_at_site_id") or serving
    return UUID(serving) if serving else None


def _organizations_of(service_at_site_id: UUID | None) -> set[UUID]:
    if service_at_site_id is None:
        return set()
    query = (
        sa.select(directory.Service.organization_id)
        .join(directory.ServiceAtSite, directory.ServiceAtSite.service_id == directory.Service.id)
        .where(directory.ServiceAtSite.id == service_at_site_id)
    )
    return set(session().scalars(query))


def _locate_visit(entry: Entry, *, on: date) -> EventPlace:
    visit = visits.get_visit(UUID(entry.subject_id))
    area_code = elders.find_area_codes([visit.elder_id], on=on).get(visit.elder_id)
    carer_id = entry.facts.get("carer_id") or visit.carer_id
    found = carers.find_carers(on=on, carer_ids=[UUID(str(carer_id))]) if carer_id else []
    return EventPlace(area_code, frozenset(one.organization_id for one in found))


def _locate_site(site_id: UUID) -> EventPlace:
    site = directory.get_site(site_id)
    return EventPlace(site.area_code, frozenset({site.organization_id} - {None}))
