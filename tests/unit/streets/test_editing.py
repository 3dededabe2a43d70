"""Paths, gates and closures on a network that can be walked by hand (see the world)."""

import numpy as np
import pytest
import shapely

from dispatch import streets
from dispatch.streets import StreetEdit, StreetEditKind
from tests.worlds.two_banks import SOURCE_AT, place, two_banks

PATH, GATE, CLOSURE = StreetEditKind.PATH, StreetEditKind.GATE, StreetEditKind.CLOSURE
NETWORK = two_banks()
LIMIT_DM = 10**5


def line(*corners):
    return shapely.LineString([place(*corner) for corner in corners])


def edited(*edits, network=NETWORK):
    return streets.edit_network(network, edits=edits)


def way_m(network, *, start, end):
    """Metres from door to door, None where there is no way."""
    points = streets.snap_points(network, points_xy=np.array([start, end], float))
    length_dm = streets.matrix(
        network, origins=points.take(slice(0, 1)), destinations=points.take(slice(1, 2)), limit_dm=LIMIT_DM
    )[0, 0]
    return None if length_dm == streets.UNREACHED else length_dm / 10


# by the bridge at x = 700: 10 to the street, 1200 along it, 300 over, 1200 back, 10 to the door
NORTH, SOUTH = (-500, 10), (-500, -310)


def test_without_edits_the_network_comes_back():
    assert streets.edit_network(NETWORK, edits=()).network is NETWORK
    assert way_m(NETWORK, start=NORTH, end=SOUTH) == 2720.0


@pytest.mark.feature("G5")
@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(place(704, -150)),
        line((650, -150), (750, -150)),
        shapely.Polygon([place(x, y) for x, y in ((690, -200), (710, -200), (710, -100), (690, -100))]),
    ],
    ids=["a point", "a line", "a polygon"],
)
def test_closing_the_only_bridge_parts_the_banks(shape):
    network = edited(StreetEdit(CLOSURE, shape)).network

    assert way_m(network, start=NORTH, end=SOUTH) is None
    # along one bank as before: 10 + 500 + 10
    assert way_m(network, start=NORTH, end=(-1000, 10)) == 520.0
    assert network.manifest.component_count == 2


@pytest.mark.feature("G5")
def test_small_bank_that_is_cut_off_is_not_brought_across_the_river():
    # a street of 401 nodes at y = 0, a far one of 2 at y = -120 (0.5 % of all), one bridge at x = 0
    corners = [(5 * i - 1000, 0) for i in range(401)] + [(0, -120), (200, -120)]
    pairs = [(i, i + 1) for i in range(400)] + [(200, 401), (401, 402)]
    town = streets.build_network(
        np.array([place(*corner) for corner in corners]), edges=np.array(pairs), name="bank", imported_at=SOURCE_AT
    )
    shift = town.projection.to_xy(np.array([place(0, 0)]))[0]
    home, site = (tuple(shift + xy) for xy in ((100, -110), (100, 10)))
    # 10 to the far street, 100 along it, 120 over, 100 along the near one, 10 to the door
    assert way_m(town, start=home, end=site) == pytest.approx(340.0, abs=0.2)

    closed = edited(StreetEdit(CLOSURE, shapely.Point(place(0, -60))), network=town).network

    # the near street is 110 m away in a straight line, through the water
    assert way_m(closed, start=home, end=site) is None


@pytest.mark.feature("G5")
def test_path_joins_what_it_crosses_and_what_its_ends_come_near_to():
    # from 6 m short of the north street to 5 m beyond the south one
    found = edited(StreetEdit(PATH, line((-500, -6), (-500, -305))))

    assert way_m(found.network, start=NORTH, end=SOUTH) == 320.0  # 10 + 300 + 10
    assert found.effects == (streets.EditEffect(joined=2, added_m=pytest.approx(310.0)),)
    # two streets divided, each by one node, which are 2 edges more; the path in three pieces: 6, 294, 5 m
    assert found.network.edge_count == NETWORK.edge_count + 2 + 3


def test_end_farther_than_the_joining_distance_is_a_dead_end():
    found = edited(StreetEdit(PATH, line((-500, -11), (-500, -301))))

    assert found.effects[0].joined == 1
    assert way_m(found.network, start=NORTH, end=SOUTH) == 2720.0


def test_path_that_meets_no_street_is_left_out_whole():
    found = edited(StreetEdit(PATH, line((-500, -50), (-500, -200))))

    assert found.effects[0].is_idle
    assert found.network.edge_count == NETWORK.edge_count
    assert edited(StreetEdit(CLOSURE, shapely.Point(place(0, -150)))).effects[0].is_idle


def test_bridge_is_joined_at_its_ends_only():
    towpath = StreetEdit(PATH, line((-600, 0), (-600, -150), (400, -150)))
    crossing = line((-500, 0), (-500, -300))

    low = edited(towpath, StreetEdit(PATH, crossing)).network
    high = edited(towpath, StreetEdit(PATH, crossing, is_bridge=True)).network

    # from the towpath's end to the south bank: 900 along it and 150 down, 800 more where the bridge is not joined to it
    assert way_m(low, start=(400, -150), end=SOUTH) == 900 + 150 + 10
    # back along the towpath to x = -600, 150 up, 100 to the bridge, 300 over
    assert way_m(high, start=(400, -150), end=SOUTH) == 1000 + 150 + 100 + 300 + 10


