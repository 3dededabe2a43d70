"""What a signed plan has no place for: nobody goes, and its visits are open again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dispatch import intake, visits
from dispatch.assignment.models import Unplanned
from dispatch.assignment.values import UnplannedCode
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.models import Plan
    from dispatch.assignment.values import Span

GIVEN: Final = frozenset({visits.VisitStatus.ASSIGNED, visits.VisitStatus.PUBLISHED})
UNMEASURED: Final = frozenset({UnplannedCode.UNLOCATED, UnplannedCode.NO_NETWORK})
"""The planner was not asked: whoever was given such a visit by hand keeps it, unless the plan wants those hours."""


def find_given_up(plan: Plan) -> dict[UUID, UnplannedCode]:
    """
    Find the visits that a plan has no place for although somebody is to go, with why.

    Left out are those that changed since the plan knew them, and the second of two where the first has begun.
    """
    query = sa.select(Unplanned.visit_id, Unplanned.code, Unplanned.visit_version).where(Unplanned.plan_id == plan.id)
    known = {visit_id: (UnplannedCode(code), version) for visit_id, code, version in session().execute(query)}
    given = [
        each
        for each in visits.find_many(known)
        if each.carer_id is not None and each.status in GIVEN and each.version == known[each.visit_id][1]
    ]
    pairs = visits.find_partners({each.pair_id for each in given if each.pair_id is not None})
    begun = {each.pair_id for each in pairs if each.status.has_begun and each.pair_id is not None}
    return {each.visit_id: known[each.visit_id][0] for each in given if each.pair_id not in begun}


def release(given_up: Mapping[UUID, UnplannedCode], *, hours: Mapping[UUID, Sequence[Span]], now: datetime) -> int:
    """
    Take the carers from visits that a plan has given up: a supervisor looks. Gives how many.

    One whose window has passed stays its carer's, who may have been there and could not tell yet; one that could not
    be measured, too, unless it lies in `hours`, when the plan has its carers elsewhere.
    Journal: as `intake.lose_carer`.
    """
    lost = 0
    for each in sorted(visits.find_many(given_up), key=lambda one: one.visit_id):
        code = given_up[each.visit_id]
        is_past = each.window_to_at - timedelta(minutes=each.visit_min) < now
        if is_past or (code in UNMEASURED and not _is_wanted(each, hours=hours)):
            continue
        intake.lose_carer(each.visit_id, codes=[code.value], now=now)
        lost += 1
    return lost


def _is_wanted(visit: visits.VisitFacts, *, hours: Mapping[UUID, Sequence[Span]]) -> bool:
    """Say whether the plan has a visit's carer elsewhere at that time."""
    if visit.carer_id is None or visit.start_at is None:
        return False
    end_at = visit.start_at + timedelta(minutes=visit.visit_min)
    return any(span.from_at < end_at and span.to_at > visit.start_at for span in hours.get(visit.carer_id, ()))
