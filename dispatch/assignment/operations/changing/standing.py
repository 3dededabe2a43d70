"""A plan laid out for questions: the day from the rooms' rows, its problem, and the plan as it is stored."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from dispatch import carers, directory, planner
from dispatch.assignment.building import build_problem
from dispatch.assignment.operations.days.gathering import gather_day
from dispatch.assignment.operations.days.measuring import measure_ways, places_of
from dispatch.assignment.operations.days.scope import load_for_questions
from dispatch.assignment.queries import find_stops, plan_card
from dispatch.assignment.rules.saying import Sayer
from dispatch.assignment.values import Spot
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.building import DayProblem, Ways
    from dispatch.assignment.values import DayAnswer, DayCase, DayVisit, MadeChange, PlanCard
    from dispatch.streets import Network, TravelCache

MOST_KEPT: Final = 8
"""P: so many laid-out plans are kept in a process; one of 2,000 visits takes some 80 MB, most of it the ways."""
KEPT_FOR: Final = timedelta(minutes=1)
"""P: what hangs on a plan (a roster, a window) may change without it, so it is read anew after this."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a visit stands in a stored plan."""

    carer_id: UUID
    arrive_at: datetime
    start_at: datetime
    end_at: datetime
    travel_min: int
    is_pinned: bool
    reasons: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """
    What the rows say of a plan's day.

    `standing` is there where it was laid out before: as it stands now, or at an older version; then the case is not
    read again, and `placed` says what is different.
    """

    card: PlanCard
    case: DayCase | None
    placed: Mapping[UUID, Placing]
    names: Mapping[UUID, str]
    skills: Mapping[str, Words]
    standing: Laid | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """
    A plan laid out: what the planner is asked with, and how its answers are read.

    `case` is the day with the plan's pins, `read_case` as its rows were read at `laid_at`. Threads of a process share
    it: `lock` is held by who asks the planner.
    """

    card: PlanCard
    read_case: DayCase
    case: DayCase
    ways: Ways
    network: Network | None
    day: DayProblem
    plan: planner.Plan
    standing: planner.Standing
    sayer: Sayer
    jobs: Mapping[UUID, tuple[int, int]]
    carer_index: Mapping[UUID, int]
    placed: Mapping[UUID, Placing]
    laid_at: datetime
    lock: Lock = field(default_factory=Lock, compare=False)

    @property
    def pinned(self) -> frozenset[UUID]:
        """The visits that are pinned in the stored plan."""
        return frozenset(visit_id for visit_id, each in self.placed.items() if each.is_pinned)

    @property
    def reasons(self) -> dict[UUID, tuple[dict[str, object], ...]]:
        """Why each visit of the stored plan stands where it does."""
        return {visit_id: each.reasons for visit_id, each in self.placed.items()}

    def knows(self, visit_ids: Collection[UUID]) -> bool:
        """Say whether all of these visits are of the day as it was read."""
        return not visit_ids or {each.visit_id for each in self.read_case.visits}.issuperset(visit_ids)


_KEPT: OrderedDict[UUID, Laid] = OrderedDict()
_LOCK = Lock()


def read_standing(plan_id: UUID, *, actor: Actor, now: datetime, zone: ZoneInfo, naming: Collection[UUID] = ()) -> Read:
    """
    Read what laying out a plan takes, or find it laid out: one query then, or two where it was changed since.

    Where the visits of `naming` are not all of the day as it was read, they arrived since, and it is read again.
    Raises PlanNotFoundError where the plan is not the actor's to change.
    """
    card = plan_card(load_for_questions(plan_id, actor=actor))
    with _LOCK:
        kept = _KEPT.get(plan_id)
    if kept is not None and now - kept.laid_at < KEPT_FOR and kept.knows(naming):
        is_same = kept.card.version == card.version
        return Read(card, None, {} if is_same else find_placings(plan_id)[0], {}, {}, standing=kept)
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
    carer_of, stops = find_stops(plan_id)
    placed = {
        visit_id: Placing(carer_of[tour_id], arrive_at, start_at, end_at, travel_min, is_pinned, tuple(reasons))
        for tour_id, visit_id, arrive_at, start_at, end_at, travel_min, is_pinned, reasons in stops
    }
    return placed, frozenset(carer_of.values())


def placings_of(answer: DayAnswer) -> dict[UUID, Placing]:
    """Give where each visit stands in a day that was computed: what `find_placings` finds once it is stored."""
    return {
        stop.visit.visit_id: Placing(
            tour.carer.carer_id,
            stop.arrive_at,
            stop.start_at,
            stop.end_at,
            stop.travel_min,
            stop.visit.is_pinned,
            stop.reasons,
        )
        for tour in answer.tours
        for stop in tour.stops
    }


