"""Closed lists of day plans, what is wanted of one, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

PLAN_RULE: Final = "plan/1"
SECONDS: Final = 20
"""P: how long a day is searched for a better plan where nobody says otherwise."""
MOST_SECONDS: Final = 300


class PlanKind(StrEnum):
    """How long a plan is for."""

    DAY = "day"


class PlanStatus(StrEnum):
    """Where a plan stands (domain.md section 2)."""

    BUILDING = "building"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    FAILED = "failed"


PLAN_STATUS_WORDS = {
    PlanStatus.BUILDING: Words("正在编排", "Being built"),
    PlanStatus.PROPOSED: Words("待确认", "Waiting for a signature"),
    PlanStatus.ACCEPTED: Words("已确认，已下发", "Accepted, told to the carers"),
    PlanStatus.SUPERSEDED: Words("已被新的计划取代", "Replaced by a newer plan"),
    PlanStatus.REJECTED: Words("已否决", "Rejected"),
    PlanStatus.FAILED: Words("编排失败", "Could not be built"),
}


class TourStatus(StrEnum):
    """Where a carer's tour stands: with its plan, but that a newer plan may replace some of a plan's tours."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


class PauseKind(StrEnum):
    """Why a carer does not work for a while."""

    REST = "rest"  # the break of a shift
    OFF_DUTY = "off_duty"  # between two stretches of work
    ELSEWHERE = "elsewhere"  # the same person works for another organization


class UnplannedCode(StrEnum):
    """
    Why a visit has no place in a plan (domain.md section 3.6, Why not).

    The planner's codes (`planner.PlanningReason`), and what keeps a visit from being given to it.
    """

    UNLOCATED = "unlocated"
    NO_NETWORK = "no_network"
    WINDOW_PAST = "window_past"
    VISIT_TOO_LONG = "visit_too_long"
    NO_SKILL = "no_skill"
    SEX_NOT_MATCHED = "sex_not_matched"
    REFUSED_BEFORE = "refused_before"
    OTHER_TEAM = "other_team"
    NO_SHIFT = "no_shift"
    TRAVEL_TOO_LONG = "travel_too_long"
    DAY_LIMIT = "day_limit"
    NO_TIME = "no_time"
    NO_PAIR = "no_pair"
    PIN_CONFLICT = "pin_conflict"
    OUTRANKED = "outranked"
    HAS_PLACE = "has_place"
    WINDOW_TOO_SHORT = "window_too_short"


UNPLANNED_WORDS = {
    UnplannedCode.UNLOCATED: Words("老人住址没有坐标或离路太远", "The elder's home has no usable location."),
    UnplannedCode.NO_NETWORK: Words("该区没有路网", "No street network for this area."),
    UnplannedCode.WINDOW_PAST: Words("时间窗已过", "The time window has passed."),
    UnplannedCode.VISIT_TOO_LONG: Words("时长超过任何班次", "Longer than any shift."),
    UnplannedCode.NO_SKILL: Words("没有具备资质的人员", "Nobody there has the skill."),
    UnplannedCode.SEX_NOT_MATCHED: Words("性别要求无法满足", "Cannot meet the wish for a carer's sex."),
    UnplannedCode.REFUSED_BEFORE: Words("老人不愿由其服务", "The elder refused this carer."),
    UnplannedCode.OTHER_TEAM: Words("只有别的机构的人员能做", "Only carers of other organizations could."),
    UnplannedCode.NO_SHIFT: Words("该时段无人值班", "Nobody is on shift."),
    UnplannedCode.TRAVEL_TOO_LONG: Words("路上来不及", "Cannot arrive in time."),
    UnplannedCode.DAY_LIMIT: Words("当日工时已满", "The day's hours are full."),
    UnplannedCode.NO_TIME: Words("有空时间不够", "Not enough free time."),
    UnplannedCode.NO_PAIR: Words("凑不齐两名人员", "No two carers can come together."),
    UnplannedCode.PIN_CONFLICT: Words("与固定安排冲突", "A pin leaves it no place."),
    UnplannedCode.OUTRANKED: Words("让位于更紧急的服务", "More urgent visits came first."),
    UnplannedCode.HAS_PLACE: Words("有空位，没有排进去", "There is a place for it; it was not put there."),
    UnplannedCode.WINDOW_TOO_SHORT: Words("时间窗比上门时长还短", "The window is shorter than the visit."),
}


class PlanChangeKind(StrEnum):
    """What somebody changed in a plan by hand."""

    MOVE = "move"
    PIN = "pin"
    UNPIN = "unpin"
    SWAP = "swap"
    SPLIT = "split"
    ADD = "add"
    LEAVE_OUT = "leave_out"
    REPLAN = "replan"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class PlanWish:
    """
    Which day is wanted.

    Without `organization_id` it is everybody's in the area; `seconds` is how long it is searched for a better one.
    """

    plan_on: date
    area_code: str
    organization_id: UUID | None = None
    seconds: int = SECONDS
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PlanCard:
    """
    A plan without its tours.

    `figures`, `cost` and `assumptions` are there once it is built: counts and minutes; what each wish costs in seconds
    of travel; what it rests on. `failure` has code, title and detail.
    `based_on_id` is the accepted plan that it repairs, `repair` what happened.
    """

    plan_id: UUID
    kind: PlanKind
    area_code: str
    organization_id: UUID | None
    plan_on: date
    status: PlanStatus
    seed: int
    stop_s: int
    rule_version: str
    weights: dict[str, float]
    inputs_hash: str | None
    network: str | None
    network_at: datetime | None
    assumptions: dict[str, Any] | None
    iterations: int | None
    cost: dict[str, float] | None
    figures: dict[str, Any] | None
    job_id: UUID | None
    made_by: UUID | None
    made_at: datetime
    enough_at: datetime | None
    built_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None
    decide_reason: str | None
    failure: dict[str, Any] | None
    version: int
    based_on_id: UUID | None = None
    repair: dict[str, Any] | None = None


class PauseCard(NamedTuple):
    """When a carer rests or is off duty."""

    kind: PauseKind
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class StopCard:
    """
    One visit in a tour; `reasons` are codes with numbers, said in words by `stop_reason_text`.

    What `is_outside` is another area's visit of the same carer: the tour goes around it, and it is none of the plan's.
    """

    stop_id: UUID
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
    visit_version: int
    reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TourCard:
    """One carer's day; stops and pauses in order of time."""

    tour_id: UUID
    plan_id: UUID
    carer_id: UUID
    plan_on: date
    status: TourStatus
    from_at: datetime
    to_at: datetime
    travel_min: int
    worked_min: int
    wait_min: int
    back_at: datetime | None
    stops: tuple[StopCard, ...]
    pauses: tuple[PauseCard, ...]


@dataclass(frozen=True, slots=True)
class UnplannedCard:
    """A visit without a place: the code, and the smallest change that would give it one (None: nothing small)."""

    visit_id: UUID
    code: UnplannedCode
    visit_version: int
    change: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its tours (in the order of their carers' ids) and what has no place in it."""

    card: PlanCard
    tours: tuple[TourCard, ...]
    unplanned: tuple[UnplannedCard, ...]
