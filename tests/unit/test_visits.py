"""Decisions about visits: what clashes, and which small counts are hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.visits.rules import find_clash, levels_of, suppress_small, tally
from dispatch.visits.values import Count, Standing

NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)


def span(from_min: int, to_min: int) -> tuple[datetime, datetime]:
    return NINE + timedelta(minutes=from_min), NINE + timedelta(minutes=to_min)


def test_visits_that_touch_do_not_clash() -> None:
    assert find_clash([span(0, 60)], [span(60, 90), span(-30, 0)]) is None
    assert find_clash([span(0, 60)], [span(59, 90)]) == span(59, 90)
    assert find_clash([span(0, 60), span(30, 40)], []) == span(30, 40)


def test_levels_of_an_area_are_those_below_the_whole() -> None:
    assert levels_of("120198001002", below="12") == ["120198", "120198001", "120198001002"]
    assert levels_of("120198001002", below="120198001") == ["120198001002"]
    assert levels_of("120198001002", below="120198001002") == []
    assert levels_of("120198001", below="120198") == ["120198001"]


def standing(area: str, *, is_visited: bool, elder: int = 1) -> Standing:
    return Standing(UUID(int=elder), area, None, frozenset({"living_alone"}), is_visited)


def test_elder_known_to_the_subdistrict_only_counts_there() -> None:
    counted = tally(
        [standing("120198001", is_visited=True), standing("120198001001", is_visited=False)], area_code="120198"
    )

    assert counted.whole == (2, 1)
    assert counted.by_area == {"120198001": (2, 1), "120198001001": (1, 0)}


def hidden(rows: dict[str, tuple[int, int]]) -> frozenset[str]:
    by_area = {code: Count(*row) for code, row in rows.items()}
    tops = [count for code, count in by_area.items() if len(code) == min(map(len, by_area))]
    whole = Count(sum(count.due for count in tops), sum(count.visited for count in tops))
    return suppress_small(by_area, whole=whole, below="120198")[1]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # nothing small: nothing hidden; zeros are shown
        ({"120198001": (20, 10), "120198002": (30, 30)}, set()),
        # 3 unvisited: hidden, and the smallest other row, or the whole would give it away
        ({"120198001": (20, 17), "120198002": (90, 40), "120198003": (50, 20)}, {"120198001", "120198003"}),
        # two hidden rows whose sum of unvisited is 2: a third is needed
        (
            {"120198001": (20, 19), "120198002": (21, 20), "120198003": (50, 20), "120198004": (60, 20)},
            {"120198001", "120198002", "120198003"},
        ),
        # what lies in a hidden area is hidden
        (
            {"120198001": (4, 0), "120198002": (50, 20), "120198001001": (4, 0), "120198002001": (50, 20)},
            {"120198001", "120198002", "120198001001", "120198002001"},
        ),
    ],
)
def test_small_counts_and_those_that_give_them_away_are_hidden(rows, expected) -> None:
    assert hidden(rows) == expected


def test_small_whole_hides_everything() -> None:
    assert suppress_small({"120198001": Count(4, 0)}, whole=Count(4, 0), below="120198") == (
        True,
        frozenset({"120198001"}),
    )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8))
def test_no_hidden_count_follows_from_the_shown_ones(numbers) -> None:
    rows = {
        f"120198{place:03d}": Count(max(pair), min(pair)) for place, pair in enumerate(numbers, start=1) if max(pair)
    }
    whole = Count(sum(row.due for row in rows.values()), sum(row.visited for row in rows.values()))

    is_whole_hidden, gone = suppress_small(rows, whole=whole, below="120198")

    small = {code for code, row in rows.items() if any(0 < n < 5 for n in (row.due, row.visited, row.unvisited))}
    assert small <= gone
    if gone and not is_whole_hidden:
        # the whole less the shown rows tells the sum of the hidden ones: never a small number, never one row alone
        sums = [sum(getattr(rows[code], name) for code in gone) for name in ("due", "visited", "unvisited")]
        assert len(gone) > 1
        assert len(gone) == len(rows) or not any(0 < total < 5 for total in sums)
