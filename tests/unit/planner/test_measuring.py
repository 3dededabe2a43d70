"""What a plan is said to come to, against sums by hand and a second formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.planner import Carer, Job, Problem, Slot, build_plan, measure
from dispatch.planner.measuring import gini

MIN = 60.0


def job(key: str, place: int, **more) -> Job:
    return Job(key, place, (Slot(frozenset(), 30 * MIN),), **more)


def line(*minutes: float) -> np.ndarray:
    spots = np.array(minutes) * MIN
    return np.abs(spots[:, None] - spots[None, :])


def test_a_plan_is_measured_as_by_hand() -> None:
    # One street with doors at minutes 0, 10 and 20; both carers live at 0.
    # Anna: 10 min to a, 30 there, 10 on to b (due at 45, begins at 50: 5 min late), 30 there, 20 back.
    # Bert: 20 min to c, waits from 20 to 60, 30 there, 20 back. Cora stays at home.
    carers = (Carer("Anna", 0, 0), Carer("Bert", 0, 0, unpopular_before=2), Carer("Cora", 0, 0))
    jobs = (
        job("a", 1, usual=frozenset({0}), preferred=frozenset({1})),
        job("b", 2, usual=frozenset({1}), due_s=45 * MIN),
        job("c", 2, earliest_s=60 * MIN, is_unpopular=True),
        job("d", 2, usual=frozenset({1})),
        job("e", 2, is_mandatory=False),
    )
    problem = Problem(carers, jobs, (line(0, 10, 20),))
    plan = build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (0,), 2: (1,)})

    found = measure(problem, plan=plan)

    assert (found.placed, found.left_out, found.left_out_mandatory) == (3, 2, 1)
    assert (found.usual_share, found.preferred_share) == (0.5, 0.0)  # a yes, b no; nobody asks of c, d stays out
    assert (found.travel_s, found.worked_s) == (80 * MIN, 170 * MIN)
    assert found.travel_share == 80 / 170
    assert (found.late, found.late_s, found.worst_late_s) == (1, 5 * MIN, 5 * MIN)
    assert (found.hours.least, found.hours.most, found.hours.mean) == (0, 100 * MIN, pytest.approx(170 * MIN / 3))
    assert found.hours.gini == pytest.approx((100 + 70 + 30) / (3 * 170))  # sum of the pairs' differences by n * sum
    anna, bert, _ = found.carers
    assert (anna.jobs, anna.worked_s, anna.travel_s, anna.waiting_s) == (2, 100 * MIN, 40 * MIN, 0)
    assert (bert.jobs, bert.worked_s, bert.travel_s, bert.waiting_s) == (1, 70 * MIN, 40 * MIN, 40 * MIN)
    assert (bert.unpopular, bert.unpopular_total, found.unpopular.most) == (1, 3, 3)


def test_a_plan_of_nobody_has_measures() -> None:
    problem = Problem((), (), (np.zeros((0, 0)),))

    found = measure(problem, plan=build_plan(problem, order=[], carers={}))

    assert found.usual_share is None
    assert (found.travel_share, found.hours.gini) == (0, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_the_gini_coefficient_is_half_the_relative_mean_difference(values: list[float]) -> None:
    mean = np.mean(values)
    differences = np.abs(np.subtract.outer(values, values)).mean()

    expected = differences / (2 * mean) if mean else 0.0

    assert gini(values) == pytest.approx(expected, abs=1e-9)
