"""Having a feed made, ending it, and reading it without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dispatch import journal
from dispatch.calendars.models import CalendarFeed
from dispatch.calendars.operations.gathering import gather_services, gather_visits
from dispatch.calendars.queries import CalendarNotFoundError, find_feed, may_read, show
from dispatch.calendars.tokens import make_token, read_token
from dispatch.calendars.values import FeedKind
from dispatch.dates import service_date
from dispatch.elders import ElderNotFoundError
from dispatch.errors import ConflictError, NotAllowedError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.calendars.values import Feed, FeedCard

MOST_FEEDS: Final = 20  # P: of one account


class CalendarNotYoursError(NotAllowedError):
    """Somebody who is no carer wants a carer's calendar."""

    slug = "calendar-not-yours"
    title = Words("这个账号不是在职的服务人员", "This account is no active carer's")
    detail = Words(
        "服务人员的日历只给在职人员本人；由机构调度员把账号登记到人员档案后再试。",
        "A carer's calendar is for the carer alone. The coordinator enters the account in the carer's record first.",
    )


class TooManyCalendarsError(ConflictError):
    """An account has as many feeds as it may have."""

    slug = "too-many-calendars"
    title = Words("日历地址已满", "There are too many calendars")
    detail = Words(
        "一个账号最多 {most} 个日历地址；由本人撤销不用的。",
        "An account has at most {most} calendar addresses; its owner revokes those not used.",
    )


def issue_feed(*, kind: FeedKind, elder_id: UUID | None, actor: Actor, at: datetime) -> FeedCard:
    """
    Make a secret address, given this once. Journal: calendar_feed.issued.

    Raises
    ------
    elders.ElderNotFoundError
        Where the account is not bound to the elder.
    CalendarNotYoursError, TooManyCalendarsError

    """
    if actor.account_id is None or not may_read(actor, kind=kind, elder_id=elder_id):
        raise ElderNotFoundError(elder_id=elder_id) if kind is FeedKind.ELDER else CalendarNotYoursError()
    own = CalendarFeed.account_id == actor.account_id
    if (session().scalar(sa.select(sa.func.count()).where(own)) or 0) >= MOST_FEEDS:
        raise TooManyCalendarsError(most=MOST_FEEDS)
    token = make_token()
    row = CalendarFeed(
        id=new_id(),
        account_id=actor.account_id,
        kind=kind.value,
        elder_id=elder_id if kind is FeedKind.ELDER else None,
        token_index=read_token(token),
        created_at=at,
    )
    session().add(row)
    facts = {"feed_kind": kind.value, "elder_id": None if row.elder_id is None else str(row.elder_id)}
    journal.append("calendar_feed.issued", actor=actor, at=at, subject_id=row.id, **facts)
    return show(row, token=token)


def revoke_feed(feed_id: UUID, *, actor: Actor, at: datetime) -> None:
    """End a feed of one's own at once. Journal: calendar_feed.revoked. Raises CalendarNotFoundError."""
    row = session().get(CalendarFeed, feed_id)
    if row is None or row.account_id != actor.account_id:
        raise CalendarNotFoundError
    session().delete(row)
    journal.append("calendar_feed.revoked", actor=actor, at=at, subject_id=row.id)


def read_feed(token: str, *, at: datetime, zone: ZoneInfo) -> tuple[Feed, Actor]:
    """
    Give what stands in a feed, with whoever had it made: the edge leaves the access lines of the elders in it.

    Rights are those of today: of a carer who has left and of a relative who is unbound there is no calendar.
    Raises CalendarNotFoundError.
    """
    index = read_token(token)
    if index is None:
        raise CalendarNotFoundError
    row, actor = find_feed(index, on=service_date(at, zone))
    if row.elder_id is not None:
        return gather_services(row.elder_id, at=at, zone=zone), actor
    return gather_visits(row.account_id, at=at), actor


def end_feeds(account_id: UUID, *, actor: Actor, at: datetime) -> int:
    """End all feeds of an account; gives how many. Journal: calendar_feed.revoked."""
    rows = session().scalars(sa.select(CalendarFeed).where(CalendarFeed.account_id == account_id)).all()
    for row in rows:
        session().delete(row)
        journal.append("calendar_feed.revoked", actor=actor, at=at, subject_id=row.id)
    return len(rows)
