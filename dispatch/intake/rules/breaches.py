"""Counts of breaches, with small ones hidden. No session, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch import areas, suppression
from dispatch.intake.values import BreachCount, Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL: Final = "all"
ITSELF: Final = "~"  # an area may have people of its own beside those of its parts
COLUMNS: Final = (Clock.ACCEPT.value, Clock.START.value, ALL)
DIGITS: Final = tuple(sorted(areas.DIGITS.values()))


def hide_breaches(counted: Mapping[tuple[str, str], int], *, root: str, sees_small: bool) -> list[BreachCount]:
    """
    Add counts by area and clock up to the levels above, down from `root`, and hide what points at few people.

    Every figure that anybody is shown of the district is in one table, so that no two answers of it tell by their
    difference what each of them hides.
    """
    table = _add_up(counted, root=root)
    if not table.counts:
        return []
    hidden = frozenset() if sees_small else _hidden(table)
    codes = sorted({code for key in table.counts if (code := key.partition("/")[0]).isdigit()})

    def shown(code: str, column: str) -> int | None:
        key = f"{code}/{column}"
        return None if key in hidden else table.counts[key]

    return [
        BreachCount(
            area_code=code,
            accept=shown(code, COLUMNS[0]),
            start=shown(code, COLUMNS[1]),
            total=shown(code, ALL),
            is_suppressed=any(f"{code}/{column}" in hidden for column in COLUMNS),
        )
        for code in codes
    ]


def _add_up(counted: Mapping[tuple[str, str], int], *, root: str) -> suppression.Table:
    counts: dict[str, int] = {}
    parts: dict[str, set[str]] = {}
    for (area_code, clock), count in counted.items():
        chain = [area_code[:digits] for digits in DIGITS if len(root) <= digits <= len(area_code)]
        if len(area_code) < DIGITS[-1]:
            chain.append(f"{area_code}{ITSELF}")
        for place, code in enumerate(chain):
            for column in COLUMNS:
                counts.setdefault(f"{code}/{column}", 0)
            for column in (clock, ALL):
                counts[f"{code}/{column}"] += count
            if place:
                parts.setdefault(chain[place - 1], set()).add(code)
    across = tuple(
        suppression.Sum(f"{code}/{ALL}", tuple(f"{code}/{column}" for column in COLUMNS if column != ALL))
        for code in sorted({key.partition("/")[0] for key in counts})
    )
    down = tuple(
        suppression.Sum(f"{code}/{column}", tuple(f"{part}/{column}" for part in sorted(below)))
        for code, below in sorted(parts.items())
        for column in COLUMNS
    )
    return suppression.Table(counts, (*across, *down))


def _hidden(table: suppression.Table) -> frozenset[str]:
    small = suppression.find_small(table.counts)
    try:
        return suppression.suppress(table, small=small).hidden
    except suppression.UnprotectableError:
        return frozenset(key for key, count in table.counts.items() if count)
