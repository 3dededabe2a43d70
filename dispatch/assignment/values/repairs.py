"""What happened on a day, and what a repair of its plan moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

REPAIR_SECONDS: Final = 2
"""P: whoever has an ill carer on the phone does not wait longer."""
MOST_REPAIR_SECONDS: Final = 20
MOVES_ELDERS: Final = Words(
    "动 {moved} 家，{other} 位老人换人，都要通知", "{moved} homes move, {other} elders get another carer: tell them"
)
MOVES_NOBODY: Final = Words("谁都不用动", "Nobody moves")
LOSES: Final = Words("；{lost} 位老人暂时没人去", "; {lost} have nobody for now")


class AbsenceFrom(NamedTuple):
    """A carer who works no more from a moment on."""

    carer_id: UUID
    from_at: datetime


class Overrun(NamedTuple):
    """A visit under way that will end later than planned."""

    visit_id: UUID
    end_at: datetime


@dataclass(frozen=True, slots=True)
class RepairWish:
    """
    What happened, as far as the records do not say it already.

    Sick days on record, visits that began late or last longer than planned, canceled and new ones are found by holding
    the plan against the day. `released` are visits to be put in anew: nobody was home.
    """

    reason: str
    absences: tuple[AbsenceFrom, ...] = ()
    released: tuple[UUID, ...] = ()
    overruns: tuple[Overrun, ...] = ()
    seconds: int = REPAIR_SECONDS
    seed: int = 0


class RepairMove(NamedTuple):
    """A visit that stands otherwise than in the signed plan; without a place in the new one the last two are None."""

    visit_id: UUID
    elder_id: UUID
    carer_before: UUID
    start_before: datetime
    carer_after: UUID | None
    start_after: datetime | None


@dataclass(frozen=True, slots=True)
class RepairReport:
    """Whom a repair moves; `gone` are the signed plan's carers who do not work any more that day."""

    moved: tuple[RepairMove, ...]
    elders_moved: int
    elders_other_carer: int
    elders_lost: int
    newly_placed: tuple[UUID, ...]
    gone: tuple[UUID, ...]

    @property
    def words(self) -> Words:
        """Say it in a sentence."""
        if not self.moved:
            return MOVES_NOBODY
        lost = LOSES if self.elders_lost else Words("", "")
        facts = {"moved": self.elders_moved, "other": self.elders_other_carer, "lost": self.elders_lost}
        return Words((MOVES_ELDERS.zh + lost.zh).format(**facts), (MOVES_ELDERS.en + lost.en).format(**facts))
