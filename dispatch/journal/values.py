"""What the journal gives back, and how its chain is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Role


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


class News(NamedTuple):
    """That something happened, without what."""

    cursor: Cursor
    kind: str
    at: datetime


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


class Reader(NamedTuple):
    """In which role somebody looks, and for which office (an area) or organization."""

    role: Role | None = None
    area_code: str | None = None
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One look at one elder's record; `line_no` is its place in the log."""

    line_no: int
    at: datetime
    account_id: UUID | None
    elder_id: UUID
    purpose: AccessPurpose
    route: str
    reader: Reader


class Damage(StrEnum):
    """What is wrong with a line or its link."""

    LINE_CHANGED = "line_changed"
    LINE_MISSING = "line_missing"
    LINE_WITHOUT_LINK = "line_without_link"
    LINK_CHANGED = "link_changed"
    LINK_MISSING = "link_missing"
    ANCHOR_DIFFERS = "anchor_differs"


@dataclass(frozen=True, slots=True)
class Head:
    """How far one lane of the chain has come: how many links, and the hash of the last."""

    lane_no: int
    links: int
    link_hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of all lanes at one instant, kept where whoever can rewrite the database cannot."""

    at: datetime
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """The first damage of one lane; a line that has no link has no place in any lane."""

    damage: Damage
    lane_no: int | None
    index_no: int | None
    table_name: str | None
    line_no: int | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found when the chain was gone through from its beginning."""

    entries: int
    access_lines: int
    links: int
    removed_lines: int
    heads: tuple[Head, ...]
    root_hash: str
    anchors: int
    newest_anchor_at: datetime | None
    breaks: tuple[Break, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken away or put in."""
        return not self.breaks

    @property
    def first_broken(self) -> Break | None:
        """The first damage of the first lane that has any."""
        return self.breaks[0] if self.breaks else None
