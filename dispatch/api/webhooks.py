"""Webhooks: receivers that are told what happens, what was sent to them, and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify

from dispatch import clock, storage, webhooks
from dispatch.api.access import actor, open_to, settings
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import PageQuery, encode_cursor, next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.webhooks import (
    DeliveriesSchema,
    DeliveryQuery,
    DeliverySchema,
    ReplayedSchema,
    ReplayQuery,
    WebhookChangeSchema,
    WebhookKindsSchema,
    WebhookSchema,
    WebhooksSchema,
    WebhookWishSchema,
    WebhookWithSecretSchema,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("webhooks", __name__, url_prefix="/v1", description="Receivers outside that are told what happens")


@bp.get("/webhooks/kinds")
@open_to(*webhooks.OWNERS)
@conditional
@bp.response(200, WebhookKindsSchema)
def list_kinds() -> dict[str, Any]:
    """List the kinds of events that can be subscribed to; more may come, none is renamed."""
    return {"items": list(webhooks.KINDS)}


@bp.get("/webhooks")
@open_to(*webhooks.OWNERS)
@bp.arguments(PageQuery, location="query")
@bp.response(200, WebhooksSchema)
def list_webhooks(query: dict[str, Any]) -> dict[str, Any]:
    """List the webhooks of one's areas or organizations, and which of them were stopped."""
    with storage.reading():
        found = webhooks.find_webhooks(actor(), skip=place_of(query), limit=query["limit"] + 1)
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.post("/webhooks")
@open_to(*webhooks.OWNERS)
@bp.arguments(WebhookWishSchema)
@bp.doc(parameters=[HEADER_DOC])
@bp.response(201, WebhookWithSecretSchema)
def create_webhook(wish: webhooks.WebhookWish) -> ResponseReturnValue:
    """Make a webhook; the answer shows its secret this once, and a repetition of the call does not."""
    webhooks.check_url(wish.url, policy=_policy())
    secret: list[str | None] = []

    def make() -> webhooks.WebhookCard:
        made = webhooks.subscribe(wish, actor=actor(), at=clock.utc_now())
        secret.append(made.secret)
        return made

    with storage.transaction():
        reply, status = once(make, schema=WebhookSchema(), status=201)  # what is kept to be repeated has no secret
    answer = jsonify(reply | {"secret": secret[0] if secret else None})
    answer.headers["ETag"] = f'"v{reply["version"]}"'
    return answer, status


@bp.get("/webhooks/<uuid:webhook_id>")
@open_to(*webhooks.OWNERS)
@bp.response(200, WebhookSchema)
def get_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Look at a webhook: how its receiver does, and how much waits."""
    with storage.reading():
        found = webhooks.get_webhook(webhook_id, actor=actor())
    return with_version(found, found.version)


@bp.patch("/webhooks/<uuid:webhook_id>")
@open_to(*webhooks.OWNERS)
@bp.arguments(WebhookChangeSchema)
@bp.response(200, WebhookSchema)
def change_webhook(change: webhooks.WebhookChange, webhook_id: UUID) -> ResponseReturnValue:
    """Change a webhook, switch it off, or on again after it was stopped."""
    version = version_wanted()
    if change.url is not None:
        webhooks.check_url(change.url, policy=_policy())
    with storage.transaction():
        made = webhooks.change_webhook(webhook_id, change=change, version=version, actor=actor(), at=clock.utc_now())
    return with_version(made, made.version)


@bp.delete("/webhooks/<uuid:webhook_id>")
@open_to(*webhooks.OWNERS)
@bp.response(204)
def delete_webhook(webhook_id: UUID) -> None:
    """End a webhook; its secrets and its list of deliveries are deleted."""
    with storage.transaction():
        webhooks.unsubscribe(webhook_id, actor=actor(), at=clock.utc_now())


@bp.post("/webhooks/<uuid:webhook_id>/secret")
@open_to(*webhooks.OWNERS)
@bp.response(201, WebhookWithSecretSchema)
def rotate_secret(webhook_id: UUID) -> ResponseReturnValue:
    """Give a new secret, shown this once; for a day the one before signs too."""
    with storage.transaction():
        made = webhooks.rotate_secret(webhook_id, actor=actor(), at=clock.utc_now())
    return with_version(made, made.version, 201)


@bp.get("/webhooks/<uuid:webhook_id>/deliveries")
@open_to(*webhooks.OWNERS)
@bp.arguments(DeliveryQuery, location="query")
@bp.response(200, DeliveriesSchema)
def list_deliveries(query: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """List what was to be sent, the newest first, with status and tries."""
    place, limit = query["cursor"], query["limit"]
    with storage.reading():
        found = webhooks.find_deliveries(
            webhook_id,
            actor=actor(),
            status=query["status"],
            before=UUID(str(place[0])) if place else None,
            limit=limit + 1,
        )
    following = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return {"items": found[:limit], "next_cursor": following}


@bp.post("/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay")
@open_to(*webhooks.OWNERS)
@bp.response(202, DeliverySchema)
def replay_delivery(webhook_id: UUID, delivery_id: UUID) -> webhooks.DeliveryCard:
    """Have one event sent again at once, under the same id."""
    with storage.transaction():
        return webhooks.replay_delivery(webhook_id, delivery_id=delivery_id, actor=actor(), at=clock.utc_now())


@bp.post("/webhooks/<uuid:webhook_id>/replay")
@open_to(*webhooks.OWNERS)
@bp.arguments(ReplayQuery, location="query")
@bp.response(202, ReplayedSchema)
def replay(query: dict[str, Any], webhook_id: UUID) -> webhooks.Replayed:
    """Have all events since an instant sent again, and those that a stopped webhook missed."""
    with storage.transaction():
        return webhooks.replay_since(
            webhook_id,
            from_at=query["from_at"],
            after_seq=query["after"],
            actor=actor(),
            at=clock.utc_now(),
            zone=settings().time_zone,
        )


@bp.post("/webhooks/<uuid:webhook_id>/ping")
@open_to(*webhooks.OWNERS)
@bp.response(202, DeliverySchema)
def ping(webhook_id: UUID) -> webhooks.DeliveryCard:
    """Have a webhook.pinged sent, to try the receiver; it stands in the list of deliveries."""
    with storage.transaction():
        return webhooks.ping(webhook_id, actor=actor(), at=clock.utc_now())


def _policy() -> webhooks.CallingPolicy:
    return webhooks.CallingPolicy(settings().webhook_inside, settings().webhook_http)
