"""What an attacker can work out: the least and the largest value of each hidden count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.suppression.values import Sum, Table

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
    part_of = find_parts(table, hidden=hidden)
    members: dict[int, list[str]] = {}
    for key, part in part_of.items():
        members.setdefault(part, []).append(key)
    sums: dict[int, list[Sum]] = {}
    for each in table.sums:
        for part in {part_of[key] for key in (each.total, *each.parts) if key in part_of}:  # one, or none
            sums.setdefault(part, []).append(each)
    chosen = sorted(part_of) if wanted is None else list(wanted)
    found: dict[str, tuple[int, int | None]] = {}
    for part in sorted({part_of[key] for key in chosen}):
        asked = [key for key in chosen if part_of[key] == part]
        found |= _bounds_in(table, keys=members[part], sums=sums.get(part, []), wanted=asked)
    return {key: found[key] for key in chosen}


def find_parts(table: Table, *, hidden: frozenset[str]) -> dict[str, int]:
    """
    Divide all that is not shown into parts, by number: no sum has members of two of them.

    What is hidden in one part says nothing of another, so each can be looked at by itself.
    """
    keys = sorted(hidden | table.unpublished)
    place = {key: number for number, key in enumerate(keys)}
    pairs = [
        (found[0], other)
        for each in table.sums
        if (found := [place[key] for key in (each.total, *each.parts) if key in place])
        for other in found
    ]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    graph = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(len(keys), len(keys)))
    _, labels = connected_components(graph, directed=False)
    return {key: int(labels[number]) for key, number in place.items()}


def _bounds_in(
    table: Table, *, keys: list[str], sums: list[Sum], wanted: list[str]
) -> dict[str, tuple[int, int | None]]:
    place = {key: number for number, key in enumerate(keys)}
    rows: list[int] = []
    columns: list[int] = []
    factors: list[int] = []
    right: list[int] = []
    for each in sums:
        known = 0
        for key, factor in ((each.total, -1), *((part, 1) for part in each.parts)):
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
    for key in wanted:
        goal = np.zeros(len(keys))
        goal[place[key]] = 1
        least: Any = linprog(goal, A_eq=equations, b_eq=right or None, bounds=(0, None), method="highs")
        most: Any = linprog(-goal, A_eq=equations, b_eq=right or None, bounds=(0, None), method="highs")
        found[key] = (
            math.ceil(least.fun - ROUNDING),
            math.floor(-most.fun + ROUNDING) if most.status == 0 else None,
        )
    return found
