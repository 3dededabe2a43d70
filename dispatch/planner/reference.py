"""
What a plan is and what it costs, in plain Python: slow, readable, and the word by which the kernel is judged.

A plan follows from a global order of jobs and the carers of each: jobs are placed one after the other, each as early
as its carers, its window and its pins allow, behind what its carers do already.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.eligibility import judge_carer, lacks_of_pair
from dispatch.planner.values import Cost, Plan, PlanningReason, Stop, TakenPause, Tour

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dispatch.planner.values import Job, Pause, Problem

SECONDS_PER_HOUR = 3600.0
SLACK_S = 1e-3
"""A hard limit is broken by more than this only: two sums of the same seconds may differ in their last digits."""


class Refusal(NamedTuple):
    """
    The first test that kept a job from its turn; `over_s` is by how much, in seconds (0 where nothing is measured).

    `limit` names what was passed: "latest", "shift", "back", "hours", "pin", "pause" or "" (never at any hour).
    """

    reason: PlanningReason
    slot: int
    carer: int
    limit: str = ""
    over_s: float = 0.0


class _Place(NamedTuple):
    """Where one slot would stand: the pauses before it, the way to it, its times."""

    carer: int
    pauses: tuple[TakenPause, ...]
    arrive_s: float
    start_s: float
    end_s: float
    travel_s: float
    back_s: float


class Walk:
    """A day under way: where carers are, and since when they are free; what is executed stands in it from the start."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        carers = problem.carers
        self.place = [who.start_place for who in carers]
        self.free_s = [who.from_s for who in carers]
        self.travel_s = [0.0] * len(carers)
        self.worked_s = [0.0] * len(carers)  # without the way back
        self.stops: list[list[Stop]] = [[] for _ in carers]
        self.pauses: list[list[TakenPause]] = [[] for _ in carers]
        for job in executed_jobs(problem):
            self._execute(job)
        self.next_pause = [0] * len(carers)
        for index in range(len(carers)):
            self.begin(index)

    def begin(self, carer: int) -> None:
        """Let a carer who has done what is executed, or nothing, be free from then on and from now on."""
        who, stops = self.problem.carers[carer], self.stops[carer]
        self.free_s[carer] = max(stops[-1].end_s if stops else who.from_s, self.problem.now_s)
        self.next_pause[carer] = sum(1 for pause in who.pauses if pause.latest_s < self.free_s[carer])

    def _execute(self, job: int) -> None:
        one = self.problem.jobs[job]
        for slot, start_s in enumerate(executed_starts(one)):
            carer = _pinned(one)[slot]
            if carer is None:
                raise ValueError(f"Job {job} is executed, and slot {slot} names no carer.")
            way_s = self._way_s(carer, one.place)
            way_s = way_s if isfinite(way_s) else 0.0  # it was done, whatever the network says
            end_s = start_s + one.slots[slot].length_s
            arrive_s = min(start_s, self.free_s[carer] + way_s)
            self.stops[carer].append(Stop(job, slot, arrive_s, start_s, end_s, way_s))
            self._stand(carer, one.place, end_s, way_s, one.slots[slot].length_s)

    def _stand(self, carer: int, place: int, free_s: float, way_s: float, length_s: float) -> None:
        self.place[carer] = place
        self.free_s[carer] = free_s
        self.travel_s[carer] += way_s
        self.worked_s[carer] += way_s + length_s

    def _way_s(self, carer: int, place: int) -> float:
        ways = self.problem.travel_s[self.problem.carers[carer].mode]
        return float(ways[self.place[carer], place])

    def _back_s(self, carer: int, place: int) -> float:
        who = self.problem.carers[carer]
        return float(self.problem.travel_s[who.mode][place, who.end_place])

    def try_job(self, job: int, *, carers: tuple[int, ...]) -> tuple[_Place, ...] | Refusal:
        """Return where each slot would stand if the job came next, or the first test that fails."""
        one = self.problem.jobs[job]
        refusal = judge_always(self.problem, job=job, carers=carers)
        if refusal is not None:
            return refusal
        ways_s = [self._way_s(carer, one.place) for carer in carers]
        taken = [0] * len(carers)  # pauses before setting out, by slot
        while True:
            arrivals = [self._arrive_s(carer, way_s, n) for carer, way_s, n in zip(carers, ways_s, taken, strict=True)]
            starts = _starts(one, arrivals)
            for slot, carer in enumerate(carers):
                pause = self._pause(carer, taken[slot])
                if pause is not None and starts[slot] + one.slots[slot].length_s > pause.latest_s:
                    taken[slot] += 1  # it would be too late for the pause afterwards
                    break
            else:
                break
        for slot, carer in enumerate(carers):
            while (
                self._pause(carer, taken[slot]) is not None
                and self._arrive_s(carer, ways_s[slot], taken[slot] + 1) <= starts[slot]
            ):
                taken[slot] += 1  # the pause costs nothing here
            arrivals[slot] = self._arrive_s(carer, ways_s[slot], taken[slot])
        places = []
        for slot, carer in enumerate(carers):
            back_s = self._back_s(carer, one.place)
            pauses, _ = self._take(carer, taken[slot])
            end_s = starts[slot] + one.slots[slot].length_s
            places.append(_Place(carer, pauses, arrivals[slot], starts[slot], end_s, ways_s[slot], back_s))
        return self._first_broken(one, places) or tuple(places)

    def _pause(self, carer: int, taken: int) -> Pause | None:
        pauses = self.problem.carers[carer].pauses
        index = self.next_pause[carer] + taken
        return pauses[index] if index < len(pauses) else None

    def _take(self, carer: int, count: int) -> tuple[tuple[TakenPause, ...], float]:
        """Return the next `count` pauses of the carer, each as early as may be, and when the carer is free then."""
        free_s = self.free_s[carer]
        first = self.next_pause[carer]
        pauses = []
        for index in range(first, first + count):
            pause = self.problem.carers[carer].pauses[index]
            start_s = max(free_s, pause.earliest_s)
            free_s = start_s + pause.length_s
            pauses.append(TakenPause(index, start_s, free_s))
        return tuple(pauses), free_s

    def _arrive_s(self, carer: int, way_s: float, taken: int) -> float:
        return self._take(carer, taken)[1] + way_s

    def _first_broken(self, one: Job, places: list[_Place]) -> Refusal | None:
        """Return the first hard limit that the places break; the order is that of the kernel."""
        for slot, spot in enumerate(places):
            who = self.problem.carers[spot.carer]
            if not isfinite(spot.arrive_s):
                return Refusal(PlanningReason.TRAVEL_TOO_LONG, slot, spot.carer)
            pinned_s = one.pin.start_s if one.pin is not None and slot == 0 else None
            if pinned_s is not None and spot.start_s > pinned_s + SLACK_S:
                over_s = spot.start_s - pinned_s
                return Refusal(PlanningReason.PIN_CONFLICT, slot, spot.carer, "pin", over_s)
            for index, (taken, pause) in enumerate(
                zip(spot.pauses, who.pauses[self.next_pause[spot.carer] :], strict=False)
            ):
                if taken.start_s > pause.latest_s + SLACK_S:
                    over_s = taken.start_s - pause.latest_s
                    return Refusal(PlanningReason.NO_TIME, slot, spot.carer, f"pause {index}", over_s)
            worked_s = self.worked_s[spot.carer] + spot.travel_s + one.slots[slot].length_s + spot.back_s
            for limit, reason, over_s in (
                ("latest", PlanningReason.NO_TIME, spot.start_s - one.latest_s),
                ("shift", PlanningReason.NO_TIME, spot.end_s - who.to_s),
                ("back", PlanningReason.NO_TIME, spot.end_s + spot.back_s - who.back_by_s),
                ("hours", PlanningReason.DAY_LIMIT, worked_s - who.limit_s),
            ):
                if over_s > SLACK_S:
                    return Refusal(reason, slot, spot.carer, limit, over_s)
        return None

    def place_job(self, job: int, *, carers: tuple[int, ...]) -> Refusal | None:
        """Place the job next, or change nothing and return the first test that fails."""
        places = self.try_job(job, carers=carers)
        if isinstance(places, Refusal):
            return places
        one = self.problem.jobs[job]
        for slot, spot in enumerate(places):
            self.pauses[spot.carer] += spot.pauses
            self.next_pause[spot.carer] += len(spot.pauses)
            self.stops[spot.carer].append(
                Stop(job, slot, spot.arrive_s, spot.start_s, spot.end_s, spot.travel_s),
            )
            self._stand(spot.carer, one.place, spot.end_s, spot.travel_s, one.slots[slot].length_s)
        return None

    def follow(self, stop: Stop, *, carer: int) -> None:
        """Let a carer do a stop as it is said, without asking whether it can be."""
        self.stops[carer].append(stop)
        self._stand(carer, self.problem.jobs[stop.job].place, stop.end_s, stop.travel_s, stop.end_s - stop.start_s)

    def tours(self) -> tuple[Tour, ...]:
        """Return the tours as they stand, each with its way back."""
        return tuple(self.tour(index) for index in range(len(self.problem.carers)))

    def tour(self, carer: int) -> Tour:
        """Return the tour of a carer as it stands, with its way back."""
        if not self.stops[carer]:
            return Tour(carer, (), back_s=self.problem.carers[carer].from_s)
        back_s = self._back_s(carer, self.place[carer])
        back_s = back_s if isfinite(back_s) else 0.0  # after executed stops only
        return Tour(
            carer,
            tuple(self.stops[carer]),
            tuple(self.pauses[carer]),
            travel_s=self.travel_s[carer] + back_s,
            worked_s=self.worked_s[carer] + back_s,
            back_s=self.stops[carer][-1].end_s + back_s,
        )


