"""Beds today, beds to come, and beds missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from dispatch.indicators.values.targets import TargetRecord

PROJECTED_YEARS = (2029, 2035)
"""The years that 004 一 names."""

LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Ageing:
    """
    How many people of 60 and older there are from year to year.

    `entry_share`: who turn 60 in a year, `departure_share`: who die or move away in a year; the first as a share of
    those of 60 and older in the first year, the second of those of each year.
    """

    entry_share: float
    departure_share: float

    def factor(self, years: int) -> float:
        """
        Give the people of 60 and older after so many years, as a multiple of those at the beginning.

        f(0) = 1, f(n + 1) = f(n) (1 - departures) + entries: one cohort enters each year, as large as the first.
        Without entries and departures it is 1 exactly.
        """
        found = 1.0
        for _ in range(years):
            found += self.entry_share - found * self.departure_share
        return found


@dataclass(frozen=True, slots=True)
class BedStock:
    """
    Beds on a date, by type.

    `opened` counts open beds of facilities that stand, `institutions` those of them in residential institutions, and
    `to_come` planned ones and those under construction. Day places are no beds and are counted apart.
    """

    on: date
    opened: dict[str, int]
    institutions: dict[str, int]
    to_come: dict[str, dict[str, int]]
    day_places: int

    @property
    def total(self) -> int:
        """All open beds."""
        return sum(self.opened.values())

    @property
    def coming(self) -> int:
        """All beds that are planned or under construction."""
        return sum(sum(beds.values()) for beds in self.to_come.values())


@dataclass(frozen=True, slots=True)
class BedGap:
    """
    One target held against the beds of its year, as far as they are known today.

    For totals `missing` counts beds, `missing_if_built` after all that are planned or under construction open. For
    shares it counts beds of another type that would have to become nursing ones.
    """

    target: TargetRecord
    year: int
    value: float | None
    missing: int
    missing_if_built: int | None
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class BedYear:
    """
    One year: beds that ageing would need by type if each elder is to have as many as today, and beds known to be there.

    `short` is by how many more are needed than will be there, never less than 0.
    """

    year: int
    factor: float
    elders: int | None
    needed: dict[str, int]
    stock: BedStock
    short: dict[str, int]


@dataclass(frozen=True, slots=True)
class BedReport:
    """Beds of an area today and in years to come."""

    area_code: str
    today: BedStock
    nursing_share: float | None
    nursing_share_institutions: float | None
    elders: int | None
    beds_per_1000_elders: float | None
    ageing: Ageing
    years: tuple[BedYear, ...]
    gaps: tuple[BedGap, ...]
