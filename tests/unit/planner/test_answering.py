"""Who can, when and why not: against every position tried with the reference, and against worlds worked by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from benchmarks.days import make_day
from dispatch.planner import (
    Carer,
    Job,
    MaxIterations,
    Pause,
    Pin,
    PlanningReason,
    Problem,
    Remedy,
    RemedyKind,
    Slot,
    Standing,
    apply_remedy,
    build_plan,
    carers_of,
    explain,
    judge_carer,
    order_of,
    solve,
)
from tests.unit.planner.test_reference import MIN, at, line, pair, single
from tests.unit.planner.verifier import violations
from tests.unit.planner.worlds import FEATURES, held, some_day, some_plan

ABLE, LONG = Slot(frozenset({"x"}), 30 * MIN), Slot(frozenset(), 180 * MIN)


def released(problem: Problem, job: int) -> Problem:
    """The problem without the job's pin, which who asks may set anew, and without a price that can sink."""
    jobs = tuple(replace(one, pin=None) if index == job else one for index, one in enumerate(problem.jobs))
    return replace(problem, jobs=jobs, weights=replace(problem.weights, worst_lateness=0.0))


def reasons_of(problem: Problem, plan=None) -> dict[int, str]:
    plan = plan or build_plan(problem, order=[], carers={})
    return {one.job: one.reason for one in explain(problem, plan=plan).not_placed}


def plan_again(problem: Problem, plan, *, without=()):
    order = [job for job in order_of(problem, plan=plan) if job not in without]
    return build_plan(problem, order=order, carers=carers_of(plan))


def sorted_jobs(tours) -> list[int] | None:
    followers, waits, jobs = {}, Counter(), set()
    for tour in tours:
        jobs.update(tour)
        for first, second in pairwise(tour):
            followers.setdefault(first, []).append(second)
            waits[second] += 1
    ready, order = [job for job in jobs if not waits[job]], []
    while ready:
        order.append(ready.pop())
        for job in followers.get(order[-1], ()):
            waits[job] -= 1
            if not waits[job]:
                ready.append(job)
    return order if len(order) == len(jobs) else None


def try_every_place(problem: Problem, plan, job: int) -> dict[int, float]:
    """The least cost with each carer who can, by building the plan anew for every place in every tour."""
    one, cheapest = problem.jobs[job], {}
    tours = [[stop.job for stop in tour.stops] for tour in plan.tours]
    done = [sum(problem.jobs[j].pin is not None and problem.jobs[j].pin.is_executed for j in tour) for tour in tours]
    worth = problem.weights.mandatory if one.is_mandatory else problem.weights.optional
    for group in permutations(range(len(problem.carers)), len(one.slots)):
        if any(judge_carer(problem, job=job, slot=slot, carer=carer) for slot, carer in enumerate(group)):
            continue
        for places in product(*(range(done[carer], len(tours[carer]) + 1) for carer in group)):
            new = [list(tour) for tour in tours]
            for carer, place in zip(group, places, strict=True):
                new[carer].insert(place, job)
            order = sorted_jobs(new)
            if order is None:
                continue
            built = build_plan(problem, order=order, carers={**carers_of(plan), job: group})
            if set(built.left_out) == set(plan.left_out) - {job}:
                cost = built.cost.total - plan.cost.total + worth * one.priority
                for carer in group:
                    cheapest[carer] = min(cost, cheapest.get(carer, cost))
    return cheapest


@pytest.mark.parametrize("seed", range(12))
def test_who_can_is_who_could_by_trying_every_place(seed) -> None:
    # A pair's later start may fit where an earlier one does not, by another order of pauses; those are not looked for.
    features = FEATURES if seed % 2 else FEATURES - {"pauses"}
    base = some_day(seed, n_jobs=9, features=features)
    for job, one in enumerate(base.jobs):
        if (one.pin is not None and one.pin.is_executed) or (len(one.slots) > 1 and seed % 2):
            continue
        problem = released(base, job)
        plan = some_plan(problem, seed)
        if seed % 3 == 0:
            problem = held(problem, plan, free={job})
        without = plan_again(problem, plan, without={job})
        if set(without.left_out) != {*plan.left_out, job}:
            continue  # another order of pauses, and something else has no place any more

        answer = Standing(problem, plan=plan).who_can(job)

        cheapest: dict[int, float] = {}
        for option in answer.options:
            for carer in option.carers:
                cheapest[carer] = min(option.cost, cheapest.get(carer, option.cost))
        assert cheapest == pytest.approx(try_every_place(problem, without, job), abs=1e-3), job
        assert {refusal.carer for refusal in answer.refusals} == set(range(4)) - set(cheapest)


