"""Signing a day plan: nothing reaches a carer before somebody does, and then all of it does at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dispatch import carers, intake, journal, storage, visits
from dispatch.assignment.operations.days.asking import InvalidPlanError
from dispatch.assignment.operations.days.gathering import find_roster_hashes
from dispatch.assignment.operations.days.releasing import find_given_up, release
from dispatch.assignment.operations.days.scope import load_own_plan, refuse_past
from dispatch.assignment.operations.days.storing import plan_facts
from dispatch.assignment.queries import (
    count_accepted_tours,
    find_older_tours,
    find_plan_row,
    find_unplanned_ids,
    load_tours,
    plan_card,
)
from dispatch.assignment.values import PLAN_STATUS_WORDS, PlanStatus, Span, TourStatus
from dispatch.errors import ConflictError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.models import Plan, Tour, TourStop
    from dispatch.assignment.values import PlanCard
    from dispatch.words import Locale

REASON_NEEDED: Final = Words("请写明否决的理由。", "Say why it is rejected.")
LONGEST_REASON: Final = 500
REASON_TOO_LONG: Final = Words(f"最多{LONGEST_REASON}个字。", f"At most {LONGEST_REASON} characters.")
MOVES: Final = {
    PlanStatus.BUILDING: (PlanStatus.PROPOSED, PlanStatus.FAILED),
    PlanStatus.PROPOSED: (PlanStatus.ACCEPTED, PlanStatus.REJECTED),
    PlanStatus.ACCEPTED: (PlanStatus.SUPERSEDED,),
    PlanStatus.SUPERSEDED: (),
    PlanStatus.REJECTED: (),
    PlanStatus.FAILED: (),
}
NEXT_STEPS: Final = {
    PlanStatus.BUILDING: Words("请等它编排完成，或用目前最好的结果", "Wait until it is built, or take the best so far"),
    PlanStatus.PROPOSED: Words("可以修改、确认或否决", "It can be changed, signed or rejected"),
    PlanStatus.ACCEPTED: Words("可以补救，或重新编排这一天", "It can be repaired, or the day planned anew"),
    PlanStatus.SUPERSEDED: Words("请看取代它的计划", "Look at the plan that replaced it"),
    PlanStatus.REJECTED: Words("请重新编排这一天", "Plan the day anew"),
    PlanStatus.FAILED: Words("请重新编排这一天", "Plan the day anew"),
}


class IllegalPlanMoveError(ConflictError):
    """A plan in this state cannot be treated so; the facts name what it can become, the detail what can be done."""

    slug = "illegal-plan-move"
    title = Words("这个计划现在不能这样处理", "The plan cannot be moved so from here")
    detail = Words("计划{status}。{step}。", 'The plan is "{status}". {step}.')

    def __init__(self, **facts: Any) -> None:  # noqa: ANN401 - as in the class above
        """Say which plan (`plan_id`) and its `status`; what it can become follows from that."""
        super().__init__(**facts | {"allowed": [each.value for each in MOVES[PlanStatus(facts["status"])]]})

    def text(self, locale: Locale) -> str:
        """Name state and next step in the reader's language; the facts have codes."""
        status = PlanStatus(self.facts["status"])
        return self.detail.text(
            locale, status=PLAN_STATUS_WORDS[status].text(locale), step=NEXT_STEPS[status].text(locale)
        )


class PlanStaleError(ConflictError):
    """The day is not what the plan was built from; the facts name the visits and carers that changed."""

    slug = "plan-stale"
    title = Words("计划编排之后情况有变，请重新编排", "The day has changed since it was planned")
    detail = Words(
        "有{visits}次上门、{carers}名人员与编排时不同，或已过了开始时间。请重新编排这一天，或在计划中改好这几处再确认。",
        "{visits} visits and {carers} carers are not as they were, or should have begun by now. Plan the day again, or "
        "put these right in the plan.",
    )


@dataclass(slots=True)
class _Stale:
    """What is not as it was."""

    visit_ids: set[UUID] = field(default_factory=set)
    carer_ids: set[UUID] = field(default_factory=set)

    def refuse(self, plan_id: UUID) -> None:
        """Raise PlanStaleError where there is anything."""
        if self.visit_ids or self.carer_ids:
            raise self.error(plan_id)

    def error(self, plan_id: UUID) -> PlanStaleError:
        """Name all of it."""
        return PlanStaleError(
            plan_id=plan_id,
            visits=len(self.visit_ids),
            carers=len(self.carer_ids),
            visit_ids=sorted(map(str, self.visit_ids)),
            carer_ids=sorted(map(str, self.carer_ids)),
        )


