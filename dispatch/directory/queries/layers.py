"""Reads of sites as a map layer, those without a point among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import dates
from dispatch.directory.models import Service, ServiceAtSite, Site
from dispatch.directory.queries.codes import find_codes
from dispatch.directory.queries.keys import in_pieces
from dispatch.directory.queries.sites import SiteEntry, SiteFilter, site_conditions, site_entries
from dispatch.directory.values import ServiceStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SiteWish:
    """
    Which sites a layer shows: those of a filter, and of them those with exactly this name, area or id.

    A site fits a box (west, south, east, north) where it stands in it, and where it has no point; several boxes are
    one place cut in two by the 180th meridian.
    """

    filter: SiteFilter = field(default_factory=SiteFilter)
    boxes_ll: tuple[Box, ...] = ()
    name: str | None = None
    area_code: str | None = None
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SiteSpot:
    """One site of the layer: with its tier and the codes of the active services that are given there."""

    entry: SiteEntry
    tier: str
    service_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SitePoint:
    """A site that has a point, as a map draws it."""

    id: UUID
    name: str
    facility_type: str
    area_code: str
    point_ll: tuple[float, float]


def find_site_spots(
    wanted: SiteWish, *, at: datetime, zone: ZoneInfo, after: UUID | None = None, limit: int | None = None
) -> list[SiteSpot]:
    """Find sites in the order of their ids; the stage is that of the date."""
    chosen = sa.select(Site).where(*_conditions(wanted, at=at)).order_by(Site.id).limit(limit)
    if after is not None:
        chosen = chosen.where(Site.id > after)
    sites = list(session().scalars(chosen))
    tiers = {code.code: str(code.facts.get("tier", "")) for code in find_codes("facility_type")}
    services = _services({site.id for site in sites})
    entries = site_entries(sites, now=at, on=dates.service_date(at, zone))
    return [
        SiteSpot(one, tiers.get(one.site.facility_type, ""), tuple(sorted(services.get(one.site.id, ()))))
        for one in entries
    ]


def count_site_spots(wanted: SiteWish, *, at: datetime) -> int:
    """Count the sites that `find_site_spots` finds."""
    return session().scalar(sa.select(sa.func.count()).select_from(Site).where(*_conditions(wanted, at=at))) or 0


def find_site_extent() -> Box | None:
    """Find the box around all sites that have a point, or None where none has."""
    low, high = sa.func.min, sa.func.max
    whole = sa.select(low(Site.lon), low(Site.lat), high(Site.lon), high(Site.lat)).where(Site.merged_into_id.is_(None))
    row: Any = session().execute(whole).one()
    return None if row[0] is None else tuple(row)


def find_site_points(box_ll: Box, *, limit: int) -> list[SitePoint]:
    """Find the sites that stand in a box, in the order of their ids, with as little as a map of many needs."""
    west, south, east, north = box_ll
    chosen = (
        sa.select(Site.id, Site.name, Site.facility_type, Site.area_code, Site.lon, Site.lat)
        .where(Site.merged_into_id.is_(None), Site.lon.between(west, east), Site.lat.between(south, north))
        .order_by(Site.id)
        .limit(limit)
    )
    return [SitePoint(*row[:4], point_ll=(row.lon, row.lat)) for row in session().execute(chosen)]


def _conditions(wanted: SiteWish, *, at: datetime) -> Iterable[sa.ColumnElement[bool]]:
    yield from site_conditions(wanted.filter, now=at)
    for column, value in ((Site.name, wanted.name), (Site.area_code, wanted.area_code), (Site.id, wanted.site_id)):
        if value is not None:
            yield column == value
    if wanted.boxes_ll:
        inside = [
            sa.and_(Site.lon.between(west, east), Site.lat.between(south, north))
            for west, south, east, north in wanted.boxes_ll
        ]
        yield sa.or_(Site.lon.is_(None), *inside)


def _services(site_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for piece in in_pieces(site_ids):
        given = (
            sa.select(ServiceAtSite.site_id, Service.service_code)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .where(ServiceAtSite.site_id.in_(piece), Service.status == ServiceStatus.ACTIVE.value)
        )
        for site_id, code in session().execute(given):
            found.setdefault(site_id, set()).add(code)
    return found
