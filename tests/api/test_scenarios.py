"""Scenarios over HTTP: made, changed by one at a time, answered at once, shared, adopted; each refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from dispatch import storage, streets
from tests.factories.accounts import sign_in
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

WISH = {"name": "东片", "area_code": world.DISTRICT, "service_code": "day_care", "as_of": world.AS_OF.isoformat()}
URL = "/v1/coverage/scenarios"


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> None:
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)


@pytest.fixture(autouse=True)
def _world(db) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.fixture
def officer(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="district_officer", area=world.DISTRICT)


@pytest.fixture
def planner(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="planner", area=world.DISTRICT)


def point(x: float, y: float = 0.0) -> dict:
    lon, lat = world.lonlat((x, y))
    return {"lon": lon, "lat": lat, "crs": "wgs84"}


def new_site(x: float = 1300.0, y: float = 0.0, **more) -> dict:
    return {"kind": "open", "name": "新站（虚构）", "point": point(x, y)} | more


CLOSE = {"kind": "close", "site_id": str(world.SITE_A)}


def make(client: FlaskClient, headers: dict[str, str], *changes: dict, **more) -> dict:
    reply = client.post(URL, json=WISH | {"changes": list(changes)} | more, headers=headers)
    assert reply.status_code == 201, reply.get_json()
    assert reply.headers["ETag"] == '"v1"'
    return reply.get_json()


def at(version: int) -> dict[str, str]:
    return {"If-Match": f'"v{version}"'}


@pytest.mark.feature("P1")
def test_effect_comes_at_once_with_communities_and_assumptions(
    client: FlaskClient, planner: dict[str, str], officer: dict[str, str]
) -> None:
    made = make(client, planner, new_site())

    found = client.get(f"{URL}/{made['id']}/effect", headers=officer).get_json()

    # counted by hand in tests/storage/test_scenarios.py
    totals = found["totals"]
    assert (totals["gained"], totals["kept"], totals["lost"], totals["outside"]) == (4, 2, 0, 5)
    for name in ("gained", "kept", "lost", "outside", "elders"):
        assert sum(row[name] for row in [*found["rows"], found["elsewhere"]]) == totals[name]
    assert found["notes"][0]["code"] == "applied"
    assert found["assumptions"]["network"] == "long-street@abababababab"


def test_second_planner_gets_412_with_both_versions(client: FlaskClient, planner: dict[str, str]) -> None:
    other = sign_in(client, role="planner", area=world.DISTRICT)
    made = make(client, planner, new_site())
    shared = client.post(f"{URL}/{made['id']}/sharing", headers=planner | at(1))
    assert (shared.status_code, shared.get_json()["status"]) == (200, "shared")
    first = client.put(f"{URL}/{made['id']}", json={"changes": [CLOSE]}, headers=other | at(2))
    assert (first.status_code, first.headers["ETag"]) == (200, '"v3"')

    second = client.put(f"{URL}/{made['id']}", json={"changes": []}, headers=planner | at(2))

    found = second.get_json()
    assert (second.status_code, found["code"]) == (412, "scenario-changed")
    assert [one["kind"] for one in found["facts"]["yours"]["changes"]] == ["open"]
    assert [one["kind"] for one in found["facts"]["present"]["changes"]] == ["close"]
    assert client.put(f"{URL}/{made['id']}", json={"changes": []}, headers=planner).status_code == 428


def test_changes_are_added_and_taken_out_one_by_one(client: FlaskClient, planner: dict[str, str]) -> None:
    made = make(client, planner)
    added = client.post(f"{URL}/{made['id']}/changes", json=new_site(), headers=planner | at(1))
    assert (added.status_code, added.headers["ETag"]) == (201, '"v2"')
    [change] = added.get_json()["changes"]
    assert change["payload"]["area_code"] == world.C3

    twice = client.post(f"{URL}/{made['id']}/changes", json=new_site(), headers=planner | at(2))
    assert (twice.status_code, twice.get_json()["fields"].keys()) == (422, {"changes.0"})
    gone = client.delete(f"{URL}/{made['id']}/changes/{change['id']}", headers=planner | at(2))
    assert (gone.status_code, gone.get_json()["changes"]) == (200, [])
    missing = client.delete(f"{URL}/{made['id']}/changes/{change['id']}", headers=planner | at(3))
    assert (missing.status_code, missing.get_json()["code"]) == (404, "scenario-change-not-found")
    read = client.get(f"{URL}/{made['id']}", headers=planner)
    assert (read.headers["ETag"], read.get_json()["version"]) == ('"v3"', 3)
    listed = client.get(f"{URL}?status=draft&area={world.DISTRICT}", headers=planner).get_json()
    assert [(one["id"], one["change_count"]) for one in listed["items"]] == [(made["id"], 0)]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"changes": [{"kind": "close", "site_id": str(uuid4())}]}, 422, "changes.0.site_id"),
        ({"changes": [new_site(2900.0, -2010.0, area_code=world.C5)]}, 422, "changes.0.point"),
        ({"changes": [{"kind": "open", "name": "远", "point": {"lon": 10.0, "lat": 50.0, "crs": "wgs84"}}]}, 422, None),
        ({"changes": [{"kind": "open", "name": "零", "point": {"lon": 0, "lat": 0, "crs": "wgs84"}}]}, 422, None),
        ({"changes": [{"kind": "close", "site_id": str(uuid4())}] * 201}, 422, "changes"),
        ({"changes": [CLOSE, CLOSE]}, 422, "changes.1.site_id"),
        ({"changes": [{"kind": "explode"}]}, 422, "changes.0.kind"),
        ({"limit_min": 500}, 422, "limit_min"),
        ({"limit_min": 0}, 422, "limit_min"),
        ({"area_code": None}, 422, None),
        ({"service_code": "nonsense"}, 422, None),
        ({"area_code": "120199"}, 404, None),
        ({"base_run_id": str(uuid4())}, 404, None),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    client: FlaskClient, planner: dict[str, str], body: dict, status: int, field: str | None
) -> None:
    reply = client.post(URL, json=WISH | body, headers=planner)

    assert reply.status_code == status, reply.get_json()
    assert reply.mimetype == "application/problem+json"
    if field:
        assert field in reply.get_json()["fields"]


def test_ten_thousand_changes_are_refused_by_a_bound(client: FlaskClient, planner: dict[str, str]) -> None:
    reply = client.post(URL, json=WISH | {"changes": [CLOSE] * 10_000}, headers=planner)

    assert reply.status_code == 422
    assert "changes" in reply.get_json()["fields"]


def test_archived_scenario_is_409_with_the_moves_that_are_left(client: FlaskClient, planner: dict[str, str]) -> None:
    made = make(client, planner, new_site())
    assert client.post(f"{URL}/{made['id']}/archiving", headers=planner | at(1)).status_code == 200

    for reply in (
        client.put(f"{URL}/{made['id']}", json={"changes": []}, headers=planner | at(2)),
        client.post(f"{URL}/{made['id']}/changes", json=CLOSE, headers=planner | at(2)),
        client.post(f"{URL}/{made['id']}/sharing", headers=planner | at(2)),
    ):
        assert (reply.status_code, reply.get_json()["code"]) == (409, "scenario-finished")
        assert reply.get_json()["facts"] == {"status": "archived", "allowed": []}


@pytest.mark.feature("G8")
def test_scenario_is_run_compared_and_drawn(
    client: FlaskClient, planner: dict[str, str], officer: dict[str, str]
) -> None:
    made = make(client, planner, new_site())
    plain = {name: WISH[name] for name in ("area_code", "service_code", "as_of")}
    before = client.post("/v1/coverage/runs", json=plain, headers=officer).get_json()

    # the scenario's own draft question is taken where the wish leaves it out
    after = client.post("/v1/coverage/runs", json={"scenario_id": made["id"]}, headers=officer).get_json()

    assert (after["scenario_id"], after["scenario_version"], after["as_of"]) == (made["id"], 1, WISH["as_of"])
    assert (before["scenario_id"], after["totals"]["covered"]) == (None, 6)
    compared = client.get(f"/v1/coverage/compare?a={before['id']}&b={after['id']}", headers=officer).get_json()
    assert (compared["change"], sum(one["change"] for one in compared["gained"])) == (4, 4)
    circles = client.get(f"/v1/coverage/circles?run={after['id']}", headers=officer).get_json()["features"]
    assert [one["properties"]["name"] for one in circles if one["properties"]["planned"]] == ["新站（虚构）"]
    gone = client.post("/v1/coverage/runs", json={"scenario_id": str(uuid4())}, headers=officer)
    assert (gone.status_code, gone.get_json()["code"]) == (404, "scenario-not-found")
    published = client.post(f"/v1/coverage/runs/{after['id']}/publication", headers=officer)
    assert (published.status_code, published.get_json()["code"]) == (409, "scenario-not-published")


def test_planner_sees_no_small_count_of_an_effect_nor_of_a_scenarios_run(
    client: FlaskClient, planner: dict[str, str]
) -> None:
    made = make(client, planner, new_site())

    found = client.get(f"{URL}/{made['id']}/effect", headers=planner).get_json()
    run = client.post("/v1/coverage/runs", json={"scenario_id": made["id"]}, headers=planner).get_json()

    # 2 of 11 were covered and 4 are gained: both small
    assert (found["totals"]["gained"], found["totals"]["covered_before"], found["totals"]["elders"]) == (None, None, 11)
    assert all(row["gained"] is None for row in found["rows"] if row["suppressed"])
    assert run["totals"]["covered"] is None


def test_roles_are_held(client: FlaskClient, planner: dict[str, str], officer: dict[str, str]) -> None:
    made = make(client, planner, new_site())
    stranger = sign_in(client, role="planner", area="120199")

    assert client.get(f"{URL}/{made['id']}", headers=stranger).status_code == 404
    assert client.post(URL, json=WISH, headers=officer).status_code == 403
    assert client.post(f"{URL}/{made['id']}/adoption", headers=planner | at(1)).status_code == 403
    draft = client.post(f"{URL}/{made['id']}/adoption", headers=officer | at(1))
    assert (draft.status_code, draft.get_json()["facts"]["allowed"]) == (409, ["shared", "archived"])
    assert client.get(URL).status_code == 401


def test_adoption_over_http_makes_the_site_and_names_it(
    client: FlaskClient, planner: dict[str, str], officer: dict[str, str]
) -> None:
    site = client.get(f"/v1/sites/{world.SITE_A}").get_json()
    change = new_site(
        organization_id=site["organization"]["id"], facility_type="day_care_center", valid_from="2026-01-01"
    )
    made = make(client, planner, change)
    client.post(f"{URL}/{made['id']}/sharing", headers=planner | at(1))

    adopted = client.post(f"{URL}/{made['id']}/adoption", headers=officer | at(2)).get_json()

    assert adopted["status"] == "adopted"
    opened = client.get(f"/v1/sites/{adopted['changes'][0]['adopted_id']}").get_json()
    assert opened["name"] == "新站（虚构）"
