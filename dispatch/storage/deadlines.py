"""
Deadlines: rows that say when something is due, and that fire once.

A deadline is set, moved and withdrawn in the transaction of the change that it belongs to. A sweep takes what is due,
one by one; a deadline is marked as fired in the transaction that holds its effect, so that it fires once or, where
that fails, again later. One that has fired stays fired, unless it is set again on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage.columns import Base, UtcDateTime, new_id
from dispatch.storage.current import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_DELAY = timedelta(hours=1)  # between two tries
CHUNK = 5_000  # keys in one IN list; SQLite takes 32,766 variables
WAITS = sa.text("fired_at IS NULL AND withdrawn_at IS NULL")


class Deadline(Base):
    """Something that is due at a time, unless it is withdrawn before."""

    __tablename__ = "deadline"
    __table_args__ = (
        sa.UniqueConstraint("kind", "key"),
        sa.Index("ix_deadline_waiting", "try_at", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    key: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)  # `due_at`, or later where it failed
    tries: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline that fires: of which kind, about what, and since when it is due."""

    id: UUID
    kind: str
    key: str
    due_at: datetime


def set_deadline(kind: str, *, key: str, due_at: datetime, at: datetime, again: bool = False) -> None:
    """
    Have something done at a time, or move it to another; what has fired stays fired, unless it is wanted again.

    Parameters
    ----------
    kind : str
        What is to be done; `jobs` knows how.
    key : str
        About what: an id. There is one deadline for a kind and key.
    due_at, at
        When it is due, and the present time.
    again : bool
        Where it has fired, let it fire once more. In the transaction in which it fires: later, once this has ended.

    """
    row = _find(kind, key)
    if row is None:
        session().add(Deadline(kind=kind, key=key, due_at=due_at, try_at=due_at, tries=0, set_at=at))
    elif row.fired_at is None or again:
        row.due_at = row.try_at = due_at
        row.fired_at = row.withdrawn_at = None
        row.tries = 0


def set_deadlines(kind: str, *, due: Mapping[str, datetime], at: datetime) -> None:
    """Have many things of one kind done, each key at its time, as `set_deadline` does, with one look for all."""
    known = {row.key: row for row in _find_all(kind, due)}
    for key, due_at in sorted(due.items()):
        row = known.get(key)
        if row is None:
            session().add(Deadline(kind=kind, key=key, due_at=due_at, try_at=due_at, tries=0, set_at=at))
        elif row.fired_at is None:
            row.due_at = row.try_at = due_at
            row.withdrawn_at = None
            row.tries = 0


def withdraw_deadlines(kind: str, *, keys: Iterable[str], at: datetime) -> None:
    """Let many things of one kind not be due any more, as `withdraw_deadline` does, with one look for all."""
    for row in _find_all(kind, keys):
        if row.fired_at is None:
            row.withdrawn_at = row.withdrawn_at or at


def withdraw_deadline(kind: str, *, key: str, at: datetime) -> None:
    """Let something not be due any more; does nothing where it has fired or was never set."""
    row = _find(kind, key)
    if row is not None and row.fired_at is None:
        row.withdrawn_at = row.withdrawn_at or at


def find_due_deadlines(*, at: datetime, limit: int) -> list[DeadlineView]:
    """Find what is due, the longest due first."""
    query = sa.select(Deadline.id, Deadline.kind, Deadline.key, Deadline.due_at).where(*_is_due(at))
    return [DeadlineView(*row) for row in session().execute(query.order_by(Deadline.try_at).limit(limit))]


def is_due(deadline_id: UUID, *, at: datetime) -> bool:
    """Say whether a deadline is due and has not fired."""
    return session().scalar(sa.select(Deadline.id).where(Deadline.id == deadline_id, *_is_due(at))) is not None


def take_deadline(deadline_id: UUID, *, at: datetime) -> DeadlineView | None:
    """
    Take a deadline to fire it in the present transaction; None where somebody else has it or it is no longer due.

    It counts as fired once the transaction is committed.
    """
    query = sa.select(Deadline).where(Deadline.id == deadline_id, *_is_due(at)).with_for_update(skip_locked=True)
    row = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    row.fired_at = at
    return DeadlineView(id=row.id, kind=row.kind, key=row.key, due_at=row.due_at)


def postpone_deadline(deadline_id: UUID, *, at: datetime) -> None:
    """Try a deadline again later that could not be fired: after 2, 4, 8 … seconds, at most an hour."""
    query = sa.select(Deadline).where(Deadline.id == deadline_id, *_is_due(at)).with_for_update()
    row = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is not None:
        row.tries += 1
        row.try_at = at + min(timedelta(seconds=2 ** min(row.tries, 12)), LONGEST_DELAY)


def oldest_deadline_at(*, at: datetime) -> datetime | None:
    """Say since when the oldest deadline is due that has not fired; None where none is due."""
    return session().scalar(sa.select(sa.func.min(Deadline.due_at)).where(*_is_open(), Deadline.due_at <= at))


def _find(kind: str, key: str) -> Deadline | None:
    query = sa.select(Deadline).where(Deadline.kind == kind, Deadline.key == key).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def _find_all(kind: str, keys: Iterable[str]) -> list[Deadline]:
    wanted, found = sorted(set(keys)), list[Deadline]()
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(Deadline).where(Deadline.kind == kind, Deadline.key.in_(wanted[start : start + CHUNK]))
        held = query.order_by(Deadline.key).with_for_update().execution_options(populate_existing=True)
        found += session().scalars(held)
    return found


def _is_open() -> tuple[sa.ColumnElement[bool], ...]:
    return Deadline.fired_at.is_(None), Deadline.withdrawn_at.is_(None)


def _is_due(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_is_open(), Deadline.try_at <= at)
