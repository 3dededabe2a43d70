"""Map layers: the newest runs that somebody sees, row by row, as far as they are seen."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import shape

from dispatch import directory, geo
from dispatch.coverage import queries
from dispatch.coverage.operations.reading import READERS, RunNotFoundError, judge_rows, sees_small_counts
from dispatch.coverage.rules import sights
from dispatch.coverage.values import AreaRow, CellRow, CircleRow, Layer, LayerRow, LayerRun, RunChoice, Sight

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import Box, LayerFilter, LayerPlace, PlainArea, Run

MOST_LONE_CELLS = 100
RUNS_REMEMBERED = 64


def choose_runs(choice: RunChoice, *, actor: Actor) -> tuple[LayerRun, ...]:
    """
    Give the runs of a layer: of each service and area the newest that is published or the reader's own to read.

    One that is asked for by its id and not seen is left out, as one that does not exist.
    """
    found = queries.find_layer_runs(actor.area_prefixes(*READERS), choice=choice)
    return tuple(_seen(run, publication_id, hidden, actor=actor) for run, publication_id, hidden in found)


def get_layer_run(run_id: UUID, *, actor: Actor) -> LayerRun:
    """Give one run as far as the reader sees it, or raise RunNotFoundError."""
    found = choose_runs(RunChoice(run_id=run_id), actor=actor)
    if not found:
        raise RunNotFoundError(run_id=run_id)
    return found[0]


def service_wanted(text: str) -> str:
    """Give the code of a service by its code or label; what is neither stays as it is and finds nothing."""
    known = directory.find_by_label("service", text=text)
    return known.code if known else text


def read_layer(
    layer: Layer,
    *,
    runs: Sequence[LayerRun],
    wanted: LayerFilter,
    is_counted_only: bool = False,
    after: LayerPlace | None = None,
) -> Generator[LayerRow]:
    """
    Read the rows of a layer in a fixed order, a few at a time; call it inside a reading and close it there.

    A box keeps rows whose outline touches it, and those without one. Areas that no run counts are rows too, unless
    `is_counted_only`.
    """
    runs, lone = _without_lone(runs, layer=layer)
    known = {one.run.id: one for one in runs}
    boxes = [shapely.box(*box) for box in wanted.boxes_ll]
    found = queries.iter_layer(
        layer,
        runs=[one.run for one in runs],
        wanted=wanted,
        is_counted_only=is_counted_only,
        without_cells=lone,
        after=after,
    )
    with closing(found):
        for place, row in found:
            if boxes and not _touches(row, boxes=boxes):
                continue
            run = None if place.run_id is None else known[place.run_id]
            yield LayerRow(run, _shown(row, run=run), place)


def count_layer(layer: Layer, *, runs: Sequence[LayerRun], wanted: LayerFilter, is_counted_only: bool = False) -> int:
    """Count the rows of a layer; with boxes, those whose own box touches one, which may be more than are read."""
    runs, lone = _without_lone(runs, layer=layer)
    return queries.count_layer(
        layer,
        run_ids=[one.run.id for one in runs],
        wanted=wanted,
        is_counted_only=is_counted_only,
        without_cells=lone,
    )


def find_layer_row(layer: Layer, *, place: LayerPlace, wanted: LayerFilter, actor: Actor) -> LayerRow | None:
    """Find one row by its place, as far as the reader sees it."""
    choice = RunChoice(run_id=place.run_id)
    runs: Sequence[LayerRun] = () if place.run_id is None else choose_runs(choice, actor=actor)
    runs, lone = _without_lone(runs, layer=layer)
    if place.run_id is not None and not runs:
        return None
    found = queries.iter_layer(
        layer,
        runs=[one.run for one in runs],
        wanted=wanted,
        without_cells=lone,
        one=place,
    )
    run = runs[0] if runs else None
    with closing(found):
        for at, row in found:
            return LayerRow(run, _shown(row, run=run), at)
    return None


def find_extent() -> Box | None:
    """Give the box around all areas, or None where none has a boundary."""
    return queries.find_extent()


def area_state() -> str:
    """Give a text that changes whenever an area changes."""
    return "-".join(str(part) for part in queries.find_area_state())


def outline_of(row: AreaRow | CircleRow | CellRow | PlainArea) -> dict[str, Any] | None:
    """Give the outline of a row as GeoJSON; None where it has none."""
    if isinstance(row, CellRow):
        ring = [list(point) for point in geo.cell_polygon(row.cell).exterior.coords]
        return {"type": "Polygon", "coordinates": [ring]}
    return row.circle_ll if isinstance(row, CircleRow) else row.outline_ll


def _seen(run: Run, publication_id: UUID | None, hidden: frozenset[tuple[str, str]], *, actor: Actor) -> LayerRun:
    if sees_small_counts(actor, run.area_code):
        sight = Sight.ALL
    elif actor.covers_area(run.area_code, *READERS):
        sight = Sight.FROM_FIVE
    else:
        sight = Sight.PUBLISHED
    kept = {name: value for name, value in run.assumptions.items() if name != "hashes"}
    shown = replace(run, totals={}, assumptions=kept if sight is Sight.PUBLISHED else run.assumptions)
    return LayerRun(shown, sight, publication_id, hidden)


def _shown(row: Any, *, run: LayerRun | None) -> Any:  # noqa: ANN401 - a row in, a row of the same kind out
    if run is None:
        return row
    return sights.show(judge_rows(run.run, rows=[row])[0] if isinstance(row, AreaRow) else row, run=run)


def _touches(row: AreaRow | CircleRow | CellRow | PlainArea, *, boxes: Sequence[shapely.Polygon]) -> bool:
    outline_ll = outline_of(row)
    if outline_ll is None:
        return True
    outline = shape(outline_ll)
    return any(box.intersects(outline) for box in boxes)


def _without_lone(runs: Sequence[LayerRun], *, layer: Layer) -> tuple[Sequence[LayerRun], frozenset[int]]:
    """
    Give the runs whose cells may be shown, and the cells that are not.

    A cell outside all boundaries is there only because somebody lives in it, so that everybody would learn where one
    person lives. A run with many of them, as of a district without boundaries, shows everybody none of its cells.
    """
    if layer is not Layer.HEXAGONS:
        return runs, frozenset()
    lone = {
        one.run.id: _lone_cells(one.run.id, one.run.area_code) if one.sight is Sight.PUBLISHED else frozenset()
        for one in runs
    }
    shown = [one for one in runs if len(lone[one.run.id]) <= MOST_LONE_CELLS]
    return shown, frozenset().union(*(lone[one.run.id] for one in shown))


@lru_cache(maxsize=RUNS_REMEMBERED)
def _lone_cells(run_id: UUID, area_code: str) -> frozenset[int]:
    # a run never changes, so that what was found once holds
    inhabited = set(queries.find_inhabited_cells(run_id))
    covered: set[int] = set()
    for boundary_ll in queries.find_boundaries(area_code):
        covered.update(geo.cells_covering(geo.read_polygon(boundary_ll)))
    return frozenset(inhabited - covered)
