"""One circle against Valhalla's isochrone of the same place: time, and how true both are by the same samples."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from benchmarks.engine.outlines import junctions, wrong_shares
from benchmarks.engine.searches import LIMIT_DM
from benchmarks.engine.turns import summed_up, take_turns
from dispatch import geo, streets

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 1, 1, tzinfo=UTC)
CIRCLES = 30
MINUTES = LIMIT_DM / 600
# As quick everywhere as our walker, who minds neither steps nor alleys.
WALKER = {
    "walking_speed": 3.6,
    "step_penalty": 0,
    "walkway_factor": 1.0,
    "sidewalk_factor": 1.0,
    "alley_factor": 1.0,
    "driveway_factor": 1.0,
    "service_factor": 1.0,
    "service_penalty": 0,
}


def by_valhalla(extracts: list[Path], *, repeat: int) -> dict[str, Any]:
    """Build Valhalla's tiles from the smallest extract, and take turns with it over places of chance."""
    if not extracts:
        return {"note": "no extract was named: --data FOLDER or --network FILE"}
    try:
        import valhalla  # noqa: PLC0415 - a peer that may be missing
    except ImportError:
        return {"note": "pyvalhalla-weekly is not installed: make bench-peers"}
    extract = min(extracts, key=lambda one: one.stat().st_size)
    network, _ = streets.read_osm(extract, name=extract.name, imported_at=AT)
    nodes = junctions(network, count=CIRCLES)
    with tempfile.TemporaryDirectory() as folder:
        began, config = time.perf_counter(), _tiles(extract, folder=Path(folder))
        building_s = time.perf_counter() - began
        actor = valhalla.Actor(str(config))
        taken: dict[str, list[float]] = {"circle_as_geojson": [], "valhalla": []}
        wrong: dict[str, list[tuple[float, float]]] = {"ours": [], "valhalla": []}
        for node in nodes.tolist():
            site = streets.snap_points(network, points_xy=network.xy[node : node + 1] + 3.0)
            runs = _runs(network, site=site, place_xy=network.xy[node : node + 1] + 3.0, actor=actor)
            for name, values in take_turns(runs, repeat=min(repeat, 3)).items():
                taken[name].append(min(values))
            answers = shapely.from_geojson(runs["circle_as_geojson"]()), _isochrone(runs["valhalla"]())
            for name, area_ll in zip(wrong, answers, strict=True):
                area = geo.to_metric(geo.LonLatPolygon(shapely.make_valid(area_ll)), projection=network.projection)
                wrong[name].append(wrong_shares(area, network=network, site=site))
    shares = {name: [round(float(share), 4) for share in np.mean(pairs, axis=0)] for name, pairs in wrong.items()}
    return {
        "extract": extract.name,
        "ms": summed_up(taken),
        "false_covered_and_uncovered_shares": shares,
        "circles": CIRCLES,
        "building_tiles_by_the_clock_s": round(building_s, 1),
        "note": "its own network and search; at its own smoothing of outlines",
    }


def _tiles(extract: Path, *, folder: Path) -> Path:
    import valhalla  # noqa: PLC0415 - a peer that may be missing
    from valhalla.config import get_config  # noqa: PLC0415 - as above

    tiles, config = folder / "tiles", folder / "valhalla.json"
    tiles.mkdir()
    config.write_text(json.dumps(get_config(tile_extract="", tile_dir=str(tiles))), encoding="utf-8")
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    command = [str(program), "-c", str(config), str(extract.resolve())]
    # it leaves files where it is run
    subprocess.run(command, check=True, capture_output=True, cwd=folder)  # noqa: S603 - a peer's own program
    return config


def _runs(
    network: streets.Network,
    *,
    site: streets.Snaps,
    place_xy: np.ndarray,
    actor: Any,  # noqa: ANN401 - a peer that may be missing
) -> dict[str, Callable[[], str]]:
    lon, lat = network.projection.to_ll(place_xy)[0].tolist()
    query = json.dumps(
        {
            "locations": [{"lon": lon, "lat": lat}],
            "costing": "pedestrian",
            "costing_options": {"pedestrian": WALKER},
            "contours": [{"time": MINUTES}],
            "polygons": True,
        }
    )

    def ours() -> str:
        area = streets.sketch_reach(network, site=site, limit_dm=LIMIT_DM)
        return shapely.to_geojson(geo.to_lonlat(area, projection=network.projection))

    return {"circle_as_geojson": ours, "valhalla": lambda: actor.isochrone(query)}


def _isochrone(answer: str) -> Any:  # noqa: ANN401 - a polygon
    return shapely.from_geojson(json.dumps(json.loads(answer)["features"][0]["geometry"]))
