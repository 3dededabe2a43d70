"""Repairing a signed plan while the day happens: what cannot stay is planned anew, and few others move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from dispatch import journal, planner, visits
from dispatch.assignment.building import build_problem
from dispatch.assignment.hours import MINUTE_S
from dispatch.assignment.models import Plan
from dispatch.assignment.operations.changing.standing import Placing, as_placed, find_placings
from dispatch.assignment.operations.changing.telling import tell_day
from dispatch.assignment.operations.days.deciding import IllegalPlanMoveError
from dispatch.assignment.operations.days.gathering import gather_day
from dispatch.assignment.operations.days.measuring import measure_ways
from dispatch.assignment.operations.days.scope import PlanNotYoursError, load_own_plan, load_plan, may_plan, refuse_past
from dispatch.assignment.operations.days.storing import plan_facts, put_tours
from dispatch.assignment.queries import find_pauses, plan_card
from dispatch.assignment.values import PLAN_RULE, DayAnswer, PlanKind, PlanStatus, RepairMove, RepairReport
from dispatch.errors import InvalidError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.building import DayProblem
    from dispatch.assignment.values import DayCase, DayVisit, PauseCard, PlanCard, RepairWish
    from dispatch.streets import Network, TravelCache

NOT_IN_PLAN: Final = Words("不在这份计划里。", "It is not in this plan.")
BEGUN_ALREADY: Final = Words("已经开始的上门，家里有人。", "A visit that has begun has found somebody at home.")
NOT_UNDER_WAY: Final = Words("只有正在进行的上门会超时。", "Only a visit that is under way can overrun.")
IN_THE_PAST: Final = Words("写预计结束的时间，要晚于现在。", "Give when it will end, later than now.")


NEVER = datetime.max.replace(tzinfo=UTC)


class InvalidRepairError(InvalidError):
    """What is said to have happened does not fit the plan."""

    slug = "invalid-plan-repair"
    title = Words("补救的内容有误", "The repair is not valid")


@dataclass(frozen=True, slots=True)
class RepairCase:
    """A signed plan and the day as it stands now."""

    card: PlanCard
    wish: RepairWish
    case: DayCase
    placed: Mapping[UUID, Placing]
    pauses: Mapping[UUID, Sequence[PauseCard]]
    elders: Mapping[UUID, UUID]
    staff: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class MadeRepair:
    """A repair that was computed and can be stored."""

    of: RepairCase
    answer: DayAnswer
    report: RepairReport


def prepare_repair(plan_id: UUID, *, wish: RepairWish, actor: Actor, now: datetime, zone: ZoneInfo) -> RepairCase:
    """
    Read a signed plan and the day as it stands now: what has begun or ended, who is away, what came since.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError
    IllegalPlanMoveError
        Where the plan is not the signed one: another is changed by hand or planned anew.
    PlanDayOverError
    InvalidRepairError
        Where a carer or visit that is named is not in the plan, or what is said of it cannot be.

    """
    row = load_plan(plan_id, actor=actor)
    if not may_plan(actor, area_code=row.area_code, organization_id=row.organization_id):
        raise PlanNotYoursError(plan_id=plan_id)
    if row.status != PlanStatus.ACCEPTED:
        raise IllegalPlanMoveError(plan_id=plan_id, status=row.status, allowed=[])
    refuse_past(row, now=now, zone=zone)
    case = gather_day(row.plan_on, area_code=row.area_code, organization_id=row.organization_id, now=now, zone=zone)
    placed, staff = find_placings(plan_id)
    _check_wish(wish, case=case, known=frozenset(placed), staff=staff)
    return RepairCase(
        card=plan_card(row),
        wish=wish,
        case=_as_told(case, wish=wish, placed=placed),
        placed=placed,
        pauses=find_pauses(plan_id),
        elders={each.visit_id: each.elder_id for each in case.visits},
        staff=staff,
    )


def _check_wish(wish: RepairWish, *, case: DayCase, known: frozenset[UUID], staff: frozenset[UUID]) -> None:
    """Refuse what is said of somebody else's visits and carers, or cannot be so."""
    here = {each.visit_id: each for each in case.visits if each.visit_id in known}
    faults: dict[str, list[Words | str]] = {}
    for name, ids in (("nobody_home", set(wish.released)), ("overruns", {each.visit_id for each in wish.overruns})):
        if not ids <= here.keys():
            faults[name] = [NOT_IN_PLAN]
    if not {each.carer_id for each in wish.absences} <= staff:
        faults["absences"] = [NOT_IN_PLAN]
    if "nobody_home" not in faults and any(here[each].started_at for each in wish.released):
        faults["nobody_home"] = [BEGUN_ALREADY]
    if "overruns" not in faults:
        under_way = {each for each, visit in here.items() if visit.started_at and not visit.finished_at}
        if any(each.visit_id not in under_way for each in wish.overruns):
            faults["overruns"] = [NOT_UNDER_WAY]
        elif any(each.end_at <= case.now for each in wish.overruns):
            faults["overruns"] = [IN_THE_PAST]
    if faults:
        raise InvalidRepairError(fields=faults)


