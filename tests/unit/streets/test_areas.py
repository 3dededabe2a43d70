"""
The law of areas: farther than 10 m from the outline, polygon and person agree.

The person is asked by a second way: snapped to the nearest edge, then the length from door to door.
"""

import numpy as np
import pytest
import shapely

from dispatch import streets
from dispatch.streets import areas
from tests.unit.streets.towns import AT, LIMIT_DM, make_network, random_points, snap, tiny_town

TOLERANCE_M = 10.0


def scattered(network, *, count, seed, off_m=260.0):
    """Half of the points anywhere near streets, half of them in the box around the network."""
    chance = np.random.default_rng(seed)
    low, high = network.xy.min(axis=0) - off_m, network.xy.max(axis=0) + off_m
    anywhere = chance.uniform(low, high, (count // 2, 2))
    return np.concatenate((random_points(network, count=count // 2, seed=seed + 1, off_m=off_m / 4), anywhere))


def disagreeing_m(network, *, area, sites, limit_dm, points_xy):
    """How far from the outline those points lie about which polygon and person disagree."""
    points = streets.snap_points(network, points_xy=points_xy)
    length_dm = streets.matrix(network, origins=sites, destinations=points, limit_dm=limit_dm)
    is_covered = (length_dm != streets.UNREACHED).any(axis=0)
    is_inside = shapely.contains_xy(area, points_xy)
    wrong = shapely.points(points_xy[is_inside != is_covered])
    return shapely.distance(area.boundary, wrong) if not area.is_empty else np.full(len(wrong), np.inf)


@pytest.mark.feature("G1")
@pytest.mark.parametrize("limit_dm", [300, 2_500, 9_000, 14_000])
def test_person_and_polygon_agree_in_the_tiny_town(limit_dm):
    town = tiny_town()
    sites = snap(town, (410.0, 30.0))

    area = streets.reach_area(town, site=sites, limit_dm=limit_dm)

    wrong_m = disagreeing_m(
        town, area=area, sites=sites, limit_dm=limit_dm, points_xy=scattered(town, count=60_000, seed=limit_dm)
    )
    assert area.is_valid
    assert (wrong_m <= TOLERANCE_M).all()


@pytest.mark.feature("G1")
@pytest.mark.parametrize("seed", range(4))
def test_person_and_polygon_agree_in_a_city_of_chance(seed):
    network = streets.synthetic_network(40, seed=seed, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=6, seed=seed))
    field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)

    area = streets.covered_area(network, field=field, sites=sites, limit_dm=7_200)

    wrong_m = disagreeing_m(
        network, area=area, sites=sites, limit_dm=7_200, points_xy=scattered(network, count=100_000, seed=seed)
    )
    assert area.is_valid
    assert (wrong_m <= TOLERANCE_M).all()


def test_person_and_polygon_agree_where_ways_run_side_by_side_and_do_not_meet():
    # Five footways 3 m apart that are joined at their far ends only: slivers, each nearest to another one.
    xy, edges = [], []
    for lane in range(5):
        xy += [(20.0 * i, 3.0 * lane) for i in range(31)]
        edges += [(31 * lane + i, 31 * lane + i + 1) for i in range(30)]
        if lane:
            end = 30 if lane % 2 else 0
            edges.append((31 * lane + end, 31 * (lane - 1) + end))
    lanes = make_network(xy, edges)
    sites = snap(lanes, (300.0, 6.1))

    for limit_dm in (500, 2_000, 3_500, 6_100):
        area = streets.reach_area(lanes, site=sites, limit_dm=limit_dm)
        wrong_m = disagreeing_m(
            lanes, area=area, sites=sites, limit_dm=limit_dm, points_xy=scattered(lanes, count=40_000, seed=1)
        )
        assert (wrong_m <= TOLERANCE_M).all()


def test_person_and_polygon_agree_about_islands_and_detours():
    # An island of two nodes beside the street, another beyond the snapping limit, and a road longer than its line.
    street = [(10.0 * i, 0.0) for i in range(201)]
    isles = [(500.0, 40.0), (560.0, 40.0), (900.0, 330.0), (960.0, 330.0)]
    edges = [*((i, i + 1) for i in range(200)), (201, 202), (203, 204), (0, 205), (205, 206)]
    xy = [*street, *isles, (-300.0, 0.0), (-600.0, 0.0)]
    lengths = np.array([100] * 200 + [600, 600, 4_500, 3_000])
    town = make_network(xy, edges, length_dm=lengths)
    sites = snap(town, (300.0, 5.0), (910.0, 335.0))
    field = streets.nearest_sites(town, sites=sites, limit_dm=LIMIT_DM)

    area = streets.covered_area(town, field=field, sites=sites, limit_dm=LIMIT_DM)

    wrong_m = disagreeing_m(
        town, area=area, sites=sites, limit_dm=LIMIT_DM, points_xy=scattered(town, count=100_000, seed=3)
    )
    assert area.is_valid
    assert (wrong_m <= TOLERANCE_M).all()


@pytest.mark.feature("G1")
def test_circle_on_one_straight_street_is_a_lozenge_of_known_size():
    # Along a straight street a person y m off it and x m along is covered if x + y <= 100: area 2 * 100^2 m².
    street = make_network([(0.0, 0.0), (1_000.0, 0.0)], [(0, 1)])

    area = streets.reach_area(street, site=snap(street, (500.0, 0.0)), limit_dm=1_000)

    assert area.area == pytest.approx(20_000.0, rel=0.01)
    assert area.centroid.distance(shapely.Point(500.0, 0.0)) < 0.5


def test_area_goes_no_farther_from_a_street_than_told():
    street = make_network([(0.0, 0.0), (3_000.0, 0.0)], [(0, 1)])

    area = streets.reach_area(street, site=snap(street, (1_500.0, 0.0)), limit_dm=9_000, off_street_max_m=25.0)

    # A band 50 m wide and 2 (900 - 25) long, with a tip at each end of 25 m: 87,500 + 2 * 625 m².
    assert area.area == pytest.approx(88_750.0, rel=0.005)
    assert area.bounds[1] == pytest.approx(-25.0, abs=0.5)


def test_bands_painted_side_by_side_give_the_same_area(monkeypatch):
    network = streets.synthetic_network(30, seed=8, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=5, seed=8))
    field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)
    alone = streets.covered_area(network, field=field, sites=sites, limit_dm=5_000)

    monkeypatch.setattr(areas, "CORNERS_FOR_ONE", 0)
    monkeypatch.setattr(areas.os, "cpu_count", lambda: 3)
    together = streets.covered_area(network, field=field, sites=sites, limit_dm=5_000)

    assert together.equals_exact(alone, tolerance=0.0)


def test_area_of_many_sites_holds_the_circle_of_each():
    network = streets.synthetic_network(30, seed=9, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=3, seed=9))
    field = streets.nearest_sites(network, sites=sites, limit_dm=LIMIT_DM)

    city = streets.covered_area(network, field=field, sites=sites, limit_dm=LIMIT_DM)

    for i in range(3):
        circle = streets.reach_area(network, site=sites.take(slice(i, i + 1)), limit_dm=LIMIT_DM)
        assert circle.difference(city.buffer(TOLERANCE_M)).is_empty


def test_cells_too_large_for_the_law_and_limits_beyond_the_field_are_refused():
    town = tiny_town()
    sites = snap(town, (410.0, 0.0))
    field = streets.nearest_sites(town, sites=sites, limit_dm=5_000)

    with pytest.raises(ValueError, match="too large"):
        streets.reach_area(town, site=sites, limit_dm=5_000, cell_m=10.0)
    with pytest.raises(ValueError, match="ends at 5000 dm"):
        streets.covered_area(town, field=field, sites=sites, limit_dm=5_001)
