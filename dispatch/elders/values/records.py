"""What the room is given to put on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch.elders.values.lists import SetStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResidenceRecord:
    """Where an elder lives, as given: `crs` says what `lon` and `lat` mean; without them the home is unlocated."""

    kind: str
    area_code: str
    address: str
    valid_from: date
    valid_to: date | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str = "wgs84"
    located_by: str | None = None


@dataclass(frozen=True, slots=True)
class MembershipRecord:
    """An elder belongs to a category; `basis` says on what ground."""

    category: str
    valid_from: date
    valid_to: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentRecord:
    """An ability grade; `valid_to` is excluded."""

    standard: str
    grade: str
    assessed_on: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class ElderRecord:
    """
    An elder with dated facts.

    Dated facts, ID number and phone that the record leaves out stay as they are: history is not deleted.
    """

    name: str
    sex: str
    born_on: date
    id: UUID | None = None
    registered_area_code: str | None = None
    has_lift_access: bool | None = None
    id_no: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    residences: tuple[ResidenceRecord, ...] = ()
    memberships: tuple[MembershipRecord, ...] = ()
    assessments: tuple[AssessmentRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CategorySetRecord:
    """Which categories an area counts for a purpose; one in force at a time for each area, purpose and status."""

    set_key: str
    area_code: str
    purpose: str
    members: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    status: str = SetStatus.ADOPTED
    is_open: bool = False
    clause: str | None = None


class PutCount(NamedTuple):
    """What became of the records given; a repetition changes nothing."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class NeedRecord:
    """A service that an elder needs; `per_month` None: as it comes."""

    service_code: str
    valid_from: date
    valid_to: date | None = None
    per_month: int | None = None


@dataclass(frozen=True, slots=True)
class AbsenceRecord:
    """An elder is away from home."""

    kind: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What an elder agrees to or refuses; a refusal of visits is reviewed by an account."""

    purpose: str
    state: str
    channel: str
    valid_from: date
    valid_to: date | None = None
    reviewed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class RiskRecord:
    """How closely an elder is watched, and why."""

    level: str
    reason: str
    valid_from: date
    valid_to: date | None = None


PartRecord = ResidenceRecord | MembershipRecord | NeedRecord | AbsenceRecord | ConsentRecord | RiskRecord


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """Somebody to call for an elder; `ladder_order` None: not for alerts."""

    name: str = field(repr=False)
    relation: str
    phone: str = field(repr=False)
    ladder_order: int | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What befell an elder on a day."""

    kind: str
    on: date
    to_area_code: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """An assessment by GB/T 42195-2022: all 26 scores; without `valid_to` the area's rule decides."""

    item_scores: Mapping[str, int]
    assessor: str
    assessed_on: date
    adjustments: tuple[str, ...] = ()
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ElderChange:
    """What shall be different about an elder: only what `facts` names; None empties ID number, phone and the rest."""

    facts: Mapping[str, Any] = field(repr=False)
