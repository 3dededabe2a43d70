"""The law of areas and a known share on real streets."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from dispatch import streets
from tests.unit.streets.test_areas import TOLERANCE_M
from tests.unit.streets.towns import AT, LIMIT_DM, random_points


def read(shared_data, name):
    return streets.read_osm(shared_data / f"networks/{name}.osm.pbf", name=name, imported_at=AT)[0]


@pytest.mark.feature("G1")
@pytest.mark.parametrize(("name", "site_count"), [("porto-alegre", 100), ("liechtenstein-2015", 40)])
def test_person_and_polygon_agree_at_two_hundred_thousand_places(shared_data, name, site_count):
    network = read(shared_data, name)
    sites = streets.snap_points(network, points_xy=random_points(network, count=site_count, seed=5))
    field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)
    places = np.concatenate([random_points(network, count=100_000, seed=off_m, off_m=off_m) for off_m in (30, 250)])

    area = streets.covered_area(network, field=field, sites=sites, limit_dm=LIMIT_DM)

    points = streets.snap_points(network, points_xy=places)
    is_covered = streets.read_field(network, field=field, sites=sites, points=points)[0] != streets.UNREACHED
    is_wrong = (shapely.contains_xy(area, places) != is_covered) & points.is_located
    tree = shapely.STRtree(shapely.get_parts(area.boundary))
    _, far_m = tree.query_nearest(shapely.points(places[is_wrong]), return_distance=True, all_matches=False)
    assert area.is_valid
    assert far_m.max() <= TOLERANCE_M
    # Measured: 0.2 % of the places, at most 7.2 m from the outline.
    assert is_wrong.mean() < 0.005


def porto_alegre(shared_data):
    """The network, the middles of its cells in metres, their residents, and whether they have health care."""
    network = read(shared_data, "porto-alegre")
    with (shared_data / "networks/porto-alegre-hexagons.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    xy = network.projection.to_xy(np.array([[float(row["lon"]), float(row["lat"])] for row in rows]))
    residents = np.array([float(row["population"] or 0) for row in rows])
    has_care = np.array([float(row["healthcare"] or 0) > 0 for row in rows])
    assert residents.sum() == 812_935
    assert has_care.sum() == 117
    return network, xy, residents, has_care


@pytest.mark.feature("G1")
@pytest.mark.parametrize(("limit_s", "share_pct"), [(600, 49.9), (900, 76.4), (1_200, 90.7)])
def test_share_of_porto_alegre_near_health_care_is_the_published_one_if_counted_the_published_way(
    shared_data, limit_s, share_pct
):
    # The published check snaps to the nearest node and walks the home's way to it, but not the site's.
    network, xy, residents, has_care = porto_alegre(shared_data)
    land = np.flatnonzero(network.is_mainland)
    away_m, place = KDTree(network.xy[land]).query(xy)
    cells = replace(streets.snap_nodes(land[place]), snap_dm=np.rint(away_m * 10).astype(np.int32))
    sites = streets.snap_nodes(cells.a[has_care])
    limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=streets.WALK_SPEED_MPS)

    field = streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)
    length_dm, _ = streets.read_field(network, field=field, sites=sites, points=cells)

    is_near = length_dm != streets.UNREACHED
    assert 100 * residents[is_near].sum() / residents.sum() == pytest.approx(share_pct, abs=0.5)


@pytest.mark.feature("G1")
@pytest.mark.parametrize(("limit_s", "share_pct"), [(600, 47.7), (900, 74.8), (1_200, 90.8)])
def test_share_of_porto_alegre_from_door_to_door_equals_scipy(shared_data, limit_s, share_pct):
    network, xy, residents, has_care = porto_alegre(shared_data)
    cells = streets.snap_points(network, points_xy=xy)
    sites = cells.take(has_care)
    limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=streets.WALK_SPEED_MPS)

    field = streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)
    length_dm, _ = streets.read_field(network, field=field, sites=sites, points=cells)

    expected = by_scipy(network, sites=sites, points=cells)
    expected[expected > limit_dm] = streets.UNREACHED
    is_alone = ~np.isin(cells.edge, sites.edge)
    assert np.array_equal(length_dm[is_alone], expected[is_alone])
    is_near = length_dm != streets.UNREACHED
    assert 100 * residents[is_near].sum() / residents.sum() == pytest.approx(share_pct, abs=0.1)


def by_scipy(network, *, sites, points):
    """Lengths from points to their nearest site by scipy, for points on an edge that no site stands on."""
    count = network.node_count
    start = np.repeat(np.arange(count), np.diff(network.indptr))
    # One more node from which every site's two ends are left with the site's own way to them.
    row = np.concatenate((start, np.full(2 * len(sites), count)))
    column = np.concatenate((network.indices, sites.a, sites.b))
    way = np.concatenate((sites.to_a_dm + sites.snap_dm, sites.to_b_dm + sites.snap_dm))
    order = np.lexsort((way, column[len(start) :]))
    _, first = np.unique(column[len(start) :][order], return_index=True)
    keep = np.concatenate((np.arange(len(start)), len(start) + order[first]))
    length = np.concatenate((network.length_dm, way))
    graph = csr_array((length[keep].astype(float), (row[keep], column[keep])), shape=(count + 1, count + 1))
    from_site = dijkstra(graph, indices=count)
    total = np.minimum(from_site[points.a] + points.to_a_dm, from_site[points.b] + points.to_b_dm) + points.snap_dm
    return np.where(points.is_located & np.isfinite(total), total, 10**9).astype(np.int64)
