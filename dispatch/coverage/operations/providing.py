"""Who gives a service on a date, at a moment, with how many places: what a run asks of the directory."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, directory, geo
from dispatch.coverage.values import (
    CARER_MODES,
    CapacityRule,
    CatchmentFacts,
    Mode,
    RunWish,
    SiteFacts,
    StartFacts,
    UnknownHours,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.geo import LonLat

HOME_CARE = "home_care"
"""The service that stands for all that come to the home: its sites are those where their carers start (T001)."""

CLOSED_THEN, UNKNOWN_HOURS = "sites_closed_then", "sites_without_hours"
WITHOUT_CAPACITY, STALE_CAPACITY = "sites_without_capacity", "sites_with_stale_capacity"
WITHOUT_PLACES = "sites_without_places"


def read_providers(
    services: Iterable[str], *, wish: RunWish
) -> tuple[tuple[SiteFacts, ...], tuple[StartFacts, ...], dict[str, int]]:
    """
    Read the sites that serve, and of a home service where its carers start; and the counts of `read_sites`.

    The starts are those of `read_starts` whose carers travel in the run's mode.
    """
    found, counts = _find_offers(services, wish=wish)
    sites = _site_facts(found, wish=wish, counts=counts)
    if wish.mode is Mode.WALK:
        return sites, (), counts
    offers = [offer for here in found.values() for offer in here]
    ways = read_starts(offers, on=wish.as_of)
    starts = {
        StartFacts(offer.site_id, point_ll, tuple(_catchment(one) for one in offer.catchments))
        for offer in offers
        for point_ll, mode in ways[offer.service_at_site_id]
        if mode == wish.mode
    }
    return sites, tuple(sorted(starts, key=_order)), counts


def read_starts(offers: Collection[directory.Offer], *, on: date) -> dict[UUID, set[tuple[LonLat, str]]]:
    """
    Read where the carers of home services start and how they travel (a `Mode`), by the service at its site.

    A carer starts at the own base, else at the base's site; one of whom neither is known at the site of the service.
    Those count who have every skill that each carer needs. Where an organization has no carer on record at all, its
    service starts from its own site, however one travels.
    """
    staff: dict[UUID, list[carers.CarerFacts]] = {offer.organization_id: [] for offer in offers}
    if not staff:
        return {}
    for each in carers.find_carers(on=on, organization_ids=staff):
        staff[each.organization_id].append(each)
    base_ids = {each.base_site_id for some in staff.values() for each in some if each.base_site_id}
    site = directory.Site
    bases = {
        site_id: point_of(lon, lat)
        for site_id, lon, lat in session().execute(
            sa.select(site.id, site.lon, site.lat).where(site.id.in_(sorted(base_ids)))
        )
    }
    needs = {code: directory.service_needs(code).skills_all for code in {offer.service_code for offer in offers}}
    mode_of = {travel: mode.value for mode, travel in CARER_MODES.items()}
    found: dict[UUID, set[tuple[LonLat, str]]] = {}
    for offer in offers:
        here = staff[offer.organization_id]
        own = point_of(offer.lon, offer.lat)
        points = [(own, mode.value) for mode in CARER_MODES] if not here else []
        for each in here:
            base = bases.get(each.base_site_id) if each.base_site_id else own
            if needs[offer.service_code] <= each.skills.keys():
                points.append((point_of(each.base_lon, each.base_lat) or base, mode_of[each.travel_mode]))
        found[offer.service_at_site_id] = {(point, mode) for point, mode in points if point is not None}
    return found


def _catchment(one: directory.CatchmentArea) -> CatchmentFacts:
    return CatchmentFacts(
        area_code=one.area_code,
        extent_ll=None if one.extent_ll is None else geo.read_polygon(one.extent_ll),
        limit_s=None if one.limit_min is None else one.limit_min * 60,
    )


def _order(start: StartFacts) -> tuple[str, LonLat | None, str]:
    return str(start.site_id), start.point_ll, str(start.catchments)


def read_sites(services: Iterable[str], *, wish: RunWish) -> tuple[tuple[SiteFacts, ...], dict[str, int]]:
    """
    Read the sites that serve, in the order of their ids, and count those that do not or are doubtful.

    Sites are those open on the date that give one of the services where they stand; for `home_care` those where carers
    of any service that comes to the home start. With `at_local` one must be open at that moment by its hours, closures
    and the holidays; one whose hours nobody knows counts as `unknown_hours` says, and how many there are is told either
    way. With a capacity rule each site has the sum of the places of these services there; a site that told nobody how
    many it has counts as having none.
    """
    found, counts = _find_offers(services, wish=wish)
    return _site_facts(found, wish=wish, counts=counts), counts


def _find_offers(services: Iterable[str], *, wish: RunWish) -> tuple[dict[UUID, list[directory.Offer]], dict[str, int]]:
    offers: dict[UUID, list[directory.Offer]] = {}
    for offer in _serving(services, wish=wish):
        offers.setdefault(offer.site_id, []).append(offer)
    counts: dict[str, int] = {}
    if wish.at_local is not None:
        offers = _open_then(offers, services=services, wish=wish, counts=counts)
    return offers, counts


def _site_facts(
    offers: dict[UUID, list[directory.Offer]], *, wish: RunWish, counts: dict[str, int]
) -> tuple[SiteFacts, ...]:
    places: dict[UUID, int] = {}
    if wish.capacity is not CapacityRule.IGNORED:
        places = _places(offers, wish=wish, counts=counts)
    return tuple(
        SiteFacts(
            site_id=site_id,
            name=here[0].site_name,
            area_code=here[0].area_code,
            point_ll=point_of(here[0].lon, here[0].lat),
            places=places.get(site_id),
        )
        for site_id, here in sorted(offers.items())
    )


def open_sites(service_code: str, *, on: date) -> tuple[SiteFacts, ...]:
    """Read the sites that give a service, or one below it, on a date at any hour; in the order of their ids."""
    wish = RunWish(area_code="", service_code=service_code, as_of=on)
    return read_sites(directory.service_with_children(service_code), wish=wish)[0]


def point_of(lon: float | None, lat: float | None) -> LonLat | None:
    """Give a point, or None where one of its numbers is missing."""
    return None if lon is None or lat is None else (lon, lat)


def _serving(services: Iterable[str], *, wish: RunWish) -> Iterable[directory.Offer]:
    is_home = HOME_CARE in services or wish.mode is not Mode.WALK
    for offer in directory.find_offers(service_codes=_codes(services), on=wish.as_of):
        if (
            offer.stage == directory.Stage.OPEN
            and offer.delivery == (directory.Delivery.HOME if is_home else directory.Delivery.SITE)
            and offer.service_status == directory.ServiceStatus.ACTIVE
        ):
            yield offer


def _codes(services: Iterable[str]) -> frozenset[str] | None:
    """Give the services whose offers are read: all of them (None) for home care as a whole."""
    return None if HOME_CARE in services else frozenset(services)


def _open_then(
    offers: dict[UUID, list[directory.Offer]], *, services: Iterable[str], wish: RunWish, counts: dict[str, int]
) -> dict[UUID, list[directory.Offer]]:
    at = wish.at_local
    assert at is not None  # noqa: S101 - asked by the caller
    hours = {
        offer.service_at_site_id: offer for offer in directory.find_offers(service_codes=_codes(services), on=at.date())
    }
    calendar = directory.read_calendar()
    found: dict[UUID, list[directory.Offer]] = {}
    counts |= {CLOSED_THEN: 0, UNKNOWN_HOURS: 0}
    for site_id, here in offers.items():
        states = {
            offer.service_at_site_id: _is_open(hours[offer.service_at_site_id], at=at, calendar=calendar)
            for offer in here
        }
        if not any(states.values()):
            if False in states.values() and None not in states.values():
                counts[CLOSED_THEN] += 1
                continue
            counts[UNKNOWN_HOURS] += 1
        counted = [
            offer
            for offer in here
            if states[offer.service_at_site_id]
            or (states[offer.service_at_site_id] is None and wish.unknown_hours is UnknownHours.INCLUDE)
        ]
        if counted:
            found[site_id] = counted
    return found


def _is_open(offer: directory.Offer, *, at: datetime, calendar: directory.Calendar) -> bool | None:
    zone: ZoneInfo = at.tzinfo  # type: ignore[assignment] # the wish carries the zone of the place
    return directory.is_open(offer.hours, closures=offer.closures, at=at, zone=zone, calendar=calendar)


def _places(offers: dict[UUID, list[directory.Offer]], *, wish: RunWish, counts: dict[str, int]) -> dict[UUID, int]:
    # News is judged at the beginning of the date, so that the same run on the same date finds the same.
    begins_at = datetime.combine(wish.as_of, time(), tzinfo=UTC)
    found: dict[UUID, int] = {}
    counts |= {WITHOUT_CAPACITY: 0, STALE_CAPACITY: 0, WITHOUT_PLACES: 0}
    for site_id, here in offers.items():
        told = [offer.capacity for offer in here if offer.capacity is not None]
        counts[WITHOUT_CAPACITY] += not told
        counts[STALE_CAPACITY] += any(one.is_stale(begins_at) for one in told)
        is_free = wish.capacity is CapacityRule.AVAILABLE
        found[site_id] = sum(one.available if is_free else one.maximum for one in told)
        counts[WITHOUT_PLACES] += bool(told) and not found[site_id]
    return found
