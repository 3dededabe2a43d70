"""Beds counted, projected and held against the targets."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from dispatch.directory import BedStage, Stage
from dispatch.indicators.rules.targets import PERCENT, meets, read_facts
from dispatch.indicators.values import Ageing, BedGap, BedStock, BedYear, Measure
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from dispatch.directory import BedCount
    from dispatch.indicators.values import BedReport, TargetRecord

RULE_VERSION = "beds-2026-1"
"""Names the rules below; a changed rule takes another name."""

DAY_PLACE = "day_place"
NURSING_TYPES = ("nursing", "care")
RESIDENTIAL = "residential"
YEARS_OF_THE_YOUNGEST = 5  # those of 60 to 64: the census gives 60+ and 65+
MAPPING = Words(
    "护理型（002 九、001 三）与照护型（004 一）分开登记，算占比时两类都算：护理型 = 照护型；"
    "认知障碍照护专区的床位另列，不计入。",
    "Nursing (002 九, 001 三) and care (004 一) beds stay two labels and both count in the share: nursing = care; "
    "beds of "
    "dementia wards are listed by themselves and do not count.",
)
COUNT_RULE = Words(
    "床位 = 到当日为止历次增减之和，只算开门机构里启用的；日托不是床位，另列；家庭床位不计。",
    "Beds are the sum of all changes until the day, open ones in open facilities only. Day places are no beds and "
    "stand "
    "apart; home beds do not count.",
)
AGEING_RULE = Words(
    "需要的床位 = 今天的床位 × 老年人增长倍数，即每位老年人平均床位不变。倍数：f(0)=1，f(n+1)=f(n)×(1−离开率)+新增率；"
    "新增率取 2020 年普查 60–64 岁一年平均占 60 岁以上的比例，以后每年新增人数不变。没有新增和离开时就是今天的床位。",
    "Beds needed are today's times the growth of the elders: as many for each elder as today. f(0) = 1, f(n+1) = "
    "f(n) x "
    "(1 - departures) + entries; entries are an average year of those of 60 to 64 in the census of 2020 as a share "
    "of those of "
    "60 and older, and as many each year. Without entries and departures they are today's beds.",
)
EXPECTED_RULE = Words(
    "预计床位 = 到当年年末已登记的增减之和（含已登记的将来日期）；在建和立项的另列，建成前不计入。",
    "Beds expected are the sum of all changes on record until the end of the year, those dated ahead included; "
    "planned ones "
    "and those under construction stand apart until they open.",
)


def usual_ageing() -> Ageing:
    """Give the parameters that come with the product: entries from the census, departures as proposed."""
    facts = ageing_facts()
    older, oldest = facts["residents_60plus_share"], facts["residents_65plus_share"]
    return Ageing(
        entry_share=(older - oldest) / older / YEARS_OF_THE_YOUNGEST, departure_share=facts["departure_share"]
    )


def ageing_facts() -> dict[str, float]:
    """Give the facts that the projection rests on, by key."""
    return {row["key"]: float(row["value"]) for row in read_facts("ageing.tsv")}


def describe_beds(report: BedReport) -> dict[str, Any]:
    """Give all that a report on beds assumes: rules, parameters, and where they come from."""
    sources = {row["key"]: row["source"] for row in read_facts("ageing.tsv")}
    words = {"count": COUNT_RULE, "mapping": MAPPING, "ageing": AGEING_RULE, "expected": EXPECTED_RULE}
    return {
        "rule_version": RULE_VERSION,
        "as_of": report.today.on.isoformat(),
        "entry_share": report.ageing.entry_share,
        "departure_share": report.ageing.departure_share,
        "usual_entry_share": usual_ageing().entry_share,
        "usual_departure_share": usual_ageing().departure_share,
        "facts": ageing_facts(),
        "sources": sources,
        **{f"{name}_rule_zh": rule.zh for name, rule in words.items()},
        **{f"{name}_rule_en": rule.en for name, rule in words.items()},
    }


def count_beds(found: Iterable[BedCount], *, on: date, is_ahead: bool) -> BedStock:
    """
    Count beds on a date.

    Parameters
    ----------
    found : iterable of BedCount
        All stocks of the area on that date.
    on : date
        The date.
    is_ahead : bool
        Whether it is to come: then a facility counts unless it is known to be suspended or closed, since nobody
        records today that it will be open.

    """
    opened: dict[str, int] = {}
    institutions: dict[str, int] = {}
    to_come: dict[str, dict[str, int]] = {BedStage.PLANNED.value: {}, BedStage.UNDER_CONSTRUCTION.value: {}}
    day_places = 0
    for row in found:
        is_standing = (
            row.site_stage not in {Stage.SUSPENDED, Stage.CLOSED} if is_ahead else row.site_stage is Stage.OPEN
        )
        if row.stage is BedStage.OPEN and is_standing:
            if row.bed_type == DAY_PLACE:
                day_places += row.beds
                continue
            opened[row.bed_type] = opened.get(row.bed_type, 0) + row.beds
            if row.tier == RESIDENTIAL:
                institutions[row.bed_type] = institutions.get(row.bed_type, 0) + row.beds
        elif row.stage.value in to_come and row.bed_type != DAY_PLACE and row.site_stage is not Stage.CLOSED:
            beds = to_come[row.stage.value]
            beds[row.bed_type] = beds.get(row.bed_type, 0) + row.beds
    return BedStock(on, opened, institutions, to_come, day_places)


def nursing_share(beds: Mapping[str, int]) -> float | None:
    """Give the share of nursing and care beds; None where there are no beds."""
    whole = sum(beds.values())
    return _nursing(beds) / whole if whole else None


def project_year(today: BedStock, *, year: int, stock: BedStock, ageing: Ageing, elders: int | None) -> BedYear:
    """Hold what ageing would need by the end of a year against what will be there; parts of a bed are whole beds."""
    factor = ageing.factor(max(0, year - today.on.year))
    # 1e-9: 100 beds times 1.1 are 110 and not 111, whatever the binary number says
    needed = {bed_type: math.ceil(beds * factor - 1e-9) for bed_type, beds in sorted(today.opened.items())}
    return BedYear(
        year=year,
        factor=factor,
        elders=None if elders is None else round(elders * factor),
        needed=needed,
        stock=stock,
        short={bed_type: max(0, beds - stock.opened.get(bed_type, 0)) for bed_type, beds in needed.items()},
    )


def find_gap(target: TargetRecord, *, year: int, stock: BedStock) -> BedGap | None:
    """Hold a target of beds against the stock of its year; None for a target of something else."""
    if target.value is None:
        return None
    if target.measure is Measure.BEDS_TOTAL:
        missing = max(0, math.ceil(target.value) - stock.total)
        return BedGap(
            target=target,
            year=year,
            value=float(stock.total),
            missing=missing,
            missing_if_built=max(0, missing - stock.coming),
            is_met=meets(target, amount=stock.total),
        )
    parts = {Measure.NURSING_SHARE: stock.opened, Measure.NURSING_SHARE_INSTITUTIONS: stock.institutions}
    beds = parts.get(target.measure)
    if beds is None:
        return None
    whole, nursing = sum(beds.values()), _nursing(beds)
    wanted = math.ceil(Fraction(str(target.value)) / PERCENT * whole)
    return BedGap(
        target=target,
        year=year,
        value=nursing_share(beds),
        missing=max(0, wanted - nursing),
        missing_if_built=None,
        is_met=meets(target, amount=nursing, of=whole),
    )


def _nursing(beds: Mapping[str, int]) -> int:
    return sum(beds.get(bed_type, 0) for bed_type in NURSING_TYPES)
