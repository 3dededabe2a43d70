"""Places: held against brute force, SciPy's maximum flow and its assignment solver; the law of monotony."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from dispatch.coverage.rules.placing import NOWHERE, assign_places, float_catchments
from dispatch.streets import Catchments

FAR = 10**6


def lists_of(ways: list[list[int | None]]) -> Catchments:
    """Give the sites of each home: ways[home][site] in decimetres, None beyond the limit."""
    reached = [[(site, way) for site, way in enumerate(row) if way is not None] for row in ways]
    flat = list(itertools.chain.from_iterable(reached))
    return Catchments(
        indptr=np.cumsum([0, *(len(row) for row in reached)], dtype=np.int64),
        rows=np.array([site for site, _ in flat], np.int32),
        length_dm=np.array([way for _, way in flat], np.int32),
        count=len(ways[0]) if ways else 0,
    )


def seat(ways: list[list[int | None]], places: list[int]) -> list[int]:
    nearest = np.array([min((way for way in row if way is not None), default=FAR) for row in ways], np.int32)
    return assign_places(lists_of(ways), places=np.array(places), nearest_dm=nearest).tolist()


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[list[int | None]], list[int]]:
    sites = draw(st.integers(1, 4))
    way = st.one_of(st.none(), st.integers(0, 9))
    ways = draw(st.lists(st.lists(way, min_size=sites, max_size=sites), min_size=1, max_size=10))
    return ways, draw(st.lists(st.integers(0, 3), min_size=sites, max_size=sites))


def flow_of(ways: list[list[int | None]], places: list[int]) -> int:
    """Give the most people who can be served: SciPy's maximum flow from a source over homes and sites to a sink."""
    homes, sites = len(ways), len(places)
    graph = np.zeros((homes + sites + 2,) * 2, np.int32)
    for home, row in enumerate(ways):
        graph[-2, home] = 1
        for site, way in enumerate(row):
            graph[home, homes + site] = way is not None
    graph[homes : homes + sites, -1] = places
    return maximum_flow(csr_array(graph), homes + sites, homes + sites + 1).flow_value


def least_ways(ways: list[list[int | None]], places: list[int], *, served: list[int]) -> int:
    """Give the least sum of ways that serves exactly these homes: a place is a column of SciPy's assignment."""
    columns = [site for site, count in enumerate(places) for _ in range(count)]
    cost = [[FAR if ways[home][site] is None else ways[home][site] for site in columns] for home in served]
    if not served:
        return 0
    matrix = np.array(cost)
    return int(matrix[linear_sum_assignment(matrix)].sum())


@pytest.mark.feature("G4")
@settings(max_examples=400, deadline=None)
@given(town=towns())
def test_as_many_as_possible_are_served_with_the_least_walking_and_within_the_places(town) -> None:
    ways, places = town

    seats = seat(ways, places)

    served = [home for home, site in enumerate(seats) if site != NOWHERE]
    assert len(served) == flow_of(ways, places)
    assert all(seats.count(site) <= count for site, count in enumerate(places))
    assert sum(ways[home][seats[home]] for home in served) == least_ways(ways, places, served=served)


@pytest.mark.feature("G4")
@settings(max_examples=400, deadline=None)
@given(town=towns(), more=st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_who_has_a_place_keeps_one_when_sites_have_more(town, more: list[int]) -> None:
    ways, places = town
    before = {home for home, site in enumerate(seat(ways, places)) if site != NOWHERE}

    raised = [count + extra for count, extra in zip(places, more, strict=False)]
    for richer in (raised, [2 * count for count in places]):
        after = {home for home, site in enumerate(seat(ways, richer)) if site != NOWHERE}
        assert before <= after


@settings(max_examples=100, deadline=None)
@given(town=towns())
def test_the_nearest_come_first_among_all_sets_that_can_be_served(town) -> None:
    ways, places = town
    ways = ways[:7]
    nearest = [min((way for way in row if way is not None), default=FAR) for row in ways]
    order = sorted(range(len(ways)), key=lambda home: (nearest[home], home))

    # brute force: of all sets, the first in the order of those that the flow serves whole
    possible = (
        [home in chosen for home in order]
        for size in range(len(ways) + 1)
        for chosen in itertools.combinations(range(len(ways)), size)
        if flow_of([ways[home] for home in chosen] or [[None] * len(places)], places) == size
    )

    seats = seat(ways, places)
    assert [seats[home] != NOWHERE for home in order] == max(possible)


@pytest.mark.feature("G4")
def test_nobody_is_served_without_places() -> None:
    assert seat([[1, 2], [3, None]], [0, 0]) == [NOWHERE, NOWHERE]


def test_one_moves_on_so_that_another_has_a_place() -> None:
    # the first is nearest to site 0, the second reaches no other: the first goes to site 1
    assert seat([[10, 50], [20, None]], [1, 1]) == [1, 0]


def test_floating_catchments_are_those_of_a_calculation_by_hand() -> None:
    # site 0 has 2 places for homes 0 and 1, site 1 has 3 for homes 1 and 2: 2/2 and 3/2; home 3 reaches none
    sites = Catchments(
        indptr=np.array([0, 2, 4, 4]), rows=np.array([0, 1, 1, 2], np.int32), length_dm=np.ones(4, np.int32), count=4
    )

    assert float_catchments(sites, places=np.array([2, 3, 9])).tolist() == [1.0, 2.5, 1.5, 0.0]
