"""Floor per 100 households and land per person of a compound, held against the standard of its kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dispatch import areas
from dispatch.indicators.rules.targets import choose
from dispatch.indicators.values import (
    HUNDRED_HOUSEHOLDS,
    CompoundFigure,
    Count,
    LandSum,
    Measure,
    Operator,
    Ratio,
    Standard,
    Verdict,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dispatch.indicators.values import TargetRecord

RULE_VERSION = "land-2026-1"
"""Names the two rules below and how compounds are added up; a changed rule takes another name."""

FLOOR_RULE = Words(
    "每百户用房 = 社区养老服务用房平方米 ÷ 户数 × 100；低于本类小区标准下限的算缺口 = 下限 × 户数 ÷ 100 − 现有；"
    "超过上限不算问题。"
    "标准取最近上级区划的；草案标准只在要求时使用。",
    "Floor per 100 households = square metres of community elder care / households x 100. Below the least of the "
    "standard "
    "of the compound's kind the deficit is least x households / 100 - present; more than the upper end is never a "
    "fault. "
    "The standard is that of the nearest area above; a draft is used only where it is asked for.",
)
LAND_RULE = Words(
    "人均用地 = 养老服务设施用地平方米 ÷ 居住人口（按常住居民，不按老年人）；合计只算两个数都已知的小区。",
    "Land per person = square metres of land of elder-care facilities / residents (all residents, not elders). "
    "Sums hold the compounds of which both are known.",
)
FLOOR_MEASURES = {
    areas.CompoundStage.NEW.value: (Measure.FLOOR_NEW,),
    areas.CompoundStage.BUILT_UP.value: (Measure.FLOOR_BUILT_UP,),
}
LAND_MEASURES = {
    areas.CompoundStage.NEW.value: (Measure.LAND_PER_PERSON_NEW, Measure.LAND_PER_PERSON),
    areas.CompoundStage.BUILT_UP.value: (Measure.LAND_PER_PERSON,),
}


def find_standard(
    targets: Sequence[TargetRecord], *, area_code: str, measures: tuple[Measure, ...], with_drafts: bool
) -> Standard | None:
    """Find the standard that decides for compounds of a kind in an area, or None where none does."""
    least = choose(targets, area_code=area_code, measures=measures, operator=Operator.AT_LEAST, with_drafts=with_drafts)
    if least is None or least.value is None:
        return None
    ends = [
        target
        for target in targets
        if target.operator is Operator.RANGE_MAX
        and (target.measure, target.area_code, target.status) == (least.measure, least.area_code, least.status)
    ]
    most = max(ends, key=lambda target: target.id, default=None)
    return Standard(least.value, most.value if most else None, target=least, upper_target=most)


def judge_compound(
    row: areas.Compound, *, floor_standard: Standard | None, land_standard: Standard | None
) -> CompoundFigure:
    """Give both ratios of a compound."""
    return CompoundFigure(
        compound_id=row.id,
        area_code=row.area_code,
        name=row.name,
        stage=row.stage,
        households=row.households,
        residents=row.residents,
        care_floor_area_m2=row.care_floor_area_m2,
        care_land_area_m2=row.care_land_area_m2,
        delivered_on=row.delivered_on,
        floor=_ratio(row.care_floor_area_m2, of=row.households, each=HUNDRED_HOUSEHOLDS, standard=floor_standard),
        land=_ratio(row.care_land_area_m2, of=row.residents, each=1, standard=land_standard),
    )


def sum_compounds(found: Sequence[CompoundFigure], *, area_code: str, name_zh: str, stage: str | None) -> LandSum:
    """Add up the compounds of an area: of one kind, or of both."""
    rows = [row for row in found if row.area_code.startswith(area_code) and (stage is None or row.stage == stage)]
    known = [row for row in rows if row.land.value is not None]
    households = sum(row.households for row in rows)
    floor_m2 = sum(row.care_floor_area_m2 for row in rows)
    residents = sum(row.residents or 0 for row in known)
    land_m2 = sum(row.care_land_area_m2 or 0 for row in known)
    return LandSum(
        area_code=area_code,
        name_zh=name_zh,
        stage=stage,
        compounds=len(rows),
        households=households,
        care_floor_area_m2=floor_m2,
        floor_m2_per_100_households=floor_m2 * HUNDRED_HOUSEHOLDS / households if households else None,
        floor_deficit_m2=sum(row.floor.deficit_m2 or 0 for row in rows),
        floor_verdicts=_verdicts(row.floor for row in rows),
        residents=residents,
        care_land_area_m2=land_m2,
        land_m2_per_person=land_m2 / residents if residents else None,
        land_deficit_m2=sum(row.land.deficit_m2 or 0 for row in rows),
        land_verdicts=_verdicts(row.land for row in rows),
    )


def count_to_standard(found: Sequence[CompoundFigure]) -> Count:
    """Count the new compounds that are built to the floor standard, of those that have one (T037)."""
    judged = [
        row
        for row in found
        if row.stage == areas.CompoundStage.NEW and row.floor.verdict in {Verdict.MEETS, Verdict.BELOW}
    ]
    return Count(sum(row.floor.verdict is Verdict.MEETS for row in judged), len(judged))


def _ratio(amount_m2: float | None, *, of: int | None, each: int, standard: Standard | None) -> Ratio:
    if amount_m2 is None or not of:
        return Ratio(None, standard, deficit_m2=None, verdict=Verdict.UNKNOWN)
    value = amount_m2 * each / of
    if standard is None:
        return Ratio(value, None, deficit_m2=None, verdict=Verdict.NO_STANDARD)
    needed_m2 = round(standard.least * of / each, 6)  # a tenth of a metre times thousands of people is no binary number
    deficit_m2 = max(0.0, needed_m2 - amount_m2)
    return Ratio(
        value,
        standard,
        deficit_m2=deficit_m2,
        verdict=Verdict.BELOW if deficit_m2 else Verdict.MEETS,
        is_above_range=standard.most is not None and value > standard.most,
    )


def _verdicts(ratios: Iterable[Ratio]) -> dict[str, int]:
    counted = Counter(ratio.verdict.value for ratio in ratios)
    return {verdict.value: counted[verdict.value] for verdict in Verdict}
