"""Plans of the reference against an independent judge, and the judge against plans that are broken on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispatch.planner import Carer, Job, Pause, Pin, Problem, Slot, build_plan, carers_of, judge_carer, judge_carers
from dispatch.planner.eligibility import NUMBERS
from dispatch.planner.reference import order_of
from tests.unit.planner.verifier import violations
from tests.unit.planner.worlds import some_day, some_order, some_plan

MIN = 60.0


@pytest.mark.feature("S1")
@pytest.mark.feature("S8")
def test_no_plan_of_any_order_breaks_a_hard_rule() -> None:
    planned = 0
    for seed in range(150):
        problem = some_day(seed, tightness=1 + seed % 3)
        order, carers = some_order(problem, seed)

        plan = build_plan(problem, order=order, carers=carers)

        assert violations(problem, plan) == [], seed
        planned += len(problem.jobs) - len(plan.left_out)
    assert planned > 600  # the days are not so tight that nothing is shown


def test_the_order_that_is_read_from_a_plan_makes_it_again() -> None:
    for seed in range(60):
        problem = some_day(seed)
        plan = some_plan(problem, seed)

        again = build_plan(problem, order=order_of(problem, plan=plan), carers=carers_of(plan))

        assert again.tours == plan.tours, seed


def test_one_carer_is_judged_as_all_are() -> None:
    for seed in range(40):
        problem = some_day(seed)
        eligibility = judge_carers(problem)
        for job, one in enumerate(problem.jobs):
            for slot in range(len(one.slots)):
                codes = [judge_carer(problem, job=job, slot=slot, carer=carer) for carer in range(len(problem.carers))]
                assert eligibility.of(job, slot=slot).tolist() == [NUMBERS[code] if code else 0 for code in codes]


def tiny() -> tuple[Problem, object]:
    """A carer with a visit, a pause and another visit, and one with the second half of a pair."""
    carers = (
        Carer("X", 0, 0, to_s=300 * MIN, pauses=(Pause(50 * MIN, 60 * MIN, 30 * MIN),)),
        Carer("Y", 0, 0, skills=frozenset({"nursing"})),
    )
    slot = Slot(frozenset(), 40 * MIN)
    jobs = (
        Job("one", 1, (slot,), earliest_s=10 * MIN, latest_s=60 * MIN, pin=Pin((0,), 12 * MIN)),
        Job("two", 1, (slot, slot), latest_s=120 * MIN, skills_any=frozenset({"nursing"})),
    )
    ways = (np.array([[0.0, 10 * MIN], [10 * MIN, 0.0]]),)
    problem = Problem(carers, jobs, ways)
    return problem, build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0, 1)})


def with_stop(plan, *, tour: int, stop: int, **changes):
    stops = list(plan.tours[tour].stops)
    stops[stop] = stops[stop]._replace(**changes)
    return with_tour(plan, tour=tour, stops=tuple(stops))


def with_tour(plan, *, tour: int, **changes):
    tours = list(plan.tours)
    tours[tour] = replace(tours[tour], **changes)
    return replace(plan, tours=tuple(tours))


def with_job(problem: Problem, job: int, **changes) -> Problem:
    jobs = list(problem.jobs)
    jobs[job] = replace(jobs[job], **changes)
    return replace(problem, jobs=tuple(jobs))


def with_carer(problem: Problem, carer: int, **changes) -> Problem:
    carers = list(problem.carers)
    carers[carer] = replace(carers[carer], **changes)
    return replace(problem, carers=tuple(carers))


def with_pause(problem: Problem, earliest_min: float, length_min: float) -> Problem:
    return with_carer(problem, 0, pauses=(Pause(earliest_min * MIN, 60 * MIN, length_min * MIN),))


def test_the_judge_finds_nothing_in_a_good_plan() -> None:
    assert violations(*tiny()) == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda problem, plan: (with_carer(problem, 0, to_s=121 * MIN), plan), "ends after the shift"),
        (lambda problem, plan: (with_carer(problem, 0, back_by_s=131 * MIN), plan), "back too late"),
        (lambda problem, plan: (with_carer(problem, 0, limit_s=99 * MIN), plan), "works longer"),
        (lambda problem, plan: (with_carer(problem, 1, skills=frozenset()), plan), "none of its carers"),
        (lambda problem, plan: (with_job(problem, 0, sex="male"), plan), "has not the sex"),
        (lambda problem, plan: (with_job(problem, 0, team="north"), plan), "not of the team"),
        (lambda problem, plan: (with_job(problem, 0, refused=frozenset({0})), plan), "is refused"),
        (lambda problem, plan: (with_job(problem, 1, slots=(Slot(frozenset("x"), 40 * MIN),) * 2), plan), "lacks a"),
        (lambda problem, plan: (with_job(problem, 0, slots=(Slot(frozenset(), 41 * MIN),)), plan), "not its length"),
        (lambda problem, plan: (with_job(problem, 0, pin=Pin((0,), 13 * MIN)), plan), "is pinned to"),
        (lambda problem, plan: (with_job(problem, 0, pin=Pin((1,))), plan), "is pinned to"),
        (lambda problem, plan: (with_job(problem, 0, earliest_s=13 * MIN), plan), "before its window"),
        (lambda problem, plan: (with_job(problem, 1, latest_s=81 * MIN), plan), "after its window"),
        (lambda problem, plan: (with_job(problem, 1, lag_from_s=MIN, lag_to_s=MIN), plan), "after the first"),
        (lambda problem, plan: (replace(problem, now_s=20 * MIN), plan), "in the past"),
        (lambda problem, plan: (problem, with_tour(plan, tour=0, pauses=())), "works on after pause"),
        (lambda problem, plan: (problem, replace(plan, left_out=(1,))), "planned and left out"),
        (lambda problem, plan: (problem, with_tour(plan, tour=1, stops=())), "neither planned nor left out"),
        (lambda problem, plan: (problem, with_stop(plan, tour=0, stop=1, arrive_s=60 * MIN)), "cannot be at"),
        (lambda problem, plan: (problem, with_stop(plan, tour=0, stop=1, travel_s=60.0)), "the way to job"),
        (lambda problem, plan: (problem, with_tour(plan, tour=0, travel_s=60.0)), "counts its ways"),
        (lambda problem, plan: (problem, with_tour(plan, tour=0, back_s=60.0)), "is not back when"),
        (lambda problem, plan: (with_pause(problem, 55, 30), plan), "outside its span"),
        (lambda problem, plan: (with_pause(problem, 50, 31), plan), "taken whole"),
    ],
)  # fmt: skip
def test_the_judge_finds_each_rule_that_is_broken(broken, words) -> None:
    problem, plan = broken(*tiny())

    assert any(words in one for one in violations(problem, plan)), violations(problem, plan)
