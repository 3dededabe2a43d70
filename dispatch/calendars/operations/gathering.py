"""What stands in a feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from dispatch import carers, directory, elders, intake, journal, visits
from dispatch.actor import SYSTEM
from dispatch.calendars.queries import CalendarNotFoundError
from dispatch.calendars.rules import AHEAD, OCCURRENCE_STATUS, PAST, REQUEST_STATUS, VISIT_STATUS, title_of
from dispatch.calendars.values import CalendarEntry, Feed, FeedKind
from dispatch.dates import service_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from dispatch.intake import Occurrence, RequestCard, SeriesCard
    from dispatch.visits import VisitFacts

UIDS = UUID("0197a2f0-5b1e-7c33-9d4a-6f2b8e0c1d57")  # names of entries are made in it: the same thing, the same name
SERVICE = "service"
AT_ONCE = 200
DRAFTED = frozenset({intake.RequestStatus.DRAFT})


def gather_visits(account_id: UUID, *, at: datetime) -> Feed:
    """Gather the visits of the carer whom an account belongs to, 30 days back and 60 ahead."""
    carer_id = carers.find_carer_id(account_id)
    if carer_id is None:
        raise CalendarNotFoundError
    found = visits.find_visits(carer_ids=[carer_id], from_at=at - PAST, to_at=at + AHEAD)
    names = elders.find_names({each.elder_id for each in found})
    entries = _visit_entries(found, names=names)
    return Feed(FeedKind.CARER, tuple(entries), frozenset(each.elder_id for each in found))


def gather_services(elder_id: UUID, *, at: datetime, zone: ZoneInfo) -> Feed:
    """Gather what an elder has asked for, once or as a series, 30 days back and 60 ahead."""
    span = service_date(at - PAST, zone), service_date(at + AHEAD, zone)
    dated = intake.find_occurrences([elder_id], from_on=span[0], to_on=span[1], actor=SYSTEM)
    of_request = {each.care_request_id: (series, each) for series, each in dated if each.care_request_id}
    found = [each for each in _requests(elder_id) if at - PAST < each.window_to_at and each.window_from_at < at + AHEAD]
    planned, labels = _planned_times(found), _labels()
    name = elders.find_names([elder_id]).get(elder_id, "")
    changed = journal.find_latest_at([each.id for each in found] + [series.id for series, _ in dated])
    entries = []
    for each in found:
        from_at, to_at = planned.get(each.id, (each.window_from_at, each.window_to_at))
        series, occurrence = of_request.pop(each.id, (None, None))
        entries.append(
            CalendarEntry(
                # a date of a series keeps its name when it becomes a request, and its count goes on
                uid=_series_uid(series, occurrence) if series and occurrence else _uid("request", str(each.id)),
                sequence=each.version - 1 + (series.version if series else 0),
                title=title_of(labels.get(each.service_code, each.service_code), name=name),
                from_at=from_at,
                to_at=to_at,
                status=REQUEST_STATUS[each.status],
                changed_at=changed.get(each.id, each.submitted_at),
            )
        )
    entries += [
        CalendarEntry(
            uid=_series_uid(series, each),
            sequence=series.version - 1,
            title=title_of(labels.get(series.service_code, series.service_code), name=name),
            from_at=datetime.combine(each.service_on, each.from_time, zone),
            to_at=datetime.combine(each.service_on, each.to_time, zone),
            status=OCCURRENCE_STATUS[each.state],
            changed_at=changed.get(series.id, series.created_at),
        )
        for series, each in dated
        if each.care_request_id is None
    ]
    return Feed(FeedKind.ELDER, tuple(entries), frozenset({elder_id}))


def _visit_entries(found: Iterable[VisitFacts], *, names: dict[UUID, str]) -> list[CalendarEntry]:
    rows = list(found)
    labels, changed = _labels(), journal.find_latest_at(each.visit_id for each in rows)
    return [
        CalendarEntry(
            uid=_uid("visit", str(each.visit_id)),
            sequence=each.version - 1,
            title=title_of(labels.get(each.service_code, each.service_code), name=names.get(each.elder_id, "")),
            from_at=_span(each)[0],
            to_at=_span(each)[1],
            status=VISIT_STATUS[each.status],
            changed_at=changed.get(each.visit_id, each.window_from_at),
        )
        for each in rows
    ]


def _span(visit: VisitFacts) -> tuple[datetime, datetime]:
    """Give when somebody is there: from the start that was found for as long as it takes, or else the window."""
    if visit.start_at is None:
        return visit.window_from_at, visit.window_to_at
    return visit.start_at, visit.start_at + timedelta(minutes=visit.visit_min)


def _planned_times(found: Iterable[RequestCard]) -> dict[UUID, tuple[datetime, datetime]]:
    """Find when somebody comes for each request whose visits have a start."""
    request_of = {visit_id: each.id for each in found for visit_id in each.visit_ids}
    planned: dict[UUID, tuple[datetime, datetime]] = {}
    for visit in visits.find_visits(visit_ids=list(request_of)) if request_of else ():
        if visit.start_at is not None:
            before, (from_at, to_at) = planned.get(request_of[visit.visit_id]), _span(visit)
            planned[request_of[visit.visit_id]] = (
                (from_at, to_at) if before is None else (min(before[0], from_at), max(before[1], to_at))
            )
    return planned


def _requests(elder_id: UUID) -> list[RequestCard]:
    found: list[RequestCard] = []
    after: tuple[datetime, UUID] | None = None
    while True:
        page = intake.find_requests(SYSTEM, wanted=intake.RequestFilter(elder_id=elder_id), limit=AT_ONCE, after=after)
        found += [each for each in page.requests if each.status not in DRAFTED]
        after = page.next_place
        if after is None:
            return found


def _uid(kind: str, of: str) -> str:
    """Name an entry for as long as it is there, without giving away the id of what it is about (RFC 7986, UUIDs)."""
    return str(uuid5(UIDS, f"{kind}:{of}"))


def _series_uid(series: SeriesCard, each: Occurrence) -> str:
    return _uid("series", f"{series.id}:{each.on}")


def _labels() -> dict[str, str]:
    return {code.code: code.label_zh for code in directory.find_codes(SERVICE)}
