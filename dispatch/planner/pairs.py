"""Who can take a job for two, with whom, and from when a second carer would have to be free."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner import scanning as out
from dispatch.planner.answers import CarerRefusal, Option, Remedy, RemedyKind
from dispatch.planner.eligibility import CODES
from dispatch.planner.pairing import KEPT, confirm, join, places_of
from dispatch.planner.remedies import apply_remedy
from dispatch.planner.singles import (
    CLOSED,
    delays_of,
    make_scan,
    only,
    only_failures,
    same_carers,
    static_remedy,
    timed_remedy,
    try_everybody,
    wish_costs,
)
from dispatch.planner.standing_tables import EARLIEST, LAG_FROM, LAG_TO, LATEST, job_row
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dispatch.planner.answering import Standing
    from dispatch.planner.singles import Scan
    from dispatch.planner.values import Job, Problem


OF_VISIT = frozenset({RemedyKind.FREE_LONGER, RemedyKind.WINDOW_LONGER})
"""Remedies that change the visit, not the day of a carer."""
TRIALS = 4
"""Remedies of carers of a pair that are tried, the smallest first."""


class Places(NamedTuple):
    """Places that a slot could have: carers and positions; earliest start, latest start and cost."""

    spots: NDArray[np.int64]
    times: NDArray[np.float64]


class Joined(NamedTuple):
    """Places of both slots and how they go together; see `join`."""

    row: NDArray[np.float64]
    places: tuple[Places, Places]
    kept: NDArray[np.int64]
    kept_cost: NDArray[np.float64]
    over: NDArray[np.float64]
    over_with: NDArray[np.int64]


def skill_bits(problem: Problem, one: Job) -> tuple[NDArray[np.int64], int]:
    """Return which of `Job.skills_any` each carer has, bit by bit, and all bits."""
    skills = sorted(one.skills_any)
    bits = [sum(1 << bit for bit, skill in enumerate(skills) if skill in who.skills) for who in problem.carers]
    return np.array(bits, np.int64), (1 << len(skills)) - 1


def join_places(
    standing: Standing,
    job: int,
    *,
    longer_s: float = 0.0,
    codes: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None,
) -> Joined:
    """
    Return the places of both slots of a job, its window so much longer, and the cheapest pairs for each carer.

    `codes` say of each slot who may do it (0), in place of `Eligibility`.
    """
    problem, day = standing.problem, standing.day
    one = problem.jobs[job]
    row = np.array(job_row(one, has_pin=False))
    row[LATEST] += longer_s
    soft = wish_costs(standing, one)
    n_carers = len(problem.carers)
    room = len(day.states_f) * (1 + max((len(who.pauses) for who in problem.carers), default=0))
    places: list[Places] = []
    for slot in range(2):
        if slot == 1 and one.slots[0] == one.slots[1] and codes is None:
            places.append(places[0])
            continue
        spots, times = np.zeros((room, 2), np.int64), np.zeros((room, 4))
        may = standing.eligibility.of(job, slot=slot) if codes is None else codes[slot]
        count = places_of(day, row, one.place, slot, may, soft, one.is_unpopular, standing.scratch, times, spots)
        places.append(Places(spots[:count], times[:count]))
    skills, needed = skill_bits(problem, one)
    kept, kept_cost = np.zeros((n_carers, KEPT, 2), np.int64), np.zeros((n_carers, KEPT))
    over, over_with = np.zeros(n_carers), np.zeros(n_carers, np.int64)
    first, second = places
    join(day, row, skills, needed, *first, *second, kept, kept_cost, over, over_with)
    return Joined(row, (first, second), kept, kept_cost, over, over_with)


def confirm_pairs(standing: Standing, job: int, *, joined: Joined) -> tuple[Option, ...]:
    """Return the pairs that fit with all that they delay, the cheapest first."""
    one = standing.problem.jobs[job]
    n_carers = len(standing.problem.carers)
    found = make_scan(n_carers)
    same = np.stack([same_carers(one, slot=slot, n_carers=n_carers) for slot in range(2)])
    first, second = joined.places
    confirm(
        standing.day,
        joined.row,
        one.place,
        joined.kept,
        joined.kept_cost,
        *first,
        *second,
        same,
        standing.scratch,
        np.zeros(len(standing.problem.jobs), np.uint8),
        np.zeros(len(standing.problem.jobs), np.int64),
        *found,
    )
    return _options(standing, found)


def longer_window(standing: Standing, job: int, *, joined: Joined) -> Remedy | None:
    """Return by how much longer the window of a job that no pair can take must be, or None where that would not do."""
    over_s = float(np.ceil(joined.over.min(initial=np.inf)))
    if not np.isfinite(over_s):
        return None
    if not confirm_pairs(standing, job, joined=join_places(standing, job, longer_s=over_s)):
        return None
    return Remedy(RemedyKind.WINDOW_LONGER, amount_s=over_s)


def lifted_for_pair(standing: Standing, job: int) -> list[tuple[int, Remedy]]:
    """Return the one test at any hour whose lifting lets a carer do a slot, with it, the cheapest first: tried."""
    problem = standing.problem
    may = [standing.eligibility.of(job, slot=slot) for slot in range(2)]
    found: list[tuple[float, int, int, PlanningReason]] = []
    for lifted in range(2):
        once, reasons = only_failures(problem, job=job, may=may[lifted], slot=lifted)
        codes = (once, may[1]) if lifted == 0 else (may[0], once)
        options = confirm_pairs(standing, job, joined=join_places(standing, job, codes=codes)) if reasons else ()
        for option in options:
            carer = option.carers[lifted]
            found.append((option.cost, lifted, carer, reasons[carer]))
    one = problem.jobs[job]
    return [
        (slot, static_remedy(standing, one, slot=slot, carer=carer, reason=reason))
        for _, slot, carer, reason in sorted(found)
    ]


def _has_mate(standing: Standing, job: int) -> NDArray[np.bool_]:
    """Return of each carer whether anybody else may come with them at all, shape (n_carers,)."""
    one = standing.problem.jobs[job]
    skills, needed = skill_bits(standing.problem, one)
    first, second = (standing.eligibility.of(job, slot=slot) == 0 for slot in range(2))
    goes = first[:, None] & second & ((skills[:, None] | skills) == needed)
    np.fill_diagonal(goes, val=False)
    mated: NDArray[np.bool_] = goes.any(axis=0) | goes.any(axis=1)
    return mated


def answer_pair(standing: Standing, job: int) -> tuple[tuple[Option, ...], tuple[CarerRefusal, ...], Joined]:
    """Return the pairs that can take a job for two, the cheapest first, and why each other carer cannot."""
    joined = join_places(standing, job)
    options = confirm_pairs(standing, job, joined=joined)
    able = {carer for option in options for carer in option.carers}
    return options, tuple(_refusals(standing, job, joined=joined, able=able)), joined


def _options(standing: Standing, found: Scan) -> tuple[Option, ...]:
    options: dict[tuple[int, ...], Option] = {}
    for carer, line in enumerate(found.out_i.tolist()):
        if line[0] < 0 or tuple(line) in options:
            continue
        cost, first_s, last_s, extra_s, late_s, second_s = found.out_f[carer].tolist()
        delays = delays_of(standing, found=found, at=carer)
        options[tuple(line)] = Option(
            (line[0], line[1]), (line[2], line[3]), (first_s, second_s), last_s, extra_s, late_s, cost, delays
        )
    return tuple(sorted(options.values(), key=lambda option: (option.cost, option.carers)))


def _refusals(standing: Standing, job: int, *, joined: Joined, able: set[int]) -> list[CarerRefusal]:
    """Return for each carer without an option the furthest test of the slots: own ones first, then no_pair."""
    problem = standing.problem
    one = problem.jobs[job]
    waiting = [carer for carer in range(len(problem.carers)) if carer not in able]
    free_until = _free_until(joined, len(problem.carers))
    has_mate = _has_mate(standing, job)
    is_alike = one.slots[0] == one.slots[1] and not one.lag_from_s and not one.lag_to_s
    scans = []
    for slot in range(1 if is_alike else 2):
        codes = standing.eligibility.of(job, slot=slot).copy()
        known = [carer for carer in range(len(problem.carers)) if carer in able or free_until[carer] is not None]
        codes[known] = CLOSED
        scans.append(try_everybody(standing, job, slot=slot, codes=codes))
    lifted = {(slot, remedy.carer): remedy for slot, remedy in reversed(lifted_for_pair(standing, job))}
    refusals: list[CarerRefusal] = []
    alone: list[tuple[int, int]] = []
    for carer in waiting:
        until_s = free_until[carer]
        if until_s is not None:
            second = _second(joined, carer, until_s) if has_mate[carer] else None
            refusals.append(CarerRefusal(carer, PlanningReason.NO_PAIR, second))
            continue
        numbers = [int(scan.out_i[carer, out.CODE]) for scan in scans]
        slot = int(np.argmax(numbers))
        reason = CODES[numbers[slot]]
        if 0 in numbers or reason is None:  # free for a moment that the other slot's lag leaves no place for
            refusals.append(CarerRefusal(carer, PlanningReason.NO_PAIR, None))
        elif standing.eligibility.of(job, slot=slot)[carer]:
            refusals.append(CarerRefusal(carer, reason, lifted.get((slot, carer))))
        else:
            refusals.append(CarerRefusal(carer, reason, timed_remedy(standing, scans[slot], carer=carer)))
            alone.append((len(refusals) - 1, slot))
    for at in _not_for_pair(standing, job, refusals, alone):
        refusals[at] = refusals[at]._replace(remedy=None)
    return refusals


def _not_for_pair(
    standing: Standing, job: int, refusals: list[CarerRefusal], alone: list[tuple[int, int]]
) -> Iterator[int]:
    """
    Yield which of the refusals (by number and slot) have a remedy that lets a carer come, and no second one with them.

    The smallest few that are about the visit itself are tried; what is not tried is taken to be none.
    """
    amounts = {at: remedy.amount_s for at, _ in alone if (remedy := refusals[at].remedy) and remedy.kind in OF_VISIT}
    tried = sorted(amounts, key=amounts.__getitem__)[:TRIALS]
    may = [standing.eligibility.of(job, slot=slot) for slot in range(2)]
    for at, slot in alone:
        carer, _, remedy = refusals[at]
        if remedy is None:
            continue
        codes = [only(row, carer=carer if one == slot else None) for one, row in enumerate(may)]
        changed = standing.with_problem(apply_remedy(standing.problem, job=job, remedy=remedy)) if at in tried else None
        if changed is None or not changed.options_among(job, codes=codes):
            yield at


def _free_until(joined: Joined, n_carers: int) -> list[float | None]:
    """Return until when each carer could start with a second one at the latest: when that one must be at the door."""
    row = joined.row
    earliest_s, latest_s, lag_from_s, lag_to_s = (float(row[at]) for at in (EARLIEST, LATEST, LAG_FROM, LAG_TO))
    until: list[float | None] = [None] * n_carers
    for slot, places in enumerate(joined.places):
        for (carer, _), (start_s, last_s, *_) in zip(places.spots.tolist(), places.times.tolist(), strict=True):
            if slot == 0:
                own_s = min(last_s, latest_s - lag_from_s)
                mate_s = min(latest_s, own_s + lag_to_s)
            else:
                own_s = min(last_s, latest_s)
                mate_s = own_s - lag_from_s
            if start_s > own_s or mate_s < earliest_s:
                continue
            before = until[carer]
            until[carer] = mate_s if before is None else max(before, mate_s)
    return until


def _second(joined: Joined, carer: int, until_s: float) -> Remedy:
    mate = int(joined.over_with[carer])
    if mate < 0:
        return Remedy(RemedyKind.OTHER_CARER_FREE, at_s=until_s)
    over_s = float(np.ceil(joined.over[carer]))
    return Remedy(RemedyKind.OTHER_CARER_FREE, carer=mate, amount_s=over_s, at_s=until_s)
