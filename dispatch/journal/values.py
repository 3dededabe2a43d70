"""What the journal gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class AccessPurpose(StrEnum):
    """Why an elder's record was read."""

    CARE = "care"
    VISIT = "visit"
    REQUEST = "request"
    SUPERVISION = "supervision"
    EMERGENCY = "emergency"
    OWN = "own"


class Cursor(NamedTuple):
    """A place in the journal; reading on from it misses no entry."""

    transaction_no: int
    seq: int


START = Cursor(0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact that happened: kinds are past tense ("care_request.submitted") and never renamed."""

    cursor: Cursor
    kind: str
    at: datetime
    actor_id: UUID | None
    subject_id: str
    reason: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One look at one elder's record."""

    at: datetime
    account_id: UUID | None
    elder_id: UUID
    purpose: AccessPurpose
    route: str
