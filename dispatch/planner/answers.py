"""
What the planner answers when somebody asks: who could, why not, why so, and what a change would do.

Codes and numbers only; the rooms above say them in Chinese and English. Carers and jobs are named by their index in
`Problem`, times are those of its clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dispatch.planner.values import Cost, Pin, Plan, PlanningReason, Problem


class RemedyKind(StrEnum):
    """What would have to be different; `remedies.apply_remedy` makes it so."""

    FREE_LONGER = "free_longer"
    """The carer's gap is `amount_s` too short: so much more free time, or so much less visit."""
    WINDOW_LONGER = "window_longer"
    """The visit may start `amount_s` later than its latest start."""
    SHIFT_LONGER = "shift_longer"
    """The carer works (and is back) `amount_s` later."""
    SHIFT_EARLIER = "shift_earlier"
    """The carer begins `amount_s` earlier."""
    LIMIT_MORE = "limit_more"
    """The carer's daily hours are `amount_s` more."""
    LESS_TRAVEL = "less_travel"
    """The carer's way from the start place to the visit, or from there to the end place, is `amount_s` less."""
    WAY_FOUND = "way_found"
    """There is a way to the visit for the carer at all (`carer` None: for anybody)."""
    SKILL_LEARNED = "skill_learned"
    """The carer has `skills`."""
    SEX_WISH_LIFTED = "sex_wish_lifted"
    REFUSAL_LIFTED = "refusal_lifted"
    """The elder agrees to the carer."""
    TEAM_LIFTED = "team_lifted"
    """Carers of another organization may come."""
    PIN_LIFTED = "pin_lifted"
    """The job of `jobs` (the job itself, or one beside it) is not pinned any more: neither carer nor start."""
    OTHER_CARER_FREE = "other_carer_free"
    """The second carer (`carer`) is free from `at_s` on, at the visit's door."""
    STOPS_GIVEN_UP = "stops_given_up"
    """The carer gives up `jobs`."""
    ADDED = "added"
    """The job is put into the plan, to `carer` (of a pair None: whoever costs least)."""
    VISIT_SPLIT = "visit_split"
    """The visit is made in parts, none longer than `amount_s`."""
    WINDOW_EARLIER = "window_earlier"
    """The visit may start `amount_s` earlier than its earliest start."""
    ADDED_ANYWAY = "added_anyway"
    """As `ADDED`, of a visit whose place costs more than leaving it out."""


class Remedy(NamedTuple):
    """The smallest change that would make a job fit; which of the fields hold is said by the kind."""

    kind: RemedyKind
    carer: int | None = None
    amount_s: float = 0.0
    skills: frozenset[str] = frozenset()
    jobs: tuple[int, ...] = ()
    at_s: float | None = None


class Delay(NamedTuple):
    """A stop of another job that would start later than it does now; `late_s` is how late after its due time then."""

    job: int
    slot: int
    carer: int
    before_s: float
    after_s: float
    late_s: float


class Option(NamedTuple):
    """
    One way to place a job: who, between which stops, when.

    Attributes
    ----------
    carers : tuple of int
        One for each slot.
    positions : tuple of int
        Of each carer's stops, so many come before the new one.
    starts_s : tuple of float
        Earliest start of each slot; every other stop keeps its hard limits, as it does up to `latest_start_s`.
    latest_start_s : float
        Latest start of the first slot.
    extra_travel_s : float
        More travel of all carers together.
    late_s : float
        How long after its due time the job's latest slot starts, at the earliest starts.
    cost : float
        What the plan costs more, by `Weights`, without what leaving the job out costs.
    delays : tuple of Delay
        What else starts later, in order of time; those with `late_s` above 0 are late.

    """

    carers: tuple[int, ...]
    positions: tuple[int, ...]
    starts_s: tuple[float, ...]
    latest_start_s: float
    extra_travel_s: float
    late_s: float
    cost: float
    delays: tuple[Delay, ...] = ()


class CarerRefusal(NamedTuple):
    """Why a carer cannot: the first test that fails, and the smallest change that would make it fit."""

    carer: int
    reason: PlanningReason
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class WhoCan:
    """
    Who can take a job, when, and why the others cannot.

    Attributes
    ----------
    job : int
    options : tuple of Option
        Best first. Of a job for one: one option for each carer who can. Of a job for two: one for each carer who can
        together with the best second, without doubles.
    refusals : tuple of CarerRefusal
        Every other carer, in the order of `Problem.carers`.
    reason, remedy : PlanningReason, Remedy or None
        Where nobody can: why, and the smallest change that would place the job.

    """

    job: int
    options: tuple[Option, ...]
    refusals: tuple[CarerRefusal, ...]
    reason: PlanningReason | None = None
    remedy: Remedy | None = None


class WhyCarer(StrEnum):
    """Why this carer; the first that holds."""

    EXECUTED = "executed"
    PINNED = "pinned"
    ONLY_ONE = "only_one"
    """Nobody else may do it: skills, wishes, organization."""
    ONLY_ONE_FREE = "only_one_free"
    """Others may, none of them has time."""
    USUAL = "usual"
    PREFERRED = "preferred"
    KEPT = "kept"
    """As in the plan that people know."""
    LEAST_TRAVEL = "least_travel"
    """Nobody else would have less extra travel for it."""
    LEAST_COST = "least_cost"
    """Others have less way; all wishes taken together (lateness, hours, usual carers) this one is best."""
    WHOLE_DAY = "whole_day"
    """Another would be better for this visit alone; it is the day as a whole that is better so."""


