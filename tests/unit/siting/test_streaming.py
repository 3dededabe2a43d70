"""Gains that are streamed over a network equal those of listed pairs, which equal a matrix of all ways."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import streets
from dispatch.coverage.rules.siting.choosing import choose, choose_from
from dispatch.coverage.rules.siting.deciding import Decision, share_out
from dispatch.coverage.rules.siting.problem import make_problem
from dispatch.coverage.rules.siting.streaming import StreamedGains

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIMIT_DM = 4_000


@st.composite
def towns(draw):
    """A small network, candidates (all nodes, or points) and weighed homes on it."""
    network = streets.synthetic_network(draw(st.integers(5, 9)), seed=draw(st.integers(0, 500)), imported_at=AT)
    chance = np.random.default_rng(draw(st.integers(0, 500)))
    low, high = network.xy.min(axis=0) - 100.0, network.xy.max(axis=0) + 100.0
    homes = streets.snap_points(network, points_xy=chance.uniform(low, high, (draw(st.integers(1, 40)), 2)))
    is_on_nodes = draw(st.booleans())
    if is_on_nodes:
        candidates = streets.snap_nodes(np.arange(network.node_count))
    else:
        candidates = streets.snap_points(network, points_xy=chance.uniform(low, high, (30, 2)))
    return network, candidates, is_on_nodes, homes, chance.integers(0, 5, len(homes))


@pytest.mark.feature("P1")
@settings(max_examples=60, deadline=None)
@given(town=towns(), most=st.integers(1, 6), budget=st.none() | st.integers(0, 30))
def test_streamed_choice_equals_the_listed_one(town, most, budget) -> None:
    network, candidates, is_on_nodes, homes, weight = town
    cost = np.arange(len(candidates), dtype=np.int64) % 7 + 1
    ways = streets.matrix(network, origins=candidates, destinations=homes, limit_dm=LIMIT_DM)
    is_reached = ways != streets.UNREACHED
    listed = make_problem(
        indptr=np.concatenate(([0], np.cumsum(is_reached.sum(axis=1)))),
        points=np.nonzero(is_reached)[1],
        weight=weight,
        capacity=[None] * len(candidates),
        cost=cost,
        most=most,
        budget=budget,
    ).problem

    def streamed() -> StreamedGains:
        return StreamedGains(
            network,
            candidates=candidates,
            is_on_nodes=is_on_nodes,
            points=homes,
            weight=weight,
            limit_dm=LIMIT_DM,
        )

    whole = int(listed.weight.sum())
    assert streamed().at_most.tolist() == listed.reached.tolist()
    found = choose_from(streamed, cost=cost, most=most, budget=budget, whole=whole)
    assert found == choose(listed)


def test_places_that_are_too_few_go_to_the_nearest_of_each_group() -> None:
    decision = Decision(
        choice=None,
        proof=None,
        group=np.array([0, 1, 0, -1, 0, 1]),
        served=np.array([4, 9]),
    )

    taken = share_out(
        decision,
        weight=np.array([3, 2, 1, 5, 2, 1]),
        length_dm=np.array([50, 10, 20, 10, 50, 30], np.int32),
    )

    # group 0 has 4 places: 1 for the nearest, 3 for the first of two equally near; group 1 has more than it needs
    assert taken.tolist() == [3, 2, 1, 0, 0, 1]
