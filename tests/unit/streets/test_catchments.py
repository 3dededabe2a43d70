"""What each site reaches, held against the matrix of all pairs, which a second implementation has checked."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch import streets
from tests.unit.streets.towns import AT, LIMIT_DM, make_network, random_points, snap, tiny_town


def as_table(found):
    """The lists as a full table, UNREACHED where nothing is listed."""
    table = np.full((len(found), found.count), streets.UNREACHED, np.int64)
    table[np.repeat(np.arange(len(found)), np.diff(found.indptr)), found.rows] = found.length_dm
    return table


def test_a_catchment_worked_out_by_hand():
    # Along the street of 1,100 m: doors 5 m from it at x = 50, 250 and 1,050; sites 10 m from it at x = 250 and 60.
    town = tiny_town()
    points = snap(town, (50.0, -5.0), (250.0, 5.0), (1_050.0, -5.0))
    sites = snap(town, (250.0, 10.0), (60.0, 10.0))

    found = streets.catchments(town, sites=sites, points=points, limit_dm=2_150)

    # 200 m + 15 m; 15 m on the same edge. 10 m + 15 m on the same edge; 190 m + 15 m.
    assert as_table(found).tolist() == [[2_150, 150, -1], [250, 2_050, -1]]
    assert found.sums(np.array([1, 10, 100])).tolist() == [11.0, 11.0]
    assert as_table(found.by_point()).tolist() == [[2_150, 250], [150, 2_050], [-1, -1]]
    # One decimetre less: 2,150 is out.
    assert as_table(streets.catchments(town, sites=sites, points=points, limit_dm=2_149))[0].tolist() == [-1, 150, -1]


@pytest.mark.parametrize("seed", range(6))
def test_catchments_equal_the_matrix(seed):
    network = streets.synthetic_network(9, seed=seed, imported_at=AT)
    # Close to the streets and far from them: with 300 m some are not located.
    sites = streets.snap_points(network, points_xy=random_points(network, count=40, seed=seed, off_m=300.0))
    points = streets.snap_points(network, points_xy=random_points(network, count=300, seed=seed + 50, off_m=300.0))
    weight = np.random.default_rng(seed).integers(0, 9, 300)
    assert not sites.is_located.all()

    for limit_dm in (0, 900, 4_000, 100_000):
        table = streets.matrix(network, origins=sites, destinations=points, limit_dm=limit_dm)
        found = streets.catchments(network, sites=sites, points=points, limit_dm=limit_dm)
        sums = streets.sum_catchments(network, sites=sites, points=points, weight=weight, limit_dm=limit_dm)

        assert len(found.rows) == (table != streets.UNREACHED).sum()
        assert np.array_equal(as_table(found), table)
        assert np.array_equal(as_table(found.by_point()), table.T)
        assert sums.tolist() == found.sums(weight).tolist() == ((table != streets.UNREACHED) @ weight).tolist()


def test_catchments_of_nodes_equal_scipy():
    network = streets.synthetic_network(60, seed=4, imported_at=AT)
    nodes = np.random.default_rng(2).choice(network.node_count, 50, replace=False)
    shape = (network.node_count, network.node_count)
    graph = csr_array((network.length_dm.astype(float), network.indices, network.indptr), shape=shape)

    found = streets.catchments(network, sites=streets.snap_nodes(nodes), limit_dm=LIMIT_DM)

    expected = dijkstra(graph, indices=nodes, limit=LIMIT_DM)
    assert np.array_equal(as_table(found), np.where(np.isfinite(expected), expected, streets.UNREACHED))


def test_nodes_are_nothing_else_than_points_on_them():
    network = streets.synthetic_network(12, seed=4, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=20, seed=1))
    on_nodes = streets.snap_nodes(np.arange(network.node_count))

    by_nodes = streets.catchments(network, sites=sites, limit_dm=LIMIT_DM)
    by_points = streets.catchments(network, sites=sites, points=on_nodes, limit_dm=LIMIT_DM)

    assert np.array_equal(as_table(by_nodes), as_table(by_points))


def test_both_doors_on_one_edge_too_long_to_leave():
    # A road of 8 km: its ends are out of reach, the neighbour 100 m along it is not.
    network = make_network([(0.0, 0.0), (8_000.0, 0.0)], [(0, 1)])
    here, there = snap(network, (4_000.0, 0.0)), snap(network, (4_100.0, 0.0))
    assert network.length_dm.dtype == np.uint32

    found = streets.catchments(network, sites=here, points=there, limit_dm=1_000)

    assert as_table(found).tolist() == [[1_000]]


def test_nothing_reaches_nothing():
    town = tiny_town()
    lost, none = snap(town, (0.0, 5_000.0)), snap(town, (0.0, 0.0)).take(slice(0, 0))
    here = snap(town, (50.0, 0.0))

    for sites, points in ((lost, here), (here, lost), (none, here), (here, none)):
        found = streets.catchments(town, sites=sites, points=points, limit_dm=LIMIT_DM)
        assert (len(found), found.count, len(found.rows)) == (len(sites), len(points), 0)
        assert len(found.by_point()) == len(points)


def test_weights_that_are_not_those_of_the_points_are_refused():
    town = tiny_town()
    here = snap(town, (50.0, 0.0))

    with pytest.raises(ValueError, match="1 points"):
        streets.sum_catchments(town, sites=here, points=here, weight=np.ones(2), limit_dm=LIMIT_DM)
    with pytest.raises(ValueError, match="limit"):
        streets.catchments(town, sites=here, limit_dm=-1)
