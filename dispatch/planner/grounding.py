"""What follows from a plan that stands, reckoned once, so that a change by hand costs only what it reaches."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.reference import SECONDS_PER_HOUR, Walk, carers_of, executed_jobs, has_moved, order_of
from dispatch.planner.values import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from dispatch.planner.values import Plan, Problem, Stop, Tour


class Tally(NamedTuple):
    """What the cost of a plan takes from one tour: seconds late of each stop, and counts."""

    late_s: tuple[float, ...]
    strange: int
    unwished: int
    unpopular: int
    changed: int


class Ground:
    """
    A problem and a plan of it that stands; nothing here is changed by who asks.

    Attributes
    ----------
    order, rank
        A global order of the jobs from which the plan follows, and each job's place in it.
    carers : dict of int to tuple of int
        The carer of each slot of every job that stands in the plan.
    lines : list of list of int
        The jobs of each carer, in the order of the tour.
    stops : dict of (job, slot) to Stop
    walk : Walk
        The day with what is executed only; `n_done` such stops of each carer.
    left_out : tuple of int
        Jobs without a place, in order.

    """

    def __init__(self, problem: Problem, *, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.carers = carers_of(plan)
        self.order = order_of(problem, plan=plan)
        self.rank = {job: float(at) for at, job in enumerate(self.order)}
        self.lines = [[stop.job for stop in tour.stops] for tour in plan.tours]
        self.stops: dict[tuple[int, int], Stop] = {
            (stop.job, stop.slot): stop for tour in plan.tours for stop in tour.stops
        }
        self.done = frozenset(executed_jobs(problem))
        self.walk = Walk(problem)
        self.n_done = [len(stops) for stops in self.walk.stops]
        self.left_out = tuple(
            job for job in range(len(problem.jobs)) if job not in self.carers and job not in self.done
        )
        self.tallies = [_tally(problem, tour, self.first_start_s) for tour in plan.tours]

    def walk_anew(self, problem: Problem) -> Walk:
        """Return the day with what is executed only, to go on with other jobs that are not, and with other carers."""
        walk, other = self.walk, copy(self.walk)
        other.problem = problem
        other.place, other.free_s, other.next_pause = [*walk.place], [*walk.free_s], [*walk.next_pause]
        other.travel_s, other.worked_s = [*walk.travel_s], [*walk.worked_s]
        other.stops, other.pauses = [[*stops] for stops in walk.stops], [[*pauses] for pauses in walk.pauses]
        for carer, who in enumerate(problem.carers):
            if who is not self.problem.carers[carer]:
                other.begin(carer)
        return other

    def first_start_s(self, job: int) -> float:
        """Return when the first slot of a job begins."""
        return self.stops[job, 0].start_s

    def starts_s(self, job: int) -> tuple[float, ...]:
        """Return when each slot of a job begins; empty where it does not stand in the plan."""
        return tuple(self.stops[job, slot].start_s for slot in range(len(self.carers.get(job, ()))))

    def cost_of(
        self, *, problem: Problem, tours: Sequence[Tour], changed: Collection[int], left_out: Iterable[int]
    ) -> Cost:
        """Return what `evaluate` returns of tours that are those of the plan, `changed` apart."""
        jobs, weights = problem.jobs, problem.weights
        starts_s = {stop.job: stop.start_s for at in changed for stop in tours[at].stops if not stop.slot}
        touched = set(changed)
        for job in starts_s:  # another slot of the job may stand in a tour that is as it was
            if len(jobs[job].slots) > 1 and jobs[job].before is not None:
                touched.update(self.carers.get(job, ()))

        def first_start_s(job: int) -> float:
            start_s = starts_s.get(job)
            return self.first_start_s(job) if start_s is None else start_s

        tallies = list(self.tallies)
        for at in touched:
            tallies[at] = _tally(problem, tours[at], first_start_s)
        late_s = [one for tally in tallies for one in tally.late_s]
        without = sum(
            (weights.mandatory if jobs[job].is_mandatory else weights.optional) * jobs[job].priority for job in left_out
        )
        return Cost(
            left_out=without,
            lateness=weights.lateness * sum(late_s),
            worst_lateness=weights.worst_lateness * max(late_s, default=0.0),
            travel=weights.travel * sum(tour.travel_s for tour in tours),
            continuity=weights.continuity * sum(tally.strange for tally in tallies),
            preference=weights.preference * sum(tally.unwished for tally in tallies),
            hours=weights.hours * sum((tour.worked_s / SECONDS_PER_HOUR) ** 2 for tour in tours),
            unpopular=weights.unpopular * sum(tally.unpopular**2 for tally in tallies),
            change=weights.change * sum(tally.changed for tally in tallies),
        )


def _tally(problem: Problem, tour: Tour, first_start_s: Callable[[int], float]) -> Tally:
    jobs = problem.jobs
    late_s = []
    counts: Counter[str] = Counter()
    for stop in tour.stops:
        one = jobs[stop.job]
        late_s.append(max(0.0, stop.start_s - one.due_s))
        counts["strange"] += bool(one.usual) and tour.carer not in one.usual
        counts["unwished"] += bool(one.preferred) and tour.carer not in one.preferred
        counts["unpopular"] += one.is_unpopular
        if one.before is not None:
            start_s = first_start_s(stop.job)
            counts["changed"] += has_moved(problem, job=stop.job, slot=stop.slot, carer=tour.carer, start_s=start_s)
    unpopular = problem.carers[tour.carer].unpopular_before + counts["unpopular"]
    return Tally(tuple(late_s), counts["strange"], counts["unwished"], unpopular, counts["changed"])