def _pinned(one: Job) -> tuple[int | None, ...]:
    return one.pin.carers if one.pin is not None else (None,) * len(one.slots)


def executed_jobs(problem: Problem) -> list[int]:
    """Return the jobs that have begun or ended, in order of their starts."""
    done = [index for index, one in enumerate(problem.jobs) if one.pin is not None and one.pin.is_executed]
    return sorted(done, key=lambda index: (executed_starts(problem.jobs[index])[0], index))


def executed_starts(one: Job) -> tuple[float, ...]:
    """Return the start of each slot of an executed job: the second is `lag_from_s` after the first."""
    if one.pin is None or one.pin.start_s is None:
        raise ValueError(f"Job {one.key} is executed, and its start is not said.")
    return (one.pin.start_s, one.pin.start_s + one.lag_from_s)[: len(one.slots)]


def _starts(one: Job, arrivals: list[float]) -> list[float]:
    """Return the earliest start of each slot; a first slot that is pinned starts no earlier than its pin."""
    first_s = max(one.floor_s, arrivals[0])
    if one.pin is not None and one.pin.start_s is not None:
        first_s = max(first_s, one.pin.start_s)
    if len(arrivals) == 1:
        return [first_s]
    second_s = max(one.floor_s, arrivals[1], first_s + one.lag_from_s)
    first_s = max(first_s, second_s - one.lag_to_s)
    return [first_s, second_s]


