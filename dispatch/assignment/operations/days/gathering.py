"""From the rooms' rows to one day as it stands, in a number of queries that does not grow with it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import carers, dates, directory, elders, intake, visits
from dispatch.assignment.queries import find_houses, find_site_points, find_wishes
from dispatch.assignment.rules.days import (
    MOST_CARERS,
    MOST_VISITS,
    PRIORITY,
    UNPOPULAR_DAYS,
    is_unpopular,
)
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS
from dispatch.assignment.values import DayCarer, DayCase, DayNote, DayVisit, PreferenceKind, Span, Stretch
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.geo import LonLat

ONE_DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
NO_ONE: Final = frozenset[str]()


class PlanTooLargeError(InvalidError):
    """The day has more visits or carers than one plan takes."""

    slug = "plan-too-large"
    title = Words("这一天太大，一个计划排不下", "This day is too large for one plan")
    detail = Words(
        "共有 {visits} 次上门、{carers} 名人员；一个计划最多 {most_visits} 次、{most_carers} 名。"
        "请按街镇或按机构分开编排。",
        "It has {visits} visits and {carers} carers; one plan takes at most {most_visits} and {most_carers}. Plan each "
        "subdistrict or each organization by itself.",
    )


def gather_day(
    plan_on: date, *, area_code: str, organization_id: UUID | None, now: datetime, zone: ZoneInfo
) -> DayCase:
    """
    Bring together what a plan of a day is decided on.

    In it are the visits of the day in the area (of the organization), canceled and missed ones and those of requests
    that are on hold or have ended left out, all carers on duty of the organizations that make them, and what else
    these carers have to do that day. A service that is given at a site has no visit and is in no tour.

    Raises
    ------
    PlanTooLargeError
        Where it is more than one plan takes.

    """
    midnight_at = dates.start_of(plan_on, zone)
    day = visits.find_day(from_at=midnight_at, to_at=dates.start_of(plan_on + ONE_DAY, zone))
    reading = _Reading(day, plan_on=plan_on)
    inside = [each for each in day if reading.is_inside(each, area_code=area_code, organization_id=organization_id)]
    houses = {house for each in inside if (house := reading.houses[each.visit_id])}
    houses |= {organization_id} if organization_id else set()
    staff = carers.find_carers(on=plan_on, organization_ids=houses) if houses else []
    if len(inside) > MOST_VISITS or len(staff) > MOST_CARERS:
        raise PlanTooLargeError(visits=len(inside), carers=len(staff), most_visits=MOST_VISITS, most_carers=MOST_CARERS)
    theirs = {each.carer_id for each in staff}
    chosen = {each.visit_id for each in inside}
    outside = [
        each
        for each in day
        if each.visit_id not in chosen and each.carer_id in theirs and each.start_at and reading.is_standing(each)
    ]
    wanted = reading.day_visits(inside, area_code=area_code) + [
        replace(each, is_outside=True) for each in reading.day_visits(outside, area_code=area_code)
    ]
    people = _People(staff, visits_=wanted, plan_on=plan_on, now=now, zone=zone)
    elder_ids = {each.elder_id for each in wanted}
    since = now - timedelta(days=CONTINUITY_DAYS)
    usual = {key: set(known) for key, known in visits.find_usual(elder_ids, since=since, until=now).items()}
    for each in inside:
        worker = reading.workers.get(each.elder_id)
        if worker and each.purpose is visits.VisitPurpose.OUTREACH:
            usual.setdefault(each.elder_id, set()).add(worker)
    return DayCase(
        plan_on=plan_on,
        midnight_at=midnight_at,
        now=now,
        visits=tuple(wanted),
        carers=people.day_carers(),
        usual={elder_id: frozenset(known) for elder_id, known in usual.items()},
        preferred=find_wishes(elder_ids, on=plan_on, kind=PreferenceKind.PREFERRED),
        refused=find_wishes(elder_ids, on=plan_on, kind=PreferenceKind.REFUSED),
        notes=tuple(people.notes),
    )


def find_roster_hashes(carer_ids: Iterable[UUID], *, on: date, zone: ZoneInfo) -> dict[UUID, str]:
    """Give what a tour of each carer rests on that day; who works no more is left out."""
    found = carers.find_carers(on=on, carer_ids=set(carer_ids))
    return {each.carer_id: roster_hash(each, zone=zone) for each in found}


def roster_hash(facts: carers.CarerFacts, *, zone: ZoneInfo) -> str:
    """Give a hash of hours, skills, daily limit, mode and base."""
    spans = [
        (span.from_at.timestamp(), span.to_at.timestamp(), span.break_min)
        for span in carers.work_spans(facts, zone=zone)
    ]
    base = [facts.base_lon, facts.base_lat, facts.base_site_id.hex if facts.base_site_id else None]
    told = [spans, sorted(facts.skills), facts.day_limit_min, facts.travel_mode.value, facts.sex, base]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


class _Reading:
    """What hangs on the visits of a day: requests, homes, who answers."""

    def __init__(self, day: Sequence[visits.VisitFacts], *, plan_on: date) -> None:
        self.plan_on = plan_on
        self.served = intake.find_served_requests(each.visit_id for each in day)
        elder_ids = {each.elder_id for each in day}
        self.homes = {home.elder_id: home for home in elders.find_homes_of(elder_ids, on=plan_on)}
        self.workers = visits.find_workers(elder_ids, on=plan_on)
        held = {each.visit_id: (each.elder_id, each.carer_id) for each in day}
        offers = {visit_id: request.service_at_site_id for visit_id, request in self.served.items()}
        self.houses = find_houses(held, offers=offers, workers=self.workers)
        self.needs = directory.find_service_needs({each.service_code for each in day})

    def is_standing(self, visit: visits.VisitFacts) -> bool:
        """Say whether a visit is to be made, or was: its request is not on hold and has not ended badly."""
        request = self.served.get(visit.visit_id)
        return request is None or request.status.is_served

    def is_inside(self, visit: visits.VisitFacts, *, area_code: str, organization_id: UUID | None) -> bool:
        """Say whether a visit is the plan's."""
        request, home = self.served.get(visit.visit_id), self.homes.get(visit.elder_id)
        area = request.area_code if request else home.area_code if home else ""
        if not self.is_standing(visit) or not area.startswith(area_code):
            return False
        return organization_id is None or self.houses[visit.visit_id] == organization_id

    def day_visits(self, found: Sequence[visits.VisitFacts], *, area_code: str) -> list[DayVisit]:
        """Give visits as the plan is told of them."""
        times = visits.find_times(each.visit_id for each in found if each.status.has_begun)
        # special hardship: whoever is in the set that the visit rate counts must be visited (domain.md section 5)
        unasked = {each.elder_id for each in found if each.visit_id not in self.served}
        due = elders.find_members(
            area_code,
            purpose=visits.VISITING_SET,
            from_on=self.plan_on,
            to_on=self.plan_on + ONE_DAY,
            elder_ids=unasked,
        )
        must = {member.elder_id for member in due}
        return [self._day_visit(each, times=times.get(each.visit_id), must=must) for each in found]

    def _day_visit(
        self, visit: visits.VisitFacts, *, times: tuple[datetime, datetime | None] | None, must: set[UUID]
    ) -> DayVisit:
        request, home = self.served.get(visit.visit_id), self.homes.get(visit.elder_id)
        needs = self.needs.get(visit.service_code)
        if times is None and visit.status.has_begun:
            times = (visit.start_at or visit.window_from_at, None)
        return DayVisit(
            visit_id=visit.visit_id,
            elder_id=visit.elder_id,
            organization_id=self.houses[visit.visit_id],
            window=Span(visit.window_from_at, visit.window_to_at),
            visit_min=visit.visit_min,
            version=visit.version,
            home_ll=(home.lon, home.lat) if home and home.lon is not None and home.lat is not None else None,
            carer_id=visit.carer_id,
            start_at=visit.start_at,
            pair_id=visit.pair_id,
            slot_no=visit.slot_no,
            is_sequential=request is not None and request.is_sequential,
            is_pinned=visit.is_pinned,
            skills_all=needs.skills_all if needs else NO_ONE,
            skills_any=needs.skills_any if needs else NO_ONE,
            carer_sex=request.carer_sex if request else None,
            is_mandatory=request is not None or visit.elder_id in must,
            priority=PRIORITY[request.urgency] if request else 1.0,
            started_at=times[0] if times else None,
            finished_at=times[1] if times else None,
        )


