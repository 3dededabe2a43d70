"""What a calendar feed is of, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class FeedKind(StrEnum):
    """Whose days stand in a feed."""

    ELDER = "elder"  # the services of an elder whom the account is bound to
    CARER = "carer"  # the visits of the carer whom the account belongs to


class EntryStatus(StrEnum):
    """How sure an entry is, in the words of RFC 5545."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed as its owner sees it; `token` is given once."""

    id: UUID
    kind: FeedKind
    elder_id: UUID | None
    created_at: datetime
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """
    One visit or service in a feed.

    Attributes
    ----------
    uid : str
        The same for the same thing, whatever becomes of it.
    sequence : int
        Rises with every change.
    title : str
        Service and the first character of the elder's name, no more.
    changed_at : datetime
        When something last happened to it.

    """

    uid: str
    sequence: int
    title: str
    from_at: datetime
    to_at: datetime
    status: EntryStatus
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar program is given, and who was looked at for it."""

    kind: FeedKind
    entries: tuple[CalendarEntry, ...]
    elder_ids: frozenset[UUID]
