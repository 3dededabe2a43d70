"""The rule that blocks a change by hand, and the smallest change that would lift it: tried before it is told."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite
from typing import TYPE_CHECKING

from dispatch.planner.answers import Blocked, Change, Remedy, RemedyKind
from dispatch.planner.eligibility import lacking, lacks_of_pair
from dispatch.planner.freeing import freed
from dispatch.planner.placing import Tried, attempt, crews_of, find_place
from dispatch.planner.reference import SLACK_S, Refusal, judge_always
from dispatch.planner.remedies import apply_remedy, with_job
from dispatch.planner.retiming import Refused
from dispatch.planner.values import Pin, PlanningReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.planner.grounding import Ground
    from dispatch.planner.placing import Found, Seat
    from dispatch.planner.values import Plan, Problem

LIMITS = {
    "latest": RemedyKind.WINDOW_LONGER,
    "shift": RemedyKind.SHIFT_LONGER,
    "back": RemedyKind.SHIFT_LONGER,
    "hours": RemedyKind.LIMIT_MORE,
}
LIFTS = {
    PlanningReason.NO_SKILL: RemedyKind.SKILL_LEARNED,
    PlanningReason.SEX_NOT_MATCHED: RemedyKind.SEX_WISH_LIFTED,
    PlanningReason.REFUSED_BEFORE: RemedyKind.REFUSAL_LIFTED,
    PlanningReason.OTHER_TEAM: RemedyKind.TEAM_LIFTED,
    PlanningReason.TRAVEL_TOO_LONG: RemedyKind.WAY_FOUND,
}
TRIALS = 8
"""Remedies that are tried, the smallest first."""
STEPS = 4
"""How often a remedy is made larger where another stop breaks the same limit by more."""


class Trial:
    """
    Putting some jobs into the tours of named carers, and what keeps them from it.

    `asked` is the job that the change is about; `is_start_asked` says that its pinned start is the change's own.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        change: Change,
        problem: Problem,
        seats: Sequence[Seat],
        asked: int,
        is_start_asked: bool = False,
    ) -> None:
        self.ground, self.change, self.problem, self.seats = ground, change, problem, seats
        self.asked, self.is_start_asked = asked, is_start_asked

    def made(self) -> tuple[Problem, Plan] | Blocked:
        """Return the plan and the problem that it is of, or the first rule that blocks it."""
        for seat in self.seats:
            refusal = judge_always(self.problem, job=seat.job, carers=seat.crew)
            if refusal is not None:
                return self._never(seat.job, refusal)
        problem, found = self._look(self.problem)
        return (problem, found.plan) if found.plan is not None else self._blocked(found)

    def _look(self, problem: Problem) -> tuple[Problem, Found]:
        """Look for a place in a problem that may be another one in its carers and the jobs that are asked about."""
        crew = [carer for seat in self.seats for carer in seat.crew]
        base = freed(self.ground, problem=problem, jobs=[seat.job for seat in self.seats], carers=crew)
        return base.problem, find_place(self.ground, base=base, seats=self.seats)

    def _lets(self, job: int, remedy: Remedy) -> bool:
        """Say whether there is a place once a remedy is applied."""
        problem = apply_remedy(self.problem, job=job, remedy=remedy)
        if any(judge_always(problem, job=seat.job, carers=seat.crew) is not None for seat in self.seats):
            return False
        return self._look(problem)[1].plan is not None

    def _never(self, job: int, refusal: Refusal) -> Blocked:
        """Say which test fails that holds at any hour, and what would lift it."""
        remedy = None
        if refusal.reason in LIFTS:
            one, carer = self.problem.jobs[job], refusal.carer
            skills = frozenset[str]()
            if refusal.reason == PlanningReason.NO_SKILL:
                skills = lacking(self.problem.carers[carer], job=one, slot=one.slots[refusal.slot])
                crew = crews_of(self.seats)[job]
                skills = skills or lacks_of_pair(self.problem, job=job, carers=crew)
            remedy = Remedy(LIFTS[refusal.reason], carer=carer, skills=skills)
            remedy = remedy if self._lets(job, remedy) else None
        return Blocked(self.change, refusal.reason, job, refusal.carer, remedy=remedy)

    def _blocked(self, found: Found) -> Blocked:
        """Say why no place does: the start, else the rule that is lifted by least, else that of the first place."""
        carer = next(seat.crew[0] for seat in self.seats if seat.job == self.asked)
        pin = self.problem.jobs[self.asked].pin
        if pin is not None and pin.start_s is not None and not self.is_start_asked:
            free = with_job(self.problem, self.asked, replace(self.problem.jobs[self.asked], pin=Pin(pin.carers)))
            if self._look(free)[1].plan is not None:
                lifts = Remedy(RemedyKind.PIN_LIFTED, jobs=(self.asked,))
                return Blocked(self.change, PlanningReason.PIN_CONFLICT, self.asked, carer, remedy=lifts)
        refusal = self._judge_start()
        if refusal is not None:
            return self._not_then(refusal)
        for tried in sorted(found.tried, key=lambda one: one.refusal.over_s or inf)[:TRIALS]:
            remedy = self._remedy_of(tried)
            if remedy is not None:
                return self._told(tried, remedy)
        if found.tried:
            return self._told(found.tried[0], None)
        return Blocked(self.change, PlanningReason.NO_TIME, self.asked, carer)

    def _told(self, tried: Tried, remedy: Remedy | None) -> Blocked:
        job, (reason, _, carer, limit, over_s) = tried.job, tried.refusal
        if limit == "pin" and job in crews_of(self.seats) and self.is_start_asked:
            reason = PlanningReason.NO_TIME  # the carer is not there by then; nobody has pinned it so far
        return Blocked(self.change, reason, job, carer, over_s, remedy)

    def _remedy_of(self, tried: Tried) -> Remedy | None:
        """Return the smallest change with which a place that was tried does, or None where no single one does."""
        own, refusal = tried.job in crews_of(self.seats), tried.refusal
        if refusal.limit == "pin":
            remedy = Remedy(RemedyKind.PIN_LIFTED, carer=refusal.carer, amount_s=refusal.over_s, jobs=(tried.job,))
            return remedy if not own and self._does(tried, remedy) is None else None
        kind = LIMITS.get(refusal.limit)
        if not own and (refusal.limit.startswith("pause") or kind not in {None, RemedyKind.LIMIT_MORE}):
            kind = RemedyKind.FREE_LONGER
        if kind is None:
            return None
        job = tried.job if own else self.asked
        amount_s = refusal.over_s
        for _ in range(STEPS):
            if kind == RemedyKind.FREE_LONGER and amount_s >= self._shortest_s(job):
                return None
            named = None if kind == RemedyKind.WINDOW_LONGER else refusal.carer
            remedy = Remedy(kind, carer=named, amount_s=amount_s)
            broken = self._does(tried, remedy, job=job)
            if broken is None:
                return remedy
            if broken.refusal.over_s <= 0.0:
                return None
            amount_s += broken.refusal.over_s
        return None

    def _does(self, tried: Tried, remedy: Remedy, *, job: int | None = None) -> Refused | None:
        """Return the rule that a place breaks even with a remedy, or None where it does."""
        problem = apply_remedy(self.problem, job=self.asked if job is None else job, remedy=remedy)
        made = attempt(self.ground, problem=problem, tours=tried.tours, crews=crews_of(self.seats))
        return made if isinstance(made, Refused) else None

    def _shortest_s(self, job: int) -> float:
        return min(slot.length_s for slot in self.problem.jobs[job].slots)

    def _judge_start(self) -> Refusal | None:
        """Return what keeps the asked job from its start whatever else its carers do: the hour, its window, a shift."""
        one, crew = self.problem.jobs[self.asked], crews_of(self.seats)[self.asked]
        if one.pin is None or one.pin.start_s is None:
            return None
        start_s = one.pin.start_s
        if start_s < self.problem.now_s - SLACK_S:
            return Refusal(PlanningReason.WINDOW_PAST, 0, crew[0], "now", self.problem.now_s - start_s)
        if start_s < one.earliest_s - SLACK_S:
            return Refusal(PlanningReason.NO_TIME, 0, crew[0], "earliest", one.earliest_s - start_s)
        lags_s = ((0.0, 0.0), (one.lag_from_s, one.lag_to_s))
        for slot, (carer, (lag_from_s, lag_to_s)) in enumerate(zip(crew, lags_s, strict=False)):
            over_s = start_s + lag_from_s - one.latest_s
            if over_s > SLACK_S:
                return Refusal(PlanningReason.NO_TIME, slot, carer, "latest", over_s)
            who, last_s = self.problem.carers[carer], min(one.latest_s, start_s + lag_to_s)
            if not self.ground.n_done[carer] and who.from_s > last_s + SLACK_S:
                way_s = float(self.problem.travel_s[who.mode][who.start_place, one.place])
                return Refusal(PlanningReason.NO_SHIFT, slot, carer, "begin", who.from_s + way_s - last_s)
        return None

    def _not_then(self, refusal: Refusal) -> Blocked:
        """Say why the asked start cannot be, and what would let it."""
        carer, over_s = refusal.carer, refusal.over_s
        kinds = {
            "earliest": RemedyKind.WINDOW_EARLIER,
            "latest": RemedyKind.WINDOW_LONGER,
            "begin": RemedyKind.SHIFT_EARLIER,
        }
        remedy = None
        if refusal.limit in kinds and isfinite(over_s):
            named = carer if refusal.limit == "begin" else None
            remedy = Remedy(kinds[refusal.limit], carer=named, amount_s=over_s)
            remedy = remedy if self._lets(self.asked, remedy) else None
        return Blocked(self.change, refusal.reason, self.asked, carer, over_s, remedy)
