"""Closed lists of the webhooks, what a subscription is made of, and what is shown of it and of what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dispatch.actor import Role

if TYPE_CHECKING:
    from datetime import datetime
    from ipaddress import IPv4Network, IPv6Network
    from uuid import UUID

KINDS: Final = (
    *(f"care_request.{what}" for what in ("accepted", "breached", "canceled", "completed", "confirmed", "disputed")),
    *(f"care_request.{what}" for what in ("dispute_closed", "drafted", "failed", "held", "reopened", "resumed")),
    *(f"care_request.{what}" for what in ("scheduled", "started", "submitted", "unmatched", "unscheduled", "voided")),
    *(f"offer.{what}" for what in ("accepted", "declined", "expired", "made", "withdrawn")),
    *(f"site.{what}" for what in ("changed", "closed_for_a_while", "closure_ended", "located", "merged")),
    *(f"site.{what}" for what in ("part_changed", "vacancy_told")),
    *(f"visit.{what}" for what in ("assigned", "canceled", "finished", "missed", "planned", "published")),
    *(f"visit.{what}" for what in ("moved", "problem_reported", "started", "unassigned")),
)
"""The kinds of journal entries that can be told: past tense, and never renamed; more may come."""

FAMILIES: Final = tuple(dict.fromkeys(kind.partition(".")[0] for kind in KINDS))
PING: Final = "webhook.pinged"  # what a ping is called; it is no entry of the journal
OWNERS: Final = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER, Role.COORDINATOR)
BY_AREA: Final = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)


class DeliveryStatus(StrEnum):
    """How far the sending of one event to one receiver has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class StopReason(StrEnum):
    """Why nothing is sent to a receiver any more until somebody switches it on again."""

    SWITCHED_OFF = "switched_off"
    FAILING = "failing"
    GONE = "gone"
    OWNER_LEFT = "owner_left"


class Fault(StrEnum):
    """Why a sending did not succeed."""

    STATUS = "status"  # an answer came, and it was no success
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    NAME = "name"  # it has no address
    ADDRESS = "address"  # it has one that may not be called


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """Which inside networks may be called, and which hosts without encryption: what the settings say."""

    inside: tuple[IPv4Network | IPv6Network, ...] = ()
    http_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a receiver is, as its address says it; the host in small letters."""

    host: str
    port: int
    path: str
    is_encrypted: bool

    @property
    def host_header(self) -> str:
        """What the receiver is told that it was called by."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.is_encrypted else 80
        return name if self.port == usual else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose events a subscription is told of: those of an area and all in it, or those of an organization."""

    area_code: str | None = None
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where an event belongs: the area of whoever or whatever it is about, and the organizations that serve or run."""

    area_code: str | None = None
    organization_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """A subscription as it is asked for."""

    url: str
    kinds: tuple[str, ...]
    scope: Scope
    description: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is to be different; None says nothing."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    description: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class WebhookCard:
    """A subscription as it is shown; `secret` is given once, when it is made or rotated."""

    id: UUID
    version: int
    url: str
    kinds: tuple[str, ...]
    area_code: str | None
    organization_id: UUID | None
    description: str
    is_active: bool
    stopped_because: StopReason | None
    owner_id: UUID
    created_at: datetime
    failing_since_at: datetime | None
    succeeded_at: datetime | None
    old_secret_until_at: datetime | None
    waiting: int = 0
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryCard:
    """One event for one receiver, and how its sending went."""

    id: UUID
    event_id: str
    kind: str
    status: DeliveryStatus
    tries: int
    created_at: datetime
    try_at: datetime | None
    attempted_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_fault: Fault | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent now."""

    delivery_id: UUID
    webhook_id: UUID
    url: str
    event_id: str
    body: str
    secrets: tuple[str, ...] = field(repr=False)
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a sending: the status that was answered, or why none was."""

    status: int | None = None
    fault: Fault | None = None
    retry_after_s: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - statuses of HTTP


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many events are sent again, and the entry of the journal behind which there are more."""

    count: int
    after_seq: int | None
