"""What one reader sees of a row of a map layer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch.coverage.rules import hiding
from dispatch.coverage.rules.publishing import make_rows
from dispatch.coverage.values import AreaRow, CellRow, CircleRow, PlainArea, Sight

if TYPE_CHECKING:
    from dispatch.coverage.values import LayerRun

    Row = AreaRow | CircleRow | CellRow | PlainArea


def show(row: Row, *, run: LayerRun) -> Row:
    """
    Give a row as far as a reader sees its run.

    Everybody sees of an area what was published and of a site where its circle is. People by cell and by site were
    not published, and would give away what is hidden in an area: everybody sees the minutes of a cell alone.
    """
    if run.sight is Sight.ALL or isinstance(row, PlainArea):
        return row
    if run.sight is Sight.FROM_FIVE:
        return _from_five(row, is_supposed=run.run.scenario_id is not None)
    if isinstance(row, CellRow):
        return replace(row, elders=None, uncovered=None, is_suppressed=True)
    if isinstance(row, CircleRow):
        return replace(row, reached=None, is_suppressed=True)
    [shown] = make_rows([row], hidden=run.hidden)
    return replace(
        row,
        elders=shown.elders,
        covered=shown.covered,
        uncovered=shown.uncovered,
        covered_share=shown.covered_share,
        located_share=None,
        unlocated_elders=None,
        band={},
        state=None,
        is_borderline=None,
        nearest_site_id=None,
        nearest_site_name=None,
        nearest_s=None,
        over_limit_min=None,
        is_suppressed=True,
    )


def _from_five(row: AreaRow | CellRow | CircleRow, *, is_supposed: bool) -> Row:
    if isinstance(row, AreaRow):
        return hiding.hide_area(row)
    return hiding.hide_cell(row, is_supposed=is_supposed) if isinstance(row, CellRow) else hiding.hide_circle(row)
