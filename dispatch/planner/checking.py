"""What a change by hand would do to a plan, or the first rule that keeps it from being made."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from dispatch.planner.answering import Standing
from dispatch.planner.answers import (
    Add,
    Blocked,
    BlockedBy,
    Change,
    Effect,
    Move,
    PinJob,
    Remedy,
    RemedyKind,
    Remove,
    SplitPair,
    Swap,
    Unpin,
)
from dispatch.planner.blocking import Trial
from dispatch.planner.effects import effect_of
from dispatch.planner.freeing import freed
from dispatch.planner.grounding import Ground
from dispatch.planner.placing import Seat
from dispatch.planner.remedies import with_job, with_jobs
from dispatch.planner.values import Pin, PlanningReason

if TYPE_CHECKING:
    from dispatch.planner.values import Job, Plan, Problem

CREWS = 4
"""Carers, or pairs, who are tried for a job that is added for whoever costs least, the cheapest first."""


def check(problem: Problem, *, plan: Plan, change: Change, standing: Standing | None = None) -> Effect | Blocked:
    """
    Return what a change would do, or the first rule that blocks it; nothing is changed.

    Parameters
    ----------
    problem : Problem
        The day.
    plan : Plan
        As it stands.
    change : Change
        What is asked.
    standing : Standing or None
        Of this problem and plan, where there is one; only `Add` needs it.

    Returns
    -------
    Effect or Blocked
        The order of every other tour stays; times are shifted as far as needed, not before `Job.held_s`. A pair moves
        together. What a person has moved, swapped, split or added is pinned to its carers (and its start, if one was
        said). What is removed always can be.

    Raises ValueError where `Add` names more or fewer carers than the job has slots.

    """
    ground = standing.ground if standing is not None else Ground(problem, plan=plan)
    return _Check(ground, change).answer(standing)


class _Check:
    def __init__(self, ground: Ground, change: Change) -> None:
        self.ground, self.change = ground, change
        self.problem, self.plan, self.carers = ground.problem, ground.plan, ground.carers

    def answer(self, standing: Standing | None) -> Effect | Blocked:  # noqa: PLR0911 - one for each kind
        """Return what `check` returns."""
        change = self.change
        jobs = [change.first, change.second] if isinstance(change, Swap) else [change.job]
        for job in jobs:
            blocked = self._first_block(job)
            if blocked is not None:
                is_named = blocked is BlockedBy.OTHER_OF_PAIR
                return Blocked(change, blocked, job, change.carer if is_named and isinstance(change, Move) else None)
        if isinstance(change, PinJob | Unpin):
            return self._pin(change.job, pins=change)
        if isinstance(change, Remove):
            return self._remove(change.job)
        if isinstance(change, Swap):
            return self._swap(change.first, change.second)
        if isinstance(change, SplitPair):
            return self._split(change)
        if isinstance(change, Move):
            return self._move(change)
        return self._add(change, standing)

    def _first_block(self, job: int) -> BlockedBy | None:  # noqa: PLR0911 - one rule after the other
        """Return why the change makes no sense for the job, or None."""
        one, change = self.problem.jobs[job], self.change
        named = change.carers if isinstance(change, Add) else None
        if named is not None and len(named) != len(one.slots):
            raise ValueError(f"Job {job} has {len(one.slots)} slots, and {len(named)} carers are named for it.")
        if one.pin is not None and one.pin.is_executed:
            return BlockedBy.EXECUTED
        is_in = job in self.carers
        if isinstance(change, Add):
            return BlockedBy.IN_PLAN if is_in else None
        if not is_in and not isinstance(change, Unpin):
            return BlockedBy.NOT_IN_PLAN
        if isinstance(change, SplitPair) and len(one.slots) == 1:
            return BlockedBy.NOT_A_PAIR
        if isinstance(change, Swap):
            if len(one.slots) > 1:
                return BlockedBy.IS_A_PAIR
            if self.carers[change.first] == self.carers.get(change.second):
                return BlockedBy.SAME_CARER
        if isinstance(change, Move) and change.carer in self.carers[job]:
            return BlockedBy.OTHER_OF_PAIR if self.carers[job][change.slot] != change.carer else None
        return None

    def _pin(self, job: int, *, pins: PinJob | Unpin) -> Effect:
        pin = None
        if isinstance(pins, PinJob):
            crew = self.carers[job]
            carers = tuple(carer if pins.pins_carers else None for carer in crew)
            pin = Pin(carers, self.ground.first_start_s(job) if pins.pins_start else None)
        problem = with_job(self.problem, job, replace(self.problem.jobs[job], pin=pin))
        return self._effect(problem, self.plan, ((job, pin),))

    def _remove(self, job: int) -> Effect:
        problem = with_job(self.problem, job, replace(self.problem.jobs[job], pin=None))
        made = freed(self.ground, problem=problem, jobs=(job,))
        return self._effect(made.problem, made.plan, ((job, None),))

    def _swap(self, first: int, second: int) -> Effect | Blocked:
        """Let each take the other's place; who is pinned to a start keeps it, where that place is not at that hour."""
        pins = {}
        seats = []
        for job, other in ((first, second), (second, first)):
            crew, pin = self.carers[other], self.problem.jobs[job].pin
            pins[job] = Pin(crew, pin.start_s if pin is not None else None)
            start_s = pins[job].start_s
            aim_s = self.ground.first_start_s(other) if start_s is None else start_s
            place = (self.ground.lines[crew[0]].index(other),)
            seats.append(Seat(job, crew, (aim_s,), place))
        jobs = {job: replace(self.problem.jobs[job], pin=pin, held_s=-inf) for job, pin in pins.items()}
        trial = Trial(
            self.ground,
            change=self.change,
            problem=with_jobs(self.problem, jobs),
            seats=seats,
            asked=first,
        )
        made = trial.made()
        return made if isinstance(made, Blocked) else self._effect(*made, tuple(pins.items()))

    def _split(self, change: SplitPair) -> Effect | Blocked:
        lag_s = change.starts_s[1] - change.starts_s[0]
        one = replace(self.problem.jobs[change.job], lag_from_s=lag_s, lag_to_s=lag_s)
        crew = self.carers[change.job]
        return self._place(one, change.job, crew, start_s=change.starts_s[0], is_start_asked=True)

    def _move(self, change: Move) -> Effect | Blocked:
        crew = list(self.carers[change.job])
        crew[change.slot] = change.carer
        one = self.problem.jobs[change.job]
        start_s = change.start_s
        if start_s is not None and change.slot == 1:
            start_s -= one.lag_from_s
        is_asked = start_s is not None
        if start_s is None and one.pin is not None:
            start_s = one.pin.start_s
        return self._place(one, change.job, tuple(crew), start_s=start_s, is_start_asked=is_asked)

    def _add(self, change: Add, standing: Standing | None) -> Effect | Blocked:
        """Add a job where who can take it would cost least, with its pin; elsewhere where that does not do."""
        job, one = change.job, self.problem.jobs[change.job]
        start_s = one.pin.start_s if one.pin is not None else None
        asked = standing or Standing(self.problem, plan=self.plan)
        crew = change.carers or (one.pin.carers if one.pin is not None else None)
        options = asked.options_for(job, crew=crew, start_s=start_s)
        first: Blocked | None = None
        for option in options[:CREWS]:
            placed = self._place(one, job, option.carers, start_s=start_s, positions=option.positions)
            if isinstance(placed, Effect):
                return placed
            first = first or placed
        if change.carers is not None:
            return self._place(one, job, change.carers, start_s=start_s)
        if first is not None:
            return first
        answer = asked.who_can(job)
        if one.pin is not None and answer.options:
            lifts = Remedy(RemedyKind.PIN_LIFTED, jobs=(job,))
            return Blocked(change, PlanningReason.PIN_CONFLICT, job, remedy=lifts)
        return Blocked(change, answer.reason or PlanningReason.NO_TIME, job, remedy=answer.remedy)

    def _place(
        self,
        one: Job,
        job: int,
        crew: tuple[int, ...],
        *,
        start_s: float | None,
        is_start_asked: bool = False,
        positions: tuple[int, ...] | None = None,
    ) -> Effect | Blocked:
        """Put a job with these carers at the place nearest in time where it is not late, else where it costs least."""
        pin = Pin(crew, start_s)
        if start_s is not None:
            aims_s = tuple(start_s + lag_s for lag_s in (0.0, one.lag_from_s))
        else:
            aims_s = self.ground.starts_s(job) or (one.earliest_s, one.earliest_s + one.lag_from_s)
        trial = Trial(
            self.ground,
            change=self.change,
            problem=with_job(self.problem, job, replace(one, pin=pin, held_s=-inf)),
            seats=(Seat(job, crew, aims_s[: len(crew)], positions),),
            asked=job,
            is_start_asked=is_start_asked,
        )
        made = trial.made()
        return made if isinstance(made, Blocked) else self._effect(*made, ((job, pin),))

    def _effect(self, problem: Problem, plan: Plan, pins: tuple[tuple[int, Pin | None], ...]) -> Effect:
        return effect_of(self.ground, change=self.change, problem=problem, plan=plan, pins=pins)
