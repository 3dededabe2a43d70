"""Closed lists of the offers made to providers, and what is shown of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.assignment.values.answers import Assignment, MatchResult
    from dispatch.errors import ConflictError
    from dispatch.intake import RequestStatus, Urgency


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
class OfferedRequest:
    """What a provider is told of a request before it answers: of the elder the id alone."""

    elder_id: UUID
    area_code: str
    service_code: str
    urgency: Urgency
    service_on: date
    period: str
    window_from_at: datetime
    window_to_at: datetime
    carers_needed: int
    carer_sex: str | None
    status: RequestStatus


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
    request: OfferedRequest

    @property
    def status_words(self) -> Words:
        """The state in words."""
        return OFFER_STATUS_WORDS[self.status]

    @property
    def decline_words(self) -> Words | None:
        """Why it was declined, in words."""
        return DECLINE_WORDS[self.decline_reason] if self.decline_reason else None


class ProposalKind(StrEnum):
    """What a search for the next provider came to."""

    FOUND = "found"
    NOBODY = "nobody"
    BLOCKED = "blocked"  # what the search needs is missing
    NOT_WANTED = "not_wanted"  # the request is elsewhere by now


class NobodyReason(StrEnum):
    """Why a request finds nobody."""

    NO_CANDIDATE = "no_candidate"
    ALL_DECLINED = "all_declined"
    WINDOW_PAST = "window_past"


class BlockReason(StrEnum):
    """What is missing before providers can be looked for; the request waits until it is there."""

    NO_NETWORK = "no_network"
    HOME_UNLOCATED = "home_unlocated"
    HOME_OFF_STREETS = "home_off_streets"
    MANUAL = "manual"  # the area's rule leaves it to an officer


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    Whom to ask next, as it was found outside of the transaction that asks.

    `request_version` is the request's as it was then: where it has changed, the search is made again. `counts` says how
    often each reason stood against a provider.
    """

    care_request_id: UUID
    request_version: int
    kind: ProposalKind
    service_at_site_id: UUID | None = None
    match: MatchResult | None = None
    reason: NobodyReason | BlockReason | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which offers a list holds; None: all that the reader may see."""

    status: OfferStatus | None = None
    care_request_id: UUID | None = None
    service_at_site_id: UUID | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class OfferPage:
    """One page of offers, newest first; `next_place` is where the next page begins, None at the end."""

    offers: list[OfferCard]
    next_place: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What became of a wish to accept: the assignment, or why the provider cannot serve the request any more.

    In the second case the offer was taken back and the next provider is asked.
    """

    offer: OfferCard
    outcome: Assignment | ConflictError
