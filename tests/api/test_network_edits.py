"""Edits of the network over HTTP: who may, what comes back, what is refused, and that searches walk by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch import storage, streets
from tests.factories.accounts import sign_in
from tests.factories.network_edits import BRIDGE_CLOSED, line
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

URL = "/v1/coverage/network-edits"
WISH = {
    "area_code": world.DISTRICT,
    "name": "大桥",
    "kind": "closure",
    "geometry": BRIDGE_CLOSED,
    "crs": "wgs84",
    "reason": "桥面大修封闭",
    "valid_from": "2026-01-01",
}


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> None:
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)


@pytest.fixture(autouse=True)
def _world(db) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.fixture
def planner(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="planner", area=world.DISTRICT)


@pytest.mark.feature("G5")
def test_planner_adds_corrects_ends_and_withdraws(client: FlaskClient, planner: dict[str, str]) -> None:
    made = client.post(URL, json=WISH, headers=planner)
    body = made.get_json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"v1"')
    assert (body["name"], body["version"], body["effect"]["cut"], body["author_id"] is not None) == ("大桥", 1, 1, True)
    place = f"{URL}/{body['edit_id']}"

    ended = client.put(place, json=WISH | {"valid_to": "2026-07-01"}, headers=planner | {"If-Match": '"v1"'})
    assert (ended.status_code, ended.headers["ETag"], ended.get_json()["valid_to"]) == (200, '"v2"', "2026-07-01")
    late = client.put(place, json=WISH, headers=planner | {"If-Match": '"v1"'})
    assert (late.status_code, late.get_json()["code"], late.get_json()["facts"]["version"]) == (412, "stale-version", 2)
    assert client.put(place, json=WISH, headers=planner).status_code == 428

    officer = sign_in(client, role="district_officer", area=world.DISTRICT)
    assert client.get(place, headers=officer).get_json()["version"] == 2
    for day, count in (("2025-12-31", 0), ("2026-06-30", 1), ("2026-07-01", 0)):
        assert len(client.get(f"{URL}?on={day}", headers=officer).get_json()["items"]) == count
    assert client.delete(place, headers=officer | {"If-Match": '"v2"'}).status_code == 403
    assert client.delete(place, headers=planner | {"If-Match": '"v2"'}).status_code == 204
    assert client.get(place, headers=planner).status_code == 404


@pytest.mark.feature("G5")
def test_runs_before_and_after_are_compared_and_name_the_edits(client: FlaskClient, planner: dict[str, str]) -> None:
    wish = {"area_code": world.DISTRICT, "service_code": "day_care", "as_of": "2026-03-31"}
    before = client.post("/v1/coverage/runs", json=wish, headers=planner).get_json()
    shortcut = WISH | {"kind": "path", "name": "人行桥", "geometry": line((100.0, 500.0), (100.0, 0.0))}
    assert client.post(URL, json=shortcut, headers=planner).status_code == 201
    after = client.post("/v1/coverage/runs", json=wish, headers=planner).get_json()

    reply = client.get(f"/v1/coverage/compare?a={before['id']}&b={after['id']}", headers=planner).get_json()

    assert [one["name"] for one in reply["edits_gained"]] == ["人行桥"]
    assert reply["edits_lost"] == []
    assert after["assumptions"]["network"].startswith(before["assumptions"]["network"] + "+")


@pytest.mark.feature("G5")
def test_nearest_services_walk_by_the_edits_in_force(client: FlaskClient, planner: dict[str, str]) -> None:
    lon, lat = world.lonlat((100.0, 480.0))
    asked = f"/v1/services?near={lon},{lat}&crs=wgs84&within=15min&service=day_care"
    far = client.get(asked).get_json()
    made = client.post(
        URL, json=WISH | {"kind": "path", "geometry": line((100.0, 500.0), (100.0, 0.0))}, headers=planner
    ).get_json()
    near = client.get(asked).get_json()

    # 4420 m by the bridge; the home stands on the path: 480 along it, 100 along the street
    assert far["items"] == []
    assert near["items"][0]["walk_s"] == 580
    assert near["assumptions"]["network"].startswith(far["assumptions"]["network"] + "+")
    client.delete(f"{URL}/{made['edit_id']}", headers=planner | {"If-Match": '"v1"'})
    assert client.get(asked).get_json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"geometry": {"type": "Point", "coordinates": [130.0, 39.1]}}, "invalid-network-edit", "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [39.1, 117.2]}}, "invalid-network-edit", "geometry"),
        ({"geometry": line((500.0, 100.0), (600.0, 100.0))}, "network-edit-idle", None),
        ({"kind": "wall"}, "invalid-fields", "kind"),
        ({"crs": None}, "invalid-fields", "crs"),
        ({"reason": "修"}, "invalid-fields", "reason"),
        ({"area_code": "120199"}, "area-not-found", None),
        ({"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, "invalid-network-edit", "valid_to"),
    ],
)
def test_wrong_edits_get_a_clear_answer(
    client: FlaskClient, planner: dict[str, str], changes: dict, code: str, field: str | None
) -> None:
    reply = client.post(URL, json=WISH | changes, headers=planner).get_json()

    assert reply["status"] in {404, 422}
    if code != "invalid-fields":
        assert reply["code"] == code
    if field is not None:
        assert field in reply["fields"]


def test_others_are_refused(client: FlaskClient, planner: dict[str, str]) -> None:
    edit_id = client.post(URL, json=WISH, headers=planner).get_json()["edit_id"]
    elsewhere = sign_in(client, role="planner", area="120199")
    officer = sign_in(client, role="district_officer", area=world.DISTRICT)

    assert client.get(URL).status_code == 401
    assert client.post(URL, json=WISH, headers=officer).status_code == 403
    assert client.get(f"{URL}/{edit_id}", headers=elsewhere).status_code == 404
    assert client.get(URL, headers=elsewhere).get_json()["items"] == []
    assert client.put(f"{URL}/{edit_id}", json=WISH, headers=elsewhere | {"If-Match": '"v1"'}).status_code == 404
    assert client.delete(f"{URL}/{edit_id}", headers=elsewhere | {"If-Match": '"v1"'}).status_code == 404
