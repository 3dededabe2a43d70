"""Coverage where places are few: counted by hand on the long street, and the laws of capacity (G4)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dispatch import coverage, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.coverage.models import RunPerson
from dispatch.elders.models import Membership
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FRESH, OLD = datetime(2026, 3, 30, 12, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
WISH = coverage.RunWish(
    area_code=world.DISTRICT,
    service_code="day_care",
    as_of=world.AS_OF,
    capacity=coverage.CapacityRule.MAXIMUM,
)
NETWORK = world.make_network()
PLANNER = Actor(account_id=storage.new_id(), grants=(Grant(Role.PLANNER, ScopeKind.AREA, world.DISTRICT),))


def put_places(a: int, w: int, *, free: int | None = None, told_at: datetime = FRESH) -> None:
    """Tell the places of A, at x = 0, and of W, at x = 1300."""
    with storage.transaction():
        for reference, site_id, area, x, count in (
            ("a", world.SITE_A, world.C1, 0.0, a),
            ("w", None, world.C3, 1300.0, w),
        ):
            capacity = ("place", count, count if free is None else free, told_at)
            world.put_site(reference, site_id=site_id, area=area, point_xy=(x, 0.0), capacity=capacity)


def run(wish: coverage.RunWish = WISH) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(wish, network=NETWORK, actor=SYSTEM, now=world.AT)


def covered(stored: coverage.Run) -> dict[str, int]:
    return {row.area_code: row.covered for row in coverage.find_areas(stored, actor=SYSTEM)}


def put_member(name: str, category: str) -> None:
    with storage.transaction():
        storage.session().add(
            Membership(
                elder_id=world.ELDER_ID[name],
                category=category,
                basis="test",
                valid_from=world.SINCE,
                recorded_at=world.AT,
            )
        )


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.mark.feature("G4")
def test_who_is_near_a_full_site_is_not_covered() -> None:
    put_places(1, 3)

    stored = run()
    rows = {row.area_code: row for row in coverage.find_areas(stored, actor=SYSTEM)}

    # nearest first: 1300 m (W, 0 m), near (A, 110), 1050 and 1060 (W, 250 each); then W is full: the two of
    # C1 at 439 and 440 m have no place, and A's only one is taken
    assert covered(stored) | {world.C1: 1, world.C3: 3, world.DISTRICT: 4} == covered(stored)
    assert rows[world.DISTRICT].band["within_limit"] == 6
    assert rows[world.C1].places == 1
    # shares: A 1 for two, W 3 for five; C1 has five elders: 0.5 + 1.1 + 0.6; C3 three: 3 x 0.6
    assert rows[world.C1].places_an_elder == pytest.approx(2.2 / 5)
    assert rows[world.C3].places_an_elder == pytest.approx(0.6)
    assert stored.totals["places"] == 4
    # B told nobody how many places it has; so it has none
    assert (rows[world.C1].sites, stored.assumptions["sites_without_capacity"]) == (1, 1)
    served = {row.name: (row.places, row.served) for row in coverage.find_circles(stored, actor=SYSTEM)}
    assert served == {"站点a（虚构）": (1, 1), "站点w（虚构）": (3, 3), "站点b（虚构）": (0, 0)}
    people = storage.session().scalars(sa.select(RunPerson).where(RunPerson.run_id == stored.id)).all()
    assert sum(bool(one.has_place) for one in people) == 4
    # nobody outside is "over the limit" by less than nothing
    assert rows[world.C1].over_limit_min == 0


@pytest.mark.feature("G4")
def test_doubling_never_lowers_a_community_nothing_serves_nobody_and_places_are_never_exceeded() -> None:
    found = []
    for a, w in ((0, 0), (1, 1), (2, 2), (4, 4), (8, 8)):
        put_places(a, w)
        stored = run()
        found.append(covered(stored))
        assert stored.totals["covered"] <= a + w

    assert found[0][world.DISTRICT] == 0
    assert all(before[code] <= after[code] for before, after in itertools.pairwise(found) for code in before)
    # with places for all it is the coverage that does not ask
    assert found[-1] == covered(run(replace(WISH, capacity=coverage.CapacityRule.IGNORED)))


@pytest.mark.feature("G4")
def test_free_places_count_by_themselves_and_old_news_is_told() -> None:
    put_places(5, 5, free=0, told_at=OLD)

    free = run(replace(WISH, capacity=coverage.CapacityRule.AVAILABLE))

    assert free.totals["covered"] == 0
    assert free.assumptions["sites_with_stale_capacity"] == 2
    assert free.assumptions["sites_without_places"] == 2
    assert free.capacity == "available"
    assert run().totals["covered"] == 6


@pytest.mark.feature("G8")
def test_same_places_give_the_same_figures_and_others_another_question() -> None:
    put_places(2, 2)
    first, second = run(), run()
    put_places(2, 3)
    third = run()

    assert first.assumptions["hashes"] == second.assumptions["hashes"]
    assert third.inputs_hash != first.inputs_hash
    found = coverage.compare_runs(first.id, after_id=third.id, actor=SYSTEM)
    assert found.change == sum(one.change for one in found.gained + found.lost) == 1


def test_planner_does_not_learn_of_few_who_are_near_but_without_a_place() -> None:
    put_places(1, 4)

    shown = coverage.get_run(run().id, actor=PLANNER)

    # six are near enough and five have a place: one is left, which nobody tells
    assert (shown.totals["covered"], shown.totals["band"]["within_limit"]) == (5, None)


@pytest.mark.feature("G2")
def test_categories_are_counted_by_area_and_small_ones_hidden() -> None:
    put_member("near", "living_alone")
    put_member("past the limit", "living_alone")
    put_member("near", "empty_nest")
    stored = run(replace(WISH, capacity=coverage.CapacityRule.IGNORED))

    rows = coverage.find_categories(stored, actor=SYSTEM, level="community")
    assert [(row.area_code, row.category, row.elders, row.covered) for row in rows] == [
        (world.C1, "empty_nest", 1, 1),
        (world.C1, "living_alone", 2, 1),
    ]
    [whole] = coverage.find_categories(stored, actor=SYSTEM, level="district", category="living_alone")
    assert (whole.elders, whole.uncovered, whole.covered_share) == (2, 1, 0.5)
    hidden = coverage.find_categories(stored, actor=PLANNER, level="community")
    assert {(row.elders, row.covered, row.covered_share) for row in hidden} == {(None, None, None)}


@pytest.mark.feature("G8")
def test_runs_that_differ_in_places_tell_people_and_communities_gained_and_lost() -> None:
    put_places(1, 3)
    scarce, plain = run(), run(replace(WISH, capacity=coverage.CapacityRule.IGNORED))
    put_places(3, 0)
    moved = run()

    # all three of C3 have a place at W, and none when W has none; near and the one at 900 m have one at A
    found = coverage.compare_runs(scarce.id, after_id=moved.id, actor=SYSTEM)
    assert (found.people_gained, found.people_lost, found.change) == (1, 3, -2)
    assert sum(one.change for one in found.gained + found.lost) + found.outside_communities == found.change
    assert (found.communities_gained, found.communities_lost) == ((), (world.C3,))
    # what a walk alone reaches: two more than have places, and B without places makes C1 covered no less
    back = coverage.compare_runs(scarce.id, after_id=plain.id, actor=SYSTEM)
    assert (back.people_gained, back.people_lost) == (2, 0)
    planner = coverage.compare_runs(scarce.id, after_id=moved.id, actor=PLANNER)
    assert (planner.people_gained, planner.people_lost) == (None, None)
    assert planner.change is None
    # C3 has three elders only, and no site of its own with places any more: its state would tell of them
    assert planner.communities_lost == ()
