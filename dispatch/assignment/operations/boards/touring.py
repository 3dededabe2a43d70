"""A carer's own day: the tour of a plan that somebody signed, and the visits in it as they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import carers, dates, visits
from dispatch.assignment.operations.days.scope import load_plan, own_houses
from dispatch.assignment.queries import find_accepted_tour, find_plan_row, find_tours
from dispatch.assignment.values import OwnTour

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.values import TourCard

ONE_DAY = timedelta(days=1)
IDLE = frozenset({visits.VisitStatus.CANCELED, visits.VisitStatus.MISSED})


def find_own_tour(carer_id: UUID, *, on: date, zone: ZoneInfo) -> OwnTour | None:
    """
    Give a carer's tour of a date: of a plan that was accepted, and no other.

    None before a person signed it. Stops whose visit was canceled since, or given to somebody else, are left out.
    """
    card = find_accepted_tour(carer_id, on=on)
    row = find_plan_row(card.plan_id) if card else None
    if card is None or row is None:
        return None
    known = visits.find_visits(visit_ids=[stop.visit_id for stop in card.stops])
    own = {each.visit_id: each for each in known if each.carer_id == carer_id and each.status not in IDLE}
    day = visits.find_visits(
        carer_ids=[carer_id], from_at=dates.start_of(on, zone), to_at=dates.start_of(on + ONE_DAY, zone)
    )
    return OwnTour(
        tour=replace(card, stops=tuple(stop for stop in card.stops if stop.visit_id in own)),
        version=row.version,
        known=own,
        partners=_partners(own, carer_id=carer_id),
        problems=visits.find_problems(own),
        others=sum(each.visit_id not in own and each.status not in IDLE for each in day),
    )


def _partners(own: dict[UUID, visits.VisitFacts], *, carer_id: UUID) -> dict[UUID, str]:
    """Name who else comes to visits for two."""
    pairs = {each.pair_id: visit_id for visit_id, each in own.items() if each.pair_id}
    others = {
        pairs[each.pair_id]: each.carer_id
        for each in visits.find_partners(pairs)
        if each.pair_id in pairs and each.carer_id and each.carer_id != carer_id
    }
    names = carers.find_carer_names(others.values())
    return {visit_id: names[other_id] for visit_id, other_id in others.items() if other_id in names}


def get_tour(plan_id: UUID, *, carer_id: UUID, actor: Actor) -> TourCard:
    """
    Give one carer's tour in a plan that the actor may see.

    Raises PlanNotFoundError, and carers.CarerNotFoundError where the plan has none of the carer's that is the actor's.
    """
    houses = own_houses(actor, plan=load_plan(plan_id, actor=actor))
    found = find_tours(plan_id, carer_ids=[carer_id])
    if not found or (houses is not None and carers.find_employers([carer_id]).get(carer_id) not in houses):
        raise carers.CarerNotFoundError(carer_id=carer_id)
    return found[0]