def lay_out(
    read: Read,
    *,
    network: Callable[[], Network | None],
    cache: TravelCache | None = None,
    now: datetime,
    zone: ZoneInfo,
) -> Laid:
    """Lay a plan out, and keep it for the next questions; no database is asked, nor the streets where `cache` knows."""
    if read.standing is not None:
        if read.standing.card.version == read.card.version:
            return read.standing
        return _keep(lay_out_again(read.standing, card=read.card, placed=read.placed, zone=zone))
    if read.case is None:
        raise ValueError("A plan that was not read cannot be laid out.")
    streets_now = network()
    ways = _known_ways(read.case, network=streets_now) or measure_ways(read.case, network=streets_now, cache=cache)
    laid = _lay_out(read, read_case=read.case, ways=ways, network=streets_now, laid_at=now, zone=zone)
    return _keep(laid)


def lay_out_again(before: Laid, *, card: PlanCard, placed: Mapping[UUID, Placing], zone: ZoneInfo) -> Laid:
    """
    Lay a plan out at another version, from what was laid out before: ways and rows are those of then.

    It is the same as if it were laid out anew from these rows; they grow no younger by it.
    """
    read = Read(card, before.read_case, placed, before.sayer.names, before.sayer.skills)
    return _lay_out(
        read,
        read_case=before.read_case,
        ways=before.ways,
        network=before.network,
        laid_at=before.laid_at,
        zone=zone,
        before=before,
    )


def keep_changed(made: MadeChange, *, card: PlanCard, zone: ZoneInfo) -> None:
    """
    Lay out a plan as a change has made it, for the next question in this process.

    Only what was committed may be kept: other processes find it by its version.
    """
    with _LOCK:
        before = _KEPT.get(card.plan_id)
    if before is not None and before.card.version == made.answer.version:
        laid = _keep(lay_out_again(before, card=card, placed=placings_of(made.day), zone=zone))
        with laid.lock:
            laid.standing.ground  # noqa: B018 - reckoned here and not in the next question


def _known_ways(case: DayCase, *, network: Network | None) -> Ways | None:
    """Give the ways between the places of a day that a plan of the same places was laid out with, on these streets."""
    with _LOCK:
        kept = [each for each in _KEPT.values() if each.network is network]
    places = places_of(case)
    return next((each.ways for each in reversed(kept) if places_of(each.read_case) == places), None)


def _lay_out(
    read: Read,
    *,
    read_case: DayCase,
    ways: Ways,
    network: Network | None,
    laid_at: datetime,
    zone: ZoneInfo,
    before: Laid | None = None,
) -> Laid:
    known_visits = before.case.visits if before else ()
    case = as_placed(read_case, placed=read.placed, known=known_visits)
    weights = planner.Weights(**read.card.weights)
    known = before.day if before else None
    day = build_problem(case, ways=ways, weights=weights, zone=zone, is_searched=False, known=known)
    carer_index = {each.carer_id: index for index, each in enumerate(day.carers)}
    plan = stand(day, placed=read.placed, carer_index=carer_index, midnight_at=case.midnight_at)
    return Laid(
        card=read.card,
        read_case=read_case,
        case=case,
        ways=ways,
        network=network,
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
        placed=read.placed,
        laid_at=laid_at,
    )


def _keep(laid: Laid) -> Laid:
    """Keep a plan that is laid out, unless a newer version of it is kept already, and give it back."""
    plan_id = laid.card.plan_id
    with _LOCK:
        kept = _KEPT.get(plan_id)
        if kept is None or (kept.card.version, kept.laid_at) <= (laid.card.version, laid.laid_at):
            _KEPT[plan_id] = laid
            _KEPT.move_to_end(plan_id)
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return laid


def as_placed(case: DayCase, *, placed: Mapping[UUID, Placing], known: Iterable[DayVisit] = ()) -> DayCase:
    """
    Give the day with where each visit stands in a stored plan, and what is pinned there.

    Visits of `known` that come out the same are taken as they are there. What has begun, and what is another plan's, is
    where it is on record.
    """
    same = {each.visit_id: each for each in known}

    def one(visit: DayVisit) -> DayVisit:
        where = placed.get(visit.visit_id)
        if where is None or visit.started_at is not None or visit.is_outside:
            return visit
        made = replace(visit, is_pinned=where.is_pinned, stands=Spot(where.carer_id, where.start_at))
        return same[visit.visit_id] if same.get(visit.visit_id) == made else made

    return replace(case, visits=tuple(one(each) for each in case.visits))


def stand(
    day: DayProblem, *, placed: Mapping[UUID, Placing], carer_index: Mapping[UUID, int], midnight_at: datetime
) -> planner.Plan:
    """
    Give the planner's plan of what is stored: every job whose visits all have a place, in the order of starts.

    They stand where they are stored, as the jobs are held there; what cannot stand there any more is later or left out.
    """
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
