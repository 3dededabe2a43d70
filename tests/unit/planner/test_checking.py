"""Changes by hand: what they would do, and the rule that blocks them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispatch.planner import (
    Add,
    Before,
    Blocked,
    BlockedBy,
    Breach,
    BreachKind,
    Carer,
    Effect,
    Move,
    PinJob,
    Problem,
    Remedy,
    RemedyKind,
    Remove,
    SplitPair,
    Swap,
    Unpin,
    build_plan,
    carers_of,
    check,
    order_of,
)
from dispatch.planner.grounding import Ground
from dispatch.planner.retiming import retime
from tests.unit.planner.test_reference import MIN, at, line, pair, single
from tests.unit.planner.verifier import violations
from tests.unit.planner.worlds import held, some_day, some_plan


def some_change(problem: Problem, rng):
    job = int(rng.integers(len(problem.jobs)))
    carer = int(rng.integers(len(problem.carers)))
    start_s = problem.jobs[job].earliest_s + 20 * MIN
    kinds = (
        Move(job, carer),
        Move(job, carer, start_s=start_s),
        Swap(job, int(rng.integers(len(problem.jobs)))),
        PinJob(job),
        Unpin(job),
        SplitPair(job, (start_s, start_s + 30 * MIN)),
        Remove(job),
        Add(job),
    )
    return kinds[int(rng.integers(len(kinds)))]


@pytest.mark.parametrize("seed", range(12))
def test_an_effect_breaks_no_hard_rule_and_moves_nothing_that_is_executed(seed) -> None:
    problem = some_day(seed)
    plan = some_plan(problem, seed)
    rng = np.random.default_rng(seed)
    for _ in range(12):
        change = some_change(problem, rng)

        answer = check(problem, plan=plan, change=change)

        if isinstance(answer, Effect):
            assert violations(answer.problem, answer.plan) == [], change
            assert set(answer.plan.left_out) - set(plan.left_out) <= (
                {change.job} if isinstance(change, Remove) else set()
            )
            executed = {i for i, one in enumerate(problem.jobs) if one.pin is not None and one.pin.is_executed}
            assert not executed & {moved.job for moved in answer.moved}
            again = build_plan(
                answer.problem, order=order_of(answer.problem, plan=answer.plan), carers=carers_of(answer.plan)
            )
            assert again.tours == answer.plan.tours, change


@pytest.mark.parametrize("seed", range(12))
def test_what_is_held_starts_no_earlier_for_what_is_done_to_others(seed) -> None:
    base = some_day(seed)
    plan = some_plan(base, seed)
    problem = held(base, plan)
    assert build_plan(problem, order=order_of(problem, plan=plan), carers=carers_of(plan)).tours == plan.tours
    rng = np.random.default_rng(seed)
    for _ in range(12):
        answer = check(problem, plan=plan, change=some_change(problem, rng))

        if isinstance(answer, Effect):
            changed = {job for job, _ in answer.pins}
            for moved in answer.moved:
                if moved.job not in changed:
                    assert moved.starts_after_s[0] >= moved.starts_before_s[0]


def test_a_held_visit_stays_when_the_one_before_it_goes_and_can_itself_be_moved_to_an_earlier_hour() -> None:
    base, _ = two_carers()
    jobs = (base.jobs[0], base.jobs[1], replace(base.jobs[2], held_s=at(3)))
    problem = replace(base, jobs=jobs)
    plan = build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (0, 1)})

    gone = check(problem, plan=plan, change=Remove(0))
    earlier = check(problem, plan=plan, change=Move(2, 0, start_s=at(2, 15)))

    assert [moved.job for moved in gone.moved] == [0]
    assert earlier.moved[0].starts_before_s == (at(3), at(3))
    assert earlier.moved[0].starts_after_s == (at(2, 15), at(2, 15))


@pytest.mark.parametrize("seed", range(20))
def test_timing_only_what_is_reached_gives_what_building_anew_gives(seed) -> None:
    problem = some_day(seed, tightness=0.7)
    plan = some_plan(problem, seed)
    order = order_of(problem, plan=plan)
    ground = Ground(problem, plan=plan)
    for job in order:
        one = problem.jobs[job]
        if one.pin is not None and one.pin.is_executed:
            continue
        rest = [other for other in order if other != job]
        anew = build_plan(problem, order=rest, carers=carers_of(plan))

        tours = {carer: [other for other in ground.lines[carer] if other != job] for carer in ground.carers[job]}
        quick = retime(ground, problem=problem, tours=tours, crews={}, ranks={})

        if set(anew.left_out) == {*plan.left_out, job}:
            assert quick == anew


def two_carers() -> tuple[Problem, object]:
    carers = (Carer("X", 0, 0, to_s=at(4)), Carer("Y", 1, 1))
    jobs = (single("one", 1, due_s=at(2), usual=frozenset({0})), single("two", 1), pair("bath", 0, earliest_s=at(2)))
    problem = Problem(carers, jobs, (line(0, 15),))
    return problem, build_plan(problem, order=[0, 1, 2], carers={0: (0,), 1: (1,), 2: (0, 1)})


def test_a_move_says_what_is_shifted_and_whose_wish_it_goes_against() -> None:
    problem, plan = two_carers()

    effect = check(problem, plan=plan, change=Move(0, 1))

    assert [moved.job for moved in effect.moved] == [0, 1] or [moved.job for moved in effect.moved] == [0]
    assert effect.moved[0].carers_before == (0,)
    assert effect.moved[0].carers_after == (1,)
    assert effect.extra_travel_s == -30 * MIN  # X does not go to place 1 and back any more
    assert [(breach.kind, breach.job, breach.carer) for breach in effect.breaches] == [("not_usual", 0, 1)]
    assert effect.pins[0][1].carers == (1,)


def test_a_move_says_of_everybody_else_how_much_later_they_are_and_what_that_goes_against() -> None:
    # "new" comes to X before the visit that was told for 1:00 and is late from 1:10 on: now 1:20, another 20 min later
    jobs = (
        single("there", 0, length_min=60, latest_s=0.0),
        single("told", 0, due_s=at(1, 10), before=Before((0,), at(1))),
        single("behind", 0, earliest_s=at(1, 30), due_s=at(1, 40)),
        single("new", 0, length_min=20, earliest_s=at(1), latest_s=at(1), preferred=frozenset({1})),
    )
    problem = Problem((Carer("X", 0, 0), Carer("Y", 0, 0)), jobs, (line(0),))
    plan = build_plan(problem, order=[0, 1, 2, 3], carers={0: (0,), 1: (0,), 2: (0,), 3: (1,)})

    effect = check(problem, plan=plan, change=Move(3, 0))

    assert [(one.job, one.carers_after, one.starts_before_s, one.starts_after_s) for one in effect.moved] == [
        (3, (0,), (at(1),), (at(1),)),
        (1, (0,), (at(1),), (at(1, 20),)),
        (2, (0,), (at(1, 30),), (at(1, 50),)),
    ]
    assert set(effect.breaches) == {
        Breach(BreachKind.NOT_PREFERRED, 3, 0),
        Breach(BreachKind.LATE, 1, amount_s=10 * MIN),
        Breach(BreachKind.MOVED, 1, 0),
        Breach(BreachKind.LATE, 2, amount_s=10 * MIN),
    }


def test_a_pair_is_moved_together_and_split_in_two_starts() -> None:
    problem, plan = two_carers()

    moved = check(problem, plan=plan, change=Move(2, 0, start_s=at(2, 30)))
    split = check(problem, plan=plan, change=SplitPair(2, (at(2), at(3))))

    assert moved.moved[0].starts_after_s == (at(2, 30), at(2, 30))
    assert split.moved[0].starts_after_s == (at(2), at(3))


def test_a_change_that_breaks_the_shift_is_blocked_with_what_is_missing() -> None:
    problem, plan = two_carers()

    blocked = check(problem, plan=plan, change=Move(2, 0, start_s=at(3, 10)))

    assert isinstance(blocked, Blocked)
    assert (blocked.reason, blocked.job, blocked.carer, blocked.by_s) == ("no_time", 2, 0, 10 * MIN)
    assert blocked.remedy == Remedy(RemedyKind.SHIFT_LONGER, carer=0, amount_s=10 * MIN)


def test_what_makes_no_sense_is_said_so() -> None:
    problem, plan = two_carers()
    gone = check(problem, plan=plan, change=Remove(1))

    assert check(problem, plan=plan, change=Swap(0, 2)).reason == BlockedBy.IS_A_PAIR
    assert check(problem, plan=plan, change=SplitPair(0, (0.0, 1.0))).reason == BlockedBy.NOT_A_PAIR
    assert check(problem, plan=plan, change=Add(0)).reason == BlockedBy.IN_PLAN
    other = carers_of(plan)[2][1]
    assert check(problem, plan=plan, change=Move(2, other))[1:4] == (BlockedBy.OTHER_OF_PAIR, 2, other)
    assert check(gone.problem, plan=gone.plan, change=Move(1, 0)).reason == BlockedBy.NOT_IN_PLAN
    assert isinstance(check(gone.problem, plan=gone.plan, change=Add(1)), Effect)


def test_a_refused_carer_blocks_a_move() -> None:
    problem, plan = two_carers()
    problem = replace(problem, jobs=(replace(problem.jobs[0], refused=frozenset({1})), *problem.jobs[1:]))

    blocked = check(problem, plan=plan, change=Move(0, 1))

    assert (blocked.reason, blocked.remedy.kind) == ("refused_before", "refusal_lifted")
