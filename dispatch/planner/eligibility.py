"""
Who may do which part of a job at all, whatever the hour: one answer for the search and for the reasons.

Hours, ways and what else stands in a day are judged elsewhere; these tests need no tour.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.planner.values import Carer, Job, Problem, Slot

CODES: tuple[PlanningReason | None, ...] = (None, *PlanningReason)
"""What the numbers in `Eligibility.codes` mean: 0 is yes, else the first test that fails."""

NUMBERS = {reason: number for number, reason in enumerate(CODES)}


class Eligibility(NamedTuple):
    """
    Who may do which slot.

    Attributes
    ----------
    codes : ndarray of uint8, shape (n_slots, n_carers)
        0 where the carer may do the slot, else the index in `CODES` of the first test that fails.
    first_slot : ndarray of int64, shape (n_jobs + 1,)
        Job j has the rows first_slot[j] to first_slot[j + 1] - 1.

    """

    codes: NDArray[np.uint8]
    first_slot: NDArray[np.int64]

    def of(self, job: int, *, slot: int) -> NDArray[np.uint8]:
        """Return the row of one slot, shape (n_carers,)."""
        row: NDArray[np.uint8] = self.codes[self.first_slot[job] + slot]
        return row


def lacking(carer: Carer, *, job: Job, slot: Slot) -> frozenset[str]:
    """Return the skills that the carer has not and the slot needs; of a single job, those of `skills_any` too."""
    needed = slot.skills if len(job.slots) > 1 else slot.skills | job.skills_any
    return needed - carer.skills


def failed_tests(problem: Problem, *, job: int, slot: int, carer: int) -> list[PlanningReason]:
    """Return every test that keeps the carer from the slot at any hour, in order; see `judge_carers`."""
    one, who = problem.jobs[job], problem.carers[carer]
    ways = problem.travel_s[who.mode]
    has_way = isfinite(ways[who.start_place, one.place]) and isfinite(ways[one.place, who.end_place])
    tests = (
        (PlanningReason.NO_SKILL, bool(lacking(who, job=one, slot=one.slots[slot]))),
        (PlanningReason.SEX_NOT_MATCHED, one.sex is not None and who.sex != one.sex),
        (PlanningReason.REFUSED_BEFORE, carer in one.refused),
        (PlanningReason.OTHER_TEAM, one.team is not None and who.team != one.team),
        (PlanningReason.TRAVEL_TOO_LONG, not has_way),
    )
    return [reason for reason, is_failed in tests if is_failed]


def judge_carer(problem: Problem, *, job: int, slot: int, carer: int) -> PlanningReason | None:
    """Return the first test that keeps the carer from the slot at any hour, or None."""
    return next(iter(failed_tests(problem, job=job, slot=slot, carer=carer)), None)


def judge_carers(problem: Problem) -> Eligibility:
    """
    Judge every carer for every slot.

    Tests in order: skills (no_skill; `skills_any` of a single job is asked of its one carer, that of two carers is
    for the pair to have), sex (sex_not_matched), refused (refused_before), team (other_team), no way from the
    start place or to the end place (travel_too_long). `judge_carer` says the same for one.
    """
    counts = [len(job.slots) for job in problem.jobs]
    first_slot = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
    codes = np.zeros((int(first_slot[-1]), len(problem.carers)), np.uint8)
    if not problem.carers:
        return Eligibility(codes, first_slot)
    places = np.array([job.place for job, count in zip(problem.jobs, counts, strict=True) for _ in range(count)], int)
    has_way = np.empty(codes.shape, bool)
    for index, who in enumerate(problem.carers):
        ways = problem.travel_s[who.mode]
        has_way[:, index] = np.isfinite(ways[who.start_place, places]) & np.isfinite(ways[places, who.end_place])
    skilled: dict[frozenset[str], NDArray[np.bool_]] = {}
    sexes = np.array([who.sex or "" for who in problem.carers])
    teams = np.array([who.team or "" for who in problem.carers])
    for index, job in enumerate(problem.jobs):
        for offset, slot in enumerate(job.slots):
            row = int(first_slot[index]) + offset
            needed = slot.skills if len(job.slots) > 1 else slot.skills | job.skills_any
            if needed not in skilled:
                skilled[needed] = np.array([needed <= who.skills for who in problem.carers])
            line = codes[row]  # written from the last test to the first, so that the first one stays
            line[~has_way[row]] = NUMBERS[PlanningReason.TRAVEL_TOO_LONG]
            if job.team is not None:
                line[teams != job.team] = NUMBERS[PlanningReason.OTHER_TEAM]
            if job.refused:
                line[sorted(job.refused)] = NUMBERS[PlanningReason.REFUSED_BEFORE]
            if job.sex is not None:
                line[sexes != job.sex] = NUMBERS[PlanningReason.SEX_NOT_MATCHED]
            line[~skilled[needed]] = NUMBERS[PlanningReason.NO_SKILL]
    return Eligibility(codes, first_slot)


def lacks_of_pair(problem: Problem, *, job: int, carers: tuple[int, ...]) -> frozenset[str]:
    """Return the skills of `Job.skills_any` that none of the carers has."""
    have = frozenset[str]().union(*(problem.carers[carer].skills for carer in carers))
    return problem.jobs[job].skills_any - have
