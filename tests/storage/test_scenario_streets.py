"""Scenarios of streets and hours: bridges that are tried, streets that are closed, sites that open at other times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from dispatch import coverage, storage
from dispatch.actor import Role
from dispatch.coverage import ChangeKind, ChangeWish
from tests.factories.scenarios import NETWORK, effect_of, make_scenario, new_site, someone
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OFFICER, PLANNER = (someone(role) for role in (Role.DISTRICT_OFFICER, Role.PLANNER))
WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


def run(wish: coverage.RunWish = WISH) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(wish, network=NETWORK, actor=OFFICER, now=world.AT)


def street_edit(kind: str, geometry_xy, *, type_: str = "LineString") -> ChangeWish:
    if type_ == "Point":
        coordinates = list(world.lonlat(geometry_xy))
    else:
        coordinates = [list(world.lonlat(each)) for each in geometry_xy]
    edit = {
        "kind": kind,
        "geometry_ll": {"type": type_, "coordinates": coordinates},
        "is_bridge": False,
        "reason": "试着架一座桥",
    }
    return ChangeWish(kind=ChangeKind.NETWORK_EDIT, edit=edit)


@pytest.mark.feature("G5")
def test_a_bridge_that_is_tried_and_a_street_that_is_closed_change_who_is_covered() -> None:
    bridge = make_scenario(street_edit("path", [(100.0, 0.0), (100.0, 500.0)]), actor=PLANNER)
    closed = make_scenario(street_edit("closure", (500.0, 0.0), type_="Point"), actor=PLANNER)

    # over a bridge at x = 100 the two of the far bank, who live at it, walk 480 and 100 m
    found = effect_of(bridge, actor=OFFICER)
    assert {row.area_code: row.gained for row in found.rows if row.gained} == {world.C2: 2}
    assert found.assumptions["network"] != "long-street@abababababab"
    # with the street closed at x = 500 the one at 880 m has no way to A any more, the one at 100 m has
    lost = effect_of(closed, actor=OFFICER).totals
    assert (lost.gained, lost.kept, lost.lost) == (0, 1, 1)
    # the stored run finds the same, and its base is the network as it is
    stored = run(replace(WISH, scenario_id=bridge.id))
    assert (stored.totals["covered"], stored.totals["base"]["covered"]) == (4, 2)


def test_edits_of_the_network_that_cannot_be_are_refused() -> None:
    for wish in (
        street_edit("path", [(100.0, 3000.0), (200.0, 3000.0)]),  # nothing is near
        street_edit("path", (100.0, 0.0), type_="Point"),  # a path is a line
        street_edit("closure", [(0.0, 0.0), (90_000.0, 0.0)]),  # 90 km
    ):
        with pytest.raises(coverage.InvalidChangesError) as refused:
            make_scenario(wish, actor=PLANNER)
        assert "changes.0.edit" in refused.value.fields


@pytest.mark.feature("G7")
def test_hours_of_a_scenario_count_where_a_time_of_day_is_asked() -> None:
    hours = ChangeWish(kind=ChangeKind.HOURS, site_id=world.SITE_A, hours="Mo-Fr 08:00-17:00")
    scenario = make_scenario(hours, new_site(hours="Mo-Su 08:00-20:00"), actor=PLANNER)
    at = {
        name: coverage.make_wish(
            area_code=world.DISTRICT,
            service_code="day_care",
            today=world.AS_OF,
            zone=ZONE,
            at_local=moment,
            scenario_id=scenario.id,
        )
        for name, moment in (("weekday", "Mo 10:00"), ("sunday", "Su 10:00"), ("night", "Su 23:00"))
    }

    # nobody knows A's hours today, so without the change it is never open; the new site alone reaches five
    # (C3's three, those at 880 and 881 m), with A there are six
    assert {name: run(wish).totals["covered"] for name, wish in at.items()} == {"weekday": 6, "sunday": 5, "night": 0}
