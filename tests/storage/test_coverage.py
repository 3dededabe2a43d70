"""Runs in the database: what is read, what is counted (by hand, see the world), what is kept and who sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dispatch import areas, coverage, directory, geo, journal, storage, streets
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.coverage.models import CoverageRun, RunPerson
from dispatch.coverage.rules.hashing import hash_of
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
NETWORK = world.make_network()


def someone(role: Role, area: str) -> Actor:
    return Actor(account_id=storage.new_id(), grants=(Grant(role, ScopeKind.AREA, area),))


OFFICER = someone(Role.DISTRICT_OFFICER, world.DISTRICT)
PLANNER = someone(Role.PLANNER, world.DISTRICT)


def run(wish: coverage.RunWish = WISH, *, actor: Actor = OFFICER) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(wish, network=NETWORK, actor=actor, now=world.AT)


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


def rows_of(stored: coverage.Run, *, actor: Actor = OFFICER, **chosen) -> dict[str, coverage.AreaRow]:
    return {row.area_code: row for row in coverage.find_areas(stored, actor=actor, **chosen)}


@pytest.mark.feature("G1")
def test_900_seconds_is_covered_and_901_is_not() -> None:
    stored = run()

    people = dict(
        storage.session()
        .execute(sa.select(RunPerson.elder_id, RunPerson.walk_s).where(RunPerson.run_id == stored.id))
        .all()
    )
    assert people[world.ELDER_ID["at the limit"]] == 900
    assert people[world.ELDER_ID["past the limit"]] == 901
    assert people[world.ELDER_ID["far bank one"]] == 4420
    assert people[world.ELDER_ID["off the street"]] is None
    # C1: of five, those at 110 m and 900 m; the two unlocated ones and the one at 901 m are outside
    row = rows_of(stored)[world.C1]
    assert (row.elders, row.covered, row.uncovered, row.unlocated_elders) == (5, 2, 3, 2)
    assert (row.covered_share, row.located_share) == (2 / 5, 2 / 3)


@pytest.mark.feature("G2")
def test_communities_add_up_to_the_district_and_nobody_is_no_rate() -> None:
    rows = rows_of(run())

    for code in (world.TOWN, world.COUNTRY, world.DISTRICT):
        below = [row for row in rows.values() if row.level == "community" and row.area_code.startswith(code)]
        for name in ("elders", "covered", "uncovered", "unlocated_elders", "sites", "unlocated_sites"):
            assert getattr(rows[code], name) == sum(getattr(row, name) for row in below)
        assert rows[code].band == {name: sum(row.band[name] for row in below) for name in rows[code].band}
    assert (rows[world.DISTRICT].elders, rows[world.DISTRICT].covered) == (11, 2)
    assert rows[world.C4].elders == 0
    assert rows[world.C4].covered_share is None
    assert rows[world.C4].state is None


@pytest.mark.feature("G2")
def test_gaps_come_with_most_uncovered_first_and_name_site_and_minutes_over() -> None:
    stored = run()

    gaps = coverage.find_gaps(stored, actor=OFFICER, level="community")
    # uncovered: C1 3, C3 3 (equal: by code), C2 2, C5 1; C4 has nobody, but ground outside
    assert [row.area_code for row in gaps] == [world.C1, world.C3, world.C2, world.C5, world.C4]
    assert [row.uncovered for row in gaps] == [3, 3, 2, 1, 0]
    # the median of C3 walks 1070 s: 170 s over, which are three minutes begun
    by_code = {row.area_code: row for row in gaps}
    assert by_code[world.C3].nearest_s == 1070
    assert by_code[world.C3].over_limit_min == 3
    assert by_code[world.C3].nearest_site_id == world.SITE_A
    assert by_code[world.C1].over_limit_min == 1  # 901 s
    assert by_code[world.C4].nearest_s is None


@pytest.mark.feature("G6")
def test_every_figure_comes_with_its_band() -> None:
    row = rows_of(run())[world.DISTRICT]

    # ways of the located: 110, 900, 901, 4420 twice, 1050, 1070, 1300, 2905 m; at 0.8 m/s 720 m are the limit;
    # straight: 100.5, 880.2, 881.2 m and 490.3 m twice
    assert row.band == {"10": 1, "12": 1, "15": 2, "18": 5, "20": 5, "slower": 1, "straight": 5}


@pytest.mark.feature("G6")
def test_community_whose_state_changes_inside_the_band_is_borderline() -> None:
    rows = rows_of(run())

    # C3: 0 of 3 at 15 minutes, 2 of 3 at 18; C1 has a site of its own at any speed; C2 is far at any;
    # the subdistrict, by share alone, 2 of 10 at 15 minutes and 5 of 10 at 18
    assert {code for code, row in rows.items() if row.is_borderline} == {world.C3, world.TOWN}
    assert (rows[world.C3].state, rows[world.C1].state, rows[world.C2].state) == (False, True, False)


def test_totals_give_people_communities_and_settlements_apart() -> None:
    totals = run().totals

    assert (totals["elders"], totals["covered"], totals["covered_share"]) == (11, 2, 2 / 11)
    # C1 by its own site; C2, C3, C5 not; C4 has neither elders nor site
    assert totals["communities"] == {
        "counted": 4,
        "covered": 1,
        "covered_share": 0.25,
        "left_out": 1,
        "borderline": 1,
    }
    assert totals["subdistricts"]["counted"] == 2
    assert totals["settlements"]["urban"]["elders"] == 7
    assert totals["settlements"]["rural"]["with_own_site"] == 0  # the only one there is suspended
    assert totals["unlocated_sites"] == 1
    assert totals["outside_communities"] == 0


@pytest.mark.feature("G1")
def test_faster_walkers_have_larger_circles_and_the_reply_says_what_it_assumes() -> None:
    runs = [run(replace(WISH, speed_mps=speed)) for speed in (0.8, 1.0, 1.2)]

    shapes = [coverage.find_circles(stored, actor=OFFICER)[0] for stored in runs]
    areas_ll = [_shape(circle.circle_ll) for circle in shapes]
    assert areas_ll[0].area < areas_ll[1].area < areas_ll[2].area
    # nested: what is outside the larger one is no more than rounding of the outline
    assert areas_ll[0].difference(areas_ll[1]).area < 1e-3 * areas_ll[0].area
    assert areas_ll[1].difference(areas_ll[2]).area < 1e-3 * areas_ll[1].area
    assert [stored.totals["covered"] for stored in runs] == [1, 2, 5]  # within 720, 900 and 1080 m
    assumptions = runs[0].assumptions
    assert assumptions["mode"] == "walk"
    assert assumptions["speed_mps"] == 0.8
    assert assumptions["network"] == "long-street@abababababab"
    assert assumptions["network_date"].startswith("2026-01-01")
    assert assumptions["origin_rule"] == "door"
    assert assumptions["rule_version"] == "coverage-2026-1"
    assert assumptions["run_id"] == str(runs[0].id)


def _shape(geometry):
    from shapely.geometry import shape  # noqa: PLC0415 - used here only

    return shape(geometry)


@pytest.mark.feature("G8")
def test_same_inputs_give_byte_identical_figures() -> None:
    first, second = run(), run()

    assert first.id != second.id
    assert first.inputs_hash == second.inputs_hash
    assert first.assumptions["hashes"] == second.assumptions["hashes"]
    assert first.totals == second.totals
    assert coverage.find_gaps(first, actor=OFFICER, level="community") == [
        replace(row, run_id=first.id) for row in coverage.find_gaps(second, actor=OFFICER, level="community")
    ]
    changed = run(replace(WISH, limit_min=16))
    assert changed.inputs_hash != first.inputs_hash


@pytest.mark.feature("G8")
def test_comparison_lists_gains_and_losses_that_sum_to_the_difference() -> None:
    before = run()
    with storage.transaction():
        world.put_site("new", area=world.C3, point_xy=(1300.0, 0.0))
    after = run()

    found = coverage.compare_runs(before.id, after_id=after.id, actor=OFFICER)
    # the new site at x = 1300 reaches C3's three and C1's one at 901 m (20 + 419)
    assert {one.area_code: one.change for one in found.gained} == {world.C1: 1, world.C3: 3}
    assert found.lost == ()
    assert sum(one.change for one in found.gained + found.lost) == found.covered_after - found.covered_before == 4
    back = coverage.compare_runs(after.id, after_id=before.id, actor=OFFICER)
    assert {one.area_code: one.change for one in back.lost} == {world.C1: -1, world.C3: -3}
    assert back.outside_communities == 0


def test_runs_of_two_areas_are_not_compared() -> None:
    whole, part = run(), run(replace(WISH, area_code=world.TOWN))

    with pytest.raises(coverage.RunsNotComparableError):
        coverage.compare_runs(whole.id, after_id=part.id, actor=OFFICER)


def test_only_open_sites_that_give_the_service_there_count() -> None:
    with storage.transaction():
        world.put_site("home", area=world.C3, point_xy=(1300.0, 0.0), service_code="cleaning", delivery="home")
        world.put_site("later", area=world.C3, point_xy=(1300.0, 0.0), stage="under_construction")

    assert run().totals["covered"] == 2


def test_service_is_found_by_its_chinese_label_and_children_count() -> None:
    with storage.transaction():
        world.put_site("meal", area=world.C3, point_xy=(1300.0, 0.0), service_code="meal_dine_in")

    stored = run(replace(WISH, service_code="助餐"))

    assert stored.service_code == "meals"
    assert "meal_dine_in" in stored.assumptions["service_codes"]
    assert stored.totals["covered"] == 5  # C3's three, and those at 880 and 881 m: 20 + 420, 20 + 419


def test_without_any_site_nobody_is_covered() -> None:
    stored = run(replace(WISH, service_code="short_stay"))

    assert (stored.totals["covered"], stored.totals["covered_share"]) == (0, 0.0)
    assert coverage.find_circles(stored, actor=OFFICER) == []


def test_area_without_elders_is_refused() -> None:
    with pytest.raises(coverage.NobodyToCoverError), storage.reading():
        coverage.prepare_run(replace(WISH, area_code=world.C4), actor=OFFICER)


def test_streets_of_another_city_are_refused_rather_than_counted_as_nobody_covered() -> None:
    elsewhere = streets.synthetic_network(6, seed=1, imported_at=world.AT)  # 360 m around a point 50 km away
    moved = replace(elsewhere, projection=geo.local_projection(117.8, 39.1))
    with storage.reading():
        inputs = coverage.prepare_run(WISH, actor=OFFICER)

    with pytest.raises(coverage.NetworkWithoutAreaError):
        coverage.compute_run(inputs, network=moved)
    nowhere = replace(inputs, homes=tuple(replace(home, point_ll=None) for home in inputs.homes))
    assert coverage.compute_run(nowhere, network=moved).totals["unlocated_elders"] == 11
    # of the ten with a point nine are near a street; with six of them elsewhere a corner only
    away = {home.elder_id for home in [one for one in inputs.homes if one.point_ll is not None][:6]}
    corner = tuple(replace(one, point_ll=(118.0, 39.5)) if one.elder_id in away else one for one in inputs.homes)
    with pytest.raises(coverage.NetworkWithoutAreaError) as refused:
        coverage.compute_run(replace(inputs, homes=corner), network=NETWORK)
    assert refused.value.facts["near"] in {3, 4}  # whether the one off the street is among the five


def test_a_name_changes_no_hash() -> None:
    with storage.reading():
        inputs = coverage.prepare_run(WISH, actor=OFFICER)
    called = replace(
        inputs,
        sites=tuple(replace(one, name="别的名字") for one in inputs.sites),
        areas=tuple(replace(one, name_zh="别的名字", name_en="another") for one in inputs.areas),
    )

    one, other = (coverage.compute_run(some, network=NETWORK) for some in (inputs, called))
    assert (one.inputs_hash, one.figures_hash) == (other.inputs_hash, other.figures_hash)


def test_unknown_service_out_of_range_speed_and_foreign_area_are_refused() -> None:
    with storage.reading():
        with pytest.raises(directory.UnknownCodeError):
            coverage.prepare_run(replace(WISH, service_code="nonsense"), actor=OFFICER)
        with pytest.raises(coverage.RunOutOfRangeError):
            coverage.prepare_run(replace(WISH, speed_mps=9.0), actor=OFFICER)
        with pytest.raises(areas.AreaNotFoundError):
            coverage.prepare_run(WISH, actor=someone(Role.PLANNER, "120199"))


def test_run_of_another_area_does_not_exist() -> None:
    stored = run()
    stranger = someone(Role.DISTRICT_OFFICER, "120199")

    with pytest.raises(coverage.RunNotFoundError):
        coverage.get_run(stored.id, actor=stranger)
    with pytest.raises(coverage.RunNotFoundError):
        coverage.latest_run(actor=stranger, area_code=world.DISTRICT, service_code="day_care")
    assert coverage.find_runs(stranger) == []


def test_latest_run_of_the_district_serves_its_communities() -> None:
    run()
    stored = run()

    found = coverage.latest_run(actor=OFFICER, area_code=world.C3, service_code="日间照料")

    assert found.id == stored.id


def test_planner_sees_no_count_of_one_to_four_nor_what_gives_it_away() -> None:
    stored = run()

    rows = rows_of(coverage.get_run(stored.id, actor=PLANNER), actor=PLANNER)

    # C1: 2 of 5 covered, so covered, uncovered and shares go, the five elders stay
    hidden = rows[world.C1]
    assert hidden.is_suppressed
    assert (hidden.elders, hidden.covered, hidden.uncovered, hidden.covered_share) == (5, None, None, None)
    assert (hidden.unlocated_elders, hidden.located_share, hidden.nearest_s) == (None, None, None)
    assert set(hidden.band.values()) == {None}
    # nobody is no secret
    assert (rows[world.C4].elders, rows[world.C4].is_suppressed) == (0, False)
    seen = coverage.get_run(stored.id, actor=PLANNER)
    assert seen.totals["covered"] is None
    assert seen.totals["elders"] == 11
    assert all(cell.elders in {0, None} for cell in coverage.find_cells(stored, actor=PLANNER))
    assert coverage.find_circles(stored, actor=PLANNER)[0].reached is None


def test_order_of_gaps_tells_a_planner_nothing_of_hidden_counts() -> None:
    stored = run()

    # outside are 3, 2, 3, 0 and 1: whoever may see that sees C3 before C2; nobody else learns that C3 has more
    seen = coverage.find_gaps(stored, actor=PLANNER, level="community")
    assert [row.area_code for row in seen] == [world.C1, world.C2, world.C3, world.C4, world.C5]
    assert coverage.find_gaps(stored, actor=PLANNER, level="community", skip=1, limit=2) == seen[1:3]


def test_no_hash_tells_the_categories_of_a_few_people() -> None:
    with storage.reading():
        inputs = coverage.prepare_run(replace(WISH, area_code=world.C3), actor=PLANNER)
    inputs = replace(inputs, homes=tuple(replace(home, categories=("dementia",)) for home in inputs.homes))

    found = coverage.compute_run(inputs, network=NETWORK)

    assert found.assumptions["hashes"]["categories"] != hash_of([["dementia"]] * 3)


def test_cells_hold_everybody_who_has_a_point() -> None:
    cells = coverage.find_cells(run(), actor=OFFICER)

    assert sum(cell.elders for cell in cells) == 10  # eleven less the one without a point
    assert sum(cell.uncovered for cell in cells) == 8
    assert len({cell.cell for cell in cells}) == len(cells)


def test_gap_is_the_part_of_the_area_outside_the_circles() -> None:
    stored = run()
    gaps = {
        row.area_code: _shape(row.outline_ll) for row in coverage.find_gaps(stored, actor=OFFICER, level="community")
    }

    [circle] = [_shape(row.circle_ll) for row in coverage.find_circles(stored, actor=OFFICER) if row.circle_ll]
    for code, gap in gaps.items():
        west, south, east, north = world.BOXES[code]
        whole = _shape({"type": "Polygon", "coordinates": [[world.lonlat(p) for p in _ring(west, south, east, north)]]})
        assert gap.intersection(circle).area < 1e-4 * whole.area
        assert gap.union(circle).buffer(1e-6).covers(whole)
    assert len(coverage.find_circles(stored, actor=OFFICER)) == 2  # the one without a point has no circle


def _ring(west, south, east, north):
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def test_box_keeps_the_gaps_that_touch_it() -> None:
    stored = run()
    west, south = world.lonlat((2600.0, -300.0))
    east, north = world.lonlat((2700.0, 200.0))

    found = coverage.find_gaps(stored, actor=OFFICER, level="community", box_ll=(west, south, east, north))

    assert [row.area_code for row in found] == [world.C5]


def test_run_leaves_one_line_in_the_journal_and_nobody_is_named() -> None:
    stored = run()

    [entry] = journal.find_entries(stored.id)
    assert entry.kind == "coverage_run.finished"
    assert entry.facts["inputs_hash"] == stored.inputs_hash
    assert not any(str(elder_id) in str(entry.facts) for elder_id in world.ELDER_ID.values())
    assert not any(str(elder_id) in str(stored.assumptions) for elder_id in world.ELDER_ID.values())


def test_failed_computation_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.coverage.rules.running.measure_circles", lambda *_args, **_kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run()

    assert storage.session().scalar(sa.select(sa.func.count()).select_from(CoverageRun)) == 0


def test_sites_and_homes_are_those_of_the_date() -> None:
    with pytest.raises(coverage.NobodyToCoverError), storage.reading():
        coverage.prepare_run(replace(WISH, as_of=date(2019, 12, 31)), actor=SYSTEM)
