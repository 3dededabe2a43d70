"""Bad input of a day: each has its name, and none is a crash."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch import assignment, planner
from dispatch.assignment import answering, building
from dispatch.words import Locale
from tests.factories.plans import search
from tests.unit.test_day_building import WAYS as WAYS_OF_DAY
from tests.unit.test_day_building import carer, case, ident, visit

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


LIFTS_OWN, LIFTS_OTHER = (planner.Remedy(planner.RemedyKind.PIN_LIFTED, jobs=(job,)) for job in (0, 1))
LONGER = planner.Remedy(planner.RemedyKind.FREE_LONGER, 0, 300.0)
GIVEN_UP = planner.Remedy(planner.RemedyKind.STOPS_GIVEN_UP, 0, jobs=(1, 2))


@pytest.mark.parametrize(
    ("reason", "remedy", "jobs", "told", "text"),
    [
        ("pin_conflict", LIFTS_OWN, (), {"code": "unpin"}, "取消它的固定，或固定给有空的当班人员"),
        ("pin_conflict", LIFTS_OTHER, (1,), {"code": "pin_lifted", "visit_ids": [1]}, "取消另一次上门的固定"),
        ("has_place", planner.Remedy(planner.RemedyKind.ADDED), (), {"code": "added"}, "有空位，直接加进来"),
        (
            "has_place",
            planner.Remedy(planner.RemedyKind.ADDED, 0),
            (1,),
            {"code": "added", "carer_id": 100, "delayed": [1]},
            "有空位，直接加进来；另有1次上门会推后",
        ),
        (
            "outranked",
            LONGER,
            (1, 2),
            {"code": "free_longer", "carer_id": 100, "minutes": 5, "held_by": [1, 2]},
            "有人多空出5分钟；占着时段的是2次更紧急的上门",
        ),
        (
            "outranked",
            GIVEN_UP,
            (1, 2),
            {"code": "stops_given_up", "carer_id": 100, "visit_ids": [1, 2], "held_by": [1, 2]},
            "让出2次别的上门；占着时段的是2次更紧急的上门",
        ),
        (
            "outranked",
            None,
            (2,),
            {"code": "held", "held_by": [2]},
            "更紧急的上门让出时间；占着时段的是1次更紧急的上门",
        ),
        ("no_time", None, (), None, None),
    ],
)
def test_what_would_place_a_visit_is_told_with_whom_it_is_about(reason, remedy, jobs, told, text):
    day = building.build_problem(
        case([visit(number) for number in range(3)], [carer()]),
        ways=WAYS_OF_DAY,
        weights=planner.Weights(),
        zone=ZoneInfo("Asia/Shanghai"),
    )
    names = {str(ident(number)): number for number in (0, 1, 2, 100)}

    found = answering.change_of(planner.NotPlaced(0, planner.PlanningReason(reason), remedy, jobs=jobs), day=day)

    plain = None if found is None else {name: _plain(value, names=names) for name, value in found.items()}
    assert plain == told
    assert assignment.change_text(found, locale=Locale.ZH) == text


def _plain(value, *, names):
    return [names[each] for each in value] if isinstance(value, list) else names.get(value, value)
