"""Plans of the tiny town's Tuesday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import permutations
from typing import TYPE_CHECKING

from dispatch import assignment, planner, storage
from dispatch.actor import SYSTEM
from tests.factories.intake import NOW, ZONE
from tests.worlds.tiny_day import AREA, NETWORK

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.streets import Network

TUESDAY = date(2026, 3, 31)
DISTRICT = AREA[:6]


def search(problem: planner.Problem) -> planner.Plan:
    """Plan by the reference alone, one visit after the other, each with whoever makes it cheapest."""
    order: list[int] = []
    chosen: dict[int, tuple[int, ...]] = {}
    plan = planner.build_plan(problem, order=(), carers={}, seed=1)
    for job in sorted(range(len(problem.jobs)), key=lambda number: (problem.jobs[number].earliest_s, number)):
        slots = len(problem.jobs[job].slots)
        tried = [
            (made.cost.total, carers, made)
            for carers in permutations(range(len(problem.carers)), slots)
            for made in [planner.build_plan(problem, order=[*order, job], carers=chosen | {job: carers}, seed=1)]
            if job not in made.left_out
        ]
        if tried:
            _, chosen[job], plan = min(tried, key=lambda each: each[:2])
            order.append(job)
    return plan


def ask_plan(*, actor: Actor = SYSTEM, now: datetime = NOW, **fields) -> assignment.PlanCard:
    """Ask for a plan of Tuesday in the whole district."""
    made = {"plan_on": TUESDAY, "area_code": DISTRICT}
    return assignment.request_plan(assignment.PlanWish(**(made | fields)), actor=actor, now=now, zone=ZONE)


def compute(card: assignment.PlanCard, *, now: datetime = NOW, network: Network | None = NETWORK, **changes):
    """Plan a day as the job does; `changes` are fields of the case that a test sets."""
    case = assignment.gather_day(
        card.plan_on, area_code=card.area_code, organization_id=card.organization_id, now=now, zone=ZONE
    )
    return assignment.compute_day(
        replace(case, **changes),
        network=network,
        zone=ZONE,
        weights=planner.Weights(**card.weights),
        seed=card.seed,
        search=search,
    )


def propose(*, actor: Actor = SYSTEM, now: datetime = NOW, network: Network | None = NETWORK, **fields) -> UUID:
    """Put a proposed plan on record; its id comes back."""
    card = ask_plan(actor=actor, now=now, **fields)
    answer = compute(card, now=now, network=network)
    assert assignment.store_answer(card.plan_id, answer=answer, actor=actor, at=now)
    storage.session().flush()
    return card.plan_id


def read(plan_id: UUID, *, actor: Actor = SYSTEM) -> assignment.PlanView:
    """Read a plan whole."""
    return assignment.read_plan(plan_id, actor=actor)


def accept(plan_id: UUID, *, actor: Actor = SYSTEM, now: datetime = NOW, **fields) -> assignment.PlanCard:
    """Sign a plan."""
    return assignment.accept_plan(plan_id, actor=actor, now=now, zone=ZONE, **fields)


def placed(view: assignment.PlanView) -> dict[UUID, tuple[UUID, datetime]]:
    """Give for each visit in a tour its carer and start."""
    return {stop.visit_id: (tour.carer_id, stop.start_at) for tour in view.tours for stop in tour.stops}
