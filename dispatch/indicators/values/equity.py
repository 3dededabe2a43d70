"""How evenly a figure is spread over the areas of a district."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dispatch.indicators.values.rates import Count
    from dispatch.words import Words


class EquityMeasure(StrEnum):
    """What is compared between areas."""

    COVERAGE = "coverage"
    FLOOR = "floor_m2_per_100_households"
    LAND = "land_m2_per_person"
    BEDS = "beds_per_1000_elders"


@dataclass(frozen=True, slots=True)
class AreaValue:
    """
    The figure of one area: `amount` over `weight`, where the weight is people, households or residents.

    `is_hidden` keeps it from readers who may not see small counts.
    """

    area_code: str
    name_zh: str
    amount: float
    weight: float
    settlement: str | None = None
    wing: str | None = None
    is_hidden: bool = False

    @property
    def value(self) -> float:
        """Give the figure; only areas with somebody in them are compared, so the weight is not 0."""
        return self.amount / self.weight


@dataclass(frozen=True, slots=True)
class Group:
    """Areas taken together: how many, their weight, and the figure of all of them."""

    areas: int
    weight: float
    value: float | None
    area_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """
    Best, worst and the evenness of the areas of one level.

    `gini` is population-weighted, 0 where all are equal; None where there is no area or all figures are 0.
    """

    level: str
    areas: int
    best: AreaValue | None
    worst: AreaValue | None
    spread: float | None
    gini: float | None
    left_out: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Equity:
    """One measure: the whole area, communities and subdistricts, town and country, the wings, the worst tenth."""

    measure: EquityMeasure
    subject: str | None
    rule: Words
    whole: Group | None = None
    spreads: tuple[Spread, ...] = ()
    settlements: dict[str, Group] = field(default_factory=dict)
    wings: dict[str, Group] = field(default_factory=dict)
    worst_tenth: Group | None = None
    people: Count | None = None
    assumptions: dict[str, Any] | None = None
    missing: Words | None = None
