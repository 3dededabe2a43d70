"""What the room answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dispatch.elders.values.lists import SetStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.elders.values.lists import Adjustment, EventKind, Grade, Likeness, LocatedBy, Relation, Sex, View
    from dispatch.elders.values.records import PartRecord


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

    `name`, `phone` and the point are masked in a masked view; `lon`, `lat` are WGS 84. The ID number is never
    whole: it is asked for by itself.
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
    phone: str | None = field(default=None, repr=False)
    id_no_masked: str | None = None
    version: int = 1
    memberships: tuple[MembershipFacts, ...] | None = None
    assessment: AssessmentFacts | None = None


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two elders who may be one person, and what they have in common."""

    elders: tuple[ElderCard, ElderCard]
    likeness: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The pairs with most in common, and how many there are in all."""

    pairs: tuple[DuplicatePair, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Ties:
    """The elders to whom work ties the reader today; told by the rooms above."""

    caseload: frozenset[UUID] = field(default_factory=frozenset)
    visited_today: frozenset[UUID] = field(default_factory=frozenset)
    requested: frozenset[UUID] = field(default_factory=frozenset)
    opened: frozenset[UUID] = field(default_factory=frozenset)  # by an emergency access that has not closed
    on_line: frozenset[UUID] = field(default_factory=frozenset)  # by a call that is being served


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
    status: SetStatus = SetStatus.ADOPTED
    recorded_at: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class PartRow:
    """
    An entry of a dated part, as known from `recorded_at` until `superseded_at` (None: it stands).

    `version` is that of the elder's record, where a change gave the entry.
    """

    entry_id: UUID
    record: PartRecord
    recorded_at: datetime
    superseded_at: datetime | None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Somebody to call for an elder; `ladder_order` None: not for alerts."""

    contact_id: UUID
    name: str = field(repr=False)
    relation: Relation
    phone: str = field(repr=False)
    ladder_order: int | None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EventCard:
    """What befell an elder."""

    event_id: UUID
    kind: EventKind
    on: date
    to_area_code: str | None
    evidence: str | None
    recorded_at: datetime
    version: int | None = None


@dataclass(frozen=True, slots=True)
class AssessmentCard:
    """An assessment; scores and total are None where only the grade is known."""

    assessment_id: UUID
    standard: str
    item_scores: Mapping[str, int] | None
    total: int | None
    adjustments: tuple[Adjustment, ...]
    grade: Grade
    assessor: str | None
    assessed_on: date
    valid_to: date
    recorded_at: datetime
    version: int | None = None
