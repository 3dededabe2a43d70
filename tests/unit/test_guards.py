"""What no database can hold is found wherever it hides in a JSON value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.api.guards import NO_NUMBER, NO_TEXT, NO_TIME, TOO_DEEP, find_faults

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
)
ANY_JSON = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text("abc", max_size=3), below, max_size=4)
)


@given(ANY_JSON)
def test_ordinary_values_pass(value):
    assert find_faults(value) == {}


@given(ANY_JSON, st.sampled_from([2**63, -(2**63), float("inf"), float("nan"), "\x00", "\ud800"]))
def test_one_bad_value_is_found_beside_anything(value, bad):
    assert find_faults({"good": value, "list": [value, {"bad": bad}]}).keys() == {"list.1.bad"}


def test_each_fault_has_its_sentence():
    assert find_faults({"a": 2**63, "b": "x\x00", "c": "1899-12-31", "d": "2200-01-01T00:00:00Z"}) == {
        "a": [NO_NUMBER],
        "b": [NO_TEXT],
        "c": [NO_TIME],
        "d": [NO_TIME],
    }


def test_dates_of_our_time_and_numbers_that_look_like_dates_pass():
    assert find_faults(["1900-01-01", "2199-12-31T23:59:59+08:00", "12-1800-01", "9999-99", "0000-1-1"]) == {}


def test_depth_has_an_end():
    deep: object = 1
    for _ in range(10_000):
        deep = [deep]

    assert list(find_faults(deep).values()) == [[TOO_DEEP]]
