"""Reads of map layers, row by row and complete: `operations` decides who sees how much of them."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from dispatch import areas, directory
from dispatch.coverage.models import CoveragePublication, CoverageRun, RunArea, RunCell, RunSite
from dispatch.coverage.queries.runs import _row, _run
from dispatch.coverage.values import CapacityRule, CellRow, CircleRow, Layer, LayerPlace, Mode, PlainArea, RunStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Sequence

    from dispatch.coverage.values import AreaRow, Box, LayerFilter, Run, RunChoice

    Select = Any  # rows of four kinds
    Row = AreaRow | CircleRow | CellRow | PlainArea

READ_AT_ONCE = 50
# a hexagon reaches at most some 250 m from its middle: 0.0025 degrees of latitude, and twice that to be safe
CELL_REACH_DEG = 0.005
NARROWEST = 0.01  # cosine of a latitude where nobody lives


def find_layer_runs(
    prefixes: Iterable[str], *, choice: RunChoice
) -> list[tuple[Run, UUID | None, frozenset[tuple[str, str]]]]:
    """
    Find the runs that are published or of areas whose codes begin with one of the prefixes, by service and area.

    With each its standing publication and what that hides. Of one service and area only the newest, unless one run
    is asked for by its id. Totals and the covered area are not read.
    """
    seen = [CoverageRun.area_code.startswith(one, autoescape=True) for one in prefixes]
    found = sa.select(
        CoverageRun.id,
        sa.func.row_number()
        .over(
            partition_by=(CoverageRun.service_code, CoverageRun.area_code),
            order_by=(CoverageRun.finished_at.desc(), CoverageRun.id.desc()),
        )
        .label("place"),
    ).where(sa.or_(CoverageRun.status == RunStatus.PUBLISHED.value, *seen))
    for column, value in ((CoverageRun.id, choice.run_id), (CoverageRun.service_code, choice.service_code)):
        if value is not None:
            found = found.where(column == value)
    if choice.run_id is None:  # a scenario, a moment, places or a carer's way answer another question
        found = found.where(
            CoverageRun.scenario_id.is_(None),
            CoverageRun.mode == Mode.WALK,
            CoverageRun.at_local.is_(None),
            CoverageRun.capacity == CapacityRule.IGNORED,
        )
    if choice.on_from is not None:
        found = found.where(CoverageRun.as_of >= choice.on_from)
    if choice.on_to is not None:
        found = found.where(CoverageRun.as_of <= choice.on_to)
    ranked = found.subquery()
    standing = sa.and_(CoveragePublication.run_id == CoverageRun.id, CoveragePublication.withdrawn_at.is_(None))
    chosen = (
        sa.select(CoverageRun, CoveragePublication.id, CoveragePublication.hidden)
        .join(ranked, ranked.c.id == CoverageRun.id)
        .outerjoin(CoveragePublication, standing)
        .where(ranked.c.place == 1)
        .options(sa.orm.defer(CoverageRun.covered_ll))
        .order_by(CoverageRun.service_code, CoverageRun.area_code)
    )
    return [
        (_run(row), publication_id, frozenset((code, measure) for code, measure in hidden or ()))
        for row, publication_id, hidden in session().execute(chosen)
    ]


def iter_layer(
    layer: Layer,
    *,
    runs: Sequence[Run],
    wanted: LayerFilter,
    is_counted_only: bool = False,
    without_cells: Collection[int] = (),
    after: LayerPlace | None = None,
    one: LayerPlace | None = None,
) -> Generator[tuple[LayerPlace, Row]]:
    """
    Read the rows of a layer in the order of runs and keys (areas: codes and runs), a few at a time.

    A box keeps the rows whose own box touches it, and those without an outline. `one` is the only place that is
    wanted, `after` the last that was read; `is_counted_only` leaves out areas that none of the runs counts.
    """
    known = {run.id: run for run in runs}
    chosen = _chosen(layer, run_ids=list(known), wanted=wanted, is_counted_only=is_counted_only, without=without_cells)
    run_id, key = _order(layer)
    if one is not None:
        chosen = chosen.where(
            key == _key(layer, one.key), run_id.is_(None) if one.run_id is None else run_id == one.run_id
        )
    if after is not None:
        chosen = chosen.where(_later(layer, after=after))
    chosen = chosen.order_by(*((key, run_id) if layer is Layer.AREAS else (run_id, key)))
    # whoever stops early closes the generator, and with it the cursor of the server
    with session().execute(chosen.execution_options(yield_per=READ_AT_ONCE)) as found:
        for row in found:
            yield _read(layer, row=row, known=known)


def count_layer(
    layer: Layer,
    *,
    run_ids: Collection[UUID],
    wanted: LayerFilter,
    is_counted_only: bool = False,
    without_cells: Collection[int] = (),
) -> int:
    """Count the rows that `iter_layer` reads."""
    chosen = _chosen(layer, run_ids=run_ids, wanted=wanted, is_counted_only=is_counted_only, without=without_cells)
    counted = chosen.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    return session().scalar(counted) or 0


def find_inhabited_cells(run_id: UUID) -> list[int]:
    """Find the cells of a run in which somebody lives."""
    return list(session().scalars(sa.select(RunCell.cell).where(RunCell.run_id == run_id, RunCell.elders > 0)))


def find_boundaries(area_code: str) -> list[dict[str, Any]]:
    """Find the boundaries of an area and all below."""
    chosen = sa.select(areas.Area.boundary_ll).where(
        areas.Area.code.startswith(area_code, autoescape=True), areas.Area.west.is_not(None)
    )
    return list(session().scalars(chosen))


def find_extent() -> Box | None:
    """Find the box around all boundaries, or None where there are none."""
    low, high, area = sa.func.min, sa.func.max, areas.Area
    whole = sa.select(low(area.west), low(area.south), high(area.east), high(area.north))
    row: Any = session().execute(whole).one()
    return None if row[0] is None else tuple(row)


def find_area_state() -> tuple[int, int]:
    """Count the areas and sum up their versions: any change of a boundary or name changes it."""
    count, versions = session().execute(sa.select(sa.func.count(), sa.func.sum(areas.Area.version))).one()
    return count, versions or 0


def _chosen(
    layer: Layer, *, run_ids: Collection[UUID], wanted: LayerFilter, is_counted_only: bool, without: Collection[int]
) -> Select:
    if layer is Layer.CIRCLES:
        return _circles(run_ids, wanted=wanted)
    if layer is Layer.GAPS:
        return _gaps(run_ids, wanted=wanted)
    if layer is Layer.HEXAGONS:
        return _cells(run_ids, wanted=wanted, without=without)
    return _areas(run_ids, wanted=wanted, is_counted_only=is_counted_only)


def _circles(run_ids: Collection[UUID], *, wanted: LayerFilter) -> Select:
    sides = (RunSite.circle_west, RunSite.circle_south, RunSite.circle_east, RunSite.circle_north)
    chosen = (
        sa.select(RunSite, directory.Site.name, directory.Site.area_code)
        .join(directory.Site, directory.Site.id == RunSite.site_id)
        .where(RunSite.run_id.in_(run_ids), _touching(sides, boxes_ll=wanted.boxes_ll))
    )
    if wanted.site_id is not None:
        chosen = chosen.where(RunSite.site_id == wanted.site_id)
    return _of_area(chosen, code=directory.Site.area_code, wanted=wanted)


def _gaps(run_ids: Collection[UUID], *, wanted: LayerFilter) -> Select:
    sides = (RunArea.gap_west, RunArea.gap_south, RunArea.gap_east, RunArea.gap_north)
    chosen = (
        sa.select(RunArea, areas.Area.name_zh, areas.Area.name_en, directory.Site.name)
        .join(areas.Area, areas.Area.code == RunArea.area_code)
        .outerjoin(directory.Site, directory.Site.id == RunArea.nearest_site_id)
        # by the ground alone: that an area without a boundary has a gap would tell that somebody is outside
        .where(RunArea.run_id.in_(run_ids), RunArea.gap_west.is_not(None), _touching(sides, boxes_ll=wanted.boxes_ll))
    )
    if wanted.levels:
        chosen = chosen.where(RunArea.level.in_(wanted.levels))
    return _of_area(chosen, code=RunArea.area_code, wanted=wanted)


def _cells(run_ids: Collection[UUID], *, wanted: LayerFilter, without: Collection[int]) -> Select:
    chosen = sa.select(RunCell).where(RunCell.run_id.in_(run_ids))
    if wanted.boxes_ll:
        chosen = chosen.where(sa.or_(*(_middle_near(box) for box in wanted.boxes_ll)))
    if wanted.cell is not None:
        chosen = chosen.where(RunCell.cell == wanted.cell)
    return chosen.where(RunCell.cell.not_in(without)) if without else chosen


def _areas(run_ids: Collection[UUID], *, wanted: LayerFilter, is_counted_only: bool) -> Select:
    area = areas.Area
    counted = sa.and_(RunArea.area_code == area.code, RunArea.run_id.in_(run_ids))
    chosen = (
        sa.select(area.code, area.level, area.name_zh, area.name_en, area.boundary_ll, RunArea, directory.Site.name)
        .select_from(area)
        .join(RunArea, counted, isouter=not is_counted_only)
        .outerjoin(directory.Site, directory.Site.id == RunArea.nearest_site_id)
        .where(_touching(_sides(area), boxes_ll=wanted.boxes_ll))
    )
    if wanted.levels:
        chosen = chosen.where(area.level.in_(wanted.levels))
    return _of_area(chosen, code=area.code, wanted=wanted)


def _of_area(chosen: Select, *, code: sa.orm.InstrumentedAttribute[str], wanted: LayerFilter) -> Select:
    if wanted.area is not None:
        chosen = chosen.where(code.startswith(wanted.area, autoescape=True))
    return chosen if wanted.area_code is None else chosen.where(code == wanted.area_code)


def _sides(area: type[areas.Area]) -> tuple[Any, Any, Any, Any]:
    return area.west, area.south, area.east, area.north


def _touching(sides: tuple[Any, Any, Any, Any], *, boxes_ll: Sequence[Box]) -> sa.ColumnElement[bool]:
    if not boxes_ll:
        return sa.true()
    left, below, right, above = sides
    touching = [
        sa.and_(left <= east, right >= west, below <= north, above >= south) for west, south, east, north in boxes_ll
    ]
    return sa.or_(left.is_(None), *touching)


def _middle_near(box_ll: Box) -> sa.ColumnElement[bool]:
    west, south, east, north = box_ll
    reach = CELL_REACH_DEG / max(NARROWEST, math.cos(math.radians(max(abs(south), abs(north)))))
    return sa.and_(
        RunCell.lon.between(west - reach, east + reach),
        RunCell.lat.between(south - CELL_REACH_DEG, north + CELL_REACH_DEG),
    )


def _order(layer: Layer) -> tuple[Any, Any]:
    if layer is Layer.CIRCLES:
        return RunSite.run_id, RunSite.site_id
    if layer is Layer.HEXAGONS:
        return RunCell.run_id, RunCell.cell
    return RunArea.run_id, RunArea.area_code if layer is Layer.GAPS else areas.Area.code


def _key(layer: Layer, text: str) -> Any:  # noqa: ANN401 - an id, a number or a code
    if layer is Layer.CIRCLES:
        return UUID(text)
    return int(text) if layer is Layer.HEXAGONS else text


def _later(layer: Layer, *, after: LayerPlace) -> sa.ColumnElement[bool]:
    run_id, key = _order(layer)
    read = _key(layer, after.key)
    if layer is Layer.AREAS:
        return key > read if after.run_id is None else sa.or_(key > read, sa.and_(key == read, run_id > after.run_id))
    return sa.or_(run_id > after.run_id, sa.and_(run_id == after.run_id, key > read))


def _read(layer: Layer, *, row: Any, known: dict[UUID, Run]) -> tuple[LayerPlace, Row]:  # noqa: ANN401 - a row of four kinds
    if layer is Layer.AREAS:
        code, level, name_zh, name_en, outline_ll, counted, site_name = row
        if counted is None:
            return LayerPlace(None, code), PlainArea(code, level, name_zh, name_en, outline_ll)
        found = _row(known[counted.run_id], row=counted, name_zh=name_zh, name_en=name_en, site_name=site_name)
        return LayerPlace(counted.run_id, code), dataclasses.replace(found, outline_ll=outline_ll)
    head = row[0]
    if layer is Layer.GAPS:
        _, name_zh, name_en, site_name = row
        area = _row(known[head.run_id], row=head, name_zh=name_zh, name_en=name_en, site_name=site_name)
        return LayerPlace(head.run_id, head.area_code), area
    if layer is Layer.HEXAGONS:
        cell = CellRow(
            cell=head.cell, walk_s=head.walk_s, elders=head.elders, uncovered=head.uncovered, is_suppressed=False
        )
        return LayerPlace(head.run_id, str(head.cell)), cell
    circle = CircleRow(
        site_id=head.site_id,
        name=row[1],
        area_code=row[2],
        point_ll=None if head.lon is None or head.lat is None else (head.lon, head.lat),
        snap_m=head.snap_m,
        reached=head.reached,
        is_suppressed=False,
        circle_ll=head.circle_ll,
    )
    return LayerPlace(head.run_id, str(head.site_id)), circle
