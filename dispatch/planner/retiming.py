"""Building a plan anew after a change by hand: only what the change reaches is timed again."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.values import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dispatch.planner.grounding import Ground
    from dispatch.planner.reference import Refusal
    from dispatch.planner.values import Problem


class Refused(NamedTuple):
    """The first job that has no place any more, and why."""

    job: int
    refusal: Refusal


def order_tours(tours: Sequence[Sequence[int]], *, rank: Mapping[int, float]) -> list[int] | None:
    """Return an order of jobs that keeps that of every tour, lower ranks first; None where tours contradict."""
    followers: dict[int, list[int]] = {}
    waits: Counter[int] = Counter()
    jobs: set[int] = set()
    for tour in tours:
        jobs.update(tour)
        for first, second in pairwise(tour):
            followers.setdefault(first, []).append(second)
            waits[second] += 1
    ready = [(rank[job], job) for job in jobs if not waits[job]]
    heapify(ready)
    order = []
    while ready:
        _, job = heappop(ready)
        order.append(job)
        for follower in followers.get(job, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, (rank[follower], follower))
    return order if len(order) == len(jobs) else None


def order_changed(
    ground: Ground, *, tours: Mapping[int, Sequence[int]], ranks: Mapping[int, float]
) -> dict[int, float] | None:
    """
    Return the ranks of jobs in the order of `order_tours` as far as they differ from those of the ground.

    `tours` are the tours that are other ones than there, by carer; `ranks` those of jobs that want another one. None
    where tours contradict.
    """

    def rank(job: int) -> float:
        own = ranks.get(job)
        return ground.rank[job] if own is None else own

    pairs = [(rank(one), rank(other)) for tour in tours.values() for one, other in pairwise(tour)]
    wrong = [pair for pair in pairs if pair[0] > pair[1]]
    if not wrong:
        return dict(ranks)
    since, until = min(second for _, second in wrong), max(first for first, _ in wrong)  # elsewhere ranks say the order
    lines = [tours.get(carer, line) for carer, line in enumerate(ground.lines)]
    middles = [[job for job in line if since <= rank(job) <= until] for line in lines]
    order = order_tours(middles, rank={job: rank(job) for middle in middles for job in middle})
    if order is None:
        return None
    step = (until - since) / len(order)
    return {**ranks, **{job: since + step * at for at, job in enumerate(order)}}


def retime(
    ground: Ground,
    *,
    problem: Problem,
    tours: Mapping[int, Sequence[int]],
    crews: Mapping[int, tuple[int, ...]],
    ranks: Mapping[int, float],
) -> Plan | Refused:
    """
    Return what `build_plan` would make of other tours, or the first job that it would leave out.

    Parameters
    ----------
    ground : Ground
        As it stands.
    problem : Problem
        Its problem, with other pins and lags of the jobs that are changed.
    tours : mapping of int to sequence of int
        The jobs of the carers whose tours are other ones; those of all others are timed again as far as a partner's
        start moves them.
    crews : mapping of int to tuple of int
        The carers of jobs that have other ones, or none so far.
    ranks : mapping of int to float
        From `order_changed`.

    """
    return _Retiming(ground, problem, tours, crews, ranks).made()


class _Retiming:
    def __init__(
        self,
        ground: Ground,
        problem: Problem,
        tours: Mapping[int, Sequence[int]],
        crews: Mapping[int, tuple[int, ...]],
        ranks: Mapping[int, float],
    ) -> None:
        self.ground, self.problem, self.tours, self.crews, self.ranks = ground, problem, tours, crews, ranks
        self.walk = ground.walk_anew(problem)
        self.touched = set(tours).union(*crews.values())
        self.lines: dict[int, list[int]] = {}
        self.ahead: list[tuple[float, int]] = []

    def made(self) -> Plan | Refused:
        """Return what `retime` returns."""
        ground, walk = self.ground, self.walk
        for carer in self.touched:
            self._go_on(carer)
        last = -1
        while self.ahead:
            _, job = heappop(self.ahead)
            if job == last:  # both of its carers come to it
                continue
            last = job
            crew = self.crews.get(job) or ground.carers[job]
            for carer in crew:
                self._follow(carer, until=job)
            refusal = walk.place_job(job, carers=crew)
            if refusal is not None:
                return Refused(job, refusal)
            for slot, carer in enumerate(crew):
                if carer in self.touched or not self._is_as_before(job, slot, carer):
                    self._go_on(carer)
        return self._plan()

    def _line(self, carer: int) -> list[int]:
        """Return the jobs of a carer that are not executed."""
        line = self.lines.get(carer)
        if line is None:
            jobs = self.tours.get(carer, self.ground.lines[carer])
            line = self.lines[carer] = [job for job in jobs if job not in self.ground.done]
        return line

    def _go_on(self, carer: int) -> None:
        """Let a carer's next job be timed again."""
        line, at = self._line(carer), len(self.walk.stops[carer]) - self.ground.n_done[carer]
        if at < len(line):
            own = self.ranks.get(line[at])
            heappush(self.ahead, (self.ground.rank[line[at]] if own is None else own, line[at]))

    def _follow(self, carer: int, *, until: int | None) -> None:
        """Let a carer do stops as in the plan, with the pauses before each, up to a job or the end of the day."""
        walk, line = self.walk, self._line(carer)
        pauses = self.ground.plan.tours[carer].pauses
        for job in line[len(walk.stops[carer]) - self.ground.n_done[carer] :]:
            if job == until:
                break
            stop = self.ground.stops[job, self.ground.carers[job].index(carer)]
            known = len(walk.pauses[carer])
            while known < len(pauses) and pauses[known].start_s < stop.start_s:
                walk.pauses[carer].append(pauses[known])
                walk.next_pause[carer] = pauses[known].pause + 1
                known += 1
            walk.follow(stop, carer=carer)

    def _is_as_before(self, job: int, slot: int, carer: int) -> bool:
        new = self.walk.stops[carer][-1]
        taken = sum(1 for pause in self.ground.plan.tours[carer].pauses if pause.start_s < new.start_s)
        return self.ground.stops.get((job, slot)) == new and len(self.walk.pauses[carer]) == taken

    def _plan(self) -> Plan:
        ground, plan = self.ground, self.ground.plan
        tours = list(plan.tours)
        stand, stood = set(self.crews), set[int]()
        for carer in self.lines:
            if carer not in self.touched:
                self._follow(carer, until=None)
            tours[carer] = self.walk.tour(carer)
            stood.update(stop.job for stop in plan.tours[carer].stops)
            stand.update(stop.job for stop in tours[carer].stops)
        left_out = tuple(sorted({*ground.left_out, *stood} - stand))
        cost = ground.cost_of(problem=self.problem, tours=tours, changed=self.lines, left_out=left_out)
        return Plan(tuple(tours), left_out, cost, iterations=plan.iterations, seed=plan.seed)
