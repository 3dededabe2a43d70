"""Reads of stored runs, complete: `operations` decides who sees how much of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa
from shapely.geometry import shape

from dispatch import areas, directory
from dispatch.coverage.models import (
    CoverageRun,
    RunArea,
    RunCategory,
    RunCell,
    RunPerson,
    RunPlannedSite,
    RunSite,
)
from dispatch.coverage.values import AreaRow, CapacityRule, CategoryRow, CellRow, CircleRow, Run
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

SECONDS_A_MINUTE = 60
AreaRows = sa.Select[RunArea, str, str | None, str]


def find_run(run_id: UUID) -> Run | None:
    """Find a run by its id."""
    row = session().get(CoverageRun, run_id)
    return None if row is None else _run(row)


def find_runs(
    prefixes: Iterable[str],
    *,
    area_code: str | None = None,
    service_code: str | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Run]:
    """Find the runs of areas whose codes begin with one of the prefixes, the newest first."""
    chosen = _within(prefixes).order_by(CoverageRun.id.desc()).offset(skip).limit(limit)
    if area_code is not None:
        chosen = chosen.where(CoverageRun.area_code == area_code)
    if service_code is not None:
        chosen = chosen.where(CoverageRun.service_code == service_code)
    return [_run(row) for row in session().scalars(chosen)]


def find_latest(prefixes: Iterable[str], *, area_code: str, service_code: str, mode: str) -> Run | None:
    """Find the newest run of a service for an area or one above it: of no scenario, no moment, no places."""
    above = [area_code[:length] for length in range(2, len(area_code) + 1)]
    row = (
        session()
        .scalars(
            _within(prefixes)
            .where(
                CoverageRun.area_code.in_(above),
                CoverageRun.service_code == service_code,
                CoverageRun.scenario_id.is_(None),
                CoverageRun.mode == mode,
                CoverageRun.at_local.is_(None),
                CoverageRun.capacity == CapacityRule.IGNORED,
            )
            .order_by(CoverageRun.finished_at.desc(), CoverageRun.id.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else _run(row)


def find_areas(
    run: Run,
    *,
    area_code: str = "",
    level: str | None = None,
    box_ll: Box | None = None,
    with_boundaries: bool = True,
) -> list[AreaRow]:
    """Find the areas of a run below a code, in the order of codes; `outline_ll` is the boundary."""
    chosen = _below(_area_rows(run).order_by(RunArea.area_code), area_code=area_code, level=level)
    rows = [_row(run, row=row, name_zh=zh, name_en=en, site_name=site) for row, zh, en, site in _all(chosen)]
    if not with_boundaries:
        return rows
    boundaries = {area.code: area.boundary_ll for area in areas.find_areas(prefixes=[area_code or run.area_code])}
    rows = [replace(row, outline_ll=boundaries[row.area_code]) for row in rows]
    return rows if box_ll is None else [row for row in rows if _touches(row.outline_ll, box_ll=box_ll)]


def find_gaps(
    run: Run, *, level: str, area_code: str = "", box_ll: Box | None = None, skip: int = 0, limit: int | None = 50
) -> list[AreaRow]:
    """Find areas with elders or ground outside, most elders first, then by code; `outline_ll` is the gap."""
    uncovered = RunArea.elders - RunArea.covered
    chosen = _area_rows(run).where(sa.or_(uncovered > 0, RunArea.gap_west.is_not(None)))
    if box_ll is not None:
        west, south, east, north = box_ll
        chosen = chosen.where(
            RunArea.gap_west <= east, RunArea.gap_east >= west, RunArea.gap_south <= north, RunArea.gap_north >= south
        )
    chosen = _below(chosen, area_code=area_code, level=level)
    chosen = chosen.order_by(uncovered.desc(), RunArea.area_code).offset(skip).limit(limit)
    return [_row(run, row=row, name_zh=zh, name_en=en, site_name=site) for row, zh, en, site in _all(chosen)]


def find_circles(run: Run, *, box_ll: Box | None = None, skip: int = 0, limit: int | None = None) -> list[CircleRow]:
    """Find the sites of a run with their circles, in the order of ids; a box keeps the sites that stand in it."""
    standing = (
        sa.select(RunSite.site_id, directory.Site.name, directory.Site.area_code, *_drawn(RunSite, is_planned=False))
        .join(directory.Site, directory.Site.id == RunSite.site_id)
        .where(RunSite.run_id == run.id, _in_box(lon=RunSite.lon, lat=RunSite.lat, box_ll=box_ll))
    )
    planned = sa.select(
        RunPlannedSite.change_id,
        RunPlannedSite.name,
        RunPlannedSite.area_code,
        *_drawn(RunPlannedSite, is_planned=True),
    ).where(RunPlannedSite.run_id == run.id, _in_box(lon=RunPlannedSite.lon, lat=RunPlannedSite.lat, box_ll=box_ll))
    both = sa.union_all(standing, planned)
    return [
        CircleRow(
            site_id=row.site_id,
            name=row.name,
            area_code=row.area_code,
            point_ll=None if row.lon is None or row.lat is None else (row.lon, row.lat),
            snap_m=row.snap_m,
            reached=row.reached,
            is_suppressed=False,
            circle_ll=row.circle_ll,
            places=row.places,
            served=row.served,
            is_planned=row.is_planned,
        )
        for row in session().execute(both.order_by(both.selected_columns.site_id).offset(skip).limit(limit)).all()
    ]


def count_newly_covered(run: Run, *, before: Run) -> int:
    """Count who is covered in one run and was not, or was nobody of the area, in another."""
    now, then = sa.orm.aliased(RunPerson), sa.orm.aliased(RunPerson)
    was_covered = sa.exists().where(
        then.run_id == before.id, then.elder_id == now.elder_id, _is_covered(then, limit_s=before.limit_s)
    )
    chosen = sa.select(sa.func.count()).where(
        now.run_id == run.id, _is_covered(now, limit_s=run.limit_s), sa.not_(was_covered)
    )
    return session().scalar(chosen) or 0


def _is_covered(person: type[RunPerson], *, limit_s: int) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(person.has_place, person.walk_s <= limit_s, sa.false())


def find_categories(
    run: Run,
    *,
    area_code: str = "",
    level: str | None = None,
    category: str | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[CategoryRow]:
    """Find the people of each category in the areas of a run below a code, by area and category."""
    chosen = (
        sa.select(RunCategory, RunArea.level, areas.Area.name_zh, areas.Area.name_en)
        .join(RunArea, sa.and_(RunArea.run_id == RunCategory.run_id, RunArea.area_code == RunCategory.area_code))
        .join(areas.Area, areas.Area.code == RunCategory.area_code)
        .where(RunCategory.run_id == run.id, RunCategory.area_code.startswith(area_code, autoescape=True))
        .order_by(RunCategory.area_code, RunCategory.category)
        .offset(skip)
        .limit(limit)
    )
    if level is not None:
        chosen = chosen.where(RunArea.level == str(level))
    if category is not None:
        chosen = chosen.where(RunCategory.category == category)
    return [
        CategoryRow(
            area_code=row.area_code,
            level=at,
            name_zh=zh,
            name_en=en,
            category=row.category,
            elders=row.elders,
            covered=row.covered,
            uncovered=row.elders - row.covered,
            covered_share=row.covered / row.elders if row.elders else None,
        )
        for row, at, zh, en in session().execute(chosen)
    ]


def find_cells(run: Run, *, box_ll: Box | None = None, skip: int = 0, limit: int | None = None) -> list[CellRow]:
    """Find the H3 cells of a run, in rising order; a box keeps those whose middle lies in it."""
    chosen = (
        sa.select(RunCell)
        .where(RunCell.run_id == run.id, _in_box(lon=RunCell.lon, lat=RunCell.lat, box_ll=box_ll))
        .order_by(RunCell.cell)
        .offset(skip)
        .limit(limit)
    )
    return [
        CellRow(cell=row.cell, walk_s=row.walk_s, elders=row.elders, uncovered=row.uncovered, is_suppressed=False)
        for row in session().scalars(chosen)
    ]


def find_covered(run: Run) -> dict[str, Any] | None:
    """Give the ground within the limit of any site of a run, as GeoJSON; None where there is none."""
    return session().scalar(sa.select(CoverageRun.covered_ll).where(CoverageRun.id == run.id))


def _within(prefixes: Iterable[str]) -> sa.Select[CoverageRun]:
    return sa.select(CoverageRun).where(
        sa.or_(sa.false(), *(CoverageRun.area_code.startswith(one, autoescape=True) for one in prefixes))
    )


def _below(chosen: AreaRows, *, area_code: str, level: str | None) -> AreaRows:
    if area_code:
        chosen = chosen.where(RunArea.area_code.startswith(area_code, autoescape=True))
    return chosen if level is None else chosen.where(RunArea.level == str(level))


def _in_box(
    *,
    lon: sa.orm.InstrumentedAttribute[float | None] | sa.orm.InstrumentedAttribute[float],
    lat: sa.orm.InstrumentedAttribute[float | None] | sa.orm.InstrumentedAttribute[float],
    box_ll: Box | None,
) -> sa.ColumnElement[bool]:
    if box_ll is None:
        return sa.true()
    west, south, east, north = box_ll
    return sa.and_(lon.between(west, east), lat.between(south, north))


def _drawn(model: type[RunSite | RunPlannedSite], *, is_planned: bool) -> tuple[sa.ColumnElement[Any], ...]:
    literal = (sa.true() if is_planned else sa.false()).label("is_planned")
    drawn = (model.lon, model.lat, model.snap_m, model.reached, model.places, model.served, model.circle_ll)
    return *drawn, literal  # type: ignore[return-value] # columns


def _touches(outline_ll: dict[str, Any] | None, *, box_ll: Box) -> bool:
    return outline_ll is not None and shapely.box(*box_ll).intersects(shapely.box(*shape(outline_ll).bounds))


def _area_rows(run: Run) -> AreaRows:
    return (
        sa.select(
            RunArea,
            areas.Area.name_zh,
            areas.Area.name_en,
            sa.func.coalesce(directory.Site.name, RunPlannedSite.name),
        )
        .join(areas.Area, areas.Area.code == RunArea.area_code)
        .outerjoin(directory.Site, directory.Site.id == RunArea.nearest_site_id)
        .outerjoin(
            RunPlannedSite,
            sa.and_(RunPlannedSite.run_id == RunArea.run_id, RunPlannedSite.change_id == RunArea.nearest_site_id),
        )
        .where(RunArea.run_id == run.id)
    )


def _all(chosen: AreaRows) -> Iterable[tuple[RunArea, str, str | None, str | None]]:
    return ((row, zh, en, site) for row, zh, en, site in session().execute(chosen))


def _row(run: Run, *, row: RunArea, name_zh: str, name_en: str | None, site_name: str | None) -> AreaRow:
    located = row.elders - row.unlocated_elders
    return AreaRow(
        run_id=run.id,
        area_code=row.area_code,
        level=row.level,
        name_zh=name_zh,
        name_en=name_en,
        elders=row.elders,
        covered=row.covered,
        uncovered=row.elders - row.covered,
        covered_share=row.covered / row.elders if row.elders else None,
        located_share=row.covered / located if located else None,
        unlocated_elders=row.unlocated_elders,
        sites=row.sites,
        unlocated_sites=row.unlocated_sites,
        band=dict(row.band),
        state=None,
        is_borderline=row.is_borderline,
        nearest_site_id=row.nearest_site_id,
        nearest_site_name=site_name,
        nearest_s=row.nearest_s,
        # with places one may be near a site and have none there: then nothing is over
        over_limit_min=None if row.nearest_s is None else max(0, -((run.limit_s - row.nearest_s) // SECONDS_A_MINUTE)),
        is_suppressed=False,
        outline_ll=row.gap_ll,
        places=row.places,
        places_an_elder=row.places_an_elder,
        base=row.base,
    )


def _run(row: CoverageRun) -> Run:
    return Run(
        id=row.id,
        area_code=row.area_code,
        service_code=row.service_code,
        mode=row.mode,
        speed_mps=row.speed_mps,
        limit_s=row.limit_s,
        as_of=row.as_of,
        network_id=row.network_id,
        network_at=row.network_date,
        rule_version=row.rule_version,
        inputs_hash=row.inputs_hash,
        assumptions=row.assumptions,
        # runs of earlier releases were not asked about places
        totals={"places": None, "places_an_elder": None} | row.totals,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        at_local=row.at_local,
        unknown_hours=row.unknown_hours,
        capacity=row.capacity,
        scenario_id=row.scenario_id,
        scenario_version=row.scenario_version,
    )
