"""Firing what is due: each deadline in a transaction of its own, together with its effect."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import assignment, clock, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.jobs.following import REACTION, react_again
from dispatch.jobs.lost_carers import judge_again
from dispatch.jobs.offers import LET_EXPIRE, OFFER_NEXT
from dispatch.jobs.series import end_held_over, extend_series
from dispatch.jobs.steps import TwoStep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dispatch.config import Settings
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


def breach_accepting(deadline: DeadlineView, at: datetime) -> None:
    """Tell of a request that was not accepted within its limit."""
    intake.breach_clock(deadline.key, clock=intake.Clock.ACCEPT, at=at)


def breach_start(deadline: DeadlineView, at: datetime) -> None:
    """Tell of a request that did not begin within its limit."""
    intake.breach_clock(deadline.key, clock=intake.Clock.START, at=at)


def end_draft(deadline: DeadlineView, at: datetime) -> None:
    """End the draft of a request that nobody confirmed within a day."""
    intake.end_draft(UUID(deadline.key), at=at)


def confirm_by_silence(deadline: DeadlineView, at: datetime) -> None:
    """Let a completed request count as confirmed of which nobody has said anything for a week."""
    intake.confirm_by_silence(UUID(deadline.key), now=at)


FIRINGS: Mapping[str, Firing | TwoStep] = {
    intake.DRAFT_EXPIRY: end_draft,
    storage.UPLOAD_EXPIRY: expire_upload,
    visits.MISSED: miss_visit,
    intake.ACCEPT_BREACH: breach_accepting,
    intake.START_BREACH: breach_start,
    intake.EXTENDING: extend_series,
    intake.HELD_OVER: end_held_over,
    intake.SILENCE: confirm_by_silence,
    REACTION: react_again,
    intake.OFFERING: OFFER_NEXT,
    assignment.EXPIRY: LET_EXPIRE,
    assignment.FITNESS: judge_again,
}


def hold_request(key: str) -> None:
    """Hold the request with whose id a key begins."""
    intake.get_request(UUID(key.partition(":")[0]), actor=SYSTEM, is_locked=True)


def hold_series(key: str) -> None:
    """Hold a series."""
    intake.hold_series(UUID(key))


def hold_visit(key: str) -> None:
    """Hold a visit."""
    visits.hold_visit(UUID(key))


# what a deadline is about is held before the deadline, as by whoever changes it, so that neither waits for ever
HOLDS: Mapping[str, Callable[[str], None]] = {
    intake.DRAFT_EXPIRY: hold_request,
    intake.ACCEPT_BREACH: hold_request,
    intake.START_BREACH: hold_request,
    intake.HELD_OVER: hold_request,
    intake.SILENCE: hold_request,
    assignment.FITNESS: hold_request,
    intake.EXTENDING: hold_series,
    visits.MISSED: hold_visit,
}


def fire_due(firings: Mapping[str, Firing | TwoStep] = FIRINGS, *, settings: Settings | None = None) -> int:
    """
    Fire what is due now; gives how many fired.

    Any number of workers may do so at the same time. One that fails is tried again later, and keeps none of the
    others waiting. What needs settings is left alone where none are given.
    """
    with storage.reading():
        due = storage.find_due_deadlines(at=clock.utc_now(), limit=TAKEN_AT_ONCE)
    return sum(_fire(one, firings=firings, settings=settings) for one in due)


def _fire(due: DeadlineView, *, firings: Mapping[str, Firing | TwoStep], settings: Settings | None) -> bool:
    now = clock.utc_now()
    try:
        firing = firings[due.kind]
        if isinstance(firing, TwoStep):
            return settings is not None and _fire_prepared(firing, due=due, at=now, settings=settings)
        with storage.transaction():
            if due.kind in HOLDS:
                HOLDS[due.kind](due.key)
            deadline = storage.take_deadline(due.id, at=now)
            if deadline is None:
                return False
            firing(deadline, now)
    except Exception:
        logger.exception("Deadline %s could not be fired", due.id)
        with storage.transaction():
            storage.postpone_deadline(due.id, at=now)
        return False
    return True


def _fire_prepared(firing: TwoStep, *, due: DeadlineView, at: datetime, settings: Settings) -> bool:
    with storage.reading():  # another worker may have been quicker, and preparing takes a while
        if not storage.is_due(due.id, at=at):
            return False
    found = firing.prepare(due, at, settings)
    with storage.transaction():
        firing.hold(due)
        deadline = storage.take_deadline(due.id, at=at)
        if deadline is None:
            return False
        firing.fire(deadline, at, found)
    return True
