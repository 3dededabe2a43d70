"""What somebody wants to change in a plan by hand, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values.days import DayAnswer
    from dispatch.assignment.values.plans import PlanChangeKind
    from dispatch.words import Words


@dataclass(frozen=True, slots=True)
class ChangeWish:
    """
    A change by hand; which fields go with it is said by the kind.

    move: `carer_id`, `start_at` or both. swap: `other_visit_id`. split: `start_at` and `other_start_at`, of the visit
    and its other one. add: `carer_id`, for two `other_carer_id` too; with nobody named whoever costs least. pin, unpin
    and leave_out: nothing more.
    """

    kind: PlanChangeKind
    visit_id: UUID
    carer_id: UUID | None = None
    start_at: datetime | None = None
    other_visit_id: UUID | None = None
    other_start_at: datetime | None = None
    other_carer_id: UUID | None = None


class Rule(NamedTuple):
    """A rule that a change would break, or a wish that it goes against: the code with its sentence."""

    code: str
    words: Words
    visit_id: UUID | None = None
    carer_id: UUID | None = None
    minutes: int | None = None
    remedy: str | None = None
    remedy_words: Words | None = None


class StopMove(NamedTuple):
    """A visit that stands otherwise than before; None: it had no place, or has none any more."""

    visit_id: UUID
    carer_before: UUID | None
    carer_after: UUID | None
    start_before: datetime | None
    start_after: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """
    What a change would do; nothing is changed by asking.

    Where `blocked` is there, the change cannot be made. `breaks` are wishes that it goes against: it can be made, with
    a reason. `extra_travel_min` may be negative.
    """

    plan_id: UUID
    version: int
    blocked: Rule | None
    breaks: tuple[Rule, ...] = ()
    moved: tuple[StopMove, ...] = ()
    extra_travel_min: int = 0
    cost_before: float = 0.0
    cost_after: float = 0.0


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A change that was computed and can be stored: the answer, the day as it is then, and how to take it back."""

    answer: ChangeAnswer
    kind: PlanChangeKind
    told: dict[str, Any]
    day: DayAnswer


@dataclass(frozen=True, slots=True)
class CarerOption:
    """Who could take a visit, between when and when, and what it costs."""

    carer_ids: tuple[UUID, ...]
    start_at: datetime
    latest_start_at: datetime
    extra_travel_min: int
    late_min: int
    cost: float
    delayed: int


@dataclass(frozen=True, slots=True)
class WhoCanAnswer:
    """Who can take a visit of a plan, best first; why the others cannot; where nobody can, why."""

    plan_id: UUID
    version: int
    visit_id: UUID
    options: tuple[CarerOption, ...]
    others: tuple[Rule, ...]
    nobody: Rule | None
    names: dict[UUID, str]


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change that was made: who, when, why, and what came of it."""

    seq: int
    kind: PlanChangeKind
    by: UUID | None
    by_name: str | None
    at: datetime
    reason: str
    change: dict[str, Any]
    effect: dict[str, Any]
    is_undone: bool
