"""Visits that nobody made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.actor import SYSTEM
from dispatch.storage import session, set_deadlines
from dispatch.visits.models import Visit
from dispatch.visits.queries import FOR_CHANGE
from dispatch.visits.rules import MISSABLE
from dispatch.visits.values import VisitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

MISSED_AFTER = timedelta(hours=24)
"""A visit without a log is missed so long after its window: a phone may be offline for a shift (domain, section 2)."""

MISSED = "visit.missed"
"""The kind of deadline; its key is the visit's id."""


def await_visits(rows: Iterable[Visit], *, at: datetime) -> None:
    """Have visits that were given to a carer looked at again a day after their window."""
    due = {str(row.id): row.window_to_at + MISSED_AFTER for row in rows if row.carer_id is not None}
    set_deadlines(MISSED, due=due, at=at)


def hold_visit(visit_id: UUID) -> None:
    """Let nobody else change a visit until the transaction ends; does nothing where it is unknown."""
    session().get(Visit, visit_id, with_for_update=FOR_CHANGE, populate_existing=True)


def miss_visit(visit_id: UUID, *, at: datetime) -> bool:
    """
    Mark a visit as missed that was given to a carer and of which no log has come; say whether it was.

    One that was finished, begun or canceled stays as it is. A log that comes later still finishes it.
    Journal: visit.missed.
    """
    row = session().get(Visit, visit_id, with_for_update=FOR_CHANGE, populate_existing=True)
    if row is None or row.status not in MISSABLE:
        return False
    row.status = str(VisitStatus.MISSED)
    journal.append(
        "visit.missed",
        actor=SYSTEM,
        at=at,
        subject_id=visit_id,
        elder_id=str(row.elder_id),
        carer_id=str(row.carer_id),
    )
    return True
