"""Closed lists of the care requests, what one is asked with, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Role
    from dispatch.intake.values.quotes import QuoteCard


class RequestStatus(StrEnum):
    """The states of a care request; the moves between them are in `rules`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    FAILED = "failed"
    UNMATCHED = "unmatched"
    CANCELED = "canceled"
    VOIDED = "voided"

    @property
    def is_served(self) -> bool:
        """Whether somebody took it and it stands: its visits are to be made, or were."""
        return self.is_to_serve or self is RequestStatus.COMPLETED

    @property
    def is_to_serve(self) -> bool:
        """Whether somebody took it and still has to come: it neither waits nor has it ended."""
        return self in {RequestStatus.ACCEPTED, RequestStatus.SCHEDULED, RequestStatus.IN_PROGRESS}


STATUS_WORDS = {
    RequestStatus.DRAFT: Words("草稿", "Draft"),
    RequestStatus.SUBMITTED: Words("已提交", "Submitted"),
    RequestStatus.OFFERED: Words("已派单，等待接单", "Offered to a provider"),
    RequestStatus.ACCEPTED: Words("已接单", "Accepted"),
    RequestStatus.SCHEDULED: Words("已排期", "Scheduled"),
    RequestStatus.IN_PROGRESS: Words("服务中", "In progress"),
    RequestStatus.ON_HOLD: Words("已暂停", "On hold"),
    RequestStatus.COMPLETED: Words("已完成", "Completed"),
    RequestStatus.FAILED: Words("未能完成", "Failed"),
    RequestStatus.UNMATCHED: Words("未匹配到机构", "No provider found"),
    RequestStatus.CANCELED: Words("已取消", "Canceled"),
    RequestStatus.VOIDED: Words("已作废", "Entered in error"),
}


class Channel(StrEnum):
    """How a request came in."""

    APP = "app"
    PHONE = "phone"
    COUNTER = "counter"
    WORKER = "worker"
    VISIT = "visit"
    SOS = "sos"


class Urgency(StrEnum):
    """How soon it must be accepted and begun."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


class Pairing(StrEnum):
    """How two carers work together."""

    SIMULTANEOUS = "simultaneous"
    SEQUENTIAL = "sequential"


class CancelReason(StrEnum):
    """Why a request was canceled."""

    NOT_NEEDED = "not_needed"
    SERVED_ELSEWHERE = "served_elsewhere"
    ENTERED_WRONGLY = "entered_wrongly"
    DIED = "died"


class HoldReason(StrEnum):
    """Why a request waits."""

    IN_HOSPITAL = "in_hospital"
    AWAY = "away"
    WAITING_FAMILY = "waiting_family"
    WAITING_DOCUMENT = "waiting_document"


@dataclass(frozen=True, slots=True)
class Move:
    """
    One kind of move of the state machine.

    `before` is None for the very first; `after` is None where the request goes back to the state before the hold.
    """

    before: RequestStatus | None
    after: RequestStatus | None
    roles: frozenset[Role]  # the system may make every move
    kind: str  # of the journal entry
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class RequestState:
    """Where a request stands, and where it returns to when it is on hold."""

    status: RequestStatus
    before_hold: RequestStatus | None = None


@dataclass(frozen=True, slots=True)
class MoveDecision:
    """What became of a wish to move: the move, or None with the states that can be reached from here."""

    move: Move | None
    allowed: tuple[RequestStatus, ...]
    is_open_to_roles: bool


@dataclass(frozen=True, slots=True)
class RequestWish:
    """
    What somebody asks for.

    Without `channel` the role decides (elder and family: app, community worker: worker); without `period`
    the beginning of the window does; without `carers_needed` the code list of the services does.

    `service_at_site_id` is whose price is quoted, and binds nobody; `quote_id` a quote that was seen, which must still
    hold. `even_if_not_offered`: a need that nobody in the district can meet is to be on record all the same.
    """

    id: UUID | None
    elder_id: UUID
    service_code: str
    window_from_at: datetime
    window_to_at: datetime
    channel: Channel | None = None
    urgency: Urgency = Urgency.ROUTINE
    period: str | None = None
    carer_sex: str | None = None
    pairing: Pairing | None = None
    carers_needed: int | None = None
    on_behalf_of: str | None = None
    service_at_site_id: UUID | None = None
    quote_id: UUID | None = None
    is_draft: bool = False
    even_if_not_offered: bool = False


@dataclass(frozen=True, slots=True)
class RequestCard:
    """
    A care request as it is shown.

    `carers_needed` is 0 where the service that is found decides: a group of services, or one given at a site.
    """

    id: UUID
    elder_id: UUID
    area_code: str
    service_code: str
    channel: Channel
    urgency: Urgency
    requested_by: UUID | None
    on_behalf_of: str | None
    service_on: date
    period: str
    window_from_at: datetime
    window_to_at: datetime
    carers_needed: int
    pairing: Pairing | None
    carer_sex: str | None
    service_at_site_id: UUID | None
    status: RequestStatus
    status_before_hold: RequestStatus | None
    submitted_at: datetime
    version: int
    visit_ids: tuple[UUID, ...] = ()
    next_states: tuple[RequestStatus, ...] = ()
    quote_id: UUID | None = None
    quote: QuoteCard | None = None

    @property
    def status_words(self) -> Words:
        """The state in words."""
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests a list holds; None: all that the reader may see."""

    status: RequestStatus | None = None
    elder_id: UUID | None = None
    area_code: str | None = None
    service_code: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of requests, newest first; `next_place` is where the next page begins, None at the end."""

    requests: list[RequestCard]
    next_place: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class ServedCount:
    """How many requests one service_at_site was given, and when the newest of them came in."""

    count: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServedHistory:
    """What was given to whom: for fair shares by service_at_site, for continuity of one elder by site."""

    by_offer: dict[UUID, ServedCount] = field(default_factory=dict)
    of_elder: dict[UUID, int] = field(default_factory=dict)
