"""Spans of time, ways, and what matching knows of carers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values.reasons import Reason


class Span(NamedTuple):
    """A stretch of time. Of starts both ends are possible; of anything else `to_at` is excluded."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """One stretch of a carer's shift; on that day `left_min` minutes of work are left until the day's limit."""

    span: Span
    left_min: int


@dataclass(frozen=True, slots=True)
class Way:
    """
    The way between the home and a site or a carer's base.

    `time_s` is None where it was not reached by the search or an end has no location (`is_located`);
    `least_s` is then what the straight line takes.
    """

    time_s: int | None
    limit_s: int
    is_located: bool = True
    least_s: int = 0

    @property
    def is_within(self) -> bool:
        """Whether it is near enough; exactly the limit is."""
        return self.time_s is not None and self.time_s <= self.limit_s

    @property
    def shown_min(self) -> int | None:
        """Minutes as they are shown."""
        return None if self.time_s is None else shown_min(self.time_s)


def shown_min(time_s: int) -> int:
    """Give the minutes shown for a time: rounded up, so that 900 s are 15 and 901 s are 16."""
    return -(-time_s // 60)


@dataclass(frozen=True, slots=True)
class CarerCase:
    """What matching knows of one carer for one request; `visits_90d` are those to this elder in 90 days."""

    carer_id: UUID
    name: str
    sex: str
    skills: frozenset[str]
    way: Way
    work: tuple[WorkSpan, ...]
    busy: tuple[Span, ...]
    visits_90d: int = 0
    is_refused: bool = False
    is_preferred: bool = False


class Able(NamedTuple):
    """A carer who could go alone, with the possible starts, earliest first."""

    case: CarerCase
    starts: list[Span]


class Lag(NamedTuple):
    """How long after the first of two carers the second begins; both ends are possible, `to_min` None: any."""

    from_min: int
    to_min: int | None


TOGETHER = Lag(0, 0)


@dataclass(frozen=True, slots=True)
class Job:
    """
    What the carers are wanted for: how many, with which skills, how long, and when it can begin and end.

    `lag` says how two of them begin: together, or one after the other.
    """

    carers: int
    skills_all: frozenset[str]
    skills_any: frozenset[str]
    carer_sex: str | None
    visit_min: int
    window: Span
    open_spans: tuple[Span, ...]  # within the window
    not_before_at: datetime
    lag: Lag = TOGETHER


@dataclass(frozen=True, slots=True)
class CarerChoice:
    """One carer of a candidate: when they begin and end, when they can be at the door, and how long they wait there."""

    carer_id: UUID
    name: str
    start_at: datetime
    end_at: datetime
    arrive_at: datetime
    wait_min: int
    travel_s: int
    visits_90d: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """
    Who would go, in the order in which they begin; nobody where `reasons` say why.

    `able` of `qualified` carers could go alone.
    """

    chosen: tuple[CarerChoice, ...] = ()
    reasons: tuple[Reason, ...] = ()
    able: int = 0
    qualified: int = 0
