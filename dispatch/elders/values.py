"""Closed lists of the elders, what the room is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class Sex(StrEnum):
    """As registered."""

    FEMALE = "female"
    MALE = "male"


class ResidenceKind(StrEnum):
    """One main residence at a time; others may stand beside it."""

    MAIN = "main"
    SECOND = "second"


class LocatedBy(StrEnum):
    """How a home's point came about."""

    DOOR = "door"
    ADDRESS = "address"
    MAP = "map"


class SetStatus(StrEnum):
    """A draft set is never counted unless asked for."""

    ADOPTED = "adopted"
    DRAFT = "draft"


class Grade(StrEnum):
    """Ability grade of GB/T 42195-2022, from intact to complete loss."""

    INTACT = "intact"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    COMPLETE = "complete"


class View(StrEnum):
    """How much of an elder's record somebody sees; all but `NONE` leave an access line."""

    FULL = "full"
    REQUEST = "request"  # who and where, and the ability grade: an organization with an open request
    VISIT = "visit"  # who and where: a carer on the day of a visit
    MASKED = "masked"  # surname, age band, community, the place to 100 m
    NONE = "none"  # for this reader there is no such elder


class PutCount(NamedTuple):
    """What became of the records given; a repetition changes nothing."""

    created: int
    changed: int
    unchanged: int


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
    """An elder with dated facts. Dated facts that the record leaves out stay as they are: history is not deleted."""

    name: str
    sex: str
    born_on: date
    id: UUID | None = None
    registered_area_code: str | None = None
    has_lift_access: bool | None = None
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


class Home(NamedTuple):
    """The main residence of an elder on a date; `lon`, `lat` in WGS 84, None where it is unlocated."""

    elder_id: UUID
    area_code: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ElderFacts:
    """What decides whom a service is for, on one date: no name, no address."""

    elder_id: UUID
    on: date
    born_on: date
    age: int
    sex: Sex
    registered_area_code: str | None
    has_lift_access: bool | None
    home: Home | None
    categories: frozenset[str]
    grade: Grade | None
    has_expired_grade: bool


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """A category that holds."""

    category: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """The latest ability grade, in force or expired."""

    standard: str
    grade: Grade
    assessed_on: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class ElderCard:
    """
    An elder's record on one date, as far as `view` shows it; what is hidden is None.

    `name` and the point are masked in a masked view; `lon`, `lat` are WGS 84.
    """

    elder_id: UUID
    view: View
    name: str
    sex: Sex
    age_band: str
    area_code: str | None
    lon: float | None
    lat: float | None
    is_rounded: bool = False
    born_on: date | None = None
    age: int | None = None
    address: str | None = None
    located_by: LocatedBy | None = None
    registered_area_code: str | None = None
    has_lift_access: bool | None = None
    memberships: tuple[MembershipFacts, ...] | None = None
    assessment: AssessmentFacts | None = None


@dataclass(frozen=True, slots=True)
class Ties:
    """The elders to whom work ties the reader today; told by the rooms above."""

    caseload: frozenset[UUID] = field(default_factory=frozenset)
    visited_today: frozenset[UUID] = field(default_factory=frozenset)
    requested: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class CategorySetFacts:
    """A category set, as it is printed beside a figure."""

    set_key: str
    area_code: str
    purpose: str
    members: frozenset[str]
    valid_from: date
    valid_to: date | None
    is_open: bool
    clause: str | None


@dataclass(frozen=True, slots=True)
class Stay:
    """Where an elder's main residence was, from when to when."""

    area_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """
    An elder who was in a district's set on at least one day of a span, once for each district.

    `last_on` is the last such day, `area_code` the residence on it, `category_set` the set in force on it;
    `categories` are those of the set that the elder was in on any of the days.
    """

    elder_id: UUID
    area_code: str
    first_on: date
    last_on: date
    categories: frozenset[str]
    category_set: CategorySetFacts