def accept_plan(
    plan_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    reason: str | None = None,
    expected_version: int | None = None,
) -> PlanCard:
    """
    Sign a plan: its visits are published with carer and start, and requests with all carers are scheduled.

    What has begun meanwhile as it was planned stays as it is. What has no place has nobody to go from now on (see
    `release`). Older accepted tours of the same carers that day are superseded, those of older plans of the same part
    of the day too, and plans whose tours all are. A plan that is accepted already stays so.

    Journal: plan.accepted, plan.superseded, and what `intake.publish_visits` and `intake.lose_carer` write.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError
    IllegalPlanMoveError
        Where it is not built yet, or was rejected, replaced, or failed.
    PlanDayOverError
    PlanStaleError
        Where visits or rosters are not what it was built from, a carer has become busy, or a visit should have begun
        by now of which nobody was told.
    InvalidPlanError
        Where the reason is too long.
    storage.StaleVersionError
        Where it was changed since the signer read it.

    """
    row = load_own_plan(plan_id, actor=actor)
    if row.status == PlanStatus.ACCEPTED:
        return plan_card(row)
    _check(row, to=PlanStatus.ACCEPTED, reason=reason, expected_version=expected_version)
    refuse_past(row, now=now, zone=zone)
    tours, stops = load_tours(plan_id)
    by_tour = {tour.id: tour for tour in tours}
    staff = {tour.carer_id for tour in tours}
    others = carers.find_same_people(staff)
    older = _hold_older(staff, plan=row)
    intake.hold_visits(
        {stop.visit_id for stop in stops} | find_unplanned_ids(plan_id),
        carer_ids=staff.union(*others.values()),
    )
    # what is read from here on stays so
    stale = _Stale()
    placements = _placements(stops, by_tour=by_tour, stale=stale, now=now)
    _compare_rosters(tours, stops=stops, stale=stale, plan=row, zone=zone)
    replaced = find_older_tours(staff, plan=row)
    stale.carer_ids |= {tour.carer_id for tour in replaced if tour.plan_id not in older}  # signed a moment ago
    stale.refuse(plan_id)
    given_up = find_given_up(row)
    went = {stop.visit_id for stop in stops} - {each.visit_id for each in placements} - _outside(stops)
    try:
        published = intake.publish_visits(placements, actor=actor, now=now, plan_id=plan_id, but=given_up.keys() | went)
    except visits.CarerBusyError as busy:
        stale.carer_ids.add(busy.facts["carer_id"])
        stale.visit_ids |= set(busy.facts["visit_ids"])
        raise stale.error(plan_id) from busy
    release(given_up, hours=_hours(stops, by_tour=by_tour), now=now)
    _find_elsewhere(tours, stops=stops, others=others, stale=stale)
    stale.refuse(plan_id)
    _supersede(replaced, older=older, plan=row, actor=actor, now=now)
    row.status, row.decide_reason = PlanStatus.ACCEPTED.value, reason
    row.decided_by, row.decided_at = actor.account_id, now
    for tour in tours:
        tour.status = TourStatus.ACCEPTED.value
    journal.append(
        "plan.accepted",
        actor=actor,
        at=now,
        subject_id=row.id,
        published=len(published),
        tours=len({stop.tour_id for stop in stops}),
        **plan_facts(row),
    )
    storage.session().flush()  # the version that the answer carries
    return plan_card(row)


