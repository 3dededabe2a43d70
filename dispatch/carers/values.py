"""Closed lists of the carers (kinds and skills are rows of `code`), what the room is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from uuid import UUID


class TravelMode(StrEnum):
    """How a carer gets about."""

    WALK = "walk"
    EBIKE = "ebike"


class CarerStatus(StrEnum):
    """Only an active carer is given visits."""

    ACTIVE = "active"
    LEFT = "left"


class ExceptionKind(StrEnum):
    """What differs from the weekly shifts on one day."""

    OFF = "off"
    SICK = "sick"
    EXTRA = "extra"


class Sex(StrEnum):
    """A carer's sex: an elder's wish about it is binding."""

    FEMALE = "female"
    MALE = "male"


class CarerView(StrEnum):
    """How much of a carer's record is shown: all, or phone and base hidden."""

    FULL = "full"
    OVERSIGHT = "oversight"


class CarerPart(StrEnum):
    """The parts of a carer's record."""

    QUALIFICATIONS = "qualifications"
    SHIFTS = "shifts"
    EXCEPTIONS = "exceptions"


class WhyOnRoster(StrEnum):
    """What decides a day of the roster."""

    SHIFT = "shift"
    EXTRA = "extra"
    OFF = "off"
    SICK = "sick"
    SICK_NEXT_DAY = "sick_next_day"
    NO_SHIFT = "no_shift"


class PutCount(NamedTuple):
    """What became of the records given; a repetition changes nothing."""

    created: int
    changed: int
    unchanged: int


class QualificationRecord(NamedTuple):
    """A carer has a skill; `valid_to` is excluded."""

    skill: str
    level: int | None
    valid_from: date
    valid_to: date | None = None
    certificate_no: str | None = None
    checked_by: UUID | None = None  # account of whoever saw the certificate


class ShiftRecord(NamedTuple):
    """
    Weekly working hours in local time; weekday 0 is Monday.

    They belong to the day on which they begin: where `to_time` is not after `from_time` they end on the next day.
    """

    weekday: int
    from_time: time
    to_time: time
    break_min: int
    valid_from: date
    valid_to: date | None = None


class ExceptionRecord(NamedTuple):
    """What differs on one day; only extra hours have times, and they may end on the next day as shifts may."""

    on_date: date
    kind: str
    from_time: time | None = None
    to_time: time | None = None
    break_min: int = 0


@dataclass(frozen=True, slots=True)
class CarerRecord:
    """
    A carer with skills and hours, as given.

    Dated facts that the record leaves out stay as they are; a shift that ends is given with its `valid_to`.
    """

    organization_id: UUID
    kind: str
    name: str
    sex: str
    travel_mode: str
    id: UUID | None = None
    day_limit_min: int = 480
    account_id: UUID | None = None
    base_lon: float | None = None
    base_lat: float | None = None
    base_site_id: UUID | None = None
    status: str = CarerStatus.ACTIVE
    phone: str | None = None
    source: str | None = None
    source_ref: str | None = None
    source_crs: str | None = None
    source_raw: list[float] | None = None
    qualifications: tuple[QualificationRecord, ...] = ()
    shifts: tuple[ShiftRecord, ...] = ()
    exceptions: tuple[ExceptionRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CarerFacts:
    """
    What decides whether a carer can come, on one local date.

    `skills` are those in force on the date, with their levels. `shifts` are the weekly hours in force on the
    date, whatever the weekday; `exceptions` those of the date, and sick days of the next, on which a night may end:
    `work_spans` makes instants of both.
    The base is the carer's own point (WGS 84) or, where that is None, `base_site_id`.
    """

    carer_id: UUID
    on: date
    organization_id: UUID
    account_id: UUID | None
    kind: str
    name: str
    sex: str
    travel_mode: TravelMode
    day_limit_min: int
    base_lon: float | None
    base_lat: float | None
    base_site_id: UUID | None
    skills: dict[str, int | None]
    shifts: tuple[ShiftRecord, ...]
    exceptions: tuple[ExceptionRecord, ...]


class CarerReach(NamedTuple):
    """Whose carer somebody is, and by which account and number (E.164) they are told something; None: by none."""

    organization_id: UUID
    account_id: UUID | None
    phone: str | None


class WorkSpan(NamedTuple):
    """When a carer works, as instants in UTC; of this time `break_min` are free for no visit."""

    from_at: datetime
    to_at: datetime
    break_min: int


class RosterReason(NamedTuple):
    """What decides a day; hours are local, and end on the next day where they do not end after they begin."""

    code: WhyOnRoster
    from_time: time | None = None
    to_time: time | None = None


@dataclass(frozen=True, slots=True)
class RosterDay:
    """When a carer is on duty, of all work that begins on one local date, and why."""

    on: date
    spans: tuple[WorkSpan, ...]
    duty_min: int
    reasons: tuple[RosterReason, ...]


@dataclass(frozen=True, slots=True)
class CarerCard:
    """A carer's record as far as a view shows it; the base is WGS 84."""

    carer_id: UUID
    view: CarerView
    organization_id: UUID
    kind: str
    name: str
    sex: str
    phone: str | None
    base_ll: tuple[float, float] | None
    is_rounded: bool
    base_site_id: UUID | None
    travel_mode: str
    day_limit_min: int
    status: str
    source: str | None
    source_ref: str | None
    version: int


@dataclass(frozen=True, slots=True)
class CarerChange:
    """What shall be different: only the facts that are named, by the names of `CarerRecord`."""

    facts: dict[str, Any]


PartRecord = QualificationRecord | ShiftRecord | ExceptionRecord


@dataclass(frozen=True, slots=True)
class PartRow:
    """An entry of a record, from when it was on record until when (None: it stands)."""

    entry_id: UUID
    record: PartRecord
    recorded_at: datetime
    superseded_at: datetime | None
    version: int | None = None  # of the carer, after a change


class PointCell(NamedTuple):
    """A point as a file gives it, in degrees of the reference system `crs`."""

    lon: float
    lat: float
    crs: str | None


class SkillCell(NamedTuple):
    """A skill as a file gives it; without `valid_from` it is about what holds today."""

    skill: str
    level: int | None
    valid_from: date | None
    valid_to: date | None
    certificate_no: str | None


@dataclass(frozen=True, slots=True)
class CarerRow:
    """What a row of a file says of a carer; what it leaves out stays as it is on record."""

    source_ref: str
    name: str
    organization: str | None
    uscc: str | None
    kind: str | None
    sex: str | None
    phone: str | None
    travel_mode: str | None
    day_limit_min: int | None
    point: PointCell | None
    skills: tuple[SkillCell, ...]


class RosterRow(NamedTuple):
    """
    What a row of a roster says: weekly hours, hours of one date, or what differs on a date.

    `kind` is "shift" or an exception's. Weekly hours without `valid_from` are about what holds today.
    """

    carer_ref: str
    carer_name: str | None
    kind: str
    weekday: int | None
    on_date: date | None
    from_time: time | None
    to_time: time | None
    break_min: int | None
    valid_from: date | None
    valid_to: date | None
