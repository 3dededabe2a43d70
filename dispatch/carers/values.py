"""Closed lists of the carers (kinds and skills are rows of `code`), what the room is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

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


class ShiftRecord(NamedTuple):
    """Weekly working hours in local time, within one day; weekday 0 is Monday."""

    weekday: int
    from_time: time
    to_time: time
    break_min: int
    valid_from: date
    valid_to: date | None = None


class ExceptionRecord(NamedTuple):
    """What differs on one day; only extra hours have times."""

    on_date: date
    kind: str
    from_time: time | None = None
    to_time: time | None = None


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
    qualifications: tuple[QualificationRecord, ...] = ()
    shifts: tuple[ShiftRecord, ...] = ()
    exceptions: tuple[ExceptionRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CarerFacts:
    """
    What decides whether a carer can come, on one local date.

    `skills` are those in force on the date, with their levels. `shifts` are the weekly hours in force on the
    date, whatever the weekday; `exceptions` those of the date: `work_spans` makes instants of both.
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


class WorkSpan(NamedTuple):
    """When a carer works, as instants in UTC; of this time `break_min` are free for no visit."""

    from_at: datetime
    to_at: datetime
    break_min: int