def reject_plan(
    plan_id: UUID, *, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> PlanCard:
    """
    Turn a proposed plan down; no visit changes. One that is rejected already stays so. Journal: plan.rejected.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError, IllegalPlanMoveError, storage.StaleVersionError
    InvalidPlanError
        Where there is no reason, or a very long one.

    """
    row = load_own_plan(plan_id, actor=actor)
    if row.status == PlanStatus.REJECTED:
        return plan_card(row)
    if not reason.strip():
        raise InvalidPlanError(fields={"reason": [REASON_NEEDED]})
    _check(row, to=PlanStatus.REJECTED, reason=reason, expected_version=expected_version)
    row.status, row.decide_reason = PlanStatus.REJECTED.value, reason.strip()
    row.decided_by, row.decided_at = actor.account_id, now
    for tour in load_tours(plan_id)[0]:
        tour.status = TourStatus.REJECTED.value
    journal.append("plan.rejected", actor=actor, at=now, subject_id=row.id, **plan_facts(row))
    storage.session().flush()  # the version that the answer carries
    return plan_card(row)


def _check(row: Plan, *, to: PlanStatus, reason: str | None, expected_version: int | None) -> None:
    status = PlanStatus(row.status)
    if to not in MOVES[status]:
        raise IllegalPlanMoveError(plan_id=row.id, status=status.value)
    storage.check_version(row.version, expected=expected_version)
    if reason is not None and len(reason) > LONGEST_REASON:
        raise InvalidPlanError(fields={"reason": [REASON_TOO_LONG]})


def _placements(
    stops: Sequence[TourStop], *, by_tour: dict[UUID, Tour], stale: _Stale, now: datetime
) -> list[visits.Placement]:
    """Give what is to be published; what is not as the plan knew it, or should have begun by now, is told."""
    present = {each.visit_id: each for each in visits.find_many(stop.visit_id for stop in stops)}
    served = intake.find_served_requests(present)
    placements = []
    for stop in stops:
        visit, carer_id = present.get(stop.visit_id), by_tour[stop.tour_id].carer_id
        request = served.get(stop.visit_id)
        if visit is None:
            stale.visit_ids.add(stop.visit_id)
        elif visit.status.has_begun:
            if visit.carer_id != carer_id:
                stale.visit_ids.add(stop.visit_id)
        elif visit.version != stop.visit_version or (request is not None and not request.status.is_to_serve):
            stale.visit_ids.add(stop.visit_id)
        elif not stop.is_outside:
            placed = visits.Placement(stop.visit_id, carer_id, stop.start_at, stop.visit_version, stop.is_pinned)
            is_told = visits.is_told(visit.status, stands=(visit.carer_id, visit.start_at), placed=placed)
            if stop.start_at < now and not is_told:
                stale.visit_ids.add(stop.visit_id)
            placements.append(placed)
    return placements


def _outside(stops: Iterable[TourStop]) -> set[UUID]:
    return {stop.visit_id for stop in stops if stop.is_outside}


def _hours(stops: Iterable[TourStop], *, by_tour: dict[UUID, Tour]) -> dict[UUID, list[Span]]:
    """Give when each carer of the plan is with somebody."""
    found: dict[UUID, list[Span]] = {}
    for stop in stops:
        found.setdefault(by_tour[stop.tour_id].carer_id, []).append(Span(stop.start_at, stop.end_at))
    return found


def _compare_rosters(
    tours: Iterable[Tour], *, stops: Iterable[TourStop], stale: _Stale, plan: Plan, zone: ZoneInfo
) -> None:
    ahead = {stop.tour_id for stop in stops if not stop.is_executed}
    wanted = {tour.carer_id: tour.roster_hash for tour in tours if tour.id in ahead}
    present = find_roster_hashes(wanted, on=plan.plan_on, zone=zone)
    stale.carer_ids.update(carer_id for carer_id, known in wanted.items() if present.get(carer_id) != known)


def _find_elsewhere(
    tours: Iterable[Tour], *, stops: Iterable[TourStop], others: dict[UUID, frozenset[UUID]], stale: _Stale
) -> None:
    """Tell of tours that overlap what the same person does for another organization."""
    mine = {tour.id: tour.carer_id for tour in tours if tour.carer_id in others}
    held = [(mine[stop.tour_id], stop) for stop in stops if stop.tour_id in mine]
    if not held:
        return
    busy = visits.find_spans(
        {each for known in others.values() for each in known},
        from_at=min(stop.start_at for _, stop in held),
        to_at=max(stop.end_at for _, stop in held),
    )
    for carer_id, stop in held:
        taken = [span for each in others[carer_id] for span in busy.get(each, ())]
        if any(start_at < stop.end_at and end_at > stop.start_at for start_at, end_at in taken):
            stale.carer_ids.add(carer_id)
            stale.visit_ids.add(stop.visit_id)


def _hold_older(staff: Iterable[UUID], *, plan: Plan) -> dict[UUID, Plan]:
    """
    Hold the plans that this one takes the place of, in the order of their ids.

    They come before requests, visits and carers: whoever stores a repair of one holds it, and then its carers.
    """
    plan_ids = sorted({tour.plan_id for tour in find_older_tours(set(staff), plan=plan)})
    rows = [find_plan_row(each, is_locked=True) for each in plan_ids]
    return {row.id: row for row in rows if row is not None}


def _supersede(tours: Iterable[Tour], *, older: dict[UUID, Plan], plan: Plan, actor: Actor, now: datetime) -> None:
    for tour in tours:
        tour.status = TourStatus.SUPERSEDED.value
    storage.session().flush()  # a carer has one accepted tour a day: the index looks at the rows that stand
    left = count_accepted_tours(older)
    for row in older.values():
        if row.id not in left and row.status == PlanStatus.ACCEPTED:
            row.status = PlanStatus.SUPERSEDED.value
            journal.append(
                "plan.superseded", actor=actor, at=now, subject_id=row.id, by_plan_id=str(plan.id), **plan_facts(row)
            )
