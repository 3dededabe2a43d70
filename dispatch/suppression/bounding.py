"""What an attacker can work out: the least and the largest value of each hidden count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.suppression.values import Table

ROUNDING = 1e-6


def find_bounds(
    table: Table, *, hidden: frozenset[str], wanted: Iterable[str] | None = None
) -> dict[str, tuple[int, int | None]]:
    """
    Find between which whole numbers each hidden count lies, by all sums and all that is shown.

    Two linear programs for each: minimize and maximize the count, all hidden ones being 0 or more.

    Parameters
    ----------
    table : Table
        The true counts; of the hidden ones nothing is used.
    hidden : frozenset of str
        Keys that are not shown.
    wanted : iterable of str, optional
        The hidden keys to look at; all of them where it is not given.

    Returns
    -------
    dict
        Least and largest value by key; None: nothing bounds it from above.

    """
    keys = sorted(hidden | table.unpublished)
    place = {key: number for number, key in enumerate(keys)}
    rows: list[int] = []
    columns: list[int] = []
    factors: list[int] = []
    right: list[int] = []
    for each in table.sums:
        members = [(each.total, -1), *((part, 1) for part in each.parts)]
        if not any(key in place for key, _ in members):
            continue
        known = 0
        for key, factor in members:
            if key in place:
                rows.append(len(right))
                columns.append(place[key])
                factors.append(factor)
            else:
                known += factor * table.counts[key]
        right.append(-known)
    # scipy takes sparse equations, its types know of dense ones alone
    equations: Any = coo_array((factors, (rows, columns)), shape=(len(right), len(keys))).tocsr() if right else None
    found = {}
    for key in keys if wanted is None else wanted:
        goal = np.zeros(len(keys))
        goal[place[key]] = 1
        least: Any = linprog(goal, A_eq=equations, b_eq=right or None, bounds=(0, None), method="highs")
        most: Any = linprog(-goal, A_eq=equations, b_eq=right or None, bounds=(0, None), method="highs")
        found[key] = (
            math.ceil(least.fun - ROUNDING),
            math.floor(-most.fun + ROUNDING) if most.status == 0 else None,
        )
    return found
