"""Closed lists of the offers made to providers, and what is shown of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class OfferStatus(StrEnum):
    """The states of an offer; it leaves `open` once, for one of the others."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    """Why a provider declines (domain.md section 3.6)."""

    NO_STAFF = "no_staff"
    FULL_NOW = "full_now"
    TOO_FAR = "too_far"
    OUTSIDE_SCOPE = "outside_scope"
    SAFETY = "safety"
    PRICE_ISSUE = "price_issue"
    OTHER = "other"


class WithdrawReason(StrEnum):
    """Why an offer was taken back."""

    OFFICER = "officer"  # an officer took it back: the next provider is asked
    REROUTED = "rerouted"  # an officer offers it to another
    CANNOT_SERVE = "cannot_serve"  # the provider wanted to accept, and can serve it no more
    ASSIGNED = "assigned"  # the request was given to a provider directly
    HELD = "held"  # the request waits
    ENDED = "ended"  # the request has come to an end


# after these a provider is not asked again in the same round
TRIED_AND_WITHDRAWN = frozenset({WithdrawReason.OFFICER, WithdrawReason.REROUTED, WithdrawReason.CANNOT_SERVE})

OFFER_STATUS_WORDS = {
    OfferStatus.OPEN: Words("等待接单", "Waiting for an answer"),
    OfferStatus.ACCEPTED: Words("已接单", "Accepted"),
    OfferStatus.DECLINED: Words("已谢绝", "Declined"),
    OfferStatus.EXPIRED: Words("超时未答复", "Ran out without an answer"),
    OfferStatus.WITHDRAWN: Words("已撤回", "Withdrawn"),
}

DECLINE_WORDS = {
    DeclineReason.NO_STAFF: Words("人手不足", "Not enough staff"),
    DeclineReason.FULL_NOW: Words("名额已满", "No place free now"),
    DeclineReason.TOO_FAR: Words("太远", "Too far"),
    DeclineReason.OUTSIDE_SCOPE: Words("超出服务范围", "Outside what is offered"),
    DeclineReason.SAFETY: Words("安全顾虑", "Concerns about safety"),
    DeclineReason.PRICE_ISSUE: Words("价格不合", "The price does not fit"),
    DeclineReason.OTHER: Words("其他", "Other"),
}


@dataclass(frozen=True, slots=True)
class OfferCard:
    """
    One offer as it is shown.

    `turn_no` counts the offers of a request from 1; `round_no` goes up when the request is reopened, after which every
    provider may be asked again. `made_by` and `ended_by` are None where the system did it.
    """

    id: UUID
    care_request_id: UUID
    service_at_site_id: UUID
    turn_no: int
    round_no: int
    made_at: datetime
    expires_at: datetime
    status: OfferStatus
    decline_reason: DeclineReason | None
    withdraw_reason: WithdrawReason | None
    made_by: UUID | None
    ended_at: datetime | None
    ended_by: UUID | None
    match_run_id: UUID | None
