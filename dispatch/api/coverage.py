"""Coverage runs, and what they found, as GeoJSON. Counts by area and by cell; never a person."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from dispatch import clock, coverage, dates, geo, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.jobs import JOB_KEY_DOC, PREFER_DOC, accepted, is_job_preferred, job_key
from dispatch.api.networks import imported_network
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import GEOJSON, Blueprint, conditional
from dispatch.api.problems import RequestError
from dispatch.api.schemas.coverage import (
    CoverageAreasGeoJson,
    CoverageCellsGeoJson,
    CoverageCirclesGeoJson,
    CoverageComparisonSchema,
    CoverageRunSchema,
    CoverageRunsSchema,
    CoverageRunWishSchema,
)
from dispatch.api.schemas.coverage_queries import CompareQuery, CoverageRunQuery, GapsQuery, OfLevelQuery, OfRunQuery
from dispatch.api.schemas.jobs import JobSchema
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from flask import Response

    from dispatch.coverage import AreaRow, CellRow, CircleRow, Comparison, Run

BOX_NEEDED = Words("区级以上的范围要给出 bbox。", "Above one district a bbox is needed.")
DISTRICT_DIGITS = 6
SECONDS_A_MINUTE = 60
ONE_DAY, ONE_YEAR = timedelta(days=1), timedelta(days=365)

bp = Blueprint("coverage", __name__, url_prefix="/v1", description="Who cannot be reached")


@bp.post("/coverage/runs")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.doc(parameters=[PREFER_DOC, JOB_KEY_DOC])
@bp.arguments(CoverageRunWishSchema)
@bp.alt_response(202, schema=JobSchema, description="Taken as a job, on `Prefer: respond-async`", success=True)
@bp.response(201, CoverageRunSchema)
def create_run(wish: dict[str, Any]) -> Run | Response:
    """Compute circles, gaps and figures of a service in an area, and store them; at once, or as a job."""
    started_at = clock.utc_now()
    if wish["scenario_id"] is not None:
        with storage.reading():
            wish = coverage.fill_question(wish, actor=actor())
    wanted = coverage.make_wish(
        **wish, today=dates.service_date(started_at, settings().time_zone), zone=settings().time_zone
    )
    if is_job_preferred():
        with storage.transaction():
            return accepted(coverage.request_run(wanted, key=job_key(), actor=actor(), at=started_at))
    with storage.reading():
        inputs = coverage.prepare_run(wanted, actor=actor())
    findings = coverage.compute_run(inputs, network=imported_network())
    packed = coverage.pack_run(findings, actor=actor(), started_at=started_at, finished_at=clock.utc_now())
    with storage.transaction():
        run_id = coverage.store_run(packed, actor=actor())
    with storage.reading():
        return coverage.get_run(run_id, actor=actor())


@bp.get("/coverage/runs")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.arguments(CoverageRunQuery, location="query")
@bp.response(200, CoverageRunsSchema)
def list_runs(query: dict[str, Any]) -> dict[str, Any]:
    """List the runs of one's area, the newest first."""
    with storage.reading():
        found = coverage.find_runs(
            actor(),
            area_code=query["area"],
            service_code=query["service"],
            skip=place_of(query),
            limit=query["limit"] + 1,
        )
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/runs/<uuid:run_id>")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.response(200, CoverageRunSchema)
def get_run(run_id: UUID) -> Run:
    """Give one run: what was asked, what it rests on, the totals."""
    with storage.reading():
        return coverage.get_run(run_id, actor=actor())


@bp.get("/coverage/gaps")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(GapsQuery, location="query")
@bp.response(200, CoverageAreasGeoJson, content_type=GEOJSON)
def list_gaps(query: dict[str, Any]) -> dict[str, Any]:
    """List areas with elders outside every circle, those with most first: the ground outside, as GeoJSON."""
    find = coverage.find_gaps
    if query["rank"] == "unmet":
        from_on, to_on = span_of(query, ahead=intake.FARTHEST_AHEAD)
        find = partial(coverage.find_gaps_by_unmet, from_on=from_on, to_on=to_on)
    with storage.reading():
        run = run_of(query)
        found = find(
            run,
            actor=actor(),
            level=query["level"],
            area_code=query["area"] or "",
            box_ll=query["bbox"],
            skip=place_of(query),
            limit=query["limit"] + 1,
        )
    return _collection(run, rows=found, query=query, feature=_area_feature)


