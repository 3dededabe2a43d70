"""Why a visit stands where it stands, and why another does not."""

from __future__ import annotations

import pytest

from dispatch.planner import Carer, Pin, Problem, Remedy, RemedyKind, apply_remedy, build_plan, explain
from tests.unit.planner.test_reference import MIN, at, line, pair, single
from tests.unit.planner.worlds import some_day, some_plan


def test_every_slot_and_every_job_left_out_is_explained() -> None:
    for seed in range(6):
        problem = some_day(seed)
        plan = some_plan(problem, seed)

        told = explain(problem, plan=plan)

        assert [(one.job, one.slot) for one in told.placed] == [
            (stop.job, stop.slot) for tour in plan.tours for stop in tour.stops
        ]
        assert tuple(one.job for one in told.not_placed) == plan.left_out


def test_carer_and_start_have_their_first_reason() -> None:
    carers = (Carer("X", 0, 0, to_s=at(3)), Carer("Y", 1, 1, to_s=at(3)))
    jobs = (
        single("usual", 1, usual=frozenset({0})),
        single("near", 1, earliest_s=at(1)),
        pair("bath", 0, earliest_s=at(1, 30)),
    )
    problem = Problem(carers, jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (0, 1)})

    told = {(one.job, one.slot): one for one in explain(problem, plan=plan).placed}

    assert (told[0, 0].why_carer, told[0, 0].why_start) == ("usual", "on_arrival")
    assert (told[1, 0].why_carer, told[1, 0].why_start) == ("least_travel", "window_opens")
    assert (told[2, 0].why_carer, told[2, 0].why_start) == ("only_one", "other_carer")  # Y comes 1:45
    assert told[2, 0].wait_s == 45 * MIN


def test_lesser_visits_are_outranked_and_equals_have_no_time() -> None:
    carers = (Carer("X", 0, 0, to_s=at(1)),)
    for priority, reason in ((2.0, "outranked"), (1.0, "no_time")):
        jobs = (single("first", 1, priority=priority), single("second", 1, latest_s=at(0, 30)))
        problem = Problem(carers, jobs, (line(0, 15),))
        plan = build_plan(problem, order=[0], carers={0: (0,)})

        (told,) = explain(problem, plan=plan).not_placed

        assert told.reason == reason
        assert told.jobs == ((0,) if reason == "outranked" else ())


def test_of_two_pins_that_exclude_each_other_one_is_left_out_and_both_are_named() -> None:
    jobs = (single("kept", 1, pin=Pin((0,), at(1))), single("out", 1, pin=Pin((0,), at(1, 10))))
    problem = Problem((Carer("X", 0, 0),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.job, told.reason, told.jobs) == (1, "pin_conflict", (0,))
    assert told.remedy == Remedy(RemedyKind.PIN_LIFTED, jobs=(0,))
    free = apply_remedy(problem, job=1, remedy=told.remedy)
    assert build_plan(free, order=[1, 0], carers={0: (0,), 1: (0,)}).left_out == ()


def test_the_pin_that_excludes_another_is_named_though_a_nearer_one_leaves_time() -> None:
    jobs = (
        single("long", 1, length_min=90, pin=Pin((0,), at(1))),
        single("near", 1, length_min=5, pin=Pin((0,), at(2, 35))),
        single("out", 1, length_min=5, pin=Pin((0,), at(2)), priority=0.5),
    )
    problem = Problem((Carer("X", 0, 0),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.job, told.reason, told.jobs) == (2, "pin_conflict", (0,))


def test_a_pin_that_cannot_be_kept_is_no_conflict_with_another_visit() -> None:
    jobs = (single("kept", 1, pin=Pin((0,), at(1))), single("out", 1, pin=Pin((0,), at(5))))
    problem = Problem((Carer("X", 0, 0, to_s=at(3)),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.job, told.reason, told.jobs) == (1, "pin_conflict", ())
    assert told.remedy == Remedy(RemedyKind.PIN_LIFTED, jobs=(1,))


@pytest.mark.parametrize(("pin", "is_delaying"), [(None, True), (Pin((0,), at(0, 15)), False)])
def test_what_was_taken_out_and_has_a_place_is_told_to_be_added(pin, is_delaying) -> None:
    jobs = (single("there", 1), single("out", 1, due_s=0.0, latest_s=at(0, 30), pin=pin))
    problem = Problem((Carer("X", 0, 0),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0], carers={0: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.job, told.reason) == (1, "has_place")
    assert told.remedy == Remedy(RemedyKind.ADDED, carer=0 if pin is None else None)
    assert told.jobs == ((0,) if is_delaying else ())
    assert build_plan(problem, order=[1, 0], carers={0: (0,), 1: (0,)}).left_out == ()


def test_what_would_have_a_place_without_its_pin_is_told_to_be_unpinned() -> None:
    jobs = (single("there", 1, latest_s=at(0, 15)), single("out", 1, pin=Pin((0,), at(0, 20))))
    problem = Problem((Carer("X", 0, 0),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0], carers={0: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.reason, told.remedy, told.jobs) == ("pin_conflict", Remedy(RemedyKind.PIN_LIFTED, jobs=(1,)), ())
    assert explain(apply_remedy(problem, job=1, remedy=told.remedy), plan=plan).not_placed[0].reason == "has_place"
