"""Equity (P5): how evenly coverage, land, floor and beds are spread over communities and subdistricts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispatch import areas, coverage, directory
from dispatch.indicators.operations.rates import DAY_CARE, describe_run
from dispatch.indicators.operations.runs import choose_run, missing_run, read_run
from dispatch.indicators.operations.scope import check_area, sees_small_counts
from dispatch.indicators.rules.equity import RULE, RULE_VERSION, divide, group_of, spread_of, worst_tenth
from dispatch.indicators.rules.hashing import fingerprint
from dispatch.indicators.rules.hiding import hide_count, is_telling
from dispatch.indicators.values import (
    CENTRAL,
    HUNDRED_HOUSEHOLDS,
    AreaValue,
    Count,
    Equity,
    EquityMeasure,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.areas import Area
    from dispatch.coverage import Run

THOUSAND = 1000
DAY_PLACE = "day_place"
COMPOUNDS = {"sources": ["compounds"]}
LEVELS = (areas.Level.COMMUNITY, areas.Level.SUBDISTRICT)
Parts = dict[str, tuple[float, float]]  # amount and weight by community


@dataclass(frozen=True, slots=True)
class _Asked:
    """The area that was asked for, its communities and subdistricts, and how much the reader sees."""

    area: Area
    below: dict[str, Area]
    sees_small: bool

    def wing_of(self, area: Area) -> str | None:
        """Give the wing of an area: its own, or that of the area above."""
        for code in areas.ancestor_codes(area.code):
            found = self.below.get(code)
            if found is not None and found.wing:
                return found.wing
        return None


def compute_equity(
    area_code: str,
    *,
    actor: Actor,
    on: date,
    services: tuple[str, ...] = (DAY_CARE, coverage.HOME_CARE),
    run_ids: tuple[UUID, ...] = (),
) -> tuple[Equity, ...]:
    """
    Compute how evenly each figure is spread over an area.

    Parameters
    ----------
    area_code : str
        Within the actor's own.
    actor : Actor
        For planners, areas with 1 to 4 people in a part are left out of every comparison.
    on : date
        The beds of this date.
    services : tuple of str
        Services (codes or labels) whose coverage is looked at, by their newest plain runs.
    run_ids : tuple of UUID
        Further runs to look at.

    Raises
    ------
    AreaNotFoundError, coverage.RunNotFoundError
        Not there, or not the actor's.
    directory.UnknownCodeError
        There is no such service.
    RunOfAnotherQuestionError
        A named run is of another area, of a moment, or limited by places.

    """
    area = check_area(area_code, actor=actor)
    below = {each.code: each for each in areas.find_areas(prefixes=[area_code])}
    asked = _Asked(area, below, sees_small=sees_small_counts(actor, area_code=area_code))
    codes = dict.fromkeys(coverage.service_code_of(service) for service in services)
    found = [_of_run(asked, service=code, run=choose_run(code, area_code=area_code, actor=actor)) for code in codes]
    for run_id in run_ids:
        service = coverage.get_run(run_id, actor=actor).service_code
        run = choose_run(service, area_code=area_code, actor=actor, run_id=run_id)
        found.append(_of_run(asked, service=service, run=run))
    compounds = areas.find_compounds(area_code)
    known = [row for row in compounds if row.residents and row.care_land_area_m2 is not None]
    floor = [(row.area_code, row.care_floor_area_m2 * HUNDRED_HOUSEHOLDS, row.households) for row in compounds]
    land = [(row.area_code, row.care_land_area_m2 or 0, row.residents or 0) for row in known]
    found.append(_compare(asked, measure=EquityMeasure.FLOOR, parts=_add_up(floor), assumptions=COMPOUNDS))
    found.append(_compare(asked, measure=EquityMeasure.LAND, parts=_add_up(land), assumptions=COMPOUNDS))
    found.append(
        _compare(
            asked,
            measure=EquityMeasure.BEDS,
            parts=_beds(asked, on=on),
            assumptions={"as_of": on.isoformat(), "sources": ["beds", "areas"]},
        )
    )
    return tuple(found)


def _of_run(asked: _Asked, *, service: str, run: Run | None) -> Equity:
    if run is None:
        missing = missing_run(service, area_code=asked.area.code)
        return Equity(measure=EquityMeasure.COVERAGE, subject=service, rule=RULE, missing=missing)
    facts = read_run(run, area_code=asked.area.code)
    parts = {each.code: (float(each.covered[CENTRAL]), float(each.elders)) for each in facts.communities}
    people = Count(facts.everybody.covered[CENTRAL], facts.everybody.elders)
    return _compare(
        asked,
        measure=EquityMeasure.COVERAGE,
        subject=service,
        parts=parts,
        people=people if asked.sees_small else hide_count(people),
        assumptions=describe_run(run),
    )


def _beds(asked: _Asked, *, on: date) -> Parts:
    """Give thousandfold open beds over elders by community; elders are the residents of 60 and older on record."""
    beds: dict[str, int] = {}
    for row in directory.find_bed_stock(asked.area.code, on=on):
        is_open = row.stage is directory.BedStage.OPEN and row.site_stage is directory.Stage.OPEN
        if is_open and row.bed_type != DAY_PLACE:
            beds[row.area_code] = beds.get(row.area_code, 0) + row.beds
    return {
        code: (float(THOUSAND * beds.get(code, 0)), float(area.residents_60plus or 0))
        for code, area in asked.below.items()
        if area.level == areas.Level.COMMUNITY
    }


def _add_up(rows: Iterable[tuple[str, float, float]]) -> Parts:
    found: Parts = {}
    for code, amount, weight in rows:
        before = found.get(code, (0.0, 0.0))
        found[code] = (before[0] + amount, before[1] + weight)
    return found


def _compare(
    asked: _Asked,
    *,
    measure: EquityMeasure,
    parts: Parts,
    subject: str | None = None,
    people: Count | None = None,
    assumptions: dict[str, Any],
) -> Equity:
    """Compare the areas by their parts; what comes from no stored run carries a fingerprint of these parts."""
    counts_people = measure is EquityMeasure.COVERAGE
    rows = {level: _values(asked, parts=parts, level=level, counts_people=counts_people) for level in LEVELS}
    communities = rows[areas.Level.COMMUNITY]
    shown: dict[str, Any] = {"counts_people": counts_people, "sees_small": asked.sees_small}
    return Equity(
        measure=measure,
        subject=subject,
        rule=RULE,
        whole=group_of(communities, **shown),
        spreads=tuple(
            spread_of(
                [row for row in rows[level] if row.weight],
                level=level.value,
                left_out=sum(not row.weight for row in rows[level]),
                sees_small=asked.sees_small,
            )
            for level in LEVELS
        ),
        settlements=divide(
            {kind.value: [row for row in communities if row.settlement == kind] for kind in areas.Settlement}, **shown
        ),
        wings=divide({wing.value: [row for row in communities if row.wing == wing] for wing in areas.Wing}, **shown),
        worst_tenth=worst_tenth([row for row in communities if row.weight], **shown),
        people=people,
        assumptions=assumptions
        | {"equity_rule_version": RULE_VERSION}
        | ({} if counts_people else {"inputs_sha256": fingerprint(parts)}),
    )


def _values(asked: _Asked, *, parts: Parts, level: areas.Level, counts_people: bool) -> list[AreaValue]:
    """Give the figures of all areas of a level that have a part in the measure; compounds may lie in any area."""
    digits = {areas.Level.COMMUNITY: 12, areas.Level.SUBDISTRICT: 9}[level]
    summed = _add_up((code[:digits], amount, weight) for code, (amount, weight) in parts.items() if len(code) >= digits)
    return [
        AreaValue(
            area_code=code,
            name_zh=asked.below[code].name_zh if code in asked.below else code,
            amount=amount,
            weight=weight,
            settlement=asked.below[code].settlement if code in asked.below else None,
            wing=asked.wing_of(asked.below[code]) if code in asked.below else None,
            is_hidden=counts_people and is_telling(amount, weight),
        )
        for code, (amount, weight) in sorted(summed.items())
        if len(code) > len(asked.area.code) or code == asked.area.code
    ]
