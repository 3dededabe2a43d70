"""Searches against scipy, networkx and each other: lengths are whole numbers, so they must be equal."""

import pkgutil
import threading
from importlib import import_module

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from scipy.sparse import csr_array, hstack, vstack
from scipy.sparse.csgraph import dijkstra

from dispatch import streets
from dispatch.streets import kernels
from tests.unit.streets.towns import AT, LIMIT_DM, door_to_door, make_network, random_points


def graph_of(network):
    shape = (network.node_count, network.node_count)
    return csr_array((network.length_dm.astype(float), network.indices, network.indptr), shape=shape)


def rough_network(side, *, seed):
    """A grid whose edges are from 1 m to 6 km long, so that queues grow and many nodes wait far away."""
    chance = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.column_stack((number[:, :-1].ravel(), number[:, 1:].ravel())),
            np.column_stack((number[:-1].ravel(), number[1:].ravel())),
        ]
    )
    xy = np.column_stack((number.ravel() % side, number.ravel() // side)) * 100.0
    return make_network(xy, edges, length_dm=chance.integers(10, 60_000, len(edges)))


@pytest.mark.feature("G1")
@pytest.mark.parametrize("site_count", [1, 7, 64, 65, 500])
def test_city_coverage_equals_scipy(site_count):
    network = streets.synthetic_network(120, seed=3, imported_at=AT)
    nodes = np.random.default_rng(site_count).choice(network.node_count, site_count, replace=False)

    field = streets.nearest_sites(network, sites=streets.snap_nodes(nodes), limit_dm=LIMIT_DM)

    expected, _, source = dijkstra(
        graph_of(network), indices=nodes, min_only=True, limit=LIMIT_DM, return_predecessors=True
    )
    is_reached = np.isfinite(expected)
    assert np.array_equal(field.is_reached, is_reached)
    assert np.array_equal(field.length_dm[is_reached], expected[is_reached].astype(int))
    # Of two equally near sites scipy names any, this engine the first: the owner must be as near as any.
    from_owner = dijkstra(graph_of(network), indices=nodes, limit=LIMIT_DM)
    reached = np.flatnonzero(is_reached)
    assert np.array_equal(from_owner[field.owner[reached], reached], expected[reached])
    assert np.array_equal(field.owner[reached], np.argmin(from_owner[:, reached], axis=0))
    assert (field.owner[source < 0] == streets.UNREACHED).all()


@pytest.mark.parametrize("limit_dm", [65_000, 65_534, 65_535, 65_536, 900_000])
def test_long_limits_and_full_queues_equal_scipy(limit_dm):
    network = rough_network(90, seed=4)
    nodes = np.random.default_rng(1).choice(network.node_count, 150, replace=False)

    field = streets.nearest_sites(network, sites=streets.snap_nodes(nodes), limit_dm=limit_dm)
    one = streets.reach(network, site=streets.snap_nodes(nodes[:1]), limit_dm=limit_dm)

    expected = dijkstra(graph_of(network), indices=nodes, min_only=True, limit=limit_dm)
    alone = dijkstra(graph_of(network), indices=nodes[0], limit=limit_dm)
    assert np.array_equal(field.is_reached, np.isfinite(expected))
    assert np.array_equal(field.length_dm[field.is_reached], expected[field.is_reached].astype(int))
    assert np.array_equal(one.nodes, np.flatnonzero(np.isfinite(alone)))
    assert np.array_equal(one.length_dm, alone[one.nodes].astype(int))


@pytest.mark.parametrize("group", [1, 60 * 60])
def test_queues_have_room_for_whole_networks(group):
    network = rough_network(60, seed=5)
    nodes = np.arange(network.node_count, dtype=np.int32)
    best = np.full(network.node_count, 2**31, np.uint32)
    owner = np.full(network.node_count, -1, np.int32)

    # Seeds one by one and all at once, none but the first at length 0, buckets so narrow that most wait far away.
    kernels.spread(
        network.indptr, network.indices, network.length_dm, nodes, 3 * np.arange(len(nodes)), nodes, group, 10**6, 7,
        best, owner,
    )  # fmt: skip

    # A door before each node, 3 i dm away from a place that all doors are on: scipy finds the way from there.
    doors = csr_array((3.0 * np.arange(len(nodes)) + 1, (np.zeros(len(nodes), int), nodes)), (1, len(nodes)))
    whole = vstack([hstack([graph_of(network), csr_array((len(nodes), 1))]), hstack([doors, csr_array((1, 1))])])
    expected = dijkstra(csr_array(whole), indices=len(nodes))[:-1] - 1
    assert np.array_equal(best, expected)


@pytest.mark.parametrize("seed", range(8))
def test_doors_anywhere_on_edges_equal_a_second_implementation(seed):
    network = streets.synthetic_network(9, seed=seed, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=12, seed=seed))
    points = streets.snap_points(network, points_xy=random_points(network, count=150, seed=seed + 100))
    table = door_to_door(network, sites=sites, points=points)
    table[table > 4_000] = streets.UNREACHED

    found = streets.matrix(network, origins=sites, destinations=points, limit_dm=4_000)
    turned = streets.matrix(network, origins=points, destinations=sites, limit_dm=4_000)
    field = streets.nearest_sites(network, sites=sites, limit_dm=4_000)
    length_dm, owner = streets.read_field(network, field=field, sites=sites, points=points)

    assert np.array_equal(found, table)
    assert np.array_equal(turned.T, table)
    far = np.where(table == streets.UNREACHED, 10**6, table)
    least = far.min(axis=0)
    assert np.array_equal(length_dm, np.where(least == 10**6, streets.UNREACHED, least))
    assert np.array_equal(owner, np.where(least == 10**6, streets.UNREACHED, far.argmin(axis=0)))


def test_threads_on_one_network_do_not_disturb_each_other():
    network = streets.synthetic_network(60, seed=2, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=40, seed=9))
    alone = [streets.reach(network, site=sites.take(slice(i, i + 1)), limit_dm=LIMIT_DM).length_dm for i in range(40)]
    together: dict[int, np.ndarray] = {}

    def work(rows):
        for i in rows:
            together[i] = streets.reach(network, site=sites.take(slice(i, i + 1)), limit_dm=LIMIT_DM).length_dm

    threads = [threading.Thread(target=work, args=(range(k, 40, 4),)) for k in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert all(np.array_equal(alone[i], together[i]) for i in range(40))


def test_field_of_another_network_is_refused():
    small, large = (streets.synthetic_network(side, seed=1, imported_at=AT) for side in (5, 8))
    sites = streets.snap_nodes(np.array([0]))
    field = streets.nearest_sites(small, sites=sites, limit_dm=LIMIT_DM)

    with pytest.raises(ValueError, match="another network"):
        streets.read_field(large, field=field, sites=sites, points=sites)


def all_kernels():
    """Every compiled function of the room."""
    modules = [import_module(one.name) for one in pkgutil.iter_modules(streets.__path__, "dispatch.streets.")]
    return {one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)}


