"""Repairs against full runs: the property test lets chance choose, here are the cases that it may miss."""

import numpy as np
import pytest

from dispatch import streets
from tests.unit.streets.towns import AT, LIMIT_DM, random_points, snap, tiny_town


def is_as_asked_anew(standing, network, *, limit_dm):
    field = streets.nearest_sites(network, sites=standing.sites, limit_dm=limit_dm)
    assert np.array_equal(standing.field.length_dm, field.length_dm)
    assert np.array_equal(standing.field.owner, field.owner)


def node_at(town, x_m):
    return int(np.hypot(*(town.xy - (x_m, 0.0)).T).argmin())


def test_a_closed_site_leaves_its_nodes_to_the_next():
    # Sites 10 m from the street at x = 50 and 450, 600 m on foot; nodes every 100 m, 0 to 11 along the street.
    town = tiny_town()
    standing = streets.Standing(town, sites=snap(town, (50.0, 10.0), (450.0, 10.0)), limit_dm=6_000)
    on_street = np.array([node_at(town, 100.0 * i) for i in range(12)])

    assert standing.field.owner[on_street].tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, -1]
    # x = 0 is 60 m from the first, x = 1,000 is 560 m from the second.
    assert standing.field.length_dm[on_street[[0, 10]]].tolist() == [600, 5_600]

    standing.close_site(0)

    assert standing.field.owner[on_street].tolist() == [1] * 11 + [-1]
    assert standing.field.length_dm[on_street[0]] == 4_600
    assert not standing.is_open(0)
    standing.close_site(0)
    is_as_asked_anew(standing, town, limit_dm=6_000)


def test_among_equally_near_sites_the_lowest_row_owns_whatever_came_last():
    town = tiny_town()
    standing = streets.Standing(town, sites=snap(town, (0.0, 0.0), (400.0, 0.0)), limit_dm=LIMIT_DM)
    middle = node_at(town, 200.0)
    assert standing.field.owner[middle] == 0

    standing.close_site(0)
    assert standing.field.owner[middle] == 1
    assert standing.add_site(snap(town, (0.0, 0.0))) == 2
    assert standing.field.owner[middle] == 1
    standing.move_site(0, site=snap(town, (0.0, 0.0)))
    assert standing.field.owner[middle] == 0
    is_as_asked_anew(standing, town, limit_dm=LIMIT_DM)


def test_a_site_in_the_shadow_of_another_comes_to_light():
    # 90 m from the street at the node where the other stands on it: it owns nothing until the other goes.
    town = tiny_town()
    standing = streets.Standing(town, sites=snap(town, (300.0, 0.0), (300.0, -90.0)), limit_dm=LIMIT_DM)
    assert len(standing.nodes_of(1)) == 0

    standing.close_site(0)

    assert len(standing.nodes_of(1)) > 0
    is_as_asked_anew(standing, town, limit_dm=LIMIT_DM)


@pytest.mark.parametrize("limit_dm", [9_000, 65_534, 65_535, 900_000])
def test_long_limits_and_full_queues(limit_dm, monkeypatch):
    network = streets.synthetic_network(40, seed=6, imported_at=AT)
    places = streets.snap_points(network, points_xy=random_points(network, count=60, seed=1, off_m=250.0))
    standing = streets.Standing(network, sites=places.take(slice(0, 5)), limit_dm=limit_dm)
    narrow = standing.copy()
    narrow._near, narrow._far = np.empty(5, np.int64), np.empty(5, np.int64)
    asked, ask_anew = [], streets.Standing._ask_anew
    monkeypatch.setattr(streets.Standing, "_ask_anew", lambda self: asked.append(self) or ask_anew(self))

    for i in range(5, 60):
        for one in (standing, narrow):
            one.add_site(places.take(slice(i, i + 1)))
            one.close_site(i - 4 if i % 3 else i)

    # a queue of five is full again and again, one with room for every node never
    assert [narrow in asked, standing in asked] == [True, False]
    for one in (standing, narrow):
        is_as_asked_anew(one, network, limit_dm=limit_dm)
        assert one.field.limit_dm == limit_dm


def test_a_copy_and_the_network_are_not_touched():
    network = streets.synthetic_network(20, seed=6, imported_at=AT)
    places = streets.snap_points(network, points_xy=random_points(network, count=9, seed=1))
    standing = streets.Standing(network, sites=places.take(slice(0, 6)), limit_dm=LIMIT_DM)
    before = standing.field.length_dm.copy(), standing.field.owner.copy(), standing.sites.a.tolist()

    branch = standing.copy()
    branch.close_site(2)
    branch.move_site(3, site=places.take(slice(7, 8)))
    branch.add_site(places.take(slice(8, 9)))

    assert np.array_equal(standing.field.length_dm, before[0])
    assert np.array_equal(standing.field.owner, before[1])
    assert standing.sites.a.tolist() == before[2]
    is_as_asked_anew(branch, network, limit_dm=LIMIT_DM)
    for array in (network.indptr, network.indices, network.length_dm, standing.field.owner, branch.field.length_dm):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_nodes_of_a_site_are_those_it_owns():
    network = streets.synthetic_network(30, seed=6, imported_at=AT)
    places = streets.snap_points(network, points_xy=random_points(network, count=12, seed=4))
    standing = streets.Standing(network, sites=places, limit_dm=5_000)

    for row in range(12):
        assert sorted(standing.nodes_of(row)) == np.flatnonzero(standing.field.owner == row).tolist()
    is_as_asked_anew(standing, network, limit_dm=5_000)


def test_what_is_no_site_is_refused():
    town = tiny_town()
    here, lost = snap(town, (50.0, 0.0)), snap(town, (0.0, 5_000.0))
    standing = streets.Standing(town, sites=here, limit_dm=LIMIT_DM)

    with pytest.raises(ValueError, match="one point"):
        standing.add_site(here.take(slice(0, 0)))
    for row in (-1, 1):
        with pytest.raises(IndexError, match="no site"):
            standing.close_site(row)
        with pytest.raises(IndexError, match="no site"):
            standing.move_site(row, site=here)
    assert not standing.is_open(standing.add_site(lost))
    standing.move_site(0, site=lost)
    assert (len(standing), standing.sites.is_located.tolist()) == (2, [False, False])
    assert (standing.field.owner == streets.UNREACHED).all()
    assert standing.read(here)[1].tolist() == [streets.UNREACHED]
