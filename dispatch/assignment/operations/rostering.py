"""The carers of the organizations that come to the home: skills, shifts, visits already planned."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, dates, directory, visits
from dispatch.assignment.queries import find_preferences
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS
from dispatch.assignment.rules.travel import HOME_LIMIT_S
from dispatch.assignment.values import CarerCase, PreferenceKind, Span, WorkSpan
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.assignment.operations.distances import Distances
    from dispatch.geo import LonLat

    SpansByDate = dict[date, tuple[carers.WorkSpan, ...]]

ONE_DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Roster:
    """The carers of some organizations on the days of a window."""

    def __init__(
        self,
        organizations: dict[UUID, LonLat | None],
        *,
        elder_id: UUID,
        skills: Collection[str],
        window: Span,
        now: datetime,
        zone: ZoneInfo,
        is_locked: bool,
    ) -> None:
        """
        Read the carers of organizations, given with the place from which those without a base start.

        Of what they can do `skills` alone are read. With `is_locked` they are held until the transaction ends, before
        what they are busy with is read.
        """
        self.zone = zone
        self.start_ll = organizations
        days = _days(window, zone=zone)
        by_day = carers.find_carers_on(days, organization_ids=organizations, skills=skills) if organizations else {}
        self.facts = {each.carer_id: each for on in reversed(days) for each in by_day.get(on, ())}
        self.spans = self._spans(by_day)
        if is_locked:
            carers.lock_carers(self.facts)
        # visits of the days of the window, of an evening whose night reaches into it, and to the end of the last night
        worked = [(on, spans[-1].to_at) for by_date in self.spans.values() for on, spans in by_date.items() if spans]
        self.busy = visits.find_busy(
            self.facts,
            from_at=dates.start_of(min((days[0], *(on for on, _ in worked))), zone),
            to_at=max((dates.start_of(days[-1] + ONE_DAY, zone), *(to_at for _, to_at in worked))),
        )
        since = now - timedelta(days=CONTINUITY_DAYS)
        self.visits_90d = visits.count_visits(elder_id, carer_ids=self.facts, since=since, until=now)
        self.preferences = find_preferences(elder_id, on=days[0])
        self.sites_ll = _site_points({each.base_site_id for each in self.facts.values() if each.base_site_id})

    @property
    def bases_ll(self) -> list[LonLat]:
        """Where the carers start; those of whom it is not known are left out."""
        found = (self._base_ll(each) for each in self.facts.values())
        return [point for point in found if point]

    def cases(self, *, distances: Distances) -> dict[UUID, tuple[CarerCase, ...]]:
        """Give the carers of each organization as the rules are told of them."""
        found: dict[UUID, list[CarerCase]] = defaultdict(list)
        for carer_id, each in sorted(self.facts.items()):
            preference = self.preferences.get(carer_id)
            found[each.organization_id].append(
                CarerCase(
                    carer_id=carer_id,
                    name=each.name,
                    sex=each.sex,
                    skills=frozenset(each.skills),
                    way=distances.carer_way(self._base_ll(each), mode=each.travel_mode.value, limit_s=HOME_LIMIT_S),
                    work=self._work(each),
                    busy=tuple(map(Span._make, self.busy[carer_id])),
                    visits_90d=self.visits_90d.get(carer_id, 0),
                    is_refused=preference is PreferenceKind.REFUSED,
                    is_preferred=preference is PreferenceKind.PREFERRED,
                )
            )
        return {organization_id: tuple(cases) for organization_id, cases in found.items()}

    def _spans(
        self, by_day: dict[date, list[carers.CarerFacts]]
    ) -> dict[UUID, dict[date, tuple[carers.WorkSpan, ...]]]:
        """Give when each carer works, by the day on which the work begins, in order of the days."""
        found: dict[UUID, SpansByDate] = defaultdict(dict)
        # hours are the same for many: each are turned into instants once
        known: dict[tuple[object, ...], tuple[carers.WorkSpan, ...]] = {}
        for on, facts in sorted(by_day.items()):
            for each in facts:
                key = (on, each.shifts, each.exceptions)
                if key not in known:
                    known[key] = carers.work_spans(each, zone=self.zone)
                found[each.carer_id][on] = known[key]
        return found

    def _work(self, each: carers.CarerFacts) -> tuple[WorkSpan, ...]:
        """
        Give the shifts with the minutes of work that are left on each day.

        A day holds no more than the carer's limit, and no more than the shifts less their breaks; visits already
        planned are taken off. A night belongs to the day on which it begins, with the visits in it.
        """
        by_date = self.spans[each.carer_id]
        busy_min: dict[date, int] = defaultdict(int)
        for from_at, to_at in self.busy[each.carer_id]:
            busy_min[self._working_day(from_at, spans=by_date)] += (to_at - from_at) // MINUTE
        return tuple(
            WorkSpan(Span(span.from_at, span.to_at), left_min)
            for on, spans in by_date.items()
            for left_min in [max(0, min(each.day_limit_min, _duty_min(spans)) - busy_min[on])]
            for span in spans
        )

    def _working_day(self, at: datetime, *, spans: SpansByDate) -> date:
        """Give the day whose work an instant lies in, the earlier of two; without work its own date."""
        for on, worked in spans.items():
            for span in worked:
                if span.from_at <= at < span.to_at:
                    return on
        return dates.service_date(at, self.zone)

    def _base_ll(self, each: carers.CarerFacts) -> LonLat | None:
        if each.base_lon is not None and each.base_lat is not None:
            return each.base_lon, each.base_lat
        if each.base_site_id is not None:
            return self.sites_ll.get(each.base_site_id)
        return self.start_ll[each.organization_id]


def _duty_min(spans: Iterable[carers.WorkSpan]) -> int:
    return sum((span.to_at - span.from_at) // MINUTE - span.break_min for span in spans)


def _days(window: Span, *, zone: ZoneInfo) -> list[date]:
    first, last = dates.service_date(window.from_at, zone), dates.service_date(window.to_at, zone)
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _site_points(site_ids: Collection[UUID]) -> dict[UUID, LonLat]:
    if not site_ids:
        return {}
    site = directory.Site
    rows = session().execute(sa.select(site.id, site.lon, site.lat).where(site.id.in_(list(site_ids))))
    return {site_id: (lon, lat) for site_id, lon, lat in rows if lon is not None and lat is not None}
