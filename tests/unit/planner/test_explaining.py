"""Why a visit stands where it stands, and why another does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.planner import (
    Add,
    Carer,
    Effect,
    Job,
    MaxIterations,
    Pin,
    Problem,
    Remedy,
    RemedyKind,
    Slot,
    apply_remedy,
    build_plan,
    carers_of,
    check,
    explain,
    order_of,
    solve,
)
from dispatch.planner.remedies import with_job
from tests.unit.planner.test_placing import every_place, is_executed
from tests.unit.planner.test_reference import MIN, at, line, pair, single
from tests.unit.planner.worlds import FEATURES, some_day, some_plan


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


def test_carers_who_may_and_who_are_free_are_counted_and_the_next_way_is_the_least() -> None:
    # X stands at the door; Y has 10 min there and back, Z 20; V is busy all day; W may not
    skilled = frozenset({"x"})
    carers = (*(Carer(name, n, n, skills=skilled, to_s=at(3)) for n, name in enumerate("XYZV")), Carer("W", 0, 0))
    jobs = (
        Job("one", 0, (Slot(skilled, 30 * MIN),), latest_s=at(1)),
        single("busy", 3, length_min=170, latest_s=0.0),
    )
    problem = Problem(carers, jobs, (line(0, 5, 10, 0),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (3,)})

    (told,) = explain(problem, plan=plan, jobs={0}).placed

    assert (told.why_carer, told.n_able, told.n_free) == ("least_travel", 4, 3)
    assert (told.extra_travel_s, told.next_travel_s) == (0.0, 10 * MIN)


def test_who_alone_has_time_of_those_who_may_is_told_so() -> None:
    carers = (Carer("X", 0, 0), Carer("Y", 0, 0))
    jobs = (single("one", 0, latest_s=at(1)), single("busy", 0, length_min=120, latest_s=0.0))
    problem = Problem(carers, jobs, (line(0),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (1,)})

    (told,) = explain(problem, plan=plan, jobs={0}).placed

    assert (told.why_carer, told.n_able, told.n_free, told.next_travel_s) == ("only_one_free", 2, 1, None)


def test_a_pair_of_two_skills_is_not_only_one_where_another_may() -> None:
    nurse, bath = frozenset({"nurse"}), frozenset({"bath"})
    carers = (Carer("X", 0, 0, skills=nurse), Carer("Y", 0, 0, skills=bath), Carer("Z", 1, 1, skills=bath))
    job = Job("both", 0, (Slot(nurse, 30 * MIN), Slot(bath, 30 * MIN)))
    problem = Problem(carers, (job,), (line(0, 15),))
    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    first, second = explain(problem, plan=plan).placed

    assert (first.why_carer, first.n_able) == ("only_one", 1)
    assert (second.why_carer, second.n_able, second.extra_travel_s) == ("least_travel", 2, 0.0)
    assert second.next_travel_s == 30 * MIN


@pytest.mark.parametrize("seed", range(70, 82))
def test_what_a_stop_adds_and_who_would_add_less_is_so_by_trying_every_place(seed) -> None:
    problem = some_day(seed, n_jobs=9, features=FEATURES - {"pauses"})
    plan = some_plan(problem, seed)
    told = {(one.job, one.slot): one for one in explain(problem, plan=plan).placed}
    crews = carers_of(plan)
    for (job, slot), one in told.items():
        if is_executed(problem, job) or len(crews[job]) > 1:
            continue
        free = with_job(problem, job, replace(problem.jobs[job], pin=None))
        order = [other for other in order_of(problem, plan=plan) if other != job]
        without = build_plan(free, order=order, carers=crews)
        assert set(without.left_out) == {*plan.left_out, job}

        ways_s = [
            sum(tour.travel_s for tour in built.tours) - sum(tour.travel_s for tour in without.tours)
            for carer in range(len(problem.carers))
            for built in every_place(free, without, job, (carer,))
            if carer != crews[job][slot]
        ]

        added_s = sum(tour.travel_s for tour in plan.tours) - sum(tour.travel_s for tour in without.tours)
        assert one.extra_travel_s == pytest.approx(added_s, abs=1e-3)
        assert one.next_travel_s == (pytest.approx(min(ways_s), abs=1e-3) if ways_s else None)
        assert (one.why_carer == "only_one_free") <= (not ways_s)
        assert (one.why_carer == "least_travel") <= (not ways_s or added_s <= min(ways_s) + 1e-3)


@pytest.mark.parametrize(("priority", "kind"), [(1.0, "added_anyway"), (3.0, "added")])
def test_an_optional_visit_that_costs_more_than_it_is_worth_is_told_to_be_so(priority, kind) -> None:
    # 100 min there and 100 back are 12,000 s; leaving it out costs 7,200 for each unit of priority
    job = single("far", 1, is_mandatory=False, priority=priority)
    problem = Problem((Carer("X", 0, 0),), (job,), (line(0, 100),))
    plan = build_plan(problem, order=[], carers={})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.reason, told.remedy) == ("has_place", Remedy(RemedyKind(kind), carer=0))


@pytest.mark.parametrize("seed", range(90, 102))
def test_a_pin_is_told_to_be_lifted_only_where_that_gives_a_place(seed) -> None:
    problem = some_day(seed, n_jobs=12, tightness=0.7)
    plan = solve(problem, stop=MaxIterations(1_000), seed=seed)
    for told in explain(problem, plan=plan).not_placed:
        if told.remedy is None or told.remedy.kind != RemedyKind.PIN_LIFTED:
            continue
        free = apply_remedy(problem, job=told.job, remedy=told.remedy)
        assert isinstance(check(free, plan=plan, change=Add(told.job)), Effect), told


def test_two_pins_of_which_neither_helps_by_going_are_told_without_a_way_out() -> None:
    # X has an hour and is with "kept" until its end; "out" is longer than what is left however it is pinned
    jobs = (
        single("kept", 0, length_min=60, pin=Pin((0,), 0.0), latest_s=0.0),
        single("out", 0, length_min=30, pin=Pin((0,), at(0, 10)), latest_s=at(0, 30)),
    )
    problem = Problem((Carer("X", 0, 0, to_s=at(1)),), jobs, (line(0),))
    plan = build_plan(problem, order=[0], carers={0: (0,)})

    (told,) = explain(problem, plan=plan).not_placed

    assert (told.reason, told.remedy, told.jobs) == ("pin_conflict", None, (0,))


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
