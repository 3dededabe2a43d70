"""Reads of notices, wishes and short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.notices.models import FeedPlace, MessageWish, Notice, NoticeCounter, ShortText
from dispatch.notices.values import TextStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID


def find_told(entry_seq: int) -> frozenset[UUID]:
    """Find the accounts that were told of an entry already."""
    return frozenset(session().scalars(sa.select(Notice.account_id).where(Notice.entry_seq == entry_seq)))


def find_notices(
    account_id: UUID, *, after_no: int, limit: int, elder_ids: Collection[UUID] | None
) -> Sequence[Notice]:
    """Find the next notices of an account, oldest first; `elder_ids` are those it may still be told of, None: all."""
    query = sa.select(Notice).where(Notice.account_id == account_id, Notice.no > after_no, _of(elder_ids))
    return session().scalars(query.order_by(Notice.no).limit(limit)).all()


def find_newest_no(account_id: UUID) -> int:
    """Find the number of an account's newest notice; 0 where it has none."""
    return session().scalar(sa.select(sa.func.max(Notice.no)).where(Notice.account_id == account_id)) or 0


def find_seen_no(account_id: UUID) -> int:
    """Find up to which number an account has seen its feed."""
    return session().scalar(sa.select(FeedPlace.seen_no).where(FeedPlace.account_id == account_id)) or 0


def count_unseen(account_id: UUID, *, seen_no: int, most: int, elder_ids: Collection[UUID] | None) -> int:
    """Count the notices of an account behind a number, up to a most; `elder_ids` as for finding them."""
    wanted = (Notice.account_id == account_id, Notice.no > seen_no, _of(elder_ids))
    some = sa.select(Notice.no).where(*wanted).limit(most).subquery()
    return session().scalar(sa.select(sa.func.count()).select_from(some)) or 0


def find_dropped_no() -> int:
    """Find up to which number notices went because their time was over."""
    return session().scalar(sa.select(NoticeCounter.dropped_no)) or 0


def find_wishes(account_ids: Collection[UUID]) -> dict[UUID, MessageWish]:
    """Find what accounts want of short texts; those that never said are left out."""
    rows = session().scalars(sa.select(MessageWish).where(MessageWish.id.in_(sorted(account_ids))))
    return {row.id: row for row in rows}


def find_due_texts(*, at: datetime, limit: int) -> list[UUID]:
    """Find the short texts that are to be sent now, the longest due first."""
    query = sa.select(ShortText.id).where(
        ShortText.status.in_((TextStatus.QUEUED, TextStatus.SENDING)), ShortText.try_at <= at
    )
    return list(session().scalars(query.order_by(ShortText.try_at, ShortText.id).limit(limit)))


def lock_text(text_id: UUID, *, skips: bool = False) -> ShortText | None:
    """Load one short text for a change; None where there is none, or (`skips`) somebody else has it."""
    query = sa.select(ShortText).where(ShortText.id == text_id).with_for_update(skip_locked=skips)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def in_areas(prefixes: Collection[str]) -> sa.ColumnElement[bool]:
    """Select the short texts of areas whose codes begin with one of the prefixes; "" is everywhere."""
    if "" in prefixes:
        return sa.true()
    return sa.or_(sa.false(), *(ShortText.area_code.startswith(one, autoescape=True) for one in prefixes))


def find_texts(
    condition: sa.ColumnElement[bool], *, status: TextStatus | None, before: UUID | None, limit: int
) -> Sequence[ShortText]:
    """Find short texts, the newest first."""
    query = sa.select(ShortText).where(condition)
    if status is not None:
        query = query.where(ShortText.status == status)
    if before is not None:
        query = query.where(ShortText.id < before)
    return session().scalars(query.order_by(ShortText.id.desc()).limit(limit)).all()


def count_texts(condition: sa.ColumnElement[bool]) -> dict[TextStatus, int]:
    """Count short texts by state; every state is there."""
    rows = session().execute(sa.select(ShortText.status, sa.func.count()).where(condition).group_by(ShortText.status))
    found = dict(rows.all())
    return {status: found.get(status, 0) for status in TextStatus}


def _of(elder_ids: Collection[UUID] | None) -> sa.ColumnElement[bool]:
    return sa.true() if elder_ids is None else Notice.elder_id.in_(sorted(elder_ids))
