"""The processes that run jobs: who lives, and who was not seen for too long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.storage.current import session
from dispatch.storage.job_rows import Worker

if TYPE_CHECKING:
    from datetime import datetime

WORKER_LOST_AFTER = timedelta(seconds=20)
"""A worker that was not seen for so long is taken for lost, and what it ran goes back into the queue. One that
merely slept can do no harm: a flow that somebody else has taken up does not store anything."""


def see_worker(name: str, *, at: datetime) -> None:
    """Write that a worker lives."""
    row = session().get(Worker, name, with_for_update=True)
    if row is None:
        session().add(Worker(name=name, started_at=at, seen_at=at))
    else:
        row.seen_at = at


def forget_worker(name: str, *, unseen_since: datetime | None = None) -> None:
    """Take a worker off the list: one that ends, or (`unseen_since`) one that was not seen since."""
    gone = sa.delete(Worker).where(Worker.name == name)
    session().execute(gone if unseen_since is None else gone.where(Worker.seen_at < unseen_since))


def find_gone_workers(*, unseen_since: datetime) -> list[str]:
    """Find workers that did not end in order and were not seen since."""
    return list(session().scalars(sa.select(Worker.name).where(Worker.seen_at < unseen_since).order_by(Worker.name)))


def count_workers(*, seen_since: datetime) -> int:
    """Count the workers that were seen since."""
    return session().scalar(sa.select(sa.func.count()).where(Worker.seen_at >= seen_since)) or 0
