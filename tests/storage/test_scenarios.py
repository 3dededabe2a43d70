"""Scenarios in the database: what changes would mean (counted by hand, see the world), and that nothing is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from dispatch import areas, coverage, directory, journal, storage
from dispatch.actor import Role
from dispatch.coverage import CellRow, ChangeKind, ChangeWish
from dispatch.coverage.models import CoverageRun
from dispatch.coverage.rules.sights import show
from tests.factories.scenarios import NETWORK, close, effect_of, make_scenario, new_site, point_at, someone
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OFFICER, PLANNER, OTHER = (someone(role) for role in (Role.DISTRICT_OFFICER, Role.PLANNER, Role.PLANNER))
WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


def run(wish: coverage.RunWish = WISH) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(wish, network=NETWORK, actor=OFFICER, now=world.AT)


def edit(scenario: coverage.Scenario, *changes: ChangeWish, actor=PLANNER, **more) -> coverage.Scenario:
    kept = {name: more.pop(name) for name in ("name", "drops_base") if name in more}
    with storage.reading():
        placed = coverage.prepare_changes(
            scenario.id,
            changes=changes,
            **{"version": scenario.version, "network": NETWORK, "today": world.AS_OF} | more,
            actor=actor,
        )
    with storage.transaction():
        return coverage.put_changes(placed, actor=actor, at=world.AT, **kept)


def share(scenario: coverage.Scenario, *, actor=PLANNER) -> coverage.Scenario:
    with storage.transaction():
        return coverage.share_scenario(scenario.id, version=scenario.version, actor=actor, at=world.AT)


def adopt(scenario: coverage.Scenario, *, actor=OFFICER) -> coverage.Scenario:
    with storage.transaction():
        return coverage.adopt_scenario(
            scenario.id, version=scenario.version, network=NETWORK, actor=actor, at=world.AT, zone=ZONE
        )


def sites_now() -> list[tuple]:
    rows = storage.session().execute(sa.select(directory.Site.id, directory.Site.lon, directory.Site.version))
    return sorted(tuple(row) for row in rows)


@pytest.mark.feature("P1")
def test_gained_kept_and_lost_are_counted_by_community_and_equal_the_totals() -> None:
    found = effect_of(make_scenario(new_site(), actor=PLANNER), actor=OFFICER)

    # the new site at x = 1300 reaches C3's three (250, 250 and 0 m) and C1's one at 881 (20 + 419 m)
    rows = {row.area_code: (row.gained, row.kept, row.lost, row.outside) for row in found.rows}
    assert rows == {
        world.C1: (1, 2, 0, 2),
        world.C2: (0, 0, 0, 2),
        world.C3: (3, 0, 0, 0),
        world.C4: (0, 0, 0, 0),
        world.C5: (0, 0, 0, 1),
    }
    whole = found.totals
    assert (whole.gained, whole.kept, whole.lost, whole.outside, whole.elders) == (4, 2, 0, 5, 11)
    assert (whole.covered_before, whole.covered_after, whole.change) == (2, 6, 4)
    assert found.elsewhere.elders == 0
    # C1 has a site of its own in either case, C3 has none and three of three covered, and now its own site too
    assert found.communities == coverage.StatesEffect(gained=1, kept=1, lost=0, outside=2, left_out=1)
    assert [(note.code, note.is_applied) for note in found.notes] == [("applied", True)]
    assert found.assumptions["speed_mps"] == 1.0
    assert found.assumptions["scenario_version"] == 1


def test_closing_the_only_site_loses_all_and_moving_it_changes_sides() -> None:
    closed = effect_of(make_scenario(close(), actor=PLANNER), actor=OFFICER)
    moved = ChangeWish(kind=ChangeKind.MOVE, site_id=world.SITE_A, point=point_at(1300.0, 0.0))
    elsewhere = effect_of(make_scenario(moved, actor=PLANNER), actor=OFFICER)

    assert (closed.totals.gained, closed.totals.kept, closed.totals.lost) == (0, 0, 2)
    # from x = 1300 the one at 881 m and C3 are within 900 m, and the one at 880 (20 + 420) stays so
    assert (elsewhere.totals.gained, elsewhere.totals.kept, elsewhere.totals.lost) == (4, 1, 1)
    by_code = {row.area_code: row for row in elsewhere.rows}
    assert (by_code[world.C1].sites_before, by_code[world.C1].sites_after) == (2, 1)  # the unlocated one stays
    assert (by_code[world.C3].sites_before, by_code[world.C3].sites_after) == (0, 1)


def test_an_empty_set_changes_nothing() -> None:
    found = effect_of(make_scenario(actor=PLANNER), actor=OFFICER)

    assert (found.totals.gained, found.totals.kept, found.totals.lost, found.totals.outside) == (0, 2, 0, 9)


def test_what_cannot_matter_is_said_and_not_left_out() -> None:
    changes = (
        ChangeWish(kind=ChangeKind.CAPACITY, site_id=world.SITE_A, capacity=20),
        ChangeWish(kind=ChangeKind.HOURS, site_id=world.SITE_A, hours="Mo-Fr 08:00-17:00"),
        close(world.SITE_OFF),
        new_site(service_code="meals"),
    )
    found = effect_of(make_scenario(*changes, actor=PLANNER), actor=OFFICER)

    assert [note.code for note in found.notes] == [
        "capacity_not_asked",
        "hours_not_asked",
        "site_not_in_question",
        "other_service",
    ]
    assert not any(note.is_applied for note in found.notes)
    assert found.totals.change == 0


@pytest.mark.feature("P1")
def test_a_base_is_read_anew_as_soon_as_the_register_changes() -> None:
    scenario = make_scenario(new_site(), actor=PLANNER)
    first = effect_of(scenario, actor=OFFICER)
    again = effect_of(scenario, actor=OFFICER)

    with storage.transaction():
        world.put_site("later", area=world.C5, point_xy=(2900.0, 0.0))
    later = effect_of(scenario, actor=OFFICER)

    assert first == again
    assert (first.totals.covered_before, later.totals.covered_before) == (2, 3)  # the one of C5, 5 m away
    assert later.assumptions["base_inputs_hash"] != first.assumptions["base_inputs_hash"]


@pytest.mark.feature("G8")
def test_run_of_a_scenario_equals_its_effect_and_never_changes_the_register() -> None:
    before, register = run(), sites_now()
    scenario = make_scenario(new_site(), actor=PLANNER)
    after = run(replace(WISH, scenario_id=scenario.id))

    assert sites_now() == register
    assert (after.totals["covered"], after.scenario_id, after.scenario_version) == (6, scenario.id, 1)
    assert after.inputs_hash != before.inputs_hash
    assert after.assumptions["scenario"]["changes_hash"] == scenario.changes_hash
    compared = coverage.compare_runs(before.id, after_id=after.id, actor=OFFICER)
    assert {one.area_code: one.change for one in compared.gained} == {world.C1: 1, world.C3: 3}
    assert sum(one.change for one in compared.gained + compared.lost) == compared.change == 4
    circles = {one.site_id: one for one in coverage.find_circles(after, actor=OFFICER)}
    planned = circles[scenario.changes[0].id]
    assert (planned.name, planned.is_planned, planned.reached, planned.area_code) == ("新站（虚构）", True, 5, world.C3)
    assert planned.circle_ll is not None
    assert not circles[world.SITE_A].is_planned
    # C2's two are uncovered and nearest to the new site now: 20 + 1900 + 500 + 700
    [far] = [row for row in coverage.find_gaps(after, actor=OFFICER, level="community") if row.area_code == world.C2]
    assert (far.nearest_site_name, far.nearest_s) == ("新站（虚构）", 3120)


@pytest.mark.feature("G8")
def test_a_stored_run_keeps_what_it_rested_on_when_the_scenario_goes_on() -> None:
    scenario = make_scenario(new_site(), actor=PLANNER)
    first = run(replace(WISH, scenario_id=scenario.id))
    edit(scenario, close())
    second = run(replace(WISH, scenario_id=scenario.id))

    kept = coverage.get_run(first.id, actor=OFFICER)
    assert kept == first
    assert kept.assumptions["scenario"]["changes"][0]["name"] == "新站（虚构）"
    assert (first.scenario_version, second.scenario_version) == (1, 2)
    assert first.inputs_hash != second.inputs_hash
    # the same changes again, in another scenario, are the same inputs and the same people
    same = run(replace(WISH, scenario_id=make_scenario(close(), actor=OTHER).id))
    assert same.inputs_hash == second.inputs_hash


def test_layers_show_planners_no_covered_people_in_the_cells_of_a_scenario() -> None:
    cell = CellRow(cell=1, walk_s=900, elders=20, uncovered=10, is_suppressed=False)
    supposed = run(replace(WISH, scenario_id=make_scenario(new_site(), actor=PLANNER).id))

    # beside the cell as it is, in which 11 are outside, it would tell of one person
    assert show(cell, run=coverage.get_layer_run(supposed.id, actor=PLANNER)).uncovered is None
    assert show(cell, run=coverage.get_layer_run(supposed.id, actor=OFFICER)).uncovered == 10
    assert show(cell, run=coverage.get_layer_run(run().id, actor=PLANNER)).uncovered == 10


def test_run_of_a_scenario_is_never_the_latest_and_never_published() -> None:
    real = run()
    supposed = run(replace(WISH, scenario_id=make_scenario(new_site(), actor=PLANNER).id))

    latest = coverage.latest_run(actor=OFFICER, area_code=world.DISTRICT, service_code="day_care")
    assert latest.id == real.id
    with pytest.raises(coverage.ScenarioNotPublishedError):
        coverage.draft_publication(supposed.id, actor=OFFICER)


def test_second_of_two_editors_is_shown_both_versions() -> None:
    scenario = share(make_scenario(new_site(), actor=PLANNER))
    edit(scenario, new_site(), close(), actor=OTHER)

    with pytest.raises(coverage.ScenarioChangedError) as refused:
        edit(scenario, new_site(1500.0))
    facts = refused.value.facts
    assert (facts["expected"], facts["version"]) == (2, 3)
    assert [one["kind"] for one in facts["yours"]["changes"]] == ["open"]
    assert [one["kind"] for one in facts["present"]["changes"]] == ["open", "close"]
    assert facts["present"]["changed_by"] == str(OTHER.account_id)


def test_who_was_quicker_while_changes_were_held_against_the_register_wins() -> None:
    scenario = make_scenario(new_site(), actor=PLANNER)
    with storage.reading():
        slow = coverage.prepare_changes(
            scenario.id, changes=[close()], version=1, network=NETWORK, actor=PLANNER, today=world.AS_OF
        )
    quick = edit(scenario, new_site(), close())

    with pytest.raises(coverage.ScenarioChangedError), storage.transaction():
        coverage.put_changes(slow, actor=PLANNER, at=world.AT)
    assert (quick.version, len(quick.changes)) == (2, 2)


def test_what_is_as_before_keeps_its_id_and_a_change_can_be_taken_out() -> None:
    scenario = make_scenario(new_site(), actor=PLANNER)
    more = edit(scenario, close(), new_site())
    with storage.transaction():
        left = coverage.remove_change(
            more.id, change_id=more.changes[0].id, version=more.version, actor=PLANNER, at=world.AT
        )

    assert more.changes[1].id == scenario.changes[0].id
    assert [(one.id, one.position) for one in left.changes] == [(scenario.changes[0].id, 1)]
    assert left.changes_hash == scenario.changes_hash
    with pytest.raises(coverage.ScenarioChangeNotFoundError), storage.transaction():
        coverage.remove_change(left.id, change_id=storage.new_id(), version=3, actor=PLANNER, at=world.AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ((close(storage.new_id()),), "changes.0.site_id"),
        ((close(), close()), "changes.1.site_id"),
        ((close(), ChangeWish(kind=ChangeKind.HOURS, site_id=world.SITE_A, hours="24/7")), "changes.1.site_id"),
        ((new_site(), new_site()), "changes.1"),
        ((new_site(3000.0, -399.0),), "changes.0.point"),  # 399 m from the street
        ((new_site(3000.0, -2500.0),), "changes.0.point"),  # in no community
        ((new_site(area_code=world.TOWN),), "changes.0.area_code"),
        ((new_site(service_code="nonsense"),), "changes.0.service_code"),
        ((new_site(facility_type="nonsense"),), "changes.0.facility_type"),
        ((new_site(hours="morning-ish"),), "changes.0.hours"),
        ((ChangeWish(kind=ChangeKind.MOVE, site_id=world.SITE_A),), "changes.0.point"),
        ((ChangeWish(kind=ChangeKind.CLOSE, site_id=world.SITE_A, capacity=3),), "changes.0.capacity"),
        ((close(),) * 10_000, "changes"),
    ],
)
def test_changes_that_cannot_be_are_refused_where_they_stand(changes: tuple[ChangeWish, ...], field: str) -> None:
    with pytest.raises(coverage.InvalidChangesError) as refused:
        make_scenario(*changes, actor=PLANNER)

    assert field in refused.value.fields


def test_a_site_far_from_every_street_is_told_how_far() -> None:
    with pytest.raises(coverage.InvalidChangesError) as refused:
        make_scenario(new_site(2900.0, -2010.0, area_code=world.C5), actor=PLANNER)

    [words] = refused.value.fields["changes.0.point"]
    assert "2,010 米" in words.zh
    assert "2,010 m" in words.en


def test_a_draft_is_its_owners_and_what_is_shared_is_the_areas() -> None:
    draft = make_scenario(new_site(), actor=PLANNER)

    with pytest.raises(coverage.ScenarioNotFoundError):
        coverage.get_scenario(draft.id, actor=OTHER)
    assert coverage.find_scenarios(OTHER) == []
    assert coverage.get_scenario(draft.id, actor=OFFICER).id == draft.id
    with pytest.raises(coverage.ScenarioNotFoundError):
        edit(draft, actor=OTHER)
    shared = share(draft)
    assert [one.id for one in coverage.find_scenarios(OTHER)] == [draft.id]
    with pytest.raises(coverage.ScenarioNotFoundError):
        coverage.get_scenario(draft.id, actor=someone(Role.PLANNER, "120199"))
    with pytest.raises(coverage.NotOwnerError), storage.transaction():
        coverage.archive_scenario(draft.id, version=shared.version, actor=OTHER, at=world.AT)
    with pytest.raises(coverage.ScenarioNotFoundError):  # an officer reads and decides, and does not plan
        edit(shared, actor=OFFICER)
    with pytest.raises(areas.AreaNotFoundError):
        make_scenario(actor=OFFICER)


def test_an_archived_scenario_is_not_changed_and_says_where_it_may_go() -> None:
    scenario = share(make_scenario(new_site(), actor=PLANNER))
    with pytest.raises(coverage.ScenarioFinishedError) as refused:
        share(scenario)
    assert refused.value.facts["allowed"] == ["adopted", "archived"]
    with storage.transaction():
        archived = coverage.archive_scenario(scenario.id, version=2, actor=PLANNER, at=world.AT)

    with pytest.raises(coverage.ScenarioFinishedError) as refused:
        edit(archived)
    assert (refused.value.facts["status"], refused.value.facts["allowed"]) == ("archived", [])
    assert [entry.kind for entry in journal.find_entries(scenario.id)] == [
        "scenario.created",
        "scenario.shared",
        "scenario.archived",
    ]


def test_an_empty_scenario_is_not_shared() -> None:
    with pytest.raises(coverage.ScenarioEmptyError):
        share(make_scenario(actor=PLANNER))


def test_scenario_on_a_run_that_is_gone_says_so_and_can_go_on_without_it() -> None:
    base = run(replace(WISH, limit_min=18))
    scenario = make_scenario(new_site(), actor=PLANNER, base_run_id=base.id)
    assert (scenario.limit_min, scenario.as_of) == (18, world.AS_OF)
    assert effect_of(scenario, actor=OFFICER).totals.covered_before == 5  # within 1,080 m

    with storage.transaction():
        storage.session().execute(sa.delete(CoverageRun).where(CoverageRun.id == base.id))
    with pytest.raises(coverage.ScenarioBaseGoneError):
        effect_of(scenario, actor=OFFICER)
    with pytest.raises(coverage.ScenarioBaseGoneError):
        run(replace(WISH, scenario_id=scenario.id))
    mended = edit(scenario, new_site(), drops_base=True)
    assert effect_of(mended, actor=OFFICER).totals.covered_before == 5
    with pytest.raises(coverage.RunNotFoundError):
        make_scenario(actor=PLANNER, base_run_id=base.id)


def test_as_of_of_a_scenario_without_one_is_the_day_of_asking() -> None:
    scenario = make_scenario(new_site(), actor=PLANNER, as_of=None)

    with pytest.raises(coverage.NobodyToCoverError), storage.reading():
        coverage.prepare_effect(scenario.id, network=NETWORK, actor=OFFICER, today=date(2019, 1, 1))
