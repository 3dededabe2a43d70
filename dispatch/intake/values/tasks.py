"""What waits for a supervisor: the kinds of tasks, why one is closed, and how one is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.intake.values.requests import RequestStatus, Urgency


class TaskKind(StrEnum):
    """Why somebody has to look at a request."""

    UNMATCHED = "unmatched"
    NOT_OFFERABLE = "not_offerable"
    ACCEPT_BREACHED = "accept_breached"
    START_BREACHED = "start_breached"
    CARER_LOST = "carer_lost"
    ELDER_EVENT = "elder_event"
    DISPUTED = "disputed"
    PROBLEM_REPORTED = "problem_reported"


class TaskStatus(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a task was closed: the first four are what an officer may say, the others are what became of its cause."""

    HANDLED = "handled"
    ARRANGED_ELSEWHERE = "arranged_elsewhere"
    NOT_NEEDED = "not_needed"
    RAISED_WRONGLY = "raised_wrongly"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"
    REOPENED = "reopened"
    CANCELED = "canceled"
    VOIDED = "voided"
    RESOLVED = "resolved"


OFFICERS_REASONS: Final = (
    CloseReason.HANDLED,
    CloseReason.ARRANGED_ELSEWHERE,
    CloseReason.NOT_NEEDED,
    CloseReason.RAISED_WRONGLY,
)
TASK_WORDS: Final = {
    TaskKind.UNMATCHED: Words("没有机构接单", "Nobody takes the request"),
    TaskKind.NOT_OFFERABLE: Words("无法派单", "Cannot be offered"),
    TaskKind.ACCEPT_BREACHED: Words("超时未接单", "Not accepted in time"),
    TaskKind.START_BREACHED: Words("超时未开始服务", "Not begun in time"),
    TaskKind.CARER_LOST: Words("服务人员空缺", "A carer was lost"),
    TaskKind.ELDER_EVENT: Words("老人情况有变", "The elder's situation changed"),
    TaskKind.DISPUTED: Words("对服务有异议", "The service is disputed"),
    TaskKind.PROBLEM_REPORTED: Words("上门遇到问题", "A carer met a problem"),
}


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A task as it is shown, with the request's service and state; the elder's id is for the access line."""

    id: UUID
    kind: TaskKind
    care_request_id: UUID
    elder_id: UUID
    area_code: str
    service_code: str
    urgency: Urgency
    request_status: RequestStatus
    reason: str | None
    raised_at: datetime
    status: TaskStatus
    closed_at: datetime | None
    closed_by: UUID | None
    close_reason: CloseReason | None
    version: int

    @property
    def kind_words(self) -> Words:
        """The kind in words."""
        return TASK_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks a list holds; None: all that the reader may see."""

    area_code: str | None = None
    kind: TaskKind | None = None
    status: TaskStatus | None = None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks, those raised last first; `next_place` is where the next page begins, None at the end."""

    tasks: list[TaskCard]
    next_place: tuple[datetime, UUID] | None = None
