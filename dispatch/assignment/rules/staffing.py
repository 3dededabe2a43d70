"""Which carer goes, or which two: filters with reasons, then the best score."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch.assignment.rules.eligibility import out_of_range
from dispatch.assignment.rules.pairing import find_pair
from dispatch.assignment.rules.scoring import continuity_points, time_points, travel_points
from dispatch.assignment.rules.timing import arrival, find_starts, smallest_change
from dispatch.assignment.values import Able, CarerChoice, Reason, ReasonCode, Staffing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values import CarerCase, Job

PAIR = 2


def find_staff(cases: Sequence[CarerCase], *, job: Job) -> Staffing:
    """
    Choose the best carer, or the best two, of one organization.

    The filters run one after the other over those who are left; one that leaves too few gives its reason and is
    then passed over, so that all reasons are found and each is about carers who pass the filters before it.
    Among those who can go the most points for travel, time and continuity win; then the wish of the elder,
    the earlier start and the lower id.
    """
    reasons: list[Reason] = []
    skilled = [case for case in cases if _has_skills(case, job=job)]
    has_skills = bool(skilled) and _has_any(skilled, job=job)
    if not has_skills:
        reasons.append(Reason(ReasonCode.NO_SKILL))
        skilled = list(cases)
    if not skilled:  # nobody works there at all: nothing else can be said
        return Staffing(reasons=tuple(reasons))
    left = _filtered(skilled, job=job, reasons=reasons)
    on_shift = [case for case in left if _works_within(case, job=job)]
    able = [Able(case, starts) for case in on_shift if (starts := find_starts(case, job=job))]
    best = None
    if not on_shift:
        reasons.append(Reason(ReasonCode.NO_SHIFT))
    elif able:
        best = _best(able, job=job if has_skills else replace(job, skills_any=frozenset()))
        if best is None:
            reasons.append(Reason(ReasonCode.NO_PAIR))
    elif any(case.way.time_s is not None for case in on_shift):
        reasons.append(Reason(ReasonCode.NO_TIME, change=smallest_change(on_shift, job=job)))
    if best is None or reasons:
        return Staffing(reasons=tuple(reasons), able=len(able), qualified=len(skilled))
    return Staffing(
        chosen=tuple(_choice(one.case, start_at=start_at, job=job) for one, start_at in best),
        able=len(able),
        qualified=len(skilled),
    )


def _filtered(cases: list[CarerCase], *, job: Job, reasons: list[Reason]) -> list[CarerCase]:
    """
    Keep who is of the wished sex, not refused and near; a filter that would keep too few adds its reason instead.

    Too few are nobody, one where two are needed, and those without the skill that one of them must have.
    """

    def keep(left: list[CarerCase], rule: Callable[[CarerCase], bool], reason: Reason) -> list[CarerCase]:
        kept = [case for case in left if rule(case)]
        if len(kept) >= min(job.carers, len(left)) and (_has_any(kept, job=job) or not _has_any(left, job=job)):
            return kept
        reasons.append(reason)
        return left

    left = keep(cases, lambda case: job.carer_sex in (None, case.sex), Reason(ReasonCode.SEX_NOT_MATCHED))
    left = keep(left, lambda case: not case.is_refused, Reason(ReasonCode.REFUSED_BEFORE))
    left = keep(left, lambda case: case.way.is_located, Reason(ReasonCode.UNLOCATED))
    if any(case.way.is_located for case in left):
        too_far = [case.way for case in left if not case.way.is_within] or [left[0].way]
        left = keep(left, lambda case: case.way.is_within, out_of_range(too_far))
    return left


def _has_skills(case: CarerCase, *, job: Job) -> bool:
    """Whether a carer may be one of the group: every skill that each needs and, alone, one of the others too."""
    has_all = job.skills_all <= case.skills
    return has_all and (job.carers == PAIR or not job.skills_any or bool(job.skills_any & case.skills))


def _has_any(cases: Sequence[CarerCase], *, job: Job) -> bool:
    return not job.skills_any or any(job.skills_any & case.skills for case in cases)


def _works_within(case: CarerCase, *, job: Job) -> bool:
    """Whether some shift overlaps the time in which the service can take place."""
    return any(
        work.span.from_at < span.to_at and span.from_at < work.span.to_at
        for work in case.work
        for span in job.open_spans
    )


def _best(able: Sequence[Able], *, job: Job) -> list[tuple[Able, datetime]] | None:
    """Choose the best carer with the earliest start, or the best two: see `find_pair`."""
    if job.carers == PAIR:
        return find_pair(able, job=job)
    best = min(able, key=lambda one: _order(one.case, start_at=one.starts[0].from_at, job=job))
    return [(best, best.starts[0].from_at)]


def _order(case: CarerCase, *, start_at: datetime, job: Job) -> tuple[int, bool, datetime, UUID]:
    points = travel_points(case.way) + time_points(start_at - job.window.from_at) + continuity_points(case.visits_90d)
    return (-points, not case.is_preferred, start_at, case.carer_id)


def _choice(case: CarerCase, *, start_at: datetime, job: Job) -> CarerChoice:
    arrive_at = arrival(case, start_at=start_at, job=job)
    return CarerChoice(
        carer_id=case.carer_id,
        name=case.name,
        start_at=start_at,
        end_at=start_at + timedelta(minutes=job.visit_min),
        arrive_at=arrive_at,
        wait_min=(start_at - arrive_at) // timedelta(minutes=1),
        travel_s=case.way.time_s or 0,
        visits_90d=case.visits_90d,
    )
