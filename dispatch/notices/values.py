"""Closed lists and values of notices and short texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.words import Locale


class Audience(StrEnum):
    """Who may be told of something; which accounts that are is decided when it is told."""

    SPEAKERS = "speakers"  # the elder's own account and those of the family
    REQUESTER = "requester"  # whoever asked, while they still may see it: operator, worker
    PROVIDER = "provider"  # coordinators of the organization that is offered it or serves it
    CARERS = "carers"  # who is to go, or was until now
    OFFICERS = "officers"  # of the area, and of the areas that it lies in


class Template(StrEnum):
    """The short texts that there are; a gateway knows each by a name of its own."""

    ACCEPTED = "accepted"
    REARRANGED = "rearranged"
    MOVED = "moved"
    CANCELED = "canceled"
    UNMATCHED = "unmatched"
    FAILED = "failed"
    OFFERED = "offered"
    VISIT_PLANNED = "visit_planned"
    VISIT_CANCELED = "visit_canceled"
    ALARM = "alarm"
    TRIAL = "trial"


class Addressee(StrEnum):
    """Who reads a short text: decides how the elder is called in it."""

    ELDER = "elder"
    FAMILY = "family"
    STAFF = "staff"


class TextStatus(StrEnum):
    """How far a short text is; `sent` is the provider's word, never a guess."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Result(StrEnum):
    """What a provider made of a message."""

    SENT = "sent"
    LATER = "later"  # not taken, or not known to be: the same message may be sent again
    NEVER = "never"  # refused for good


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try to send; `error` is a code, never a provider's sentence."""

    result: Result
    provider_message_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """
    One message as a provider is given it; the same `id` is the same message.

    `values` are what the template takes, by name; `text` is the whole sentence without the signature.
    """

    id: UUID
    template: Template
    values: Mapping[str, str]
    text: str
    phone: str | None
    openid: str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What an entry of the journal is about, as it stands when it is read; ids and codes only."""

    elder_id: UUID | None = None
    care_request_id: UUID | None = None
    visit_id: UUID | None = None
    area_code: str | None = None
    service_code: str | None = None
    starts_at: datetime | None = None
    is_emergency: bool = False
    requested_by: UUID | None = None
    organization_id: UUID | None = None
    carer_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """One notice as its reader sees it; `text` is in the reader's language."""

    no: int
    at: datetime
    kind: str
    text: str
    elder_id: UUID | None
    care_request_id: UUID | None
    visit_id: UUID | None
    is_seen: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """
    The next notices of an account, oldest first.

    `last_no` is from where to read on; `has_gap`: between the cursor and the first of these some are no longer kept.
    """

    cards: tuple[NoticeCard, ...]
    elder_ids: frozenset[UUID]  # whom these concern, named or not
    last_no: int
    has_more: bool
    has_gap: bool
    unseen: int


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """What an account wants: short texts or none, and to which number; the number is masked."""

    is_on: bool
    phone_masked: str | None
    has_wechat: bool


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Which short texts a list holds; None: all that the reader may see."""

    status: TextStatus | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class TextCard:
    """One short text as an officer sees it, without the number and without a name."""

    id: UUID
    template: Template
    kind: str
    area_code: str | None
    care_request_id: UUID | None
    phone_masked: str | None
    status: TextStatus
    made_at: datetime
    due_at: datetime
    tries: int
    provider: str | None
    provider_message_id: str | None
    error: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a short text goes to; `key` is unique among all who are told of one entry."""

    key: str
    addressee: Addressee
    phone: str | None
    account_id: UUID | None = None
    locale: Locale | None = None
