"""One elder's circle: the nearest provider of each basic service, or why there is none (G10)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dispatch import areas, clock, directory, storage, streets
from dispatch.actor import SYSTEM
from dispatch.areas.values import BASICS
from dispatch.journal.models import AccessLog
from tests.factories.accounts import sign_in
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)  # Tuesday, 10:00
ELDER = world.ELDER_ID["past the limit"]


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> None:
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)


@pytest.fixture(autouse=True)
def _world(db, monkeypatch) -> None:  # noqa: ARG001 - undone after the test
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        world.put_world()
        world.put_site("near", area=world.C1, point_xy=(700.0, 0.0), hours="Mo-Fr 08:00-17:00")
        world.put_site("home", point_xy=(0.0, 0.0), service_code="cleaning", delivery="home")


@pytest.fixture
def officer(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="district_officer", area=world.DISTRICT)


def circle(client: FlaskClient, headers: dict[str, str], elder_id=ELDER) -> dict[str, dict]:
    reply = client.get(f"/v1/elders/{elder_id}/circle", headers=headers)
    assert reply.status_code == 200, reply.get_json()
    return {item["service_code"]: item for item in reply.get_json()["items"]}


@pytest.mark.feature("G10")
def test_nearest_open_provider_and_minutes_or_missing_with_the_reason(client: FlaskClient, officer) -> None:
    found = circle(client, officer)

    # from (881, 20): 20 m to the street, 181 m to the site: 201 s, four minutes begun
    day_care = found["day_care"]["provider"]
    assert (day_care["site_name"], day_care["way"]) == ("站点near（虚构）", "walk")
    assert (day_care["time_s"], day_care["minutes"], day_care["is_open_now"]) == (201, 4, True)
    # a carer of a service without carers on record, by e-bike: ceil(901 / (15 / 3.6)) + 180
    cleaning = found["cleaning"]["provider"]
    assert (cleaning["way"], cleaning["time_s"]) == ("carer_ebike", 217 + 180)
    assert found["meals"]["provider"] is None
    assert (found["meals"]["missing"]["code"], found["meals"]["missing"]["label"]) == (
        "none_in_range",
        "时间上限内没有机构",
    )
    # the six assistances, visiting and day care, since no area lists others
    assert list(found) == list(dict.fromkeys(found))
    assert len(found) == 8


@pytest.mark.feature("G10")
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"stage": "suspended"}, "closed"),
        ({"capacity": ("place", 5, 0, NOW)}, "full"),
        ({"catchments": (world.C2,)}, "not_eligible"),
    ],
)
def test_reason_is_that_of_the_provider_in_range(client: FlaskClient, officer, changes: dict, missing: str) -> None:
    with storage.transaction():
        world.put_site("bath", area=world.C1, point_xy=(800.0, 0.0), service_code="bathing_site", **changes)

    found = circle(client, officer)["bathing"]

    assert found["missing"]["code"] == missing
    codes = [one["code"] for one in found["missing"]["because"]]
    assert codes == (["outside_catchment"] if missing == "not_eligible" else [])


@pytest.mark.feature("G10")
def test_the_nearest_area_above_lists_the_basic_services(client: FlaskClient, officer) -> None:
    with storage.transaction():
        for area_code, services in ((world.DISTRICT, ["meals"]), (world.TOWN, ["day_care", "learning"])):
            rule = areas.RuleRecord(area_code, "basic_services", services, valid_from=date(2026, 1, 1))
            areas.put_rules([rule], actor=SYSTEM, at=world.AT)

    reply = client.get(f"/v1/elders/{ELDER}/circle", headers=officer).get_json()

    assert reply["rule_area_code"] == world.TOWN
    assert [item["service_code"] for item in reply["items"]] == ["day_care", "learning"]
    assert reply["assumptions"]["walk_speed_mps"] == 1.0
    assert reply["assumptions"]["network_date"] == world.make_network().manifest.source_at.isoformat()


def test_home_without_a_usable_point_says_so(client: FlaskClient, officer) -> None:
    for name in ("without a point", "off the street"):
        found = circle(client, officer, world.ELDER_ID[name])
        assert {item["missing"]["code"] for item in found.values()} == {"home_unlocated"}


@pytest.mark.feature("X3")
def test_look_leaves_a_line_and_is_open_to_the_family_and_the_worker_only(client: FlaskClient, officer) -> None:
    circle(client, officer)

    lines = storage.session().scalars(sa.select(AccessLog).where(AccessLog.elder_id == ELDER)).all()
    assert [line.route for line in lines] == ["GET /v1/elders/<uuid:elder_id>/circle"]
    family = sign_in(client, role="family", elder_ids=[ELDER])
    assert len(circle(client, family)) == 8
    stranger = sign_in(client, role="district_officer", area="120199")
    assert client.get(f"/v1/elders/{ELDER}/circle", headers=stranger).status_code == 404
    planner = sign_in(client, role="planner", area=world.DISTRICT)
    assert client.get(f"/v1/elders/{ELDER}/circle", headers=planner).status_code == 403


def test_services_that_a_rule_may_list_are_in_the_list_of_services() -> None:
    with storage.reading():
        known = {code.code for code in directory.list_codes("service")}

    assert set(BASICS) <= known
