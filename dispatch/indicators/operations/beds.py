"""Beds of an area today and to the years that its plans name (P4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from dispatch import directory
from dispatch.errors import InvalidError
from dispatch.indicators.operations.scope import check_area
from dispatch.indicators.queries import find_targets
from dispatch.indicators.rules.beds import count_beds, find_gap, nursing_share, project_year, usual_ageing
from dispatch.indicators.values import LAST_YEAR, PROJECTED_YEARS, BedReport, Measure
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.actor import Actor
    from dispatch.indicators.values import Ageing, BedGap, BedStock

MEASURES = (Measure.BEDS_TOTAL, Measure.NURSING_SHARE, Measure.NURSING_SHARE_INSTITUTIONS)
THOUSAND = 1000
MOST_A_YEAR = 0.5
SHARE_WANTED = Words("应在 0 到 0.5 之间。", "Must lie between 0 and 0.5.")
YEAR_WANTED = Words(
    f"应在所问日期的年份到 {LAST_YEAR} 年之间。", f"Must lie between the year of the date and {LAST_YEAR}."
)


class AgeingOutOfRangeError(InvalidError):
    """A share of entries or departures, or a year, that no projection is made for."""

    slug = "ageing-out-of-range"
    title = Words("推算的年份或比例超出范围", "Year or share is out of range")


def compute_beds(
    area_code: str,
    *,
    actor: Actor,
    on: date,
    years: tuple[int, ...] = PROJECTED_YEARS,
    entry_share: float | None = None,
    departure_share: float | None = None,
) -> BedReport:
    """
    Count the beds of an area, project what ageing needs, and hold what will be there against the targets.

    Parameters
    ----------
    area_code : str
        Within the actor's own.
    actor : Actor
        A planner or officer of the area.
    on : date
        The day that the counting begins from.
    years : tuple of int
        The years that are projected to; those of bed targets of the area come too.
    entry_share, departure_share : float, optional
        Those who turn 60, and those who die or move away, in a year (0 to 0.5); the product's own where left out.

    Raises
    ------
    AreaNotFoundError
        Not there, or not the actor's.
    AgeingOutOfRangeError
        A share or a year is out of range.

    """
    area = check_area(area_code, actor=actor)
    ageing = _ageing(entry_share=entry_share, departure_share=departure_share)
    if any(not on.year <= year <= LAST_YEAR for year in years):
        raise AgeingOutOfRangeError(fields={"year": [YEAR_WANTED]})
    # a share may be held against a part of the area that it is set for, a number of beds may not
    targets = [
        target
        for target in find_targets(area_code=area_code, measures=MEASURES)
        if target.measure is not Measure.BEDS_TOTAL or target.area_code == area_code
    ]
    due = {target.due_year for target in targets if target.due_year is not None and target.due_year >= on.year}
    today = _stock(area_code, on=on, today=on)
    stocks = {year: _stock(area_code, on=date(year, 12, 31), today=on) for year in sorted({*years, *due})}
    gaps: list[BedGap] = []
    for target in targets:
        year = target.due_year
        if year in stocks:
            gap = find_gap(target, year=year, stock=stocks[year])
        else:  # due before today, or at no time: held against today
            gap = find_gap(target, year=on.year, stock=today)
        gaps += [gap] if gap else []
    elders = area.residents_60plus
    return BedReport(
        area_code=area_code,
        today=today,
        nursing_share=nursing_share(today.opened),
        nursing_share_institutions=nursing_share(today.institutions),
        elders=elders,
        beds_per_1000_elders=today.total * THOUSAND / elders if elders else None,
        ageing=ageing,
        years=tuple(
            project_year(today, year=year, stock=stock, ageing=ageing, elders=elders) for year, stock in stocks.items()
        ),
        gaps=tuple(gaps),
    )


def _stock(area_code: str, *, on: date, today: date) -> BedStock:
    return count_beds(directory.find_bed_stock(area_code, on=on), on=on, is_ahead=on > today)


def _ageing(*, entry_share: float | None, departure_share: float | None) -> Ageing:
    ageing = usual_ageing()
    given = {"entry_share": entry_share, "departure_share": departure_share}
    faults: dict[str, list[Words | str]] = {
        name: [SHARE_WANTED] for name, share in given.items() if share is not None and not 0 <= share <= MOST_A_YEAR
    }
    if faults:
        raise AgeingOutOfRangeError(fields=faults)
    return replace(ageing, **{name: share for name, share in given.items() if share is not None})
