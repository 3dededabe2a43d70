"""The clocks of a care request: how long it may take until it is accepted and begun."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.intake.values.requests import RequestStatus, Urgency


class ClockHours(StrEnum):
    """When a clock runs."""

    ALWAYS = "always"
    BY_DAY = "by_day"  # 08:00 to 20:00 local time


class Clock(StrEnum):
    """What is waited for."""

    ACCEPT = "accept"
    START = "start"


class ClockState(StrEnum):
    """Whether a clock counts: `met` when what was waited for came, `dropped` when nobody waits for it any more."""

    RUNNING = "running"
    HELD = "held"
    MET = "met"
    DROPPED = "dropped"


class Turn(StrEnum):
    """Who has to act on a request next."""

    MATCHING = "matching"
    PROVIDER = "provider"
    COORDINATOR = "coordinator"
    CARER = "carer"
    REQUESTER = "requester"
    SUPERVISOR = "supervisor"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class UrgencyLimits:
    """How long a request of one urgency may take; without `start_min` it is to begin within its window."""

    urgency: Urgency
    accept_min: int
    offer_min: int
    start_min: int | None
    hours: ClockHours
    version: str  # of the table, and of the area's rule where one overrides it


@dataclass(frozen=True, slots=True)
class BreachCard:
    """A clock that ran past its limit. `elapsed_s` is what it has counted so far, or had counted when it stopped."""

    care_request_id: UUID
    elder_id: UUID  # for the access line
    area_code: str
    service_code: str
    urgency: Urgency
    service_on: date
    status: RequestStatus
    clock: Clock
    turn_no: int
    state: ClockState
    limit_s: int
    rule_version: str
    started_at: datetime
    due_at: datetime
    elapsed_s: int
    stopped_at: datetime | None
    whose_turn: Turn
    is_open: bool


@dataclass(frozen=True, slots=True)
class BreachFilter:
    """Which breaches a list holds; None: all that the reader may see. The span is of `due_at`, half-open."""

    area_code: str | None = None
    urgency: Urgency | None = None
    clock: Clock | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class BreachCount:
    """How many clocks ran past their limits in one area; None where a count stays hidden."""

    area_code: str
    accept: int | None
    start: int | None
    total: int | None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class BreachPage:
    """One page of breaches, the latest due first; `next_place` is where the next page begins, None at the end."""

    breaches: list[BreachCard]
    next_place: tuple[datetime, UUID, Clock, int] | None = None
