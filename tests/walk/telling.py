"""Webhooks and calendar addresses of the world, for the walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import clock, storage
from dispatch.actor import Role
from dispatch.calendars.models import CalendarFeed
from dispatch.webhooks.models import Webhook, WebhookDelivery
from dispatch.webhooks.operations.planning import new_delivery

if TYPE_CHECKING:
    from uuid import UUID

    from tests.walk.world import Caller, Known, World

RECEIVER = "http://127.0.0.1:9999/hook"  # is judged and not called


def hook_of(world: World, known: Known) -> UUID:
    """Give a webhook of a side's district; made when it is first asked for."""
    wanted = {"scope_kind": "area", "scope_ref": world.district(known)}
    with storage.transaction() as session:
        row = session.scalars(sa.select(Webhook).filter_by(**wanted)).first()
        if row is None:
            hook_id = storage.new_id()
            row = Webhook(
                id=hook_id,
                **wanted,
                url=f"{RECEIVER}/{known.side}",
                kinds=["visit.*"],
                description="",
                is_active=True,
                owner_id=world.sides[known.side]["worker_account"],
                secret_sealed=storage.seal("whsec_AAAA", place=storage.Place("webhook", "secret", hook_id)),
                created_at=clock.utc_now(),
            )
            session.add(row)
            session.flush()
        return row.id


def delivery_of(hook_id: UUID) -> UUID:
    """Give something that is to be sent to a webhook."""
    with storage.transaction() as session:
        row = session.scalars(sa.select(WebhookDelivery).filter_by(webhook_id=hook_id)).first()
        if row is None:
            row = new_delivery(hook_id, seq=None, name="ping_1", kind="p", body="{}", at=clock.utc_now())
            session.add(row)
            session.flush()
        return row.id


def feed_of(caller: Caller | None) -> UUID:
    """Give a calendar address of the caller's own."""
    if caller is None:
        return storage.new_id()
    with storage.transaction() as session:
        row = session.scalars(sa.select(CalendarFeed).filter_by(account_id=caller.account_id)).first()
        if row is None:
            row = CalendarFeed(
                account_id=caller.account_id,
                kind="carer",
                token_index=caller.account_id.bytes,
                created_at=clock.utc_now(),
            )
            session.add(row)
            session.flush()
        return row.id


def calendar_body(_: World, known: Known | None, caller: Caller | None) -> dict[str, str]:
    """Ask for the own visits, or for an elder."""
    if known is not None and known.name == "tied_here" and caller is not None and caller.carer_id:
        return {"kind": "carer"}
    return {"kind": "elder", "elder_id": str(known.elder_id if known else storage.new_id())}


def hook_body(world: World, known: Known | None, caller: Caller | None) -> dict[str, object]:
    """Ask for the events of the area or the organization of a side."""
    side = world.sides[known.side] if known else {}
    if caller is not None and caller.role is Role.COORDINATOR:
        return {"url": RECEIVER, "organization_id": str(side.get("organization_id", storage.new_id()))}
    return {"url": RECEIVER, "area_code": world.district(known) if known else "129998"}
