"""What happens between acceptance and the end: failing, attending at a site, confirming, disputing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Role
    from dispatch.intake.values.requests import RequestStatus, Urgency
    from dispatch.visits import VisitOutcome


class FailureReason(StrEnum):
    """Why a request that was scheduled did not come about; the first five are outcomes of a visit."""

    NOT_HOME = "not_home"
    REFUSED_AT_DOOR = "refused_at_door"
    MOVED_FOUND = "moved_found"
    DIED_FOUND = "died_found"
    IN_HOSPITAL_FOUND = "in_hospital_found"
    NOBODY_CAME = "nobody_came"
    NOT_SAFE = "not_safe"
    NOT_POSSIBLE = "not_possible"


class ConfirmedBy(StrEnum):
    """How a completed request came to be confirmed."""

    PERSON = "person"
    SILENCE = "silence"


class DisputeReason(StrEnum):
    """What is wrong with a completed request. A closed list: a free text would be about a person."""

    NOT_SERVED = "not_served"
    PARTLY_SERVED = "partly_served"
    OTHER_TIME = "other_time"
    OTHER_CARER = "other_carer"
    WRONG_AMOUNT = "wrong_amount"
    POOR_QUALITY = "poor_quality"
    CONDUCT = "conduct"
    DAMAGE = "damage"


class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    CLOSED = "closed"


class DisputeOutcome(StrEnum):
    """What an officer found: upheld, the request stays out of what is paid; rejected, it counts again."""

    UPHELD = "upheld"
    REJECTED = "rejected"


DISPUTE_WORDS = {
    DisputeReason.NOT_SERVED: Words("没有提供服务", "The service was not given"),
    DisputeReason.PARTLY_SERVED: Words("服务不完整", "The service was given in part"),
    DisputeReason.OTHER_TIME: Words("时间与记录不符", "Not at the recorded time"),
    DisputeReason.OTHER_CARER: Words("不是记录的人员", "Not by the recorded carer"),
    DisputeReason.WRONG_AMOUNT: Words("金额不对", "The amount is wrong"),
    DisputeReason.POOR_QUALITY: Words("服务质量不满意", "Poor quality"),
    DisputeReason.CONDUCT: Words("服务态度或行为问题", "Conduct of the carer"),
    DisputeReason.DAMAGE: Words("财物损坏或丢失", "Something was damaged or lost"),
}


@dataclass(frozen=True, slots=True)
class AttendanceWish:
    """
    What a coordinator records of a service given at the site: that it began, that it ended, or both.

    `attendance_id` is made by the sender: the same one again is the same record.
    """

    attendance_id: UUID
    device_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: VisitOutcome | None = None


@dataclass(frozen=True, slots=True)
class AttendanceCard:
    """A service given at a site, as it is recorded: the site is the place and the provider."""

    attendance_id: UUID
    care_request_id: UUID
    elder_id: UUID
    service_at_site_id: UUID
    service_code: str
    started_at: datetime
    finished_at: datetime | None
    outcome: VisitOutcome | None
    received_at: datetime
    finish_received_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConfirmationCard:
    """That a completed request was confirmed: by a person with a rating or without, or by silence."""

    care_request_id: UUID
    elder_id: UUID
    confirmed_by: ConfirmedBy
    rating: int | None
    role: Role | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DisputeCard:
    """A dispute about a completed request."""

    care_request_id: UUID
    elder_id: UUID
    reason: DisputeReason
    status: DisputeStatus
    role: Role | None
    opened_at: datetime
    outcome: DisputeOutcome | None
    closed_at: datetime | None


class ServedRequest(NamedTuple):
    """What a plan asks of the request that a visit serves."""

    request_id: UUID
    area_code: str
    service_at_site_id: UUID | None
    urgency: Urgency
    carer_sex: str | None
    is_sequential: bool
    status: RequestStatus