def compute_repair(
    of: RepairCase, *, network: Network | None, cache: TravelCache | None = None, zone: ZoneInfo
) -> MadeRepair:
    """Plan the rest of the day so that few move; no database is asked, nor the streets where `cache` knows."""
    placed = _lift_pins(of)
    case = as_placed(of.case, placed=placed)

    day = build_problem(
        case,
        ways=measure_ways(case, network=network, cache=cache),
        weights=planner.Weights(**of.card.weights),
        zone=zone,
    )
    zero = case.midnight_at
    index = {each.carer_id: number for number, each in enumerate(day.carers)}
    jobs = {visit.visit_id: job for job, group in enumerate(day.slots) for visit in group}
    fixed = planner.repair(
        day.problem,
        plan=_signed_plan(of, day=day),
        stop=planner.MaxSeconds(float(of.wish.seconds)),
        seed=of.wish.seed,
        absent={
            index[each.carer_id]: (each.from_at - zero).total_seconds()
            for each in of.wish.absences
            if each.carer_id in index
        },
        released=[jobs[each] for each in of.wish.released if each in jobs],
    )
    day = replace(day, problem=fixed.problem)
    answer = tell_day(
        of.card,
        case=case,
        day=day,
        plan=fixed.plan,
        touched=_touched(of, day=day, plan=fixed.plan),
        known={visit_id: each.reasons for visit_id, each in of.placed.items()},
        iterations=fixed.plan.iterations,
    )
    return MadeRepair(of=of, answer=answer, report=_report(of, answer=answer, day=day))


def store_repair(made: MadeRepair, *, actor: Actor, now: datetime) -> PlanCard:
    """
    Keep a repair as a proposed plan of the same day; nothing reaches anybody before it is signed.

    Journal: plan.proposed.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError
    IllegalPlanMoveError
        Where the plan that it repairs was replaced meanwhile.

    """
    of = made.of
    base = load_own_plan(of.card.plan_id, actor=actor)
    if base.status != PlanStatus.ACCEPTED:
        raise IllegalPlanMoveError(plan_id=base.id, status=base.status, allowed=[])
    row = Plan(
        id=new_id(),
        kind=PlanKind.DAY.value,
        area_code=base.area_code,
        organization_id=base.organization_id,
        plan_on=base.plan_on,
        based_on_id=base.id,
        repair=_told(made),
        status=PlanStatus.PROPOSED.value,
        seed=of.wish.seed,
        stop_s=of.wish.seconds,
        rule_version=PLAN_RULE,
        weights=base.weights,
        made_by=actor.account_id,
        made_at=now,
        built_at=now,
    )
    session().add(row)
    session().flush()  # the tours' rows come after the plan's
    put_tours(row, answer=made.answer)
    journal.append(
        "plan.proposed",
        actor=actor,
        at=now,
        subject_id=row.id,
        visits=made.answer.figures["visits"],
        placed=made.answer.figures["placed"],
        based_on_id=str(base.id),
        moved=len(made.report.moved),
        **plan_facts(row),
    )
    session().flush()  # the version that the answer carries
    return plan_card(row)


