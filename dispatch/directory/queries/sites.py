"""Reads of sites: one with everything on it, and lists with their filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates
from dispatch.directory.models import (
    Closure,
    OpeningHours,
    Organization,
    Service,
    ServiceAtSite,
    Site,
    SiteStatus,
)
from dispatch.directory.queries.calendar import read_calendar
from dispatch.directory.queries.codes import find_codes
from dispatch.directory.queries.keys import in_pieces
from dispatch.directory.queries.search import is_among, is_named
from dispatch.directory.values import Span, Stage, is_open
from dispatch.errors import NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

STALE_DAYS = 365  # for a type that says nothing itself
READ_AT_ONCE = 200


class SiteNotFoundError(NotFoundError):
    """No such site, or it is outside the caller's area."""

    slug = "site-not-found"
    title = Words("没有这个站点，或者不归你管", "No such site, or it is outside your area")


class Freshness(StrEnum):
    """Whether somebody looked lately: within the days that the facility type allows."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER_VERIFIED = "never_verified"


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """One site of a list, as it stands on a date; the stage is None where nobody said so."""

    site: Site
    organization_name: str
    stage: Stage | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """
    What a list of sites is narrowed to; None does not narrow.

    `name` is what `is_named` understands, of the site or of a service there; `bbox_ll` is west, south, east,
    north; `area` a code prefix; `service_codes` exact codes; `open_at` keeps those that are known to be open then.
    """

    area: str | None = None
    facility_type: str | None = None
    service_codes: Collection[str] | None = None
    bbox_ll: tuple[float, float, float, float] | None = None
    is_located: bool | None = None
    is_stale: bool | None = None
    open_at: datetime | None = None
    name: str | None = None


def get_site(site_id: UUID) -> Site:
    """Give a site, or raise SiteNotFoundError."""
    site = session().get(Site, site_id)
    if site is None:
        raise SiteNotFoundError
    return site


def find_sites(
    wanted: SiteFilter | None = None,
    *,
    now: datetime,
    zone: ZoneInfo,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[SiteEntry]:
    """
    Find sites in the order of their ids.

    Parameters
    ----------
    wanted : SiteFilter, optional
        What the list is narrowed to.
    now, zone
        The stage is today's; what is stale is counted from now.
    after, limit
        For reading on: ids after this one, at most so many.

    """
    narrowed = wanted or SiteFilter()
    chosen = sa.and_(*site_conditions(narrowed, now=now))
    on = dates.service_date(now, zone)
    if narrowed.open_at is None:
        return site_entries(_read(chosen, after=after, limit=limit), now=now, on=on)
    found: list[Site] = []
    while limit is None or len(found) < limit:  # hours are no column, so the rows are read on until enough fit
        rows = _read(chosen, after=after, limit=READ_AT_ONCE)
        found += _open_ones(rows, at=narrowed.open_at, zone=zone)
        if len(rows) < READ_AT_ONCE:
            break
        after = rows[-1].id
    return site_entries(found[:limit], now=now, on=on)


def find_sites_in_stage(stages: Collection[Stage], *, area: str, on: date) -> list[Site]:
    """Find the sites of an area (a code prefix) that stand in one of some stages on a date, in the order of ids."""
    chosen = (
        sa.select(Site)
        .join(SiteStatus, sa.and_(SiteStatus.site_id == Site.id, in_force(SiteStatus, on)))
        .where(
            Site.merged_into_id.is_(None),
            Site.area_code.startswith(area, autoescape=True),
            SiteStatus.stage.in_([stage.value for stage in stages]),
        )
        .order_by(Site.id)
    )
    return list(session().scalars(chosen))


def stage_of(site_id: UUID, *, on: date) -> Stage | None:
    """Give the stage of a site on a date; None where nobody said so."""
    stage = session().scalar(sa.select(SiteStatus.stage).where(SiteStatus.site_id == site_id, in_force(SiteStatus, on)))
    return Stage(stage) if stage else None


def find_open_sites(area_code: str, *, on: date, facility_types: Collection[str]) -> list[tuple[UUID, str]]:
    """Find the sites (id, area code) of some types in an area and below that are open on a date, by id."""
    chosen = (
        sa.select(Site.id, Site.area_code)
        .join(SiteStatus, SiteStatus.site_id == Site.id)
        .where(
            Site.merged_into_id.is_(None),
            Site.area_code.startswith(area_code, autoescape=True),
            Site.facility_type.in_(facility_types),
            SiteStatus.stage == Stage.OPEN.value,
            in_force(SiteStatus, on),
        )
        .order_by(Site.id)
    )
    return [(site_id, code) for site_id, code in session().execute(chosen)]


def site_conditions(wanted: SiteFilter, *, now: datetime) -> Iterable[sa.ColumnElement[bool]]:
    """Give the conditions of a filter, hours aside."""
    yield Site.merged_into_id.is_(None)
    if wanted.area is not None:
        yield Site.area_code.startswith(wanted.area, autoescape=True)
    if wanted.name is not None:
        given_there = (
            sa.select(ServiceAtSite.site_id)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .where(is_named(Service, wanted.name))
        )
        # a condition on the row itself: a page of a frequent word is read off in the order of ids and no further
        yield sa.or_(is_named(Site, wanted.name), is_among(Site.id, given_there))
    if wanted.facility_type is not None:
        yield Site.facility_type == wanted.facility_type
    if wanted.bbox_ll is not None:
        west, south, east, north = wanted.bbox_ll
        yield sa.and_(Site.lon >= west, Site.lon <= east, Site.lat >= south, Site.lat <= north)
    if wanted.is_located is not None:
        yield Site.lon.is_not(None) if wanted.is_located else Site.lon.is_(None)
    if wanted.service_codes is not None:
        yield Site.id.in_(
            sa.select(ServiceAtSite.site_id)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .where(Service.service_code.in_(wanted.service_codes))
        )
    if wanted.is_stale is not None:
        stale = _is_stale(now)
        yield stale if wanted.is_stale else sa.not_(stale)


def _is_stale(now: datetime) -> sa.ColumnElement[bool]:
    """Select what was verified longer ago than its type allows; never verified is a state of its own."""
    by_days: dict[int, list[str]] = {}
    for code, days in _stale_days().items():
        by_days.setdefault(days, []).append(code)
    verified = sa.func.coalesce(Site.verified_at, now)
    return sa.or_(
        sa.false(),
        *(
            sa.and_(Site.facility_type.in_(kinds), verified < now - timedelta(days=days))
            for days, kinds in by_days.items()
        ),
    )


def _stale_days() -> dict[str, int]:
    return {code.code: int(code.facts.get("stale_days", STALE_DAYS)) for code in find_codes("facility_type")}


def _read(chosen: sa.ColumnElement[bool], *, after: UUID | None, limit: int | None) -> list[Site]:
    query = sa.select(Site).where(chosen).order_by(Site.id).limit(limit)
    return list(session().scalars(query if after is None else query.where(Site.id > after)))


def site_entries(sites: list[Site], *, now: datetime, on: date) -> list[SiteEntry]:
    """Give sites as entries of a list, in their order."""
    if not sites:
        return []
    names: dict[UUID, str] = {}
    for piece in in_pieces(site.organization_id for site in sites):
        query = sa.select(Organization.id, Organization.name).where(Organization.id.in_(piece))
        names |= dict(session().execute(query).all())
    stages: dict[UUID, str] = {}
    for piece in in_pieces(site.id for site in sites):
        holding = sa.select(SiteStatus.site_id, SiteStatus.stage).where(
            SiteStatus.site_id.in_(piece), in_force(SiteStatus, on)
        )
        stages |= dict(session().execute(holding).all())
    days = _stale_days()
    return [
        SiteEntry(
            site=site,
            organization_name=names[site.organization_id],
            stage=Stage(stages[site.id]) if site.id in stages else None,
            freshness=_freshness(site.verified_at, now=now, days=days.get(site.facility_type, STALE_DAYS)),
        )
        for site in sites
    ]


def _freshness(verified_at: datetime | None, *, now: datetime, days: int) -> Freshness:
    if verified_at is None:
        return Freshness.NEVER_VERIFIED
    return Freshness.STALE if verified_at < now - timedelta(days=days) else Freshness.FRESH


def _open_ones(sites: list[Site], *, at: datetime, zone: ZoneInfo) -> list[Site]:
    """Keep sites whose stage is open that day and where the house or one of its services is known to be open."""
    states = open_states(sites, at=at, zone=zone)
    return [site for site in sites if states[site.id]]


def open_states(sites: list[Site], *, at: datetime, zone: ZoneInfo) -> dict[UUID, bool | None]:
    """Say of each site whether the house or one of its services is open; None where it is not known."""
    ids = [site.id for site in sites]
    calendar = read_calendar()
    on = dates.service_date(at, zone)
    rows = session().execute
    stages = dict(
        rows(
            sa.select(SiteStatus.site_id, SiteStatus.stage).where(SiteStatus.site_id.in_(ids), in_force(SiteStatus, on))
        ).all()
    )
    hours: dict[UUID, set[str]] = {}
    for site_id, text in rows(
        sa.select(OpeningHours.site_id, OpeningHours.hours).where(
            OpeningHours.site_id.in_(ids), in_force(OpeningHours, on)
        )
    ):
        hours.setdefault(site_id, set()).add(text)
    closures: dict[UUID, list[Span]] = {}
    for site_id, from_at, to_at in rows(
        sa.select(Closure.site_id, Closure.from_at, Closure.to_at).where(
            Closure.site_id.in_(ids), Closure.from_at <= at, Closure.to_at > at
        )
    ):
        closures.setdefault(site_id, []).append(Span(from_at, to_at))
    return {
        site_id: _is_open(
            stages.get(site_id),
            known={
                is_open(text, closures=closures.get(site_id, ()), at=at, zone=zone, calendar=calendar)
                for text in hours.get(site_id, ())
            },
            is_closed_for_a_while=site_id in closures,
        )
        for site_id in ids
    }


def _is_open(stage: str | None, *, known: set[bool | None], is_closed_for_a_while: bool) -> bool | None:
    if is_closed_for_a_while or (stage is not None and stage != Stage.OPEN.value) or known == {False}:
        return False
    return True if stage == Stage.OPEN.value and True in known else None
