"""Reading the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.actor import Role
from dispatch.journal.models import AccessLog, Follower, JournalEntry
from dispatch.journal.values import START, AccessLine, AccessPurpose, Cursor, Entry, News, Reader
from dispatch.storage import UtcDateTime, session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

SUBJECTS_AT_ONCE = 500


def find_entries(subject_id: UUID | str) -> list[Entry]:
    """Find all entries about one subject, oldest first."""
    rows = session().scalars(
        sa.select(JournalEntry).where(JournalEntry.subject_id == str(subject_id)).order_by(JournalEntry.seq)
    )
    return [_entry(row) for row in rows]


def find_entries_since(
    from_at: datetime, *, kinds: Collection[str], after_seq: int = 0, limit: int = 500
) -> list[Entry]:
    """Find entries of some kinds from an instant on, in the order of their numbers, from behind a number on."""
    query = sa.select(JournalEntry).where(
        JournalEntry.at >= from_at, JournalEntry.kind.in_(sorted(kinds)), JournalEntry.seq > after_seq
    )
    return [_entry(row) for row in session().scalars(query.order_by(JournalEntry.seq).limit(limit))]


def find_latest_at(subject_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Find when the last thing happened to each of these subjects; those of whom nothing is told are left out."""
    by_text = {str(each): each for each in subject_ids}
    wanted = sorted(by_text)
    found: dict[UUID, datetime] = {}
    for first in range(0, len(wanted), SUBJECTS_AT_ONCE):
        rows = session().execute(
            sa.select(JournalEntry.subject_id, sa.func.max(JournalEntry.at, type_=UtcDateTime()))
            .where(JournalEntry.subject_id.in_(wanted[first : first + SUBJECTS_AT_ONCE]))
            .group_by(JournalEntry.subject_id)
        )
        found |= {by_text[subject]: at for subject, at in rows}
    return found


def read_since(cursor: Cursor, *, limit: int = 500) -> list[Entry]:
    """
    Read on from a place in the journal, in an order that misses nothing.

    On PostgreSQL entries of transactions still under way, and of all that began after the oldest of
    them, are held back until it has ended.
    """
    current = session()
    query = sa.select(JournalEntry).where(
        sa.tuple_(JournalEntry.transaction_no, JournalEntry.seq) > sa.tuple_(*(sa.literal(part) for part in cursor))
    )
    if current.get_bind().dialect.name == "postgresql":
        query = query.where(JournalEntry.transaction_no < _horizon())
    rows = current.scalars(query.order_by(JournalEntry.transaction_no, JournalEntry.seq).limit(limit))
    return [_entry(row) for row in rows]


def find_place(follower: str) -> Cursor:
    """Find how far a follower of the journal has come; START where it has not begun."""
    row = session().execute(sa.select(Follower.transaction_no, Follower.seq).where(Follower.name == follower)).first()
    return START if row is None else Cursor(*row)


def find_entry(seq: int) -> Entry | None:
    """Find one entry by its number."""
    row = session().get(JournalEntry, seq)
    return None if row is None else _entry(row)


def find_news(cursor: Cursor, *, limit: int) -> list[News]:
    """
    Read what stands at a place in the journal and behind it, by kind: whether anything happened since.

    Unlike `read_since` it gives every entry that is there to be seen, those of transactions that began after one
    still under way too; so it is no place to read on from, and one entry may be given again.
    """
    rows = session().execute(
        sa.select(JournalEntry.transaction_no, JournalEntry.seq, JournalEntry.kind, JournalEntry.at)
        .where(
            sa.tuple_(JournalEntry.transaction_no, JournalEntry.seq) >= sa.tuple_(*(sa.literal(one) for one in cursor))
        )
        .order_by(JournalEntry.transaction_no, JournalEntry.seq)
        .limit(limit)
    )
    return [News(Cursor(transaction_no, seq), kind, at) for transaction_no, seq, kind, at in rows]


def find_end() -> Cursor:
    """Find the last place in the journal before which no entry will appear any more; START where there is none."""
    query = sa.select(JournalEntry.transaction_no, JournalEntry.seq)
    if session().get_bind().dialect.name == "postgresql":
        query = query.where(JournalEntry.transaction_no < _horizon())
    row = (
        session().execute(query.order_by(JournalEntry.transaction_no.desc(), JournalEntry.seq.desc()).limit(1)).first()
    )
    return START if row is None else Cursor(*row)


def find_access_lines(
    elder_id: UUID, *, also: Iterable[UUID] = (), after: int = 0, limit: int | None = None
) -> list[AccessLine]:
    """Find who looked at an elder's record, and at `also` ones of the same person, oldest first, from behind a line."""
    query = sa.select(AccessLog).where(AccessLog.elder_id.in_([elder_id, *also]), AccessLog.line_no > after)
    rows = session().scalars(query.order_by(AccessLog.line_no).limit(limit))
    return [
        AccessLine(
            line_no=row.line_no,
            at=row.at,
            account_id=row.account_id,
            elder_id=row.elder_id,
            purpose=AccessPurpose(row.purpose),
            route=row.route,
            reader=Reader(Role(row.role) if row.role else None, row.area_code, row.organization_id),
        )
        for row in rows
    ]


def _horizon() -> sa.ColumnElement[int]:
    """Give PostgreSQL's oldest transaction that is still under way."""
    return sa.cast(sa.cast(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()), sa.Text), sa.BigInteger)


def _entry(row: JournalEntry) -> Entry:
    return Entry(
        cursor=Cursor(row.transaction_no, row.seq),
        kind=row.kind,
        at=row.at,
        actor_id=row.actor_id,
        subject_id=row.subject_id,
        reason=row.reason,
        facts=row.facts,
    )
