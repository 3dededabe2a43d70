"""What a source tells of organizations, sites, services and offers; None says nothing, it takes nothing away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch.directory.values.lists import ServiceStatus

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

SourceKey = tuple[str, str]
"""Source, and the record's own reference there."""

ServiceKey = tuple[str, str, str]
"""Source and reference of the organization, and the service's reference below it."""


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    """Who operates; `operator_kind` is a code."""

    source: str
    source_ref: str
    name: str
    description: str
    operator_kind: str
    uscc: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """
    A place; lon and lat are degrees in the reference system `crs`.

    `stages` are (stage, valid_from, valid_to) and stand for the site's whole history where they are given.
    """

    organization: SourceKey
    source: str
    source_ref: str
    name: str
    facility_type: str
    area_code: str
    address: str
    collected_at: datetime
    institution_class: str | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str | None = None
    floor_area_m2: float | None = None
    stages: tuple[tuple[str, date, date | None], ...] = ()
    verified_at: datetime | None = None
    verified_by: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """What an organization offers; `categories` and `grades` are codes, None meaning anyone."""

    organization: SourceKey
    source_ref: str
    service_code: str
    name: str
    delivery: str
    visit_min: int | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    categories: tuple[str, ...] | None = None
    grades: tuple[str, ...] | None = None
    registration_prefix: str | None = None
    status: str = ServiceStatus.ACTIVE.value
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """
    A service at a site, with what hangs on it.

    Hours, price and catchments hold from `hours_from`; price is (unit, cents), capacity (unit, maximum,
    available, updated_at), catchments are area codes.
    """

    site: SourceKey
    service: ServiceKey
    hours_from: date
    hours: str | None = None
    price: tuple[str, int] | None = None
    catchments: tuple[str, ...] = ()
    capacity: tuple[str, int, int, datetime] | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SiteHoursRecord:
    """Hours of a whole site; they hold for its services without hours of their own."""

    site: SourceKey
    hours: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class ClosureRecord:
    """A site closed for a while; this wins over hours."""

    site: SourceKey
    from_at: datetime
    to_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BedRecord:
    """Beds of one type at a site, and how many are free as of `updated_at`."""

    site: SourceKey
    bed_type: str
    maximum: int
    available: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A site as it is compared with others."""

    site_id: UUID
    name: str
    area_code: str
    address: str
    point_ll: tuple[float, float] | None
    version: int


@dataclass(frozen=True, slots=True)
class AlikeSites:
    """Two sites that may be one: how alike their names are (0 to 1), and metres between them where both are located."""

    one: SitePlace
    other: SitePlace
    likeness: float
    away_m: float | None
