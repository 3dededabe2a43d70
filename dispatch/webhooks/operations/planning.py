"""What of the journal is to be sent to whom: rows written in the transaction that reads an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import accounts, journal
from dispatch.actor import SYSTEM
from dispatch.storage import new_id, session
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.operations.subscribing import stop
from dispatch.webhooks.queries import find_listening, locate_event, may_listen, scope_of
from dispatch.webhooks.rules.telling import event_id, is_told, wants, write_event
from dispatch.webhooks.values import DeliveryStatus, StopReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.journal import Entry


def plan_deliveries(entry: Entry, *, at: datetime, on: date) -> int:
    """
    Have an event sent to every receiver that is to be told; gives how many.

    A subscription whose owner may not see its scope any more is stopped first, and is told nothing.
    """
    listening = [row for row in find_listening() if wants(tuple(row.kinds), kind=entry.kind)]
    if not listening:
        return 0
    place = locate_event(entry, on=on)
    told = [row for row in listening if row.created_at <= entry.at and is_told(scope_of(row), place=place)]
    told = [row for row in told if not stop_without_owner(row, at=at, on=on)]
    return len(put_deliveries(told, entry=entry, at=at))


def put_deliveries(receivers: Iterable[Webhook], *, entry: Entry, at: datetime) -> list[WebhookDelivery]:
    """Write what is to be sent of an entry; those who have it on their list already are left out."""
    wanted = {row.id: row for row in receivers}
    there = set(
        session().scalars(
            sa.select(WebhookDelivery.webhook_id).where(
                WebhookDelivery.webhook_id.in_(list(wanted)), WebhookDelivery.entry_seq == entry.cursor.seq
            )
        )
    )
    body = write_event(entry) if wanted.keys() - there else ""
    made = [
        new_delivery(
            webhook_id, seq=entry.cursor.seq, name=event_id(entry.cursor.seq), kind=entry.kind, body=body, at=at
        )
        for webhook_id in wanted
        if webhook_id not in there
    ]
    session().add_all(made)
    return made


def new_delivery(
    webhook_id: UUID, *, seq: int | None, name: str, kind: str, body: str, at: datetime
) -> WebhookDelivery:
    """Make what is to be sent at once."""
    return WebhookDelivery(
        id=new_id(),
        webhook_id=webhook_id,
        entry_seq=seq,
        event_id=name,
        kind=kind,
        body=body,
        status=DeliveryStatus.WAITING.value,
        tries=0,
        created_at=at,
        try_at=at,
    )


def stop_without_owner(row: Webhook, *, at: datetime, on: date) -> bool:
    """Stop a subscription whose owner may not be told any more, and say whether. Journal: webhook.stopped."""
    if may_listen(accounts.find_actor(row.owner_id, on=on), scope=scope_of(row)):
        return False
    stop_webhook(row, because=StopReason.OWNER_LEFT, at=at)
    return True


def stop_webhook(row: Webhook, *, because: StopReason, at: datetime) -> None:
    """Stop a subscription by the system. Journal: webhook.stopped."""
    stop(row, because=because)
    row.version += 1
    journal.append("webhook.stopped", actor=SYSTEM, at=at, subject_id=row.id, because=because.value)
