"""What places would newly cover, held against brute force over the matrix of all pairs."""

import numpy as np
import pytest

from dispatch import streets
from tests.unit.streets.towns import AT, LIMIT_DM, random_points, snap, tiny_town


def brute_force(table, *, weight, picks):
    """Choose one after the other by counting anew each time: rows of `table` are candidates."""
    is_left = np.ones(table.shape[1], bool)
    rows, won = [], []
    for _ in range(picks):
        gain = (table & is_left) @ weight
        if gain.max() <= 0:
            break
        rows.append(int(gain.argmax()))
        won.append(gain.max())
        is_left &= ~table[rows[-1]]
    return rows, won, weight[is_left].sum()


def test_gains_worked_out_by_hand():
    # Homes of 5, 3 and 2 at x = 0, 500 and 1,000 on the street; candidates at x = 250, 1,000 and 700; 300 m on foot.
    town = tiny_town()
    homes = snap(town, (0.0, 0.0), (500.0, 0.0), (1_000.0, 0.0))
    places = snap(town, (250.0, 0.0), (1_000.0, 0.0), (700.0, 0.0))

    gains = streets.Gains(town, points=homes, weight=np.array([5, 3, 2]), limit_dm=3_000, candidates=places)

    assert gains.gain.tolist() == [8.0, 2.0, 5.0]
    assert gains.best() == 0
    assert sorted(gains.take(0)) == [0, 1]
    # The home at 500 is covered now: the place at 700 gains the one at 1,000 only, as the place at 1,000 does.
    assert gains.gain.tolist() == [0.0, 2.0, 2.0]
    assert (gains.best(), gains.uncovered) == (1, 2.0)
    assert gains.best(among=np.array([True, False, True])) == 2
    assert gains.take(1).tolist() == [2]
    assert gains.best() is None
    assert sorted(gains.reached_by(2)) == [1, 2]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("count", [5, 200])  # fewer candidates than homes, and more
def test_greedy_choice_equals_brute_force(seed, count):
    network = streets.synthetic_network(10, seed=seed, imported_at=AT)
    places = streets.snap_points(network, points_xy=random_points(network, count=count, seed=seed, off_m=250.0))
    homes = streets.snap_points(network, points_xy=random_points(network, count=120, seed=seed + 50, off_m=250.0))
    weight = np.random.default_rng(seed).integers(0, 4, 120)
    table = streets.matrix(network, origins=places, destinations=homes, limit_dm=2_000) != streets.UNREACHED

    found = streets.greedy_sites(network, points=homes, weight=weight, limit_dm=2_000, picks=8, candidates=places)

    assert (found.rows.tolist(), found.gain.tolist(), found.uncovered) == brute_force(table, weight=weight, picks=8)


@pytest.mark.parametrize("seed", range(3))
def test_every_node_is_a_candidate_where_none_are_named(seed):
    network = streets.synthetic_network(12, seed=seed, imported_at=AT)
    homes = streets.snap_points(network, points_xy=random_points(network, count=150, seed=seed))
    weight = np.random.default_rng(seed).integers(1, 5, 150)
    nodes = streets.snap_nodes(np.arange(network.node_count))
    table = streets.matrix(network, origins=nodes, destinations=homes, limit_dm=2_000) != streets.UNREACHED

    found = streets.greedy_sites(network, points=homes, weight=weight, limit_dm=2_000, picks=100)

    assert (found.rows.tolist(), found.gain.tolist(), found.uncovered) == brute_force(table, weight=weight, picks=100)
    assert 0 < len(found.rows) < 100


def test_many_searches_on_several_threads_give_the_same_gains(monkeypatch):
    network = streets.synthetic_network(40, seed=1, imported_at=AT)
    homes = streets.snap_nodes(np.arange(network.node_count))
    weight = np.random.default_rng(1).random(network.node_count)
    alone = streets.Gains(network, points=homes, weight=weight, limit_dm=LIMIT_DM)

    monkeypatch.setattr("dispatch.streets.gains.POINTS_FOR_ONE", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    together = streets.Gains(network, points=homes, weight=weight, limit_dm=LIMIT_DM)

    assert np.array_equal(alone.gain, together.gain)
    # Not whole: rounded to 2**-20 each.
    reached = streets.catchments(network, sites=homes, limit_dm=LIMIT_DM).sums(weight)
    assert np.allclose(alone.gain, reached, atol=network.node_count * 2**-20)


def test_points_covered_otherwise_leave_all_gains():
    network = streets.synthetic_network(10, seed=2, imported_at=AT)
    homes = streets.snap_points(network, points_xy=random_points(network, count=80, seed=3))
    weight = np.arange(80)
    gains = streets.Gains(network, points=homes, weight=weight, limit_dm=3_000)

    assert gains.cover(np.array([7, 7, 9, 0])).tolist() == [7, 9]
    assert gains.cover(np.array([7, 9])).tolist() == []

    weight[[7, 9]] = 0
    assert np.array_equal(gains.gain, streets.Gains(network, points=homes, weight=weight, limit_dm=3_000).gain)


@pytest.mark.parametrize("weight", [[-1.0], [np.nan], [np.inf], [2.0**53], [2.0**40 + 0.5], [1.0, 2.0]])
def test_weights_without_a_meaning_are_refused(weight):
    town = tiny_town()

    with pytest.raises(ValueError, match=r"[Ww]eights"):
        streets.Gains(town, points=snap(town, (50.0, 0.0)), weight=np.array(weight), limit_dm=LIMIT_DM)


def test_nothing_to_gain():
    town = tiny_town()
    lost, here = snap(town, (0.0, 5_000.0)), snap(town, (50.0, 0.0))

    for points, places in ((lost, here), (here, lost), (here, here.take(slice(0, 0))), (here.take(slice(0, 0)), None)):
        weight = np.ones(len(points))
        found = streets.greedy_sites(town, points=points, weight=weight, limit_dm=900, picks=3, candidates=places)
        assert (found.rows.tolist(), found.uncovered) == ([], len(points))
