"""Two visits for one change carers: each takes the other's place, with its pinned start and under every rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.planner import (
    Blocked,
    Carer,
    Pin,
    Problem,
    Remedy,
    RemedyKind,
    Swap,
    build_plan,
    carers_of,
    check,
)
from tests.unit.planner.test_reference import at, line, single


def pinned_two() -> tuple[Problem, object]:
    carers = (Carer("X", 0, 0, skills=frozenset({"x"})), Carer("Y", 0, 0, skills=frozenset({"x"})))
    jobs = (
        single("early", 0, pin=Pin((0,), at(1))),
        single("late", 0, earliest_s=at(2)),
        single("later", 0, earliest_s=at(3)),
    )
    problem = Problem(carers, jobs, (line(0),))
    return problem, build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (0,)})


def test_a_swap_keeps_the_start_that_is_pinned() -> None:
    problem, plan = pinned_two()

    effect = check(problem, plan=plan, change=Swap(0, 1))

    assert {moved.job: (moved.carers_after, moved.starts_after_s) for moved in effect.moved} == {
        0: ((1,), (at(1),)),
        1: ((0,), (at(2),)),
    }
    assert dict(effect.pins) == {0: Pin((1,), at(1)), 1: Pin((0,))}


def test_a_swap_finds_the_hour_of_a_pin_though_the_other_stood_elsewhere() -> None:
    problem, _ = pinned_two()
    jobs = (problem.jobs[0], replace(problem.jobs[1], latest_s=at(2)), problem.jobs[2])
    problem = replace(problem, jobs=jobs)
    plan = build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (1,)})

    effect = check(problem, plan=plan, change=Swap(0, 2))

    starts_s = {stop.job: stop.start_s for tour in effect.plan.tours for stop in tour.stops}
    assert starts_s == {0: at(1), 1: at(2), 2: at(3)}
    assert carers_of(effect.plan) == {0: (1,), 1: (1,), 2: (0,)}


@pytest.mark.parametrize(
    ("change", "reason", "remedy"),
    [
        ({"refused": frozenset({1})}, "refused_before", Remedy(RemedyKind.REFUSAL_LIFTED, 1)),
        ({"skills_any": frozenset({"y"})}, "no_skill", Remedy(RemedyKind.SKILL_LEARNED, 1, skills=frozenset({"y"}))),
        ({"refused": frozenset({1}), "skills_any": frozenset({"y"})}, "no_skill", None),
    ],
    ids=["refused", "unskilled", "both"],
)
def test_a_swap_is_held_against_skills_and_refusals(change, reason, remedy) -> None:
    problem, _ = pinned_two()
    carers = (replace(problem.carers[0], skills=frozenset({"x", "y"})), problem.carers[1])
    problem = replace(problem, carers=carers, jobs=(replace(problem.jobs[0], **change), *problem.jobs[1:]))
    plan = build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (0,)})
    assert plan.left_out == ()

    blocked = check(problem, plan=plan, change=Swap(0, 1))

    assert isinstance(blocked, Blocked)
    assert (blocked.reason, blocked.job, blocked.carer, blocked.remedy) == (reason, 0, 1, remedy)
