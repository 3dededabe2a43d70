"""Closed lists of the visits, what the room is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.errors import DispatchError


class VisitPurpose(StrEnum):
    """Outreach visits are counted in the visit rate; service visits belong to a care request."""

    OUTREACH = "outreach"
    SERVICE = "service"


class VisitStatus(StrEnum):
    """Where a planned visit stands."""

    PLANNED = "planned"
    ASSIGNED = "assigned"
    PUBLISHED = "published"
    STARTED = "started"
    FINISHED = "finished"
    CANCELED = "canceled"
    MISSED = "missed"

    @property
    def has_begun(self) -> bool:
        """Whether somebody went: it is under way, or was made."""
        return self in {VisitStatus.STARTED, VisitStatus.FINISHED}


VISIT_STATUS_WORDS = {
    VisitStatus.PLANNED: Words("还没有派人", "Planned"),
    VisitStatus.ASSIGNED: Words("已派人", "Given to a carer"),
    VisitStatus.PUBLISHED: Words("已公布", "Published"),
    VisitStatus.STARTED: Words("已开始", "Started"),
    VisitStatus.FINISHED: Words("已结束", "Finished"),
    VisitStatus.CANCELED: Words("已取消", "Canceled"),
    VisitStatus.MISSED: Words("没有记录，算作漏访", "Missed"),
}


class VisitMode(StrEnum):
    """How the elder was met; whether a mode counts is the area's rule."""

    DOOR = "door"
    SITE_MEETING = "site_meeting"
    PHONE_CALL = "phone_call"
    VIDEO = "video"
    THIRD_PARTY = "third_party"


class VisitOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    DONE_PARTLY = "done_partly"
    NOT_HOME = "not_home"
    REFUSED_AT_DOOR = "refused_at_door"
    MOVED_FOUND = "moved_found"
    DIED_FOUND = "died_found"
    IN_HOSPITAL_FOUND = "in_hospital_found"
    EMERGENCY_FOUND = "emergency_found"


CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a phone's clock may run ahead of ours: a visit that begins later than this after we received it has not
taken place yet. Its log is kept for review and does not count."""

EARLIEST_START = timedelta(hours=1)
"""P: how long before its window a service visit may begin: a carer who is early may begin, but not on another day."""

COUNTED_OUTCOMES = frozenset({VisitOutcome.DONE, VisitOutcome.DONE_PARTLY, VisitOutcome.EMERGENCY_FOUND})


class Place(StrEnum):
    """Where it took place."""

    HOME = "home"
    SITE = "site"
    OTHER = "other"


class Verdict(StrEnum):
    """What became of a log; a rejected one does not count."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    NEEDS_REVIEW = "needs_review"
    UPHELD = "upheld"
    REJECTED = "rejected"


