"""Asking what a change by hand would do, and who could take a visit: answered from a plan that is laid out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from dispatch import planner, visits
from dispatch.assignment.building import instant
from dispatch.assignment.hours import MINUTE_S
from dispatch.assignment.operations.changing.standing import lay_out_again
from dispatch.assignment.operations.days.deciding import IllegalPlanMoveError
from dispatch.assignment.rules.saying import minutes_of
from dispatch.assignment.values import (
    CarerOption,
    ChangeAnswer,
    PlanChangeKind,
    PlanStatus,
    StopMove,
    WhoCanAnswer,
)
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.operations.changing.standing import Laid, Placing
    from dispatch.assignment.values import ChangeWish, Rule

K = PlanChangeKind
R = planner.PlanningReason
BY_HOUR: Final = frozenset({R.NO_TIME, R.NO_SHIFT, R.PIN_CONFLICT, R.WINDOW_PAST, R.TRAVEL_TOO_LONG})
"""Reasons that hang on the hour: outside the visit's window that is what is said."""
LATEST_S: Final = 36 * 3_600
"""A night belongs to the day on which it begins: until noon of the next."""
FULL_MINUTES: Final = Words("写到整分钟，不带秒。", "Give full minutes, without seconds.")
OTHER_DAY: Final = Words("不在这份计划的那一天。", "It is not on the day of this plan.")
NOWHERE: Final = (None, None)
NEEDED: Final = Words("这种修改要写明这一项。", "This kind of change needs it.")
ONE_NEEDED: Final = Words("写明换给谁、改到几点，至少一项。", "Say to whom or to when, at least one of them.")
NOT_BY_HAND: Final = Words("这种修改不能手工做。", "This is not done by hand.")
NOT_ON_DUTY: Final = Words("这名人员当天不在这份计划里。", "This carer is not in the plan on that day.")


class InvalidChangeError(InvalidError):
    """A change lacks what its kind needs, or names who is not in the plan."""

    slug = "invalid-plan-change"
    title = Words("这项修改填写有误", "The change is not valid")


def check_change(laid: Laid, *, wish: ChangeWish) -> ChangeAnswer:
    """
    Say what a change would do to a plan: the rule that blocks it, or its effect and the wishes that it goes against.

    Nothing is changed.

    Raises
    ------
    InvalidChangeError
        Where the wish lacks what its kind needs, or names a carer who is not in the plan.
    visits.VisitNotFoundError
        Where a visit is not one of the plan's day.
    IllegalPlanMoveError
        Where the plan was signed, rejected or replaced.

    """
    check_changeable(laid)
    joined = rejoined(laid, wish=wish)
    return joined[0] if joined is not None else answer_of(laid, wish=wish, outcome=ask_planner(laid, wish=wish))


def check_changeable(laid: Laid) -> None:
    """Refuse to change a plan that does not wait for a signature: raises IllegalPlanMoveError."""
    if laid.card.status != PlanStatus.PROPOSED:
        raise IllegalPlanMoveError(plan_id=laid.card.plan_id, status=laid.card.status)


def rejoined(laid: Laid, *, wish: ChangeWish) -> tuple[ChangeAnswer, Laid] | None:
    """Give the plan with a pair that was split by hand together again, as who unpins it wants; else None."""
    job, _ = _job(laid, wish.visit_id)
    pair = {each.visit_id for each in laid.day.slots[job]}
    starts = {each.start_at for visit_id in pair if (each := laid.placed.get(visit_id)) and each.is_pinned}
    if wish.kind is not K.UNPIN or len(pair) == 1 or len(starts) < len(pair):
        return None
    free = {
        visit_id: replace(each, is_pinned=each.is_pinned and visit_id not in pair)
        for visit_id, each in laid.placed.items()
    }
    return as_if(laid, placed=free)