class WhyStart(StrEnum):
    """Why this start; the first that holds."""

    EXECUTED = "executed"
    PINNED = "pinned"
    WINDOW_OPENS = "window_opens"
    """The carer waits for the window to open."""
    OTHER_CARER = "other_carer"
    """The carer waits for the other one."""
    AS_PLANNED = "as_planned"
    """The carer keeps the start that the plan had before a change by hand."""
    ON_ARRIVAL = "on_arrival"


class Placed(NamedTuple):
    """
    Why a slot has this carer and this start.

    `n_able` carers may do it at all, `n_free` of them (this one too) had time; `extra_travel_s` is what the stop adds
    to the tour where it stands, `next_travel_s` the least that it would add to another's, of a pair with the other
    carer as now (None: nobody else could).
    """

    job: int
    slot: int
    carer: int
    why_carer: WhyCarer
    why_start: WhyStart
    n_able: int
    n_free: int
    extra_travel_s: float
    next_travel_s: float | None
    wait_s: float
    late_s: float


class NotPlaced(NamedTuple):
    """
    Why a job is left out, and the smallest change that would place it.

    `counts` says of how many carers each first failing test is; `jobs` are the visits that hold the place where the
    reason is outranked, those that would start later where there is a place, or the pinned job that excludes this one
    (none: it is its own pin that cannot be kept).
    """

    job: int
    reason: PlanningReason
    remedy: Remedy | None
    counts: tuple[tuple[PlanningReason, int], ...] = ()
    jobs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every slot that stands in the plan and every job that does not."""

    placed: tuple[Placed, ...]
    not_placed: tuple[NotPlaced, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Give a slot of a job to a carer (the first free place that fits best), at `start_s` if one is said."""

    job: int
    carer: int
    slot: int = 0
    start_s: float | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """Let the carers of two jobs for one carer change places."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class PinJob:
    """Hold a job where it stands: its carers, its start or both."""

    job: int
    pins_carers: bool = True
    pins_start: bool = True


@dataclass(frozen=True, slots=True)
class Unpin:
    """Let a job go again."""

    job: int


@dataclass(frozen=True, slots=True)
class SplitPair:
    """Let the two carers of a job come one after the other, at these starts."""

    job: int
    starts_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a job out of the plan; it is left out then."""

    job: int


@dataclass(frozen=True, slots=True)
class Add:
    """Place a job that was left out: with these carers, or whoever costs least."""

    job: int
    carers: tuple[int, ...] | None = None


Change = Move | Swap | PinJob | Unpin | SplitPair | Remove | Add


class Moved(NamedTuple):
    """A job whose carers or starts a change touches; empty tuples: it did not stand in the plan, or does no more."""

    job: int
    carers_before: tuple[int, ...]
    carers_after: tuple[int, ...]
    starts_before_s: tuple[float, ...]
    starts_after_s: tuple[float, ...]


class BreachKind(StrEnum):
    """A wish that a change goes against."""

    LATE = "late"
    NOT_USUAL = "not_usual"
    NOT_PREFERRED = "not_preferred"
    MOVED = "moved"
    """Another carer or start than in the plan that people know."""
    LEFT_OUT = "left_out"


class Breach(NamedTuple):
    """A soft rule that the new plan breaks and the old one did not (or less): `amount_s` of lateness, else 0."""

    kind: BreachKind
    job: int
    carer: int | None = None
    amount_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What a change would do.

    Attributes
    ----------
    change : Change
    problem : Problem
        With the pins and lags that the change makes.
    plan : Plan
        Order of all tours kept; stops are shifted in time as far as needed only.
    moved : tuple of Moved
        Jobs with another carer or start than before, the changed one first.
    cost_before, cost_after : Cost
        Their parts say what becomes better and what worse.
    extra_travel_s : float
    breaches : tuple of Breach
        Soft rules that are broken for it.
    pins : tuple of (job, Pin or None)
        What must be kept with the change so that the next search keeps it too.

    """

    change: Change
    problem: Problem
    plan: Plan
    moved: tuple[Moved, ...]
    cost_before: Cost
    cost_after: Cost
    extra_travel_s: float
    breaches: tuple[Breach, ...] = ()
    pins: tuple[tuple[int, Pin | None], ...] = ()


class BlockedBy(StrEnum):
    """Why a change cannot be asked of this plan at all, before any rule is looked at."""

    EXECUTED = "executed"
    """What has begun or ended is not changed."""
    NOT_IN_PLAN = "not_in_plan"
    IN_PLAN = "in_plan"
    NOT_A_PAIR = "not_a_pair"
    IS_A_PAIR = "is_a_pair"
    SAME_CARER = "same_carer"
    OTHER_OF_PAIR = "other_of_pair"
    """The carer is the other one of the job's two already."""


class Blocked(NamedTuple):
    """
    The first rule that keeps a change from being made; nothing is changed.

    `reason` is the hard rule that `job` would break with `carer`, `by_s` by how much; `remedy` the smallest change
    that would lift it. Where the change makes no sense here, `reason` is a `BlockedBy`.
    """

    change: Change
    reason: PlanningReason | BlockedBy
    job: int
    carer: int | None = None
    by_s: float = 0.0
    remedy: Remedy | None = None