def _signed_plan(of: RepairCase, *, day: DayProblem) -> planner.Plan:
    """Give the planner's plan that people know: as it was signed, whatever has become of it since."""
    stops: dict[UUID, list[planner.Stop]] = {each.carer_id: [] for each in day.carers}
    left_out = []
    for job, group in enumerate(day.slots):
        known = [of.placed.get(each.visit_id) for each in group]
        whole = [each for each in known if each is not None and each.carer_id in stops]
        if len(whole) < len(group):
            left_out.append(job)
            continue
        for slot, each in enumerate(whole):
            arrive_s, start_s, end_s = (_second(of, at) for at in (each.arrive_at, each.start_at, each.end_at))
            stop = planner.Stop(job, slot, arrive_s, start_s, end_s, float(each.travel_min * MINUTE_S))
            stops[each.carer_id].append(stop)
    tours = tuple(
        planner.Tour(
            number,
            tuple(sorted(stops[carer.carer_id], key=lambda stop: (stop.start_s, stop.job))),
            _signed_pauses(of, carer_id=carer.carer_id, own=day.problem.carers[number].pauses),
        )
        for number, carer in enumerate(day.carers)
    )
    return planner.Plan(tours, tuple(left_out), planner.Cost())


def _signed_pauses(of: RepairCase, *, carer_id: UUID, own: Sequence[planner.Pause]) -> tuple[planner.TakenPause, ...]:
    """Give when a carer rests by the signed plan; where the roster has other pauses by now, nothing."""
    found: list[planner.TakenPause] = []
    after = -1
    for each in of.pauses.get(carer_id, ()):
        later = (at for at in range(after + 1, len(own)) if own[at].key == each.kind.value)
        at = next(later, None)
        if at is None:
            return ()
        found.append(planner.TakenPause(at, _second(of, each.from_at), _second(of, each.to_at)))
        after = at
    return tuple(found)


def _second(of: RepairCase, at: datetime) -> float:
    return (at - of.case.midnight_at).total_seconds()


def _lift_pins(of: RepairCase) -> dict[UUID, Placing]:
    """Let go what is pinned to somebody who is away then, with the other half of a pair."""
    away = {each.carer_id: each.from_at for each in of.wish.absences}
    here = {each.carer_id for each in of.case.carers if not each.is_only_past}
    pair_of = {each.visit_id: each.pair_id or each.visit_id for each in of.case.visits}
    lifted = {
        pair_of[visit_id]
        for visit_id, each in of.placed.items()
        if visit_id in pair_of
        and each.is_pinned
        and (each.carer_id not in here or each.start_at >= away.get(each.carer_id, NEVER))
    }
    return {
        visit_id: replace(each, is_pinned=each.is_pinned and pair_of.get(visit_id) not in lifted)
        for visit_id, each in of.placed.items()
    }


