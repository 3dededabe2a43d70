"""Whether a carer may still go, when it comes to it: the rules of the search, asked of one carer and one visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import carers, dates, directory, elders, intake, visits
from dispatch.assignment.operations.gathering import find_fitting, gather
from dispatch.assignment.queries import find_preferences
from dispatch.assignment.rules.staffing import find_staff
from dispatch.assignment.rules.timing import full_minute
from dispatch.assignment.values import CarerCase, Job, PreferenceKind, Reason, ReasonCode, Span, Way, WorkSpan
from dispatch.errors import ConflictError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.streets import Network

ONE_DAY = timedelta(days=1)
UNDER_WAY = frozenset({intake.RequestStatus.SCHEDULED, intake.RequestStatus.IN_PROGRESS})
A_DAYS_WORK_MIN = 24 * 60
AT_THE_DOOR = Way(time_s=0, limit_s=1)


class CarerUnfitError(ConflictError):
    """The carer may not do this visit, or not any more; the facts name the codes."""

    slug = "carer-unfit"
    title = Words("这名人员现在不能做这次服务", "This carer may not do this visit")
    detail = Words("{reasons}", "{reasons}")  # the reasons' own sentences: see `text`
    who = Words(
        "请机构调度员换人：POST /v1/visits/…/carer。", "The coordinator sends another: POST /v1/visits/…/carer."
    )

    def __init__(self, reasons: Sequence[Reason], *, visit_id: UUID) -> None:
        """Keep the reasons, to say them in the reader's language."""
        self.reasons = tuple(reasons)
        super().__init__(visit_id=visit_id, reasons=[each.code.value for each in reasons])

    def text(self, locale: Locale) -> str:
        """Say why, all of it, and who can clear it."""
        whys = [each.text(locale) for each in self.reasons]
        return "；".join(whys) + "。" + self.who.zh if locale is Locale.ZH else " ".join([*whys, self.who.en])


@dataclass(frozen=True, slots=True)
class StartDecision:
    """What became of a start: it is kept or, with reasons, the carer was taken from the visit."""

    started: visits.StartFacts | None
    unfit: CarerUnfitError | None = None


def start_visit(
    visit_id: UUID, *, wish: visits.StartWish, actor: Actor, now: datetime, zone: ZoneInfo
) -> StartDecision:
    """
    Keep that a visit began, unless its carer lost what made them fit since they were given it.

    Who lost it is taken from the visit: the request has to be planned again, and a supervisor is asked to look. That
    stays, so it comes back as a value; what else is wrong is raised, see `intake.start_visit`.
    """
    request = intake.hold_of_visit(visit_id, actor=actor)
    visit = visits.get_visit(visit_id)
    is_given = visit.status in {visits.VisitStatus.ASSIGNED, visits.VisitStatus.PUBLISHED}
    if request is not None and is_given and request.status in UNDER_WAY:
        reasons = find_unfitness(visit, request=request, zone=zone)
        if reasons:
            intake.lose_carer(visit_id, codes=[each.code.value for each in reasons], now=now)
            return StartDecision(None, unfit=CarerUnfitError(reasons, visit_id=visit_id))
    return StartDecision(intake.start_visit(visit_id, wish=wish, actor=actor, now=now))


def find_unfitness(visit: visits.VisitFacts, *, request: intake.RequestCard, zone: ZoneInfo) -> tuple[Reason, ...]:
    """
    Find why the carer of a visit may not do it any more: skills, the elder's wishes, hours.

    Decided by the code that chooses carers, told that this one is at the door with the day before them. Who does not
    work there any more has no hours.
    """
    if visit.carer_id is None:
        return ()
    span = _span(visit)
    on = dates.service_date(span.from_at, zone)
    by_day = {day: carers.find_carers(on=day, carer_ids=[visit.carer_id]) for day in (on - ONE_DAY, on)}
    if not by_day[on]:
        return (Reason(ReasonCode.NO_SHIFT),)
    [facts] = by_day[on]
    work = [
        WorkSpan(Span(each.from_at, each.to_at), A_DAYS_WORK_MIN)
        for known in by_day.values()
        for one in known
        for each in carers.work_spans(one, zone=zone)
    ]
    case = CarerCase(
        carer_id=facts.carer_id,
        name=facts.name,
        sex=facts.sex,
        skills=frozenset(facts.skills),
        way=AT_THE_DOOR,
        work=tuple(work),
        busy=(),
        is_refused=find_preferences(visit.elder_id, on=on).get(visit.carer_id) is PreferenceKind.REFUSED,
    )
    return find_staff([case], job=_job(visit, request=request, zone=zone, not_before_at=span.from_at)).reasons


