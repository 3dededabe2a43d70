"""Small counts of a siting: those who may not see them see neither what gives them away in the same row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch.coverage.rules.hiding import is_small

if TYPE_CHECKING:
    from dispatch.coverage.values import Pick, Siting, SitingArea

COUNTS = (
    *("covered_before", "covered_after", "gained", "kept", "lost", "outside"),
    *("weight", "weight_before", "weight_after"),
)


def hide_siting_area(row: SitingArea) -> SitingArea:
    """Give an area as those see it who may see counts from five on only."""
    shown = row
    for when in ("before", "after"):
        with_way = getattr(row, f"with_way_{when}")
        if is_small(with_way) or is_small(_less(row.elders, with_way)):
            gone: dict[str, Any] = {f"with_way_{when}": None, f"mean_walk_s_{when}": None}
            shown = replace(shown, is_suppressed=True, **gone)
    if not any(is_small(count) for count in _counts_of(row)):
        return shown
    none = dict.fromkeys((*COUNTS, "with_way_before", "with_way_after", "mean_walk_s_before", "mean_walk_s_after"))
    return replace(row, **none, elders=None if is_small(row.elders) else row.elders, is_suppressed=True)  # type: ignore[arg-type] # each may be None


def hide_siting(found: Siting) -> Siting:
    """
    Give a siting as they see it.

    With small gains the least of the others goes too: all gains and their sum would tell the one that is missing.
    Where there is no other, the sum goes.
    """
    total = hide_siting_area(found.total)
    if not any(is_small(pick.gain) for pick in found.picks):
        return replace(found, total=total, is_suppressed=total.is_suppressed)
    large = [pick for pick in found.picks if not is_small(pick.gain)]
    also = min(large, key=lambda pick: (pick.gain or 0, -pick.rank)).rank if large else 0
    picks = tuple(_hidden(pick) if is_small(pick.gain) or pick.rank == also else pick for pick in found.picks)
    shown = replace(found, total=total, picks=picks, is_suppressed=True)
    if large:
        return shown
    hidden = replace(total, **dict.fromkeys(COUNTS), is_suppressed=True)  # type: ignore[arg-type] # each may be None
    return replace(shown, objective=None, best_bound=None, total=hidden)


def _hidden(pick: Pick) -> Pick:
    return replace(pick, gain=None, is_suppressed=True)


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def _counts_of(row: SitingArea) -> tuple[int | None, ...]:
    return (
        row.elders,
        *(getattr(row, name) for name in COUNTS),
        _less(row.elders, row.covered_before),
        _less(row.weight, row.weight_before),
        _less(row.weight, row.weight_after),
        _less(row.weight_after, row.weight_before),
    )
