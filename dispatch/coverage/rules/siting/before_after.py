"""Who was covered before and is after, by area; the parts add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch import streets
from dispatch.coverage.values import SitingArea

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dispatch.coverage.values import AreaFacts

MEAN_DECIMALS = 1  # of a second


@dataclass(frozen=True, slots=True)
class People:
    """
    The n homes of a siting.

    Attributes
    ----------
    is_before, is_after : ndarray of bool, shape (n,)
        Covered by the sites that there are; by them and the picks, within the picks' capacities.
    weight, weight_before, weight_after : ndarray of int64, shape (n,)
        What each counts for, and how much of it is covered.
    walk_s_before, walk_s_after : ndarray of int64, shape (n,)
        To the nearest site, full ones included; UNREACHED without a way.

    """

    is_before: NDArray[np.bool_]
    is_after: NDArray[np.bool_]
    weight: NDArray[np.int64]
    weight_before: NDArray[np.int64]
    weight_after: NDArray[np.int64]
    walk_s_before: NDArray[np.int64]
    walk_s_after: NDArray[np.int64]


def count_areas(people: People, *, areas: Sequence[AreaFacts], codes: Sequence[str]) -> tuple[SitingArea, ...]:
    """
    Count each area's people, in the order of codes.

    Parameters
    ----------
    people : People
        n homes.
    areas : sequence of AreaFacts
        Each counts the homes whose code begins with its own.
    codes : sequence of str, length n
        Where each home lies.

    """
    found: list[SitingArea] = []
    for length in sorted({len(area.code) for area in areas}):
        level = [area for area in areas if len(area.code) == length]
        number = {area.code: i for i, area in enumerate(level)}
        group = np.array([number.get(code[:length], -1) for code in codes], np.intp)
        columns = {name: _sums(values, group=group, groups=len(level)) for name, values in _columns(people).items()}
        found += [_area(area, counts={name: sums[i] for name, sums in columns.items()}) for i, area in enumerate(level)]
    return tuple(sorted(found, key=lambda row: row.area_code))


def _columns(people: People) -> dict[str, NDArray[np.int64] | NDArray[np.bool_]]:
    before, after = people.is_before, people.is_after
    has_way_before, has_way_after = (
        walk_s != streets.UNREACHED for walk_s in (people.walk_s_before, people.walk_s_after)
    )
    return {
        "elders": np.ones(len(before), np.int64),
        "covered_before": before,
        "covered_after": after,
        "gained": ~before & after,
        "kept": before & after,
        "lost": before & ~after,
        "outside": ~before & ~after,
        "weight": people.weight,
        "weight_before": people.weight_before,
        "weight_after": people.weight_after,
        "with_way_before": has_way_before,
        "with_way_after": has_way_after,
        "walk_s_before": np.where(has_way_before, people.walk_s_before, 0),
        "walk_s_after": np.where(has_way_after, people.walk_s_after, 0),
    }


def _sums(values: NDArray[np.int64] | NDArray[np.bool_], *, group: NDArray[np.intp], groups: int) -> list[int]:
    is_in = group >= 0
    # whole numbers below 2^53 are exact in floats
    return [int(x) for x in np.bincount(group[is_in], weights=values[is_in].astype(np.float64), minlength=groups)]


def _area(area: AreaFacts, *, counts: dict[str, Any]) -> SitingArea:
    walk_s = {when: counts.pop(f"walk_s_{when}") for when in ("before", "after")}
    return SitingArea(
        area_code=area.code,
        level=area.level,
        name_zh=area.name_zh,
        name_en=area.name_en,
        mean_walk_s_before=_mean(walk_s["before"], count=counts["with_way_before"]),
        mean_walk_s_after=_mean(walk_s["after"], count=counts["with_way_after"]),
        **counts,
    )


def _mean(whole: int, *, count: int) -> float | None:
    return round(whole / count, MEAN_DECIMALS) if count else None
