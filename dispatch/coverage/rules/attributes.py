"""A row of a map layer as plain attributes: what GeoJSON, tiles and files say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import geo
from dispatch.coverage.values import AreaRow, CellRow, CircleRow

if TYPE_CHECKING:
    from dispatch.coverage.values import LayerRun, PlainArea

SECONDS_A_MINUTE = 60
OF_RUN: dict[str, type] = {
    "run": str,
    "service": str,
    "run_area": str,
    "as_of": str,
    "limit_min": int,
    "speed_mps": float,
    "published": bool,
}
OF_CIRCLE: dict[str, type] = {
    "site_id": str,
    "name": str,
    "area_code": str,
    "lon": float,
    "lat": float,
    "reached": int,
    "suppressed": bool,
}
OF_CELL: dict[str, type] = {
    "cell": str,
    "walk_s": int,
    "minutes": int,
    "elders": int,
    "uncovered": int,
    "suppressed": bool,
}
OF_AREA: dict[str, type] = {
    "area_code": str,
    "level": str,
    "name_zh": str,
    "name_en": str,
    "elders": int,
    "covered": int,
    "uncovered": int,
    "covered_share": float,
    "sites": int,
    "is_covered": bool,
    "is_borderline": bool,
    "nearest_s": int,
    "suppressed": bool,
}


def attributes_of(row: AreaRow | CircleRow | CellRow | PlainArea, *, run: LayerRun | None) -> dict[str, Any]:
    """Give the attributes of a row and its run; the same names for all rows of a layer, None where nothing is said."""
    return _of_run(run) | _of_row(row)


def _of_run(seen: LayerRun | None) -> dict[str, Any]:
    if seen is None:
        return dict.fromkeys(OF_RUN)
    run = seen.run
    return {
        "run": str(run.id),
        "service": run.service_code,
        "run_area": run.area_code,
        "as_of": run.as_of.isoformat(),
        "limit_min": run.limit_s // SECONDS_A_MINUTE,
        "speed_mps": run.speed_mps,
        "published": seen.is_published,
    }


def _of_row(row: AreaRow | CircleRow | CellRow | PlainArea) -> dict[str, Any]:
    if isinstance(row, CircleRow):
        lon, lat = row.point_ll or (None, None)
        return {
            "site_id": str(row.site_id),
            "name": row.name,
            "area_code": row.area_code,
            "lon": lon,
            "lat": lat,
            "reached": row.reached,
            "suppressed": row.is_suppressed,
        }
    if isinstance(row, CellRow):
        return {
            "cell": geo.cell_text(row.cell),
            "walk_s": row.walk_s,
            "minutes": None if row.walk_s is None else -(-row.walk_s // SECONDS_A_MINUTE),
            "elders": row.elders,
            "uncovered": row.uncovered,
            "suppressed": row.is_suppressed,
        }
    named = {"area_code": row.area_code, "level": row.level, "name_zh": row.name_zh, "name_en": row.name_en}
    if not isinstance(row, AreaRow):
        return dict.fromkeys(OF_AREA) | named
    return named | {
        "elders": row.elders,
        "covered": row.covered,
        "uncovered": row.uncovered,
        "covered_share": row.covered_share,
        "sites": row.sites,
        "is_covered": row.state,
        "is_borderline": row.is_borderline,
        "nearest_s": row.nearest_s,
        "suppressed": row.is_suppressed,
    }
