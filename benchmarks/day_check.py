"""
One check for everybody's plan of a day: it knows what a planner was asked, and nothing of how any planner works.

What a planner answers is told as a tour for each carer: what they do, in order, with the second at which each begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dispatch import planner


class Done(NamedTuple):
    """A slot of a job that begins at `start_s`; a break where `job` is None."""

    start_s: float
    job: int | None = None
    slot: int = 0


Tours = dict[int, list[Done]]
"""By carer, in the order of the day."""
GRAIN_S = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What a plan comes to; where `faults` is not empty it is no plan."""

    placed: int
    travel_s: float
    faults: tuple[str, ...]

    @property
    def travel_min(self) -> float:
        """Give the minutes on the way of all carers."""
        return round(self.travel_s / 60, 1)


def check(tours: Tours, *, problem: planner.Problem, has_pauses: bool = True) -> Verdict:
    """Hold the tours against the day; `has_pauses` is False for who cannot be told of breaks."""
    faults: list[str] = []
    starts: dict[int, dict[int, tuple[int, float]]] = {}
    travel_s = 0.0
    for carer, tour in tours.items():
        walk = _Walk(problem, problem.carers[carer], has_pauses=has_pauses)
        for done in tour:
            if done.job is None:
                walk.rest(done.start_s)
            else:
                walk.serve(done)
                if done.slot in starts.setdefault(done.job, {}):
                    faults.append(f"{problem.jobs[done.job].key}: twice")
                starts[done.job][done.slot] = (carer, done.start_s)
        walk.go_home()
        travel_s += walk.travel_s
        faults += walk.faults
    for index, slots in starts.items():
        faults += _together(problem.jobs[index], slots)
    return Verdict(placed=len(starts), travel_s=travel_s, faults=tuple(faults))


def _together(job: planner.Job, slots: dict[int, tuple[int, float]]) -> list[str]:
    if len(slots) != len(job.slots):
        return [f"{job.key}: not all of its carers come"]
    if len(slots) == 1:
        return []
    (first, at_s), (second, then_s) = slots[0], slots[1]
    faults = [f"{job.key}: one carer for two"] if first == second else []
    if not job.lag_from_s - GRAIN_S <= then_s - at_s <= job.lag_to_s + GRAIN_S:
        faults.append(f"{job.key}: its carers do not come together")
    return faults


@dataclass
class _Walk:
    """One carer on the way through the day: where, free since when, and what was wrong."""

    problem: planner.Problem
    carer: planner.Carer
    has_pauses: bool
    travel_s: float = 0.0
    faults: list[str] = field(default_factory=list)
    rests: int = 0
    rested_s: float = 0.0

    def __post_init__(self) -> None:
        self.here, self.free_s = self.carer.start_place, self.carer.from_s
        self.rested_until_s = self.free_s

    def demand(self, is_so: object, *, fault: str) -> None:
        if not is_so:
            self.faults.append(fault)

    def rest(self, start_s: float) -> None:
        pause, who = self.carer.pauses[self.rests], self.carer.key
        is_in_time = pause.earliest_s - GRAIN_S <= start_s <= pause.latest_s + GRAIN_S
        self.demand(is_in_time, fault=f"{who}: break at the wrong time")
        is_free = start_s >= max(self.free_s, self.rested_until_s) - GRAIN_S
        self.demand(is_free, fault=f"{who}: break during work")
        self.rests += 1
        self.rested_s += pause.length_s
        self.rested_until_s = start_s + pause.length_s

    def serve(self, done: Done) -> None:
        assert done.job is not None  # noqa: S101 - who calls has looked
        job = self.problem.jobs[done.job]
        slot = job.slots[done.slot]
        self.demand(slot.skills <= self.carer.skills, fault=f"{job.key}: skill")
        is_in_time = job.earliest_s - GRAIN_S <= done.start_s <= job.latest_s + GRAIN_S
        self.demand(is_in_time, fault=f"{job.key}: outside its window")
        there_s = self._go(job.place)
        self.demand(done.start_s >= there_s - GRAIN_S, fault=f"{job.key}: nobody can be there so early")
        self.demand(done.start_s >= self.rested_until_s - GRAIN_S, fault=f"{job.key}: during a break")
        self.free_s, self.rested_s = done.start_s + slot.length_s, 0.0
        has_begun = job.pin is not None and job.pin.is_executed
        is_in_shift = has_begun or self.free_s <= self.carer.to_s + GRAIN_S
        self.demand(is_in_shift, fault=f"{self.carer.key}: works after the shift")

    def go_home(self) -> None:
        if self.here == self.carer.start_place:
            return
        there_s = self._go(self.carer.end_place)
        self.demand(there_s <= self.carer.back_by_s + GRAIN_S, fault=f"{self.carer.key}: home too late")
        for pause in self.carer.pauses[self.rests :] if self.has_pauses else ():
            # Whose work ends before the break must begin takes it at home.
            self.demand(self.free_s <= pause.latest_s, fault=f"{self.carer.key}: a break is missing")

    def _go(self, place: int) -> float:
        """Go there; give when one arrives, breaks before it and on the way included."""
        way_s = float(self.problem.travel_s[self.carer.mode][self.here, place])
        self.here = place
        self.travel_s += way_s
        return self.free_s + self.rested_s + way_s


def tours_of(plan: planner.Plan) -> Tours:
    """Tell a plan of our own in the same words."""
    return {
        tour.carer: sorted(
            [Done(stop.start_s, stop.job, stop.slot) for stop in tour.stops]
            + [Done(pause.start_s) for pause in tour.pauses],
            key=lambda done: done.start_s,
        )
        for tour in plan.tours
    }
