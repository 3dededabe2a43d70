import numpy as np
import pytest
import shapely

from dispatch import streets
from tests.unit.streets.towns import AT, make_network, random_points


@pytest.mark.feature("G1")
def test_snapping_is_as_near_as_a_search_tree_says():
    network = streets.synthetic_network(80, seed=6, imported_at=AT)
    points = random_points(network, count=5_000, seed=1, off_m=400.0)
    lines = shapely.linestrings(np.stack((network.xy[network.edge_a], network.xy[network.edge_b]), axis=1))
    on_land = network.is_mainland[network.edge_a]
    land_m, isle_m = (
        shapely.STRtree(part).query_nearest(shapely.points(points), return_distance=True, all_matches=False)[1]
        for part in (lines[on_land], lines[~on_land])
    )

    found = streets.snap_points(network, points_xy=points)

    # The mainland first, an island where it is too far.
    expected_m = np.where(np.rint(land_m * 10) <= 2_000, land_m, isle_m)
    assert np.array_equal(found.is_located, np.rint(expected_m * 10) <= 2_000)
    assert np.abs(found.snap_dm - expected_m * 10)[found.is_located].max() <= 0.5 + 1e-6


def test_lengths_to_both_ends_add_up_to_the_edge():
    network = streets.synthetic_network(20, seed=6, imported_at=AT)

    found = streets.snap_points(network, points_xy=random_points(network, count=2_000, seed=2))

    assert found.is_located.all()
    assert np.array_equal(found.to_a_dm + found.to_b_dm, network.edge_length_dm[found.edge])
    assert (found.to_a_dm >= 0).all()
    assert (found.to_b_dm >= 0).all()


def test_points_come_back_in_the_order_they_came():
    network = streets.synthetic_network(20, seed=6, imported_at=AT)
    points = random_points(network, count=300, seed=3)

    forward = streets.snap_points(network, points_xy=points)
    backward = streets.snap_points(network, points_xy=points[::-1])

    assert np.array_equal(forward.edge, backward.edge[::-1])
    assert np.array_equal(forward.snap_dm, backward.snap_dm[::-1])


def test_long_edges_are_found_from_every_square_they_cross():
    # One road of 10 km aslant, far longer than a square of the grid.
    road = make_network([(0.0, 0.0), (8_000.0, 6_000.0)], [(0, 1)])
    share = np.linspace(0.0, 1.0, 997)[:, np.newaxis]
    # (-0.6, 0.8) is at right angles to the road, so these points lie 30 m to its left.
    points = share * [8_000.0, 6_000.0] + [-18.0, 24.0]

    found = streets.snap_points(road, points_xy=points)

    assert (found.snap_dm == 300).all()
    assert np.abs(np.sort(found.to_a_dm) - np.sort(share[:, 0] * 100_000)).max() <= 0.5


def test_no_points_give_no_snaps():
    network = streets.synthetic_network(5, seed=1, imported_at=AT)

    assert len(streets.snap_points(network, points_xy=np.empty((0, 2)))) == 0


def test_points_far_outside_the_network_are_not_located():
    network = streets.synthetic_network(5, seed=1, imported_at=AT)

    found = streets.snap_points(network, points_xy=np.array([[1e6, 1e6], [-1e6, 0.0]]))

    assert not found.is_located.any()
