"""Offers in bulk: everything matching and coverage ask, in a constant number of queries."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dispatch import areas, geo
from dispatch.directory.models import (
    Capacity,
    CapacitySlot,
    Catchment,
    Closure,
    OfferCell,
    OpeningHours,
    Organization,
    Price,
    Service,
    ServiceAtSite,
    Site,
    SiteStatus,
)
from dispatch.directory.queries.codes import find_codes
from dispatch.directory.values import (
    STALE_AFTER,
    STALE_RULE,
    CapacityUnit,
    CatchmentArea,
    Delivery,
    NearOffer,
    Offer,
    Period,
    PriceUnit,
    ServiceStatus,
    Span,
    Stage,
    Vacancy,
)
from dispatch.errors import NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

ONE_DAY = timedelta(days=1)  # the widest that zones differ from UTC, so that no closure of the date is missed


class ServiceAtSiteNotFoundError(NotFoundError):
    """No such service at this site, or it is not the caller's."""

    slug = "service-at-site-not-found"
    title = Words("这个站点没有这项服务，或者不归你管", "No such service at this site, or it is not yours")


def find_offers(
    *,
    service_codes: Collection[str] | None,
    on: date,
    area_prefixes: Iterable[str] | None = None,
    offer_ids: Collection[UUID] | None = None,
    site_ids: Collection[UUID] | None = None,
) -> list[Offer]:
    """
    Find services at sites, as they stand on a date; open or not, active or not: `stage` and `service_status` say.

    Parameters
    ----------
    service_codes : collection of str or None
        Exact codes (see `service_with_children`); None for all.
    on : date
        Stage, hours, price and catchments of this date; closures that end after it.
    area_prefixes : iterable of str, optional
        Only sites whose area code begins with one of these.
    offer_ids, site_ids : collection of UUID, optional
        Only these services at sites, or only those at these sites; at most some thousands.

    Returns
    -------
    list of Offer
        In the order of their ids. Eight queries and the code list, however many there are.

    """
    chosen: list[sa.ColumnElement[bool]] = [sa.true()]
    if service_codes is not None:
        chosen.append(Service.service_code.in_(service_codes))
    if area_prefixes is not None:
        prefixes = [Site.area_code.startswith(each, autoescape=True) for each in area_prefixes]
        chosen.append(sa.or_(sa.false(), *prefixes))
    if offer_ids is not None:
        chosen.append(ServiceAtSite.id.in_(offer_ids))
    if site_ids is not None:
        chosen.append(ServiceAtSite.site_id.in_(site_ids))
    rows = (
        session()
        .execute(
            sa.select(ServiceAtSite.id, Site, Service, Organization.name)
            .join(Site, Site.id == ServiceAtSite.site_id)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .join(Organization, Organization.id == Service.organization_id)
            .where(*chosen)
            .order_by(ServiceAtSite.id)
        )
        .all()
    )
    if not rows:
        return []
    around = _Around(chosen, on=on, stale_after=StaleAfter(on))
    usual_min = {code.code: code.facts.get("visit_min") for code in find_codes("service")}
    return [
        _offer(offer_id, site=site, service=service, owner=owner, around=around, usual_min=usual_min)
        for offer_id, site, service, owner in rows
    ]


class StaleAfter:
    """How old news of vacancies may be, area by area; all rules are read at once."""

    def __init__(self, on: date) -> None:
        self._by_area = areas.find_rule_values(STALE_RULE, on=on)

    def vacancy(self, row: Capacity, *, area_code: str) -> Vacancy:
        """Give what a row says, with the age that the rule of the nearest area above allows."""
        hours = next((value for code in areas.ancestor_codes(area_code) if (value := self._by_area.get(code))), None)
        return Vacancy(
            CapacityUnit(row.unit),
            row.maximum,
            row.available,
            row.updated_at,
            timedelta(hours=hours) if isinstance(hours, int | float) and hours > 0 else STALE_AFTER,
        )


class _Around:
    """What hangs on the chosen offers and their sites on a date."""

    def __init__(self, chosen: list[sa.ColumnElement[bool]], *, on: date, stale_after: StaleAfter) -> None:
        offers = (
            sa.select(ServiceAtSite.id, ServiceAtSite.site_id)
            .join(Site, Site.id == ServiceAtSite.site_id)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .where(*chosen)
            .subquery()
        )
        at_sites, of_offers = sa.select(offers.c.site_id), sa.select(offers.c.id)
        midnight = datetime.combine(on, time(), tzinfo=UTC)
        rows = session().scalars
        self.stages = {
            row.site_id: Stage(row.stage)
            for row in rows(sa.select(SiteStatus).where(SiteStatus.site_id.in_(at_sites), in_force(SiteStatus, on)))
        }
        self.site_hours: dict[UUID, str] = {}
        self.own_hours: dict[UUID, str] = {}
        for hours in rows(
            sa.select(OpeningHours).where(OpeningHours.site_id.in_(at_sites), in_force(OpeningHours, on))
        ):
            if hours.service_at_site_id is None:
                self.site_hours[hours.site_id] = hours.hours
            else:
                self.own_hours[hours.service_at_site_id] = hours.hours
        self.closures: dict[UUID, list[Span]] = {}
        for closure in rows(
            sa.select(Closure).where(Closure.site_id.in_(at_sites), Closure.to_at > midnight - ONE_DAY)
        ):
            self.closures.setdefault(closure.site_id, []).append(Span(closure.from_at, closure.to_at))
        self.prices = {
            row.service_at_site_id: row
            for row in rows(sa.select(Price).where(Price.service_at_site_id.in_(of_offers), in_force(Price, on)))
        }
        self.catchments: dict[UUID, list[CatchmentArea]] = {}
        for row in rows(
            sa.select(Catchment).where(Catchment.service_at_site_id.in_(of_offers), in_force(Catchment, on))
        ):
            area = CatchmentArea(area_code=row.area_code, extent_ll=row.extent_ll, limit_min=row.limit_min)
            self.catchments.setdefault(row.service_at_site_id, []).append(area)
        self.capacities: dict[UUID | None, Vacancy] = {
            row.service_at_site_id: stale_after.vacancy(row, area_code=area_code)
            for row, area_code in session().execute(
                sa.select(Capacity, Site.area_code)
                .join(Site, Site.id == Capacity.site_id)
                .where(Capacity.service_at_site_id.in_(of_offers))
            )
        }


