"""The reference evaluator against worlds that are small enough to work out by hand."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from dispatch.planner import (
    Before,
    Carer,
    Cost,
    Job,
    Pause,
    Pin,
    Problem,
    Slot,
    Weights,
    build_plan,
    evaluate,
    order_of,
)
from dispatch.planner.reference import Refusal, Walk
from dispatch.planner.values import PlanningReason

MIN = 60.0


def at(hours: int, minutes: int = 0) -> float:
    return hours * 3600.0 + minutes * 60.0


def line(*minutes: float) -> np.ndarray:
    """Places along one street: travel times between them are differences of the given minutes."""
    spots = np.array(minutes) * MIN
    return np.abs(spots[:, None] - spots[None, :])


def single(key: str, place: int, *, length_min: float = 30, **more) -> Job:
    return Job(key, place, (Slot(frozenset(), length_min * MIN),), **more)


def pair(key: str, place: int, *, length_min: float = 60, **more) -> Job:
    slot = Slot(frozenset(), length_min * MIN)
    return Job(key, place, (slot, slot), **more)


def test_two_carers_start_together_when_the_second_has_come() -> None:
    # docs: window 14:00-16:00, 60 min, X arrives 13:52, Y 14:20: start 14:20, X waits 28 min, end 15:20
    carers = (Carer("X", 1, 1, from_s=at(13, 40)), Carer("Y", 2, 2, from_s=at(14)))
    bath = pair("bath", 0, earliest_s=at(14), latest_s=at(15))
    problem = Problem(carers, (bath,), (line(0, 12, 20),))

    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    x, y = (tour.stops[0] for tour in plan.tours)
    assert (x.arrive_s, x.start_s, x.end_s) == (at(13, 52), at(14, 20), at(15, 20))
    assert (y.arrive_s, y.start_s, y.end_s) == (at(14, 20), at(14, 20), at(15, 20))
    assert x.start_s - x.arrive_s == 28 * MIN


def test_a_pair_whose_second_carer_comes_after_the_last_start_is_left_out() -> None:
    carers = (Carer("X", 1, 1, from_s=at(13, 40)), Carer("Y", 2, 2, from_s=at(14, 41)))
    bath = pair("bath", 0, earliest_s=at(14), latest_s=at(15))
    problem = Problem(carers, (bath,), (line(0, 12, 20),))

    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    assert plan.left_out == (0,)
    refusal = Walk(problem).try_job(0, carers=(0, 1))
    assert refusal == Refusal(PlanningReason.NO_TIME, 0, 0, "latest", 1 * MIN)


def test_of_two_in_sequence_the_first_waits_so_that_the_second_is_not_too_late() -> None:
    carers = (Carer("X", 0, 0), Carer("Y", 1, 1))
    dose = pair("dose", 0, length_min=10, lag_from_s=30 * MIN, lag_to_s=60 * MIN)
    problem = Problem(carers, (dose,), (line(0, 90),))

    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    # Y is there after 90 min, X must start 60 min before that at the earliest
    assert [tour.stops[0].start_s for tour in plan.tours] == [30 * MIN, 90 * MIN]


@pytest.mark.parametrize(
    ("length_min", "start_min", "pause_min"),
    [
        (30, 15, 45),  # ends at 45, before the pause must begin; the second would end at 105, after it
        (50, 65, 20),  # would end at 65 > 60: the pause first, 20-50, and 15 on the way
    ],
)
def test_a_pause_is_taken_before_a_stop_only_if_it_must_be(length_min, start_min, pause_min) -> None:
    pause = Pause(20 * MIN, 60 * MIN, 30 * MIN)
    carer = Carer("X", 0, 0, pauses=(pause,))
    jobs = (single("first", 1, length_min=length_min), single("second", 1, length_min=60))
    problem = Problem((carer,), jobs, (line(0, 15),))

    (tour,) = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)}).tours

    assert tour.stops[0].start_s == start_min * MIN
    (taken,) = tour.pauses
    assert (taken.start_s, taken.end_s) == (pause_min * MIN, (pause_min + 30) * MIN)


def test_a_pause_that_costs_nothing_is_taken_while_the_carer_would_wait() -> None:
    carer = Carer("X", 0, 0, pauses=(Pause(0.0, at(9), 30 * MIN),))
    problem = Problem((carer,), (single("late", 1, earliest_s=at(2)),), (line(0, 15),))

    (tour,) = build_plan(problem, order=[0], carers={0: (0,)}).tours

    assert tour.pauses[0].start_s == 0.0
    assert (tour.stops[0].arrive_s, tour.stops[0].start_s) == (45 * MIN, at(2))


def test_executed_jobs_stand_first_and_nobody_sets_out_before_now() -> None:
    carer = Carer("X", 0, 0, pauses=(Pause(0.0, 30 * MIN, 10 * MIN),), limit_s=at(9))
    done = single("done", 1, pin=Pin((0,), start_s=10 * MIN, is_executed=True), latest_s=0.0)
    problem = Problem((carer,), (single("next", 0), done), (line(0, 15),), now_s=50 * MIN)

    plan = build_plan(problem, order=[0], carers={0: (0,)})

    # the executed visit began at 10, before anybody could have been there: it is taken as it is
    first, second = plan.tours[0].stops
    assert (first.job, first.arrive_s, first.start_s, first.end_s) == (1, 10 * MIN, 10 * MIN, 40 * MIN)
    assert (second.job, second.arrive_s) == (0, 65 * MIN)
    assert plan.tours[0].pauses == ()  # it was to begin by 30, the visit ended at 40
    assert plan.left_out == ()


def test_a_start_that_is_pinned_is_kept_to_the_second_or_the_job_is_left_out() -> None:
    carer = Carer("X", 0, 0)
    jobs = (single("pinned", 1, pin=Pin((0,), start_s=at(1))), single("other", 1))
    problem = Problem((carer,), jobs, (line(0, 15),))

    first = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})
    behind = build_plan(problem, order=[1, 0], carers={0: (0,), 1: (0,)})
    problem = Problem((carer,), (jobs[0], single("long", 1, length_min=50)), (line(0, 15),))
    too_late = build_plan(problem, order=[1, 0], carers={0: (0,), 1: (0,)})

    assert [stop.start_s for stop in first.tours[0].stops] == [at(1), at(1, 30)]
    assert [stop.start_s for stop in behind.tours[0].stops] == [15 * MIN, at(1)]
    assert too_late.left_out == (0,)


@pytest.mark.parametrize(
    ("limits", "is_placed"),
    [
        ({"to_s": 45 * MIN}, True),
        ({"to_s": 44 * MIN}, False),
        ({"back_by_s": 60 * MIN}, True),
        ({"back_by_s": 59 * MIN}, False),
        ({"limit_s": 60 * MIN}, True),  # 15 there, 30 visit, 15 back
        ({"limit_s": 59 * MIN}, False),
    ],
)
def test_shift_way_back_and_daily_hours_hold_to_the_minute(limits, is_placed) -> None:
    problem = Problem((Carer("X", 0, 0, **limits),), (single("one", 1),), (line(0, 15),))

    plan = build_plan(problem, order=[0], carers={0: (0,)})

    assert (plan.left_out == ()) is is_placed


def test_each_part_of_the_cost_is_as_worked_out_by_hand() -> None:
    weights = Weights(
        mandatory=1000, optional=100, lateness=2, worst_lateness=3, travel=1, continuity=7, preference=11, hours=36,
        unpopular=5, change=13,
    )  # fmt: skip
    carers = (Carer("X", 0, 0, unpopular_before=2), Carer("Y", 0, 0, unpopular_before=1))
    jobs = (
        single("a", 1, due_s=0.0, usual=frozenset({1}), is_unpopular=True),  # starts 15: 15 late, not the usual one
        single("b", 1, due_s=40 * MIN, preferred=frozenset({0}), before=Before((0,), 25 * MIN)),  # starts 45: 5 late
        single("c", 1, is_mandatory=False, priority=3),
        single("d", 1, priority=2),
    )
    problem = Problem(carers, jobs, (line(0, 15),), weights=weights)

    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})

    assert plan.left_out == (2, 3)
    assert plan.cost == Cost(
        left_out=3 * 100 + 2 * 1000,
        lateness=2 * (15 + 5) * MIN,
        worst_lateness=3 * 15 * MIN,
        travel=30 * MIN,
        continuity=7,
        preference=0,
        hours=36 * 1.5**2,  # 60 min of visits, 30 of ways
        unpopular=5 * (3 * 3 + 1 * 1),
        change=13,  # 45 is 20 min after 25
    )
    assert plan.cost.total == pytest.approx(sum(getattr(plan.cost, name) for name in Cost.__slots__))
    assert evaluate(problem, plan=plan) == plan.cost


def test_the_order_of_a_plan_makes_it_again_though_a_second_slot_starts_hours_later() -> None:
    carers = (Carer("X", 0, 0), Carer("Y", 0, 0))
    dose = pair("dose", 0, length_min=10, lag_from_s=120 * MIN, lag_to_s=150 * MIN)
    between = single("between", 1, length_min=60)
    problem = Problem(carers, (dose, between), (line(0, 15),))

    plan = build_plan(problem, order=[1, 0], carers={0: (0, 1), 1: (1,)})

    assert [stop.job for stop in plan.tours[1].stops] == [1, 0]
    assert order_of(problem, plan=plan) == [1, 0]
    again = build_plan(problem, order=order_of(problem, plan=plan), carers={0: (0, 1), 1: (1,)})
    assert again == plan


def test_an_unreachable_place_is_left_out() -> None:
    ways = np.array([[0.0, inf], [60.0, 0.0]])
    problem = Problem((Carer("X", 0, 0),), (single("one", 1),), (ways,))

    assert build_plan(problem, order=[0], carers={0: (0,)}).left_out == (0,)
