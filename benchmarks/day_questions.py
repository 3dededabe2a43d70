"""What happens to a plan that stands: somebody falls ill, and somebody asks who could take a visit."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.day_check import check, tours_of
from benchmarks.days import HOUR_S
from benchmarks.engine.turns import Stopwatch, demand
from dispatch import planner

NOW_S = 10 * HOUR_S
ABSENCES = 10
QUESTIONS = 200
PINNED_SHARE = 0.05
REPAIR = planner.MaxIterations(60_000)


def absences(problem: planner.Problem, *, plan: planner.Plan, seed: int) -> dict[str, Any]:
    """
    Let one carer after the other, each on a day of its own, fall ill at ten.

    What began before ten is done or under way; one in twenty of the later visits is pinned to carers and hour.
    """
    dice = random.Random(seed)  # noqa: S311 - a made-up day, no secret
    now = _at_ten(problem, plan=plan, dice=dice)
    later = [tour.carer for tour in plan.tours if any(stop.start_s > NOW_S for stop in tour.stops)]
    taken_s, shares, given, pinned_moved, left_out = [], [], [], 0, 0
    for carer in dice.sample(later, min(ABSENCES, len(later))):
        watch = Stopwatch()
        repaired = planner.repair(now, plan=plan, absent={carer: NOW_S}, stop=REPAIR, seed=seed)
        taken_s.append(watch.seconds())
        verdict = check(tours_of(repaired.plan), problem=repaired.problem)
        demand(not verdict.faults, message=f"repair: {verdict.faults[:5]}")
        moved = _moved(now, before=plan, after=repaired.plan)
        theirs = {stop.job for stop in plan.tours[carer].stops}
        demand(not repaired.plan.tours[carer].stops or _has_left(repaired.plan, carer), message="repair: the ill work")
        pinned_moved += sum(job not in theirs and now.jobs[job].pin is not None for job in moved)
        others = [job for job in range(len(now.jobs)) if job not in theirs and not _is_executed(now.jobs[job])]
        shares.append(len(moved - theirs) / len(others))
        given.append(sum(stop.start_s > NOW_S for stop in plan.tours[carer].stops))
        left_out += len(repaired.newly_left_out)
    return {
        "absences": len(taken_s),
        "visits_of_the_ill": sum(given),
        "of_them_left_out": left_out,
        "p50_s": round(float(np.median(taken_s)), 2),
        "most_s": round(max(taken_s), 2),
        "mean_moved_share": round(float(np.mean(shares)), 4),
        "most_moved_share": round(max(shares), 4),
        "pinned_moved": pinned_moved,
    }


def _at_ten(problem: planner.Problem, *, plan: planner.Plan, dice: random.Random) -> planner.Problem:
    starts = {stop.job: stop.start_s for tour in plan.tours for stop in tour.stops if stop.slot == 0}
    jobs = list(problem.jobs)
    for job, carers in planner.carers_of(plan).items():
        if starts[job] <= NOW_S:
            jobs[job] = replace(jobs[job], pin=planner.Pin(carers, starts[job], is_executed=True))
        elif dice.random() < PINNED_SHARE:
            jobs[job] = replace(jobs[job], pin=planner.Pin(carers, starts[job]))
    return replace(problem, jobs=tuple(jobs), now_s=NOW_S)


def _is_executed(job: planner.Job) -> bool:
    return job.pin is not None and job.pin.is_executed


def _has_left(plan: planner.Plan, carer: int) -> bool:
    return all(stop.start_s <= NOW_S for stop in plan.tours[carer].stops)


def _moved(problem: planner.Problem, *, before: planner.Plan, after: planner.Plan) -> set[int]:
    """Give the visits that stood before and have another carer, another hour or no place now."""
    stood, stand = (
        {(stop.job, stop.slot): (tour.carer, stop.start_s) for tour in plan.tours for stop in tour.stops}
        for plan in (before, after)
    )
    return {
        key[0]
        for key, (carer, start_s) in stood.items()
        if key not in stand or stand[key][0] != carer or abs(stand[key][1] - start_s) > problem.moved_s
    }


def who_can(problem: planner.Problem, *, plan: planner.Plan, seed: int) -> dict[str, Any]:
    """
    Ask of visits drawn from the plan, for one carer and for two, who could take them and why the others cannot.

    A visit that stands is asked about as if it did not, so its own place is free. Where nobody is named all the same
    (what was behind it begins earlier then, and breaks fall elsewhere), that is counted.
    """
    dice = random.Random(seed)  # noqa: S311 - a made-up day, no secret
    standing = planner.Standing(problem, plan=plan)
    found: dict[str, Any] = {"carers": len(problem.carers)}
    for name, slots in (("single", 1), ("pair", 2)):
        jobs = [job for job in planner.carers_of(plan) if len(problem.jobs[job].slots) == slots]
        jobs = dice.sample(jobs, min(QUESTIONS, len(jobs)))
        if not jobs:
            continue
        unnamed = 0
        for job in jobs:
            answer = standing.who_can(job)
            named = {option.carers[0] for option in answer.options}
            unnamed += not named
            if slots == 1:
                everybody = named | {one.carer for one in answer.refusals}
                demand(len(everybody) == len(problem.carers), message=f"{problem.jobs[job].key}: a carer is missing")
        taken_ms = []
        for job in jobs:
            watch = Stopwatch()
            standing.who_can(job)
            taken_ms.append(1_000 * watch.seconds())
        found[name] = {
            "questions": len(jobs),
            "nobody_named": unnamed,
            "p50_ms": round(float(np.percentile(taken_ms, 50)), 1),
            "p95_ms": round(float(np.percentile(taken_ms, 95)), 1),
        }
    found["p95_ms"] = max((one["p95_ms"] for one in found.values() if isinstance(one, dict)), default=None)
    return found
