"""One site with everything on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates
from dispatch.directory.models import (
    Agreement,
    Capacity,
    Closure,
    Code,
    OpeningHours,
    Organization,
    SiteFunction,
    SiteOperation,
    SiteStatus,
)
from dispatch.directory.queries.calendar import read_calendar
from dispatch.directory.queries.offers import StaleAfter, find_offers
from dispatch.directory.queries.sites import SiteEntry, get_site, site_entries
from dispatch.directory.values import DayKind, Offer, Stage, Vacancy, is_open
from dispatch.storage import as_known, in_force, session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Beds:
    """Beds of one type."""

    bed_type: str
    vacancy: Vacancy


class WhyClosed(StrEnum):
    """Why a site is closed at an instant."""

    STAGE = "stage"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class OpenState:
    """
    Whether a site is open now: None where it is not known; where it is not, why.

    `is_calendar_estimated`: nobody has told yet what this day counts as.
    """

    is_open: bool | None
    why_closed: WhyClosed | None
    closure_reason: str | None
    is_calendar_estimated: bool


@dataclass(frozen=True, slots=True)
class SiteCard:
    """One site with everything on it; operation, functions and agreements are those in force."""

    entry: SiteEntry
    organization: Organization
    tier: str
    stages: tuple[SiteStatus, ...]
    hours: str | None
    closures: tuple[Closure, ...]
    beds: tuple[Beds, ...]
    operation: SiteOperation | None
    functions: tuple[str, ...]
    agreements: tuple[Agreement, ...]
    offers: tuple[Offer, ...]
    state: OpenState


def get_site_card(site_id: UUID, *, now: datetime, zone: ZoneInfo) -> SiteCard:
    """Give one site with organization, tier, beds and every service with hours and price, or SiteNotFoundError."""
    site = get_site(site_id)
    on = dates.service_date(now, zone)
    owner = session().get_one(Organization, site.organization_id)
    kind = session().get(Code, ("facility_type", site.facility_type))
    rows = session().scalars
    hours = rows(
        sa.select(OpeningHours.hours).where(
            OpeningHours.site_id == site_id,
            OpeningHours.service_at_site_id.is_(None),
            in_force(OpeningHours, on),
        )
    ).first()
    beds = rows(
        sa.select(Capacity)
        .where(Capacity.site_id == site_id, Capacity.bed_type.is_not(None))
        .order_by(Capacity.bed_type)
    )
    entry = site_entries([site], now=now, on=on)[0]
    stale_after = StaleAfter(on)
    closures = tuple(
        rows(sa.select(Closure).where(Closure.site_id == site_id, Closure.to_at > now).order_by(Closure.from_at))
    )
    offers = tuple(find_offers(service_codes=None, on=on, site_ids=[site_id]))
    written = {hours, *(offer.hours for offer in offers)} - {None}
    return SiteCard(
        entry=entry,
        organization=owner,
        tier=str(kind.facts.get("tier", "")) if kind else "",
        stages=tuple(
            rows(
                sa.select(SiteStatus)
                .where(SiteStatus.site_id == site_id, as_known(SiteStatus, None))
                .order_by(SiteStatus.valid_from)
            )
        ),
        hours=hours,
        closures=closures,
        beds=tuple(Beds(str(row.bed_type), stale_after.vacancy(row, area_code=site.area_code)) for row in beds),
        operation=rows(
            sa.select(SiteOperation).where(SiteOperation.site_id == site_id, in_force(SiteOperation, on))
        ).first(),
        functions=tuple(
            rows(
                sa.select(SiteFunction.function)
                .where(SiteFunction.site_id == site_id, in_force(SiteFunction, on))
                .order_by(SiteFunction.function)
            )
        ),
        agreements=tuple(
            rows(
                sa.select(Agreement)
                .where(Agreement.site_id == site_id, in_force(Agreement, on))
                .order_by(Agreement.kind, Agreement.valid_from, Agreement.id)
            )
        ),
        offers=offers,
        state=_state(entry.stage, hours=written, closures=closures, at=now, zone=zone),
    )


def _state(
    stage: Stage | None, *, hours: set[str | None], closures: Iterable[Closure], at: datetime, zone: ZoneInfo
) -> OpenState:
    """Say whether the house or one of its services is open, and if not, the first reason that alone suffices."""
    calendar = read_calendar()
    on = dates.service_date(at, zone)
    why: WhyClosed | None = None
    closed = next((row for row in closures if row.from_at <= at < row.to_at), None)
    known = {is_open(text, at=at, zone=zone, calendar=calendar) for text in hours or {None}}
    if stage is not None and stage is not Stage.OPEN:
        why = WhyClosed.STAGE
    elif closed is not None:
        why = WhyClosed.CLOSURE
    elif known == {False}:
        why = WhyClosed.HOLIDAY if calendar.kind_of(on) is DayKind.HOLIDAY else WhyClosed.HOURS
    is_known = stage is Stage.OPEN and True in known
    return OpenState(
        is_open=False if why else True if is_known else None,
        why_closed=why,
        closure_reason=closed.reason if closed and why is WhyClosed.CLOSURE else None,
        is_calendar_estimated=calendar.is_estimated(on),
    )
