"""Taking visits out of a plan: what was behind them comes earlier, or loses its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dispatch.planner.retiming import Refused, retime

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.planner.grounding import Ground
    from dispatch.planner.values import Plan, Problem


class Freed(NamedTuple):
    """
    A plan without some jobs.

    `problem` is the one that was asked about; `lost` are other jobs that have no place any more.
    """

    problem: Problem
    plan: Plan
    lost: tuple[int, ...]


def freed(ground: Ground, *, problem: Problem, jobs: Collection[int], carers: Iterable[int] = ()) -> Freed:
    """
    Return the plan without some jobs; the order of all others stays.

    What was behind them starts as early as it can. What breaks a hard rule then is left out: a pause is taken where the
    last stop was, and the way from there may be the longer one.

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
    while isinstance(made, Refused):
        gone.add(made.job)
        made = _without(ground, problem, gone, carers)
    return Freed(problem, made, tuple(sorted(gone - set(jobs))))


def _without(ground: Ground, problem: Problem, gone: Collection[int], carers: Iterable[int]) -> Plan | Refused:
    touched = {carer for job in gone for carer in ground.carers.get(job, ())}.union(carers)
    tours = {carer: [job for job in ground.lines[carer] if job not in gone] for carer in touched}
    return retime(ground, problem=problem, tours=tours, crews={}, ranks={})
