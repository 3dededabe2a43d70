"""Small counts of a siting: those who may not see them see neither what gives them away in the same row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch.coverage.rules.hiding import SMALLEST_SHOWN, is_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.coverage.values import Pick, Siting, SitingArea

COUNTS = (
    *("covered_before", "covered_after", "gained", "kept", "lost", "outside"),
    *("weight", "weight_before", "weight_after"),
)


def hide_siting_area(row: SitingArea, *, is_telling: bool = False) -> SitingArea:
    """
    Give an area as those see it who may see counts from five on only.

    `is_telling`: what all areas gain together would tell a small gain of a pick, so that a row that gains is hidden.
    """
    shown = row
    for when in ("before", "after"):
        with_way = getattr(row, f"with_way_{when}")
        if is_small(with_way) or is_small(_less(row.elders, with_way)):
            gone: dict[str, Any] = {f"with_way_{when}": None, f"mean_walk_s_{when}": None}
            shown = replace(shown, is_suppressed=True, **gone)
    is_moved = is_telling and bool(row.gained or _less(row.weight_after, row.weight_before))
    if not is_moved and not any(is_small(count) for count in _counts_of(row)):
        return shown
    none = dict.fromkeys((*COUNTS, "with_way_before", "with_way_after", "mean_walk_s_before", "mean_walk_s_after"))
    return replace(row, **none, elders=None if is_small(row.elders) else row.elders, is_suppressed=True)  # type: ignore[arg-type] # each may be None


def hide_siting(found: Siting) -> Siting:
    """
    Give a siting as they see it.

    With small gains the least of the others go too, until what is known of all gains and their sum leaves each small
    one an interval at least 5 wide that reaches 5 (decision 24). Where none do, all gains and their sum go. The hash
    of the figures goes for good: whoever knows all but a small count could try the four of them.
    """
    hashes = {name: value for name, value in found.assumptions.get("hashes", {}).items() if name != "figures"}
    found = replace(found, assumptions=found.assumptions | {"hashes": hashes})
    total = hide_siting_area(found.total)
    if not any(is_small(pick.gain) for pick in found.picks):
        return replace(found, total=total, is_suppressed=total.is_suppressed)
    safe = _safe_ranks(found.picks)
    hidden = {pick.rank for pick in found.picks} if safe is None else safe
    picks = tuple(replace(pick, gain=None, is_suppressed=True) if pick.rank in hidden else pick for pick in found.picks)
    shown = replace(found, total=total, picks=picks, is_suppressed=True)
    if safe is not None:
        return shown
    return replace(shown, objective=None, best_bound=None, total=hide_siting_area(found.total, is_telling=True))


def _safe_ranks(picks: Sequence[Pick]) -> set[int] | None:
    """Choose the gains to hide beside a sum that is shown, the least first, or None where no choice is safe."""
    ordered = sorted(picks, key=lambda pick: (-(pick.gain or 0), pick.rank))
    small = sum(is_small(pick.gain) for pick in picks)
    for count in range(small + 1, len(ordered) + 1):
        shown, hidden = ordered[:-count], ordered[-count:]
        if _are_safe(hidden, above=shown[-1].gain if shown else None):
            return {pick.rank for pick in hidden}
    return None


def _are_safe(hidden: Sequence[Pick], *, above: int | None) -> bool:
    """
    Whether no small gain among hidden ones can be worked out.

    Known of them is their sum, that they fall from pick to pick, that each is at least 1, and at most what the last
    shown one is (`above`) and what the site takes.
    """
    gains = [pick.gain or 0 for pick in hidden]
    whole, count = sum(gains), len(hidden)
    most = [min(one for one in (whole, above, pick.capacity) if one is not None) for pick in hidden]
    for place, gain in enumerate(gains):
        high = min(most[place], (whole - (count - place - 1)) // (place + 1))
        low = max(1, -(-(whole - sum(most[:place])) // (count - place)))
        if is_small(gain) and not (high >= SMALLEST_SHOWN and high - low >= SMALLEST_SHOWN):
            return False
    return True


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