def judge_always(problem: Problem, *, job: int, carers: tuple[int, ...]) -> Refusal | None:
    """Return the first test that keeps these carers from the job at any hour, its pin included, or None."""
    one = problem.jobs[job]
    for slot, carer in enumerate(carers):
        reason = judge_carer(problem, job=job, slot=slot, carer=carer)
        if reason is not None:
            return Refusal(reason, slot, carer)
    if len(set(carers)) < len(carers):
        return Refusal(PlanningReason.NO_PAIR, 1, carers[1])
    if lacks_of_pair(problem, job=job, carers=carers):
        return Refusal(PlanningReason.NO_SKILL, len(carers) - 1, carers[-1])
    for slot, (pinned, carer) in enumerate(zip(_pinned(one), carers, strict=True)):
        if pinned is not None and pinned != carer:
            return Refusal(PlanningReason.PIN_CONFLICT, slot, carer)
    return None


def build_plan(
    problem: Problem,
    *,
    order: Iterable[int],
    carers: Mapping[int, tuple[int, ...]],
    seed: int = 0,
    iterations: int = 0,
) -> Plan:
    """
    Place jobs one after the other, each as early as may be behind what its carers do already.

    A job starts as soon as its carers are there, not before `earliest_s`, `held_s` or its pinned start; of two carers
    the first to arrive waits, and with a lag the first slot starts as late as the second needs. Pauses are placed by
    the rule of `Pause`. A job that would break a hard limit at its turn is left out, as are those that are not in
    `order`. Executed jobs stand at the head of their carers' tours, whether `order` names them or not.

    Parameters
    ----------
    problem : Problem
        What is to be planned.
    order : iterable of int
        Jobs, each at most once.
    carers : mapping of int to tuple of int
        The carer of each slot of every job in `order` that is not executed.
    seed, iterations : int
        Written into the plan.

    Returns
    -------
    Plan
        With its cost; it breaks no hard rule.

    """
    walk = Walk(problem)
    placed = set(executed_jobs(problem))
    for job in order:
        if job not in placed and walk.place_job(job, carers=carers[job]) is None:
            placed.add(job)
    left_out = tuple(job for job in range(len(problem.jobs)) if job not in placed)
    plan = Plan(walk.tours(), left_out, Cost(), iterations=iterations, seed=seed)
    return Plan(plan.tours, left_out, evaluate(problem, plan=plan), iterations=iterations, seed=seed)


