"""Making a problem as a remedy says, so that anybody can see that it helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.answers import Remedy, RemedyKind
from dispatch.planner.values import Carer, Job, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NEW_WAY_S = 60.0
"""Seconds of the way that is found where there was none."""


def apply_remedy(problem: Problem, *, job: int, remedy: Remedy) -> Problem:
    """
    Return the problem with the one change that a remedy names.

    Stops that are given up (`stops_given_up`) and a job that is put in (`added`, `added_anyway`) are changes of the
    plan, not of the problem, which comes back as it is. The second carer who is free (`other_carer_free`) is one more
    carer, behind the others, who stands at the visit's door at that time with the skills that are needed. Of a visit
    that is made in parts (`visit_split`) it is the first part.
    """
    return _CHANGES[remedy.kind](problem, job, remedy)


def with_job(problem: Problem, job: int, one: Job) -> Problem:
    """Return the problem with another job in place of one."""
    return replace(problem, jobs=(*problem.jobs[:job], one, *problem.jobs[job + 1 :]))


def with_jobs(problem: Problem, jobs: Mapping[int, Job]) -> Problem:
    """Return the problem with other jobs in place of some."""
    return replace(problem, jobs=tuple(jobs.get(index, one) for index, one in enumerate(problem.jobs)))


def with_carer(problem: Problem, carer: int, who: Carer) -> Problem:
    """Return the problem with another carer in place of one."""
    return replace(problem, carers=(*problem.carers[:carer], who, *problem.carers[carer + 1 :]))


def _carer(problem: Problem, remedy: Remedy) -> Carer:
    if remedy.carer is None:
        raise ValueError(f"The remedy {remedy.kind} names no carer.")
    return problem.carers[remedy.carer]


def _free_longer(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    slots = tuple(replace(slot, length_s=slot.length_s - remedy.amount_s) for slot in one.slots)
    return with_job(problem, job, replace(one, slots=slots))


def _window_longer(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    return with_job(problem, job, replace(one, latest_s=one.latest_s + remedy.amount_s))


def _window_earlier(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    return with_job(problem, job, replace(one, earliest_s=one.earliest_s - remedy.amount_s))


def _shift_longer(problem: Problem, _: int, remedy: Remedy) -> Problem:
    who = _carer(problem, remedy)
    who = replace(who, to_s=who.to_s + remedy.amount_s, back_by_s=who.back_by_s + remedy.amount_s)
    return with_carer(problem, remedy.carer or 0, who)


def _shift_earlier(problem: Problem, _: int, remedy: Remedy) -> Problem:
    who = _carer(problem, remedy)
    return with_carer(problem, remedy.carer or 0, replace(who, from_s=who.from_s - remedy.amount_s))


def _limit_more(problem: Problem, _: int, remedy: Remedy) -> Problem:
    who = _carer(problem, remedy)
    return with_carer(problem, remedy.carer or 0, replace(who, limit_s=who.limit_s + remedy.amount_s))


def _less_travel(problem: Problem, job: int, remedy: Remedy) -> Problem:
    who = _carer(problem, remedy)
    ways = problem.travel_s[who.mode].copy()
    ways[who.start_place, problem.jobs[job].place] -= remedy.amount_s
    return _with_own_ways(problem, remedy.carer or 0, ways)


def _way_found(problem: Problem, job: int, remedy: Remedy) -> Problem:
    place = problem.jobs[job].place
    carers = range(len(problem.carers)) if remedy.carer is None else [remedy.carer]
    for carer in carers:
        ways = problem.travel_s[problem.carers[carer].mode].copy()
        ways[:, place] = np.where(np.isfinite(ways[:, place]), ways[:, place], NEW_WAY_S)
        ways[place, :] = np.where(np.isfinite(ways[place, :]), ways[place, :], NEW_WAY_S)
        problem = _with_own_ways(problem, carer, ways)
    return problem


def _with_own_ways(problem: Problem, carer: int, ways: np.ndarray) -> Problem:
    who = replace(problem.carers[carer], mode=len(problem.travel_s))
    return with_carer(replace(problem, travel_s=(*problem.travel_s, ways)), carer, who)


def _skill_learned(problem: Problem, _: int, remedy: Remedy) -> Problem:
    who = _carer(problem, remedy)
    return with_carer(problem, remedy.carer or 0, replace(who, skills=who.skills | remedy.skills))


def _sex_wish_lifted(problem: Problem, job: int, _: Remedy) -> Problem:
    return with_job(problem, job, replace(problem.jobs[job], sex=None))


def _refusal_lifted(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    return with_job(
        problem, job, replace(one, refused=one.refused - {remedy.carer if remedy.carer is not None else -1})
    )


def _team_lifted(problem: Problem, job: int, _: Remedy) -> Problem:
    return with_job(problem, job, replace(problem.jobs[job], team=None))


def _pin_lifted(problem: Problem, _: int, remedy: Remedy) -> Problem:
    for pinned in remedy.jobs:
        problem = with_job(problem, pinned, replace(problem.jobs[pinned], pin=None))
    return problem


def _other_carer_free(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    mode = problem.carers[remedy.carer].mode if remedy.carer is not None else 0
    extra = Carer(
        "second",
        one.place,
        one.place,
        from_s=remedy.at_s if remedy.at_s is not None else one.earliest_s,
        mode=mode,
        skills=one.skills_any.union(*(slot.skills for slot in one.slots)),
        team=one.team,
        sex=one.sex,
    )
    return replace(problem, carers=(*problem.carers, extra))


def _visit_split(problem: Problem, job: int, remedy: Remedy) -> Problem:
    one = problem.jobs[job]
    slots = tuple(replace(slot, length_s=min(slot.length_s, remedy.amount_s)) for slot in one.slots)
    return with_job(problem, job, replace(one, slots=slots))


def _as_it_is(problem: Problem, _: int, __: Remedy) -> Problem:
    return problem


_CHANGES: dict[RemedyKind, Callable[[Problem, int, Remedy], Problem]] = {
    RemedyKind.FREE_LONGER: _free_longer,
    RemedyKind.WINDOW_LONGER: _window_longer,
    RemedyKind.SHIFT_LONGER: _shift_longer,
    RemedyKind.SHIFT_EARLIER: _shift_earlier,
    RemedyKind.LIMIT_MORE: _limit_more,
    RemedyKind.LESS_TRAVEL: _less_travel,
    RemedyKind.WAY_FOUND: _way_found,
    RemedyKind.SKILL_LEARNED: _skill_learned,
    RemedyKind.SEX_WISH_LIFTED: _sex_wish_lifted,
    RemedyKind.REFUSAL_LIFTED: _refusal_lifted,
    RemedyKind.TEAM_LIFTED: _team_lifted,
    RemedyKind.PIN_LIFTED: _pin_lifted,
    RemedyKind.OTHER_CARER_FREE: _other_carer_free,
    RemedyKind.STOPS_GIVEN_UP: _as_it_is,
    RemedyKind.ADDED: _as_it_is,
    RemedyKind.VISIT_SPLIT: _visit_split,
    RemedyKind.WINDOW_EARLIER: _window_earlier,
    RemedyKind.ADDED_ANYWAY: _as_it_is,
}