@pytest.mark.parametrize("seed", range(20, 32))
def test_an_option_holds_from_its_first_start_to_its_last(seed) -> None:
    problem = some_day(seed)
    plan = some_plan(problem, seed)
    standing = Standing(problem, plan=plan)
    for job in plan.left_out:
        for option in standing.who_can(job).options:
            for start_s in (option.starts_s[0], option.latest_start_s):
                pinned = replace(problem.jobs[job], pin=Pin(option.carers, start_s=start_s))
                changed = replace(problem, jobs=(*problem.jobs[:job], pinned, *problem.jobs[job + 1 :]))
                tours = [[stop.job for stop in tour.stops] for tour in plan.tours]
                for carer, place in zip(option.carers, option.positions, strict=True):
                    tours[carer].insert(place, job)

                built = build_plan(changed, order=sorted_jobs(tours), carers={**carers_of(plan), job: option.carers})

                assert set(built.left_out) == set(plan.left_out) - {job}
                assert violations(changed, built) == []


def holds(problem: Problem, plan, job: int, remedy: Remedy) -> set[int]:
    """Who can take the job once the remedy is applied."""
    changed = apply_remedy(problem, job=job, remedy=remedy)
    given_up = remedy.jobs if remedy.kind == RemedyKind.STOPS_GIVEN_UP else ()
    standing = Standing(changed, plan=plan_again(changed, plan, without={job, *given_up}))
    return {carer for option in standing.who_can(job).options for carer in option.carers}


@pytest.mark.parametrize("seed", range(40, 52))
def test_the_smallest_change_makes_the_job_fit(seed) -> None:
    base = some_day(seed, n_jobs=10)
    asked: set[str] = set()
    for job, one in enumerate(base.jobs):
        if one.pin is not None and one.pin.is_executed:
            continue
        problem = released(base, job)
        plan = some_plan(problem, seed)

        answer = Standing(problem, plan=plan).who_can(job)

        if answer.remedy is not None and answer.remedy.kind != RemedyKind.OTHER_CARER_FREE:
            assert holds(problem, plan, job, answer.remedy)
        for refusal in answer.refusals:
            lifts = refusal.remedy
            if lifts is not None and lifts.kind != RemedyKind.OTHER_CARER_FREE:
                asked.add(lifts.kind)
                assert refusal.carer in holds(problem, plan, job, lifts), refusal
    assert len(asked) > 1


@pytest.mark.parametrize("seed", [4, 7])
def test_who_makes_a_visit_for_two_can_take_it(seed) -> None:
    problem = make_day(300, carers=30, seed=seed, double_share=0.3)
    plan = solve(problem, stop=MaxIterations(60_000), seed=1)
    standing = Standing(problem, plan=plan)
    crews = {job: crew for job, crew in carers_of(plan).items() if len(crew) > 1}
    assert len(crews) > 50

    unknown = {
        job: crew
        for job, crew in crews.items()
        if not set(crew) <= {carer for option in standing.who_can(job).options for carer in option.carers}
    }

    assert not unknown


def test_two_carers_where_the_second_comes_too_late_make_no_pair() -> None:
    # X is there at 13:52, Y at 15:01 (14:41 and 20 min): one minute after the last start
    carers = (Carer("X", 1, 1, from_s=at(13, 40)), Carer("Y", 2, 2, from_s=at(14, 41)))
    problem = Problem(carers, (pair("bath", 0, earliest_s=at(14), latest_s=at(15)),), (line(0, 12, 20),))
    standing = Standing(problem, plan=build_plan(problem, order=[], carers={}))

    answer = standing.who_can(0)

    assert answer.reason == PlanningReason.NO_PAIR
    assert answer.remedy == Remedy(RemedyKind.WINDOW_LONGER, amount_s=1 * MIN)
    first, second = answer.refusals
    assert first.remedy == Remedy(RemedyKind.OTHER_CARER_FREE, carer=1, amount_s=1 * MIN, at_s=at(15))
    assert (second.carer, second.reason) == (1, PlanningReason.TRAVEL_TOO_LONG)


def test_two_carers_who_can_come_together_start_when_the_second_is_there() -> None:
    carers = (Carer("X", 1, 1, from_s=at(13, 40)), Carer("Y", 2, 2, from_s=at(14)))
    problem = Problem(carers, (pair("bath", 0, earliest_s=at(14), latest_s=at(15)),), (line(0, 12, 20),))

    (option,) = Standing(problem, plan=build_plan(problem, order=[], carers={})).who_can(0).options

    assert option.starts_s == (at(14, 20), at(14, 20))
    assert option.latest_start_s == at(15)
    assert option.extra_travel_s == 2 * (12 + 20) * MIN