class PutCount(NamedTuple):
    """What became of the records given; a repetition changes nothing."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class CaseloadRecord:
    """The community worker who answers for an elder's monthly visit; one at a time."""

    elder_id: UUID
    carer_id: UUID
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class NewVisit:
    """
    A visit that is wanted.

    With `carer_id` goes `start_at`, inside the window; a service by two carers is two of these with one
    `pair_id`, slots 1 and 2, and equal starts.
    """

    elder_id: UUID
    service_code: str
    window_from_at: datetime
    window_to_at: datetime
    visit_min: int
    carer_id: UUID | None = None
    start_at: datetime | None = None
    pair_id: UUID | None = None
    slot_no: int = 1
    purpose: VisitPurpose = VisitPurpose.SERVICE
    is_pinned: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit, planned or past."""

    visit_id: UUID
    elder_id: UUID
    service_code: str
    purpose: VisitPurpose
    window_from_at: datetime
    window_to_at: datetime
    visit_min: int
    start_at: datetime | None
    carer_id: UUID | None
    pair_id: UUID | None
    slot_no: int
    is_pinned: bool
    status: VisitStatus
    outcome: VisitOutcome | None
    version: int


class Placement(NamedTuple):
    """
    Who makes a visit and when, as a plan says; `version` is the visit's as the plan knew it.

    With `is_pinned` somebody held both, and later plans hold them too.
    """

    visit_id: UUID
    carer_id: UUID
    start_at: datetime
    version: int
    is_pinned: bool = False


class PublishedVisit(NamedTuple):
    """A visit that was published, and what had been said before: None where nobody had been told."""

    visit: VisitFacts
    carer_before: UUID | None
    start_before: datetime | None


@dataclass(frozen=True, slots=True)
class VisitLogEntry:
    """
    What a phone tells of a visit: service, elder, place, carer, start and end (the date is that of the start).

    `log_id` is made by the phone: the same entry twice is one log. `device_at` is the phone's clock when the
    entry was made; `fix_ll` is WGS 84, longitude first.
    """

    log_id: UUID
    elder_id: UUID
    carer_id: UUID
    service_code: str
    mode: VisitMode
    outcome: VisitOutcome
    started_at: datetime
    finished_at: datetime
    place: Place
    device_at: datetime
    visit_id: UUID | None = None
    fix_ll: tuple[float, float] | None = None
    fix_accuracy_m: float | None = None
    checklist_version: str | None = None
    answers: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StartWish:
    """That a visit began, as a phone tells it; `start_id` is made by the phone."""

    start_id: UUID
    started_at: datetime
    device_at: datetime


@dataclass(frozen=True, slots=True)
class FinishWish:
    """
    That a visit ended, as a phone tells it; service, elder and carer are those of the visit.

    `started_at` is needed where no start is on record: a phone may have been offline the whole time.
    """

    log_id: UUID
    outcome: VisitOutcome
    finished_at: datetime
    place: Place
    device_at: datetime
    started_at: datetime | None = None
    mode: VisitMode = VisitMode.DOOR
    fix_ll: tuple[float, float] | None = None
    fix_accuracy_m: float | None = None
    checklist_version: str | None = None
    answers: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StartFacts:
    """A start as it was kept, and the visit as it stands."""

    start_id: UUID
    visit: VisitFacts
    started_at: datetime
    device_at: datetime
    received_at: datetime
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class LogFacts:
    """A log as it was kept; `service_on` is the local date of its start."""

    log_id: UUID
    visit_id: UUID | None
    elder_id: UUID
    carer_id: UUID
    service_code: str
    mode: VisitMode
    outcome: VisitOutcome
    service_on: date
    started_at: datetime
    finished_at: datetime
    place: Place
    device_at: datetime
    received_at: datetime
    verdict: Verdict


class LogStatus(StrEnum):
    """What became of an entry."""

    CREATED = "created"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LogResult:
    """What became of one entry: the log as kept or, where it was refused, why."""

    log_id: UUID
    status: LogStatus
    log: LogFacts | None = None
    refusal: DispatchError | None = None


class Count(NamedTuple):
    """Elders due in a month and how many of them were visited."""

    due: int
    visited: int

    @property
    def unvisited(self) -> int:
        """Who was due and not visited."""
        return self.due - self.visited

    @property
    def strict_share(self) -> float | None:
        """Give visited / due, or None where nobody was due."""
        return self.visited / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class SetRule:
    """The set that decided who was due in an area."""

    area_code: str
    set_key: str
    members: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    is_open: bool
    clause: str | None


@dataclass(frozen=True, slots=True)
class ModeRule:
    """The modes that counted as a visit in an area; without a rule of the area (`area_code` None) door visits only."""

    area_code: str | None
    modes: tuple[str, ...]
    valid_from: date | None
    clause: str | None


class Standing(NamedTuple):
    """Where an elder who was due is counted, under whom (None: nobody was responsible), and with what result."""

    elder_id: UUID
    area_code: str
    carer_id: UUID | None
    categories: frozenset[str]
    is_visited: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """
    The visit rate of an area in a month, before any exclusion.

    `by_area` counts each elder at the area they lived in on their last day in the set, and at the subdistrict
    and district that this lies in: areas of one level add up to the whole. `by_carer` does the same for the
    community worker responsible on that day (None: nobody). The rows of `by_category` overlap.
    """

    area_code: str
    month: str
    period_from: date
    period_to: date
    rule_version: str
    whole: Count
    by_area: dict[str, Count]
    by_carer: dict[UUID | None, Count]
    by_category: dict[str, Count]
    standings: tuple[Standing, ...]
    sets: tuple[SetRule, ...]
    modes: tuple[ModeRule, ...]
    services: tuple[str, ...]
    outcomes: tuple[str, ...]

    @property
    def unvisited_ids(self) -> tuple[UUID, ...]:
        """Give the elders who were due and not visited, sorted."""
        return tuple(sorted(each.elder_id for each in self.standings if not each.is_visited))


@dataclass(frozen=True, slots=True)
class PublicRate:
    """
    A rate for who sees counts only: None stands for a row with a count of 1 to 4, or one that gives such a row away.

    `by_category` is given for a whole district only, since smaller areas' rows would give each other away.
    """

    rate: Rate
    whole: Count | None
    by_area: dict[str, Count | None]
    by_category: dict[str, Count | None]
