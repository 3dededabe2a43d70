"""Reads of plans and their tours."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.assignment.models import Plan, Tour, TourPause, TourStop, Unplanned
from dispatch.assignment.values import (
    PauseCard,
    PauseKind,
    PlanCard,
    PlanKind,
    PlanStatus,
    StopCard,
    TourCard,
    TourStatus,
    UnplannedCard,
    UnplannedCode,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID


def find_plan_row(plan_id: UUID, *, is_locked: bool = False) -> Plan | None:
    """Find a plan's row; with `is_locked` nobody else changes it until this transaction ends."""
    query = sa.select(Plan).where(Plan.id == plan_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def find_plan_rows(
    condition: sa.ColumnElement[bool],
    *,
    plan_on: date | None = None,
    status: PlanStatus | None = None,
    before_id: UUID | None = None,
    limit: int = 50,
) -> list[Plan]:
    """Find plans that meet a condition, the newest first; `before_id` reads on."""
    query = sa.select(Plan).where(condition).order_by(Plan.id.desc()).limit(limit)
    if plan_on is not None:
        query = query.where(Plan.plan_on == plan_on)
    if status is not None:
        query = query.where(Plan.status == status.value)
    if before_id is not None:
        query = query.where(Plan.id < before_id)
    return list(session().scalars(query))


def find_building() -> list[Plan]:
    """Find the plans that are being built."""
    return list(session().scalars(sa.select(Plan).where(Plan.status == PlanStatus.BUILDING).order_by(Plan.id)))


def find_tours(plan_id: UUID, *, carer_ids: Collection[UUID] | None = None) -> list[TourCard]:
    """Find the tours of a plan (of some carers), in the order of the carers' ids."""
    query = sa.select(Tour).where(Tour.plan_id == plan_id).order_by(Tour.carer_id)
    if carer_ids is not None:
        query = query.where(Tour.carer_id.in_(sorted(carer_ids)))
    return _cards(session().scalars(query).all())


def find_accepted_tour(carer_id: UUID, *, on: date) -> TourCard | None:
    """Find the tour that holds for a carer on a date: of a plan that somebody signed."""
    query = sa.select(Tour).where(Tour.carer_id == carer_id, Tour.plan_on == on, Tour.status == TourStatus.ACCEPTED)
    return next(iter(_cards(session().scalars(query).all())), None)


def has_accepted_tours(carer_ids: Collection[UUID], *, on: date) -> bool:
    """Say whether any of some carers has a tour on a date that somebody signed."""
    held = sa.select(Tour.id).where(
        Tour.carer_id.in_(sorted(carer_ids)), Tour.plan_on == on, Tour.status == TourStatus.ACCEPTED
    )
    return session().scalar(held.limit(1)) is not None


def find_unplanned(plan_id: UUID, *, condition: sa.ColumnElement[bool] | None = None) -> list[UnplannedCard]:
    """Find what has no place in a plan (and meets a condition), in the order of the visits' ids."""
    query = sa.select(Unplanned).where(Unplanned.plan_id == plan_id).order_by(Unplanned.visit_id)
    rows = session().scalars(query if condition is None else query.where(condition))
    return [UnplannedCard(row.visit_id, UnplannedCode(row.code), row.visit_version, row.change) for row in rows]


def find_unplanned_ids(plan_id: UUID) -> set[UUID]:
    """Find the ids of the visits that have no place in a plan."""
    return set(session().scalars(sa.select(Unplanned.visit_id).where(Unplanned.plan_id == plan_id)))


def find_older_tours(carer_ids: Collection[UUID], *, plan: Plan) -> list[Tour]:
    """
    Find the accepted tours that a plan takes the place of: of its carers, and all of plans within its own part.

    Who fell ill since the older plan was made has no tour in the newer one.
    """
    within = sa.select(Plan.id).where(
        Plan.plan_on == plan.plan_on,
        Plan.status == PlanStatus.ACCEPTED,
        Plan.area_code.startswith(plan.area_code, autoescape=True),
    )
    if plan.organization_id is not None:
        within = within.where(Plan.organization_id == plan.organization_id)
    query = (
        sa.select(Tour)
        .where(
            sa.or_(Tour.carer_id.in_(sorted(carer_ids)), Tour.plan_id.in_(within)),
            Tour.plan_on == plan.plan_on,
            Tour.status == TourStatus.ACCEPTED,
            Tour.plan_id != plan.id,
        )
        .order_by(Tour.id)
        .execution_options(populate_existing=True)
    )
    return list(session().scalars(query))


def load_tours(plan_id: UUID) -> tuple[list[Tour], list[TourStop]]:
    """Load the rows of a plan's tours and of their stops, in order."""
    tours = session().scalars(sa.select(Tour).where(Tour.plan_id == plan_id).order_by(Tour.carer_id)).all()
    stops = session().scalars(
        sa.select(TourStop).where(TourStop.plan_id == plan_id).order_by(TourStop.tour_id, TourStop.seq)
    )
    return list(tours), list(stops)


def find_stops(plan_id: UUID) -> tuple[dict[UUID, UUID], Sequence[Any]]:
    """
    Find the carer of each tour of a plan, and its stops as plain rows in order, without the mapper's cost.

    A row is tour, visit, arrival, start, end, minutes on the way, whether it is pinned, and reasons.
    """
    tour, stop = Tour.__table__.c, TourStop.__table__.c
    tours = session().execute(sa.select(tour.id, tour.carer_id).where(tour.plan_id == plan_id)).all()
    stops = session().execute(
        sa.select(
            stop.tour_id,
            stop.visit_id,
            stop.arrive_at,
            stop.start_at,
            stop.end_at,
            stop.travel_min,
            stop.is_pinned,
            stop.reasons,
        )
        .where(stop.plan_id == plan_id)
        .order_by(stop.tour_id, stop.seq)
    )
    return {tour_id: carer_id for tour_id, carer_id in tours}, stops.all()  # noqa: C416 - rows are no pairs for mypy


def find_plan_end(plan_id: UUID) -> datetime | None:
    """Find when the last tour of a plan ends; None where it has none."""
    return session().scalar(sa.select(sa.func.max(Tour.to_at)).where(Tour.plan_id == plan_id))


def find_pauses(plan_id: UUID) -> dict[UUID, list[PauseCard]]:
    """Find by carer when they rest, or are off, in a plan, in order."""
    query = (
        sa.select(Tour.carer_id, TourPause.kind, TourPause.from_at, TourPause.to_at)
        .join(TourPause, TourPause.tour_id == Tour.id)
        .where(Tour.plan_id == plan_id)
        .order_by(Tour.carer_id, TourPause.pause_no)
    )
    found: dict[UUID, list[PauseCard]] = defaultdict(list)
    for carer_id, kind, from_at, to_at in session().execute(query):
        found[carer_id].append(PauseCard(PauseKind(kind), from_at, to_at))
    return found


def count_accepted_tours(plan_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Count the tours of plans that still hold; plans without any are left out."""
    query = (
        sa.select(Tour.plan_id, sa.func.count())
        .where(Tour.plan_id.in_(sorted(set(plan_ids))), Tour.status == TourStatus.ACCEPTED)
        .group_by(Tour.plan_id)
    )
    return {plan_id: count for plan_id, count in session().execute(query)}  # noqa: C416 - rows are no pairs for mypy


def plan_card(row: Plan) -> PlanCard:
    """Give a row as a value."""
    return PlanCard(
        plan_id=row.id,
        kind=PlanKind(row.kind),
        area_code=row.area_code,
        organization_id=row.organization_id,
        plan_on=row.plan_on,
        status=PlanStatus(row.status),
        seed=row.seed,
        stop_s=row.stop_s,
        rule_version=row.rule_version,
        weights=row.weights,
        inputs_hash=row.inputs_hash,
        network=row.network,
        network_at=row.network_at,
        assumptions=row.assumptions,
        iterations=row.iterations,
        cost=row.cost,
        figures=row.figures,
        job_id=row.job_id,
        made_by=row.made_by,
        made_at=row.made_at,
        enough_at=row.enough_at,
        built_at=row.built_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decide_reason=row.decide_reason,
        failure=row.failure,
        version=row.version,
        based_on_id=row.based_on_id,
        repair=row.repair,
    )


def _cards(tours: Iterable[Tour]) -> list[TourCard]:
    rows = list(tours)
    ids = [row.id for row in rows]
    stops: dict[UUID, list[StopCard]] = defaultdict(list)
    pauses: dict[UUID, list[PauseCard]] = defaultdict(list)
    for stop in session().scalars(
        sa.select(TourStop).where(TourStop.tour_id.in_(ids)).order_by(TourStop.tour_id, TourStop.seq)
    ):
        stops[stop.tour_id].append(stop_card(stop))
    for pause in session().scalars(
        sa.select(TourPause).where(TourPause.tour_id.in_(ids)).order_by(TourPause.tour_id, TourPause.pause_no)
    ):
        pauses[pause.tour_id].append(PauseCard(PauseKind(pause.kind), pause.from_at, pause.to_at))
    return [
        TourCard(
            tour_id=row.id,
            plan_id=row.plan_id,
            carer_id=row.carer_id,
            plan_on=row.plan_on,
            status=TourStatus(row.status),
            from_at=row.from_at,
            to_at=row.to_at,
            travel_min=row.travel_min,
            worked_min=row.worked_min,
            wait_min=row.wait_min,
            back_at=row.back_at,
            stops=tuple(stops[row.id]),
            pauses=tuple(pauses[row.id]),
        )
        for row in rows
    ]


def stop_card(row: TourStop) -> StopCard:
    """Give a row as a value."""
    return StopCard(
        stop_id=row.id,
        visit_id=row.visit_id,
        seq=row.seq,
        arrive_at=row.arrive_at,
        start_at=row.start_at,
        end_at=row.end_at,
        travel_min=row.travel_min,
        wait_min=row.wait_min,
        is_pinned=row.is_pinned,
        is_executed=row.is_executed,
        is_outside=row.is_outside,
        visit_version=row.visit_version,
        reasons=tuple(row.reasons),
    )