class _People:
    """The carers of some organizations on one day."""

    def __init__(
        self,
        staff: Sequence[carers.CarerFacts],
        *,
        visits_: Sequence[DayVisit],
        plan_on: date,
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self.staff, self.zone = staff, zone
        self.notes: list[DayNote] = []
        self.spans = {each.carer_id: carers.work_spans(each, zone=zone) for each in staff}
        self.begun: dict[UUID, list[DayVisit]] = defaultdict(list)
        for each in visits_:
            if each.started_at and each.carer_id:
                self.begun[each.carer_id].append(each)
        self.points = find_site_points({each.organization_id for each in staff})
        others = {each.base_site_id for each in staff if each.base_site_id}
        self.sites = {site: point for known in self.points.values() for site, point in known.items() if site in others}
        since = dates.start_of(plan_on, zone) - timedelta(days=UNPOPULAR_DAYS)
        self.unpopular: dict[UUID, int] = defaultdict(int)
        for carer_id, from_at in visits.find_begun(self.spans, since=since, until=dates.start_of(plan_on, zone)):
            self.unpopular[carer_id] += is_unpopular(from_at, zone=zone)
        self.elsewhere = self._elsewhere(plan_on)
        self.now = now

    def day_carers(self) -> tuple[DayCarer, ...]:
        """Give who is on duty, and who was for what was begun."""
        return tuple(each for facts in self.staff if (each := self._day_carer(facts)))

    def _day_carer(self, facts: carers.CarerFacts) -> DayCarer | None:
        stretches = tuple(
            Stretch(span.from_at, span.to_at, span.break_min)
            for span in self.spans[facts.carer_id]
            if span.to_at - span.from_at > span.break_min * MINUTE
        )
        begun = self.begun.get(facts.carer_id, [])
        if not stretches and not begun:
            return None
        base_ll = self._base_ll(facts)
        if base_ll is None:
            self.notes.append(DayNote("carer_unlocated", carer_id=facts.carer_id))
        return DayCarer(
            carer_id=facts.carer_id,
            organization_id=facts.organization_id,
            sex=facts.sex,
            skills=frozenset(facts.skills),
            mode=facts.travel_mode.value,
            base_ll=base_ll,
            stretches=stretches or _only_past(begun),
            limit_min=facts.day_limit_min,
            roster_hash=roster_hash(facts, zone=self.zone),
            elsewhere=self.elsewhere.get(facts.carer_id, ()),
            unpopular_28d=self.unpopular[facts.carer_id],
            is_only_past=not stretches,
        )

    def _base_ll(self, facts: carers.CarerFacts) -> LonLat | None:
        if facts.base_lon is not None and facts.base_lat is not None:
            return facts.base_lon, facts.base_lat
        if facts.base_site_id in self.sites:
            return self.sites[facts.base_site_id]
        return next(iter(self.points.get(facts.organization_id, {}).values()), None)

    def _elsewhere(self, plan_on: date) -> dict[UUID, tuple[Span, ...]]:
        """
        Find when carers work under another record of theirs: hours of one whom this plan has too, or visits.

        Of two records in one plan the one with the lower id keeps its hours, and the other has what is left.
        """
        same = carers.find_same_people(self.spans)
        away = {each for others in same.values() for each in others}
        day = (dates.start_of(plan_on, self.zone), dates.start_of(plan_on + 2 * ONE_DAY, self.zone))
        busy = visits.find_busy(away - self.spans.keys(), from_at=day[0], to_at=day[1])
        found: dict[UUID, tuple[Span, ...]] = {}
        for carer_id, others in sorted(same.items()):
            blocks = [
                Span(from_at, to_at) for each in sorted(others - self.spans.keys()) for from_at, to_at in busy[each]
            ]
            for each in sorted(others & self.spans.keys()):
                if each < carer_id:
                    blocks += [Span(span.from_at, span.to_at) for span in self.spans[each]]
                    lost_min = _shared_min(self.spans[carer_id], self.spans[each])
                    if lost_min:
                        self.notes.append(DayNote("same_person", carer_id, other_id=each, minutes=lost_min))
            if blocks:
                found[carer_id] = tuple(sorted(blocks))
        return found


def _only_past(begun: Sequence[DayVisit]) -> tuple[Stretch, ...]:
    """Give hours around what a carer began who is not on duty: nothing else has room in them."""
    starts = [each.started_at for each in begun if each.started_at]
    ends = [each.finished_at or at + each.visit_min * MINUTE for each, at in zip(begun, starts, strict=True)]
    return (Stretch(min(starts), max(*ends, min(starts) + MINUTE), 0),)


def _shared_min(own: Iterable[carers.WorkSpan], others: Iterable[carers.WorkSpan]) -> int:
    theirs = list(others)
    return sum(
        max(timedelta(0), min(one.to_at, other.to_at) - max(one.from_at, other.from_at)) // MINUTE
        for one in own
        for other in theirs
    )


def hash_of(case: DayCase, *, told: Mapping[str, object]) -> str:
    """Give the SHA-256 of a day and of what it is planned by, in one written form."""
    rows = [
        [
            (each.visit_id.hex, each.version, each.home_ll, bool(each.started_at), each.is_outside)
            for each in case.visits
        ],
        [(each.carer_id.hex, each.roster_hash, each.base_ll, each.unpopular_28d) for each in case.carers],
        *(
            sorted((elder_id.hex, sorted(each.hex for each in known)) for elder_id, known in wishes.items())
            for wishes in (case.usual, case.preferred, case.refused)
        ),
    ]
    text = json.dumps([case.plan_on.isoformat(), rows, told], separators=(",", ":"), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
