"""
Small counts: who may see them.

Counts of 1 to 4 are hidden (domain: suppression), and with them every figure of the same people that
would give them away: if any of elders, covered or uncovered is small, covered, uncovered and the shares
go too. Hiding further areas, so that no difference from a total tells, is not done yet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch.intake import UnmetKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.coverage.values import AreaChange, AreaRow, CategoryRow, CellRow, CircleRow, Comparison, UnmetRow

SMALLEST_SHOWN = 5


def is_small(count: int | None) -> bool:
    """Whether a count is one that could point at a person; nobody at all is not."""
    return count is not None and 0 < count < SMALLEST_SHOWN


def hide_area(row: AreaRow) -> AreaRow:
    """Give an area's row as those see it who may see counts from five on only."""
    if is_small(row.unmet):
        row = replace(row, unmet=None, is_suppressed=True)
    if row.elders is None or row.covered is None:
        return row
    base = row.base or {}
    is_hidden = any(is_small(count) for count in (row.elders, row.covered, row.uncovered)) or _moved_few(
        row.covered, base=base.get("covered")
    )
    is_unlocated_hidden = is_small(row.unlocated_elders)
    band = {
        name: None
        if count is None
        or is_hidden
        or is_small(count)
        or is_small(row.elders - count)
        or _moved_few(count, base=base.get(name))
        else count
        for name, count in row.band.items()
    }
    if is_small((row.band.get("within_limit") or row.covered) - row.covered):  # near enough, but without a place
        band["within_limit"] = None
    if not is_hidden and not is_unlocated_hidden and band == row.band:
        return row
    shown = replace(row, band=band, places_an_elder=None, is_suppressed=True)
    if is_unlocated_hidden or is_hidden:
        shown = replace(shown, unlocated_elders=None, located_share=None)
    if is_hidden:
        shown = replace(
            shown,
            elders=None if is_small(row.elders) else row.elders,
            covered=None,
            uncovered=None,
            covered_share=None,
            state=None if row.sites == 0 else row.state,
            is_borderline=None,
            nearest_site_id=None,
            nearest_site_name=None,
            nearest_s=None,
            over_limit_min=None,
        )
    return shown


def _moved_few(count: int, *, base: int | None) -> bool:
    """Whether a count differs from the one without a scenario by so few that the difference is a small count."""
    return base is not None and is_small(abs(count - base))


def hide_cell(row: CellRow, *, is_supposed: bool = False) -> CellRow:
    """
    Give a cell as they see it.

    Beside the cell of a run as things are, that of a scenario would give away single people: its `uncovered` is
    not shown (`is_supposed`).
    """
    if row.elders is None or row.uncovered is None:
        return row
    if is_supposed and row.elders:
        return replace(row, elders=None if is_small(row.elders) else row.elders, uncovered=None, is_suppressed=True)
    if not any(is_small(count) for count in (row.elders, row.uncovered, row.elders - row.uncovered)):
        return row
    return replace(row, elders=None if is_small(row.elders) else row.elders, uncovered=None, is_suppressed=True)


def hide_circle(row: CircleRow) -> CircleRow:
    """Give a site as they see it: how many it reaches is a count too."""
    if not is_small(row.reached) and not is_small(row.served):
        return row
    return replace(row, reached=None, served=None, is_suppressed=True)


def hide_unmet(row: UnmetRow) -> UnmetRow:
    """
    Give the unmet requests of an area as they see them.

    A split is shown as a whole or not at all, as the rest would tell a part; and what happened is not shown where it
    differs by few from what stands: those few were taken up again.
    """
    standing = {UnmetKind.UNMATCHED.value: row.unmet, UnmetKind.FAILED.value: row.failed}
    events = {
        kind: None
        if is_small(count) or is_small(standing.get(kind)) or _moved_few(count, base=standing.get(kind))
        else count
        for kind, count in row.events.items()
        if count is not None
    }
    shown = replace(
        row,
        unmet=None if is_small(row.unmet) else row.unmet,
        failed=None if is_small(row.failed) else row.failed,
        unmet_reasons=_whole(row.unmet_reasons, total=row.unmet),
        failed_reasons=_whole(row.failed_reasons, total=row.failed),
        events=events,
        event_reasons={
            kind: None if events[kind] is None else _whole(split, total=row.events[kind])
            for kind, split in row.event_reasons.items()
        },
    )
    return shown if shown == row else replace(shown, is_suppressed=True)


def _whole(split: dict[str, int] | None, *, total: int | None) -> dict[str, int] | None:
    """Give a split where no part of it is small, and none is by few less than all."""
    if split is None or total is None or is_small(total):
        return None
    return None if any(is_small(part) or is_small(total - part) for part in split.values()) else split


