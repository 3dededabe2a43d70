"""Outlines: one circle as GeoJSON and how true it is, and a whole city against the union of its circles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from benchmarks.engine.searches import LIMIT_DM, SEED, Town
from benchmarks.engine.turns import Stopwatch, demand, ratio, summed_up, take_turns
from dispatch import geo, streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

CIRCLES = 60
JUNCTION_DEGREE = 3
MOST_FALSE_COVERED = 0.03
MOST_FALSE_UNCOVERED = 0.005
MOST_AREA_DIFFERENCE = 0.03
SAMPLE_DM = 100
PLACES = 200_000


def one_circle(town: Town, *, repeat: int) -> dict[str, Any]:
    """From a site to its circle as GeoJSON, beside the search alone; sites stand at junctions."""
    network = town.network
    nodes = junctions(network, count=CIRCLES)
    sites = [streets.snap_points(network, points_xy=network.xy[node : node + 1] + 3.0) for node in nodes]
    wrong = []
    taken: dict[str, list[float]] = {"circle_as_geojson": [], "search_alone": [], "outline_to_the_meter": []}
    for site in sites:

        def sketch(site: streets.Snaps = site) -> str:
            area = streets.sketch_reach(network, site=site, limit_dm=LIMIT_DM)
            return shapely.to_geojson(geo.to_lonlat(area, projection=network.projection))

        def search(site: streets.Snaps = site) -> streets.Reach:
            return streets.reach(network, site=site, limit_dm=LIMIT_DM)

        def exact(site: streets.Snaps = site) -> str:
            area = streets.reach_area(network, site=site, limit_dm=LIMIT_DM)
            return shapely.to_geojson(geo.to_lonlat(area, projection=network.projection))

        area = streets.sketch_reach(network, site=site, limit_dm=LIMIT_DM)
        demand(area.is_valid, message="a circle is no valid polygon")
        if not area.is_empty:
            wrong.append(wrong_shares(area, network=network, site=site))
        turns = take_turns(
            {"circle_as_geojson": sketch, "search_alone": search, "outline_to_the_meter": exact}, repeat=min(repeat, 3)
        )
        for name, values in turns.items():
            taken[name].append(min(values))
    false_covered, false_uncovered = (float(share) for share in np.mean(wrong, axis=0))
    demand(false_covered <= MOST_FALSE_COVERED, message=f"{false_covered:.2%} of what circles hold is out of reach")
    demand(false_uncovered <= MOST_FALSE_UNCOVERED, message=f"{false_uncovered:.2%} in reach lies outside its circle")
    return {
        "ms": summed_up(taken),
        "false_covered_share": round(false_covered, 4),
        "false_uncovered_share": round(false_uncovered, 4),
        "circles": CIRCLES,
        "note": "median over circles of the best of their turns",
    }


def junctions(network: streets.Network, *, count: int) -> NDArray[np.int64]:
    """Choose nodes of the main network where three ways meet or more, the same ones each time."""
    is_junction = (np.diff(network.indptr) >= JUNCTION_DEGREE) & network.is_mainland
    return np.random.default_rng(SEED + 3).choice(np.flatnonzero(is_junction), count)


def wrong_shares(area: Any, *, network: streets.Network, site: streets.Snaps) -> tuple[float, float]:  # noqa: ANN401
    """Ask every 10 m along all streets around a circle: inside and out of reach, outside and in reach."""
    box = shapely.box(*shapely.buffer(area, 200.0).bounds)
    is_near = shapely.contains_xy(box, network.xy[network.edge_a]) | shapely.contains_xy(
        box, network.xy[network.edge_b]
    )
    edges = np.flatnonzero(is_near)
    length = network.edge_length_dm[edges].astype(np.int64)
    parts = np.maximum(1, np.rint(length / SAMPLE_DM).astype(np.int64))
    edge = np.repeat(np.arange(len(edges)), parts)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[edge]
    a, b = network.edge_a[edges][edge], network.edge_b[edges][edge]
    places_xy = network.xy[a] + share[:, None] * (network.xy[b] - network.xy[a])
    weight = length[edge] / parts[edge]
    found = streets.reach(network, site=site, limit_dm=LIMIT_DM)
    there: NDArray[np.float64] = np.full(network.node_count, np.inf)
    there[found.nodes] = found.length_dm
    way = np.minimum(there[a] + share * length[edge], there[b] + (1 - share) * length[edge])
    is_in_reach, is_inside = way <= LIMIT_DM, shapely.contains_xy(area, places_xy)
    return (
        float(weight[is_inside & ~is_in_reach].sum() / max(1.0, weight[is_inside].sum())),
        float(weight[~is_inside & is_in_reach].sum() / max(1.0, weight[is_in_reach].sum())),
    )


def city_polygon(town: Town, *, repeat: int) -> dict[str, Any]:
    """Draw the covered area of all sites, search included, against shapely's union of their circles."""
    network, sites = town.network, town.sites
    watch = Stopwatch()
    circles = [
        streets.sketch_reach(network, site=sites.take(slice(i, i + 1)), limit_dm=LIMIT_DM) for i in range(len(sites))
    ]
    drawing_s = watch.seconds()

    def ours() -> Any:  # noqa: ANN401 - a polygon
        field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)
        return streets.sketch_covered(network, field=field, sites=sites, limit_dm=LIMIT_DM)

    # The union takes up to minutes, so it has one turn, and we have some before and after it.
    city = ours()
    taken = take_turns({"ours": ours}, repeat=min(repeat, 2))
    watch = Stopwatch()
    union = shapely.union_all(circles)
    taken["union_all"] = [watch.seconds() * 1000]
    taken["ours"] += take_turns({"ours": ours}, repeat=min(repeat, 3))["ours"]
    difference = abs(city.area - union.area) / union.area

    def stored() -> Any:  # noqa: ANN401 - a polygon
        field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)
        return streets.covered_area(network, field=field, sites=sites, limit_dm=LIMIT_DM)

    # What a run keeps agrees with people to 10 m and is slower; it has no ratio of its own.
    taken |= take_turns({"outline_to_ten_meters": stored}, repeat=min(repeat, 2))
    # By places of chance: to cut two such areas with each other takes longer than the union.
    places = np.random.default_rng(SEED).uniform(union.bounds[:2], union.bounds[2:], (PLACES, 2))
    shapely.prepare([city, union])
    is_in, was_in = shapely.contains_xy(city, places), shapely.contains_xy(union, places)
    apart = (is_in != was_in).sum() / was_in.sum()
    demand(city.is_valid, message="the city's polygon is not valid")
    demand(difference <= MOST_AREA_DIFFERENCE, message=f"the city's polygon is {difference:.2%} off in area")
    return {
        "ratios": {"city_polygon_vs_union": ratio(taken, slow="union_all", quick="ours")},
        "ms": summed_up(taken),
        "area_difference_share": round(difference, 4),
        "places_apart_share": round(float(apart), 4),
        "drawing_the_circles_s": round(drawing_s, 2),
        "area_km2": round(city.area / 1e6, 1),
    }
