"""The population-weighted Gini against its definition as a double sum, and the laws it keeps."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.indicators.rules.equity import weigh_gini

# how long it takes on a busy machine is no matter
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 3))
WEIGHTS = st.integers(1, 10_000)
AREAS = st.lists(st.tuples(VALUES, WEIGHTS), min_size=1, max_size=40)


def double_sum(areas):
    """G = sum_ij w_i w_j |x_i - x_j| / (2 W^2 mean), added up pair by pair."""
    weight = sum(w for _, w in areas)
    mean = sum(x * w for x, w in areas) / weight
    if not mean:
        return None
    return sum(w * v * abs(x - y) for x, w in areas for y, v in areas) / (2 * weight**2 * mean)


def gini(areas):
    return weigh_gini([x for x, _ in areas], weights=[w for _, w in areas])


@pytest.mark.feature("P5")
@PATIENT
@given(AREAS)
def test_it_equals_the_double_sum(areas):
    expected = double_sum(areas)

    assert gini(areas) == (None if expected is None else pytest.approx(expected, abs=1e-9))


@pytest.mark.feature("P5")
@PATIENT
@given(st.floats(0.001, 100, allow_nan=False), st.lists(WEIGHTS, min_size=1, max_size=40))
def test_equal_areas_give_zero_exactly(value, weights):
    assert gini([(value, weight) for weight in weights]) == 0


@PATIENT
@given(AREAS, st.integers(2, 50))
def test_neither_the_unit_of_the_figure_nor_that_of_the_weight_matters(areas, times):
    found = gini(areas)
    if found is not None:
        assert gini([(x * times, w) for x, w in areas]) == pytest.approx(found, abs=1e-9)
        assert gini([(x, w * times) for x, w in areas]) == pytest.approx(found, abs=1e-9)


@PATIENT
@given(AREAS)
def test_an_area_cut_into_two_equal_ones_changes_nothing_and_it_lies_between_zero_and_one(areas):
    found = gini(areas)
    (value, weight), *others = areas
    cut = [(value, weight / 2), (value, weight / 2), *others]

    assert found is None or 0 <= found < 1
    assert gini(cut) == (None if found is None else pytest.approx(found, abs=1e-9))


def test_worked_by_hand():
    # one person has 0, one has 4: the mean is 2, the mean difference of the four pairs is 2, so 2 / (2 x 2)
    assert weigh_gini([0, 4], weights=[1, 1]) == 0.5
    assert weigh_gini([], weights=[]) is None
    assert weigh_gini([0, 0], weights=[3, 4]) is None
    assert weigh_gini([5], weights=[0]) is None