def give_visit(
    visit_id: UUID, *, carer_id: UUID, actor: Actor, network: Network, now: datetime, zone: ZoneInfo
) -> visits.VisitFacts:
    """
    Put another carer of the same organization on a visit that has not begun, at the time that is planned.

    The carer is judged by the rules of the search: skills, sex, the elder's wishes, way, hours, other visits.

    Raises
    ------
    visits.VisitNotFoundError, carers.CarerNotFoundError
        Where the visit is outside the actor's scope; where the carer is none of who serves.
    CarerUnfitError
        Where the carer fails a rule; with the codes.
    intake.IllegalMoveError, visits.IllegalVisitMoveError, visits.CarerBusyError

    """
    request = intake.hold_of_visit(visit_id, actor=actor)
    visit = visits.get_visit(visit_id)
    if request is None or request.service_at_site_id is None:
        raise visits.VisitNotFoundError(visit_id=visit_id)
    facts = elders.get_facts(request.elder_id, on=request.service_on)
    offers = find_fitting(request, facts=facts, offer_id=request.service_at_site_id)
    case = gather(request, facts=facts, offers=offers, network=network, now=now, zone=zone, is_locked=True)
    theirs = {each.carer_id: each for known in case.carers.values() for each in known}
    chosen = theirs.get(carer_id)
    if chosen is None:
        raise carers.CarerNotFoundError(carer_id=carer_id)
    span = _span(visit)
    staffing = find_staff(
        [replace(chosen, busy=tuple(each for each in chosen.busy if visit.carer_id != carer_id or each != span))],
        job=_job(visit, request=request, zone=zone, not_before_at=now),
    )
    if staffing.reasons:
        raise CarerUnfitError(staffing.reasons, visit_id=visit_id)
    return intake.give_visit(visit_id, carer_id=carer_id, start_at=span.from_at, actor=actor, now=now)


def _span(visit: visits.VisitFacts) -> Span:
    """Give when a visit is planned: at its start or, where none was found, when its window begins; on a full minute."""
    start_at = full_minute(visit.start_at or visit.window_from_at)
    return Span(start_at, start_at + timedelta(minutes=visit.visit_min))


def _job(visit: visits.VisitFacts, *, request: intake.RequestCard, zone: ZoneInfo, not_before_at: datetime) -> Job:
    """Give what one carer is wanted for; of what only one of a pair needs, this one if the other lacks it."""
    needs = directory.service_needs(visit.service_code)
    span = _span(visit)
    others = [
        each
        for each in visits.find_visits(visit_ids=request.visit_ids)
        if each.visit_id != visit.visit_id and each.status is not visits.VisitStatus.CANCELED
    ]
    partners = [each for each in others if each.carer_id]
    on = dates.service_date(span.from_at, zone)
    ids = [each.carer_id for each in partners if each.carer_id]
    known = carers.find_carers(on=on, carer_ids=ids) if ids else []
    is_met = any(needs.skills_any & frozenset(each.skills) for each in known)
    # whoever has the visit already keeps it where the other is still to be found, who then must have it
    is_met = is_met or (visit.carer_id is not None and len(partners) < len(others))
    return Job(
        carers=1,
        skills_all=needs.skills_all,
        skills_any=frozenset() if is_met else needs.skills_any,
        carer_sex=request.carer_sex,
        visit_min=visit.visit_min,
        window=span,
        open_spans=(span,),
        not_before_at=not_before_at,
    )
