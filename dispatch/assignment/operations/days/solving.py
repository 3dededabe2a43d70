"""Planning a day: measured, built, searched and explained; no database is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import planner, streets, visits
from dispatch.assignment import answering
from dispatch.assignment.building import build_problem
from dispatch.assignment.operations.days.gathering import hash_of
from dispatch.assignment.operations.days.measuring import measure_ways
from dispatch.assignment.rules.days import UNPOPULAR_BEFORE, UNPOPULAR_DAYS, UNPOPULAR_FROM
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS
from dispatch.assignment.values import PLAN_RULE, DayAnswer, LeftOut, UnplannedCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from dispatch.assignment.values import DayCase
    from dispatch.streets import Network, TravelCache


def compute_day(
    case: DayCase,
    *,
    network: Network | None,
    zone: ZoneInfo,
    weights: planner.Weights,
    seed: int,
    search: Callable[[planner.Problem], planner.Plan],
    cache: TravelCache | None = None,
    on_measured: Callable[[int, int], None] | None = None,
) -> DayAnswer:
    """
    Plan a day. `search` gives the best plan that it finds for a problem; everything else comes of the case alone.

    Without a network, and without a carer on duty, every visit is left out, with that as its reason.
    """
    ways = measure_ways(case, network=network, cache=cache, on_progress=on_measured)
    day = build_problem(case, ways=ways, weights=weights, zone=zone)
    problem = day.problem
    if problem.carers and problem.jobs:
        plan = search(problem)
        told = planner.explain(problem, plan=plan)
        left_out = day.left_out + answering.read_left_out(told.not_placed, day=day)
        tours = answering.read_tours(plan, day=day, case=case, placed=told.placed)
        measures = planner.measure(problem, plan=plan)
        late, usual_share = measures.late, measures.usual_share
    else:
        plan = _empty(problem, seed=seed)
        nobody = tuple(LeftOut(each.visit_id, UnplannedCode.NO_SHIFT) for group in day.slots for each in group)
        left_out, tours = day.left_out + nobody, answering.read_tours(plan, day=day, case=case, placed=())
        late, usual_share = 0, None
    assumptions: dict[str, object] = {
        "carer_walk_speed_mps": streets.CARER_WALK_MPS,
        "ebike_speed_kph": streets.EBIKE_KPH,
        "parking_and_door_s": streets.PARKING_S + streets.DOOR_S,
        "moved_after_min": int(visits.MOVED_AFTER.total_seconds()) // 60,
        "continuity_days": CONTINUITY_DAYS,
        "unpopular_days": UNPOPULAR_DAYS,
        "unpopular_before": f"{UNPOPULAR_BEFORE:%H:%M}",
        "unpopular_from": f"{UNPOPULAR_FROM:%H:%M}",
    }
    identity = streets.network_identity(network.manifest) if network else None
    return DayAnswer(
        case=case,
        tours=tours,
        left_out=left_out,
        figures=answering.figures_of(tours, left_out=left_out, case=case, late=late, usual_share=usual_share),
        cost=answering.cost_of(plan.cost),
        iterations=plan.iterations,
        inputs_hash=hash_of(case, told={"rule": PLAN_RULE, "weights": answering.weights_of(weights), "net": identity}),
        network=identity,
        network_at=network.manifest.source_at if network else None,
        assumptions=assumptions,
    )


def _empty(problem: planner.Problem, *, seed: int) -> planner.Plan:
    """Give the plan of a day without visits, or without anybody to make them."""
    return planner.build_plan(problem, order=(), carers={}, seed=seed)
