"""Whoever lives behind a wall goes out by the gate: homes, sites and outlines alike (see the world)."""

import numpy as np
import pytest
import shapely

from dispatch import streets
from dispatch.streets import StreetEdit, StreetEditKind
from tests.worlds.two_banks import SOURCE_AT, place, two_banks

PATH, GATE, CLOSURE = StreetEditKind.PATH, StreetEditKind.GATE, StreetEditKind.CLOSURE
# a compound from x = -100 to 100 and y = -120 to -10, its inner way along y = -100, the north street at y = 0
CORNERS = [(-100, -10), (100, -10), (100, -120), (-100, -120), (-100, -10)]


def line(*corners):
    return shapely.LineString([place(*corner) for corner in corners])


def compound(*, gate_x):
    """The compound with its wall, and one gate on the north street at x, its inner way beginning there."""
    wall = StreetEdit(CLOSURE, line(*CORNERS))
    inner = StreetEdit(PATH, line((gate_x, 0), (gate_x, -100), (-gate_x, -100)))
    return streets.edit_network(two_banks(), edits=[wall, inner]).network


def walk_m(network, *, start, end):
    points = streets.snap_points(network, points_xy=np.array([start, end], float))
    one, other = points.take(slice(0, 1)), points.take(slice(1, 2))
    return streets.matrix(network, origins=one, destinations=other, limit_dm=10**5)[0, 0] / 10


@pytest.mark.feature("G5")
def test_home_behind_a_wall_goes_out_by_the_gate_and_not_through_the_wall():
    # 15 m from the street behind the wall, 85 m from the inner way
    home, site = (60, -15), (60, 10)

    # by the gate at x = -80: 85 down, 140 along the inner way, 100 up to the street, 140 along it, 10
    assert walk_m(compound(gate_x=-80), start=home, end=site) == 85 + 140 + 100 + 140 + 10
    # the gate at x = 80 is nearer to this home than its inner way: 20 to the way at x = 80, 15 up, 20 along, 10
    assert walk_m(compound(gate_x=80), start=home, end=site) == 20 + 15 + 20 + 10
    # without the wall it would step out of the window
    assert walk_m(two_banks(), start=home, end=site) == 25


def test_compound_without_a_way_in_is_unlocated():
    closed = streets.edit_network(two_banks(), edits=[StreetEdit(CLOSURE, line(*CORNERS))]).network

    points = streets.snap_points(closed, points_xy=np.array([[0.0, -15.0], [0.0, -5.0]]))

    assert points.is_located.tolist() == [False, True]


def test_wall_hinders_nobody_who_stands_on_it_or_beside():
    network = compound(gate_x=-80)

    points = streets.snap_points(network, points_xy=np.array([[60.0, -10.0], [60.0, -9.0], [-300.0, -15.0]]))

    assert points.snap_dm.tolist() == [100, 90, 150]


@pytest.mark.parametrize("gate_x", [-80, 80])
def test_outline_says_what_a_person_there_is_told(gate_x):
    network = compound(gate_x=gate_x)
    site = streets.snap_points(network, points_xy=np.array([[60.0, 10.0]]))
    area = streets.reach_area(network, site=site, limit_dm=3_000)
    chance = np.random.default_rng(4)
    places = chance.uniform((-450.0, -180.0), (450.0, 180.0), (3_000, 2))
    homes = streets.snap_points(network, points_xy=places)

    length_dm = streets.matrix(network, origins=site, destinations=homes, limit_dm=3_000)[0]

    is_in = shapely.contains_xy(area, places)
    is_far = shapely.distance(shapely.points(places), area.boundary) > 10.0
    wrong = is_in[is_far] != (length_dm[is_far] != streets.UNREACHED)
    assert is_far.sum() > 2_000
    assert not wrong.any()


def test_wall_of_an_earlier_edit_keeps_later_paths_apart_as_one_of_the_same_set_does():
    # the path ends 6 m below the north street, the wall runs along 3 m below it
    wall = StreetEdit(CLOSURE, line((-520, -3), (-480, -3)))
    path = StreetEdit(PATH, line((-500, -6), (-500, -300)))

    together = streets.edit_network(two_banks(), edits=[wall, path])
    behind = streets.edit_network(two_banks(), edits=[wall]).network
    later = streets.edit_network(behind, edits=[path])

    assert later.effects == together.effects[1:] == (streets.EditEffect(joined=1, added_m=pytest.approx(294.0)),)
    assert later.network.walls.tolist() == together.network.walls.tolist()


def test_only_who_stands_beside_a_wall_itself_stands_on_it():
    # a street from (60, -0.6) south; the wall runs along y = 0 from x = 0 to 200, its line goes on to x = -30
    network = streets.build_network(
        np.array([place(60, -0.6), place(60, -300)]), edges=np.array([(0, 1)]), name="one", imported_at=SOURCE_AT
    )
    walled = streets.edit_network(network, edits=[StreetEdit(CLOSURE, line((0, 0), (200, 0)))]).network
    home_xy = walled.projection.to_xy(np.array([place(-30, 0.45)]))

    # 30 m before the wall's end, 45 cm beside its line: the way to (60, -0.6) crosses the wall at x = 8.6
    assert not streets.snap_points(walled, points_xy=home_xy).is_located[0]
