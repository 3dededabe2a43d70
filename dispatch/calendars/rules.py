"""How visits and services become entries of a calendar, and entries a text of RFC 5545."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import icalendar

from dispatch import visits
from dispatch.calendars.values import EntryStatus, FeedKind
from dispatch.intake import OccurrenceState, RequestStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dispatch.calendars.values import CalendarEntry

PAST: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=60)
ASKED_AGAIN_AFTER: Final = timedelta(hours=1)
PRODUCT: Final = "-//dispatch//calendar feed 1//ZH"
NAMES: Final = {FeedKind.ELDER: "养老服务", FeedKind.CARER: "上门服务"}
FIRST_CHARACTER: Final = 1  # of a name: others fetch a feed, too, and keep it on machines of theirs

VISIT_STATUS: Final = dict.fromkeys(visits.VisitStatus, EntryStatus.CONFIRMED) | {
    visits.VisitStatus.PLANNED: EntryStatus.TENTATIVE,
    visits.VisitStatus.CANCELED: EntryStatus.CANCELLED,
    visits.VisitStatus.MISSED: EntryStatus.CANCELLED,
}
REQUEST_STATUS: Final = dict.fromkeys(RequestStatus, EntryStatus.TENTATIVE) | {
    RequestStatus.ACCEPTED: EntryStatus.CONFIRMED,
    RequestStatus.SCHEDULED: EntryStatus.CONFIRMED,
    RequestStatus.IN_PROGRESS: EntryStatus.CONFIRMED,
    RequestStatus.COMPLETED: EntryStatus.CONFIRMED,
    RequestStatus.CANCELED: EntryStatus.CANCELLED,
    RequestStatus.VOIDED: EntryStatus.CANCELLED,
    RequestStatus.FAILED: EntryStatus.CANCELLED,
    RequestStatus.UNMATCHED: EntryStatus.CANCELLED,
}


OCCURRENCE_STATUS: Final = dict.fromkeys(OccurrenceState, EntryStatus.CANCELLED) | {
    OccurrenceState.PLANNED: EntryStatus.TENTATIVE,
    OccurrenceState.REQUESTED: EntryStatus.TENTATIVE,
}


def title_of(service: str, *, name: str) -> str:
    """Give what stands in a calendar: the service, and of the elder's name the first character."""
    initial = name[:FIRST_CHARACTER]
    return f"{service} {initial}" if initial else service


def write_calendar(entries: Iterable[CalendarEntry], *, kind: FeedKind, zone: ZoneInfo) -> bytes:
    """Write a calendar, always the same for the same entries: times local, with the rules of their zone."""
    made = icalendar.Calendar()
    # REFRESH-INTERVAL and NAME are RFC 7986; the names with X- are what older programs know instead
    facts: dict[str, Any] = {
        "prodid": PRODUCT,
        "version": "2.0",
        "method": "PUBLISH",
        "name": NAMES[kind],
        "x-wr-calname": NAMES[kind],
        "x-wr-timezone": zone.key,
    }
    for name, value in facts.items():
        made.add(name, value)
    made.add("refresh-interval", ASKED_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for entry in sorted(entries, key=lambda each: (each.from_at, each.uid)):
        made.add_component(_event(entry, zone=zone))
    made.add_missing_timezones()
    text: bytes = made.to_ical()
    return text


def _event(entry: CalendarEntry, *, zone: ZoneInfo) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("summary", entry.title)
    made.add("dtstart", _local(entry.from_at, zone))
    made.add("dtend", _local(entry.to_at, zone))
    made.add("status", entry.status.value)
    made.add("dtstamp", entry.changed_at)
    made.add("last-modified", entry.changed_at)
    made.add("class", "PRIVATE")
    return made


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(microsecond=0)
