"""Taking visits out of a plan: what was behind them comes earlier, waits where it was, or loses its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.remedies import with_jobs
from dispatch.planner.retiming import Refused, retime

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.planner.grounding import Ground
    from dispatch.planner.values import Plan, Problem


class Freed(NamedTuple):
    """
    A plan without some jobs.

    `problem` is the one that was asked about, with jobs held where they stood if coming earlier would have cost
    another its place; `lost` are jobs that have no place any more all the same.
    """

    problem: Problem
    plan: Plan
    lost: tuple[int, ...]


def freed(ground: Ground, *, problem: Problem, jobs: Collection[int], carers: Iterable[int] = ()) -> Freed:
    """
    Return the plan without some jobs; the order of all others stays.

    What was behind them starts as early as it can. Where a pause would then fall so that a later stop breaks a hard
    rule, the stops behind them are held at their starts instead. Where even that does not do (a pause is taken where
    the last stop was, and the way from there is longer), those that break are left out.

    Parameters
    ----------
    ground : Ground
        As it stands.
    problem : Problem
        Its problem, with changes of the jobs, or of the carers named.
    jobs : collection of int
        Who is taken out; those that have no place are passed over.
    carers : iterable of int
        Whose tours are to be timed again too.

    """
    gone = set(jobs)
    made = _without(ground, problem, gone, carers)
    if isinstance(made, Refused):
        still = _held(ground, problem, gone)
        kept = _without(ground, still, gone, carers)
        if not isinstance(kept, Refused):
            return Freed(still, kept, ())
    while isinstance(made, Refused):
        gone.add(made.job)
        made = _without(ground, problem, gone, carers)
    return Freed(problem, made, tuple(sorted(gone - set(jobs))))


def _without(ground: Ground, problem: Problem, gone: Collection[int], carers: Iterable[int]) -> Plan | Refused:
    touched = {carer for job in gone for carer in ground.carers.get(job, ())}.union(carers)
    tours = {carer: [job for job in ground.lines[carer] if job not in gone] for carer in touched}
    return retime(ground, problem=problem, tours=tours, crews={}, ranks={})


def _held(ground: Ground, problem: Problem, gone: Collection[int]) -> Problem:
    """Return the problem with the stops behind those that are gone held where they start now."""
    behind = set()
    for carer in {carer for job in gone for carer in ground.carers.get(job, ())}:
        line = ground.lines[carer]
        behind.update(line[min(line.index(job) for job in gone if job in line) :])
    jobs = {job: replace(problem.jobs[job], held_s=ground.first_start_s(job)) for job in behind - set(gone)}
    return with_jobs(problem, jobs)
