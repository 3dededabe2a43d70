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
from dispatch.directory.queries.codes import find_usual_min
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
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

OFFER_COLUMNS = (
    ServiceAtSite.id,
    ServiceAtSite.site_id,
    Service.id.label("service_id"),
    Service.organization_id,
    Site.name.label("site_name"),
    Organization.name.label("organization_name"),
    Site.facility_type,
    Site.area_code,
    Site.lon,
    Site.lat,
    Service.service_code,
    Service.name.label("service_name"),
    Service.status,
    Service.delivery,
    Service.visit_min,
    Service.minimum_age,
    Service.maximum_age,
    Service.categories,
    Service.grades,
    Service.registration_prefix,
)
MOST_NAMED = 200  # of so many offers the ids are given; of more they are chosen again, since ids would take longer
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
            sa.select(*OFFER_COLUMNS)
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
    around = _Around(rows, chosen=chosen, on=on)
    usual_min = find_usual_min({row.service_code for row in rows if row.visit_min is None})
    return [_offer(row, around=around, usual_min=usual_min) for row in rows]


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

    def __init__(
        self, chosen_rows: Sequence[sa.Row[*tuple[Any, ...]]], *, chosen: list[sa.ColumnElement[bool]], on: date
    ) -> None:
        at_sites: sa.Select[UUID] | set[UUID] = {row.site_id for row in chosen_rows}
        of_offers: sa.Select[UUID] | set[UUID] = {row.id for row in chosen_rows}
        if len(chosen_rows) > MOST_NAMED:
            offers = (
                sa.select(ServiceAtSite.id, ServiceAtSite.site_id)
                .join(Site, Site.id == ServiceAtSite.site_id)
                .join(Service, Service.id == ServiceAtSite.service_id)
                .where(*chosen)
                .subquery()
            )
            at_sites, of_offers = sa.select(offers.c.site_id), sa.select(offers.c.id)
        midnight = datetime.combine(on, time(), tzinfo=UTC)
        rows = session().execute
        self.stages = {
            site_id: Stage(stage)
            for site_id, stage in rows(
                sa.select(SiteStatus.site_id, SiteStatus.stage).where(
                    SiteStatus.site_id.in_(at_sites), in_force(SiteStatus, on)
                )
            )
        }
        self.site_hours: dict[UUID, str] = {}
        self.own_hours: dict[UUID, str] = {}
        for site_id, offer_id, hours in rows(
            sa.select(OpeningHours.site_id, OpeningHours.service_at_site_id, OpeningHours.hours).where(
                OpeningHours.site_id.in_(at_sites), in_force(OpeningHours, on)
            )
        ):
            if offer_id is None:
                self.site_hours[site_id] = hours
            else:
                self.own_hours[offer_id] = hours
        self.closures: dict[UUID, list[Span]] = {}
        for site_id, *span in rows(
            sa.select(Closure.site_id, Closure.from_at, Closure.to_at).where(
                Closure.site_id.in_(at_sites), Closure.to_at > midnight - ONE_DAY
            )
        ):
            self.closures.setdefault(site_id, []).append(Span(*span))
        self.prices = {
            offer_id: (price_id, unit, amount_cents)
            for offer_id, price_id, unit, amount_cents in rows(
                sa.select(Price.service_at_site_id, Price.id, Price.unit, Price.amount_cents).where(
                    Price.service_at_site_id.in_(of_offers), in_force(Price, on)
                )
            )
        }
        self.catchments: dict[UUID, list[CatchmentArea]] = {}
        for offer_id, *area in rows(
            sa.select(
                Catchment.service_at_site_id, Catchment.area_code, Catchment.extent_ll, Catchment.limit_min
            ).where(Catchment.service_at_site_id.in_(of_offers), in_force(Catchment, on))
        ):
            self.catchments.setdefault(offer_id, []).append(
                CatchmentArea(area_code=area[0], extent_ll=area[1], limit_min=area[2])
            )
        capacities = rows(
            sa.select(Capacity, Site.area_code)
            .join(Site, Site.id == Capacity.site_id)
            .where(Capacity.service_at_site_id.in_(of_offers))
        ).all()
        stale_after = StaleAfter(on) if capacities else None
        self.capacities: dict[UUID | None, Vacancy] = {
            row.service_at_site_id: stale_after.vacancy(row, area_code=area_code)
            for row, area_code in capacities
            if stale_after
        }


def _offer(row: sa.Row[*tuple[Any, ...]], *, around: _Around, usual_min: dict[str, int | None]) -> Offer:
    price_id, unit, amount_cents = around.prices.get(row.id, (None, None, None))
    return Offer(
        service_at_site_id=row.id,
        site_id=row.site_id,
        organization_id=row.organization_id,
        service_id=row.service_id,
        site_name=row.site_name,
        organization_name=row.organization_name,
        facility_type=row.facility_type,
        area_code=row.area_code,
        lon=row.lon,
        lat=row.lat,
        stage=around.stages.get(row.site_id),
        service_code=row.service_code,
        service_name=row.service_name,
        service_status=ServiceStatus(row.status),
        delivery=Delivery(row.delivery),
        visit_min=row.visit_min if row.visit_min is not None else usual_min.get(row.service_code),
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        categories=None if row.categories is None else frozenset(row.categories),
        grades=None if row.grades is None else frozenset(row.grades),
        registration_prefix=row.registration_prefix,
        hours=around.own_hours.get(row.id) or around.site_hours.get(row.site_id),
        closures=tuple(sorted(around.closures.get(row.site_id, ()))),
        price_cents=amount_cents,
        price_unit=PriceUnit(unit) if unit else None,
        catchments=tuple(around.catchments.get(row.id, ())),
        capacity=around.capacities.get(row.id),
        price_id=price_id,
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