def hide_category(row: CategoryRow, *, is_supposed: bool = False) -> CategoryRow:
    """Give the people of a category as they see them; as for cells, without who is covered in a scenario's run."""
    is_telling = is_supposed and bool(row.elders)
    if not is_telling and not any(is_small(count) for count in (row.elders, row.covered, row.uncovered)):
        return row
    elders = None if is_small(row.elders) else row.elders
    return replace(row, elders=elders, covered=None, uncovered=None, covered_share=None, is_suppressed=True)


def hide_change(row: AreaChange, *, is_telling: bool = False) -> AreaChange:
    """Give a change between two runs as they see it: both counts and their difference are counts."""
    counts = (row.covered_before, row.covered_after, abs(row.change or 0))
    if not is_telling and not any(is_small(count) for count in counts):
        return row
    return replace(row, covered_before=None, covered_after=None, change=None, is_suppressed=True)


def hide_changes(rows: Iterable[AreaChange], *, telling: Collection[str] = ()) -> tuple[AreaChange, ...]:
    """
    Hide, and order by what is shown: between two changes that are shown a hidden one's place would tell it.

    `telling` are areas whose covered are hidden in one of the runs: few are outside, and all elders are known.
    """
    seen = [hide_change(row, is_telling=row.area_code in telling) for row in rows]
    return tuple(sorted(seen, key=lambda row: (-abs(row.change or 0), row.area_code)))


def is_state_hidden(row: AreaRow) -> bool:
    """Whether it would tell of few people that an area counts as covered: where they alone decide it."""
    return row.sites == 0 and any(is_small(count) for count in (row.elders, row.covered, row.uncovered))


def hide_comparison(found: Comparison, *, hidden: Collection[str], telling: Collection[str] = ()) -> Comparison:
    """Give two runs side by side as they see them; whether the `hidden` communities count as covered is not told."""
    totals = (found.covered_before, found.covered_after, abs(found.change or 0))
    if is_small(found.people_gained) or is_small(found.people_lost):  # the one follows from the other and the change
        found = replace(found, people_gained=None, people_lost=None)
    found = replace(
        found,
        communities_gained=tuple(code for code in found.communities_gained if code not in hidden),
        communities_lost=tuple(code for code in found.communities_lost if code not in hidden),
    )
    shown = replace(
        found,
        gained=hide_changes(found.gained, telling=telling),
        lost=hide_changes(found.lost, telling=telling),
        outside_communities=None if is_small(abs(found.outside_communities or 0)) else found.outside_communities,
    )
    if found.after.area_code not in telling and not any(is_small(count) for count in totals):
        return shown
    return replace(shown, covered_before=None, covered_after=None, change=None, people_gained=None, people_lost=None)


def hide_totals(totals: dict[str, Any]) -> dict[str, Any]:
    """Give the totals of a run as they see them, town and country apart."""
    base = totals.get("base") or {}
    shares = ("covered_share", "located_share", "places_an_elder")
    shown = _hide_people(totals, elders="elders", covered="covered", shares=shares, base=base.get("covered"))
    shown.pop("base", None)
    if is_small(totals["unlocated_elders"]) or shown["covered"] is None:
        shown |= {"unlocated_elders": None, "located_share": None}
    elders = totals["elders"]
    shown["band"] = {
        name: None
        if shown["covered"] is None
        or is_small(count)
        or is_small(elders - count)
        or _moved_few(count, base=base.get(name))
        else count
        for name, count in totals["band"].items()
    }
    if is_small((totals["band"].get("within_limit") or totals["covered"]) - totals["covered"]):
        shown["band"]["within_limit"] = None
    shown["settlements"] = {
        name: _hide_people(
            part,
            elders="elders",
            covered="covered_elders",
            shares=("covered_elders_share",),
            base=base.get("settlements", {}).get(name),
        )
        for name, part in totals["settlements"].items()
    }
    shown["outside_communities"] = None if is_small(totals["outside_communities"]) else totals["outside_communities"]
    return shown


def _hide_people(
    part: dict[str, Any], *, elders: str, covered: str, shares: tuple[str, ...], base: int | None
) -> dict[str, Any]:
    is_small_part = any(is_small(count) for count in (part[elders], part[covered], part[elders] - part[covered]))
    if not is_small_part and not _moved_few(part[covered], base=base):
        return dict(part)
    hidden = dict.fromkeys((covered, *shares))
    return part | hidden | {elders: None if is_small(part[elders]) else part[elders]}
