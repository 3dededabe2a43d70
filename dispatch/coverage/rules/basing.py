"""A run of a scenario beside its base: the same question without the scenario's changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import shape

from dispatch import geo, streets
from dispatch.coverage.rules import figures
from dispatch.coverage.rules.covering import measure_circles
from dispatch.coverage.rules.reaching import measure_reach
from dispatch.coverage.values import Mode, NetworkEditKind, NetworkEditWish
from dispatch.coverage.values.scenarios import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage.values import AreaFigures, RunInputs
    from dispatch.coverage.values.scenarios import ScenarioChange, ScenarioFacts
    from dispatch.streets import Network, StreetEdit


def with_base(
    found: tuple[AreaFigures, ...], *, totals: dict[str, Any], inputs: RunInputs, network: Network
) -> tuple[tuple[AreaFigures, ...], dict[str, Any]]:
    """Put beside the figures of each area, and beside the totals, what they would be without the scenario."""
    base = _figures(inputs, network=network)
    kinds = {row.area.code: row.area.settlement for row in found if row.area.settlement is not None}
    settlements = {
        kind: sum(base[code]["covered"] for code, settlement in kinds.items() if settlement == kind)
        for kind in totals["settlements"]
    }
    whole = base[inputs.wish.area_code]
    return (
        tuple(replace(row, base=base[row.area.code]) for row in found),
        totals | {"base": whole | {"settlements": settlements}},
    )


def edited(network: Network, *, changes: Iterable[ScenarioChange]) -> Network:
    """Give the streets with a scenario's edits of them; the network itself where there are none."""
    edits = street_edits(changes)
    return streets.edit_network(network, edits=edits).network if edits else network


def street_edits(changes: Iterable[ScenarioChange]) -> list[StreetEdit]:
    """Give the edits of the network among some changes, in their order."""
    return [
        streets.StreetEdit(
            kind=streets.StreetEditKind(one.payload["edit"]["kind"]),
            shape_ll=shape(one.payload["edit"]["geometry_ll"]),
            is_bridge=one.payload["edit"]["is_bridge"],
        )
        for one in changes
        if one.kind is ChangeKind.NETWORK_EDIT
    ]


def edit_wish(change: ScenarioChange, *, area_code: str, name: str, on: date) -> NetworkEditWish:
    """Give an edit of a scenario as one by itself, in force from its own date or from a given one."""
    edit = change.payload["edit"]
    begin = change.payload.get("valid_from")
    return NetworkEditWish(
        area_code=area_code,
        name=name,
        kind=NetworkEditKind(edit["kind"]),
        geometry=edit["geometry_ll"],
        crs=geo.ReferenceSystem.WGS84.value,
        reason=edit["reason"],
        valid_from=on if begin is None else date.fromisoformat(begin),
        is_bridge=edit["is_bridge"],
    )


def describe_scenario(scenario: ScenarioFacts) -> dict[str, Any]:
    """Give the changes that are taken as made, as they stood: a scenario may change, a run does not."""
    return {
        "scenario": {
            "id": str(scenario.id),
            "name": scenario.name,
            "version": scenario.version,
            "changes_hash": scenario.changes_hash,
            "changes": [
                {"id": str(one.id), "kind": one.kind.value, "site_id": one.site_id and str(one.site_id), **one.payload}
                for one in scenario.changes
            ],
        }
    }


def _figures(inputs: RunInputs, *, network: Network) -> dict[str, dict[str, int]]:
    question = inputs.wish.question
    measure = measure_circles if question.mode is Mode.WALK else measure_reach
    measured = measure(replace(inputs, sites=inputs.base_sites), network=network)
    ones = np.ones(len(inputs.homes), np.int64)
    base = {}
    for length in sorted({len(area.code) for area in inputs.areas}):
        level = [area for area in inputs.areas if len(area.code) == length]
        number = {area.code: place for place, area in enumerate(level)}
        group = np.array([number.get(home.area_code[:length], -1) for home in inputs.homes], np.intp)
        counts = figures.count_groups(
            measured.walks, cover=measured.cover, weight=ones, group=group, groups=len(level), question=question
        )
        for area, one in zip(level, counts, strict=True):
            base[area.code] = {"covered": one.covered, **one.band, "slower": one.slower, "straight": one.straight}
    return base
