"""What a change by hand comes to: who is moved, what it costs, whose wish it goes against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.planner.answers import Breach, BreachKind, Change, Effect, Moved
from dispatch.planner.reference import has_moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.planner.grounding import Ground
    from dispatch.planner.values import Pin, Plan, Problem


def effect_of(
    ground: Ground, *, change: Change, problem: Problem, plan: Plan, pins: tuple[tuple[int, Pin | None], ...]
) -> Effect:
    """Return what a change does that makes this plan, with these pins, of the one that stands."""
    pairs = [pair for pair in zip(ground.plan.tours, plan.tours, strict=True) if pair[0] is not pair[1]]
    jobs = {stop.job for pair in pairs for tour in pair for stop in tour.stops}
    after: dict[int, dict[int, tuple[int, float]]] = {}
    for _, tour in pairs:
        for stop in tour.stops:
            after.setdefault(stop.job, {})[stop.slot] = tour.carer, stop.start_s
    changed = [job for job, _ in pins]
    moved = [
        one
        for job in sorted(jobs, key=lambda job: (job not in changed, job))
        if (one := _moved(ground, job, after.get(job, {}))) is not None
    ]
    travel_s = sum(tour.travel_s for tour in plan.tours) - sum(tour.travel_s for tour in ground.plan.tours)
    breaches = tuple(breach for one in moved for breach in _breaches(problem, one))
    return Effect(change, problem, plan, tuple(moved), ground.plan.cost, plan.cost, travel_s, breaches, pins)


def _moved(ground: Ground, job: int, after: dict[int, tuple[int, float]]) -> Moved | None:
    """Return how a job is moved to carers and starts, by slot, of the changed tours; None if it is not."""
    carers, starts_s = ground.carers.get(job, ()), ground.starts_s(job)
    kept = dict(enumerate(zip(carers, starts_s, strict=True))) if after else {}
    slots = [spot for _, spot in sorted({**kept, **after}.items())]
    new = tuple(carer for carer, _ in slots), tuple(start_s for _, start_s in slots)
    return None if new == (carers, starts_s) else Moved(job, carers, new[0], starts_s, new[1])


def _breaches(problem: Problem, moved: Moved) -> Iterator[Breach]:
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
