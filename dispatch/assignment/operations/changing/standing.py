"""A plan laid out for questions: the day from the rooms' rows, its problem, and the plan as it is stored."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from dispatch import carers, directory, planner
from dispatch.assignment.building import build_problem
from dispatch.assignment.operations.days.gathering import gather_day
from dispatch.assignment.operations.days.measuring import measure_ways
from dispatch.assignment.operations.days.scope import load_plan
from dispatch.assignment.queries import load_tours, plan_card
from dispatch.assignment.rules.saying import Sayer
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.building import DayProblem
    from dispatch.assignment.values import DayCase, DayVisit, PlanCard
    from dispatch.streets import Network, TravelCache

MOST_KEPT: Final = 8
"""P: so many laid-out plans are kept in a process; one of 2,000 visits takes some 80 MB, most of it the ways."""
KEPT_FOR: Final = timedelta(minutes=1)
"""P: what hangs on a plan (a roster, a window) may change without it, so it is read anew after this."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a visit stands in a stored plan."""

    carer_id: UUID
    start_at: datetime
    is_pinned: bool
    is_executed: bool
    reasons: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What the rows say of a plan's day; `standing` is there where it was laid out before."""

    card: PlanCard
    case: DayCase | None
    placed: Mapping[UUID, Placing]
    names: Mapping[UUID, str]
    skills: Mapping[str, Words]
    standing: Laid | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """A plan laid out: what the planner is asked with, and how its answers are read."""

    card: PlanCard
    case: DayCase
    day: DayProblem
    plan: planner.Plan
    standing: planner.Standing
    sayer: Sayer
    jobs: Mapping[UUID, tuple[int, int]]
    carer_index: Mapping[UUID, int]
    pinned: frozenset[UUID]
    reasons: Mapping[UUID, tuple[dict[str, object], ...]]
    laid_at: datetime


_KEPT: OrderedDict[tuple[UUID, int], Laid] = OrderedDict()
_LOCK = Lock()


def read_standing(plan_id: UUID, *, actor: Actor, now: datetime, zone: ZoneInfo, is_fresh: bool = False) -> Read:
    """
    Read what laying out a plan takes, or find it laid out: one query then.

    Raises PlanNotFoundError where the plan is outside the actor's scope.
    """
    card = plan_card(load_plan(plan_id, actor=actor))
    with _LOCK:
        kept = _KEPT.get((plan_id, card.version))
    if kept is not None and not is_fresh and now - kept.laid_at < KEPT_FOR:
        return Read(card, None, {}, {}, {}, standing=kept)
    case = gather_day(card.plan_on, area_code=card.area_code, organization_id=card.organization_id, now=now, zone=zone)
    placed, _ = find_placings(plan_id)
    return Read(
        card=card,
        case=case,
        placed=placed,
        names=carers.find_carer_names(each.carer_id for each in case.carers),
        skills={each.code: Words(each.label_zh, each.label_en) for each in directory.find_codes("skill")},
    )


def find_placings(plan_id: UUID) -> tuple[dict[UUID, Placing], frozenset[UUID]]:
    """Find where each visit of a plan stands, and all who have a tour in it."""
    tours, stops = load_tours(plan_id)
    carer_of = {tour.id: tour.carer_id for tour in tours}
    placed = {
        stop.visit_id: Placing(
            carer_of[stop.tour_id], stop.start_at, stop.is_pinned, stop.is_executed, tuple(stop.reasons)
        )
        for stop in stops
    }
    return placed, frozenset(carer_of.values())


