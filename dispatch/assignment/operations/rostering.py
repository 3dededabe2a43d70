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
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.assignment.operations.distances import Distances
    from dispatch.geo import LonLat

ONE_DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Roster:
    """The carers of some organizations on the days of a window."""

    def __init__(
        self,
        organizations: dict[UUID, LonLat | None],
        *,
        elder_id: UUID,
        window: Span,
        now: datetime,
        zone: ZoneInfo,
        is_locked: bool,
    ) -> None:
        """
        Read the carers of organizations, given with the place from which those without a base start.

        With `is_locked` they are held until the transaction ends, before what they are busy with is read.
        """
        self.zone = zone
        self.start_ll = organizations
        days = _days(window, zone=zone)
        # a night that began on the evening before may reach into the window
        days_read = (days[0] - ONE_DAY, *days)
        self.by_day = carers.find_carers_on(days_read, organization_ids=organizations) if organizations else {}
        self.facts = {each.carer_id: each for on in reversed(days) for each in self.by_day.get(on, ())}
        if is_locked:
            carers.lock_carers(self.facts)
        self.busy = visits.find_busy(
            self.facts,
            from_at=dates.start_of(days[0] - ONE_DAY, zone),
            to_at=dates.start_of(days[-1] + 2 * ONE_DAY, zone),  # a night that begins on the last day
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
        work = self._work()
        found: dict[UUID, list[CarerCase]] = defaultdict(list)
        for carer_id, each in sorted(self.facts.items()):
            found[each.organization_id].append(
                CarerCase(
                    carer_id=carer_id,
                    name=each.name,
                    sex=each.sex,
                    skills=frozenset(each.skills),
                    way=distances.carer_way(self._base_ll(each), mode=each.travel_mode.value, limit_s=HOME_LIMIT_S),
                    work=tuple(work[carer_id]),
                    busy=tuple(Span(*span) for span in self.busy[carer_id]),
                    visits_90d=self.visits_90d.get(carer_id, 0),
                    is_refused=self.preferences.get(carer_id) is PreferenceKind.REFUSED,
                    is_preferred=self.preferences.get(carer_id) is PreferenceKind.PREFERRED,
                )
            )
        return {organization_id: tuple(cases) for organization_id, cases in found.items()}

    def _work(self) -> dict[UUID, list[WorkSpan]]:
        """
        Give the shifts with the minutes of work that are left on each day.

        A day holds no more than the carer's limit, and no more than the shifts less their breaks; visits already
        planned are taken off. A night belongs to the day on which it begins, with the visits in it.
        """
        spans_of: dict[UUID, dict[date, tuple[carers.WorkSpan, ...]]] = defaultdict(dict)
        # hours are the same for many: each are turned into instants once
        known: dict[tuple[object, ...], tuple[carers.WorkSpan, ...]] = {}
        for on, facts in self.by_day.items():
            for each in facts:
                key = (on, each.shifts, each.exceptions)
                if key not in known:
                    known[key] = carers.work_spans(each, zone=self.zone)
                spans_of[each.carer_id][on] = known[key]
        found = {}
        for carer_id, each in self.facts.items():
            busy_min: dict[date, int] = defaultdict(int)
            for from_at, to_at in self.busy[carer_id]:
                busy_min[self._working_day(from_at, spans=spans_of[carer_id])] += (to_at - from_at) // MINUTE
            found[carer_id] = [
                WorkSpan(Span(span.from_at, span.to_at), left_min)
                for on, spans in spans_of[carer_id].items()
                for left_min in [max(0, min(each.day_limit_min, _duty_min(spans)) - busy_min[on])]
                for span in spans
            ]
        return found

    def _working_day(self, at: datetime, *, spans: dict[date, tuple[carers.WorkSpan, ...]]) -> date:
        """Give the day whose work an instant lies in, the earlier of two; without work its own date."""
        for on, worked in sorted(spans.items()):
            if any(span.from_at <= at < span.to_at for span in worked):
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


def _site_points(site_ids: Iterable[UUID]) -> dict[UUID, LonLat]:
    site = directory.Site
    rows = session().execute(sa.select(site.id, site.lon, site.lat).where(site.id.in_(list(site_ids))))
    return {site_id: (lon, lat) for site_id, lon, lat in rows if lon is not None and lat is not None}
