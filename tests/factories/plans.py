"""Plans of the tiny town's Tuesday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
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
FEW = 2_000  # moves of the search: enough for a handful of visits


def search(problem: planner.Problem) -> planner.Plan:
    """Search a little, always the same way."""
    return planner.solve(problem, stop=planner.MaxIterations(FEW), seed=1)


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
