"""Whom a service is for: its conditions and its service area, held against an elder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import Point

from dispatch import geo
from dispatch.assignment.rules.eligibility import judge_catchment, judge_elder
from dispatch.assignment.values import Conditions, ElderCase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from dispatch import directory
    from dispatch.assignment.values import Reason
    from dispatch.elders import ElderFacts
    from dispatch.geo import LonLat


def find_unfit(offers: Iterable[directory.Offer], *, facts: ElderFacts) -> dict[UUID, list[Reason]]:
    """
    Find the services that do not take an elder, by the id of the service at its site.

    Each with every rule that the elder does not meet, by the same code as the search for candidates: service area, age,
    category, ability grade in force, household registration. Whether it is open, has places and carers is not asked.
    """
    elder = elder_case(facts, area_code="")
    found = {}
    for offer in offers:
        reasons = judge_elder(elder, conditions=conditions_of(offer))
        outside = judge_catchment(
            has_catchment=bool(offer.catchments), is_inside=bool(catchments_here(offer, facts=facts))
        )
        if outside or reasons:
            found[offer.service_at_site_id] = ([outside] if outside else []) + reasons
    return found


def conditions_of(offer: directory.Offer) -> Conditions:
    """Give whom a service is for."""
    return Conditions(
        minimum_age=offer.minimum_age,
        maximum_age=offer.maximum_age,
        categories=offer.categories,
        grades=offer.grades,
        registration_prefix=offer.registration_prefix,
    )


def elder_case(facts: ElderFacts, *, area_code: str) -> ElderCase:
    """Give what the rules ask of an elder; `area_code` is for one without a home on record."""
    return ElderCase(
        age=facts.age,
        categories=facts.categories,
        grade=facts.grade.value if facts.grade else None,
        registered_area_code=facts.registered_area_code,
        area_code=facts.home.area_code if facts.home else area_code,
    )


def catchments_here(offer: directory.Offer, *, facts: ElderFacts) -> list[directory.CatchmentArea]:
    """Find the provider's catchments in which the home lies: by its area code, or by its point."""
    if facts.home is None:
        return []
    area_code, home_ll = facts.home.area_code, home_ll_of(facts)
    return [
        each
        for each in offer.catchments
        if (each.area_code is not None and area_code.startswith(each.area_code))
        or (each.extent_ll is not None and home_ll and geo.read_polygon(each.extent_ll).covers(Point(home_ll)))
    ]


def home_ll_of(facts: ElderFacts) -> LonLat | None:
    """Give where an elder lives, as far as it is known."""
    home = facts.home
    return (home.lon, home.lat) if home and home.lon is not None and home.lat is not None else None