@pytest.mark.feature("G5")
def test_moving_a_gate_to_the_other_street_changes_the_way():
    # a yard between the streets with one way inside, and its gate on the north or on the south street
    yard = StreetEdit(PATH, line((0, -100), (0, -130), (0, -170), (0, -200)))
    inside = StreetEdit(GATE, line((0, -101), (0, -29)))
    to_north = StreetEdit(GATE, line((0, -100), (0, -2)))
    to_south = StreetEdit(GATE, line((0, -200), (0, -298)))

    assert edited(yard).effects[0].is_idle
    assert inside.kind == GATE
    north = edited(to_north, StreetEdit(PATH, line((0, -98), (0, -200)))).network
    south = edited(to_south, StreetEdit(PATH, line((0, -202), (0, -100)))).network

    # a home beside the inner way to a site at (0, 10): 5 to the way, 150 to the street, 10
    assert way_m(north, start=(5, -150), end=(0, 10)) == 165.0
    # by the south: 5 + 150, 700 along the south street, 300 over the bridge, 700 back, 10
    assert way_m(south, start=(5, -150), end=(0, 10)) == 5 + 150 + 700 + 300 + 700 + 10


def test_edits_are_made_in_their_order():
    path = StreetEdit(PATH, line((-500, 0), (-500, -300)))
    wall = StreetEdit(CLOSURE, line((-600, -150), (-400, -150)))
    gate = StreetEdit(GATE, line((-500, -148), (-500, -152)))

    assert way_m(edited(path, wall).network, start=NORTH, end=SOUTH) == 2720.0
    assert way_m(edited(wall, path).network, start=NORTH, end=SOUTH) == 320.0
    assert way_m(edited(path, wall, gate).network, start=NORTH, end=SOUTH) == pytest.approx(320.0, abs=0.2)


def test_one_edit_after_another_is_the_same_as_both_at_once():
    path = StreetEdit(PATH, line((-500, 0), (-500, -300)))
    closure = StreetEdit(CLOSURE, shapely.Point(place(700, -150)))

    both = edited(path, closure).network
    stepwise = edited(closure, network=edited(path).network).network

    for start, end in ((NORTH, SOUTH), ((690, -100), SOUTH), ((1100, 0), (1100, -300))):
        assert way_m(both, start=start, end=end) == way_m(stepwise, start=start, end=end)
    assert way_m(both, start=(1100, 0), end=(1100, -300)) == 1600 + 300 + 1600


def test_home_on_a_dead_end_of_a_closed_street_still_gets_out():
    # the street of the far east is cut at x = 1000: what is left of it stays joined
    network = edited(StreetEdit(CLOSURE, shapely.Point(place(1000, 0)))).network

    assert way_m(network, start=(990, 5), end=(700, 5)) == 5 + 290 + 5
    assert way_m(network, start=(1100, 5), end=(700, 5)) is None


def test_edited_network_has_another_identity_and_leaves_the_first_alone():
    before = {name: getattr(NETWORK, name).copy() for name in ("indptr", "indices", "edge_a", "grid_edge", "xy")}
    one, other = StreetEdit(PATH, line((-500, 0), (-500, -300))), StreetEdit(PATH, line((-400, 0), (-400, -300)))

    identities = {
        streets.network_identity(network.manifest)
        for network in (NETWORK, edited(one).network, edited(other).network, edited(one, other).network)
    }

    assert len(identities) == 4
    assert streets.network_identity(edited(one).network.manifest).startswith(
        streets.network_identity(NETWORK.manifest) + "+"
    )
    assert all(np.array_equal(getattr(NETWORK, name), was) for name, was in before.items())


def test_path_beyond_the_rim_of_the_grid_is_found_by_those_who_live_on_it():
    network = edited(StreetEdit(PATH, line((-1200, 0), (-3000, 900), (-3000, 1500)))).network

    # 8 to the path, 600 and hypot(1800, 900) = 2012.5 along it, 200 along the street, 10
    assert way_m(network, start=(-3008, 1500), end=(-1000, 10)) == pytest.approx(8 + 600 + 2012.5 + 200 + 10, abs=0.1)


def test_long_pieces_widen_the_type_and_are_never_cut_short():
    network = edited(StreetEdit(PATH, line((-1200, 0), (-8200, 0)))).network

    assert network.length_dm.dtype == np.uint32
    assert way_m(network, start=(-8200, 0), end=(-1200, 0)) == 7000.0


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (PATH, shapely.Point(place(0, 0))),
        (GATE, shapely.Polygon([place(0, 0), place(10, 0), place(0, 10)])),
        (CLOSURE, shapely.MultiPoint([place(0, 0)])),
        (PATH, shapely.LineString()),
        (PATH, line((0, 0), (20_100, 0))),
    ],
)
def test_shapes_that_make_no_edit_are_refused(kind, shape):
    with pytest.raises(ValueError, match="is "):
        edited(StreetEdit(kind, shape))


def test_edge_numbers_tell_which_streets_stayed():
    found = edited(StreetEdit(CLOSURE, shapely.Point(place(700, -150))))

    for old, new in enumerate(found.edge_number):
        if new == streets.UNREACHED:
            continue
        for name in ("edge_a", "edge_b", "edge_length_dm"):
            assert getattr(NETWORK, name)[old] == getattr(found.network, name)[new]
    assert np.sum(found.edge_number == streets.UNREACHED) == 1
