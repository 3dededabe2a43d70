"""What is published of a run, and what it is chosen from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.coverage.values.runs import Run

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

    @property
    def question(self) -> tuple[frozenset[str], str, float, int]:
        """What was asked, whenever it was."""
        return self.service_codes, self.mode, self.speed_mps, self.limit_s

    def is_within(self, other: Page) -> bool:
        """Whether whoever is covered here is covered there too: fewer services, slower and shorter, nothing else."""
        return (
            self.conditions == other.conditions
            and self.mode == other.mode
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
