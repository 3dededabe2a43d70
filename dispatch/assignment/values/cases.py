"""What the hard rules and the score are told: the elder, the request, one provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch import directory

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from dispatch.assignment.values.answers import Share
    from dispatch.assignment.values.staffing import CarerCase, Span, Way
    from dispatch.directory import Delivery, PriceUnit, Stage


@dataclass(frozen=True, slots=True)
class ElderCase:
    """What the rules ask of an elder, on the day of the service."""

    age: int
    categories: frozenset[str]
    grade: str | None  # in force; None: none, or expired
    registered_area_code: str | None
    area_code: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """Whom a service is for; None: anyone."""

    minimum_age: int | None = None
    maximum_age: int | None = None
    categories: frozenset[str] | None = None
    grades: frozenset[str] | None = None
    registration_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Free places of a provider for the day and period; `updated_at` None: counted by us, so never stale."""

    free: int
    maximum: int
    updated_at: datetime | None = None
    stale_after: timedelta = directory.STALE_AFTER


@dataclass(frozen=True, slots=True)
class RequestCase:
    """
    What the request says; `carers_needed` 0: as many as the service asks for.

    With `is_sequential` the second of two carers begins `lag_min_min` to `lag_max_min` after the first.
    """

    request_id: UUID
    window: Span
    not_before_at: datetime
    carers_needed: int
    carer_sex: str | None
    is_sequential: bool = False
    lag_min_min: int | None = None
    lag_max_min: int | None = None


@dataclass(frozen=True, slots=True)
class OfferCase:
    """
    One service at one site, with all that decides about it.

    `site_way` is the walk from the home; None for what comes to the home or is given from afar. Carers may be on
    their way for `home_limit_s`. `open_spans` lie in the window; all of it where the hours are not known. Prices are
    in cents, `reference_cents` the area's; `subsidy_cents` is what is paid of the price for the elder on that day.
    `is_designated`: the site has the agreement that the service asks for, if any; `has_declined`: the provider has
    declined this very request, or let its time run out.
    """

    service_at_site_id: UUID
    site_id: UUID
    site_name: str
    organization_id: UUID
    service_code: str
    delivery: Delivery
    is_active: bool
    stage: Stage | None
    visit_min: int
    conditions: Conditions
    carers: int
    skills_all: frozenset[str]
    skills_any: frozenset[str]
    site_way: Way | None
    home_limit_s: int
    has_catchment: bool
    is_inside_catchment: bool
    open_spans: tuple[Span, ...]
    is_hours_known: bool
    places: Places | None
    visits_90d: int
    price_cents: int | None
    price_unit: PriceUnit | None
    reference_cents: int | None
    share: Share
    subsidy_cents: int = 0
    is_designated: bool = True
    has_declined: bool = False


@dataclass(frozen=True, slots=True)
class BareSite:
    """A site of the district that does not offer the service."""

    site_id: UUID
    site_name: str
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class MatchCase:
    """Everything that one search is decided on; the carers of an organization are told once."""

    request: RequestCase
    elder: ElderCase
    offers: tuple[OfferCase, ...]
    others: tuple[BareSite, ...]
    carers: dict[UUID, tuple[CarerCase, ...]]
    network: str
    subsidy_rules: tuple[str, ...] = ()
