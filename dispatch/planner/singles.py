"""Who can take a job for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.planner import scanning as out
from dispatch.planner.answers import CarerRefusal, Delay, Option, Remedy, RemedyKind
from dispatch.planner.eligibility import CODES, failed_tests, lacking
from dispatch.planner.standing_tables import LENGTH, job_row
from dispatch.planner.trying import NOTED
from dispatch.planner.values import PlanningReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.planner.answering import Standing
    from dispatch.planner.values import Job, Problem

LIFTED = {
    PlanningReason.SEX_NOT_MATCHED: RemedyKind.SEX_WISH_LIFTED,
    PlanningReason.REFUSED_BEFORE: RemedyKind.REFUSAL_LIFTED,
    PlanningReason.OTHER_TEAM: RemedyKind.TEAM_LIFTED,
    PlanningReason.TRAVEL_TOO_LONG: RemedyKind.WAY_FOUND,
}
TIMED = frozenset(
    {RemedyKind.FREE_LONGER, RemedyKind.SHIFT_LONGER, RemedyKind.SHIFT_EARLIER}
    | {RemedyKind.LIMIT_MORE, RemedyKind.LESS_TRAVEL},
)


CLOSED = 255
"""In place of a reason: this carer is not asked about."""


class Scan(NamedTuple):
    """What `scan` and `confirm` write, line by line; see there."""

    out_f: NDArray[np.float64]
    out_i: NDArray[np.int64]
    notes_f: NDArray[np.float64]
    notes_i: NDArray[np.int64]


def make_scan(n_carers: int) -> Scan:
    """Return room for the answers about so many carers."""
    return Scan(
        np.zeros((n_carers, 6)),
        np.zeros((n_carers, 4), np.int64),
        np.zeros((n_carers, NOTED, 2)),
        np.zeros((n_carers, NOTED + 1), np.int64),
    )


def try_everybody(
    standing: Standing,
    job: int,
    *,
    slot: int = 0,
    codes: NDArray[np.uint8] | None = None,
    has_remedies: bool = True,
) -> Scan:
    """Return what `scan` writes about one slot of a job, as if it were a job for one without a pin."""
    one = standing.problem.jobs[job]
    row = np.array(job_row(one, has_pin=False))
    row[LENGTH] = row[LENGTH + slot]
    found = make_scan(len(standing.problem.carers))
    out.scan(
        standing.day,
        row,
        one.place,
        standing.eligibility.of(job, slot=slot) if codes is None else codes,
        wish_costs(standing, one),
        same_carers(one, slot=slot, n_carers=len(standing.problem.carers)),
        one.is_unpopular,
        has_remedies,
        standing.scratch,
        *found,
    )
    return found


def only(codes: NDArray[np.uint8], *, carer: int | None) -> NDArray[np.uint8]:
    """Return who may do a slot, all but one carer closed; None: as it is."""
    if carer is None:
        return codes
    alone = np.full_like(codes, CLOSED)
    alone[carer] = codes[carer]
    return alone


def wish_costs(standing: Standing, one: Job) -> NDArray[np.float64]:
    """Return what it costs of wishes to give a slot of a job to each carer, shape (n_carers,)."""
    weights = standing.problem.weights
    costs = np.zeros(len(standing.problem.carers))
    for wished, weight in ((one.usual, weights.continuity), (one.preferred, weights.preference)):
        if wished:
            costs += weight
            costs[sorted(wished)] -= weight
    return costs


def same_carers(one: Job, *, slot: int, n_carers: int) -> NDArray[np.int64]:
    """Return 1 for the carer of the slot in the plan that people know, 0 for the others, -1 if it was in none."""
    same = np.full(n_carers, -1 if one.before is None else 0)
    if one.before is not None:
        same[list(one.before.carers[slot : slot + 1])] = 1
    return same


def options_of(standing: Standing, *, found: Scan) -> tuple[Option, ...]:
    """Return an option for each carer who can take a job for one, the cheapest first."""
    able = [carer for carer in range(len(found.out_i)) if found.out_i[carer, out.CODE] == 0]
    able.sort(key=lambda carer: (found.out_f[carer, out.COST], carer))
    options = []
    for carer in able:
        cost, first_s, last_s, extra_s, late_s, _ = found.out_f[carer].tolist()
        position = int(found.out_i[carer, out.POSITION])
        delays = delays_of(standing, found=found, at=carer)
        options.append(Option((carer,), (position,), (first_s,), last_s, extra_s, late_s, cost, delays))
    return tuple(options)


def delays_of(standing: Standing, *, found: Scan, at: int) -> tuple[Delay, ...]:
    """Return which stops of other jobs would start later, in order of time."""
    delays = []
    for one in range(int(found.notes_i[at, 0])):
        job, slot, carer = standing.day.stops[found.notes_i[at, 1 + one]].tolist()
        before_s, after_s = found.notes_f[at, one].tolist()
        late_s = max(0.0, after_s - standing.problem.jobs[job].due_s)
        delays.append(Delay(job, slot, carer, before_s, after_s, late_s))
    return tuple(sorted(delays, key=lambda delay: (delay.after_s, delay.job, delay.slot)))


def refusals_of(standing: Standing, job: int, *, slot: int = 0, found: Scan) -> tuple[CarerRefusal, ...]:
    """Return the first failing test of every carer who cannot, with what would help."""
    may = standing.eligibility.of(job, slot=slot)
    lifted = {remedy.carer: remedy for remedy in lifted_remedies(standing, job)}
    refusals = []
    for carer in range(len(found.out_i)):
        reason = CODES[found.out_i[carer, out.CODE]]
        if reason is None:
            continue
        remedy: Remedy | None
        remedy = lifted.get(carer) if may[carer] else timed_remedy(standing, found, carer=carer)
        refusals.append(CarerRefusal(carer, reason, remedy))
    return tuple(refusals)


def lifted_remedies(standing: Standing, job: int) -> list[Remedy]:
    """Return the one test at any hour whose lifting lets a carer take a job for one, the cheapest first: tried."""
    problem = standing.problem
    codes, reasons = only_failures(problem, job=job, may=standing.eligibility.of(job, slot=0))
    found: list[tuple[float, int]] = []
    for is_way in (False, True):
        asked = [carer for carer, reason in reasons.items() if (reason == PlanningReason.TRAVEL_TOO_LONG) == is_way]
        if not asked:
            continue
        own = np.full_like(codes, CLOSED)
        own[asked] = 0
        day = standing.with_ways_to(problem.jobs[job].place) if is_way else standing
        found += [
            (option.cost, option.carers[0])
            for option in options_of(day, found=try_everybody(day, job, codes=own, has_remedies=False))
        ]
    one = problem.jobs[job]
    return [static_remedy(standing, one, slot=0, carer=carer, reason=reasons[carer]) for _, carer in sorted(found)]


def only_failures(
    problem: Problem, *, job: int, may: NDArray[np.uint8], slot: int = 0
) -> tuple[NDArray[np.uint8], dict[int, PlanningReason]]:
    """Return codes that open a slot to those alone who fail one test at any hour and no other, and which one."""
    codes = np.full_like(may, CLOSED)
    reasons = {}
    for carer in np.flatnonzero(may).tolist():
        failed = failed_tests(problem, job=job, slot=slot, carer=carer)
        if len(failed) == 1:
            codes[carer], reasons[carer] = 0, failed[0]
    return codes, reasons


def static_remedy(standing: Standing, one: Job, *, slot: int, carer: int, reason: PlanningReason) -> Remedy:
    """Return what would lift a test that holds at any hour; whether the job fits then is another question."""
    if reason == PlanningReason.NO_SKILL:
        skills = lacking(standing.problem.carers[carer], job=one, slot=one.slots[slot])
        return Remedy(RemedyKind.SKILL_LEARNED, carer=carer, skills=skills)
    return Remedy(LIFTED[reason], carer=carer)


def timed_remedy(standing: Standing, found: Scan, *, carer: int) -> Remedy | None:
    """Return the remedy that a scan found for a carer, or None."""
    line = found.out_i[carer].tolist()
    if line[out.KIND] < 0:
        return None
    kind = out.KINDS[line[out.KIND]]
    if kind == RemedyKind.STOPS_GIVEN_UP:
        first = int(standing.day.tour_from[carer])
        stops = standing.day.stops[first + line[out.POSITION] : first + line[out.GOES_ON], 0]
        return Remedy(kind, carer=carer, jobs=tuple(stops.tolist()))
    return Remedy(kind, carer=carer if kind in TIMED else None, amount_s=float(found.out_f[carer, out.AMOUNT]))
