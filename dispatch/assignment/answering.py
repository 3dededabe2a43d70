"""From the planner's plan back to visits and carers: the other way of the mapping in `building`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from dispatch import planner, visits
from dispatch.assignment.building import instant
from dispatch.assignment.hours import MINUTE_S
from dispatch.assignment.values import LeftOut, PauseKind, PlannedPause, PlannedStop, PlannedTour, UnplannedCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from dispatch.assignment.building import DayProblem
    from dispatch.assignment.values import DayCase, DayVisit

    Reasons = tuple[dict[str, object], ...]

SHARE_DIGITS: Final = 4
PAIR: Final = 2
R = planner.PlanningReason


def read_tours(
    plan: planner.Plan,
    *,
    day: DayProblem,
    case: DayCase,
    placed: Iterable[planner.Placed],
    known: Mapping[UUID, Reasons] | None = None,
) -> tuple[PlannedTour, ...]:
    """
    Give a tour for each carer who has hours that day, in the order of the problem.

    `placed` says why; visits that it does not name keep the reasons that are `known`.
    """
    why = {(each.job, each.slot): each for each in placed}
    zero = case.midnight_at
    halves = _halves(plan, day=day)
    tours = []
    for tour in plan.tours:
        carer, pauses = day.carers[tour.carer], day.problem.carers[tour.carer].pauses
        stops = tuple(
            PlannedStop(
                visit=(visit := day.slots[stop.job][halves.get((stop.job, stop.slot), stop.slot)]),
                ready_at=instant(min(stop.arrive_s, stop.start_s), midnight_at=zero),
                arrive_at=instant(_arrive_s(stop), midnight_at=zero),
                start_at=instant(stop.start_s, midnight_at=zero),
                end_at=instant(stop.end_s, midnight_at=zero),
                travel_min=minutes(stop.travel_s),
                reasons=stop_reasons(why.get((stop.job, stop.slot))) or (known or {}).get(visit.visit_id, ()),
            )
            for stop in tour.stops
        )
        tours.append(
            PlannedTour(
                carer=carer,
                stops=stops,
                pauses=tuple(
                    PlannedPause(
                        PauseKind(pauses[each.pause].key),
                        instant(each.start_s, midnight_at=zero),
                        instant(each.end_s, midnight_at=zero),
                    )
                    for each in tour.pauses
                ),
                travel_min=minutes(tour.travel_s),
                worked_min=minutes(tour.worked_s),
                back_at=instant(tour.back_s, midnight_at=zero) if stops else None,
            )
        )
    return tuple(tours)


def _arrive_s(stop: planner.Stop) -> float:
    """
    Give when a carer should be at the door: when the visit begins.

    Who has time before it waits where they are and rests there, as pauses are taken before setting out; only who is at
    that door already waits at it.
    """
    return stop.start_s if stop.travel_s > 0 else min(stop.arrive_s, stop.start_s)


def _halves(plan: planner.Plan, *, day: DayProblem) -> dict[tuple[int, int], int]:
    """
    Say which visit of a pair each slot is, where the planner has it the other way round for no reason.

    The two slots of a pair that begins together are alike: whoever has one of its visits keeps that one.
    """
    who = {(stop.job, stop.slot): day.carers[tour.carer].carer_id for tour in plan.tours for stop in tour.stops}
    found: dict[tuple[int, int], int] = {}
    for job, (wanted, visits_) in enumerate(zip(day.problem.jobs, day.slots, strict=True)):
        if len(visits_) != PAIR or wanted.lag_to_s > 0 or wanted.slots[0] != wanted.slots[1] or (job, 0) not in who:
            continue
        first, second = who[job, 0], who[job, 1]
        kept = (visits_[0].carer_id == first) + (visits_[1].carer_id == second)
        kept_swapped = (visits_[0].carer_id == second) + (visits_[1].carer_id == first)
        if kept_swapped > kept:
            found |= {(job, 0): 1, (job, 1): 0}
    return found


def stop_reasons(why: planner.Placed | None) -> Reasons:
    """Give why a carer comes and why then, as codes with numbers in minutes."""
    if why is None:
        return ()
    carer: dict[str, object] = {
        "code": why.why_carer.value,
        "able": why.n_able,
        "free": why.n_free,
        "extra_travel_min": minutes(why.extra_travel_s),
    }
    if why.next_travel_s is not None:
        carer["next_travel_min"] = minutes(why.next_travel_s)
    start: dict[str, object] = {"code": f"start_{why.why_start.value}", "wait_min": minutes(why.wait_s)}
    if why.late_s > 0:
        start["late_min"] = minutes(why.late_s)
    return (carer, start)


def read_left_out(not_placed: Iterable[planner.NotPlaced], *, day: DayProblem) -> tuple[LeftOut, ...]:
    """Give every visit of the jobs that the planner left out, with code and smallest change."""
    return tuple(
        LeftOut(visit.visit_id, code_of(each.reason), change=change_of(each, day=day))
        for each in not_placed
        for visit in day.slots[each.job]
    )


def code_of(reason: planner.PlanningReason) -> UnplannedCode:
    """
    Give the code of a planner's reason.

    A day without a network is left out before the planner is asked: what it finds without any way lies on streets that
    are cut off from its carers.
    """
    if reason is planner.PlanningReason.NO_NETWORK:
        return UnplannedCode.TRAVEL_TOO_LONG
    return UnplannedCode(reason.value)


def change_of(each: planner.NotPlaced, *, day: DayProblem) -> dict[str, object] | None:
    """
    Give the smallest change that would place a job, as a code with ids and minutes; None where none does.

    `visit_ids` are whom the change is made to, `held_by` the more urgent ones that hold the time, `delayed` those that
    would begin later.
    """
    remedy = each.remedy
    beside = {R.OUTRANKED: "held_by", R.HAS_PLACE: "delayed"}.get(each.reason)
    if remedy is None:
        return {"code": "held", "held_by": _visit_ids(each.jobs, day=day)} if beside == "held_by" else None
    found: dict[str, object] = {"code": remedy.kind.value}
    if remedy.kind is planner.RemedyKind.PIN_LIFTED and remedy.jobs == (each.job,):
        found["code"] = "unpin"
    if remedy.carer is not None:
        found["carer_id"] = str(day.carers[remedy.carer].carer_id)
    if remedy.amount_s > 0:
        found["minutes"] = minutes(remedy.amount_s)
    if remedy.skills:
        found["skills"] = sorted(remedy.skills)
    if remedy.jobs and found["code"] != "unpin":
        found["visit_ids"] = _visit_ids(remedy.jobs, day=day)
    if beside and each.jobs:
        found[beside] = _visit_ids(each.jobs, day=day)
    if each.counts:
        found["carers_by_reason"] = {reason.value: count for reason, count in each.counts}
    return found


def _visit_ids(jobs: Iterable[int], *, day: DayProblem) -> list[str]:
    return [str(one.visit_id) for job in jobs for one in day.slots[job]]


def figures_of(
    tours: Iterable[PlannedTour],
    *,
    left_out: Iterable[LeftOut],
    case: DayCase,
    late: int,
    usual_share: float | None,
) -> dict[str, object]:
    """Count what a plan comes to; visits of other plans, which tours go around, are in the times alone."""
    own = [each for each in case.visits if not each.is_outside]
    ids = {each.visit_id for each in own}
    all_tours = list(tours)
    stops = [stop for tour in all_tours for stop in tour.stops if stop.visit.visit_id in ids]
    out = [each for each in left_out if each.visit_id in ids]
    both = _pairs(own)
    placed = {stop.visit.visit_id for stop in stops}
    worked = [tour.worked_min for tour in all_tours if tour.stops]
    return {
        "visits": len(own),
        "placed": len(stops),
        "unplanned": len(out),
        "unplanned_mandatory": sum(each.is_mandatory for each in own if each.visit_id not in placed),
        "executed": sum(stop.visit.started_at is not None for stop in stops),
        "pinned": sum(stop.visit.is_pinned for stop in stops),
        "pairs": len(both),
        "pairs_placed": sum(all(each.visit_id in placed for each in pair) for pair in both),
        "carers": len(all_tours),
        "tours": len(worked),
        "travel_min": sum(tour.travel_min for tour in all_tours),
        "worked_min": sum(worked),
        "wait_min": sum(wait_min(stop) for tour in all_tours for stop in tour.stops),
        "hours_min": {"least": min(worked, default=0), "most": max(worked, default=0)},
        "usual_share": None if usual_share is None else round(usual_share, SHARE_DIGITS),
        "moved": sum(_has_moved(stop, carer_id=tour.carer.carer_id) for tour in all_tours for stop in tour.stops),
        "late": late,
        "notes": [
            {
                key: value if isinstance(value, int | str) else str(value)
                for key, value in note._asdict().items()
                if value is not None
            }
            for note in case.notes
        ],
    }


def wait_min(stop: PlannedStop) -> int:
    """Give how long a carer has nothing to do before a visit: before setting out, or at a door where they are."""
    return minutes((stop.start_at - stop.ready_at).total_seconds())


def cost_of(cost: planner.Cost) -> dict[str, float]:
    """Give what a plan costs, part by part."""
    return {name: round(part, 1) for name, part in asdict(cost).items()} | {"total": round(cost.total, 1)}


def minutes(seconds: float) -> int:
    """Round up to whole minutes."""
    return -int(-seconds // MINUTE_S)


def _has_moved(stop: PlannedStop, *, carer_id: UUID) -> bool:
    """Say whether a visit has another carer or start than was promised."""
    visit = stop.visit
    if visit.carer_id is None or visit.start_at is None or visit.started_at is not None:
        return False
    return visits.has_moved((visit.carer_id, visit.start_at), after=(carer_id, stop.start_at))


def _pairs(own: Iterable[DayVisit]) -> list[list[DayVisit]]:
    found: dict[object, list[DayVisit]] = {}
    for each in own:
        if each.pair_id is not None:
            found.setdefault(each.pair_id, []).append(each)
    return [pair for pair in found.values() if len(pair) > 1]


def weights_of(weights: planner.Weights) -> Mapping[str, float]:
    """Give the weights by name."""
    return asdict(weights)
