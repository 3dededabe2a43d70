"""
Whose visit one is.

Of the organization that took its request, else of whose carer it was given to, else of whose carer answers for the
elder. The rule is here twice: for visits that are at hand, and as a condition of a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, intake, visits
from dispatch.assignment.queries.days import find_organizations_of
from dispatch.assignment.queries.matching import own_services

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from uuid import UUID


def find_houses(
    held: Mapping[UUID, tuple[UUID, UUID | None]],
    *,
    offers: Mapping[UUID, UUID | None],
    workers: Mapping[UUID, UUID],
) -> dict[UUID, UUID | None]:
    """
    Find whose carers make each visit.

    Parameters
    ----------
    held : mapping
        Elder and carer of each visit.
    offers : mapping
        The services at sites that took the requests which visits serve.
    workers : mapping
        Who answers for each elder.

    """
    of_offer = find_organizations_of(each for each in offers.values() if each)
    holders = {visit_id: carer_id or workers.get(elder_id) for visit_id, (elder_id, carer_id) in held.items()}
    of_carer = carers.find_employers({each for each in holders.values() if each})
    houses: dict[UUID, UUID | None] = {}
    for visit_id, holder in holders.items():
        offer_id = offers.get(visit_id)
        if offer_id:
            houses[visit_id] = of_offer.get(offer_id)
        else:
            houses[visit_id] = of_carer.get(holder) if holder else None
    return houses


def is_made_by(
    visit_id: sa.SQLColumnExpression[UUID],
    *,
    houses: Collection[UUID],
    on: date | sa.SQLColumnExpression[date],
) -> sa.ColumnElement[bool]:
    """Say of each row of a query whether carers of these organizations make its visit."""
    offer_id = intake.offer_of(visit_id)
    is_theirs = visits.is_held_by(visit_id, carer_ids=carers.staff_of(houses), on=on)
    return sa.or_(offer_id.in_(own_services(houses)), sa.and_(offer_id.is_(None), is_theirs))