def evaluate(problem: Problem, *, plan: Plan) -> Cost:
    """Return what the plan costs, part by part as `Weights` defines them; hard rules are not looked at."""
    jobs, weights = problem.jobs, problem.weights
    starts = {(stop.job, stop.slot): stop.start_s for tour in plan.tours for stop in tour.stops}
    lateness = [max(0.0, start_s - jobs[job].due_s) for (job, _), start_s in starts.items()]
    left_out = sum(
        (weights.mandatory if jobs[job].is_mandatory else weights.optional) * jobs[job].priority
        for job in plan.left_out
    )
    strange = unwished = changed = 0
    unpopular = Counter({tour.carer: problem.carers[tour.carer].unpopular_before for tour in plan.tours})
    for tour in plan.tours:
        for stop in tour.stops:
            one = jobs[stop.job]
            strange += bool(one.usual) and tour.carer not in one.usual
            unwished += bool(one.preferred) and tour.carer not in one.preferred
            unpopular[tour.carer] += one.is_unpopular
            changed += has_moved(problem, job=stop.job, slot=stop.slot, carer=tour.carer, start_s=starts[stop.job, 0])
    return Cost(
        left_out=left_out,
        lateness=weights.lateness * sum(lateness),
        worst_lateness=weights.worst_lateness * max(lateness, default=0.0),
        travel=weights.travel * sum(tour.travel_s for tour in plan.tours),
        continuity=weights.continuity * strange,
        preference=weights.preference * unwished,
        hours=weights.hours * sum((tour.worked_s / SECONDS_PER_HOUR) ** 2 for tour in plan.tours),
        unpopular=weights.unpopular * sum(count * count for count in unpopular.values()),
        change=weights.change * changed,
    )


def has_moved(problem: Problem, *, job: int, slot: int, carer: int, start_s: float) -> bool:
    """Say whether a slot has another carer, or its job (`start_s`: its first slot) another start, than people know."""
    before = problem.jobs[job].before
    if before is None:
        return False
    was = before.carers[slot] if slot < len(before.carers) else None
    return was != carer or abs(start_s - before.start_s) > problem.moved_s


def order_of(problem: Problem, *, plan: Plan) -> list[int]:
    """
    Return a global order of jobs from which `build_plan` makes the plan again.

    Of all orders that keep every tour's, the one by starts. Raises ValueError where tours contradict each other
    (one job before another in one tour and behind it in the next).
    """
    followers: dict[int, list[int]] = {}
    waits: Counter[int] = Counter()
    start_s: dict[int, float] = {}
    for tour in plan.tours:
        for stop in tour.stops:
            start_s[stop.job] = min(stop.start_s, start_s.get(stop.job, inf))
        for first, second in zip(tour.stops, tour.stops[1:], strict=False):
            followers.setdefault(first.job, []).append(second.job)
            waits[second.job] += 1
    return _sorted_by_start(start_s, followers, waits, len(problem.jobs))


def _sorted_by_start(
    start_s: dict[int, float], followers: dict[int, list[int]], waits: Counter[int], n_jobs: int
) -> list[int]:
    ready = [(at_s, job) for job, at_s in start_s.items() if not waits[job]]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, job = heappop(ready)
        order.append(job)
        for follower in followers.get(job, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, (start_s[follower], follower))
    if len(order) < len(start_s):
        raise ValueError(f"The tours of this plan contradict each other ({len(start_s)} of {n_jobs} jobs stand in it).")
    return order


def carers_of(plan: Plan) -> dict[int, tuple[int, ...]]:
    """Return the carer of each slot of every job that stands in the plan."""
    found: dict[int, dict[int, int]] = {}
    for tour in plan.tours:
        for stop in tour.stops:
            found.setdefault(stop.job, {})[stop.slot] = tour.carer
    return {job: tuple(slots[slot] for slot in sorted(slots)) for job, slots in found.items()}
