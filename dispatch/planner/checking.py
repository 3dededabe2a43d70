"""What a change by hand would do to a plan, or the first rule that keeps it from being made."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, product
from math import inf
from typing import TYPE_CHECKING

from dispatch.planner.answering import Standing
from dispatch.planner.answers import (
    Add,
    Blocked,
    BlockedBy,
    Breach,
    BreachKind,
    Change,
    Effect,
    Move,
    Moved,
    PinJob,
    Remedy,
    RemedyKind,
    Remove,
    SplitPair,
    Swap,
    Unpin,
)
from dispatch.planner.grounding import Ground
from dispatch.planner.reference import SLACK_S, has_moved, judge_always
from dispatch.planner.remedies import with_job
from dispatch.planner.retiming import Refused, order_changed, retime
from dispatch.planner.values import Pin, PlanningReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.planner.reference import Refusal
    from dispatch.planner.values import Job, Plan, Problem

TRIES = 4
"""Places in a tour that are tried for a stop that is moved, the nearest in time first."""
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
    PlanningReason.PIN_CONFLICT: RemedyKind.PIN_LIFTED,
}


_Tours = dict[int, list[int]]
"""The jobs of the carers whose tours are other ones than in the plan."""


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
        Of this problem and plan, where there is one; only `Add` without carers needs it.

    Returns
    -------
    Effect or Blocked
        The order of every other tour stays; times are shifted as far as needed, not before `Job.held_s`. A pair moves
        together. What a person has moved, swapped, split or added is pinned to its carers (and its start, if one was
        said).

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

    def _remove(self, job: int) -> Effect | Blocked:
        problem = with_job(self.problem, job, replace(self.problem.jobs[job], pin=None))
        made = self._try(problem, self._without(job), {}, job)
        return made if isinstance(made, Blocked) else self._effect(problem, made, ((job, None),))

    def _swap(self, first: int, second: int) -> Effect | Blocked:
        crews = {first: self.carers[second], second: self.carers[first]}
        problem = self.problem
        for job, crew in crews.items():
            problem = self._pinned(problem, job, crew, None)
        tours = {
            carer: [{first: second, second: first}.get(job, job) for job in self.ground.lines[carer]]
            for carer in (*crews[first], *crews[second])
        }
        for job, crew in crews.items():
            blocked = self._always(problem, job, crew)
            if blocked is not None:
                return blocked
        made = self._try(problem, tours, crews, first)
        pins = tuple((job, problem.jobs[job].pin) for job in crews)
        return made if isinstance(made, Blocked) else self._effect(problem, made, pins)

    def _split(self, change: SplitPair) -> Effect | Blocked:
        lag_s = change.starts_s[1] - change.starts_s[0]
        one = replace(self.problem.jobs[change.job], lag_from_s=lag_s, lag_to_s=lag_s)
        return self._place(one, change.job, self.carers[change.job], start_s=change.starts_s[0])

    def _move(self, change: Move) -> Effect | Blocked:
        crew = list(self.carers[change.job])
        crew[change.slot] = change.carer
        one = self.problem.jobs[change.job]
        start_s = change.start_s
        if start_s is not None and change.slot == 1:
            start_s -= one.lag_from_s
        if start_s is None and one.pin is not None:
            start_s = one.pin.start_s
        return self._place(one, change.job, tuple(crew), start_s=start_s)

    def _add(self, change: Add, standing: Standing | None) -> Effect | Blocked:
        one = self.problem.jobs[change.job]
        start_s = one.pin.start_s if one.pin is not None else None
        if change.carers is not None:
            return self._place(one, change.job, change.carers, start_s=start_s)
        asked = standing or Standing(self.problem, plan=self.plan)
        answer = asked.who_can(change.job)
        if not answer.options:
            reason = answer.reason or PlanningReason.NO_TIME
            return Blocked(change, reason, change.job, remedy=answer.remedy)
        return self._place(one, change.job, answer.options[0].carers, start_s=start_s)

    def _place(self, one: Job, job: int, crew: tuple[int, ...], *, start_s: float | None) -> Effect | Blocked:
        """Put a job with these carers at the place nearest in time where it is not late, else where it costs least."""
        problem = self._pinned(with_job(self.problem, job, one), job, crew, start_s)
        blocked = self._always(problem, job, crew)
        if blocked is not None:
            return blocked
        first: Blocked | None = None
        best: Plan | None = None
        one = problem.jobs[job]
        for tours in islice(self._hopeful(problem, job, crew, self._places(one, job, crew, start_s)), TRIES):
            made = self._try(problem, tours, {job: crew}, job)
            if isinstance(made, Blocked):
                first = first or made
            elif best is None or made.cost.total < best.cost.total:
                best = made
            if best is not None and not sum(
                stop.start_s > one.due_s for t in best.tours for stop in t.stops if stop.job == job
            ):
                break
        if best is None:
            return first or Blocked(self.change, PlanningReason.NO_TIME, job, crew[0])
        return self._effect(problem, best, ((job, problem.jobs[job].pin),))

    def _places(self, one: Job, job: int, crew: tuple[int, ...], start_s: float | None) -> Iterator[_Tours]:
        """Yield tours with the job in them, the places nearest to its wished start first."""
        base = self._without(job)
        aim_s = start_s
        if aim_s is None:
            first = min(((carer, slot) for slot, carer in enumerate(self.carers.get(job, ()))), default=None)
            aim_s = one.earliest_s if first is None else self.ground.stops[job, first[1]].start_s
        ranked = []
        for slot, carer in enumerate(crew):
            wish_s = aim_s + (one.lag_from_s if slot else 0.0)
            stops = [stop for stop in self.plan.tours[carer].stops if stop.job != job]
            open_from = sum(self._is_executed(stop.job) for stop in stops)
            fits = sum(stop.start_s < wish_s for stop in stops[open_from:]) + open_from
            by_distance = sorted((abs(at - fits), at) for at in range(open_from, len(stops) + 1))
            ranked.append([at for _, at in by_distance])
        spots = sorted(product(*(enumerate(line) for line in ranked)), key=lambda spot: sum(rank for rank, _ in spot))
        for spot in spots:
            tours = dict(base)
            for carer, (_, at) in zip(crew, spot, strict=True):
                line = base.get(carer, self.ground.lines[carer])
                tours[carer] = [*line[:at], job, *line[at:]]
            yield tours

    def _hopeful(self, problem: Problem, job: int, crew: tuple[int, ...], places: Iterator[_Tours]) -> Iterator[_Tours]:
        """Yield the places where the job comes not too late after the stop before it; one at least."""
        one = problem.jobs[job]
        latest_s = one.latest_s if one.pin is None or one.pin.start_s is None else min(one.latest_s, one.pin.start_s)
        is_first = True
        for tours in places:
            ends_s = [self._end_before(tours[carer], job, carer) for carer in crew]
            is_late = ends_s[0] > latest_s + SLACK_S or max(ends_s) > one.latest_s + SLACK_S
            if is_first or not is_late:
                yield tours
            is_first = False

    def _end_before(self, tour: list[int], job: int, carer: int) -> float:
        """Return when the carer comes from the stop before the job at the earliest, all stops there being as now."""
        at, who = tour.index(job), self.problem.carers[carer]
        ways = self.problem.travel_s[who.mode]
        place = self.problem.jobs[job].place
        if at == 0:
            return who.from_s + float(ways[who.start_place, place])
        before = tour[at - 1]
        end_s = next(stop.end_s for stop in self.plan.tours[carer].stops if stop.job == before)
        if self.carers.get(job, (carer,)) != (carer,) or carer in self.carers.get(job, ()):
            return -inf  # without the job, or its partner, others may start earlier
        return end_s + float(ways[self.problem.jobs[before].place, place])

    def _is_executed(self, job: int) -> bool:
        pin = self.problem.jobs[job].pin
        return pin is not None and pin.is_executed

    def _without(self, job: int) -> _Tours:
        """Return the tours of a job's carers without it."""
        lines = self.ground.lines
        return {carer: [one for one in lines[carer] if one != job] for carer in self.carers.get(job, ())}

    def _pinned(self, problem: Problem, job: int, crew: tuple[int, ...], start_s: float | None) -> Problem:
        return with_job(problem, job, replace(problem.jobs[job], pin=Pin(crew, start_s), held_s=-inf))

    def _always(self, problem: Problem, job: int, crew: tuple[int, ...]) -> Blocked | None:
        refusal = judge_always(problem, job=job, carers=crew)
        return None if refusal is None else self._blocked(problem, job, refusal, job)

    def _try(self, problem: Problem, tours: _Tours, crews: dict[int, tuple[int, ...]], job: int) -> Plan | Blocked:
        own: dict[int, float] = {}
        if len(crews) == 1:  # directly behind the stops before it, where its own rank is before theirs
            lines = (tours[carer] for carer in crews[job])
            before = [self.ground.rank[line[line.index(job) - 1]] for line in lines if line[0] != job]
            own[job] = max([self.ground.rank.get(job, -1.0), *(rank + 0.5 for rank in before)])
        ranks = order_changed(self.ground, tours=tours, ranks=own)
        if ranks is None:
            return Blocked(self.change, PlanningReason.NO_TIME, job, crews[job][0])
        made = retime(self.ground, problem=problem, tours=tours, crews=crews, ranks=ranks)
        return self._blocked(problem, made.job, made.refusal, job) if isinstance(made, Refused) else made

    def _blocked(self, problem: Problem, job: int, refusal: Refusal, asked: int) -> Blocked:
        """Say which rule is broken, and what would lift it."""
        carer, over_s = refusal.carer, refusal.over_s
        remedy = None
        if refusal.limit in LIMITS:
            kind = LIMITS[refusal.limit] if job == asked else RemedyKind.FREE_LONGER
            kind = RemedyKind.LIMIT_MORE if refusal.limit == "hours" else kind
            named = None if kind == RemedyKind.WINDOW_LONGER else carer
            remedy = Remedy(kind, carer=named, amount_s=over_s)
        elif refusal.limit == "pin":
            remedy = Remedy(RemedyKind.PIN_LIFTED, carer=carer, amount_s=over_s, jobs=(job,))
        elif refusal.reason in LIFTS:
            one = problem.jobs[job]
            lacks = (one.slots[refusal.slot].skills | one.skills_any) - problem.carers[carer].skills
            skills = lacks if refusal.reason == PlanningReason.NO_SKILL else frozenset[str]()
            remedy = Remedy(LIFTS[refusal.reason], carer=carer, skills=skills)
        return Blocked(self.change, refusal.reason, job, carer, over_s, remedy)

    def _effect(self, problem: Problem, plan: Plan, pins: tuple[tuple[int, Pin | None], ...]) -> Effect:
        pairs = [pair for pair in zip(self.plan.tours, plan.tours, strict=True) if pair[0] is not pair[1]]
        jobs = {stop.job for pair in pairs for tour in pair for stop in tour.stops}
        after: dict[int, dict[int, tuple[int, float]]] = {}
        for _, tour in pairs:
            for stop in tour.stops:
                after.setdefault(stop.job, {})[stop.slot] = tour.carer, stop.start_s
        changed = [job for job, _ in pins]
        moved = [
            one
            for job in sorted(jobs, key=lambda job: (job not in changed, job))
            if (one := self._moved(job, after.get(job, {}))) is not None
        ]
        travel_s = sum(tour.travel_s for tour in plan.tours) - sum(tour.travel_s for tour in self.plan.tours)
        breaches = tuple(breach for one in moved for breach in self._breaches(problem, one))
        return Effect(self.change, problem, plan, tuple(moved), self.plan.cost, plan.cost, travel_s, breaches, pins)

    def _moved(self, job: int, after: dict[int, tuple[int, float]]) -> Moved | None:
        """Return how a job is moved to carers and starts, by slot, of the changed tours; None if it is not."""
        carers, starts_s = self.carers.get(job, ()), self.ground.starts_s(job)
        kept = dict(enumerate(zip(carers, starts_s, strict=True))) if after else {}
        slots = [spot for _, spot in sorted({**kept, **after}.items())]
        new = tuple(carer for carer, _ in slots), tuple(start_s for _, start_s in slots)
        return None if new == (carers, starts_s) else Moved(job, carers, new[0], starts_s, new[1])

    def _breaches(self, problem: Problem, moved: Moved) -> Iterator[Breach]:
        one = problem.jobs[moved.job]
        if not moved.carers_after:
            yield Breach(BreachKind.LEFT_OUT, moved.job)
            return
        late_s = [max(0.0, start_s - one.due_s) for start_s in moved.starts_after_s]
        was_late_s = [max(0.0, start_s - one.due_s) for start_s in moved.starts_before_s]
        if max(late_s) > max(was_late_s, default=0.0):
            yield Breach(BreachKind.LATE, moved.job, amount_s=max(late_s))
        for kind, wished in ((BreachKind.NOT_USUAL, one.usual), (BreachKind.NOT_PREFERRED, one.preferred)):
            for carer in moved.carers_after:
                if wished and carer not in wished and carer not in moved.carers_before:
                    yield Breach(kind, moved.job, carer)
        for slot, carer in enumerate(moved.carers_after):
            if has_moved(problem, job=moved.job, slot=slot, carer=carer, start_s=moved.starts_after_s[0]):
                was = moved.carers_before[slot : slot + 1]
                if not was or not has_moved(
                    problem, job=moved.job, slot=slot, carer=was[0], start_s=moved.starts_before_s[0]
                ):
                    yield Breach(BreachKind.MOVED, moved.job, carer)
