"""What a caller of the API asks to be created; references are ids, not sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.areas import Point

StageSpan = tuple[str, "date", "date | None"]


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """An organization; without a source it is the API's own."""

    name: str
    description: str
    operator_kind: str
    uscc: str | None = None
    source: str | None = None
    source_ref: str | None = None


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site; `hours` are those of the house and hold from `hours_from` (None: today)."""

    organization_id: UUID
    name: str
    facility_type: str
    area_code: str
    address: str
    institution_class: str | None = None
    point: Point | None = None
    floor_area_m2: float | None = None
    stages: tuple[StageSpan, ...] = ()
    hours: str | None = None
    hours_from: date | None = None
    verified_at: datetime | None = None
    verified_by: str | None = None
    source: str | None = None
    source_ref: str | None = None


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What a site shall be: its editable fields, all of them."""

    name: str
    facility_type: str
    area_code: str
    address: str
    institution_class: str | None = None
    floor_area_m2: float | None = None
    verified_at: datetime | None = None
    verified_by: str | None = None
    stages: tuple[StageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class NewService:
    """A service of an organization."""

    organization_id: UUID
    service_code: str
    name: str
    delivery: str
    visit_min: int | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    categories: tuple[str, ...] | None = None
    grades: tuple[str, ...] | None = None
    registration_prefix: str | None = None
    source_ref: str | None = None


@dataclass(frozen=True, slots=True)
class NewOffer:
    """A service given at a site, from a date on (None: today); price is (unit, cents)."""

    service_id: UUID
    hours: str | None = None
    price: tuple[str, int] | None = None
    catchments: tuple[str, ...] = ()
    extents_ll: tuple[dict[str, Any], ...] = ()
    capacity: tuple[str, int, int] | None = None
    valid_from: date | None = None
