import numpy as np
import pytest

from dispatch import streets
from tests.unit.streets.towns import LIMIT_DM, make_network, snap, tiny_town, walk


@pytest.mark.feature("G1")
def test_home_at_900_m_is_covered_and_home_at_901_m_is_not():
    town = tiny_town()

    lengths = [walk(town, home=(x, 0.0), site=(0.0, 0.0)) for x in (900.0, 901.0)]
    times_s = streets.walk_time_s(np.array(lengths), speed_mps=streets.WALK_SPEED_MPS)

    assert times_s.tolist() == [900, 901]
    assert walk(town, home=(900.0, 0.0), site=(0.0, 0.0), limit_dm=LIMIT_DM) == 9_000
    assert walk(town, home=(901.0, 0.0), site=(0.0, 0.0), limit_dm=LIMIT_DM) == streets.UNREACHED


@pytest.mark.feature("G1")
def test_ways_to_the_street_at_both_ends_are_walked_too():
    # The worked number of the rule of walking time: 35 + 812 + 20 = 867 m.
    length_dm = walk(tiny_town(), home=(812.0, 35.0), site=(0.0, -20.0))

    assert length_dm == 8_670
    assert streets.walk_time_s(length_dm, speed_mps=1.0) == 867
    assert streets.walk_time_s(length_dm, speed_mps=0.8) == 1_084


@pytest.mark.parametrize(
    ("length_dm", "speed_mps", "time_s"),
    [(9_000, 1.0, 900), (9_001, 1.0, 901), (8_670, 0.8, 1_084), (42_000, 4.167, 1_008), (0, 1.3, 0), (-1, 1.0, -1)],
)
def test_time_is_rounded_up_once_at_the_end(length_dm, speed_mps, time_s):
    assert streets.walk_time_s(length_dm, speed_mps=speed_mps) == time_s


@pytest.mark.parametrize(
    ("limit_s", "speed_mps", "limit_dm"),
    [(900, 1.0, 9_000), (900, 0.8, 7_200), (900, 1.3, 11_700), (1_200, 1.0, 12_000)],
)
def test_limit_in_lengths_lets_in_exactly_what_is_in_time(limit_s, speed_mps, limit_dm):
    assert streets.length_limit_dm(limit_s=limit_s, speed_mps=speed_mps) == limit_dm
    assert streets.walk_time_s(limit_dm, speed_mps=speed_mps) <= limit_s
    assert streets.walk_time_s(limit_dm + 1, speed_mps=speed_mps) > limit_s


@pytest.mark.feature("G1")
def test_far_bank_is_reached_by_its_one_bridge_only():
    # Straight across the river it is 500 m; by the bridge 400 + 500 + 400.
    assert walk(tiny_town(), home=(400.0, 500.0), site=(400.0, 0.0)) == 13_000


def test_home_and_site_on_one_edge_meet_without_going_round_by_its_ends():
    # Between the nodes at 400 and 500: 30 m along the street and 10 m to it.
    assert walk(tiny_town(), home=(440.0, 10.0), site=(410.0, 0.0)) == 400


def test_home_at_the_site_has_no_way_at_all():
    assert walk(tiny_town(), home=(410.0, 0.0), site=(410.0, 0.0)) == 0


@pytest.mark.feature("G1")
def test_home_250_m_off_any_street_is_not_located():
    town = tiny_town()

    homes = snap(town, (500.0, -250.0), (500.0, -200.0), (500.0, -200.1))

    assert homes.is_located.tolist() == [False, True, False]
    assert homes.snap_dm.tolist() == [streets.UNREACHED, 2_000, streets.UNREACHED]


