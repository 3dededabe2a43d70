"""Firing what is due: each deadline in a transaction of its own, together with its effect."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import clock, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.jobs.following import REACTION, react_again

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dispatch.storage import DeadlineView

    Firing = Callable[[DeadlineView, datetime], None]

TAKEN_AT_ONCE = 200
logger = logging.getLogger(__name__)


def expire_upload(deadline: DeadlineView, at: datetime) -> None:
    """Delete a file that was sent in and whose job did not end within a day. Journal: upload.expired."""
    storage.drop_upload(UUID(deadline.key), at=at)
    journal.append("upload.expired", actor=SYSTEM, at=at, subject_id=deadline.key)


def miss_visit(deadline: DeadlineView, at: datetime) -> None:
    """Mark a visit as missed of which no log has come a day after its window."""
    visits.miss_visit(UUID(deadline.key), at=at)


FIRINGS: Mapping[str, Firing] = {
    storage.UPLOAD_EXPIRY: expire_upload,
    visits.MISSED: miss_visit,
    REACTION: react_again,
}


def fire_due(firings: Mapping[str, Firing] = FIRINGS) -> int:
    """
    Fire what is due now; gives how many fired.

    Any number of workers may do so at the same time. One that fails is tried again later, and keeps none of the
    others waiting.
    """
    with storage.reading():
        due = storage.find_due_deadlines(at=clock.utc_now(), limit=TAKEN_AT_ONCE)
    return sum(_fire(deadline_id, firings=firings) for deadline_id in due)


def _fire(deadline_id: UUID, *, firings: Mapping[str, Firing]) -> bool:
    now = clock.utc_now()
    try:
        with storage.transaction():
            deadline = storage.take_deadline(deadline_id, at=now)
            if deadline is None:
                return False
            firings[deadline.kind](deadline, now)
    except Exception:
        logger.exception("Deadline %s could not be fired", deadline_id)
        with storage.transaction():
            storage.postpone_deadline(deadline_id, at=now)
        return False
    return True
