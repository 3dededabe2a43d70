"""Making, changing and ending subscriptions, and new secrets."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from dispatch import journal
from dispatch.areas import get_area
from dispatch.errors import ConflictError, InvalidError, NotAllowedError
from dispatch.storage import Place, check_version, new_id, seal, session, unseal
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.queries import count_webhooks, load_webhook, may_listen, scope_of, show, write_scope
from dispatch.webhooks.rules.signing import SECRET_BYTES, write_secret
from dispatch.webhooks.rules.telling import find_unknown_kinds
from dispatch.webhooks.values import StopReason
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.webhooks.values import WebhookCard, WebhookChange, WebhookWish

TABLE: Final = "webhook"
OLD_SECRET_KEPT: Final = timedelta(hours=24)  # P: so long both secrets sign
MOST_IN_SCOPE: Final = 20  # P: subscriptions of one area or organization


class InvalidWebhookError(InvalidError):
    """A subscription cannot be as it is asked for."""

    slug = "invalid-webhook"
    title = Words("订阅填写有误", "The webhook is not valid")


class WebhookScopeError(NotAllowedError):
    """Somebody wants to be told what others see."""

    slug = "webhook-scope"
    title = Words("不能订阅这个范围", "This scope is not yours")
    detail = Words(
        "区县负责人和管理员订阅自己的辖区，机构调度员订阅自己的机构；要更大的范围，请上级建立订阅。",
        "Officers and administrators subscribe to their own area, coordinators to their own organization. For more, "
        "ask whoever answers for it to make the webhook.",
    )


class TooManyWebhooksError(ConflictError):
    """An area or organization has as many as it may have."""

    slug = "too-many-webhooks"
    title = Words("订阅已满", "There are too many webhooks")
    detail = Words(
        "一个辖区或机构最多 {most} 个订阅；由负责人删掉不用的。",
        "An area or organization has at most {most} webhooks; whoever answers for it deletes those not used.",
    )


def subscribe(wish: WebhookWish, *, actor: Actor, at: datetime) -> WebhookCard:
    """
    Make a subscription; its secret is given this once. The URL was judged before. Journal: webhook.created.

    Raises
    ------
    WebhookScopeError, InvalidWebhookError, TooManyWebhooksError, areas.AreaNotFoundError

    """
    _check_kinds(wish.kinds)
    if actor.account_id is None or not may_listen(actor, scope=wish.scope):
        raise WebhookScopeError
    if wish.scope.area_code is not None:
        get_area(wish.scope.area_code)
    if count_webhooks(wish.scope) >= MOST_IN_SCOPE:
        raise TooManyWebhooksError(most=MOST_IN_SCOPE)
    kind, ref = write_scope(wish.scope)
    secret, webhook_id = _new_secret(), new_id()
    row = Webhook(
        id=webhook_id,
        scope_kind=kind,
        scope_ref=ref,
        url=wish.url,
        kinds=list(wish.kinds),
        description=wish.description,
        is_active=True,
        owner_id=actor.account_id,
        secret_sealed=seal(secret, place=Place(TABLE, "secret", webhook_id)),
        created_at=at,
        version=1,
        failures=0,
    )
    session().add(row)
    session().flush()  # the journal names it
    _tell("webhook.created", row=row, actor=actor, at=at, kinds=list(wish.kinds), scope_kind=kind, scope_ref=ref)
    return show(row, secret=secret)


def change_webhook(webhook_id: UUID, *, change: WebhookChange, version: int, actor: Actor, at: datetime) -> WebhookCard:
    """
    Change a subscription; who switches it on again answers for it from then on. Journal: webhook.changed.

    Raises
    ------
    WebhookNotFoundError, storage.StaleVersionError, InvalidWebhookError, WebhookScopeError

    """
    row = load_webhook(webhook_id, actor=actor, is_locked=True)
    check_version(row.version, expected=version)
    _check_kinds(change.kinds or tuple(row.kinds))
    row.url = change.url or row.url
    row.kinds = list(change.kinds or row.kinds)
    row.description = row.description if change.description is None else change.description
    if change.is_active is False and row.is_active:
        stop(row, because=StopReason.SWITCHED_OFF)
    elif change.is_active or (change.url and row.is_active):
        _start(row, actor=actor)
    row.version += 1
    _tell("webhook.changed", row=row, actor=actor, at=at, kinds=list(row.kinds), is_active=row.is_active)
    return show(row)


def rotate_secret(webhook_id: UUID, *, actor: Actor, at: datetime) -> WebhookCard:
    """
    Give a new secret, this once; the one before signs beside it for a day. Journal: webhook.secret_rotated.

    Raises WebhookNotFoundError.
    """
    row = load_webhook(webhook_id, actor=actor, is_locked=True)
    before = unseal(row.secret_sealed, place=Place(TABLE, "secret", row.id))
    secret = _new_secret()
    row.old_secret_sealed = seal(before, place=Place(TABLE, "old_secret", row.id))
    row.old_secret_until_at = at + OLD_SECRET_KEPT
    row.secret_sealed = seal(secret, place=Place(TABLE, "secret", row.id))
    row.version += 1
    _tell("webhook.secret_rotated", row=row, actor=actor, at=at)
    return show(row, secret=secret)


def unsubscribe(webhook_id: UUID, *, actor: Actor, at: datetime) -> None:
    """End a subscription: its secrets and deliveries go. Journal: webhook.deleted. Raises WebhookNotFoundError."""
    row = load_webhook(webhook_id, actor=actor, is_locked=True)
    session().execute(sa.delete(WebhookDelivery).where(WebhookDelivery.webhook_id == row.id))
    session().delete(row)
    _tell("webhook.deleted", row=row, actor=actor, at=at)


def stop(row: Webhook, *, because: StopReason) -> None:
    """Let nothing be sent any more until somebody switches it on again; what waits is kept."""
    row.is_active, row.stopped_because = False, because.value


def good_secrets(row: Webhook, *, at: datetime) -> tuple[str, ...]:
    """Open the secrets that sign at a time, the newest first."""
    found = [unseal(row.secret_sealed, place=Place(TABLE, "secret", row.id))]
    if row.old_secret_sealed is not None and row.old_secret_until_at is not None and at < row.old_secret_until_at:
        found.append(unseal(row.old_secret_sealed, place=Place(TABLE, "old_secret", row.id)))
    return tuple(found)


def _start(row: Webhook, *, actor: Actor) -> None:
    if actor.account_id is None or not may_listen(actor, scope=scope_of(row)):
        raise WebhookScopeError
    row.is_active, row.stopped_because, row.owner_id = True, None, actor.account_id
    row.failures, row.failing_since_at, row.rest_until_at = 0, None, None


def _check_kinds(kinds: tuple[str, ...]) -> None:
    unknown = find_unknown_kinds(kinds)
    if unknown or not kinds:
        raise InvalidWebhookError(
            fields={
                "kinds": [
                    Words(
                        "只能从公布的种类中选：GET /v1/webhooks/kinds。",
                        "Choose from the published kinds: GET /v1/webhooks/kinds.",
                    )
                ]
            }
        )


def _new_secret() -> str:
    return write_secret(secrets.token_bytes(SECRET_BYTES))


def _tell(kind: str, *, row: Webhook, actor: Actor, at: datetime, **facts: Any) -> None:  # noqa: ANN401 - kept as JSON
    journal.append(kind, actor=actor, at=at, subject_id=row.id, **facts)
