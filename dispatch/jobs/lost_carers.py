"""
Visits ahead lose their carer when the carer loses what makes them fit: a skill, hours, the elder's consent, the job.

What changes of a carer only marks the requests that they are to go for. Each is then judged by itself, held before its
deadline as by whoever moves it, so that a roster of a thousand rows holds no request while it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from dispatch import assignment, storage
from dispatch.config import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch import journal
    from dispatch.jobs.following import Reaction
    from dispatch.storage import DeadlineView


def judge_again(deadline: DeadlineView, at: datetime) -> None:
    """Take a carer from the visits of a request for which they are not fit any more."""
    request_id, _, carer_id = deadline.key.partition(":")
    zone = read_settings(needs_secret=False).time_zone
    assignment.lose_unfit_carer(UUID(request_id), carer_id=UUID(carer_id), at=at, zone=zone)


def mark_of_carer(entry: journal.Entry, at: datetime) -> None:
    """Have the requests judged again that a carer is to go for: qualifications, hours, sex or employer changed."""
    carer_id = UUID(entry.subject_id)
    for request_id in assignment.find_given_requests(carer_id, at=at):
        _mark(request_id, carer_id=carer_id, at=at)


def mark_of_wish(entry: journal.Entry, at: datetime) -> None:
    """Have an elder's requests judged again that a carer is to go for whom the elder refuses."""
    carer_id = UUID(entry.facts["carer_id"])
    for request_id in assignment.find_given_requests(carer_id, at=at, elder_id=UUID(entry.subject_id)):
        _mark(request_id, carer_id=carer_id, at=at)


def mark_resumed(entry: journal.Entry, at: datetime) -> None:
    """Have a request judged again that goes on: what changed while it was on hold was not looked at."""
    request_id = UUID(entry.subject_id)
    for carer_id in assignment.find_given_carers(request_id):
        _mark(request_id, carer_id=carer_id, at=at)


REACTIONS: Final[dict[str, Reaction]] = {
    "carer.changed": mark_of_carer,
    "carer.left": mark_of_carer,
    "preference.changed": mark_of_wish,
    "care_request.resumed": mark_resumed,
}


def _mark(request_id: UUID, *, carer_id: UUID, at: datetime) -> None:
    storage.set_deadline(assignment.FITNESS, key=f"{request_id}:{carer_id}", due_at=at, at=at, again=True)