@bp.get("/coverage/areas")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(OfLevelQuery, location="query")
@bp.response(200, CoverageAreasGeoJson, content_type=GEOJSON)
def list_areas(query: dict[str, Any]) -> dict[str, Any]:
    """List the figures of all areas of a level in the order of codes, with their boundaries."""
    with storage.reading():
        run = run_of(query)
        found = coverage.find_areas(
            run, actor=actor(), level=query["level"], area_code=query["area"] or "", box_ll=query["bbox"]
        )
    return _collection(run, rows=found[place_of(query) :], query=query, feature=_area_feature)


@bp.get("/coverage/circles")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(OfRunQuery, location="query")
@bp.response(200, CoverageCirclesGeoJson, content_type=GEOJSON)
def list_circles(query: dict[str, Any]) -> dict[str, Any]:
    """List the sites of a run with their service circles."""
    with storage.reading():
        run = run_of(query)
        found = coverage.find_circles(
            run, actor=actor(), box_ll=query["bbox"], skip=place_of(query), limit=query["limit"] + 1
        )
    return _collection(run, rows=found, query=query, feature=_circle_feature)


@bp.get("/coverage/hexagons")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(OfRunQuery, location="query")
@bp.response(200, CoverageCellsGeoJson, content_type=GEOJSON)
def list_hexagons(query: dict[str, Any]) -> dict[str, Any]:
    """List the H3 cells of a run: minutes to the nearest site, elders, elders outside."""
    with storage.reading():
        run = run_of(query)
        if len(run.area_code) < DISTRICT_DIGITS and query["bbox"] is None:
            raise RequestError(400, detail=BOX_NEEDED, fields={"bbox": [BOX_NEEDED]})
        found = coverage.find_cells(
            run, actor=actor(), box_ll=query["bbox"], skip=place_of(query), limit=query["limit"] + 1
        )
    return _collection(run, rows=found, query=query, feature=_cell_feature)


@bp.get("/coverage/compare")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(CompareQuery, location="query")
@bp.response(200, CoverageComparisonSchema)
def compare(query: dict[str, UUID]) -> Comparison:
    """Compare two runs of one area: which communities gained, which lost."""
    with storage.reading():
        return coverage.compare_runs(query["a"], after_id=query["b"], actor=actor())


def span_of(query: dict[str, Any], *, ahead: timedelta = timedelta()) -> tuple[date, date]:
    """Give the span of dates that a query means: the year up to and with today, and `ahead`, where it says nothing."""
    today = dates.service_date(clock.utc_now(), settings().time_zone)
    to_on = query["to_on"] or today + ONE_DAY + ahead
    return query["from_on"] or min(to_on, today + ONE_DAY) - ONE_YEAR, to_on


def run_of(query: dict[str, Any]) -> Run:
    """Give the run that a query means: by its id, or the newest of a service for an area."""
    if query["run"] is not None:
        return coverage.get_run(query["run"], actor=actor())
    return coverage.latest_run(
        actor=actor(), area_code=query["area"], service_code=query["service"], mode=query["mode"]
    )


def _collection(
    run: Run, *, rows: list[Any], query: dict[str, Any], feature: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [feature(row) for row in rows[: query["limit"]]],
        "run_id": run.id,
        "assumptions": run.assumptions,
        "next_cursor": next_place(rows, query=query),
    }


def _area_feature(row: AreaRow) -> dict[str, Any]:
    return {"type": "Feature", "id": row.area_code, "geometry": row.outline_ll, "properties": row}


def _circle_feature(row: CircleRow) -> dict[str, Any]:
    lon, lat = row.point_ll or (None, None)
    properties = {
        "site_id": row.site_id,
        "name": row.name,
        "area_code": row.area_code,
        "lon": lon,
        "lat": lat,
        "snap_m": row.snap_m,
        "reached": row.reached,
        "places": row.places,
        "served": row.served,
        "planned": row.is_planned,
        "is_suppressed": row.is_suppressed,
    }
    return {"type": "Feature", "id": str(row.site_id), "geometry": row.circle_ll, "properties": properties}


def _cell_feature(row: CellRow) -> dict[str, Any]:
    text = geo.cell_text(row.cell)
    properties = {
        "cell": text,
        "walk_s": row.walk_s,
        "minutes": None if row.walk_s is None else -(-row.walk_s // SECONDS_A_MINUTE),
        "elders": row.elders,
        "uncovered": row.uncovered,
        "is_suppressed": row.is_suppressed,
    }
    outline = geo.cell_polygon(row.cell)
    geometry = {"type": "Polygon", "coordinates": [[list(point) for point in outline.exterior.coords]]}
    return {"type": "Feature", "id": text, "geometry": geometry, "properties": properties}
