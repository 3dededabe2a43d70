"""Land and floor of the compounds of an area (P3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dispatch import areas
from dispatch.indicators.operations.scope import check_area
from dispatch.indicators.queries import find_targets
from dispatch.indicators.rules.hashing import fingerprint
from dispatch.indicators.rules.land import (
    FLOOR_MEASURES,
    LAND_MEASURES,
    RULE_VERSION,
    count_to_standard,
    find_standard,
    judge_compound,
    sum_compounds,
)
from dispatch.indicators.values import LandReport, Measure

if TYPE_CHECKING:
    from dispatch.actor import Actor
    from dispatch.indicators.values import CompoundFigure, LandSum, Standard, TargetRecord

MEASURES = (
    Measure.FLOOR_NEW,
    Measure.FLOOR_BUILT_UP,
    Measure.LAND_PER_PERSON,
    Measure.LAND_PER_PERSON_NEW,
    Measure.NEW_COMPOUNDS_TO_STANDARD,
)
STAGES = (*areas.CompoundStage, None)


def compute_land(area_code: str, *, actor: Actor, with_drafts: bool = False) -> LandReport:
    """
    Hold every compound of an area against the standard of its kind, and add them up: the area and those right below.

    Raises AreaNotFoundError where the area is not the actor's.
    """
    area = check_area(area_code, actor=actor)
    targets = find_targets(measures=MEASURES)
    found = _judged(area_code, targets=targets, with_drafts=with_drafts)
    return LandReport(
        area_code=area_code,
        with_drafts=with_drafts,
        compounds=tuple(found),
        sums=tuple(_sums(area, found=found)),
        new_to_standard=count_to_standard(found),
        targets=tuple(find_targets(area_code=area_code, measures=MEASURES)),
        assumptions=_assumptions(found, with_drafts=with_drafts),
    )


def _assumptions(found: list[CompoundFigure], *, with_drafts: bool) -> dict[str, Any]:
    """Give what the figures rest on: the rules, how standards were chosen, and the compounds as they are on record."""
    judged = [{**asdict(each), "floor": each.floor.standard, "land": each.land.standard} for each in found]
    return {
        "rule_version": RULE_VERSION,
        "sources": ["compounds", "targets"],
        "compounds": len(found),
        "with_drafts": with_drafts,
        "inputs_sha256": fingerprint(judged),
    }


def _judged(area_code: str, *, targets: list[TargetRecord], with_drafts: bool) -> list[CompoundFigure]:
    standards: dict[tuple[str, str], tuple[Standard | None, Standard | None]] = {}
    found: list[CompoundFigure] = []
    for row in sorted(areas.find_compounds(area_code), key=lambda each: (each.area_code, each.name)):
        key = (row.area_code, row.stage)
        if key not in standards:
            standards[key] = (
                find_standard(
                    targets, area_code=row.area_code, measures=FLOOR_MEASURES[row.stage], with_drafts=with_drafts
                ),
                find_standard(
                    targets, area_code=row.area_code, measures=LAND_MEASURES[row.stage], with_drafts=with_drafts
                ),
            )
        floor, land = standards[key]
        found.append(judge_compound(row, floor_standard=floor, land_standard=land))
    return found


def _sums(area: areas.Area, *, found: list[CompoundFigure]) -> list[LandSum]:
    below = [each for each in areas.children(area.code) if any(row.area_code.startswith(each.code) for row in found)]
    return [
        sum_compounds(found, area_code=each.code, name_zh=each.name_zh, stage=stage)
        for each in (area, *below)
        for stage in STAGES
    ]
