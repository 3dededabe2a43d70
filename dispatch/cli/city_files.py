"""What `dispatch city` writes: three GeoJSON files and the summary."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import shapely

from dispatch import coverage, geo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dispatch.coverage import CityFindings, CityShares
    from dispatch.geo import LonLatPolygon
    from dispatch.streets import Network

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
PACKAGES = ("numpy", "scipy", "shapely", "pyproj", "osmium", "h3")
SECONDS_A_MINUTE = 60


def summary_of(
    found: list[CityFindings],
    *,
    network: Network,
    sources: dict[str, dict[str, Any]],
    demand_name: str,
    is_proxy: bool,
) -> dict[str, Any]:
    """Give the figures of all categories, and everything that they assume."""
    question = found[0].question
    other = next(rule for rule in coverage.OriginRule if rule is not question.origin_rule)
    assumptions = coverage.describe_question(question, network=network) | {
        "limit_min": question.limit_s // SECONDS_A_MINUTE,
        "mode": coverage.Mode.WALK.value,
        "demand_name": demand_name,
        "demand_is_proxy": is_proxy,
        "demand_note": "floor area of buildings (footprint by levels) in square metres: a proxy, not people"
        if is_proxy
        else "weights of the file",
        "site_note": "every row with a weight above 0 is one site; weights of sites do not count",
        "sources": sources,
        "unlocated_rule": "no point, or farther than the snap limit from every street: in demand, never covered",
        "other_origin_rule": other.value,
        "attribution": ATTRIBUTION,
        "versions": {name: version(name) for name in PACKAGES},
    }
    return {"categories": {one.category: _category(one) for one in found}, "assumptions": assumptions}


def write_files(found: Iterable[CityFindings], *, summary: dict[str, Any], folder: Path) -> None:
    """Write circles.geojson, gaps.geojson, hexagons.geojson and summary.json."""
    found = list(found)
    _write(folder / "circles.geojson", features=_circles(found), summary=summary)
    _write(folder / "gaps.geojson", features=_gaps(found), summary=summary)
    _write(folder / "hexagons.geojson", features=_hexagons(found), summary=summary)
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _category(one: CityFindings) -> dict[str, Any]:
    located = one.demand - one.unlocated
    return {
        "sites": one.sites,
        "unlocated_sites": one.unlocated_sites,
        "demand": one.demand,
        "unlocated": one.unlocated,
        **_shares(one.at_limit),
        "uncovered": _rounded(one.demand - one.at_limit.covered),
        "located_share": one.at_limit.covered / located if located else None,
        "bands": {minutes: _shares(shares) for minutes, shares in one.band.items()},
        "slower": _shares(one.slower),
        "straight_line_share": one.straight.covered_share,
        "straight_line_covered": one.straight.covered,
        "by_other_origin_rule": _shares(one.other_rule),
        "gaps": len(one.gaps),
    }


def _shares(shares: CityShares) -> dict[str, float]:
    return {"covered": shares.covered, "covered_share": shares.covered_share}


def _rounded(weight: float) -> float:
    return round(weight, 3)


def _circles(found: list[CityFindings]) -> Iterator[str]:
    for one in found:
        for row, circle in enumerate(one.circles, start=1):
            yield _feature(
                circle.circle_ll,
                category=one.category,
                site=row,
                name=circle.label,
                lon=_number(circle.point_ll[0]),
                lat=_number(circle.point_ll[1]),
                snap_m=circle.snap_m,
                reached=circle.reached,
            )


def _gaps(found: list[CityFindings]) -> Iterator[str]:
    for one in found:
        for rank, gap in enumerate(one.gaps, start=1):
            over_s = None if gap.nearest_s is None else gap.nearest_s - one.question.limit_s
            yield _feature(
                gap.gap_ll,
                category=one.category,
                rank=rank,
                uncovered=gap.uncovered,
                nearest_site=gap.nearest_label,
                nearest_lon=None if gap.nearest_ll is None else gap.nearest_ll[0],
                nearest_lat=None if gap.nearest_ll is None else gap.nearest_ll[1],
                nearest_s=gap.nearest_s,
                over_limit_min=None if over_s is None else -(-over_s // SECONDS_A_MINUTE),
            )


def _hexagons(found: list[CityFindings]) -> Iterator[str]:
    for one in found:
        for cell in one.cells:
            yield _feature(
                geo.cell_polygon(cell.cell),
                category=one.category,
                cell=geo.cell_text(cell.cell),
                demand=cell.demand,
                uncovered=cell.uncovered,
                walk_s=cell.walk_s,
                minutes=None if cell.walk_s is None else -(-cell.walk_s // SECONDS_A_MINUTE),
            )


def _feature(shape: LonLatPolygon | None, **properties: Any) -> str:  # noqa: ANN401 - what JSON holds
    # Thousands of outlines: shapely writes their text itself, faster than lists of numbers could be built.
    geometry = "null" if shape is None else shapely.to_geojson(shape)
    return f'{{"type":"Feature","geometry":{geometry},"properties":{json.dumps(properties, ensure_ascii=False)}}}'


def _number(degrees: float) -> float | None:
    return degrees if degrees == degrees else None  # noqa: PLR0124 - not-a-number differs from itself


def _write(path: Path, *, features: Iterable[str], summary: dict[str, Any]) -> None:
    head = json.dumps({"attribution": ATTRIBUTION, "assumptions": summary["assumptions"]}, ensure_ascii=False)[1:-1]
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection",{head},"features":[\n')
        file.writelines(f"{',' if number else ''}{one}\n" for number, one in enumerate(features))
        file.write("]}\n")
