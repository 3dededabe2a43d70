"""What a day plan is made of, read from the rooms' rows: nothing here knows the database or the planner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.assignment.values.plans import PauseKind, UnplannedCode
    from dispatch.assignment.values.staffing import Span
    from dispatch.geo import LonLat


class Spot(NamedTuple):
    """A place in a plan: with whom, and when."""

    carer_id: UUID
    start_at: datetime


@dataclass(frozen=True, slots=True)
class DayVisit:
    """
    A visit of the day, with what decides who can make it.

    `organization_id` is whose carers make it (None: nobody answers for it). `started_at` and `finished_at` are there
    where it has begun or ended. What `is_outside` is another plan's visit of one of the carers. `carer_id` and
    `start_at` are what people were told; `stands` is where it is in a plan that is changed or repaired, and what is
    pinned there is pinned to that. At `expected_at` its carer will be there, who has told that they run late.
    """

    visit_id: UUID
    elder_id: UUID
    organization_id: UUID | None
    window: Span
    visit_min: int
    version: int
    home_ll: LonLat | None = None
    carer_id: UUID | None = None
    start_at: datetime | None = None
    pair_id: UUID | None = None
    slot_no: int = 1
    is_sequential: bool = False
    is_pinned: bool = False
    skills_all: frozenset[str] = frozenset()
    skills_any: frozenset[str] = frozenset()
    carer_sex: str | None = None
    is_mandatory: bool = True
    priority: float = 1.0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    is_outside: bool = False
    stands: Spot | None = None
    expected_at: datetime | None = None

    @property
    def begins_at(self) -> datetime | None:
        """When it has begun, or will as its carer has told; no plan changes that."""
        return self.started_at or self.expected_at


class Stretch(NamedTuple):
    """A stretch of work without a gap; of it `break_min` are free."""

    from_at: datetime
    to_at: datetime
    break_min: int


@dataclass(frozen=True, slots=True)
class DayCarer:
    """
    A carer on duty that day.

    `elsewhere` is when the same person works for another organization. `is_only_past`: not on duty (any more), here
    for what was begun or done that day.
    """

    carer_id: UUID
    organization_id: UUID
    sex: str
    skills: frozenset[str]
    mode: str
    base_ll: LonLat | None
    stretches: tuple[Stretch, ...]
    limit_min: int
    roster_hash: str
    elsewhere: tuple[Span, ...] = ()
    unpopular_28d: int = 0
    is_only_past: bool = False


class DayNote(NamedTuple):
    """What somebody who signs should know, as a code with ids and numbers; `minutes` as the code needs it."""

    code: str
    carer_id: UUID | None = None
    other_id: UUID | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class DayCase:
    """
    One day as it stands on record.

    `midnight_at` is where the planner's clock begins; `usual` are by elder the carers who came in the last 90 days,
    `preferred` and `refused` by elder the wishes of that day.
    """

    plan_on: date
    midnight_at: datetime
    now: datetime
    visits: tuple[DayVisit, ...]
    carers: tuple[DayCarer, ...]
    usual: dict[UUID, frozenset[UUID]]
    preferred: dict[UUID, frozenset[UUID]]
    refused: dict[UUID, frozenset[UUID]]
    notes: tuple[DayNote, ...] = ()


class LeftOut(NamedTuple):
    """A visit that has no place, and the smallest change that would give it one."""

    visit_id: UUID
    code: UnplannedCode
    change: dict[str, object] | None = None


class DayPause(NamedTuple):
    """A pause as the planner is told of it, in seconds of the day, with the kind that it is shown as."""

    kind: PauseKind
    earliest_s: int
    latest_s: int
    length_s: int


class PlannedStop(NamedTuple):
    """
    A visit in a tour as the planner placed it.

    The carer could be at the door at `ready_at` and is wanted there at `arrive_at`: what lies between is waited before
    setting out.
    """

    visit: DayVisit
    ready_at: datetime
    arrive_at: datetime
    start_at: datetime
    end_at: datetime
    travel_min: int
    reasons: tuple[dict[str, object], ...]


class PlannedPause(NamedTuple):
    """A pause in a tour."""

    kind: PauseKind
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedTour:
    """A carer's tour, to be stored."""

    carer: DayCarer
    stops: tuple[PlannedStop, ...]
    pauses: tuple[PlannedPause, ...]
    travel_min: int
    worked_min: int
    back_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What came of planning a day: every visit of it stands in one tour or in `left_out`."""

    case: DayCase
    tours: tuple[PlannedTour, ...]
    left_out: tuple[LeftOut, ...]
    figures: dict[str, object]
    cost: dict[str, float]
    iterations: int
    inputs_hash: str
    network: str | None
    network_at: datetime | None
    assumptions: dict[str, object]
