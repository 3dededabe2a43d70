"""Ways between all places of a day: as scipy and as the searches find them, and in the seconds of the carers' rule."""

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch import streets
from dispatch.streets.thinning import thin_out
from tests.unit.streets.towns import AT, door_to_door, make_network, tiny_town

FAR_DM = 10**7


def random_points(network, *, count, seed):
    chance = np.random.default_rng(seed)
    return chance.uniform(network.xy.min(axis=0) - 250.0, network.xy.max(axis=0) + 250.0, (count, 2))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("limit_dm", [3_000, FAR_DM])
def test_ways_equal_a_second_implementation_and_the_searches(seed, limit_dm):
    network = streets.synthetic_network(11, seed=seed, imported_at=AT)
    points = random_points(network, count=120, seed=seed)
    snaps = streets.snap_points(network, points_xy=points)
    expected = door_to_door(network, sites=snaps, points=snaps)
    expected[expected > limit_dm] = streets.UNREACHED
    np.fill_diagonal(expected, 0)

    found = streets.travel_lengths(network, points_xy=points, limit_dm=limit_dm)

    assert not found.is_located.all()
    assert found.is_located.any()
    assert found.length_dm.dtype == np.int32
    assert np.array_equal(found.length_dm, expected)
    searched = streets.matrix(network, origins=snaps, destinations=snaps, limit_dm=limit_dm)
    assert np.array_equal(found.length_dm + np.diag(np.diag(searched)), searched)


@pytest.mark.parametrize("most_neighbors", [0, 1, 2, 3, 5, 24])
@pytest.mark.parametrize("edges", [150, 260, 700])
def test_nodes_that_stay_are_as_far_apart_as_before_on_any_graph(edges, most_neighbors):
    """Islands, edges of no length and parallel ones included; scipy counts on the whole graph."""
    chance = np.random.default_rng(edges)
    ends = chance.integers(0, 160, (edges, 2))
    ends = ends[ends[:, 0] != ends[:, 1]].astype(np.int32)
    length = chance.integers(0, 400, len(ends))
    is_kept = chance.random(160) < 0.2
    least: dict[tuple[int, int], float] = {}
    for (a, b), one in zip(ends.tolist(), length.tolist(), strict=True):
        # scipy takes a length of zero for no edge: one thousandth stands for it
        least[a, b] = least[b, a] = min(least.get((a, b), np.inf), max(one, 1e-3))
    rows, columns = zip(*least, strict=True)
    whole = csr_array((list(least.values()), (rows, columns)), (160, 160))
    expected = np.floor(dijkstra(whole)[np.ix_(is_kept, is_kept)] + 0.1)
    limit = 1_000

    left = thin_out(
        edge_a=ends[:, 0].copy(),
        edge_b=ends[:, 1].copy(),
        edge_length=length,
        is_kept=is_kept,
        limit=limit,
        most_neighbors=most_neighbors,
    )

    count = len(left.indptr) - 1
    assert (left.number >= 0).sum() == count
    assert (left.number[is_kept] >= 0).all()
    graph = np.full((count, count), np.inf)
    for node in range(count):
        span = slice(left.indptr[node], left.indptr[node + 1])
        np.minimum.at(graph[node], left.indices[span], np.maximum(left.lengths[span], 1e-3))
    places = left.number[is_kept]
    found = np.floor(dijkstra(csr_array(np.where(np.isinf(graph), 0, graph)))[np.ix_(places, places)] + 0.1)
    is_near = expected <= limit
    assert np.array_equal(found[is_near], expected[is_near])
    assert (found[~is_near] > limit).all()


def test_two_doors_on_one_edge_are_reached_along_it():
    town = tiny_town()

    found = streets.travel_lengths(town, points_xy=np.array([[110.0, 5.0], [130.0, -7.0], [110.0, -4.0]]))

    assert found.length_dm.tolist() == [[0, 320, 90], [320, 0, 310], [90, 310, 0]]


def test_the_bridge_is_the_only_way_over():
    town = tiny_town()

    found = streets.travel_lengths(town, points_xy=np.array([[300.0, 0.0], [300.0, 500.0]]))

    assert found.length_dm[0, 1] == 3_000 + 5_000 + 3_000


