"""Finding a place for visits whose carers are named: every place of their tours, the nearest in time first."""

from __future__ import annotations

from bisect import bisect_left
from itertools import product
from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.reference import SLACK_S, Refusal
from dispatch.planner.retiming import Refused, order_changed, retime
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dispatch.planner.freeing import Freed
    from dispatch.planner.grounding import Ground
    from dispatch.planner.reference import Walk
    from dispatch.planner.values import Plan, Problem

LATE_TRIES = 12
"""Places that are still looked at when one was found where the visit is late, for one that costs less."""


class Seat(NamedTuple):
    """
    A job that wants a place: its carers, and the start that each slot should be near.

    `positions` is the place that is tried first: so many stops of each carer come before it.
    """

    job: int
    crew: tuple[int, ...]
    aims_s: tuple[float, ...]
    positions: tuple[int, ...] | None = None


class Tried(NamedTuple):
    """A place that does not do: the tours with the job in them, and the first rule that `job` breaks then."""

    tours: dict[int, list[int]]
    job: int
    refusal: Refusal


class Found(NamedTuple):
    """The best place, or every one that was tried, the nearest in time first."""

    plan: Plan | None
    tried: list[Tried]


class _Spot(NamedTuple):
    """Where a carer is behind so many stops."""

    place: int
    free_s: float
    travel_s: float
    worked_s: float
    next_pause: int


def find_place(ground: Ground, *, base: Freed, seats: Sequence[Seat]) -> Found:
    """
    Return a plan with jobs put into the tours of their carers; the order of all others stays.

    Of all places where nobody is late, the first one by the seat's own wish and nearness in time is taken; else that
    which costs least. None that fits is passed over: what is not tried breaks a hard rule of the job or of the stop
    behind it already.

    Parameters
    ----------
    ground : Ground
        As it stands.
    base : Freed
        The plan without the jobs, the tours of their carers timed as its problem says; pins of the jobs hold.
    seats : sequence of Seat
        No carer in more than one.

    """
    return _Search(ground, base, seats).found()


def crews_of(seats: Sequence[Seat]) -> dict[int, tuple[int, ...]]:
    """Return the carers of each job."""
    return {seat.job: seat.crew for seat in seats}


def attempt(
    ground: Ground, *, problem: Problem, tours: Mapping[int, Sequence[int]], crews: Mapping[int, tuple[int, ...]]
) -> Plan | Refused:
    """Return the plan with these tours, or the first job that breaks a hard rule in them."""
    own = {job: _rank(ground, job, [tours[carer] for carer in crew]) for job, crew in crews.items()}
    ranks = order_changed(ground, tours=tours, ranks=own)
    if ranks is None:  # two carers would wait for each other
        job, crew = next(iter(crews.items()))
        return Refused(job, Refusal(PlanningReason.NO_TIME, 0, crew[0]))
    return retime(ground, problem=problem, tours=tours, crews=crews, ranks=ranks)


def _rank(ground: Ground, job: int, lines: Sequence[Sequence[int]]) -> float:
    """Return a rank for a job between the stops around it: its own where that is so, else one right behind them."""
    at = [(line, line.index(job)) for line in lines]
    after = max((ground.rank.get(line[here - 1], -1.0) for line, here in at if here), default=-1.0)
    until = min((ground.rank.get(line[here + 1], inf) for line, here in at if here + 1 < len(line)), default=inf)
    own = ground.rank.get(job, -1.0)
    return own if after < own < until else after + 0.5