def as_if(laid: Laid, *, placed: Mapping[UUID, Placing]) -> tuple[ChangeAnswer, Laid]:
    """Say what it would do to let everybody stand elsewhere, and lay the plan out like that."""
    after = lay_out_again(laid, card=laid.card, placed=placed, zone=laid.sayer.zone)
    wanted = {after.jobs[each][0] for each in placed if each in after.jobs}
    # what has no place as the plan is stored is not for this change to find one
    lost = wanted - planner.carers_of(after.plan).keys() - set(laid.plan.left_out)
    if lost:
        rule = laid.sayer.refusal(planner.PlanningReason.NO_TIME, job=min(lost), carer=None, remedy=None)
        return ChangeAnswer(laid.card.plan_id, laid.card.version, blocked=rule), after
    travel_s = [sum(tour.travel_s for tour in each.plan.tours) for each in (laid, after)]
    return ChangeAnswer(
        laid.card.plan_id,
        laid.card.version,
        blocked=None,
        moved=differences(laid, plan=after.plan),
        extra_travel_min=minutes_of(travel_s[1] - travel_s[0]),
        cost_before=round(laid.plan.cost.total, 1),
        cost_after=round(after.plan.cost.total, 1),
    ), after


def ask_planner(laid: Laid, *, wish: ChangeWish) -> planner.Effect | planner.Blocked:
    """Ask the planner what a change would do; raises as `check_change` does."""
    change = _change(laid, wish=wish)
    with laid.lock:
        return planner.check(laid.day.problem, plan=laid.plan, change=change, standing=laid.standing)


def answer_of(laid: Laid, *, wish: ChangeWish, outcome: planner.Effect | planner.Blocked) -> ChangeAnswer:
    """Say what the planner answered in words, with visits and carers instead of its numbers."""
    plan_id, version = laid.card.plan_id, laid.card.version
    if isinstance(outcome, planner.Blocked):
        return ChangeAnswer(plan_id, version, blocked=_blocked(laid, wish=wish, outcome=outcome))
    return ChangeAnswer(
        plan_id,
        version,
        blocked=None,
        breaks=(
            *(laid.sayer.breach(each) for each in (*outcome.breaches, *_lost(laid, outcome=outcome))),
            *(laid.sayer.same_time(job) for job in _at_same_time(laid, plan=outcome.plan)),
        ),
        moved=differences(laid, plan=outcome.plan),
        extra_travel_min=minutes_of(outcome.extra_travel_s),
        cost_before=round(outcome.cost_before.total, 1),
        cost_after=round(outcome.cost_after.total, 1),
    )


def find_who_can(laid: Laid, *, visit_id: UUID) -> WhoCanAnswer:
    """
    Say who can take a visit of a plan, when, and why not the others; as if it had no place yet.

    Raises visits.VisitNotFoundError where the visit is not one of the plan's day.
    """
    job, _ = _job(laid, visit_id)
    with laid.lock:
        found = laid.standing.who_can(job)
    sayer, zero = laid.sayer, laid.case.midnight_at
    options = tuple(
        CarerOption(
            carer_ids=tuple(sayer.carer_ids[each] for each in option.carers),
            start_at=instant(option.starts_s[0], midnight_at=zero),
            latest_start_at=instant(option.latest_start_s, midnight_at=zero),
            extra_travel_min=minutes_of(option.extra_travel_s),
            late_min=minutes_of(option.late_s),
            cost=round(option.cost, 1),
            delayed=len(option.delays),
        )
        for option in found.options
    )
    return WhoCanAnswer(
        plan_id=laid.card.plan_id,
        version=laid.card.version,
        visit_id=visit_id,
        options=options,
        others=tuple(
            sayer.refusal(each.reason, job=job, carer=each.carer, remedy=each.remedy) for each in found.refusals
        ),
        nobody=sayer.refusal(found.reason, job=job, carer=None, remedy=found.remedy) if found.reason else None,
        names=dict(sayer.names),
    )