@pytest.mark.parametrize(
    ("carer", "job", "reason", "remedy"),
    [
        ({}, {"slots": (ABLE,)}, "no_skill", Remedy(RemedyKind.SKILL_LEARNED, 0, skills=frozenset({"x"}))),
        ({"sex": "male"}, {"sex": "female"}, "sex_not_matched", Remedy(RemedyKind.SEX_WISH_LIFTED, 0)),
        ({}, {"refused": frozenset({0})}, "refused_before", Remedy(RemedyKind.REFUSAL_LIFTED, 0)),
        ({"team": "a"}, {"team": "b"}, "other_team", Remedy(RemedyKind.TEAM_LIFTED, 0)),
        ({"from_s": at(10)}, {"latest_s": at(9)}, "no_shift", Remedy(RemedyKind.SHIFT_EARLIER, 0, 75 * MIN)),
        ({"to_s": at(9)}, {"earliest_s": at(8, 45)}, "no_shift", Remedy(RemedyKind.SHIFT_LONGER, 0, 15 * MIN)),
        ({"from_s": at(9)}, {"latest_s": at(9, 10)}, "travel_too_long", Remedy(RemedyKind.LESS_TRAVEL, 0, 5 * MIN)),
        ({"limit_s": 50 * MIN}, {}, "day_limit", Remedy(RemedyKind.LIMIT_MORE, 0, 10 * MIN)),
        ({"to_s": at(2)}, {"slots": (LONG,)}, "visit_too_long", Remedy(RemedyKind.SHIFT_LONGER, 0, 75 * MIN)),
    ],
)  # fmt: skip
def test_each_test_that_fails_has_its_smallest_change(carer, job, reason, remedy) -> None:
    # the way from the carer's door and back takes 15 min, the visit 30
    problem = Problem((Carer("X", 0, 0, **carer),), (replace(single("one", 1), **job),), (line(0, 15),))

    answer = Standing(problem, plan=build_plan(problem, order=[], carers={})).who_can(0)

    assert (answer.reason, answer.remedy) == (reason, remedy)
    assert reasons_of(problem) == {0: reason}
    assert holds(problem, build_plan(problem, order=[], carers={}), 0, remedy) == {0}


@pytest.mark.parametrize(
    ("carer", "job", "ways", "reason"),
    [
        ({}, {"slots": (ABLE,)}, 15, "no_skill"),
        ({"sex": "male"}, {"sex": "female"}, 15, "sex_not_matched"),
        ({}, {"refused": frozenset({0})}, 15, "refused_before"),
        ({"team": "a"}, {"team": "b"}, 15, "other_team"),
        ({}, {}, np.inf, "travel_too_long"),
    ],
)
def test_what_is_lifted_and_leaves_no_time_is_not_told(carer, job, ways, reason) -> None:
    # Y may and comes too late; X fails one test, and is on shift for 20 of the 30 min that the visit takes
    lonely = line(0, 15)
    lonely[0, 1] = lonely[1, 0] = ways * MIN
    carers = (Carer("X", 0, 0, **carer), Carer("Y", 1, 1, at(2), skills=ABLE.skills, sex="female", team="b"))
    one = replace(single("one", 1), latest_s=at(1), **job)
    for to_s, is_told in ((at(0, 20), False), (at(3), True)):
        problem = Problem((replace(carers[0], to_s=to_s), carers[1]), (one,), (lonely,))
        plan = build_plan(problem, order=[], carers={})

        refusal = Standing(problem, plan=plan).who_can(0).refusals[0]

        assert (refusal.carer, refusal.reason) == (0, reason)
        assert (refusal.remedy is not None) is is_told
        assert not is_told or holds(problem, plan, 0, refusal.remedy) == {0}


def test_a_gap_that_is_five_minutes_too_short_is_said_so() -> None:
    # free from 0:45, 15 min on the way, visit 1:00-1:30, 15 min back to the next visit, which starts by 1:40
    jobs = (single("first", 0, length_min=45), single("new", 1, earliest_s=at(0, 50), latest_s=at(1)),
            single("next", 0, length_min=60, earliest_s=at(1, 40), latest_s=at(1, 40)))  # fmt: skip
    problem = Problem((Carer("X", 0, 0),), jobs, (line(0, 15),))
    plan = build_plan(problem, order=[0, 2], carers={0: (0,), 2: (0,)})

    answer = Standing(problem, plan=plan).who_can(1)

    assert answer.reason == PlanningReason.NO_TIME
    assert answer.remedy == Remedy(RemedyKind.FREE_LONGER, 0, 5 * MIN)


