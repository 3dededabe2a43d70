"""What a coordinator sees of a day while it happens, and what a carer sees of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dispatch import visits
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.assignment.values.plans import PauseCard, PlanStatus, TourCard, UnplannedCode

LATE_AFTER_MIN: Final = 10
"""P: a start this long after the planned one is told as late; a shorter delay is everyday life."""


class DayException(StrEnum):
    """What a coordinator has to look at; the order is that in which one would."""

    PROBLEM = "problem"
    CARER_ILL = "carer_ill"
    PAIR_BROKEN = "pair_broken"
    SAME_TIME = "same_time"
    NO_START = "no_start"
    OVERRUN = "overrun"
    STARTED_LATE = "started_late"
    CARER_CHANGED = "carer_changed"
    VISIT_CANCELED = "visit_canceled"
    VISIT_CHANGED = "visit_changed"


EXCEPTION_WORDS: Final = {
    DayException.PROBLEM: Words("上门遇到问题：{kind}", "A problem: {kind}"),
    DayException.CARER_ILL: Words("请了病假", "Is ill"),
    DayException.PAIR_BROKEN: Words("要两个人同时上门，现在对不上", "Needs two carers together, who do not meet now"),
    DayException.SAME_TIME: Words("老人这个时间还有另一次上门", "The elder has another visit at this time"),
    DayException.NO_START: Words("过了{minutes}分钟还没开始", "Not begun, {minutes} minutes after it should"),
    DayException.OVERRUN: Words("超时{minutes}分钟还没结束", "Not ended, {minutes} minutes after it should"),
    DayException.STARTED_LATE: Words("晚了{minutes}分钟开始", "Began {minutes} minutes late"),
    DayException.CARER_CHANGED: Words("换了人", "Has another carer"),
    DayException.VISIT_CANCELED: Words("排班后取消了", "Was canceled after it was planned"),
    DayException.VISIT_CHANGED: Words("排班后改了时间或人员", "Was changed after it was planned"),
}


class BoardStop(NamedTuple):
    """One visit in a tour as planned, and what has become of it."""

    visit_id: UUID
    seq: int
    arrive_at: datetime
    start_at: datetime
    end_at: datetime
    travel_min: int
    wait_min: int
    is_pinned: bool
    is_executed: bool
    is_outside: bool
    visit: visits.VisitProgress


class BoardUnplanned(NamedTuple):
    """A visit without a place, and why; without a code it arrived after the plan was made."""

    visit: visits.VisitProgress
    code: UnplannedCode | None = None
    change: dict[str, Any] | None = None


class BoardException(NamedTuple):
    """Something to look at: at a visit, or with a carer."""

    code: DayException
    carer_id: UUID | None = None
    visit_id: UUID | None = None
    at: datetime | None = None
    minutes: int | None = None
    kind: visits.ProblemKind | None = None
    note: str | None = None

    @property
    def words(self) -> Words:
        """The sentence, its facts filled in."""
        words = EXCEPTION_WORDS[self.code]
        kind = visits.PROBLEM_WORDS[self.kind] if self.kind else None
        return Words(
            words.zh.format(minutes=self.minutes, kind=kind.zh if kind else ""),
            words.en.format(minutes=self.minutes, kind=kind.en if kind else ""),
        )


@dataclass(frozen=True, slots=True)
class BoardTour:
    """One carer's day on the board."""

    tour_id: UUID
    carer_id: UUID
    carer_name: str
    organization_id: UUID | None
    from_at: datetime
    to_at: datetime
    travel_min: int
    worked_min: int
    wait_min: int
    back_at: datetime | None
    is_ill: bool
    stops: list[BoardStop] = field(default_factory=list)
    pauses: list[PauseCard] = field(default_factory=list)


class PlanTrace(NamedTuple):
    """One plan of the day, in short."""

    plan_id: UUID
    area_code: str
    organization_id: UUID | None
    status: PlanStatus
    version: int
    made_at: datetime
    built_at: datetime | None
    decided_at: datetime | None
    decided_by: UUID | None
    based_on_id: UUID | None
    job_id: UUID | None
    figures: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Board:
    """
    A day as a coordinator sees it; without a plan there is nothing but what waits for one.

    `plan` is the one shown; `proposal` a newer one that waits for a signature or is being built. `arrived` came
    after `plan` was made and has no place in it; where none is built yet, `waiting` visits want a place.
    """

    on: date
    area_code: str | None
    organization_id: UUID | None
    plan: PlanTrace | None
    proposal: PlanTrace | None
    plans: tuple[PlanTrace, ...]
    tours: tuple[BoardTour, ...]
    unplanned: tuple[BoardUnplanned, ...]
    arrived: tuple[BoardUnplanned, ...]
    exceptions: tuple[BoardException, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class OwnTour:
    """
    A carer's own tour of a signed plan, with its visits as they are known now.

    `partners` are the colleagues who come to the same visit. Stops that were taken off the carer since are left out;
    `others` counts visits of the day that the carer was given beside the plan.
    """

    tour: TourCard
    version: int
    known: dict[UUID, visits.VisitFacts]
    partners: dict[UUID, str]
    problems: dict[UUID, list[visits.ProblemFacts]]
    others: int
