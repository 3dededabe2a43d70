"""The search: against the reference evaluator, an independent judge, and all orders of tiny days."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from dispatch.planner import (
    Canceled,
    Carer,
    Job,
    MaxIterations,
    MaxSeconds,
    Pause,
    Pin,
    Problem,
    Slot,
    Weights,
    build_plan,
    solve,
)
from tests.unit.planner.verifier import violations
from tests.unit.planner.worlds import FEATURES, some_day

NOBODY = frozenset()
ONE, TWO = (Slot(NOBODY, 600.0),), (Slot(NOBODY, 600.0), Slot(NOBODY, 600.0))


def line(count: int, *, step_s: float = 300.0) -> tuple[np.ndarray]:
    """Places along a street, each so many seconds from the next."""
    return (np.abs(np.subtract.outer(np.arange(count), np.arange(count))) * step_s,)


def carers(count: int, **more) -> tuple[Carer, ...]:
    return tuple(Carer(str(index), 0, 0, **more) for index in range(count))


def cheapest(problem: Problem) -> float:
    """The cost of the best plan of all orders, carers and choices of whom to leave out."""
    n_jobs, n_carers = len(problem.jobs), len(problem.carers)
    choices = [list(permutations(range(n_carers), len(job.slots))) for job in problem.jobs]
    return min(
        build_plan(problem, order=order, carers=dict(enumerate(given))).cost.total
        for order in permutations(range(n_jobs))
        for given in product(*choices)
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_best_of_all_plans_of_a_tiny_day(seed: int) -> None:
    features = FEATURES - {"executed", "now"} if seed % 2 else frozenset({"pairs", "lags", "soft"})
    problem = some_day(seed, n_jobs=4, n_carers=3, features=features)
    pair = replace(problem.jobs[3], slots=problem.jobs[3].slots[:1] * 2, pin=None, before=None)
    problem = replace(problem, jobs=(*problem.jobs[:3], pair))

    plan = solve(problem, stop=MaxIterations(20_000), seed=1)

    assert plan.cost.total == pytest.approx(cheapest(problem), abs=1e-6)


@pytest.mark.feature("S1")
@pytest.mark.parametrize("seed", range(30))
def test_no_plan_breaks_a_hard_rule_and_the_search_knows_its_cost(seed: int) -> None:
    problem = some_day(seed, n_jobs=24, n_carers=6, tightness=1.0 + seed % 3)
    told = []

    def look(progress) -> None:
        told.append((progress.cost, progress.plan().cost.total))

    plan = solve(
        problem, stop=MaxIterations(4_000), seed=seed, on_progress=lambda at: look(at) if len(told) < 5 else None
    )

    assert violations(problem, plan) == []
    assert [cost for cost, _ in told] == pytest.approx([reference for _, reference in told], abs=1e-6)


def test_the_same_seed_gives_the_same_plan_with_one_thread_and_with_two() -> None:
    problem = some_day(3, n_jobs=30, n_carers=6)

    plans = [solve(problem, stop=MaxIterations(3_000), seed=5) for _ in range(2)]
    doubled = [solve(problem, stop=MaxIterations(3_000), seed=5, threads=2) for _ in range(2)]

    assert plans[0] == plans[1]
    assert doubled[0] == doubled[1]


def test_a_job_on_the_way_is_done_on_the_way() -> None:
    jobs = tuple(Job(str(place), place, ONE) for place in (3, 1, 2))
    problem = Problem(carers(1), jobs, line(4), Weights(hours=0.0))

    plan = solve(problem, stop=MaxIterations(500), seed=1)

    assert plan.cost.travel == 6 * 300.0  # three places out, three back
    assert plan.left_out == ()


def test_two_carers_who_would_wait_for_each_other_are_put_in_one_order() -> None:
    jobs = tuple(Job(str(place), place, TWO, due_s=3_600.0) for place in (1, 2, 3))
    problem = Problem(carers(2), jobs, line(4))

    plan = solve(problem, stop=MaxIterations(2_000), seed=1)

    assert [[stop.job for stop in tour.stops] for tour in plan.tours] in ([[0, 1, 2]] * 2, [[2, 1, 0]] * 2)
    assert plan.left_out == ()


def test_a_mandatory_job_takes_the_place_of_optional_ones() -> None:
    wanted = Job("must", 1, (Slot(NOBODY, 3_000.0),), latest_s=900.0)
    nice = tuple(Job(f"may {index}", 1, (Slot(NOBODY, 1_500.0),), is_mandatory=False) for index in range(2))
    problem = Problem(carers(1, to_s=3_600.0), (*nice, wanted), line(2))

    plan = solve(problem, stop=MaxIterations(2_000), seed=1)

    assert plan.left_out == (0, 1)


def test_a_pause_is_kept_in_the_middle_of_a_full_day() -> None:
    who = carers(1, to_s=9_000.0, pauses=(Pause(3_000.0, 4_500.0, 1_800.0),))
    jobs = tuple(Job(str(index), 0, (Slot(NOBODY, 1_500.0),)) for index in range(5))
    problem = Problem(who, jobs, line(1))

    plan = solve(problem, stop=MaxIterations(2_000), seed=1)

    assert len(plan.left_out) == 1  # 9,000 s less the pause are 7,200: four visits of 1,500
    assert len(plan.tours[0].pauses) == 1
    assert violations(problem, plan) == []


@pytest.mark.feature("S5")
def test_executed_and_pinned_jobs_stay_when_a_search_goes_on_from_a_plan() -> None:
    problem = some_day(11, n_jobs=24, n_carers=6, features=frozenset({"pairs", "soft"}))
    first = solve(problem, stop=MaxIterations(4_000), seed=1)
    stops = {(stop.job, stop.slot): (tour.carer, stop.start_s) for tour in first.tours for stop in tour.stops}
    now_s = float(np.median([start_s for _, start_s in stops.values()]))
    jobs = list(problem.jobs)
    for index, job in enumerate(jobs):
        who = tuple(stops[index, slot][0] for slot in range(len(job.slots)) if (index, slot) in stops)
        if len(who) == len(job.slots) and (stops[index, 0][1] < now_s + 3_600.0 or index % 3 == 0):
            is_executed = stops[index, 0][1] < now_s + 3_600.0  # who is on the way counts as begun
            jobs[index] = replace(job, pin=Pin(who, start_s=stops[index, 0][1], is_executed=is_executed))
    later = replace(problem, jobs=tuple(jobs), now_s=now_s)

    plan = solve(later, stop=MaxIterations(4_000), seed=2, start=first)

    now = {(stop.job, stop.slot): (tour.carer, stop.start_s) for tour in plan.tours for stop in tour.stops}
    fixed = [index for index, job in enumerate(jobs) if job.pin is not None]
    assert len(fixed) > 5
    assert {key: now[key] for key in now if key[0] in fixed} == {key: stops[key] for key in stops if key[0] in fixed}
    assert violations(later, plan) == []


def test_frozen_jobs_keep_their_carers() -> None:
    problem = some_day(12, n_jobs=24, n_carers=6, features=frozenset({"pairs", "soft"}))
    first = solve(problem, stop=MaxIterations(500), seed=1)
    frozen = {stop.job for tour in first.tours[:3] for stop in tour.stops}

    plan = solve(problem, stop=MaxIterations(4_000), seed=2, start=first, frozen=frozen)

    def who(of) -> dict:
        return {(stop.job, stop.slot): tour.carer for tour in of.tours for stop in tour.stops if stop.job in frozen}

    assert who(plan) == who(first)
    assert plan.cost.total <= first.cost.total + 1e-6


@pytest.mark.feature("S3")
@pytest.mark.parametrize("seed", range(4))
def test_more_weight_on_usual_carers_never_gives_fewer_of_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 3_000, (17, 2))
    ways = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1))
    usual = [frozenset({int(rng.integers(4))}) for _ in range(16)]
    jobs = tuple(Job(str(index), index + 1, ONE, due_s=7_200.0, usual=usual[index]) for index in range(16))
    problem = Problem(carers(4, to_s=14_400.0), jobs, (ways,))

    strangers = []
    for weight in (0.0, 200.0, 1_000.0, 5_000.0):
        weighed = replace(problem, jobs=jobs, weights=replace(problem.weights, continuity=weight))
        plan = solve(weighed, stop=MaxIterations(60_000), seed=1)
        strangers.append(
            sum(tour.carer not in jobs[stop.job].usual for tour in plan.tours for stop in tour.stops),
        )

    assert strangers == sorted(strangers, reverse=True)
    assert strangers[-1] < strangers[0]


def test_a_canceled_search_keeps_what_it_has() -> None:
    problem = some_day(2, n_jobs=20, n_carers=5)

    plan = solve(problem, stop=Canceled(MaxIterations(1_000_000), lambda: True), seed=1)

    assert plan.iterations == 0
    assert violations(problem, plan) == []


def test_a_search_by_the_clock_ends() -> None:
    plan = solve(some_day(2), stop=MaxSeconds(0.05), seed=1)

    assert plan.iterations > 0


@pytest.mark.parametrize("which", ["nobody", "nothing", "neither"])
def test_a_day_without_jobs_or_carers_has_a_plan(which: str) -> None:
    jobs = () if which != "nobody" else (Job("a", 0, ONE), Job("b", 0, TWO))
    problem = Problem(carers(0 if which != "nothing" else 2), jobs, line(1))

    plan = solve(problem, stop=MaxIterations(100), seed=1)

    assert plan.left_out == tuple(range(len(jobs)))
    assert len(plan.tours) == len(problem.carers)
