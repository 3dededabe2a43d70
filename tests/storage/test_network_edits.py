"""Named edits on record: what is refused, what a run does with them, what stays readable."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from dispatch import areas, coverage, journal, storage, streets
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.coverage import NetworkEditKind
from tests.factories.network_edits import check, line, make_wish, put_edit
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

NETWORK = world.make_network()
WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
PATH, GATE, CLOSURE = NetworkEditKind.PATH, NetworkEditKind.GATE, NetworkEditKind.CLOSURE
# over the river, 1800 m west of the bridge: from the far bank 480 m to the south street
SHORTCUT = line((100.0, 500.0), (100.0, 0.0))


def planner(area: str = world.DISTRICT) -> Actor:
    return Actor(account_id=storage.new_id(), grants=(Grant(Role.PLANNER, ScopeKind.AREA, area),))


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


def run(wish: coverage.RunWish = WISH) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(wish, network=NETWORK, actor=SYSTEM, now=world.AT)


def rows_of(stored: coverage.Run) -> dict[str, coverage.AreaRow]:
    return {row.area_code: row for row in coverage.find_areas(stored, actor=SYSTEM)}


@pytest.mark.feature("G5")
def test_closing_the_only_bridge_uncovers_the_far_bank() -> None:
    # 4420 m at 1.3 m/s are 3400 s: within 60 minutes
    far = replace(WISH, limit_min=60, speed_mps=1.3)
    before = run(far)
    put_edit(network=NETWORK)
    after = run(far)

    assert (rows_of(before)[world.C2].covered, rows_of(after)[world.C2].covered) == (2, 0)
    compared = coverage.compare_runs(before.id, after_id=after.id, actor=SYSTEM)
    assert [(one.area_code, one.change) for one in compared.lost] == [(world.C2, -2)]
    assert [one["name"] for one in compared.edits_gained] == ["大桥"]
    assert compared.edits_lost == ()
    back = coverage.compare_runs(after.id, after_id=before.id, actor=SYSTEM)
    assert [one["name"] for one in back.edits_lost] == ["大桥"]


@pytest.mark.feature("G5")
def test_missing_path_shortens_the_way_and_the_run_says_so() -> None:
    before = run()
    edit = put_edit(network=NETWORK, kind=PATH, geometry=SHORTCUT, name="人行桥")
    after = run()

    # the homes stand on the path: 480 along it, 100 along the south street to A
    assert (rows_of(before)[world.C2].covered, rows_of(after)[world.C2].covered) == (0, 2)
    assert edit.effect == {"joined": 2, "added_m": pytest.approx(500.0, abs=0.1), "cut": 0, "closed_m": 0.0}
    assert after.assumptions["network_edits"] == [
        {"edit_id": str(edit.edit_id), "version": 1, "name": "人行桥", "kind": "path", "is_idle": False}
    ]
    assert before.assumptions["network_edits"] == []
    assert after.network_id.startswith(before.network_id + "+")
    assert before.inputs_hash != after.inputs_hash
    assert run().inputs_hash == after.inputs_hash
    assert run().assumptions["hashes"]["figures"] == after.assumptions["hashes"]["figures"]


@pytest.mark.feature("G5")
def test_edit_is_in_force_from_its_date_to_the_other() -> None:
    put_edit(network=NETWORK, kind=PATH, geometry=SHORTCUT, valid_from=date(2026, 3, 10), valid_to=date(2026, 3, 20))

    covered = [rows_of(run(replace(WISH, as_of=date(2026, 3, day))))[world.C2].covered for day in (9, 10, 19, 20)]

    assert covered == [0, 2, 2, 0]


def test_correction_supersedes_and_ends_and_the_second_of_two_is_told() -> None:
    edit = put_edit(network=NETWORK, kind=PATH, geometry=SHORTCUT, name="人行桥")
    later = world.AT + timedelta(days=1)
    ended = check(make_wish(kind=PATH, geometry=SHORTCUT, name="人行桥", valid_to=date(2026, 3, 31)), network=NETWORK)

    with storage.transaction():
        now = coverage.correct_network_edit(edit.edit_id, checked=ended, version=1, actor=SYSTEM, at=later)
    with pytest.raises(storage.StaleVersionError), storage.transaction():
        coverage.correct_network_edit(edit.edit_id, checked=ended, version=1, actor=SYSTEM, at=later)

    assert (now.edit_id, now.version, now.valid_to) == (edit.edit_id, 2, date(2026, 3, 31))
    assert rows_of(run())[world.C2].covered == 0
    with storage.reading():
        [was] = coverage.find_network_edits(SYSTEM, known_at=world.AT + timedelta(hours=1))
        [stands] = coverage.find_network_edits(SYSTEM)
        kinds = [entry.kind for entry in journal.find_entries(edit.edit_id)]
    assert (was.version, was.valid_to, was.superseded_at) == (1, None, later)
    assert (stands.version, stands.superseded_at) == (2, None)
    assert kinds == ["network_edit.added", "network_edit.corrected"]


def test_withdrawn_edit_is_in_force_nowhere_and_stays_readable() -> None:
    edit = put_edit(network=NETWORK)

    with storage.transaction():
        coverage.withdraw_network_edit(edit.edit_id, version=1, actor=SYSTEM, at=world.AT + timedelta(days=1))

    with storage.reading():
        assert coverage.edits_in_force(world.AS_OF) == ()
        assert len(coverage.find_network_edits(SYSTEM, known_at=world.AT)) == 1
        with pytest.raises(coverage.NetworkEditNotFoundError):
            coverage.get_network_edit(edit.edit_id, actor=SYSTEM)


def test_edits_are_made_by_first_day_and_in_the_order_of_recording_whatever_was_corrected() -> None:
    late = put_edit(network=NETWORK, name="后", valid_from=date(2026, 3, 2))
    first = put_edit(network=NETWORK, name="先")
    second = put_edit(network=NETWORK, name="次")
    with storage.transaction():
        coverage.correct_network_edit(
            first.edit_id, checked=check(make_wish(name="先改"), network=NETWORK), version=1, actor=SYSTEM, at=world.AT
        )

    with storage.reading():
        assert [one.name for one in coverage.edits_in_force(world.AS_OF)] == ["先改", "次", "后"]
    assert len({late.edit_id, first.edit_id, second.edit_id}) == 3


def test_edits_of_other_areas_are_not_there() -> None:
    edit = put_edit(network=NETWORK, area_code=world.TOWN)

    with storage.reading():
        assert coverage.find_network_edits(planner(world.COUNTRY)) == []
        assert len(coverage.find_network_edits(planner(world.DISTRICT))) == 1
        with pytest.raises(coverage.NetworkEditNotFoundError):
            coverage.get_network_edit(edit.edit_id, actor=planner(world.COUNTRY))
    with pytest.raises(coverage.NetworkEditNotFoundError), storage.transaction():
        coverage.withdraw_network_edit(edit.edit_id, version=1, actor=planner(world.COUNTRY), at=world.AT)
    with pytest.raises(areas.AreaNotFoundError):
        check(make_wish(area_code=world.TOWN), network=NETWORK, actor=planner(world.COUNTRY))


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(world.lonlat(corner)) for corner in (*corners, corners[0])]]}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": PATH, "geometry": {"type": "Point", "coordinates": [117.2, 39.1]}}, "geometry", "LineString"),
        ({"geometry": {"type": "MultiPolygon", "coordinates": []}}, "geometry", "Polygon"),
        ({"geometry": {}}, "geometry", "Point"),
        ({"geometry": {"type": "LineString", "coordinates": "117,39"}}, "geometry", "Point"),
        ({"kind": PATH, "geometry": line((0, 0), (0, 0))}, "geometry", "different"),
        ({"kind": PATH, "geometry": line((0, 0), (0, 0.5))}, "geometry", "At least 1 m"),
        ({"kind": PATH, "geometry": line((0, 0), (0, 5_100))}, "geometry", "At most 5000 m"),
        ({"kind": GATE, "geometry": line((0, 0), (0, 101))}, "geometry", "At most 100 m"),
        ({"kind": PATH, "geometry": line(*((float(x), 0.0) for x in range(201)))}, "geometry", "At most 200 points"),
        ({"kind": PATH, "geometry": line((0, 0), (100, 100), (100, 0), (0, 100))}, "geometry", "crosses itself"),
        ({"geometry": ring((0, 0), (2_100, 0), (2_100, 2_100), (0, 2_100))}, "geometry", "At most 4 km²"),
        ({"geometry": ring((0, 0), (100, 100), (100, 0), (0, 100))}, "geometry", "crosses itself"),
        ({"geometry": {"type": "Point", "coordinates": [0, 0]}}, "geometry", "0,0"),
        ({"geometry": {"type": "Point", "coordinates": [117.2, 139.1]}}, "geometry", "atitude"),
        ({"geometry": {"type": "Point", "coordinates": [float("nan"), 39.1]}}, "geometry", "ongitude"),
        ({"crs": "mars"}, "crs", "gcj02"),
        ({"kind": PATH, "geometry": line((0, 2_000), (0, 2_100))}, "geometry", "outside the boundary"),
        # the district ends at y = 800
        ({"kind": PATH, "geometry": line((500, 500), (500, 1_002))}, "geometry", "more than 200 m beyond"),
        ({"geometry": ring((0, 400), (300, 400), (300, 1_100), (0, 1_100))}, "geometry", "more than 200 m beyond"),
        ({"valid_to": date(2026, 3, 1)}, "valid_to", "later"),
        ({"reason": "  修  "}, "reason", "At least"),
        ({"is_bridge": True}, "is_bridge", "Only a path"),
    ],
)
def test_what_makes_no_edit_is_refused_with_its_field(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(coverage.InvalidNetworkEditError) as caught:
        check(make_wish(**changes), network=NETWORK)

    [said] = caught.value.fields[field]
    assert words in said.en


def test_bridge_over_the_river_that_is_the_border_may_reach_a_little_beyond() -> None:
    found = check(make_wish(kind=PATH, geometry=line((500, 500), (500, 998))), network=NETWORK)

    assert found.effect.added_m == pytest.approx(498, abs=0.2)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": PATH, "geometry": line((500, 100), (500, 200))},
        {"kind": GATE, "geometry": line((500, 40), (500, 90))},
        {"geometry": {"type": "Point", "coordinates": list(world.lonlat((500.0, 11.0)))}},
        {"geometry": line((400, 100), (600, 100))},
    ],
)
def test_edit_that_touches_no_street_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(coverage.NetworkEditIdleError):
        check(make_wish(**changes), network=NETWORK)


def test_point_drawn_on_a_shifted_map_is_moved_and_kept_as_sent() -> None:
    # GCJ-02 of the bridge's middle is some 600 m off; read as WGS 84 it would touch nothing
    from dispatch import geo  # noqa: PLC0415 - only here

    lon, lat = geo.from_wgs84(world.lonlat((2000.0, 250.0)), crs=geo.ReferenceSystem.GCJ02)
    edit = put_edit(network=NETWORK, geometry={"type": "Point", "coordinates": [lon, lat]}, crs="gcj02")

    assert edit.geometry_ll["coordinates"] == pytest.approx(world.lonlat((2000.0, 250.0)), abs=1e-6)
    assert edit.source_crs == "gcj02"


def test_edit_on_a_map_that_has_no_street_there_any_more_can_still_be_ended() -> None:
    edit = put_edit(network=NETWORK, kind=PATH, geometry=SHORTCUT)
    flooded = shapely.geometry.shape(ring((-200, -9), (2_500, -9), (2_500, 600), (-200, 600)))
    elsewhere = streets.edit_network(NETWORK, edits=[streets.StreetEdit(CLOSURE, flooded)]).network
    ending = make_wish(kind=PATH, geometry=SHORTCUT, valid_to=date(2026, 3, 31))

    with pytest.raises(coverage.NetworkEditIdleError):
        check(ending, network=elsewhere)
    assert check(ending, network=elsewhere, stands=edit).effect.is_idle


def test_edit_that_a_new_map_has_moved_away_from_is_idle_and_hurts_nothing() -> None:
    edit = put_edit(network=NETWORK)
    with storage.reading():
        inputs = coverage.prepare_run(WISH, actor=SYSTEM)
    from tests.worlds.two_banks import two_banks  # noqa: PLC0415 - only here

    found = coverage.with_edits(two_banks(), edits=inputs.edits)

    assert found.effects[0].is_idle
    assert inputs.edits[0].edit_id == edit.edit_id


def test_there_are_not_more_edits_than_can_be_made_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.coverage.operations.editing.EDITS_MOST", 1)
    put_edit(network=NETWORK)

    with pytest.raises(coverage.TooManyNetworkEditsError):
        put_edit(network=NETWORK, name="又一处")


def test_of_two_who_correct_an_edit_at_once_the_second_is_told_of_the_version_that_stands(real_app: Flask) -> None:
    with real_app.app_context():
        with storage.transaction():
            world.put_world()
        made = put_edit(network=NETWORK)
        checked = check(make_wish(valid_to=date(2026, 7, 1)), network=NETWORK)
    told: list[Exception] = []
    is_begun = threading.Event()

    def correct_too() -> None:
        with real_app.app_context():
            is_begun.set()
            try:
                with storage.transaction():
                    coverage.correct_network_edit(made.edit_id, checked=checked, version=1, actor=SYSTEM, at=world.AT)
            except (storage.StaleVersionError, coverage.NetworkEditNotFoundError) as fault:
                told.append(fault)

    other = threading.Thread(target=correct_too)
    with real_app.app_context(), storage.transaction():
        coverage.correct_network_edit(made.edit_id, checked=checked, version=1, actor=SYSTEM, at=world.AT)
        other.start()
        is_begun.wait()
        time.sleep(0.3)  # until the other one waits for this entry
    other.join()

    [fault] = told
    assert isinstance(fault, storage.StaleVersionError)
