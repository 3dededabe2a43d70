"""A day after a change: its tours with their reasons, what has no place, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import planner
from dispatch.assignment import answering
from dispatch.assignment.operations.days.gathering import hash_of
from dispatch.assignment.values import PLAN_RULE, DayAnswer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from dispatch.assignment.answering import Reasons
    from dispatch.assignment.building import DayProblem
    from dispatch.assignment.values import DayCase, PlanCard


def tell_day(
    card: PlanCard,
    *,
    case: DayCase,
    day: DayProblem,
    plan: planner.Plan,
    touched: Collection[int],
    known: Mapping[UUID, Reasons],
    iterations: int,
) -> DayAnswer:
    """
    Give a day as it stands after a change of the plan `card`, with why everybody goes where they go.

    What stands as before keeps its reasons, `known`; who else could is asked of the jobs that are `touched` and of
    what has no place.
    """
    told = planner.explain(day.problem, plan=plan, jobs={*touched, *plan.left_out})
    left_out = day.left_out + answering.read_left_out(told.not_placed, day=day)
    tours = answering.read_tours(plan, day=day, case=case, placed=told.placed, known=known)
    measures = planner.measure(day.problem, plan=plan)
    return DayAnswer(
        case=case,
        tours=tours,
        left_out=left_out,
        figures=answering.figures_of(
            tours, left_out=left_out, case=case, late=measures.late, usual_share=measures.usual_share
        ),
        cost=answering.cost_of(plan.cost),
        iterations=iterations,
        inputs_hash=hash_of(case, told={"rule": PLAN_RULE, "weights": card.weights, "net": card.network}),
        network=card.network,
        network_at=card.network_at,
        assumptions=card.assumptions or {},
    )
