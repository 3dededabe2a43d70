"""The two maps of a report: degrees become metres, cells become hexagons, and the drawing is `drawing`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from dispatch import geo, streets

if TYPE_CHECKING:
    from dispatch.drawing import DistrictMap
    from dispatch.geo import Projection
    from dispatch.reports.values import MapFacts
    from dispatch.streets import Network

WIDTH_MM = 170.0
SMALL_MM, LARGE_MM, LEAST_MM = 100.0, 196.0, 110.0
"""How high the map beside the conclusion is, and the one with a page to itself, which is no higher than it needs."""


@dataclass(frozen=True, slots=True)
class Maps:
    """The maps by name, and whether streets are drawn on them."""

    maps: dict[str, DistrictMap]
    has_streets: bool


def draw_maps(facts: MapFacts, *, network: Network | None) -> Maps:
    """Draw the maps; streets are those of the network that was computed on, or none."""
    from dispatch import drawing  # noqa: PLC0415 - loads matplotlib

    # Named edits of the run are told in words; drawn are the streets as they were imported.
    is_own = network is not None and _imported(streets.network_identity(network.manifest)) == _imported(
        facts.network_id
    )
    projection = network.projection if network is not None and is_own else _projection(facts)
    roads = _roads(network) if network is not None and is_own else np.zeros((0, 2, 2))

    def metric(geometry_ll: Any) -> Any:  # noqa: ANN401 - any shapely geometry
        return shapely.transform(geometry_ll, projection.to_xy)

    sites = np.array(facts.sites_ll, np.float64).reshape(-1, 2)
    middles = [shape(gap).representative_point() for gap in facts.gaps_ll]
    badges = np.array([(one.x, one.y) for one in middles], np.float64).reshape(-1, 2)
    ground = drawing.Ground(
        boundary_xy=None if facts.boundary_ll is None else metric(shape(facts.boundary_ll)),
        parts=tuple((name, metric(shape(outline))) for name, outline in facts.parts),
        covered_xy=shapely.MultiPolygon() if facts.covered_ll is None else metric(shape(facts.covered_ll)),
        cells=tuple((count, metric(geo.cell_polygon(cell))) for cell, count in facts.cells),
        roads=roads,
        sites=projection.to_xy(sites) if len(sites) else sites,
        badges=projection.to_xy(badges) if len(badges) else badges,
    )
    heights = {"small": SMALL_MM, "large": _height(ground.boundary_xy)}
    drawn = {
        name: drawing.draw_district(ground, width_mm=WIDTH_MM, height_mm=height) for name, height in heights.items()
    }
    return Maps(drawn, has_streets=bool(len(roads)))


def _imported(network_id: str) -> str:
    return network_id.partition("+")[0]


def _height(boundary_xy: Any) -> float:  # noqa: ANN401 - any shapely geometry
    if boundary_xy is None:
        return LARGE_MM
    west, south, east, north = boundary_xy.bounds
    return round(float(np.clip(WIDTH_MM * (north - south) / max(east - west, 1.0), LEAST_MM, LARGE_MM)), 1)


def _roads(network: Network) -> Any:  # noqa: ANN401 - an array of strokes
    return np.stack((network.xy[network.edge_a], network.xy[network.edge_b]), axis=1)


def _projection(facts: MapFacts) -> Projection:
    """Give metres around the middle of whatever there is to see."""
    if facts.boundary_ll is not None:
        west, south, east, north = shape(facts.boundary_ll).bounds
        return geo.local_projection((west + east) / 2, (south + north) / 2)
    points = [geo.cell_center(cell) for cell, _ in facts.cells] or list(facts.sites_ll) or [(0.0, 0.0)]
    lon, lat = np.array(points, np.float64).mean(axis=0)
    return geo.local_projection(float(lon), float(lat))
