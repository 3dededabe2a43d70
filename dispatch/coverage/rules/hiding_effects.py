"""
Small counts in the effect of a scenario.

A row is hidden where any of its counts is 1 to 4: who is gained, kept, lost or outside, covered before or after, or
the difference of the two. What the totals would give back is hidden too, without a program: the hidden rows know of
each other only through the sums of gained and lost, so what a reader can work out of one is an interval in closed
form. Rows are added until every small count could be 5 or more and lies in an interval at least 5 wide (decision 24);
where no rows do, the totals are hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch.coverage.rules.hiding import SMALLEST_SHOWN, is_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.coverage.values.scenarios import Effect, EffectRow


def hide_effect(found: Effect) -> Effect:
    """Give an effect as those see it who may see counts from five on only."""
    rows = (*found.rows, found.elsewhere)
    safe = None if _is_telling(found.totals) else _safe_rows(rows)
    telling = {place for place, row in enumerate(rows) if _is_telling(row)}
    return _shown(found, rows=rows, hidden=telling if safe is None else safe, hides_totals=safe is None)


def _is_telling(row: EffectRow) -> bool:
    elders, before, after = row.elders or 0, row.covered_before or 0, row.covered_after or 0
    parts = (row.gained, row.kept, row.lost, row.outside, before, after, elders, elders - before, elders - after)
    return any(is_small(count) for count in (*parts, abs(after - before)))


def _safe_rows(rows: Sequence[EffectRow]) -> set[int] | None:
    """Choose the rows to hide beside shown totals, or None where no choice is safe."""
    hidden = {place for place, row in enumerate(rows) if _is_telling(row)}
    # those that move fewest first: as few people as possible are hidden
    others = sorted(set(range(len(rows))) - hidden, key=lambda place: (_moved(rows[place]), place))
    others = [place for place in others if rows[place].elders]
    added = []
    while not _are_safe(rows, hidden=hidden):
        if not others:
            return None
        added.append(others.pop(0))
        hidden.add(added[-1])
    for place in added:  # what turned out not to help is shown again
        if _are_safe(rows, hidden=hidden - {place}):
            hidden.remove(place)
    return hidden


def _are_safe(rows: Sequence[EffectRow], *, hidden: set[int]) -> bool:
    return all(_is_safe(rows, hidden=hidden, name=name) for name in ("gained", "lost"))


def _moved(row: EffectRow) -> int:
    return (row.gained or 0) + (row.lost or 0)


def _is_safe(rows: Sequence[EffectRow], *, hidden: set[int], name: str) -> bool:
    """
    Whether no small count among gained and outside, or lost and kept, can be worked out of a sum.

    In a hidden row covered before is known from the base; so of gained only that it is at most who was outside, and
    that all hidden rows have a known sum.
    """
    known = {place: _most(rows[place], name=name) for place in hidden}
    total = sum(getattr(rows[place], name) for place in hidden)
    most_together = sum(known.values())
    for place in hidden:
        row, most = rows[place], known[place]
        count = getattr(row, name)
        if not is_small(count) and not is_small(most - count):
            continue
        low, high = max(0, total - (most_together - most)), min(most, total)
        if is_small(most):  # hidden in the base too: nobody knows how many there could be
            high = total
        is_wide = high - low >= SMALLEST_SHOWN
        if is_small(count) and not (high >= SMALLEST_SHOWN and is_wide):
            return False
        if is_small(most - count) and not (most - low >= SMALLEST_SHOWN and is_wide) and not is_small(most):
            return False
    return True


def _most(row: EffectRow, *, name: str) -> int:
    covered = row.covered_before or 0
    return (row.elders or 0) - covered if name == "gained" else covered


def _shown(found: Effect, *, rows: Sequence[EffectRow], hidden: set[int], hides_totals: bool) -> Effect:
    shown = [_hidden(row) if place in hidden else row for place, row in enumerate(rows)]
    return replace(
        found,
        rows=tuple(shown[:-1]),
        elsewhere=shown[-1],
        totals=_hidden(found.totals) if hides_totals else found.totals,
    )


def _hidden(row: EffectRow) -> EffectRow:
    return replace(
        row,
        gained=None,
        kept=None,
        lost=None,
        outside=None,
        covered_before=None,
        covered_after=None,
        elders=None if is_small(row.elders) else row.elders,
        state_before=None if row.sites_before == 0 else row.state_before,
        state_after=None if row.sites_after == 0 else row.state_after,
        is_suppressed=True,
    )
