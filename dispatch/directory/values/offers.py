"""What is read of offers in bulk: everything that matching and coverage ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.directory.values.hours import Span
    from dispatch.directory.values.lists import AgreementKind, CapacityUnit, Delivery, PriceUnit, ServiceStatus, Stage

STALE_AFTER: Final = timedelta(hours=24)  # P, domain.md section 1 (capacity); the area rule STALE_RULE wins
STALE_RULE: Final = "capacity.stale_hours"


@dataclass(frozen=True, slots=True)
class ServiceNeeds:
    """
    What a service code asks for wherever it is given.

    `deliveries` empty: not fixed by the code. `carers` counts those who are there at once; 0 for what is
    given at a site without a carer of one's own, and for a group of services, whose members say. Each carer
    needs all of `skills_all`, and at least one of them one of `skills_any`. `agreement`: the site must have such a one.
    """

    service_code: str
    carers: int
    skills_all: frozenset[str]
    skills_any: frozenset[str]
    deliveries: frozenset[Delivery]
    visit_min: int | None
    is_group: bool
    agreement: AgreementKind | None = None


@dataclass(frozen=True, slots=True)
class CatchmentArea:
    """Where a service goes: an area or a GeoJSON polygon in WGS 84, at most so many minutes away."""

    area_code: str | None
    extent_ll: dict[str, Any] | None
    limit_min: int | None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """How many, and how many are free, as of `updated_at`; after `stale_after` nobody may rely on it."""

    unit: CapacityUnit
    maximum: int
    available: int
    updated_at: datetime
    stale_after: timedelta = STALE_AFTER

    def is_stale(self, at: datetime) -> bool:
        """Say whether the news is older than its area allows."""
        return at - self.updated_at > self.stale_after


@dataclass(frozen=True, slots=True)
class Offer:
    """
    One service at one site, as it stands on a date.

    `stage` is None where nobody said so. `hours` are the service's own, else the site's, else None (not
    known). `visit_min` is the service's own, else its code's. Without catchments it goes anywhere in reach.
    `lon`, `lat` are WGS 84, None for an unlocated site.
    """

    service_at_site_id: UUID
    site_id: UUID
    organization_id: UUID
    service_id: UUID
    site_name: str
    organization_name: str
    facility_type: str
    area_code: str
    lon: float | None
    lat: float | None
    stage: Stage | None
    service_code: str
    service_name: str
    service_status: ServiceStatus
    delivery: Delivery
    visit_min: int | None
    minimum_age: int | None
    maximum_age: int | None
    categories: frozenset[str] | None
    grades: frozenset[str] | None
    registration_prefix: str | None
    hours: str | None
    closures: tuple[Span, ...]
    price_cents: int | None
    price_unit: PriceUnit | None
    catchments: tuple[CatchmentArea, ...]
    capacity: Vacancy | None
    price_id: UUID | None = None  # the wording of the price that holds


@dataclass(frozen=True, slots=True)
class NearOffer:
    """A located offer and its straight-line distance (metres, sphere) from the point that was asked about."""

    service_at_site_id: UUID
    site_id: UUID
    lon: float
    lat: float
    straight_m: float


@dataclass(frozen=True, slots=True)
class WalkAssumptions:
    """What a walking answer rests on."""

    mode: str
    network: str
    network_date: datetime | None
    speed_mps: float
    limit_s: int
    rule_version: str


@dataclass(frozen=True, slots=True)
class NearbyService:
    """One offer that is reached on foot: seconds and metres of the way, metres of the straight line."""

    offer: Offer
    walk_s: int
    walk_m: float
    straight_m: float
    shown_min: int
    is_open_now: bool | None


@dataclass(frozen=True, slots=True)
class NearbyAnswer:
    """
    Offers sorted by walking time.

    `is_on_network` is False where no street is near the point asked about: then nothing can be said to be
    reachable, and `found` is empty for that reason alone.
    """

    found: tuple[NearbyService, ...]
    is_on_network: bool
    assumptions: WalkAssumptions
