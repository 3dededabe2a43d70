"""Land and floor of elder care in compounds, against the standard of their kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.indicators.values.rates import Count
    from dispatch.indicators.values.targets import TargetRecord

HUNDRED_HOUSEHOLDS = 100


class Verdict(StrEnum):
    """What became of a compound; more than the upper end of a range meets the standard like any other."""

    MEETS = "meets"
    BELOW = "below"
    NO_STANDARD = "no_standard"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standard:
    """The least, and the upper end of the range where there is one, with the targets that say so."""

    least: float
    most: float | None
    target: TargetRecord
    upper_target: TargetRecord | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """
    A ratio of a compound or of many, and what is missing.

    `value` is None where the divisor is 0 or unknown, `deficit_m2` where there is no ratio or no standard. Of many,
    the deficit is the sum of their deficits: what one has too much helps no other.
    """

    value: float | None
    standard: Standard | None
    deficit_m2: float | None
    verdict: Verdict
    is_above_range: bool = False


@dataclass(frozen=True, slots=True)
class CompoundFigure:
    """One compound with both ratios."""

    compound_id: UUID
    area_code: str
    name: str
    stage: str
    households: int
    residents: int | None
    care_floor_area_m2: float
    care_land_area_m2: float | None
    delivered_on: date | None
    floor: Ratio
    land: Ratio


@dataclass(frozen=True, slots=True)
class LandSum:
    """The compounds of one kind in one area together; `stage` None: of both kinds."""

    area_code: str
    name_zh: str
    stage: str | None
    compounds: int
    households: int
    care_floor_area_m2: float
    floor_m2_per_100_households: float | None
    floor_deficit_m2: float
    floor_verdicts: dict[str, int]
    residents: int
    care_land_area_m2: float
    land_m2_per_person: float | None
    land_deficit_m2: float
    land_verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class LandReport:
    """All compounds of an area, the sums, how many new ones are built to the standard (T037), and what it rests on."""

    area_code: str
    with_drafts: bool
    compounds: tuple[CompoundFigure, ...]
    sums: tuple[LandSum, ...]
    new_to_standard: Count
    targets: tuple[TargetRecord, ...]
    assumptions: dict[str, Any]