class _Search:
    def __init__(self, ground: Ground, base: Freed, seats: Sequence[Seat]) -> None:
        self.ground, self.base, self.seats = ground, base, seats
        self.problem = base.problem
        gone = {seat.job for seat in seats}
        touched = {carer for seat in seats for carer in (*seat.crew, *ground.carers.get(seat.job, ()))}
        self.lines = {carer: [job for job in ground.lines[carer] if job not in gone] for carer in touched}
        self.walk = ground.walk_anew(base.problem)
        self.known: dict[tuple[int, tuple[int, ...]], tuple[int, Refusal] | None] = {}
        self.alone: dict[tuple[int, int], tuple[int, Refusal] | None] = {}
        self.spots = {carer: self._spots(carer) for seat in seats for carer in seat.crew}

    def found(self) -> Found:
        """Return what `find_place` returns."""
        tried: list[Tried] = []
        late: list[Plan] = []
        for positions in self._places():
            broken = self._broken_here(positions)
            tours = self._tours(positions)
            if broken is None:
                made = attempt(self.ground, problem=self.problem, tours=tours, crews=crews_of(self.seats))
                if isinstance(made, Refused):
                    broken = made.job, made.refusal
                elif self._is_late(made) and len(late) < LATE_TRIES:
                    late.append(made)
                else:
                    return Found(min((made, *late), key=lambda plan: (self._is_late(plan), plan.cost.total)), tried)
            if broken is not None:
                tried.append(Tried(tours, *broken))
        return Found(min(late, key=lambda plan: plan.cost.total, default=None), tried)

    def _is_late(self, plan: Plan) -> bool:
        return any(
            stop.start_s > self.problem.jobs[seat.job].due_s
            for seat in self.seats
            for carer in seat.crew
            for stop in plan.tours[carer].stops
            if stop.job == seat.job
        )

    def _places(self) -> Iterator[tuple[tuple[int, ...], ...]]:
        """Yield positions for each carer of each seat, the seat's own first, then the nearest in time."""
        ranked = [self._ranked(carer, aim_s) for seat in self.seats for carer, aim_s in zip(*seat[1:3], strict=True)]
        near = sorted(product(*(enumerate(line) for line in ranked)), key=lambda spots: sum(rank for rank, _ in spots))
        wished = None
        if all(seat.positions is not None for seat in self.seats):
            wished = tuple(at for seat in self.seats for at in seat.positions or ())
            yield self._by_seat(wished)
        for spots in near:
            flat = tuple(at for _, at in spots)
            if flat != wished:
                yield self._by_seat(flat)

    def _by_seat(self, flat: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        left = iter(flat)
        return tuple(tuple(next(left) for _ in seat.crew) for seat in self.seats)

    def _ranked(self, carer: int, aim_s: float) -> list[int]:
        open_from, line = self.ground.n_done[carer], self.lines[carer]
        starts_s = {stop.job: stop.start_s for stop in self.base.plan.tours[carer].stops}
        known = [starts_s.get(job, inf) for job in line[open_from:]]
        at = open_from + bisect_left(known, aim_s)
        return sorted(range(open_from, len(line) + 1), key=lambda one: (abs(one - at), one))

    def _tours(self, positions: tuple[tuple[int, ...], ...]) -> dict[int, list[int]]:
        tours = {carer: [*line] for carer, line in self.lines.items()}
        for seat, spots in zip(self.seats, positions, strict=True):
            for carer, at in zip(seat.crew, spots, strict=True):
                tours[carer].insert(at, seat.job)
        return tours

    def _spots(self, carer: int) -> list[_Spot]:
        """Return where a carer is behind each number of stops that are not executed."""
        walk, tour = self.walk, self.base.plan.tours[carer]
        travel_s, worked_s = walk.travel_s[carer], walk.worked_s[carer]
        spot = _Spot(walk.place[carer], walk.free_s[carer], travel_s, worked_s, walk.next_pause[carer])
        spots = [spot]
        for stop in tour.stops[self.ground.n_done[carer] :]:
            one = self.problem.jobs[stop.job]
            way_s, length_s = stop.travel_s, stop.end_s - stop.start_s
            taken = max((pause.pause + 1 for pause in tour.pauses if pause.start_s < stop.start_s), default=0)
            worked_s = spot.worked_s + way_s + length_s
            spot = _Spot(one.place, stop.end_s, spot.travel_s + way_s, worked_s, max(spot.next_pause, taken))
            spots.append(spot)
        return spots

    def _broken_here(self, positions: tuple[tuple[int, ...], ...]) -> tuple[int, Refusal] | None:
        """Return the rule that a job, or the stop right behind it, must break at a place, or None."""
        if self.base.lost:
            return None  # starts before the place are not known
        for seat, spots in zip(self.seats, positions, strict=True):
            if (seat.job, spots) not in self.known:
                self.known[seat.job, spots] = self._judge(seat, spots)
            if self.known[seat.job, spots] is not None:
                return self.known[seat.job, spots]
        return None

    def _judge(self, seat: Seat, spots: tuple[int, ...]) -> tuple[int, Refusal] | None:
        """Return what `_broken_here` says of one job; of two carers each alone is asked first, which is quicker."""
        if len(spots) > 1:
            for slot, (carer, at) in enumerate(zip(seat.crew, spots, strict=True)):
                if (carer, at) not in self.alone:
                    self.alone[carer, at] = self._judge_slot(seat, slot, at)
                broken = self.alone[carer, at]
                if broken is not None:
                    return broken
        for carer, at in zip(seat.crew, spots, strict=True):
            _stand(self.walk, carer, self._spot(carer, at))
        placed = self.walk.try_job(seat.job, carers=seat.crew)
        if isinstance(placed, Refusal):
            return seat.job, placed
        pushed = (self._pushed(seat.job, spot.carer, at, spot.end_s) for at, spot in zip(spots, placed, strict=True))
        return next((one for one in pushed if one is not None), None)

    def _judge_slot(self, seat: Seat, slot: int, at: int) -> tuple[int, Refusal] | None:
        """Return what one slot of a job must break at a place whatever its other carer does, or None."""
        one, carer = self.problem.jobs[seat.job], seat.crew[slot]
        who, spot = self.problem.carers[carer], self._spot(carer, at)
        arrive_s = spot.free_s + float(self.problem.travel_s[who.mode][spot.place, one.place])
        if not isfinite(arrive_s):
            return seat.job, Refusal(PlanningReason.TRAVEL_TOO_LONG, slot, carer)
        start_s = max(one.floor_s, arrive_s)
        pin_s = one.pin.start_s if one.pin is not None and one.pin.start_s is not None else None
        if pin_s is not None:
            if not slot and start_s > pin_s + SLACK_S:
                return seat.job, Refusal(PlanningReason.PIN_CONFLICT, slot, carer, "pin", start_s - pin_s)
            start_s = max(start_s, pin_s + (one.lag_from_s if slot else 0.0))
        end_s = start_s + one.slots[slot].length_s
        for limit, over_s in (("latest", start_s - one.latest_s), ("shift", end_s - who.to_s)):
            if over_s > SLACK_S:
                return seat.job, Refusal(PlanningReason.NO_TIME, slot, carer, limit, over_s)
        return self._pushed(seat.job, carer, at, end_s)

    def _spot(self, carer: int, at: int) -> _Spot:
        return self.spots[carer][at - self.ground.n_done[carer]]

    def _pushed(self, job: int, carer: int, at: int, end_s: float) -> tuple[int, Refusal] | None:
        """Return how the stop behind a job must come too late for its window or pin, or None."""
        if at == len(self.lines[carer]):
            return None
        behind = self.lines[carer][at]
        one, slot = self.problem.jobs[behind], self.ground.carers[behind].index(carer)
        way_s = float(self.problem.travel_s[self.problem.carers[carer].mode][self.problem.jobs[job].place, one.place])
        arrive_s = end_s + way_s
        if not isfinite(arrive_s):
            return behind, Refusal(PlanningReason.TRAVEL_TOO_LONG, slot, carer)
        if one.pin is not None and one.pin.start_s is not None and not slot and arrive_s > one.pin.start_s + SLACK_S:
            return behind, Refusal(PlanningReason.PIN_CONFLICT, slot, carer, "pin", arrive_s - one.pin.start_s)
        if arrive_s > one.latest_s + SLACK_S:
            return behind, Refusal(PlanningReason.NO_TIME, slot, carer, "latest", arrive_s - one.latest_s)
        return None


def _stand(walk: Walk, carer: int, spot: _Spot) -> None:
    walk.place[carer], walk.free_s[carer] = spot.place, spot.free_s
    walk.travel_s[carer], walk.worked_s[carer] = spot.travel_s, spot.worked_s
    walk.next_pause[carer] = spot.next_pause
