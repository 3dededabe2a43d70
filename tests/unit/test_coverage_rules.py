"""Who is covered, what is hidden, what is compared: rules on plain values."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import coverage, streets
from dispatch.coverage.rules import figures, hashing, hiding, measuring, shapes
from dispatch.coverage.rules.covering import cover_by
from dispatch.coverage.values import AreaChange, AreaRow, CellRow, Counts, HomeFacts
from tests.worlds import long_street as world

NETWORK = world.make_network()
QUESTION = coverage.Question(limit_s=900, speed_mps=1.0)


def walks_of(*homes_xy: tuple[float, float], sites_xy=((0.0, 0.0),), question: coverage.Question = QUESTION):
    return measuring.measure_walks(
        NETWORK,
        homes_ll=np.array([world.lonlat(xy) for xy in homes_xy]),
        sites_ll=np.array([world.lonlat(xy) for xy in sites_xy]).reshape(-1, 2),
        question=question,
    )


@pytest.mark.feature("G1")
def test_way_is_snap_and_streets_and_snap() -> None:
    # 20 + 880 to a site on the street; 20 + 880 + 15 to one 15 m beside it
    assert walks_of((880.0, 20.0)).length_dm.tolist() == [9000]
    assert walks_of((880.0, 20.0), sites_xy=((0.0, -15.0),)).length_dm.tolist() == [9150]


def test_under_the_node_rule_the_home_walks_to_its_node_and_the_site_stands_on_one() -> None:
    rule = replace(QUESTION, origin_rule=coverage.OriginRule.NODE)

    # home: nearest node (900, 0), 28.3 m off; site: node (0, 0), its 15 m are not counted
    assert walks_of((880.0, 20.0), sites_xy=((0.0, -15.0),), question=rule).length_dm.tolist() == [9000 + 283]


def test_slower_walker_reaches_less_and_867_m_are_1084_seconds_at_80_percent() -> None:
    walks = walks_of((867.0, 0.0))

    assert measuring.within(walks, limit_s=900, speed_mps=1.0).tolist() == [True]
    assert measuring.within(walks, limit_s=900, speed_mps=0.8).tolist() == [False]
    assert int(streets.walk_time_s(int(walks.length_dm[0]), speed_mps=0.8)) == 1084


def test_points_far_from_streets_and_points_that_are_missing_are_not_located() -> None:
    walks = measuring.measure_walks(
        NETWORK,
        homes_ll=np.array([world.lonlat((300.0, -250.0)), (np.nan, np.nan), world.lonlat((300.0, -200.0))]),
        sites_ll=np.array([world.lonlat((0.0, 0.0))]),
        question=QUESTION,
    )

    assert walks.homes.is_located.tolist() == [False, False, True]
    assert walks.length_dm.tolist() == [-1, -1, 5000]
    assert np.isinf(walks.straight_m[1])


def test_without_sites_nobody_has_a_way() -> None:
    walks = walks_of((100.0, 0.0), sites_xy=())

    assert walks.length_dm.tolist() == [-1]
    assert measuring.within_straight(walks, limit_dm=9000).tolist() == [False]


@pytest.mark.parametrize(
    ("elders", "covered", "own_sites", "state"),
    [(400, 360, 0, True), (100, 40, 0, False), (100, 50, 0, True), (0, 0, 0, None), (100, 0, 1, True), (0, 0, 1, True)],
)
def test_community_is_covered_by_its_own_site_or_half_of_its_elders(
    elders: int,
    covered: int,
    own_sites: int,
    state: bool | None,  # noqa: FBT001 - a row of the table above
) -> None:
    assert figures.judge_state(elders=elders, covered=covered, own_sites=own_sites) is state


@pytest.mark.feature("G6")
def test_state_that_changes_at_a_border_is_borderline() -> None:
    assert figures.is_borderline(elders=100, covered=40, at_borders=(30, 55, 20), own_sites=0)
    assert not figures.is_borderline(elders=100, covered=40, at_borders=(30, 49, 20), own_sites=0)
    assert not figures.is_borderline(elders=100, covered=40, at_borders=(30, 55, 20), own_sites=1)


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.integers(-1, 4), min_size=1, max_size=40),
    places=st.lists(st.integers(0, 29), min_size=40, max_size=40),
)
def test_groups_add_up_to_the_whole(groups: list[int], places: list[int]) -> None:
    walks = walks_of(*((100.0 * places[i], 5.0) for i in range(len(groups))))
    group = np.array(groups)
    weight = np.arange(1, len(groups) + 1)

    def count(group: np.ndarray, groups: int) -> list[Counts]:
        return figures.count_groups(
            walks, cover=cover_by(walks, places=None), weight=weight, group=group, groups=groups, question=QUESTION
        )

    parts = count(group, 5)
    [whole] = count(np.where(group >= 0, 0, -1), 1)

    assert sum(one.elders for one in parts) == whole.elders == int(weight[group >= 0].sum())
    assert sum(one.covered for one in parts) == whole.covered
    for minutes in whole.band:
        assert sum(one.band[minutes] for one in parts) == whole.band[minutes]
    assert all(one.covered + one.uncovered == one.elders for one in parts)
    assert whole.band["10"] <= whole.band["12"] <= whole.band["15"] <= whole.band["18"] <= whole.band["20"]
    assert whole.slower <= whole.covered <= whole.straight


def row_of(**changes) -> AreaRow:
    made = AreaRow(
        run_id=UUID(int=1), area_code="120198001001", level="community", name_zh="甲", name_en=None, elders=100,
        covered=60, uncovered=40, covered_share=0.6, located_share=0.6, unlocated_elders=0, sites=0, unlocated_sites=0,
        band={"10": 30, "15": 60, "slower": 30}, state=True, is_borderline=False, nearest_site_id=None,
        nearest_site_name=None, nearest_s=None, over_limit_min=None, is_suppressed=False,
    )  # fmt: skip
    return replace(made, **changes)


def test_large_counts_are_shown_as_they_are() -> None:
    assert hiding.hide_area(row_of()) == row_of()
    assert hiding.hide_area(row_of(elders=0, covered=0, uncovered=0, band={"10": 0})).elders == 0


@settings(max_examples=300)
@given(elders=st.integers(0, 30), share=st.floats(0, 1), unlocated=st.integers(0, 6))
def test_no_count_of_one_to_four_can_be_read_or_subtracted_within_a_row(
    elders: int, share: float, unlocated: int
) -> None:
    covered = round(elders * share)
    shown = hiding.hide_area(
        row_of(
            elders=elders, covered=covered, uncovered=elders - covered, unlocated_elders=unlocated,
            covered_share=covered / elders if elders else None, band={"10": covered // 2},
        )
    )  # fmt: skip

    counts = [shown.elders, shown.covered, shown.uncovered, shown.unlocated_elders, shown.band["10"]]
    assert not any(count in range(1, 5) for count in counts)
    if shown.elders is not None:
        assert not any(
            shown.elders - one in range(1, 5) for one in (shown.covered, shown.band["10"]) if one is not None
        )
    if shown.covered is None:
        assert shown.covered_share is None


def test_cells_and_changes_with_small_counts_are_hidden() -> None:
    cell = CellRow(cell=1, walk_s=900, elders=12, uncovered=3, is_suppressed=False)
    assert hiding.hide_cell(cell) == replace(cell, uncovered=None, is_suppressed=True)
    assert hiding.hide_cell(replace(cell, uncovered=9)).uncovered is None  # 3 of 12 are covered
    assert hiding.hide_cell(replace(cell, uncovered=6)).uncovered == 6
    change = AreaChange("120198001001", 20, 23, 3, state_before=True, state_after=True)
    assert hiding.hide_change(change).change is None
    assert hiding.hide_change(replace(change, covered_after=30, change=10)).change == 10


def test_place_of_a_hidden_change_does_not_tell_it() -> None:
    shown = [
        AreaChange(f"12019800100{number}", 20, 20 + change, change, state_before=True, state_after=True)
        for number, change in ((1, 30), (2, 28))
    ]
    # 29 more, of 3 before: between 30 and 28 it could be nothing else
    telling = AreaChange("120198001003", 3, 32, 29, state_before=False, state_after=True)

    seen = hiding.hide_changes([shown[0], telling, shown[1]])

    assert [(row.area_code[-1], row.change) for row in seen] == [("1", 30), ("2", 28), ("3", None)]


def test_change_does_not_tell_how_few_are_outside() -> None:
    # of 160 elders, which everybody who plans knows, 20 were covered and 157 are: three are outside
    change = AreaChange("120198001005", 20, 157, 137, state_before=False, state_after=True)

    [seen] = hiding.hide_changes([change], telling={"120198001005"})
    assert (seen.covered_before, seen.covered_after, seen.change, seen.is_suppressed) == (None, None, None, True)


def test_hash_does_not_depend_on_who_computes_it_and_differs_by_a_metre() -> None:
    home = HomeFacts(UUID(int=1), "120198001001", (117.2, 39.1))
    # the text that is hashed, written out
    text = '[["00000000-0000-0000-0000-000000000001","120198001001",[117.2,39.1]]]'

    assert hashing.hash_homes([home]) == hashlib.sha256(text.encode()).hexdigest()
    assert hashing.hash_homes([replace(home, point_ll=(117.20001, 39.1))]) != hashing.hash_homes([home])


def test_outline_that_rounding_folds_is_still_an_area() -> None:
    # a spike 3 cm wide: its two sides fall on one line once rounded to 0.1 m
    spike = shapely.Polygon([(0, 0), (100, 0), (100, 50.0), (300, 50.013), (100, 50.03), (100, 100), (0, 100)])

    found = shapes.rounded_ll(spike, projection=world.PROJECTION)

    assert found.is_valid
    assert found.geom_type == "MultiPolygon"