def _as_told(case: DayCase, *, wish: RepairWish, placed: Mapping[UUID, Placing]) -> DayCase:
    """
    Give the day with what carers and coordinator have told of it.

    Who runs late goes on to where they are late, and is there at the time that they told last; unless that is over, or
    the visit is to be put in anew, or its carer is away.
    """
    on_duty = {each.carer_id for each in case.carers if not each.is_only_past}
    on_duty -= {each.carer_id for each in wish.absences}
    alone = {each.pair_id for each in case.visits if each.visit_id not in placed or each.carer_id not in on_duty} - {
        None
    }
    coming = {
        each.visit_id: placed[each.visit_id].start_at
        for each in case.visits
        if each.visit_id in placed and each.started_at is None and each.visit_id not in wish.released
        if each.carer_id == placed[each.visit_id].carer_id and each.carer_id in on_duty and each.pair_id not in alone
    }
    late_min = {
        visit_id: told[-1].late_min or 0
        for visit_id, reports in visits.find_problems(coming).items()
        if (told := [each for each in reports if each.kind is visits.ProblemKind.RUNNING_LATE])
    }

    def one(visit: DayVisit) -> DayVisit:
        if visit.visit_id not in late_min:
            return _as_long(visit, wish=wish)
        expected_at = coming[visit.visit_id] + timedelta(minutes=late_min[visit.visit_id])
        return replace(visit, expected_at=expected_at) if expected_at > case.now else visit

    return replace(case, visits=tuple(one(each) for each in case.visits))


def _as_long(visit: DayVisit, *, wish: RepairWish) -> DayVisit:
    """Let a visit that overruns end when it is said to."""
    end_at = next((each.end_at for each in wish.overruns if each.visit_id == visit.visit_id), None)
    if end_at is None or visit.started_at is None or visit.finished_at is not None:
        return visit
    length_min = -int(-(end_at - visit.started_at).total_seconds() // MINUTE_S)
    return replace(visit, visit_min=max(visit.visit_min, length_min))


def _touched(of: RepairCase, *, day: DayProblem, plan: planner.Plan) -> set[int]:
    """Find the jobs that stand otherwise than in the signed plan."""
    zero, found = of.case.midnight_at, set[int]()
    for tour in plan.tours:
        carer_id = day.carers[tour.carer].carer_id
        for stop in tour.stops:
            known = of.placed.get(day.slots[stop.job][stop.slot].visit_id)
            stands = (carer_id, stop.start_s)
            if known is None or (known.carer_id, (known.start_at - zero).total_seconds()) != stands:
                found.add(stop.job)
    return found


def _report(of: RepairCase, *, answer: DayAnswer, day: DayProblem) -> RepairReport:
    """Count who is moved by a repair, told from the plan that was signed."""
    stands = {stop.visit.visit_id: (tour.carer.carer_id, stop.start_at) for tour in answer.tours for stop in tour.stops}
    moved = []
    for visit_id, known in sorted(of.placed.items()):
        after = stands.get(visit_id)
        if visit_id not in of.elders:  # canceled since
            continue
        before = (known.carer_id, known.start_at)
        if after is None or visits.has_moved(before, after=after):
            moved.append(RepairMove(visit_id, of.elders[visit_id], *before, *(after or (None, None))))
    return RepairReport(
        moved=tuple(moved),
        elders_moved=len({each.elder_id for each in moved}),
        elders_other_carer=len({each.elder_id for each in moved if each.carer_after not in {None, each.carer_before}}),
        elders_lost=len({each.elder_id for each in moved if each.carer_after is None}),
        newly_placed=tuple(sorted(stands.keys() - of.placed.keys())),
        gone=tuple(sorted(of.staff - {each.carer_id for each in day.carers if not each.is_only_past})),
    )


def _told(made: MadeRepair) -> dict[str, Any]:
    """Give what happened and who is moved, by ids of visits and carers alone."""
    wish, report = made.of.wish, made.report
    return {
        "absences": [{"carer_id": str(each.carer_id), "from_at": each.from_at.isoformat()} for each in wish.absences],
        "gone": [str(each) for each in report.gone],
        "released": [str(each) for each in wish.released],
        "overruns": [{"visit_id": str(each.visit_id), "end_at": each.end_at.isoformat()} for each in wish.overruns],
        "newly_placed": [str(each) for each in report.newly_placed],
        "moved": [str(each.visit_id) for each in report.moved],
        "elders_moved": report.elders_moved,
        "elders_other_carer": report.elders_other_carer,
        "elders_lost": report.elders_lost,
        "reason": wish.reason,
    }