def test_an_opened_network_needs_no_kernel_that_warming_did_not_compile(tmp_path):
    streets.warm_kernels()
    before = {one.__name__: len(one.signatures) for one in all_kernels() - {kernels.pass_over_edges}}
    network = streets.synthetic_network(10, seed=1, imported_at=AT)
    streets.save_network(network, folder=tmp_path / "grid")
    opened = streets.open_network(tmp_path / "grid")

    sites = streets.snap_points(opened, points_xy=random_points(opened, count=3, seed=1))
    some = {"points": sites, "weight": np.ones(3), "limit_dm": LIMIT_DM}
    for limit_dm in (LIMIT_DM, 16 * LIMIT_DM):
        standing = streets.Standing(opened, sites=sites, limit_dm=limit_dm)
        standing.move_site(1, site=sites.take(slice(0, 1)))
        streets.read_field(opened, field=standing.copy().field, sites=standing.sites, points=sites)
        streets.covered_area(opened, field=standing.field, sites=standing.sites, limit_dm=LIMIT_DM)
    streets.sketch_covered(opened, field=standing.field, sites=sites, limit_dm=LIMIT_DM)
    streets.matrix(opened, origins=sites, destinations=sites, limit_dm=LIMIT_DM)
    streets.sum_catchments(opened, sites=sites, **some)
    streets.catchments(opened, sites=sites, limit_dm=LIMIT_DM).by_point()
    streets.greedy_sites(opened, picks=2, **some)
    streets.greedy_sites(opened, picks=2, candidates=sites.take(slice(0, 2)), **some)

    assert {one.__name__: len(one.signatures) for one in all_kernels() - {kernels.pass_over_edges}} == before
