"""What must hold on any network: circles grow with minutes and speed, a new site brings nobody farther away.

And repairs equal full runs after any changes, catchments equal all pairs, gains are what is newly covered.
"""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import streets

AT = datetime(2026, 3, 1, tzinfo=UTC)
FAR_DM = 10**6


@st.composite
def towns(draw):
    """A small network, sites and homes on it."""
    network = streets.synthetic_network(draw(st.integers(4, 9)), seed=draw(st.integers(0, 500)), imported_at=AT)
    chance = np.random.default_rng(draw(st.integers(0, 500)))
    low, high = network.xy.min(axis=0) - 100.0, network.xy.max(axis=0) + 100.0
    sites = streets.snap_points(network, points_xy=chance.uniform(low, high, (draw(st.integers(1, 8)), 2)))
    homes = streets.snap_points(network, points_xy=chance.uniform(low, high, (30, 2)))
    return network, sites, homes


def lengths(network, *, sites, homes, limit_dm):
    field = streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)
    length_dm, _ = streets.read_field(network, field=field, sites=sites, points=homes)
    return np.where(length_dm == streets.UNREACHED, FAR_DM, length_dm)


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 2_000), st.integers(0, 2_000))
def test_circles_grow_with_minutes_and_keep_their_lengths(town, one_s, other_s):
    network, sites, homes = town
    short_s, long_s = sorted((one_s, other_s))

    short, long = (
        lengths(network, sites=sites, homes=homes, limit_dm=streets.length_limit_dm(limit_s=limit_s, speed_mps=1.0))
        for limit_s in (short_s, long_s)
    )

    is_near = short < FAR_DM
    assert np.array_equal(short[is_near], long[is_near])
    assert (long <= short).all()


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 1_500), st.sampled_from([0.6, 0.8, 1.0, 1.3]), st.sampled_from([0.6, 0.8, 1.0, 1.3]))
def test_circles_shrink_with_slower_walkers(town, limit_s, one_mps, other_mps):
    network, sites, homes = town
    slow_mps, quick_mps = sorted((one_mps, other_mps))

    slow, quick = (
        lengths(network, sites=sites, homes=homes, limit_dm=streets.length_limit_dm(limit_s=limit_s, speed_mps=mps))
        for mps in (slow_mps, quick_mps)
    )

    assert not ((slow < FAR_DM) & (quick == FAR_DM)).any()


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 12_000))
def test_another_site_brings_nobody_farther_away(town, limit_dm):
    network, sites, homes = town
    fewer = sites.take(slice(0, max(1, len(sites) - 1)))

    before = lengths(network, sites=fewer, homes=homes, limit_dm=limit_dm)
    after = lengths(network, sites=sites, homes=homes, limit_dm=limit_dm)

    assert (after <= before).all()


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 12_000))
def test_field_is_the_least_of_the_matrix_and_streets_go_both_ways(town, limit_dm):
    network, sites, homes = town

    there = streets.matrix(network, origins=sites, destinations=homes, limit_dm=limit_dm)
    back = streets.matrix(network, origins=homes, destinations=sites, limit_dm=limit_dm)
    field = lengths(network, sites=sites, homes=homes, limit_dm=limit_dm)

    assert np.array_equal(there.T, back)
    assert np.array_equal(np.where(there == streets.UNREACHED, FAR_DM, there).min(axis=0), field)


@settings(deadline=None, max_examples=25)
@given(towns(), st.integers(100, 6_000), st.integers(100, 6_000))
def test_areas_grow_with_the_limit(town, one_dm, other_dm):
    network, sites, _ = town
    small_dm, large_dm = sorted((one_dm, other_dm))
    field = streets.nearest_sites(network, sites=sites, limit_dm=large_dm)

    small = streets.covered_area(network, field=field, sites=sites, limit_dm=small_dm)
    large = streets.covered_area(network, field=field, sites=sites, limit_dm=large_dm)

    assert small.is_valid
    assert large.is_valid
    assert small.difference(large.buffer(10.0)).is_empty


changes = st.lists(
    st.tuples(st.sampled_from(["add", "close", "move"]), st.integers(0, 30), st.integers(0, 29)), max_size=25
)