def test_who_is_not_located_reaches_nothing_and_is_reached_by_none():
    town = tiny_town()
    lost, found = snap(town, (500.0, -250.0)), snap(town, (500.0, 0.0))

    nothing = streets.nearest_sites(town, sites=lost, limit_dm=LIMIT_DM)
    field = streets.nearest_sites(town, sites=found, limit_dm=LIMIT_DM)

    assert not nothing.is_reached.any()
    assert streets.read_field(town, field=field, sites=found, points=lost)[0].tolist() == [streets.UNREACHED]
    assert streets.matrix(town, origins=lost, destinations=found, limit_dm=LIMIT_DM).tolist() == [[-1]]
    assert len(streets.reach(town, site=lost, limit_dm=LIMIT_DM).nodes) == 0
    assert streets.reach_area(town, site=lost, limit_dm=LIMIT_DM).is_empty


def test_among_equally_near_sites_the_first_one_owns():
    town = tiny_town()
    west, east = (300.0, 0.0), (700.0, 0.0)
    home = snap(town, (500.0, 0.0))

    owners = []
    for pair in ((west, east), (east, west)):
        sites = snap(town, *pair)
        field = streets.nearest_sites(town, sites=sites, limit_dm=LIMIT_DM)
        owners.append(int(streets.read_field(town, field=field, sites=sites, points=home)[1][0]))

    assert owners == [0, 0]


def test_reach_gives_the_nodes_within_the_limit_with_their_lengths():
    town = tiny_town()

    found = streets.reach(town, site=snap(town, (250.0, 0.0)), limit_dm=2_500)

    # 250 m either way: the nodes at x = 0 to 500.
    assert sorted(zip(town.xy[found.nodes, 0].round().tolist(), found.length_dm.tolist(), strict=True)) == [
        (0, 2_500), (100, 1_500), (200, 500), (300, 500), (400, 1_500), (500, 2_500),
    ]  # fmt: skip


def test_edge_too_long_for_the_narrow_type_widens_it_and_is_never_clipped():
    # 7 km of straight road: 70,000 dm do not fit 16 bits.
    road = make_network([(0.0, 0.0), (7_000.0, 0.0), (7_100.0, 0.0)], [(0, 1), (1, 2)])

    assert road.length_dm.dtype == np.uint32
    assert walk(road, home=(7_100.0, 0.0), site=(0.0, 0.0), limit_dm=71_000) == 71_000
    assert walk(road, home=(7_100.0, 0.0), site=(0.0, 0.0), limit_dm=70_999) == streets.UNREACHED
    assert tiny_town().length_dm.dtype == np.uint16


def test_home_beside_an_unconnected_footway_goes_by_the_streets_that_lead_somewhere():
    # 150 nodes of street, and an island of two nodes 5 m from the home, 30 m from the street.
    street = [(10.0 * i, 0.0) for i in range(201)]
    town = make_network([*street, (500.0, 30.0), (520.0, 30.0)], [*((i, i + 1) for i in range(200)), (201, 202)])

    homes = snap(town, (510.0, 35.0))

    assert town.manifest.component_count == 2
    assert homes.snap_dm.tolist() == [350]
    assert walk(town, home=(510.0, 35.0), site=(0.0, 0.0)) == 5_450


def test_home_on_an_island_far_from_the_mainland_stays_on_it():
    street = [(10.0 * i, 0.0) for i in range(201)]
    town = make_network([*street, (500.0, 300.0), (520.0, 300.0)], [*((i, i + 1) for i in range(200)), (201, 202)])

    home = snap(town, (510.0, 305.0))

    assert home.snap_dm.tolist() == [50]
    assert town.component[home.a[0]] == 1


def test_loops_are_dropped_and_of_parallel_edges_the_shortest_stays():
    town = make_network(
        [(0.0, 0.0), (100.0, 0.0)], [(0, 0), (0, 1), (1, 0), (0, 1)], length_dm=np.array([5, 1_200, 1_000, 1_100])
    )

    assert town.edge_count == 1
    assert town.edge_length_dm.tolist() == [1_000]


def test_network_without_edges_is_refused():
    with pytest.raises(ValueError, match="at least one edge"):
        make_network([(0.0, 0.0)], [(0, 0)])


def test_arrays_of_a_network_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        tiny_town().length_dm[0] = 1
