"""Bad input of a day: each has its name, and none is a crash."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from dispatch import assignment, planner
from dispatch.assignment import answering
from dispatch.words import Locale
from tests.factories.plans import search

HOUR = 3600.0
WAYS = np.array([[0.0, 600.0], [600.0, 0.0]])
CARER = planner.Carer("c", 0, 0, from_s=8 * HOUR, to_s=16 * HOUR, skills=frozenset({"care"}), team="t", sex="female")
ONE = planner.Slot(frozenset({"care"}), HOUR)
JOB = planner.Job("j", 1, (ONE,), earliest_s=9 * HOUR, due_s=11 * HOUR, latest_s=11 * HOUR, team="t")


def reasons(*jobs: planner.Job, carers=(CARER,), ways=WAYS, now_s=-inf) -> list[str]:
    """Give why each job has no place, in their order."""
    problem = planner.Problem(tuple(carers), tuple(jobs), (ways,), now_s=now_s)
    plan = search(problem)
    return [each.reason.value for each in planner.explain(problem, plan=plan).not_placed]


def test_a_visit_that_fits_is_placed_and_told_why():
    problem = planner.Problem((CARER,), (JOB,), (WAYS,))
    told = planner.explain(problem, plan=search(problem))

    [why] = told.placed
    assert (why.why_carer.value, why.why_start.value, why.n_able) == ("only_one", "window_opens", 1)
    assert told.not_placed == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slots": (planner.Slot(frozenset({"bathing"}), HOUR),)}, "no_skill"),
        ({"sex": "male"}, "sex_not_matched"),
        ({"refused": frozenset({0})}, "refused_before"),
        ({"team": "other"}, "other_team"),
        ({"slots": (replace(ONE, length_s=9 * HOUR),)}, "visit_too_long"),
        ({"earliest_s": 20 * HOUR, "latest_s": 21 * HOUR}, "no_shift"),
        ({"slots": (ONE, ONE)}, "no_pair"),
    ],
)
def test_what_no_carer_can_do_is_named(changes, code):
    assert reasons(replace(JOB, **changes)) == [code]


def test_a_window_in_the_past_is_named():
    assert reasons(JOB, now_s=12 * HOUR) == ["window_past"]


def test_a_place_without_a_way_is_named():
    assert reasons(JOB, ways=np.array([[0.0, inf], [inf, 0.0]])) == ["no_network"]
    # there is a network where somebody was asked: it is the way that is missing
    assert answering.code_of(planner.PlanningReason.NO_NETWORK) is assignment.UnplannedCode.TRAVEL_TOO_LONG


def test_a_second_visit_at_the_same_time_has_no_time():
    tight = replace(JOB, latest_s=9 * HOUR, due_s=9 * HOUR)

    assert reasons(tight, replace(tight, key="k")) == ["no_time"]


def test_two_pins_that_exclude_each_other_leave_one_out_and_say_so():
    pinned = replace(JOB, pin=planner.Pin((0,), start_s=9 * HOUR), latest_s=9 * HOUR, due_s=9 * HOUR)

    assert reasons(pinned, replace(pinned, key="k")) == ["pin_conflict"]


def test_every_code_of_a_stop_of_a_remedy_and_of_a_left_out_visit_has_words():
    stops = {each.value for each in planner.WhyCarer} | {f"start_{each.value}" for each in planner.WhyStart}

    assert stops == set(assignment.STOP_REASON_WORDS)
    assert {each.value for each in planner.RemedyKind} <= set(assignment.PLACE_WORDS)
    assert {each.value for each in planner.PlanningReason} <= {each.value for each in assignment.UnplannedCode}
    assert set(assignment.UNPLANNED_WORDS) == set(assignment.UnplannedCode)
    assert assignment.change_text({"code": "later_end", "minutes": 5}, locale=Locale.ZH) == "时间窗推后5分钟结束"