def _change(laid: Laid, *, wish: ChangeWish) -> planner.Change:
    job, slot = _job(laid, wish.visit_id)
    if wish.kind is K.MOVE:
        return _move(laid, wish=wish, job=job, slot=slot)
    if wish.kind is K.SWAP:
        if wish.other_visit_id is None:
            raise InvalidChangeError(fields={"other_visit_id": [NEEDED]})
        return planner.Swap(job, _job(laid, wish.other_visit_id)[0])
    if wish.kind is K.SPLIT:
        return _split(laid, wish=wish, job=job, slot=slot)
    if wish.kind is K.ADD:
        named = [wish.carer_id, wish.other_carer_id][: len(laid.day.slots[job])]
        if not any(named):
            return planner.Add(job)
        if not all(named):
            raise InvalidChangeError(fields={"carer_id": [NEEDED], "other_carer_id": [NEEDED]})
        crew = tuple(_carer(laid, each) for each in named if each)
        return planner.Add(job, crew if slot == 0 else crew[::-1])
    return _simple(wish.kind, job=job)


def _simple(kind: PlanChangeKind, *, job: int) -> planner.PinJob | planner.Unpin | planner.Remove:
    if kind is K.PIN:
        return planner.PinJob(job)
    if kind is K.UNPIN:
        return planner.Unpin(job)
    if kind is K.LEAVE_OUT:
        return planner.Remove(job)
    raise InvalidChangeError(fields={"kind": [NOT_BY_HAND]})


def _move(laid: Laid, *, wish: ChangeWish, job: int, slot: int) -> planner.Move:
    if wish.carer_id is None and wish.start_at is None:
        raise InvalidChangeError(fields={"carer_id": [ONE_NEEDED], "start_at": [ONE_NEEDED]})
    carer = _carer(laid, wish.carer_id) if wish.carer_id else _present_carer(laid, job=job, slot=slot)
    start_s = _seconds(laid, wish.start_at, name="start_at") if wish.start_at else None
    return planner.Move(job, carer, slot=slot, start_s=start_s)


def _split(laid: Laid, *, wish: ChangeWish, job: int, slot: int) -> planner.SplitPair:
    if wish.start_at is None or wish.other_start_at is None:
        missing = [name for name in ("start_at", "other_start_at") if getattr(wish, name) is None]
        raise InvalidChangeError(fields={name: [NEEDED] for name in missing})
    own_s = _seconds(laid, wish.start_at, name="start_at")
    other_s = _seconds(laid, wish.other_start_at, name="other_start_at")
    return planner.SplitPair(job, (own_s, other_s) if slot == 0 else (other_s, own_s))


def _job(laid: Laid, visit_id: UUID) -> tuple[int, int]:
    found = laid.jobs.get(visit_id)
    if found is None:
        raise visits.VisitNotFoundError(visit_id=visit_id)
    return found


def _carer(laid: Laid, carer_id: UUID) -> int:
    index = laid.carer_index.get(carer_id)
    if index is None:
        raise InvalidChangeError(fields={"carer_id": [NOT_ON_DUTY]})
    return index


def _present_carer(laid: Laid, *, job: int, slot: int) -> int:
    crew = planner.carers_of(laid.plan).get(job)
    if crew is None:
        raise InvalidChangeError(fields={"carer_id": [NEEDED]})
    return crew[slot]


def _seconds(laid: Laid, at: datetime, *, name: str) -> float:
    seconds = (at - laid.case.midnight_at).total_seconds()
    if seconds % MINUTE_S:
        raise InvalidChangeError(fields={name: [FULL_MINUTES]})
    if not 0 <= seconds < LATEST_S:
        raise InvalidChangeError(fields={name: [OTHER_DAY]})
    return seconds


def _blocked(laid: Laid, *, wish: ChangeWish, outcome: planner.Blocked) -> Rule:
    job, carer, asked = outcome.job, outcome.carer, laid.jobs[wish.visit_id][0]
    outside = _outside_window(laid, wish=wish)
    if outside is not None and outcome.reason in BY_HOUR:
        return laid.sayer.outside_window(job, begins_s=outside[0], ends_s=outside[1])
    busy = None
    if carer is not None:
        slot = laid.jobs[wish.visit_id][1]
        slots = laid.day.problem.jobs[job].slots
        lacking = slots[min(slot, len(slots) - 1)].skills - laid.day.problem.carers[carer].skills
        if wish.start_at is not None:
            start_s = _seconds(laid, wish.start_at, name="start_at")
            busy = _busy(laid, asked=asked, carer=carer, start_s=start_s)
    else:
        lacking = frozenset()
    is_own_start = outcome.reason == R.PIN_CONFLICT and job == asked and wish.start_at is not None
    return laid.sayer.refusal(
        outcome.reason,
        job=job,
        carer=carer,
        remedy=None if is_own_start else outcome.remedy,  # what is wished is no pin that could be lifted
        by_s=outcome.by_s,
        skills=lacking,
        busy=busy,
    )


