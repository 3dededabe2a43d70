"""A plan that is laid out is asked by several threads of a web process at the same moment."""

from __future__ import annotations

import threading

from benchmarks.days import make_day
from dispatch import planner

VISITS = 400
TURNS = 10
LONGEST_S = 120  # threads that never come back must not keep the suite


def test_questions_that_are_asked_at_once_are_answered_as_one_after_the_other():
    problem = make_day(VISITS, carers=40, seed=3, double_share=0.2)
    plan = planner.solve(problem, stop=planner.MaxIterations(20_000), seed=1)
    crews, starts = planner.carers_of(plan), {stop.job: stop.start_s for tour in plan.tours for stop in tour.stops}
    order = [job for job in sorted(starts, key=lambda each: (starts[each], each)) if job % 10]
    plan = planner.build_plan(problem, order=order, carers={job: crews[job] for job in order})
    standing = planner.Standing(problem, plan=plan)
    asked = [job for job in range(VISITS) if not standing.stands(job) or job % 9 == 1]
    alone = {job: standing.who_can(job) for job in asked}
    wrong: list[int] = []

    def ask(first: int) -> None:
        turns = (asked[first:] + asked[:first]) * TURNS
        wrong.extend(job for job in turns if standing.who_can(job) != alone[job])

    threads = [threading.Thread(target=ask, args=(7 * number,), daemon=True) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(LONGEST_S)

    assert {standing.stands(job) for job in asked} == {True, False}
    assert [each.is_alive() for each in threads] == [False, False]
    assert wrong == []
