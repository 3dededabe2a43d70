"""Adopting a scenario: all changes in the register or none, and every reason against told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from dispatch import coverage, directory, journal, storage
from dispatch.actor import SYSTEM, Role
from dispatch.coverage import ChangeKind, ChangeWish
from tests.factories.scenarios import NETWORK, close, make_scenario, new_site, point_at, someone
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OFFICER, PLANNER = someone(Role.DISTRICT_OFFICER), someone(Role.PLANNER)
ZONE = ZoneInfo("Asia/Shanghai")
WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
FULL = UUID(int=77)
TODAY = date(2026, 1, 1)  # of world.AT in Tianjin


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


def shared(*changes: ChangeWish) -> coverage.Scenario:
    made = make_scenario(*changes, actor=PLANNER)
    with storage.transaction():
        return coverage.share_scenario(made.id, version=made.version, actor=PLANNER, at=world.AT)


def adopt(scenario: coverage.Scenario) -> coverage.Scenario:
    with storage.transaction():
        return coverage.adopt_scenario(
            scenario.id, version=scenario.version, network=NETWORK, actor=OFFICER, at=world.AT, zone=ZONE
        )


def owner_id() -> UUID:
    return directory.find_organizations()[0].id


def run(scenario_id: UUID | None = None, *, wish: coverage.RunWish = WISH) -> coverage.Run:
    with storage.transaction():
        asked = replace(wish, scenario_id=scenario_id)
        return coverage.run_coverage(asked, network=NETWORK, actor=OFFICER, now=world.AT)


def covered(scenario_id: UUID | None = None) -> int:
    return run(scenario_id).totals["covered"]


def reasons_of(scenario: coverage.Scenario) -> set[str]:
    with pytest.raises(coverage.ScenarioConflictsError) as refused:
        adopt(scenario)
    return {one["code"] for one in refused.value.facts["reasons"]}


def whole_new_site(**more) -> ChangeWish:
    facts = {"organization_id": owner_id(), "facility_type": "day_care_center", "valid_from": TODAY}
    return new_site(**facts | more)


def test_adopted_changes_are_in_the_register_and_cover_what_the_scenario_said() -> None:
    scenario = shared(
        whole_new_site(capacity=30, hours="Mo-Fr 08:00-17:00"),
        ChangeWish(kind=ChangeKind.MOVE, site_id=world.SITE_A, point=point_at(100.0, 0.0)),
        ChangeWish(kind=ChangeKind.HOURS, site_id=world.SITE_A, hours="Mo-Su 09:00-18:00"),
        ChangeWish(kind=ChangeKind.CAPACITY, site_id=world.SITE_A, capacity=12),
        close(world.SITE_B),
    )
    supposed = covered(scenario.id)

    adopted = adopt(scenario)

    assert (adopted.status, adopted.version) == (coverage.ScenarioStatus.ADOPTED, 3)
    assert covered() == supposed == 6
    new = directory.get_site(adopted.changes[0].adopted_id)
    assert (new.name, new.area_code, new.source) == ("新站（虚构）", world.C3, "scenario")
    offers = {offer.site_id: offer for offer in directory.find_offers(service_codes=["day_care"], on=world.AS_OF)}
    assert (offers[new.id].stage, offers[new.id].capacity.maximum) == (directory.Stage.OPEN, 30)
    assert offers[new.id].hours == "Mo-Fr 08:00-17:00"
    moved = offers[world.SITE_A]
    assert (moved.lon, moved.lat) == pytest.approx(world.lonlat((100.0, 0.0)))
    assert (moved.hours, moved.capacity.maximum, moved.capacity.available) == ("Mo-Su 09:00-18:00", 12, 12)
    assert directory.stage_of(world.SITE_B, on=world.AS_OF) == directory.Stage.CLOSED
    assert directory.stage_of(world.SITE_B, on=date(2025, 12, 31)) == directory.Stage.OPEN  # its history stays
    [entry] = [one for one in journal.find_entries(scenario.id) if one.kind == "scenario.adopted"]
    assert [one["kind"] for one in entry.facts["adopted"]] == ["open", "move", "hours", "capacity", "close"]
    with pytest.raises(coverage.ScenarioFinishedError):
        adopt(adopted)


def test_a_moved_site_belongs_to_its_new_community_and_keeps_its_history() -> None:
    scenario = shared(ChangeWish(ChangeKind.MOVE, site_id=world.SITE_A, point=point_at(1300.0, 0.0)))
    before = directory.list_site_part(world.SITE_A, part=directory.SitePart.STAGES)
    supposed = run(scenario.id)

    adopt(scenario)

    assert directory.get_site(world.SITE_A).area_code == world.C3
    after = directory.list_site_part(world.SITE_A, part=directory.SitePart.STAGES)
    spans = [[(one.stage, one.valid_from, one.valid_to) for one in rows] for rows in (before, after)]
    assert spans[0] == spans[1]
    # C1 keeps B, which is open and without a point; C3 has a site of its own now
    found = run()
    assert found.totals["settlements"] == supposed.totals["settlements"]
    assert found.totals["settlements"]["rural"]["with_own_site"] == 1


def test_places_that_are_taken_stay_taken_when_a_scenario_changes_how_many_there_are() -> None:
    with storage.transaction():
        world.put_site("full", site_id=FULL, area=world.C1, point_xy=(5.0, 0.0), capacity=("place", 3, 0, world.AT))
        world.put_site("free", area=world.C1, point_xy=(400.0, 0.0), capacity=("place", 1, 1, world.AT))
    scenario = shared(ChangeWish(ChangeKind.CAPACITY, site_id=FULL, capacity=4))

    # 4 places of which 3 are taken, and the one that is free: two of the four within reach
    wish = replace(WISH, capacity=coverage.CapacityRule.AVAILABLE)
    supposed = run(scenario.id, wish=wish)
    adopt(scenario)

    assert supposed.totals["places"] == run(wish=wish).totals["places"] == 2
    assert supposed.totals["covered"] == run(wish=wish).totals["covered"] == 2


@pytest.mark.parametrize(
    ("begin", "stages"),
    [
        (None, [("planned", TODAY, None)]),
        (date(2026, 6, 1), [("planned", TODAY, date(2026, 6, 1)), ("open", date(2026, 6, 1), None)]),
    ],
)
def test_a_new_site_is_planned_until_its_date(begin: date | None, stages: list[tuple]) -> None:
    adopted = adopt(shared(whole_new_site(valid_from=begin)))

    rows = directory.list_site_part(adopted.changes[0].adopted_id, part=directory.SitePart.STAGES)
    assert [(row.stage, row.valid_from, row.valid_to) for row in rows] == stages


def test_a_change_that_does_not_say_enough_is_refused_with_all_reasons() -> None:
    assert reasons_of(shared(new_site())) == {"organization_missing", "facility_type_missing"}
    assert reasons_of(shared(whole_new_site(organization_id=storage.new_id()))) == {"no_such_organization"}


def test_a_site_that_moved_or_closed_meanwhile_is_a_conflict_and_nothing_is_done() -> None:
    scenario = shared(whole_new_site(), close(), ChangeWish(ChangeKind.CAPACITY, site_id=world.SITE_OFF, capacity=3))
    with storage.transaction():
        site = directory.get_site(world.SITE_A)
        directory.locate_site(site.id, point=point_at(50.0, 0.0), version=site.version, actor=SYSTEM, at=world.AT)
        [entry] = directory.list_site_part(world.SITE_OFF, part=directory.SitePart.STAGES)
        directory.correct_site_part(
            world.SITE_OFF,
            part=directory.SitePart.STAGES,
            entry_id=entry.id,
            record=directory.StageRecord(valid_from=entry.valid_from, stage=directory.Stage.CLOSED),
            actor=SYSTEM,
            at=world.AT,
        )
    before = len(directory.find_offers(service_codes=None, on=world.AS_OF))

    assert reasons_of(scenario) == {"site_moved", "stage_changed"}
    assert len(directory.find_offers(service_codes=None, on=world.AS_OF)) == before
    assert coverage.get_scenario(scenario.id, actor=OFFICER).status == coverage.ScenarioStatus.SHARED


def test_a_site_of_the_kind_that_opened_there_meanwhile_is_a_conflict() -> None:
    scenario = shared(whole_new_site())
    with storage.transaction():
        world.put_site("rival", area=world.C3, point_xy=(1320.0, 0.0))  # 20 m away

    assert reasons_of(scenario) == {"site_there_already"}
    # entered again, the change knows of it
    assert adopt(shared(whole_new_site())).status == coverage.ScenarioStatus.ADOPTED


def test_an_edit_of_the_network_becomes_a_named_one_that_runs_walk_by() -> None:
    line = [list(world.lonlat((100.0, y))) for y in (0.0, 500.0)]
    edit = {
        "kind": "path",
        "geometry_ll": {"type": "LineString", "coordinates": line},
        "is_bridge": False,
        "reason": "新桥已经批准",
    }
    scenario = shared(ChangeWish(kind=ChangeKind.NETWORK_EDIT, edit=edit))
    assert covered() == 2

    adopted = adopt(scenario)

    made = coverage.get_network_edit(adopted.changes[0].adopted_id, actor=OFFICER)
    assert (made.name, made.reason, made.author_id) == (scenario.name, "新桥已经批准", OFFICER.account_id)
    assert covered() == 4  # the two of the far bank walk 480 and 100 m over the bridge
