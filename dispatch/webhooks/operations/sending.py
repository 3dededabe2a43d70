"""
The two transactions around a sending: what is to be sent is taken, and what came of it is stored.

A receiver is leased to one sender at a time, so that its events go out in the order in which they are due and a slow
receiver keeps no other one waiting. Who dies between the two leaves the event waiting: it is sent again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from dispatch.storage import session
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.operations.planning import stop_webhook, stop_without_owner
from dispatch.webhooks.operations.subscribing import good_secrets
from dispatch.webhooks.rules.retrying import GONE, fault_of, is_given_up, next_try, rest_until
from dispatch.webhooks.values import DeliveryStatus, Outgoing, StopReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.webhooks.values import Answer

LEASE: Final = timedelta(
    seconds=90
)  # longer than any sending: 5 s to connect, 10 s to answer, a slow look-up of a name


def find_due_webhooks(*, at: datetime, limit: int) -> list[UUID]:
    """Find receivers to which something is to be sent now and to which nobody is sending, the longest due first."""
    query = (
        sa.select(Webhook.id)
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .where(WebhookDelivery.status == DeliveryStatus.WAITING, WebhookDelivery.try_at <= at, *_is_free(at))
        .group_by(Webhook.id)
        .order_by(sa.func.min(WebhookDelivery.try_at))
        .limit(limit)
    )
    return list(session().scalars(query))


def take_webhook(webhook_id: UUID, *, sender: str, at: datetime, on: date) -> bool:
    """Lease a receiver to a sender; False where somebody else has it, or its owner may not be told any more."""
    query = sa.select(Webhook).where(Webhook.id == webhook_id, *_is_free(at)).with_for_update(skip_locked=True)
    row = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or stop_without_owner(row, at=at, on=on):
        return False
    row.leased_by, row.leased_until_at = sender, at + LEASE
    return True


def begin_next(webhook_id: UUID, *, sender: str, at: datetime) -> Outgoing | None:
    """Give what a sender is to send next to the receiver that it holds, and lengthen the lease; None: nothing now."""
    row = _held(webhook_id, sender=sender)
    if row is None or not row.is_active or (row.rest_until_at is not None and row.rest_until_at > at):
        return None
    query = (
        sa.select(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.status == DeliveryStatus.WAITING,
            WebhookDelivery.try_at <= at,
        )
        .order_by(WebhookDelivery.try_at, WebhookDelivery.id)
        .limit(1)
    )
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        return None
    row.leased_until_at = at + LEASE
    found.tries += 1
    found.attempted_at = at
    return Outgoing(
        delivery_id=found.id,
        webhook_id=row.id,
        url=row.url,
        event_id=found.event_id,
        body=found.body,
        secrets=good_secrets(row, at=at),
        tries=found.tries,
    )


def settle(outgoing: Outgoing, *, answer: Answer, at: datetime, chance: float) -> bool:
    """
    Store what came of a sending, and say whether the receiver has it. Journal: webhook.stopped, where it is given up.

    A receiver that answers 410, or that has only failed for days, is stopped. `chance` (0 to 1) spreads the retries.
    """
    row = session().get(Webhook, outgoing.webhook_id, with_for_update=True, populate_existing=True)
    found = session().get(WebhookDelivery, outgoing.delivery_id, populate_existing=True)
    if row is None or found is None:  # ended meanwhile
        return answer.is_success
    found.last_status, fault = answer.status, fault_of(answer)
    found.last_fault = None if fault is None else fault.value
    if answer.is_success:
        found.status, found.delivered_at = DeliveryStatus.DELIVERED.value, at
        row.succeeded_at, row.failing_since_at, row.failures, row.rest_until_at = at, None, 0, None
        return True
    due_at = next_try(outgoing.tries, answer=answer, at=at, chance=chance)
    found.try_at = due_at or found.try_at
    found.status = (DeliveryStatus.FAILED if due_at is None else DeliveryStatus.WAITING).value
    row.failing_since_at = row.failing_since_at or at
    row.failures += 1
    row.rest_until_at = rest_until(row.failures, answer=answer, at=at, chance=chance)
    if row.is_active and answer.status == GONE:
        stop_webhook(row, because=StopReason.GONE, at=at)
    elif row.is_active and is_given_up(row.failing_since_at, at=at):
        stop_webhook(row, because=StopReason.FAILING, at=at)
    return False


def leave_webhook(webhook_id: UUID, *, sender: str) -> None:
    """Give a receiver back."""
    row = _held(webhook_id, sender=sender)
    if row is not None:
        row.leased_by = row.leased_until_at = None


def forget_deliveries(*, before: datetime, dry_run: bool) -> int:
    """Delete what was to be sent before a time, whatever became of it (a dry run counts it); says how much."""
    old = WebhookDelivery.created_at < before
    if dry_run:
        return session().scalar(sa.select(sa.func.count()).select_from(WebhookDelivery).where(old)) or 0
    result: Any = session().execute(sa.delete(WebhookDelivery).where(old))
    return int(result.rowcount)


# what retention ends, by its class
ENDS: Final[Mapping[str, Callable[..., int]]] = {"deliveries": forget_deliveries}


def _held(webhook_id: UUID, *, sender: str) -> Webhook | None:
    query = sa.select(Webhook).where(Webhook.id == webhook_id, Webhook.leased_by == sender).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def _is_free(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Webhook.is_active.is_(True),
        sa.or_(Webhook.rest_until_at.is_(None), Webhook.rest_until_at <= at),
        sa.or_(Webhook.leased_until_at.is_(None), Webhook.leased_until_at <= at),
    )