def _outside_window(laid: Laid, *, wish: ChangeWish) -> tuple[float, float] | None:
    """Give the first and last start of the visit where the start that is wanted is not between them."""
    one = laid.day.problem.jobs[laid.jobs[wish.visit_id][0]]
    starts_s = [
        _seconds(laid, at, name=name)
        for name in ("start_at", "other_start_at")
        if (at := getattr(wish, name)) is not None
    ]
    is_out = any(not one.earliest_s <= start_s <= one.latest_s for start_s in starts_s)
    return (one.earliest_s, one.latest_s) if is_out else None


def _busy(laid: Laid, *, asked: int, carer: int, start_s: float) -> tuple[float, float] | None:
    """Give what a carer does at the time that is wanted for the job `asked`: the first other stop that overlaps it."""
    end_s = start_s + max(slot.length_s for slot in laid.day.problem.jobs[asked].slots)
    for stop in laid.plan.tours[carer].stops:
        if stop.job != asked and stop.start_s < end_s and stop.end_s > start_s:
            return stop.start_s, stop.end_s
    return None


def differences(laid: Laid, *, plan: planner.Plan) -> tuple[StopMove, ...]:
    """Give every visit that stands otherwise in a plan than in the one that is stored; what has begun is left out."""
    zero, ids = laid.case.midnight_at, laid.sayer.carer_ids
    stands = {
        laid.day.slots[stop.job][stop.slot].visit_id: (ids[tour.carer], instant(stop.start_s, midnight_at=zero))
        for tour in plan.tours
        for stop in tour.stops
    }
    stood = {visit_id: (each.carer_id, each.start_at) for visit_id, each in laid.placed.items()}
    here = {each.visit_id for each in laid.case.visits if each.started_at is None}
    changed = {each for each in here if stands.get(each) != stood.get(each)}
    return tuple(
        StopMove(
            visit_id=visit_id,
            carer_before=stood.get(visit_id, NOWHERE)[0],
            carer_after=stands.get(visit_id, NOWHERE)[0],
            start_before=stood.get(visit_id, NOWHERE)[1],
            start_after=stands.get(visit_id, NOWHERE)[1],
        )
        for visit_id in sorted(changed)
    )


def _lost(laid: Laid, *, outcome: planner.Effect) -> list[planner.Breach]:
    """Name what had a place in the stored plan and has lost it for what has changed since, not for this change."""
    stood = {job for visit_id, (job, _) in laid.jobs.items() if visit_id in laid.placed}
    told = {each.job for each in outcome.breaches if each.kind is planner.BreachKind.LEFT_OUT}
    lost = (stood & set(laid.plan.left_out) & set(outcome.plan.left_out)) - told
    return [planner.Breach(planner.BreachKind.LEFT_OUT, job) for job in sorted(lost)]


def _at_same_time(laid: Laid, *, plan: planner.Plan) -> list[int]:
    """Name the jobs that would overlap with another of the same elder, and do not as the plan is laid out."""
    return sorted(_overlapping(laid, plan=plan) - _overlapping(laid, plan=laid.plan))


def _overlapping(laid: Laid, *, plan: planner.Plan) -> set[int]:
    spans: dict[UUID, list[tuple[float, float, int]]] = defaultdict(list)
    for tour in plan.tours:
        for stop in tour.stops:
            elder_id = laid.day.slots[stop.job][stop.slot].elder_id
            spans[elder_id].append((stop.start_s, stop.end_s, stop.job))
    found: set[int] = set()
    for own in spans.values():
        for one, other in combinations(own, 2):
            if one[2] != other[2] and one[0] < other[1] and other[0] < one[1]:
                found |= {one[2], other[2]}
    return found
