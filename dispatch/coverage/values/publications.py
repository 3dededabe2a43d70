"""What is published of a run, and what it is chosen from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dispatch.coverage.values.runs import CapacityRule

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.coverage.values.answers import Run

ELDERS = "elders"
MEASURES = (ELDERS, "covered", "uncovered")
"""What is published of an area; the first is the sum of the others."""


@dataclass(frozen=True, slots=True)
class Page:
    """
    The counts of one run by area and measure, and, once it is published, which of them nobody sees.

    `people` says whose counts they are (the same homes in the same areas), `question_hash` everything asked of them.
    """

    people: str
    question_hash: str
    service_codes: frozenset[str]
    mode: str
    speed_mps: float
    limit_s: int
    conditions: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    hidden: frozenset[tuple[str, str]] = frozenset()
    at_local: str | None = None
    unknown_hours: str = ""
    capacity: str = CapacityRule.IGNORED.value

    @property
    def question(self) -> tuple[frozenset[str], str, float, int, str | None, str, str]:
        """What was asked, whenever it was."""
        time_of_week = None
        if self.at_local is not None:
            moment = datetime.fromisoformat(self.at_local)
            time_of_week = f"{moment.isoweekday()} {moment:%H:%M}"
        unknown = self.unknown_hours if time_of_week else ""
        return self.service_codes, self.mode, self.speed_mps, self.limit_s, time_of_week, unknown, self.capacity

    def is_within(self, other: Page) -> bool:
        """
        Whether whoever is covered here is covered there too.

        Fewer services, slower and shorter, at one moment instead of any, with places instead of without; nothing else.
        """
        return (
            self.conditions == other.conditions
            and self.mode == other.mode
            and (other.at_local is None or (other.at_local, other.unknown_hours) == (self.at_local, self.unknown_hours))
            and other.capacity == CapacityRule.IGNORED
            and self.service_codes <= other.service_codes
            and self.limit_s * self.speed_mps <= other.limit_s * other.speed_mps
            and self.counts.keys() == other.counts.keys()
            and all(counts["covered"] <= other.counts[code]["covered"] for code, counts in self.counts.items())
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A run that somebody wants to publish, beside all that was published of its area before, withdrawn or not."""

    run: Run
    page: Page
    earlier: tuple[Page, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Hiding:
    """Which counts (area code, measure) stay hidden; how many of them are small themselves; by which rule."""

    hidden: frozenset[tuple[str, str]]
    small: int
    is_least: bool
    rule: str


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One area as everybody sees it; None where a count is hidden."""

    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    elders: int | None
    covered: int | None
    uncovered: int | None
    covered_share: float | None
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """A published run. Once withdrawn it keeps its head and shows no rows."""

    id: UUID
    run: Run
    published_at: datetime
    rule: str
    hidden: frozenset[tuple[str, str]]
    is_least: bool
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    rows: tuple[PublishedRow, ...] = ()
