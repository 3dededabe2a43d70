"""Carers who lost what makes them fit for a visit ahead, found when it happens and not at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import intake, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.operations.doing import find_unfitness

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

FITNESS: Final = "visit.fitness"
"""A deadline, by request and carer: what is known of the carer changed, so that they are judged again."""

LOOKS_AHEAD: Final = timedelta(days=60)  # as far ahead as one may ask
GIVEN = frozenset({visits.VisitStatus.ASSIGNED, visits.VisitStatus.PUBLISHED})
WAITING = frozenset({intake.RequestStatus.ACCEPTED, intake.RequestStatus.SCHEDULED, intake.RequestStatus.IN_PROGRESS})


def find_given_requests(carer_id: UUID, *, at: datetime, elder_id: UUID | None = None) -> list[UUID]:
    """Find the requests of the next 60 days, of all elders or one, that a carer is to go for; sorted by id."""
    ahead = visits.find_visits(carer_ids=[carer_id], elder_id=elder_id, from_at=at, to_at=at + LOOKS_AHEAD)
    given = [each.visit_id for each in ahead if each.status in GIVEN]
    return sorted(set(intake.find_request_ids(given).values()))


def find_given_carers(request_id: UUID) -> list[UUID]:
    """Find the carers who are to go for a request; sorted by id."""
    linked = intake.get_request(request_id, actor=SYSTEM).visit_ids
    return sorted(
        {each.carer_id for each in visits.find_visits(visit_ids=linked) if each.carer_id and each.status in GIVEN}
    )


def lose_unfit_carer(request_id: UUID, *, carer_id: UUID, at: datetime, zone: ZoneInfo) -> int:
    """
    Take a carer from the visits of a request for which they are not fit any more; gives how many.

    Decided by the code that decides at the start. The request has to be planned again, and a supervisor is asked to
    look. One that is on hold is left alone until it goes on, one that has ended for good. Journal: visit.unassigned,
    care_request.unscheduled, supervisor_task.raised.
    """
    request = intake.get_request(request_id, actor=SYSTEM, is_locked=True)
    if request.status not in WAITING or not request.visit_ids:
        return 0
    lost = 0
    for visit in visits.find_visits(visit_ids=request.visit_ids, from_at=at):
        if visit.carer_id != carer_id or visit.status not in GIVEN:
            continue
        reasons = find_unfitness(visit, request=request, zone=zone)
        if reasons:
            intake.lose_carer(visit.visit_id, codes=[each.code.value for each in reasons], now=at)
            lost += 1
    return lost
