"""What keeps a visit from going as planned, as a phone tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

LATE_MAX_MIN: Final = 480
"""A carer who is later than a day's work is not late but away."""

NOTE_MAX: Final = 200


class ProblemKind(StrEnum):
    """What a carer meets on the way or at the door."""

    NOBODY_HOME = "nobody_home"
    RUNNING_LATE = "running_late"
    CANNOT_REACH = "cannot_reach"
    UNSAFE = "unsafe"
    OTHER = "other"


PROBLEM_WORDS: Final = {
    ProblemKind.NOBODY_HOME: Words("敲门没有人应", "Nobody is home"),
    ProblemKind.RUNNING_LATE: Words("要晚到", "Running late"),
    ProblemKind.CANNOT_REACH: Words("到不了地方", "Cannot get there"),
    ProblemKind.UNSAFE: Words("现场不安全", "It is not safe there"),
    ProblemKind.OTHER: Words("别的问题", "Something else"),
}


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """
    A problem as a phone tells it; `problem_id` is made by the phone: the same report twice is one.

    `late_min` goes with a carer who runs late, counted from the start that is planned; `note` says in the teller's own
    words what no other kind says, without names, numbers or addresses.
    """

    problem_id: UUID
    kind: ProblemKind
    happened_at: datetime
    device_at: datetime
    late_min: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemFacts:
    """A problem as it was kept."""

    problem_id: UUID
    visit_id: UUID
    elder_id: UUID
    carer_id: UUID | None
    kind: ProblemKind
    late_min: int | None
    note: str | None
    told_by: UUID | None
    happened_at: datetime
    device_at: datetime
    received_at: datetime
    is_repeated: bool = False

    @property
    def kind_words(self) -> Words:
        """The kind in words."""
        return PROBLEM_WORDS[self.kind]
