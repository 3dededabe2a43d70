"""How evenly a figure is spread: best and worst, the population-weighted Gini, groups of areas, the worst tenth."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from dispatch.indicators.rules.hiding import is_telling
from dispatch.indicators.values import AreaValue, Group, Spread
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULE_VERSION = "equity-2026-1"

RULE = Words(
    "最好与最差之差；基尼系数按人口（或户数）加权：G = Σ wi wj |xi − xj| ÷ (2 W² x̄)，各区域相等时为 0；"
    "最差十分之一是数值最低的社区，向上取整，同值按代码。对看不到小数目的人，含 1 至 4 人的区域不参与比较。",
    "Best less worst. The Gini is weighted with people (or households): G = sum wi wj |xi - xj| / (2 W^2 mean), 0 "
    "where all "
    "areas are equal. The worst tenth are the communities with the lowest figures, rounded up, ties by code. For "
    "readers "
    "who see no small counts, areas with 1 to 4 people in a part are left out of the comparison.",
)
TENTH = 10


def weigh_gini(values: Sequence[float], *, weights: Sequence[float]) -> float | None:
    """
    Give the population-weighted Gini coefficient: half the relative mean absolute difference.

    G = sum_ij w_i w_j |x_i - x_j| / (2 W^2 mean), mean = sum w x / W (A. Sen, On Economic Inequality, 1973, chapter
    2, with people as weights). Summed over the gaps between neighbors in the order of x, where each gap lies between
    the weight below it and the weight above it: n log n, and equal values give 0 exactly.

    Parameters
    ----------
    values : sequence of float, not negative
        One figure for each area.
    weights : sequence of float, not negative
        The people of each.

    Returns
    -------
    float or None
        0 to 1; None where nobody is weighed or all figures are 0.

    """
    pairs = sorted(zip(values, weights, strict=True))
    whole = sum(weight for _, weight in pairs)
    amount = sum(value * weight for value, weight in pairs)
    if not whole or not amount:
        return None
    below = gaps = 0.0
    for (value, weight), (following, _) in pairwise(pairs):
        below += weight
        gaps += (following - value) * below * (whole - below)
    return gaps / (whole * amount)


def spread_of(rows: Sequence[AreaValue], *, level: str, left_out: int, sees_small: bool) -> Spread:
    """Compare the areas of one level; `left_out` are those with nobody in them."""
    shown = [row for row in rows if sees_small or not row.is_hidden]
    ordered = sorted(shown, key=lambda row: (row.value, row.area_code))
    best = max(shown, key=lambda row: row.value, default=None)  # the first by code of equal ones
    worst = ordered[0] if ordered else None
    return Spread(
        level=level,
        areas=len(shown),
        best=best,
        worst=worst,
        spread=best.value - worst.value if best and worst else None,
        gini=weigh_gini([row.value for row in shown], weights=[row.weight for row in shown]),
        left_out=left_out,
        hidden=len(rows) - len(shown),
    )


def group_of(rows: Sequence[AreaValue], *, counts_people: bool, sees_small: bool, names_areas: bool = False) -> Group:
    """
    Take areas together: their figure is the sum of the amounts over the sum of the weights.

    Areas with nobody in them are not counted, and what stands in them is: a home for the whole district may.

    Where the amounts are people out of people, a part of 1 to 4 of them is hidden from who may not see it.
    """
    weight, amount = sum(row.weight for row in rows), sum(row.amount for row in rows)
    is_hidden = counts_people and not sees_small and is_telling(amount, weight)
    return Group(
        areas=sum(row.weight > 0 for row in rows),
        weight=0 if is_hidden else weight,
        value=amount / weight if weight and not is_hidden else None,
        area_codes=tuple(row.area_code for row in rows) if names_areas else (),
    )


def divide(parts: Mapping[str, Sequence[AreaValue]], *, counts_people: bool, sees_small: bool) -> dict[str, Group]:
    """
    Take the parts of a whole each by itself, by name.

    Where one is hidden from a reader all are: the whole less the others would tell it.
    """
    found = {name: group_of(rows, counts_people=counts_people, sees_small=sees_small) for name, rows in parts.items()}
    if sees_small or not counts_people or not any(_tells(rows) for rows in parts.values()):
        return found
    return {name: replace(group, weight=0, value=None) for name, group in found.items()}


def _tells(rows: Sequence[AreaValue]) -> bool:
    return is_telling(sum(row.amount for row in rows), sum(row.weight for row in rows))


def worst_tenth(rows: Sequence[AreaValue], *, counts_people: bool, sees_small: bool) -> Group:
    """Take the tenth of the areas with the lowest figures together, at least one where there is any."""
    shown = sorted((row for row in rows if sees_small or not row.is_hidden), key=lambda row: (row.value, row.area_code))
    chosen = shown[: -(-len(shown) // TENTH)]
    return group_of(chosen, counts_people=counts_people, sees_small=sees_small, names_areas=True)