def lay_out(
    read: Read,
    *,
    network: Callable[[], Network | None],
    cache: TravelCache | None = None,
    now: datetime,
    zone: ZoneInfo,
) -> Laid:
    """Lay a plan out, and keep it for the next questions; no database is asked, nor the streets where `cache` knows."""
    if read.standing is not None or read.case is None:
        if read.standing is None:
            raise ValueError("A plan that was not read cannot be laid out.")
        return read.standing
    case = with_pins(read.case, placed=read.placed)

    day = build_problem(
        case,
        ways=measure_ways(case, network=network(), cache=cache),
        weights=planner.Weights(**read.card.weights),
        zone=zone,
        is_searched=False,
    )
    day = replace(day, problem=with_lags(day, placed=read.placed, midnight_at=case.midnight_at))
    carer_index = {each.carer_id: index for index, each in enumerate(day.carers)}
    plan = stand(day, placed=read.placed, carer_index=carer_index, midnight_at=case.midnight_at)
    laid = Laid(
        card=read.card,
        case=case,
        day=day,
        plan=plan,
        standing=planner.Standing(day.problem, plan=plan),
        sayer=Sayer(
            carer_ids=tuple(each.carer_id for each in day.carers),
            names=read.names,
            slots=tuple(tuple(each.visit_id for each in group) for group in day.slots),
            skills=read.skills,
            midnight_at=case.midnight_at,
            zone=zone,
        ),
        jobs={visit.visit_id: (job, slot) for job, group in enumerate(day.slots) for slot, visit in enumerate(group)},
        carer_index=carer_index,
        pinned=frozenset(visit_id for visit_id, each in read.placed.items() if each.is_pinned),
        reasons={visit_id: each.reasons for visit_id, each in read.placed.items()},
        laid_at=now,
    )
    with _LOCK:
        _KEPT[read.card.plan_id, read.card.version] = laid
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return laid


def with_pins(case: DayCase, *, placed: Mapping[UUID, Placing]) -> DayCase:
    """Hold what is pinned in a plan where the plan has it; what the plan let go is not held."""

    def one(visit: DayVisit) -> DayVisit:
        known = placed.get(visit.visit_id)
        if known is None or visit.started_at is not None or visit.is_outside:
            return visit
        if not known.is_pinned:
            return replace(visit, is_pinned=False)
        return replace(visit, is_pinned=True, carer_id=known.carer_id, start_at=known.start_at)

    return replace(case, visits=tuple(one(each) for each in case.visits))


def with_lags(day: DayProblem, *, placed: Mapping[UUID, Placing], midnight_at: datetime) -> planner.Problem:
    """Let pairs that were split by hand come one after the other, as they stand."""
    jobs = list(day.problem.jobs)
    for index, group in enumerate(day.slots):
        known = [placed.get(each.visit_id) for each in group]
        both = [each for each in known if each is not None]
        if len(both) < 2:  # noqa: PLR2004 - a pair
            continue
        lag_s = (both[1].start_at - both[0].start_at).total_seconds()
        job = jobs[index]
        if all(each.is_pinned for each in both) and not job.lag_from_s <= lag_s <= job.lag_to_s:
            start_s = (both[0].start_at - midnight_at).total_seconds()
            pin = replace(job.pin, start_s=start_s) if job.pin is not None else None
            jobs[index] = replace(job, lag_from_s=lag_s, lag_to_s=lag_s, pin=pin)
    return replace(day.problem, jobs=tuple(jobs))


def stand(
    day: DayProblem, *, placed: Mapping[UUID, Placing], carer_index: Mapping[UUID, int], midnight_at: datetime
) -> planner.Plan:
    """Give the planner's plan of what is stored: every job whose visits all have a place, in the order of starts."""
    whole: list[tuple[float, int, tuple[int, ...]]] = []
    for job, group in enumerate(day.slots):
        known = [placed.get(each.visit_id) for each in group]
        both = [each for each in known if each is not None]
        if len(both) < len(group) or any(each.carer_id not in carer_index for each in both):
            continue
        start_s = (min(each.start_at for each in both) - midnight_at).total_seconds()
        whole.append((start_s, job, tuple(carer_index[each.carer_id] for each in both)))
    return build(day.problem, whole=whole)


def build(problem: planner.Problem, *, whole: Iterable[tuple[float, int, tuple[int, ...]]]) -> planner.Plan:
    """Give the plan of jobs with starts and carers."""
    ordered = sorted(whole)
    executed = {job for job, each in enumerate(problem.jobs) if each.pin is not None and each.pin.is_executed}
    return planner.build_plan(
        problem,
        order=[job for _, job, _ in ordered if job not in executed],
        carers={job: crew for _, job, crew in ordered if job not in executed},
    )