def test_a_carer_alone_with_the_skill_is_no_pair() -> None:
    slot = Slot(frozenset({"bathing"}), 30 * MIN)
    carers = (Carer("X", 0, 0, skills=frozenset({"bathing"})), Carer("Y", 0, 0))
    problem = Problem(carers, (Job("bath", 1, (slot, slot)),), (line(0, 15),))
    plan = build_plan(problem, order=[], carers={})

    answer = Standing(problem, plan=plan).who_can(0)

    assert [refusal.reason for refusal in answer.refusals] == ["no_pair", "no_skill"]
    assert answer.refusals[0].remedy is None  # nobody else may come, however free
    assert answer.reason == PlanningReason.NO_PAIR
    assert answer.remedy == Remedy(RemedyKind.SKILL_LEARNED, 1, skills=frozenset({"bathing"}))
    assert holds(problem, plan, 0, answer.remedy) == {0, 1}
    assert reasons_of(problem) == {0: "no_pair"}


@pytest.mark.parametrize(
    ("from_min", "remedy"), [(30, Remedy(RemedyKind.REFUSAL_LIFTED, 2)), (200, None)], ids=["free", "never free"]
)
def test_a_pair_with_one_carer_asks_for_the_elders_consent_to_one_who_is_free(from_min, remedy) -> None:
    carers = (
        Carer("X", 0, 0),
        Carer("refused and of another team", 0, 0, team="b"),
        Carer("refused", 1, 1, from_s=from_min * MIN),
    )
    carers = tuple(replace(who, team=who.team or "a") for who in carers)
    job = pair("bath", 1, latest_s=at(1), team="a", refused=frozenset({1, 2}))
    problem = Problem(carers, (job,), (line(0, 15),))
    plan = build_plan(problem, order=[], carers={})

    answer = Standing(problem, plan=plan).who_can(0)

    assert (answer.reason, answer.remedy) == (PlanningReason.NO_PAIR, remedy)
    assert [refusal.remedy for refusal in answer.refusals if refusal.reason == answer.reason] == [None]
    assert remedy is None or holds(problem, plan, 0, remedy) == {0, 2}


@pytest.mark.parametrize("is_pair", [False, True])
def test_a_visit_longer_than_any_shift_says_how_long_its_parts_may_be(is_pair) -> None:
    # a longer shift alone would not do: the daily hours are the shift's; 15 min there, 15 min back
    carers = tuple(Carer(name, 0, 0, to_s=at(8), limit_s=at(8)) for name in "XY")
    long = Slot(frozenset(), at(10))
    problem = Problem(carers, (Job("long", 1, (long, long) if is_pair else (long,), latest_s=at(2)),), (line(0, 15),))
    plan = build_plan(problem, order=[], carers={})

    answer = Standing(problem, plan=plan).who_can(0)

    assert answer.reason == PlanningReason.VISIT_TOO_LONG
    assert answer.remedy == Remedy(RemedyKind.VISIT_SPLIT, amount_s=at(7, 30))
    assert holds(problem, plan, 0, answer.remedy) == {0, 1}
    assert holds(problem, plan, 0, answer.remedy._replace(amount_s=at(7, 31))) == set()


def test_pins_that_exclude_each_other_leave_the_lesser_one_out() -> None:
    carers = (Carer("X", 0, 0, pauses=(Pause(at(5), at(6), 30 * MIN),)),)
    jobs = (
        single("one", 1, pin=Pin((0,), start_s=at(1))),
        single("more", 1, pin=Pin((0,), start_s=at(1, 20)), priority=2.0),
        single("apart", 1, pin=Pin((0,), start_s=at(3))),
    )
    problem = Problem(carers, jobs, (line(0, 15),))

    plan = build_plan(problem, order=[1, 2], carers={1: (0,), 2: (0,)})

    assert reasons_of(problem, plan) == {0: "pin_conflict"}


def test_what_is_past_unreachable_or_known_to_nobody_is_left_out_with_that_reason() -> None:
    ways = line(0, 15, 30)
    ways[:, 2] = ways[2, :] = np.inf
    jobs = (
        single("past", 1, latest_s=at(1)),
        single("island", 2),
        single("unknown", 1),
        single("fine", 1),
    )
    jobs = (*jobs[:2], replace(jobs[2], slots=(Slot(frozenset({"x"}), 60.0),)), jobs[3])
    problem = Problem((Carer("X", 0, 0),), jobs, (ways,), now_s=at(2))

    plan = build_plan(problem, order=[3], carers={3: (0,)})

    assert reasons_of(problem, plan) == {0: "window_past", 1: "no_network", 2: "no_skill"}
