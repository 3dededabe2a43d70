"""Following the journal: each follower has a place, and reads on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.journal.models import Follower
from dispatch.journal.values import START, Cursor
from dispatch.storage import savepoint, session

if TYPE_CHECKING:
    from datetime import datetime


def take_place(follower: str, *, at: datetime) -> Cursor | None:
    """
    Give the place from which a follower reads on, held until the transaction ends; None where another worker holds it.

    A new follower begins at the first entry of all.
    """
    row = _find(follower)
    if row is None and session().get(Follower, follower) is None:
        try:
            with savepoint():
                session().add(Follower(name=follower, transaction_no=0, seq=0, moved_at=at))
                session().flush()  # of two workers that begin at once, one is refused here
        except sa.exc.IntegrityError:
            return None
        return START
    return None if row is None else Cursor(row.transaction_no, row.seq)


def keep_place(follower: str, *, cursor: Cursor, at: datetime) -> None:
    """Note how far a follower has come, in the transaction that holds the effects of what it read."""
    session().execute(
        sa.update(Follower)
        .where(Follower.name == follower)
        .values(transaction_no=cursor.transaction_no, seq=cursor.seq, moved_at=at)
    )


def _find(follower: str) -> Follower | None:
    query = sa.select(Follower).where(Follower.name == follower).with_for_update(skip_locked=True)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()
