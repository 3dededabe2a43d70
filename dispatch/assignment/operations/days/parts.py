"""Of a plan of the whole area a coordinator sees the own organization's part: its carers' tours, its visits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from dispatch import carers
from dispatch.assignment.models import Plan, Tour, TourStop, Unplanned
from dispatch.assignment.operations.days.scope import own_houses
from dispatch.assignment.queries import is_made_by, plan_card
from dispatch.assignment.values import PlanChangeKind
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from dispatch.actor import Actor
    from dispatch.assignment.values import ChangeRecord, PlanCard

COSTS = frozenset({"cost_before", "cost_after"})


def show_cards(rows: Sequence[Plan], *, actor: Actor) -> list[PlanCard]:
    """
    Give plans as an actor may see them.

    Where only a part is the actor's, the figures count this part, and what was said of the whole is left out.
    """
    houses = {row.id: own_houses(actor, plan=row) for row in rows}
    foreign = {plan_id: own for plan_id, own in houses.items() if own is not None}
    counted = count_parts(foreign, houses=frozenset().union(*foreign.values())) if foreign else {}
    return [
        plan_card(row)
        if row.id not in foreign
        else replace(
            plan_card(row),
            figures=counted[row.id] if row.figures is not None else None,
            cost=None,
            decide_reason=None,
            failure=None,
            repair=None,
        )
        for row in rows
    ]


def count_parts(plan_ids: Collection[UUID], *, houses: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Count what the part of some organizations in each plan comes to."""
    own = sa.case((TourStop.is_outside, 0), else_=1)
    query = (
        sa.select(
            *(Tour.plan_id, Tour.travel_min, Tour.worked_min, Tour.wait_min, sa.func.count(TourStop.id)),
            *(_sum(own), _sum(own, TourStop.is_executed), _sum(own, TourStop.is_pinned)),
        )
        .join(TourStop, TourStop.tour_id == Tour.id, isouter=True)
        .where(Tour.plan_id.in_(sorted(plan_ids)), Tour.carer_id.in_(carers.staff_of(houses)))
        .group_by(Tour.id, Tour.plan_id, Tour.travel_min, Tour.worked_min, Tour.wait_min)
    )
    tours: dict[UUID, list[tuple[int, ...]]] = {plan_id: [] for plan_id in plan_ids}
    for plan_id, *numbers in session().execute(query):
        tours[plan_id].append(tuple(numbers))
    loose = (
        sa.select(Unplanned.plan_id, sa.func.count())
        .join(Plan, Plan.id == Unplanned.plan_id)
        .where(Unplanned.plan_id.in_(sorted(plan_ids)))
        .where(is_made_by(Unplanned.visit_id, houses=houses, on=Plan.plan_on))
        .group_by(Unplanned.plan_id)
    )
    unplanned = {plan_id: count for plan_id, count in session().execute(loose)}  # noqa: C416 - rows are no pairs
    return {plan_id: _figures(rows, unplanned=unplanned.get(plan_id, 0)) for plan_id, rows in tours.items()}


def own_changes(changes: Iterable[ChangeRecord], *, plan: Plan, actor: Actor) -> list[ChangeRecord]:
    """Give of a plan's changes those of visits that the actor may see, with what they moved of these."""
    houses = own_houses(actor, plan=plan)
    if houses is None:
        return list(changes)
    own = _own_visits(plan, houses=houses)
    shown: dict[int, ChangeRecord] = {}
    for each in changes:
        if each.kind is PlanChangeKind.UNDO:
            is_own = each.change.get("undoes") in shown
        else:
            named = (each.change.get(name) for name in ("visit_id", "other_visit_id"))
            is_own = {UUID(visit_id) for visit_id in named if visit_id} <= own
        if is_own:
            moved = [move for move in each.effect["moved"] if UUID(move["visit_id"]) in own]
            effect = {name: value for name, value in each.effect.items() if name not in COSTS} | {"moved": moved}
            shown[each.seq] = replace(each, effect=effect)
    return list(shown.values())


def _own_visits(plan: Plan, *, houses: Collection[UUID]) -> frozenset[UUID]:
    """Find the visits of some organizations in a plan, with a place and without."""
    placed = (
        sa.select(TourStop.visit_id)
        .join(Tour, Tour.id == TourStop.tour_id)
        .where(TourStop.plan_id == plan.id, Tour.carer_id.in_(carers.staff_of(houses)))
    )
    loose = sa.select(Unplanned.visit_id).where(
        Unplanned.plan_id == plan.id, is_made_by(Unplanned.visit_id, houses=houses, on=plan.plan_on)
    )
    return frozenset((*session().scalars(placed), *session().scalars(loose)))


def _sum(own: sa.ColumnElement[int], flag: sa.SQLColumnExpression[bool] | None = None) -> sa.ColumnElement[int]:
    """Count the stops that are a plan's own (and are so)."""
    counted = own if flag is None else sa.case((flag, own), else_=0)
    # a tour without stops is one row of nulls
    return sa.func.sum(sa.case((TourStop.id.is_(None), 0), else_=counted))


def _figures(tours: Sequence[tuple[int, ...]], *, unplanned: int) -> dict[str, Any]:
    placed = sum(row[4] for row in tours)
    worked = [row[1] for row in tours if row[3]]
    return {
        "visits": placed + unplanned,
        "placed": placed,
        "unplanned": unplanned,
        "executed": sum(row[5] for row in tours),
        "pinned": sum(row[6] for row in tours),
        "carers": len(tours),
        "tours": len(worked),
        "travel_min": sum(row[0] for row in tours),
        "worked_min": sum(worked),
        "wait_min": sum(row[2] for row in tours),
        "hours_min": {"least": min(worked, default=0), "most": max(worked, default=0)},
    }