@settings(deadline=None, max_examples=150)
@given(towns(), st.integers(0, 12_000), changes)
def test_repairs_equal_a_full_run_after_any_changes(town, limit_dm, wanted):
    network, sites, homes = town
    standing = streets.Standing(network, sites=sites, limit_dm=limit_dm)

    for kind, row, place in wanted:
        site = homes.take(slice(place, place + 1))
        if kind == "add":
            assert standing.add_site(site) == len(standing) - 1
        elif kind == "close":
            standing.close_site(row % len(standing))
        else:
            standing.move_site(row % len(standing), site=site)

    full = streets.nearest_sites(network, sites=standing.sites, limit_dm=limit_dm)
    assert np.array_equal(standing.field.length_dm, full.length_dm)
    assert np.array_equal(standing.field.owner, full.owner)
    there, owner = streets.read_field(network, field=full, sites=standing.sites, points=homes)
    assert all(np.array_equal(*pair) for pair in zip(standing.read(homes), (there, owner), strict=True))


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 12_000))
def test_catchments_equal_all_pairs(town, limit_dm):
    network, sites, homes = town

    found = streets.catchments(network, sites=sites, points=homes, limit_dm=limit_dm)

    table = streets.matrix(network, origins=sites, destinations=homes, limit_dm=limit_dm)
    listed = np.full_like(table, streets.UNREACHED)
    listed[np.repeat(np.arange(len(sites)), np.diff(found.indptr)), found.rows] = found.length_dm
    assert np.array_equal(listed, table)


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 12_000))
def test_a_gain_is_what_becomes_covered_and_gains_only_shrink(town, limit_dm):
    network, sites, homes = town
    weight = np.arange(1, len(homes) + 1)
    gains = streets.Gains(network, points=homes, weight=weight, limit_dm=limit_dm, candidates=sites)

    for row in range(len(sites)):
        before, left = gains.gain, gains.uncovered
        new = gains.take(row)
        assert weight[new].sum() == before[row] == left - gains.uncovered
        assert (gains.gain <= before).all()
        assert gains.gain[row] == 0

    reached = lengths(network, sites=sites, homes=homes, limit_dm=limit_dm) < FAR_DM
    assert gains.uncovered == weight[~reached].sum()


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 12_000), st.sampled_from([streets.CARER_WALK, streets.CARER_EBIKE]))
def test_ways_of_a_day_are_symmetric_go_no_detour_and_are_what_the_searches_say(town, limit_dm, mode):
    network, _, _ = town
    chance = np.random.default_rng(network.node_count)
    low, high = network.xy.min(axis=0) - 250.0, network.xy.max(axis=0) + 250.0
    points = chance.uniform(low, high, (25, 2))
    points = np.concatenate((points, points[:5]))
    snaps = streets.snap_points(network, points_xy=points)

    found = streets.travel_lengths(network, points_xy=points, limit_dm=limit_dm)
    all_ways = streets.travel_lengths(network, points_xy=points, limit_dm=FAR_DM)
    way_s = streets.carer_travel_s(all_ways, mode=mode)

    is_same = found.place[:, None] == found.place
    searched = streets.matrix(network, origins=snaps, destinations=snaps, limit_dm=limit_dm)
    assert np.array_equal(found.length_dm, found.length_dm.T)
    assert np.array_equal(found.length_dm, np.where(is_same, 0, searched))
    assert np.array_equal(all_ways.length_dm == streets.UNREACHED, np.isinf(way_s))
    far = np.where(all_ways.length_dm == streets.UNREACHED, 4 * FAR_DM, all_ways.length_dm)
    for by in range(len(points)):
        assert (far <= far[:, by : by + 1] + far[by]).all()
        assert (way_s <= way_s[:, by : by + 1] + way_s[by]).all()
    assert (np.diag(way_s) == 0).all()
    told = streets.carer_way_s(all_ways.length_dm, mode=mode)
    is_way = ~is_same & (all_ways.length_dm != streets.UNREACHED)
    assert np.array_equal(way_s[is_way], told[is_way])
