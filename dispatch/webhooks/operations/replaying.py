"""Sending again what was sent or missed, and a ping."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dispatch import dates, journal
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import new_id, session
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.operations.planning import new_delivery, put_deliveries
from dispatch.webhooks.queries import DeliveryNotFoundError, load_webhook, locate_event, scope_of, show_delivery
from dispatch.webhooks.rules.telling import is_told, wants, write_body
from dispatch.webhooks.values import KINDS, PING, DeliveryCard, DeliveryStatus, Replayed
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

FARTHEST_BACK: Final = timedelta(days=30)  # P
LOOKED_AT_ONCE: Final = 1_000  # entries of the journal


class ReplayTooFarError(InvalidError):
    """Somebody wants to be sent what is too long ago."""

    slug = "replay-too-far"
    title = Words("重发的起点太早或在将来", "The replay begins too early or too late")
    detail = Words(
        "最多重发 {days} 天以内的事件；更早的从接口读取现状。",
        "Events of the last {days} days can be sent again; read the present state by the API for what is older.",
    )


class WebhookStoppedError(ConflictError):
    """Nothing is sent while a subscription is stopped."""

    slug = "webhook-stopped"
    title = Words("订阅已停用", "The webhook is stopped")
    detail = Words(
        "先由负责人重新启用这个订阅，再重发。",
        "Whoever answers for it switches it on first: PATCH /v1/webhooks/… with is_active true.",
    )


def replay_delivery(webhook_id: UUID, *, delivery_id: UUID, actor: Actor, at: datetime) -> DeliveryCard:
    """
    Have one event sent again at once, under the same id, however its sending went. Journal: webhook.replayed.

    Raises
    ------
    WebhookNotFoundError, DeliveryNotFoundError, WebhookStoppedError

    """
    row = _active(webhook_id, actor=actor)
    found = session().get(WebhookDelivery, delivery_id, populate_existing=True)
    if found is None or found.webhook_id != row.id:
        raise DeliveryNotFoundError(delivery_id=delivery_id)
    _again(found, at=at)
    row.rest_until_at = None
    journal.append("webhook.replayed", actor=actor, at=at, subject_id=row.id, deliveries=1)
    return show_delivery(found)


def replay_since(
    webhook_id: UUID, *, from_at: datetime, after_seq: int, actor: Actor, at: datetime, zone: ZoneInfo
) -> Replayed:
    """
    Have all events since an instant sent again, under the same ids, those too that a stopped subscription missed.

    At most 1,000 entries of the journal are looked at; `after_seq` of the answer is where to go on (None: no more).
    Journal: webhook.replayed.

    Raises
    ------
    WebhookNotFoundError, WebhookStoppedError, ReplayTooFarError

    """
    row = _active(webhook_id, actor=actor)
    if not at - FARTHEST_BACK <= from_at <= at:
        raise ReplayTooFarError(days=FARTHEST_BACK.days)
    kinds = [kind for kind in KINDS if wants(tuple(row.kinds), kind=kind)]
    entries = journal.find_entries_since(from_at, kinds=kinds, after_seq=after_seq, limit=LOOKED_AT_ONCE)
    count = 0
    for entry in entries:
        place = locate_event(entry, on=dates.service_date(entry.at, zone))
        if not is_told(scope_of(row), place=place):
            continue
        count += 1
        if not put_deliveries([row], entry=entry, at=at):
            there = sa.select(WebhookDelivery).filter_by(webhook_id=row.id, entry_seq=entry.cursor.seq)
            _again(session().scalars(there).one(), at=at)
    row.rest_until_at = None
    journal.append("webhook.replayed", actor=actor, at=at, subject_id=row.id, deliveries=count)
    return Replayed(count, entries[-1].cursor.seq if len(entries) == LOOKED_AT_ONCE else None)


def ping(webhook_id: UUID, *, actor: Actor, at: datetime) -> DeliveryCard:
    """Have a receiver sent something that says nothing, to try it. Raises WebhookNotFoundError, WebhookStoppedError."""
    row = _active(webhook_id, actor=actor)
    name = f"ping_{new_id().hex}"
    body = write_body(PING, at=at, data={"id": name, "webhook_id": str(row.id)})
    made = new_delivery(row.id, seq=None, name=name, kind=PING, body=body, at=at)
    row.rest_until_at = None
    session().add(made)
    return show_delivery(made)


def _active(webhook_id: UUID, *, actor: Actor) -> Webhook:
    row = load_webhook(webhook_id, actor=actor, is_locked=True)
    if not row.is_active:
        raise WebhookStoppedError
    return row


def _again(found: WebhookDelivery, *, at: datetime) -> None:
    found.status, found.try_at, found.tries, found.delivered_at = DeliveryStatus.WAITING.value, at, 0, None
