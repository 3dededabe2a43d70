"""The day happens: what has begun or is pinned stays, few move, and who moves is told."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dispatch.planner import (
    Carer,
    Job,
    MaxIterations,
    Pin,
    Problem,
    Slot,
    build_plan,
    carers_of,
    repair,
    solve,
)
from tests.unit.planner.verifier import violations
from tests.unit.planner.worlds import HOUR, some_day

MIN = 60.0
STOP = MaxIterations(4_000)
NO_PAST = frozenset({"pairs", "pauses", "limits", "sexes", "teams", "refusals", "soft", "modes"})


def line(*minutes: float) -> np.ndarray:
    spots = np.array(minutes) * MIN
    return np.abs(spots[:, None] - spots[None, :])


def single(key: str, place: int, **more) -> Job:
    return Job(key, place, (Slot(frozenset(), 30 * MIN),), **more)


def pair(key: str, place: int, **more) -> Job:
    slot = Slot(frozenset(), 30 * MIN)
    return Job(key, place, (slot, slot), **more)


def starts_of(plan) -> dict[tuple[int, int], tuple[int, float]]:
    return {(stop.job, stop.slot): (tour.carer, stop.start_s) for tour in plan.tours for stop in tour.stops}


def at_noon(problem: Problem, plan, *, seed: int, now_s: float = 3 * HOUR) -> Problem:
    """What began is executed, and some of what comes is pinned to carers and hour."""
    rng = np.random.default_rng(seed)
    jobs = list(problem.jobs)
    starts = starts_of(plan)
    for job, carers in carers_of(plan).items():
        start_s = starts[job, 0][1]
        if start_s <= now_s:
            jobs[job] = replace(jobs[job], pin=Pin(carers, start_s, is_executed=True))
        elif rng.random() < 0.25:
            jobs[job] = replace(jobs[job], pin=Pin(carers, start_s))
    return replace(problem, jobs=tuple(jobs), now_s=now_s)


@pytest.mark.feature("S5")
@pytest.mark.parametrize("seed", range(12))
def test_after_a_carer_is_removed_started_and_pinned_visits_stay_and_moved_ones_are_counted(seed: int) -> None:
    problem = some_day(seed, n_jobs=40, n_carers=8, features=NO_PAST)
    plan = solve(problem, stop=STOP, seed=seed)
    now = at_noon(problem, plan, seed=seed)
    ill = max(plan.tours, key=lambda tour: sum(stop.start_s > now.now_s for stop in tour.stops)).carer

    found = repair(now, plan=plan, absent={ill: now.now_s}, stop=STOP, seed=1)

    assert violations(found.problem, found.plan) == []
    before, after = starts_of(plan), starts_of(found.plan)
    for index, job in enumerate(now.jobs):
        if job.pin is None or (ill in job.pin.carers and not job.pin.is_executed):
            continue
        for slot in range(len(job.slots)):
            assert after[index, slot] == before[index, slot]
    assert all(stop.start_s <= now.now_s for stop in found.plan.tours[ill].stops)
    moved = {
        job
        for (job, slot), (carer, start_s) in after.items()
        if (job, slot) in before
        and (before[job, slot][0] != carer or (slot == 0 and abs(start_s - before[job, slot][1]) > now.moved_s))
    }
    assert {one.job for one in found.moved} == moved
    assert all(now.jobs[one.job].pin is None for one in found.moved)
    placed, stood = {job for job, _ in after}, {job for job, _ in before}
    assert set(found.newly_left_out) == stood - placed
    assert set(found.newly_placed) == placed - stood
    assert found.moved_share == len(moved - set(found.touched)) / found.others


def test_a_pinned_visit_that_is_in_want_of_time_keeps_it_and_another_makes_room() -> None:
    # Anna overruns by 15 minutes: what is not pinned, 10 minutes later in the same street, can wait or has no place
    carers = (Carer("Anna", 0, 0, to_s=10 * HOUR),)
    jobs = (
        single("overruns", 1, earliest_s=HOUR),
        single("free", 1, earliest_s=1.5 * HOUR, latest_s=HOUR + 50 * MIN),
        single("pinned", 1, earliest_s=2 * HOUR, latest_s=3 * HOUR, pin=Pin((0,), 2 * HOUR)),
    )
    problem = Problem(carers, jobs, (line(0, 10),))
    plan = build_plan(problem, order=[0, 1, 2], carers=dict.fromkeys(range(3), (0,)))
    long = replace(jobs[0], slots=(Slot(frozenset(), 45 * MIN),), pin=Pin((0,), HOUR, is_executed=True))
    late = replace(problem, jobs=(long, *jobs[1:]), now_s=HOUR + 20 * MIN)
    patient = replace(late, jobs=(long, replace(jobs[1], latest_s=5 * HOUR), jobs[2]))

    refused, moved = (repair(each, plan=plan, stop=STOP, seed=1) for each in (late, patient))

    assert (refused.newly_left_out, starts_of(refused.plan)[2, 0]) == ((1,), (0, 2 * HOUR))
    assert starts_of(moved.plan) == {(0, 0): (0, HOUR), (2, 0): (0, 2 * HOUR), (1, 0): (0, 2.5 * HOUR)}


def test_a_pinned_visit_begins_later_where_nothing_can_make_room_for_it() -> None:
    carers = (Carer("Anna", 0, 0, to_s=10 * HOUR),)
    jobs = (
        single("overruns", 1, earliest_s=HOUR),
        single("pinned", 1, earliest_s=HOUR, latest_s=3 * HOUR, pin=Pin((0,), 2 * HOUR)),
    )
    problem = Problem(carers, jobs, (line(0, 10),))
    plan = build_plan(problem, order=[0, 1], carers=dict.fromkeys(range(2), (0,)))
    long = replace(jobs[0], slots=(Slot(frozenset(), 80 * MIN),), pin=Pin((0,), HOUR, is_executed=True))

    found = repair(replace(problem, jobs=(long, jobs[1]), now_s=2 * HOUR), plan=plan, stop=STOP, seed=1)

    assert starts_of(found.plan)[1, 0] == (0, HOUR + 80 * MIN)
    assert [one.job for one in found.moved] == [1]


def test_a_pinned_visit_is_not_called_to_an_earlier_hour_before_its_carer_leaves() -> None:
    carers = (Carer("Anna", 0, 0, to_s=10 * HOUR),)
    job = single("pinned", 1, earliest_s=HOUR, latest_s=3 * HOUR, pin=Pin((0,), 2 * HOUR))
    problem = Problem(carers, (job,), (line(0, 10),))
    plan = build_plan(problem, order=[0], carers={0: (0,)})

    found = repair(replace(problem, now_s=HOUR), plan=plan, absent={0: 2.25 * HOUR}, stop=STOP, seed=1)

    assert found.newly_left_out == (0,)


def test_an_ill_carers_visits_go_to_others_and_nobody_else_moves_where_there_is_room() -> None:
    # Doors at minutes 0 to 50 of one street; Anna has two visits, Bert one in the morning, Cora none.
    carers = tuple(Carer(name, 0, 0, to_s=10 * HOUR) for name in ("Anna", "Bert", "Cora"))
    jobs = (
        single("a", 1, earliest_s=2 * HOUR, latest_s=3 * HOUR),
        single("b", 2, earliest_s=4 * HOUR, latest_s=5 * HOUR),
        single("c", 3, earliest_s=2 * HOUR, latest_s=3 * HOUR),
    )
    problem = Problem(carers, jobs, (line(0, 10, 20, 30),))
    plan = build_plan(problem, order=[0, 2, 1], carers={0: (0,), 1: (0,), 2: (1,)})

    found = repair(problem, plan=plan, absent={0: 0.0}, stop=STOP, seed=1)

    assert found.touched == (0, 1)
    assert found.newly_left_out == ()
    assert [one.job for one in found.moved] == [0, 1]
    assert (found.moved_others, found.moved_share, found.others) == ((), 0, 1)
    assert carers_of(found.plan)[2] == (1,)


def test_the_partner_of_an_ill_carer_stays_with_the_pair_where_another_comes() -> None:
    carers = tuple(Carer(name, 0, 0, to_s=10 * HOUR) for name in ("Anna", "Bert", "Cora", "Dora"))
    problem = Problem(carers, (pair("bath", 1, earliest_s=HOUR, latest_s=2 * HOUR),), (line(0, 10),))
    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    found = repair(problem, plan=plan, absent={0: 0.0}, stop=STOP, seed=1)

    assert carers_of(found.plan)[0][1] == 1
    assert carers_of(found.plan)[0][0] in {2, 3}
    assert violations(found.problem, found.plan) == []


def test_a_pair_that_finds_no_second_carer_is_left_out_whole() -> None:
    carers = tuple(Carer(name, 0, 0, to_s=10 * HOUR) for name in ("Anna", "Bert"))
    problem = Problem(carers, (pair("bath", 1, earliest_s=HOUR, latest_s=2 * HOUR),), (line(0, 10),))
    plan = build_plan(problem, order=[0], carers={0: (0, 1)})

    found = repair(problem, plan=plan, absent={0: 0.0}, stop=STOP, seed=1)

    assert found.newly_left_out == (0,)
    assert not any(tour.stops for tour in found.plan.tours)


def test_what_is_pinned_to_an_ill_carer_waits_for_who_pinned_it() -> None:
    carers = tuple(Carer(name, 0, 0, to_s=10 * HOUR) for name in ("Anna", "Bert"))
    jobs = (single("a", 1, earliest_s=HOUR, latest_s=2 * HOUR, pin=Pin((0,))),)
    problem = Problem(carers, jobs, (line(0, 10),))
    plan = build_plan(problem, order=[0], carers={0: (0,)})

    found = repair(problem, plan=plan, absent={0: 0.0}, stop=STOP, seed=1)

    assert found.newly_left_out == (0,)


def test_a_pinned_visit_behind_one_that_overruns_begins_later_and_is_told() -> None:
    # Anna is with a since 1:00; it takes 90 instead of 30 minutes. b was to begin at 1:40 at the same door.
    carers = (Carer("Anna", 0, 0, to_s=10 * HOUR), Carer("Bert", 0, 0, to_s=10 * HOUR))
    jobs = (single("a", 1, earliest_s=HOUR), single("b", 1, earliest_s=HOUR + 40 * MIN, pin=Pin((0,))))
    problem = Problem(carers, jobs, (line(0, 10),))
    plan = build_plan(problem, order=[0, 1], carers={0: (0,), 1: (0,)})
    long = replace(jobs[0], slots=(Slot(frozenset(), 90 * MIN),), pin=Pin((0,), HOUR, is_executed=True))
    now = replace(problem, jobs=(long, jobs[1]), now_s=HOUR + 20 * MIN)

    found = repair(now, plan=plan, stop=STOP, seed=1)

    assert starts_of(found.plan)[1, 0] == (0, HOUR + 90 * MIN)
    assert [(one.job, one.starts_before_s, one.starts_after_s) for one in found.moved] == [
        (1, (HOUR + 40 * MIN,), (HOUR + 90 * MIN,)),
    ]


def test_an_urgent_visit_is_put_in_and_a_visit_nobody_was_home_for_is_put_in_anew() -> None:
    carers = (Carer("Anna", 0, 0, to_s=10 * HOUR), Carer("Bert", 0, 0, to_s=10 * HOUR))
    jobs = (
        single("a", 1, earliest_s=HOUR, latest_s=2 * HOUR),
        single("b", 2, earliest_s=3 * HOUR, latest_s=4 * HOUR),
    )
    known = Problem(carers, jobs, (line(0, 10, 20, 30),))
    plan = build_plan(known, order=[0, 1], carers={0: (0,), 1: (0,)})
    again = replace(jobs[0], earliest_s=5 * HOUR, latest_s=6 * HOUR)
    urgent = single("c", 3, latest_s=2 * HOUR)
    now = replace(known, jobs=(again, jobs[1], urgent), now_s=HOUR)

    found = repair(now, plan=plan, released=[0], stop=STOP, seed=1)

    assert found.touched == (0, 2)
    assert found.plan.left_out == found.newly_left_out == ()
    assert [one.job for one in found.moved] == [0]
    assert violations(found.problem, found.plan) == []


def test_the_least_disturbing_repair_is_found_among_all() -> None:
    # Three carers in one street; Cora falls ill and her visit's window is full but for an exchange.
    carers = tuple(Carer(name, 0, 0, to_s=6 * HOUR) for name in ("Anna", "Bert", "Cora"))
    windows = ((1, 1), (1, 2), (2, 2), (1, 1))
    jobs = tuple(
        single(str(index), index + 1, earliest_s=a * HOUR, latest_s=b * HOUR + 30 * MIN)
        for index, (a, b) in enumerate(windows)
    )
    problem = Problem(carers, jobs, (line(0, 5, 10, 15, 20),))
    plan = build_plan(problem, order=[0, 1, 3, 2], carers={0: (0,), 1: (1,), 2: (0,), 3: (2,)})

    found = repair(problem, plan=plan, absent={2: 0.0}, stop=STOP, seed=3)

    best = min(
        build_plan(found.problem, order=order, carers=dict(enumerate((who,) for who in whose))).cost.total
        for order in itertools.permutations(range(4))
        for whose in itertools.product((0, 1), repeat=4)
    )
    assert found.plan.cost.total == pytest.approx(best)


def test_the_same_seed_gives_the_same_repair() -> None:
    problem = some_day(5, n_jobs=40, n_carers=8, features=NO_PAST)
    plan = solve(problem, stop=STOP, seed=2)

    first, second = (repair(problem, plan=plan, absent={1: HOUR}, stop=STOP, seed=9) for _ in range(2))

    assert first == replace(second, problem=first.problem)
