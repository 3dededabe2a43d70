"""Sketches against samples along the streets and against the outlines that are drawn to the meter."""

import numpy as np
import pytest
import shapely

from dispatch import streets
from tests.unit.streets.towns import AT, LIMIT_DM, random_points, snap, tiny_town


def samples(network):
    """Places every 10 m along all edges: where, on which edge, dm from both its ends, how much each stands for."""
    length = network.edge_length_dm.astype(int)
    parts = np.maximum(1, length // 100)
    edge = np.repeat(np.arange(network.edge_count), parts)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[edge]
    a, b = network.edge_a[edge], network.edge_b[edge]
    xy = network.xy[a] + share[:, None] * (network.xy[b] - network.xy[a])
    return xy, edge, share * length[edge], (1 - share) * length[edge], length[edge] / parts[edge]


def wrong_shares(area, network, *, site, limit_dm):
    """Of what lies inside how much is out of reach, and of what is in reach how much lies outside."""
    xy, edge, from_a, from_b, weight = samples(network)
    found = streets.reach(network, site=site, limit_dm=limit_dm)
    there = np.full(network.node_count, np.inf)
    there[found.nodes] = found.length_dm
    way = np.minimum(there[network.edge_a[edge]] + from_a, there[network.edge_b[edge]] + from_b)
    is_in_reach = way <= limit_dm
    is_inside = shapely.contains_xy(area, xy)
    return (
        weight[is_inside & ~is_in_reach].sum() / weight[is_inside].sum(),
        weight[~is_inside & is_in_reach].sum() / weight[is_in_reach].sum(),
    )


def test_sketches_are_as_close_as_they_say():
    network = streets.synthetic_network(60, seed=5, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=40, seed=3, off_m=20.0))
    wrong = []
    for i in range(40):
        site = sites.take(slice(i, i + 1))
        area = streets.sketch_reach(network, site=site, limit_dm=LIMIT_DM)
        assert area.is_valid
        if not area.is_empty:
            wrong.append(wrong_shares(area, network, site=site, limit_dm=LIMIT_DM))

    false_covered, false_uncovered = np.mean(wrong, axis=0)
    assert len(wrong) > 30
    assert false_covered <= 0.03
    assert false_uncovered <= 0.005


def test_a_sketch_of_a_city_is_that_of_its_circles():
    network = streets.synthetic_network(60, seed=5, imported_at=AT)
    sites = streets.snap_points(network, points_xy=random_points(network, count=25, seed=8, off_m=20.0))
    field = streets.nearest_sites(network, sites=sites, limit_dm=12_000)

    city = streets.sketch_covered(network, field=field, sites=sites, limit_dm=LIMIT_DM)

    each = [streets.sketch_reach(network, site=sites.take(slice(i, i + 1)), limit_dm=LIMIT_DM) for i in range(25)]
    union = shapely.union_all(each)
    assert city.is_valid
    assert abs(city.area - union.area) < 0.03 * union.area
    assert city.symmetric_difference(union).area < 0.05 * union.area


def test_a_site_in_the_middle_of_a_long_street_and_a_street_out_of_reach():
    # The street runs along y = 0; its nodes at x = 0 and 100 are 50 m from the site, which walks 40 m.
    town = tiny_town()
    here = snap(town, (50.0, 0.0))

    area = streets.sketch_reach(town, site=here, limit_dm=400)

    west, south, east, north = area.bounds
    assert 50 - 45 < west < 50 - 30
    assert 50 + 30 < east < 50 + 45
    assert -26 < south < -20
    assert 20 < north < 26
    # All of it: 1,100 m and the bridge, 25 m to both sides, 600 m off the far bank.
    whole = streets.sketch_reach(town, site=here, limit_dm=20_000)
    assert whole.covers(shapely.Point(800, 515))
    assert not whole.covers(shapely.Point(400, 250))


def test_nothing_is_drawn_of_nothing():
    town = tiny_town()
    lost, here = snap(town, (0.0, 5_000.0)), snap(town, (50.0, 0.0))
    field = streets.nearest_sites(town, sites=lost, limit_dm=LIMIT_DM)

    assert streets.sketch_reach(town, site=lost, limit_dm=LIMIT_DM).is_empty
    assert streets.sketch_covered(town, field=field, sites=lost, limit_dm=LIMIT_DM).is_empty
    with pytest.raises(ValueError, match="field ends"):
        streets.sketch_covered(town, field=field, sites=here, limit_dm=LIMIT_DM + 1)
