"""The feeds there are, and who may read which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import accounts, carers
from dispatch.actor import Role
from dispatch.calendars.models import CalendarFeed
from dispatch.calendars.values import FeedCard, FeedKind
from dispatch.errors import NotFoundError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor


class CalendarNotFoundError(NotFoundError):
    """There is no such feed: never made, revoked, or whoever had it made may not see these days any more."""

    slug = "calendar-not-found"
    title = Words("没有这个日历，或已经失效", "No such calendar, or it has ended")


def find_feeds(account_id: UUID) -> list[FeedCard]:
    """List the feeds of an account, the oldest first."""
    rows = session().scalars(
        sa.select(CalendarFeed).where(CalendarFeed.account_id == account_id).order_by(CalendarFeed.id)
    )
    return [show(row) for row in rows]


def find_feed(token_index: bytes, *, on: date) -> tuple[CalendarFeed, Actor]:
    """Find a feed by its secret address, with whoever had it made as they stand on a date; CalendarNotFoundError."""
    row = session().scalar(sa.select(CalendarFeed).where(CalendarFeed.token_index == token_index))
    actor = accounts.find_actor(row.account_id, on=on) if row else None
    if row is None or actor is None or not may_read(actor, kind=FeedKind(row.kind), elder_id=row.elder_id):
        raise CalendarNotFoundError
    return row, actor


def may_read(actor: Actor, *, kind: FeedKind, elder_id: UUID | None) -> bool:
    """Say whether an account may read such a feed today: an active carer the own visits, a relative the elder's."""
    if kind is FeedKind.ELDER:
        return elder_id is not None and elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY)
    is_carer = actor.has_role(Role.CARER, Role.COMMUNITY_WORKER)
    return is_carer and actor.account_id is not None and carers.find_carer_id(actor.account_id) is not None


def show(row: CalendarFeed, *, token: str | None = None) -> FeedCard:
    """Give a row as its owner sees it."""
    return FeedCard(row.id, FeedKind(row.kind), row.elder_id, row.created_at, token)
