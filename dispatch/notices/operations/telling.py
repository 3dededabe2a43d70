"""Turning an entry of the journal into notices and short texts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates
from dispatch.notices.models import THE_ONE, Notice, NoticeCounter
from dispatch.notices.operations.gathering import find_accounts, find_scene
from dispatch.notices.operations.texting import queue_texts
from dispatch.notices.queries import find_told
from dispatch.notices.rules.audiences import TEXTED, TOLD
from dispatch.storage import savepoint, session

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dispatch.journal import Entry


KEPT = timedelta(days=180)  # proposed; older entries are not told any more: what was told of them is gone, too
TEXTS_WITHIN = timedelta(hours=12)  # whoever begins to follow an old journal wakes nobody with last year's news


def tell(entry: Entry, *, at: datetime, zone: ZoneInfo, sends_texts: bool = True) -> int:
    """
    Tell whoever is to know of an entry, each account once; gives how many were told now.

    Who that is is decided by the grants of this moment. Short texts are put into the outbox in the same transaction,
    unless there is nobody to send them (`sends_texts`).
    """
    told, texted = TOLD.get(entry.kind, frozenset()), TEXTED.get(entry.kind, ())
    if at - entry.at > KEPT:
        return 0
    on = dates.service_date(at, zone)
    scene = find_scene(entry, on=on) if told or texted else None
    if scene is None:
        return 0
    audiences = told | {audience for audience, _ in texted}
    accounts = find_accounts(audiences, scene=scene, on=on)
    wanted = frozenset().union(*(accounts[each] for each in told)) if told else frozenset()
    news = sorted(wanted - find_told(entry.cursor.seq))
    if news:
        last_no = _take_numbers(len(news))
        session().add_all(
            Notice(
                no=last_no - len(news) + place,
                account_id=account_id,
                entry_seq=entry.cursor.seq,
                kind=entry.kind,
                at=entry.at,
                told_at=at,
                elder_id=scene.elder_id,
                care_request_id=scene.care_request_id,
                visit_id=scene.visit_id,
                service_code=scene.service_code,
                starts_at=scene.starts_at,
                task_kind=entry.facts.get("task_kind"),
            )
            for place, account_id in enumerate(news, start=1)
        )
    if sends_texts and at - entry.at <= TEXTS_WITHIN:
        for audience, template in texted:
            queue_texts(
                entry, template=template, audience=audience, accounts=accounts[audience], scene=scene, at=at, zone=zone
            )
    return len(news)


def _take_numbers(count: int) -> int:
    """Take the next numbers, and hold the counter until the commit; the last of them comes back."""
    row = _counter()
    if row is None:
        try:
            with savepoint():
                session().add(NoticeCounter(name=THE_ONE, last_no=0, dropped_no=0))
                session().flush()  # of two that begin at once, one is refused here
        except sa.exc.IntegrityError:
            pass
        row = _counter()
    if row is None:  # the other one is not committed yet
        raise RuntimeError("the counter of notices is being made")
    row.last_no += count
    session().flush()  # the row is held from here on, on both engines
    return row.last_no


def _counter() -> NoticeCounter | None:
    query = sa.select(NoticeCounter).where(NoticeCounter.name == THE_ONE).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()
