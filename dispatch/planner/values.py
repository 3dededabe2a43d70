"""
What the planner is given and what it answers: plain, frozen values.

Times are seconds of one day's clock, counted from any zero that the caller chooses; places are rows of the travel
matrices; carers and jobs are named by their index in `Problem`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PlanningReason(StrEnum):
    """Why a job cannot be given to a carer, or has no place in the plan; the order is that of the tests."""

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
    """Somebody could take the job as the plan stands: it was taken out, or would cost others more than it is worth."""


@dataclass(frozen=True, slots=True)
class Pause:
    """
    A stretch in which a carer does not work, taken where they are: a break, or the hours between two shifts.

    It begins within [earliest_s, latest_s] and lasts `length_s`; it is not interrupted, and no visit or way overlaps
    it. Pauses of one carer are in order: the next one's `earliest_s` is at least `latest_s + length_s` of this one.

    When it is taken, one rule for all (`planner.reference` is its text): a pause is taken where the last stop was,
    before setting out to the next, as early as the carer is free and `earliest_s` allows. Before each stop as many
    pauses are taken as must be (else the stop would end after the pause's `latest_s`), and after those as many as
    cost nothing (the stop starts no later for it). After the last stop none is taken. A pause is over, and not
    placed, where its `latest_s` lies before the carer's `from_s`, before `Problem.now_s` or before the end of the
    carer's executed stops: what was taken is not asked for again.
    """

    earliest_s: float
    latest_s: float
    length_s: float
    key: str = ""
    """The caller's name for it; nothing is read from it."""


@dataclass(frozen=True, slots=True)
class Carer:
    """
    One carer's day.

    Attributes
    ----------
    key : str
        The caller's name for the carer; nothing is read from it.
    start_place, end_place : int
        Rows of the travel matrix where the tour begins and ends.
    from_s, to_s : float
        The carer leaves `start_place` at `from_s` at the earliest; the last visit ends at `to_s` at the latest.
    back_by_s : float
        Latest arrival at `end_place`; inf where the way back is the carer's own time.
    mode : int
        Which of `Problem.travel_s` the carer travels by.
    skills : frozenset of str
    team : str or None
        Jobs with a team are done by carers of that team only (an organization's visits by its own people).
    sex : str or None
    pauses : tuple of Pause
        In order of time, not overlapping.
    limit_s : float
        Most seconds of visits and ways together (the daily hours).
    unpopular_before : int
        Jobs in unpopular windows that the carer had lately; for fairness.

    """

    key: str
    start_place: int
    end_place: int
    from_s: float = 0.0
    to_s: float = inf
    back_by_s: float = inf
    mode: int = 0
    skills: frozenset[str] = frozenset()
    team: str | None = None
    sex: str | None = None
    pauses: tuple[Pause, ...] = ()
    limit_s: float = inf
    unpopular_before: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """One carer's part of a job: what the carer must be able to do, and how long it takes."""

    skills: frozenset[str]
    length_s: float


@dataclass(frozen=True, slots=True)
class Pin:
    """
    Carers and start that are fixed.

    `carers` has one carer index for each slot (None: free); `start_s` is the start of the first slot (None: free).
    What `is_executed` has begun or ended: it is taken as it is and judged by no rule, and every other stop of its
    carers comes after it.
    """

    carers: tuple[int | None, ...]
    start_s: float | None = None
    is_executed: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """Where a job stood in the plan that people already know."""

    carers: tuple[int, ...]
    start_s: float


@dataclass(frozen=True, slots=True)
class Job:
    """
    One call at one place by one carer or by two.

    Attributes
    ----------
    key : str
        The caller's name for the job.
    place : int
    slots : tuple of Slot
        One or two. Two are done by two different carers; the second starts between `lag_from_s` and `lag_to_s`
        after the first (0, 0: together).
    earliest_s, due_s, latest_s : float
        Each slot starts at `earliest_s` or later and at `latest_s` or before, both hard; a start after `due_s` is
        late, which costs.
    skills_any : frozenset of str
        Each of these is needed of one of the job's carers at least.
    sex : str or None
        The carers' sex, where the elder wishes one; hard.
    team : str or None
    refused : frozenset of int
        Carers who must not come; hard.
    usual, preferred : frozenset of int
        Carers who usually come, whom the elder prefers; empty: no cost for anybody.
    is_mandatory : bool
        Leaving it out costs `Weights.mandatory`, else `Weights.optional`, times `priority`.
    priority : float
        At least 1.
    is_unpopular : bool
        In a window that nobody likes; for fairness.
    pin, before : Pin, Before or None
    held_s : float
        Where it stands in a plan that is changed by hand: it starts no earlier as long as nobody moves it.

    """

    key: str
    place: int
    slots: tuple[Slot, ...]
    earliest_s: float = 0.0
    due_s: float = inf
    latest_s: float = inf
    lag_from_s: float = 0.0
    lag_to_s: float = 0.0
    skills_any: frozenset[str] = frozenset()
    sex: str | None = None
    team: str | None = None
    refused: frozenset[int] = frozenset()
    usual: frozenset[int] = frozenset()
    preferred: frozenset[int] = frozenset()
    is_mandatory: bool = True
    priority: float = 1.0
    is_unpopular: bool = False
    pin: Pin | None = None
    before: Before | None = None
    held_s: float = -inf

    @property
    def floor_s(self) -> float:
        """The earliest start where it stands."""
        return max(self.earliest_s, self.held_s)


@dataclass(frozen=True, slots=True)
class Weights:
    """
    What each soft wish costs, in the seconds of travel that one would spend to avoid it (P; docs/plans.md).

    Attributes
    ----------
    mandatory, optional : float
        A job left out, times its priority. Above all else by its size: nobody is left out to save travel.
    lateness : float
        Each second that a slot starts after its due time.
    worst_lateness : float
        Each second of the latest slot of the plan.
    travel : float
        Each second on the way, the way back included.
    continuity : float
        Each slot given to a carer who is not a usual one, where there are usual ones.
    preference : float
        Each slot given to a carer who is not a preferred one, where there are preferred ones.
    hours : float
        Fairness of hours: times sum over carers of (worked hours) squared; worked is visits and ways.
    unpopular : float
        Fairness of unpopular windows: times sum over carers of (such jobs, those before included) squared.
    change : float
        Each slot that is moved from the plan that people know: another carer, or a start more than
        `Problem.moved_s` away.

    """

    mandatory: float = 1_000_000.0
    optional: float = 7_200.0
    lateness: float = 4.0
    worst_lateness: float = 0.0
    travel: float = 1.0
    continuity: float = 600.0
    preference: float = 600.0
    hours: float = 10.0
    unpopular: float = 60.0
    change: float = 1_800.0


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One day to plan.

    Attributes
    ----------
    carers, jobs : tuple
    travel_s : tuple of ndarray of float64, shape (n_places, n_places)
        By mode; seconds from row to column, inf where there is no way. What parking and the door take is part of it.
    weights : Weights
    now_s : float
        The past is over: what is not executed starts at `now_s` or later, and nobody sets out to it before.
    moved_s : float
        A start this far or less from where it stood has not moved.

    """

    carers: tuple[Carer, ...]
    jobs: tuple[Job, ...]
    travel_s: tuple[NDArray[np.float64], ...]
    weights: Weights = field(default_factory=Weights)
    now_s: float = -inf
    moved_s: float = 900.0


class Stop(NamedTuple):
    """
    One slot of a job in a tour; it begins at `start_s`.

    The carer can be at the door at `arrive_s`. What lies between may as well be waited before setting out: pauses are
    taken before that.
    """

    job: int
    slot: int
    arrive_s: float
    start_s: float
    end_s: float
    travel_s: float


class TakenPause(NamedTuple):
    """When a pause of the carer is taken; `pause` is its index in `Carer.pauses`."""

    pause: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Tour:
    """One carer's day: stops in order, with the pauses between them; `back_s` is the arrival at the end place."""

    carer: int
    stops: tuple[Stop, ...]
    pauses: tuple[TakenPause, ...] = ()
    travel_s: float = 0.0
    worked_s: float = 0.0
    back_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs by weight, each part already weighted; `total` is their sum."""

    left_out: float = 0.0
    lateness: float = 0.0
    worst_lateness: float = 0.0
    travel: float = 0.0
    continuity: float = 0.0
    preference: float = 0.0
    hours: float = 0.0
    unpopular: float = 0.0
    change: float = 0.0

    @property
    def total(self) -> float:
        """Sum all parts."""
        return (
            self.left_out
            + self.lateness
            + self.worst_lateness
            + self.travel
            + self.continuity
            + self.preference
            + self.hours
            + self.unpopular
            + self.change
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A tour for every carer (in the order of `Problem.carers`, empty ones too) and the jobs left out.

    The same problem, seed and number of iterations give the same plan.
    """

    tours: tuple[Tour, ...]
    left_out: tuple[int, ...]
    cost: Cost
    iterations: int = 0
    seed: int = 0
