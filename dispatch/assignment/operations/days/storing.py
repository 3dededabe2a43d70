"""Storing what came of planning a day: once, however often the job is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from dispatch import journal
from dispatch.actor import SYSTEM
from dispatch.assignment.answering import wait_min
from dispatch.assignment.models import Plan, Tour, TourPause, TourStop, Unplanned
from dispatch.assignment.queries import find_building, find_plan_row
from dispatch.assignment.values import PlanStatus, TourStatus
from dispatch.storage import JobNotFoundError, JobStatus, get_job, insert_rows, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.assignment.values import DayAnswer, PlannedTour
    from dispatch.storage import Base

CANCELED = Words("编排已取消，还没有结果", "It was canceled before there was a result")
LOST = Words("编排任务不在了", "The job that was to build it is gone")


def store_answer(plan_id: UUID, *, answer: DayAnswer, actor: Actor, at: datetime) -> bool:
    """
    Keep a plan with its tours as proposed; False where it is not being built any more, and nothing changes.

    Journal: plan.proposed.
    """
    row = find_plan_row(plan_id, is_locked=True)
    if row is None or row.status != PlanStatus.BUILDING:
        return False
    row.status = PlanStatus.PROPOSED.value
    row.built_at = at
    put_tours(row, answer=answer)
    journal.append(
        "plan.proposed",
        actor=actor,
        at=at,
        subject_id=row.id,
        visits=answer.figures["visits"],
        placed=answer.figures["placed"],
        **plan_facts(row),
    )
    return True


def put_tours(row: Plan, *, answer: DayAnswer) -> None:
    """Put an answer into a plan's rows: its tours and what has no place instead of those before, and its figures."""
    mine = sa.select(Tour.id).where(Tour.plan_id == row.id)
    old = (
        sa.delete(TourPause).where(TourPause.tour_id.in_(mine)),
        sa.delete(TourStop).where(TourStop.plan_id == row.id),
        sa.delete(Tour).where(Tour.plan_id == row.id),
        sa.delete(Unplanned).where(Unplanned.plan_id == row.id),
    )
    for each in old:
        session().execute(each.execution_options(synchronize_session=False))
    row.inputs_hash, row.iterations = answer.inputs_hash, answer.iterations
    row.network, row.network_at, row.assumptions = answer.network, answer.network_at, answer.assumptions
    row.cost, row.figures = answer.cost, answer.figures
    flag_modified(row, "figures")  # the version counts every change, also one that changes no figure
    versions = {each.visit_id: each.version for each in answer.case.visits}
    outside = {each.visit_id for each in answer.case.visits if each.is_outside}
    tours = [(new_id(), tour) for tour in answer.tours]
    insert_rows(_table(Tour), rows=[_tour_row(row, tour_id=tour_id, tour=tour) for tour_id, tour in tours])
    stops = [each for tour_id, tour in tours for each in _stop_rows(row, tour_id=tour_id, tour=tour)]
    insert_rows(_table(TourStop), rows=stops)
    insert_rows(_table(TourPause), rows=[each for tour_id, tour in tours for each in _pause_rows(tour_id, tour=tour)])
    insert_rows(
        _table(Unplanned),
        rows=[
            {
                "plan_id": row.id,
                "visit_id": each.visit_id,
                "code": each.code.value,
                "visit_version": versions[each.visit_id],
                "change": each.change,
            }
            for each in answer.left_out
            if each.visit_id not in outside
        ],
    )


def fail_plan(plan_id: UUID, *, failure: Mapping[str, Any], at: datetime) -> bool:
    """Say that a plan could not be built, and why; False where it is not being built any more. Journal: plan.failed."""
    row = find_plan_row(plan_id, is_locked=True)
    if row is None or row.status != PlanStatus.BUILDING:
        return False
    row.status, row.failure = PlanStatus.FAILED.value, dict(failure)
    journal.append("plan.failed", actor=SYSTEM, at=at, subject_id=row.id, code=failure["code"], **plan_facts(row))
    return True


def fail_orphans(at: datetime) -> int:
    """
    Fail the plans whose job has ended without a result: it failed, or was canceled while it waited.

    The plan's failure is the job's. Gives how many there were.
    """
    return sum(fail_plan(plan_id, failure=failure, at=at) for plan_id, failure in find_orphans().items())


def find_orphans() -> dict[UUID, dict[str, Any]]:
    """Find the plans that are being built by no job any more, each with why."""
    return {row.id: failure for row in find_building() if (failure := _failure_of(row))}


def _failure_of(row: Plan) -> dict[str, Any] | None:
    if row.job_id is None:
        return None
    try:
        job = get_job(row.job_id, actor=SYSTEM)
    except JobNotFoundError:
        return _told("job-lost", title=LOST)
    if job.error is not None:
        return _told(job.error.code, title=job.error.title, detail=job.error.detail)
    return _told("plan-canceled", title=CANCELED) if job.status is JobStatus.CANCELED else None


def _told(code: str, *, title: Words, detail: Words | None = None) -> dict[str, Any]:
    return {
        "code": code,
        "title": {"zh": title.zh, "en": title.en},
        "detail": {"zh": detail.zh, "en": detail.en} if detail else None,
    }


def plan_facts(row: Plan) -> dict[str, str | None]:
    """Give which plan it is, as entries of the journal tell it."""
    return {
        "area_code": row.area_code,
        "organization_id": str(row.organization_id) if row.organization_id else None,
        "plan_on": row.plan_on.isoformat(),
    }


def _tour_row(plan: Plan, *, tour_id: UUID, tour: PlannedTour) -> dict[str, Any]:
    carer = tour.carer
    return {
        "id": tour_id,
        "plan_id": plan.id,
        "carer_id": carer.carer_id,
        "plan_on": plan.plan_on,
        "status": TourStatus.PROPOSED.value,
        "from_at": carer.stretches[0].from_at,
        "to_at": carer.stretches[-1].to_at,
        "travel_min": tour.travel_min,
        "worked_min": tour.worked_min,
        "wait_min": sum(wait_min(stop) for stop in tour.stops),
        "back_at": tour.back_at,
        "roster_hash": carer.roster_hash,
    }


def _stop_rows(plan: Plan, *, tour_id: UUID, tour: PlannedTour) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "plan_id": plan.id,
            "tour_id": tour_id,
            "visit_id": stop.visit.visit_id,
            "seq": seq,
            "arrive_at": stop.arrive_at,
            "start_at": stop.start_at,
            "end_at": stop.end_at,
            "travel_min": stop.travel_min,
            "wait_min": wait_min(stop),
            "is_pinned": stop.visit.is_pinned,
            "is_executed": stop.visit.started_at is not None,
            "is_outside": stop.visit.is_outside,
            "visit_version": stop.visit.version,
            "reasons": list(stop.reasons),
        }
        for seq, stop in enumerate(tour.stops, start=1)
    ]


def _pause_rows(tour_id: UUID, *, tour: PlannedTour) -> list[dict[str, Any]]:
    return [
        {"tour_id": tour_id, "pause_no": number, "kind": each.kind.value, "from_at": each.from_at, "to_at": each.to_at}
        for number, each in enumerate(tour.pauses, start=1)
    ]


def _table(model: type[Base]) -> sa.Table:
    return cast("sa.Table", model.__table__)
