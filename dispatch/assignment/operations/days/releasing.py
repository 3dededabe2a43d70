"""What a signed repair has no place for: its visits are open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import intake, visits
from dispatch.assignment.models import TourStop, Unplanned
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.assignment.models import Plan

GIVEN = frozenset({visits.VisitStatus.ASSIGNED, visits.VisitStatus.PUBLISHED})


def release_unplanned(plan: Plan, *, now: datetime) -> int:
    """
    Take the carers from visits that a repair has no place for and the plan before had: a supervisor looks.

    Gives how many. Journal: as `intake.lose_carer`.
    """
    if plan.based_on_id is None:
        return 0
    before = sa.select(TourStop.visit_id).where(TourStop.plan_id == plan.based_on_id)
    query = sa.select(Unplanned.visit_id, Unplanned.code).where(
        Unplanned.plan_id == plan.id, Unplanned.visit_id.in_(before)
    )
    codes = {visit_id: code for visit_id, code in session().execute(query)}  # noqa: C416 - rows are no pairs for mypy
    lost = sorted(
        each.visit_id for each in visits.find_many(codes) if each.carer_id is not None and each.status in GIVEN
    )
    for visit_id in lost:
        intake.lose_carer(visit_id, codes=[codes[visit_id]], now=now)
    return len(lost)
