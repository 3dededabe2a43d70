"""
What befalls an elder reaches open requests and series: a death, a move, an institution, a stay in hospital.

Each reaction looks at the present state and may run again: what is done is not done twice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from dispatch import intake
from dispatch.intake import PauseReason

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch import journal
    from dispatch.jobs.following import Reaction


def end_for_death(entry: journal.Entry, at: datetime) -> None:
    """Cancel what was asked for and end the series."""
    intake.end_for_death(_elder(entry), on=_day(entry), at=at)


def follow_move(entry: journal.Entry, at: datetime) -> None:
    """Put what was asked for before a supervisor, unless the elder stays in the district."""
    intake.follow_move(_elder(entry), on=_day(entry), at=at)


def follow_admission(entry: journal.Entry, at: datetime) -> None:
    """Put what was asked for before a supervisor."""
    intake.set_before_supervisor(_elder(entry), reason=PauseReason.ADMITTED, on=_day(entry), at=at)


def follow_return(entry: journal.Entry, at: datetime) -> None:
    """Let the series go on."""
    intake.return_from_institution(_elder(entry), on=_day(entry), at=at)


def tell_of_grave_change(entry: journal.Entry, at: datetime) -> None:
    """Let a supervisor look whether it still fits."""
    intake.tell_of_grave_change(_elder(entry), at=at)


def follow_absence(entry: journal.Entry, at: datetime) -> None:
    """Hold what lies in a stay in hospital, and take up again what does not any more."""
    intake.follow_absences(_elder(entry), at=at)


def follow_merge(entry: journal.Entry, at: datetime) -> None:
    """Hold what lies in the stays that came over from the other record."""
    intake.follow_absences(UUID(entry.facts["into_id"]), at=at)


REACTIONS: Final[dict[str, Reaction]] = {
    "elder.died": end_for_death,
    "elder.moved_out": follow_move,
    "elder.admitted": follow_admission,
    "elder.left_institution": follow_return,
    "elder.grave_change": tell_of_grave_change,
    "elder.merged": follow_merge,
    "absence.changed": follow_absence,
}


def _elder(entry: journal.Entry) -> UUID:
    return UUID(entry.subject_id)


def _day(entry: journal.Entry) -> date:
    return date.fromisoformat(entry.facts["on"])
