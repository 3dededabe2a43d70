"""Small counts cannot be worked out: the worked table, every small table by brute force, and laws on random ones."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import suppression
from dispatch.suppression import Sum, Table, UnprotectableError, find_bounds, find_small, suppress
from dispatch.suppression.choosing import _Problem, is_protected

if TYPE_CHECKING:
    from collections.abc import Iterable

# domain, section 5, "Suppression"
WORKED = {
    "C1": {"meals": 12, "bathing": 3, "day care": 25, "visiting": 8},
    "C2": {"meals": 20, "bathing": 15, "day care": 7, "visiting": 30},
    "C3": {"meals": 9, "bathing": 6, "day care": 0, "visiting": 11},
    "C4": {"meals": 2, "bathing": 14, "day care": 18, "visiting": 5},
}


def make_table(rows: dict[str, dict[str, int]]) -> Table:
    """A table with the totals of its rows and columns and of everything."""
    columns = list(next(iter(rows.values())))
    counts = {f"{row} {column}": rows[row][column] for row in rows for column in columns}
    sums = []
    for row in rows:
        parts = tuple(f"{row} {column}" for column in columns)
        counts[f"{row} total"] = sum(counts[part] for part in parts)
        sums.append(Sum(f"{row} total", parts))
    for column in columns:
        parts = tuple(f"{row} {column}" for row in rows)
        counts[f"total {column}"] = sum(counts[part] for part in parts)
        sums.append(Sum(f"total {column}", parts))
    counts["total total"] = sum(counts[f"{row} total"] for row in rows)
    sums += [
        Sum("total total", tuple(f"{row} total" for row in rows)),
        Sum("total total", tuple(f"total {column}" for column in columns)),
    ]
    return Table(counts, tuple(sums))


@pytest.mark.feature("X4")
def test_the_worked_table_comes_out_as_written() -> None:
    table = make_table(WORKED)

    found = suppress(table, small=find_small(table.counts))

    assert found.small == {"C1 bathing", "C4 meals"}
    assert found.complementary == {"C1 meals", "C4 bathing"}
    assert (found.cost, found.is_least) == (26, True)
    assert find_bounds(table, hidden=found.hidden) == {
        "C1 meals": (0, 14),
        "C1 bathing": (1, 15),
        "C4 meals": (0, 14),
        "C4 bathing": (2, 16),
    }


def test_hiding_the_small_counts_alone_tells_them_exactly() -> None:
    table = make_table(WORKED)

    assert find_bounds(table, hidden=find_small(table.counts)) == {"C1 bathing": (3, 3), "C4 meals": (2, 2)}


def possible_tables(table: Table, *, hidden: Iterable[str]) -> list[dict[str, int]]:
    """Every table of whole numbers that agrees with what is shown, one after the other: no linear program."""
    keys = sorted(hidden)
    most = table.counts["total total"]
    found = []
    for values in itertools.product(range(most + 1), repeat=len(keys)):
        tried = dict(table.counts) | dict(zip(keys, values, strict=True))
        if all(tried[each.total] == sum(tried[part] for part in each.parts) for each in table.sums):
            found.append(tried)
    return found


SMALL_TABLES = [
    {"A": {"x": 3, "y": 4}, "B": {"x": 5, "y": 6}},
    {"A": {"x": 1, "y": 0, "z": 7}, "B": {"x": 6, "y": 5, "z": 0}},
    {"A": {"x": 2, "y": 2}, "B": {"x": 2, "y": 9}},
]


@pytest.mark.parametrize("rows", SMALL_TABLES)
def test_bounds_are_those_of_all_possible_tables(rows) -> None:
    table = make_table(rows)
    found = suppress(table, small=find_small(table.counts))
    inner = frozenset(key for key in found.hidden if "total" not in key)
    for hidden in (inner, frozenset(sorted(found.hidden)[:4])):
        possible = possible_tables(table, hidden=hidden)

        for key, (least, most) in find_bounds(table, hidden=hidden).items():
            values = [each[key] for each in possible]
            assert (min(values), max(values)) == (least, most), key


@pytest.mark.parametrize("rows", SMALL_TABLES)
def test_no_cheaper_choice_protects_as_much(rows) -> None:
    table = make_table(rows)
    small = find_small(table.counts)
    found = suppress(table, small=small)

    others = [key for key, count in table.counts.items() if count > 0 and key not in small]
    costs = [
        sum(table.counts[key] for key in chosen)
        for size in range(len(others) + 1)
        for chosen in itertools.combinations(others, size)
        if sum(table.counts[key] for key in chosen) < found.cost
        and all(map(is_protected, find_bounds(table, hidden=small | set(chosen), wanted=small).values()))
    ]
    assert found.is_least
    assert costs == []


COUNTS = st.integers(0, 30)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(COUNTS, min_size=3, max_size=3), min_size=2, max_size=5))
def test_every_small_count_keeps_its_room_and_nothing_small_or_empty_is_told(numbers) -> None:
    rows = {f"R{n}": dict(zip("xyz", row, strict=True)) for n, row in enumerate(numbers)}
    table = make_table(rows)
    small = find_small(table.counts)
    try:
        found = suppress(table, small=small)
    except UnprotectableError:  # so few people that nothing can be hidden among
        assert table.counts["total total"] < 50
        return

    bounds = find_bounds(table, hidden=found.hidden)
    for key in small:
        least, most = bounds[key]
        assert most is None or (most >= 5 and most - least >= 5)
        assert least <= table.counts[key] <= (most if most is not None else table.counts[key])
    assert all(table.counts[key] >= 5 for key in found.complementary)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(COUNTS, min_size=3, max_size=3), min_size=3, max_size=5))
def test_the_choice_for_large_tables_protects_as_well_and_is_never_cheaper(numbers) -> None:
    rows = {f"R{n}": {"w": 40 + n} | dict(zip("xyz", row, strict=True)) for n, row in enumerate(numbers)}
    table = make_table(rows)
    small = find_small(table.counts)
    exact = suppress(table, small=small)
    problem = _Problem(table, small)

    chosen = problem.choose_in_turn()
    chosen = problem.hide_around(chosen, problem.find_unprotected(chosen))

    assert problem.find_unprotected(chosen) == []
    if exact.is_least:
        assert sum(table.counts[key] for key in chosen) >= exact.cost


def test_a_count_that_differs_by_few_from_one_that_is_published_is_small() -> None:
    counts = {"same": 30, "one more": 31, "five more": 35, "gone": 0, "new": 12}

    small = find_small(counts, before=[{"same": 30, "one more": 30, "five more": 30, "gone": 3}, {"new": 14}])

    assert small == {"one more", "gone", "new"}


@pytest.mark.feature("X4")
def test_two_nested_counts_do_not_tell_their_difference() -> None:
    # 18 minutes reach 3 people more than 15 do, of 60 and of 40 in all; the rest between them is a count as well
    counts = {"15 A": 20, "18 A": 23, "15 B": 30, "18 B": 41, "15": 50, "18": 64, "rest A": 3, "rest B": 11, "rest": 14}
    table = Table(
        counts,
        (
            Sum("15", ("15 A", "15 B")),
            Sum("18", ("18 A", "18 B")),
            Sum("18 A", ("15 A", "rest A")),
            Sum("18 B", ("15 B", "rest B")),
            Sum("18", ("15", "rest")),
        ),
        unpublished=frozenset({"rest A", "rest B", "rest"}),
    )

    found = suppress(table, small=find_small(counts))

    assert found.complementary  # one of the two is not shown
    assert all(map(is_protected, find_bounds(table, hidden=found.hidden, wanted=["rest A"]).values()))


def test_a_large_table_is_hidden_in_seconds_and_holds_against_the_attacker() -> None:
    rows = {f"C{n:03}": {"in": (n * 37) % 61, "out": (n * 53) % 43} for n in range(150)}
    table = make_table(rows)
    small = find_small(table.counts)

    found = suppress(table, small=small)

    assert len(small) > 20
    assert not found.is_least  # too large to be proved
    assert all(map(is_protected, find_bounds(table, hidden=found.hidden, wanted=small).values()))
    assert found.cost < sum(table.counts[f"{row} total"] for row in rows) / 2


@pytest.mark.parametrize(
    ("counts", "sums"), [({"a": -1}, ()), ({"a": 1, "b": 2}, (Sum("b", ("a",)),))], ids=["below 0", "no sum"]
)
def test_a_table_that_is_untrue_is_refused(counts, sums) -> None:
    with pytest.raises(ValueError, match=r"below 0|not the sum"):
        Table(counts, sums)


def test_what_is_known_already_is_not_hidden_and_where_that_leaves_no_room_it_is_said() -> None:
    table = make_table(WORKED)
    small = find_small(table.counts)

    found = suppress(table, small=small, known=frozenset({"C1 meals", "total total"}))

    assert "C1 meals" not in found.hidden
    assert all(map(is_protected, find_bounds(table, hidden=found.hidden, wanted=small).values()))
    with pytest.raises(UnprotectableError, match="C1 bathing"):
        suppress(table, small=small, known=frozenset(table.counts) - small)


def test_nothing_small_hides_nothing() -> None:
    table = make_table({"A": {"x": 5, "y": 0}, "B": {"x": 7, "y": 9}})

    assert suppress(table, small=suppression.find_small(table.counts)).hidden == frozenset()