def test_islands_and_points_off_all_streets_are_not_reached():
    village = [(1_000.0 + 100.0 * i, 0.0) for i in range(3)]
    network = make_network([(0.0, 0.0), (100.0, 0.0), *village], [(0, 1), (2, 3), (3, 4)])
    points = np.array([[10.0, 0.0], [90.0, 0.0], [1_050.0, 0.0], [5_000.0, 5_000.0], [5_000.0, 5_000.0]])

    found = streets.travel_lengths(network, points_xy=points)

    none = streets.UNREACHED
    assert found.is_located.tolist() == [True, True, True, False, False]
    assert found.length_dm[:4, :4].tolist() == [
        [0, 800, none, none],
        [800, 0, none, none],
        [none, none, 0, none],
        [none, none, none, 0],
    ]
    way_s = streets.carer_travel_s(found, mode=streets.CARER_WALK)
    assert way_s.dtype == np.float64
    assert np.isinf(way_s[0, 2:]).all()
    assert way_s[3].tolist() == [np.inf, np.inf, np.inf, 0, 60]


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.array([[9e6, 9e6]])])
def test_no_point_and_no_point_near_a_street_are_answered(points, tmp_path):
    cache = streets.TravelCache(tmp_path, key=b"k" * 32)

    found = streets.travel_lengths(tiny_town(), points_xy=points, cache=cache)

    assert found.length_dm.tolist() == [[0]] * len(points)
    assert not list(tmp_path.iterdir())


@pytest.mark.feature("S1")
@pytest.mark.parametrize(("mode", "moving_s"), [(streets.CARER_EBIKE, 1_008), (streets.CARER_WALK, 3_231)])
def test_a_way_takes_the_carers_rule_and_another_door_of_the_house_takes_no_parking(mode, moving_s):
    """4,200 m: 1,008 s at 15 km/h, 3,230.8 s at 1.3 m/s; parking 120 s and the door 60 s."""
    road = make_network([(0.0, 0.0), (4_200.0, 0.0)], [(0, 1)])
    found = streets.travel_lengths(road, points_xy=np.array([[0.0, 0.0], [4_200.0, 0.0], [4_200.0, 0.0]]))

    way_s = streets.carer_travel_s(found, mode=mode)

    there_s = moving_s + 120 + 60
    assert way_s.tolist() == [[0, there_s, there_s], [there_s, 0, 60], [there_s, 60, 0]]
    assert found.place.tolist() == [0, 1, 1]
    assert way_s[0, 1] == streets.carer_way_s(found.length_dm[0, 1], mode=mode)


def test_slower_carers_take_longer():
    road = make_network([(0.0, 0.0), (1_300.0, 0.0)], [(0, 1)])
    found = streets.travel_lengths(road, points_xy=np.array([[0.0, 0.0], [1_300.0, 0.0]]))

    assert streets.carer_travel_s(found, mode=streets.CARER_WALK)[0, 1] == 1_000 + 180
    assert streets.carer_travel_s(found, mode=streets.CARER_WALK, pct=50)[0, 1] == 2_000 + 180


def test_edits_in_force_change_the_ways():
    town = tiny_town()
    wall = shapely.LineString(town.projection.to_ll(np.array([[-20.0, 250.0], [20.0, 250.0]])))
    closure = streets.StreetEdit(streets.StreetEditKind.CLOSURE, shape_ll=wall)
    closed = streets.edit_network(town, edits=[closure]).network

    found = streets.travel_lengths(closed, points_xy=np.array([[300.0, 0.0], [300.0, 500.0]]))

    assert found.length_dm[0, 1] == streets.UNREACHED


def test_progress_is_told_and_what_it_raises_ends_the_work():
    network = streets.synthetic_network(20, seed=3, imported_at=AT)
    points = random_points(network, count=200, seed=3)
    told: list[tuple[int, int]] = []

    found = streets.travel_lengths(network, points_xy=points, on_progress=lambda *one: told.append(one))

    assert told[-1] == (found.spots, found.spots)
    assert [done for done, _ in told] == sorted({done for done, _ in told})

    def cancel(_done, _whole):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        streets.travel_lengths(network, points_xy=points, on_progress=cancel)
