"""Closed lists of the care series, what one is asked with, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.intake.values.requests import Urgency
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from uuid import UUID

    from dispatch.intake.values.requests import Channel, Pairing, RequestStatus


class SeriesStatus(StrEnum):
    """An active series makes requests; an ended one makes no more, and keeps those of the past."""

    ACTIVE = "active"
    ENDED = "ended"


class PauseReason(StrEnum):
    """Why a series waits: the reasons of a hold, and what the record itself says."""

    IN_HOSPITAL = "in_hospital"
    AWAY = "away"
    WAITING_FAMILY = "waiting_family"
    WAITING_DOCUMENT = "waiting_document"
    MOVED_OUT = "moved_out"  # of the district: by the system alone
    ADMITTED = "admitted"  # to an institution: by the system alone


class SeriesEndReason(StrEnum):
    """Why a series ended: the reasons of a cancellation, or its last date is over."""

    NOT_NEEDED = "not_needed"
    SERVED_ELSEWHERE = "served_elsewhere"
    ENTERED_WRONGLY = "entered_wrongly"
    DIED = "died"
    RUN_OUT = "run_out"


class ExceptionKind(StrEnum):
    """What becomes of one date of a series."""

    SKIP = "skip"
    MOVE = "move"


class OccurrenceState(StrEnum):
    """What becomes of one date of a series, and why where nobody comes."""

    PLANNED = "planned"
    REQUESTED = "requested"
    BLOCKED = "blocked"
    REFUSED = "refused"
    SKIPPED = "skipped"
    PAUSED = "paused"
    IN_HOSPITAL = "in_hospital"
    ENDED = "ended"


OCCURRENCE_WORDS = {
    OccurrenceState.PLANNED: Words("还没到提交的日子", "Ahead; not requested yet"),
    OccurrenceState.REQUESTED: Words("已提交请求", "Requested"),
    OccurrenceState.BLOCKED: Words("同一时段已有别的请求", "Another open request stands in its place"),
    OccurrenceState.REFUSED: Words("未能提交", "Could not be requested"),
    OccurrenceState.SKIPPED: Words("这一次跳过", "Skipped"),
    OccurrenceState.PAUSED: Words("暂停中", "Paused"),
    OccurrenceState.IN_HOSPITAL: Words("住院期间暂停", "Paused while in hospital"),
    OccurrenceState.ENDED: Words("系列已结束", "The series has ended"),
}


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """What somebody asks for again and again; the window is in local times of the day."""

    id: UUID | None
    elder_id: UUID
    service_code: str
    rrule: str
    starts_on: date
    from_time: time
    to_time: time
    channel: Channel | None = None
    urgency: Urgency = Urgency.ROUTINE
    carer_sex: str | None = None
    pairing: Pairing | None = None
    carers_needed: int | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class PauseWish:
    """From when to when, half-open (None: until it is ended), a series is to wait, and why."""

    from_on: date
    to_on: date | None
    reason: PauseReason


@dataclass(frozen=True, slots=True)
class ExceptionWish:
    """What becomes of one date: skipped, or moved to another date or time."""

    on: date
    kind: ExceptionKind
    moved_to_on: date | None = None
    from_time: time | None = None
    to_time: time | None = None


@dataclass(frozen=True, slots=True)
class PauseCard:
    """A pause as it is shown."""

    id: UUID
    from_on: date
    to_on: date | None
    reason: PauseReason


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """All that decides the occurrences of a series; absences are those of kind hospital, half-open."""

    rrule: str
    starts_on: date
    from_time: time
    to_time: time
    ended_on: date | None = None
    pauses: tuple[PauseWish | PauseCard, ...] = ()
    exceptions: tuple[ExceptionWish, ...] = ()
    absences: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """
    One date of a series.

    `on` is the date that the rule gives and never changes; `service_on` is the date of the service, another one where
    it was moved. `reason` says why it is paused, `code` and `words` why it was refused and who can clear it.
    """

    on: date
    service_on: date
    from_time: time
    to_time: time
    state: OccurrenceState
    reason: PauseReason | None = None
    care_request_id: UUID | None = None
    request_status: RequestStatus | None = None
    blocked_by: UUID | None = None
    code: str | None = None
    words: Words | None = None

    @property
    def state_words(self) -> Words:
        """The state in words."""
        return OCCURRENCE_WORDS[self.state]

    def as_state(self, state: OccurrenceState, *, reason: PauseReason | None = None) -> Occurrence:
        """Give the same date in another state."""
        return replace(self, state=state, reason=reason)


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A series as it is shown; without its dates where it is one of a list."""

    id: UUID
    elder_id: UUID
    area_code: str
    service_code: str
    channel: Channel
    urgency: Urgency
    requested_by: UUID | None
    on_behalf_of: str | None
    rrule: str
    starts_on: date
    last_on: date
    from_time: time
    to_time: time
    carers_needed: int | None
    pairing: Pairing | None
    carer_sex: str | None
    status: SeriesStatus
    ended_on: date | None
    end_reason: SeriesEndReason | None
    created_at: datetime
    version: int
    pauses: tuple[PauseCard, ...] = ()
    exceptions: tuple[ExceptionWish, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesFilter:
    """Which series a list holds; None: all that the reader may see."""

    elder_id: UUID | None = None
    area_code: str | None = None
    status: SeriesStatus | None = None


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page of series, newest first; `next_place` is where the next page begins, None at the end."""

    series: list[SeriesCard]
    next_place: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What an extension made of a series' dates: requests, and what stands in the way of others."""

    series_id: UUID
    made: dict[date, UUID]
    blocked: dict[date, UUID]
    refused: dict[date, str]