def _offer(
    offer_id: UUID, *, site: Site, service: Service, owner: str, around: _Around, usual_min: dict[str, Any]
) -> Offer:
    price = around.prices.get(offer_id)
    return Offer(
        service_at_site_id=offer_id,
        site_id=site.id,
        organization_id=service.organization_id,
        service_id=service.id,
        site_name=site.name,
        organization_name=owner,
        facility_type=site.facility_type,
        area_code=site.area_code,
        lon=site.lon,
        lat=site.lat,
        stage=around.stages.get(site.id),
        service_code=service.service_code,
        service_name=service.name,
        service_status=ServiceStatus(service.status),
        delivery=Delivery(service.delivery),
        visit_min=service.visit_min if service.visit_min is not None else usual_min.get(service.service_code),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        categories=None if service.categories is None else frozenset(service.categories),
        grades=None if service.grades is None else frozenset(service.grades),
        registration_prefix=service.registration_prefix,
        hours=around.own_hours.get(offer_id) or around.site_hours.get(site.id),
        closures=tuple(sorted(around.closures.get(site.id, ()))),
        price_cents=price.amount_cents if price else None,
        price_unit=PriceUnit(price.unit) if price else None,
        catchments=tuple(around.catchments.get(offer_id, ())),
        capacity=around.capacities.get(offer_id),
        price_id=price.id if price else None,
    )


def find_offers_near(
    lonlat: geo.LonLat, *, service_codes: Collection[str], radius_m: float, limit: int | None = None
) -> list[NearOffer]:
    """
    Find located, active offers by straight-line distance, nearest first; ties in the order of their ids.

    Parameters
    ----------
    lonlat : tuple
        WGS 84.
    service_codes : collection of str
        Exact codes.
    radius_m : float
        Metres on the sphere, this distance included. The cells asked for hold the whole circle, and the
        distance decides, so none is missed.
    limit : int, optional
        Only so many.

    """
    lon, lat = lonlat
    cells = geo.cells_within(lon, lat, radius_m=radius_m)
    rows = (
        session()
        .execute(
            sa.select(OfferCell.service_at_site_id, OfferCell.site_id, OfferCell.lon, OfferCell.lat).where(
                OfferCell.service_code.in_(service_codes), _is_one_of(cells)
            )
        )
        .all()
    )
    if not rows:
        return []
    points = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64)
    straight_m = geo.haversine_m(lon, lat, points[:, 0], points[:, 1])
    near = [(distance, row) for distance, row in zip(straight_m.tolist(), rows, strict=True) if distance <= radius_m]
    near.sort(key=lambda each: (each[0], each[1].service_at_site_id))
    return [
        NearOffer(
            service_at_site_id=row.service_at_site_id,
            site_id=row.site_id,
            lon=row.lon,
            lat=row.lat,
            straight_m=distance,
        )
        for distance, row in near[:limit]
    ]


def _is_one_of(cells: list[int]) -> sa.ColumnElement[bool]:
    """Select offers in some hundred cells with one value: as many parameters would take longer than the search."""
    if session().get_bind().dialect.name == "postgresql":
        return OfferCell.cell == sa.any_(sa.literal(cells, postgresql.ARRAY(sa.BigInteger)))
    each = sa.func.json_each(json.dumps(cells)).table_valued("value")
    return OfferCell.cell.in_(sa.select(each.c.value))


def find_slot(service_at_site_id: UUID, *, service_on: date, period: str) -> CapacitySlot | None:
    """Find the places of a part of a day as they are in the database now, or None where nobody took one yet."""
    return session().scalar(
        sa.select(CapacitySlot)
        .where(
            CapacitySlot.service_at_site_id == service_at_site_id,
            CapacitySlot.service_on == service_on,
            CapacitySlot.period == period,
        )
        .execution_options(populate_existing=True)
    )


def list_slots(service_at_site_id: UUID, *, site_id: UUID, first: date, last: date) -> list[CapacitySlot]:
    """
    List the planned or taken places of a service at a site from one date to another, both included.

    Raises
    ------
    ServiceAtSiteNotFoundError
        There is no such service at this site.

    """
    offer = session().get(ServiceAtSite, service_at_site_id)
    if offer is None or offer.site_id != site_id:
        raise ServiceAtSiteNotFoundError
    chosen = sa.select(CapacitySlot).where(
        CapacitySlot.service_at_site_id == service_at_site_id, CapacitySlot.service_on.between(first, last)
    )
    order = list(Period)
    return sorted(session().scalars(chosen), key=lambda slot: (slot.service_on, order.index(Period(slot.period))))


def find_slots(*, service_at_site_ids: Collection[UUID], service_on: date, period: str) -> dict[UUID, CapacitySlot]:
    """Find the places of a part of a day for many services at sites at once."""
    rows = session().scalars(
        sa.select(CapacitySlot)
        .where(
            CapacitySlot.service_at_site_id.in_(service_at_site_ids),
            CapacitySlot.service_on == service_on,
            CapacitySlot.period == period,
        )
        .execution_options(populate_existing=True)
    )
    return {row.service_at_site_id: row for row in rows}
