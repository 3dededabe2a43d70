"""Coverage over HTTP: who may ask, what comes back, what is refused."""

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

WISH = {"area_code": world.DISTRICT, "service_code": "day_care", "as_of": world.AS_OF.isoformat()}
PLACE = f"area={world.DISTRICT}&service=day_care"


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


def make_run(client: FlaskClient, headers: dict[str, str], **changes) -> dict:
    reply = client.post("/v1/coverage/runs", json=WISH | changes, headers=headers)
    assert reply.status_code == 201
    return reply.get_json()


@pytest.mark.feature("G1")
def test_run_prints_mode_speed_network_date_and_origin_rule(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer, speed_mps=0.8)

    assert (run["mode"], run["speed_mps"], run["limit_s"]) == ("walk", 0.8, 900)
    assert run["network_date"].startswith("2026-01-01")
    assert run["assumptions"]["origin_rule"] == "door"
    assert run["totals"]["covered"] == 1  # within 720 m: the one at 110 m


def test_run_is_read_again_and_listed_newest_first(client: FlaskClient, officer: dict[str, str]) -> None:
    first, second = make_run(client, officer), make_run(client, officer)

    assert client.get(f"/v1/coverage/runs/{first['id']}", headers=officer).get_json() == first
    page = client.get("/v1/coverage/runs?limit=1", headers=officer).get_json()
    assert [one["id"] for one in page["items"]] == [second["id"]]
    rest = client.get(f"/v1/coverage/runs?limit=1&cursor={page['next_cursor']}", headers=officer).get_json()
    assert [one["id"] for one in rest["items"]] == [first["id"]]
    assert rest["next_cursor"] is None


@pytest.mark.feature("G2")
def test_gaps_are_geojson_of_the_latest_run(client: FlaskClient, officer: dict[str, str]) -> None:
    make_run(client, officer)
    run = make_run(client, officer)

    reply = client.get(f"/v1/coverage/gaps?area={world.DISTRICT}&service=日间照料", headers=officer)

    found = reply.get_json()
    assert reply.mimetype == "application/geo+json"
    assert found["run_id"] == run["id"]
    assert found["assumptions"]["speed_mps"] == 1.0
    first = found["features"][0]
    assert first["geometry"]["type"] == "MultiPolygon"
    assert first["properties"]["area_code"] == world.C1
    assert first["properties"]["uncovered"] == 3
    assert first["properties"]["nearest_site_name"] == "站点a（虚构）"
    assert first["properties"]["over_limit_min"] == 1
    assert [one["properties"]["uncovered"] for one in found["features"]] == [3, 3, 2, 1, 0]


def test_gaps_are_paged_and_a_broken_cursor_is_400(client: FlaskClient, officer: dict[str, str]) -> None:
    make_run(client, officer)

    page = client.get(f"/v1/coverage/gaps?{PLACE}&limit=2", headers=officer).get_json()
    rest = client.get(f"/v1/coverage/gaps?{PLACE}&limit=3&cursor={page['next_cursor']}", headers=officer).get_json()

    codes = [one["id"] for one in page["features"] + rest["features"]]
    assert codes == [world.C1, world.C3, world.C2, world.C5, world.C4]
    assert rest["next_cursor"] is None
    assert client.get(f"/v1/coverage/gaps?{PLACE}&cursor=nonsense", headers=officer).status_code == 400


def test_gap_is_not_sent_again_to_whoever_has_it(client: FlaskClient, officer: dict[str, str]) -> None:
    make_run(client, officer)
    first = client.get(f"/v1/coverage/gaps?{PLACE}", headers=officer)

    again = client.get(f"/v1/coverage/gaps?{PLACE}", headers=officer | {"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.get_data() == b""
    make_run(client, officer)
    newer = client.get(f"/v1/coverage/gaps?{PLACE}", headers=officer | {"If-None-Match": first.headers["ETag"]})
    assert newer.status_code == 200


def test_box_keeps_what_touches_it(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)
    west, south = world.lonlat((2600.0, -300.0))
    east, north = world.lonlat((2700.0, 200.0))
    box = f"run={run['id']}&bbox={west},{south},{east},{north}"

    gaps = client.get(f"/v1/coverage/gaps?{box}", headers=officer).get_json()
    areas = client.get(f"/v1/coverage/areas?{box}", headers=officer).get_json()
    circles = client.get(f"/v1/coverage/circles?{box}", headers=officer).get_json()

    assert [one["id"] for one in gaps["features"]] == [world.C5]
    assert [one["id"] for one in areas["features"]] == [world.C5]
    assert circles["features"] == []


@pytest.mark.parametrize("box", ["118,39,117,40", "117,40,118,39", "117,39,118", "a,b,c,d", "117,39,118,99"])
def test_reversed_or_broken_box_is_400(client: FlaskClient, officer: dict[str, str], box: str) -> None:
    reply = client.get(f"/v1/coverage/gaps?{PLACE}&bbox={box}", headers=officer)

    assert reply.status_code == 400
    assert "bbox" in reply.get_json()["fields"]


@pytest.mark.parametrize("query", ["", "area=120198", "service=day_care", f"{PLACE}&colour=red", "run=seven"])
def test_query_without_a_run_or_with_unknown_words_is_400(
    client: FlaskClient, officer: dict[str, str], query: str
) -> None:
    assert client.get(f"/v1/coverage/gaps?{query}", headers=officer).status_code == 400


def test_areas_of_a_level_add_up(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)

    rows = client.get(f"/v1/coverage/areas?run={run['id']}&level=community", headers=officer).get_json()["features"]
    [district] = client.get(f"/v1/coverage/areas?run={run['id']}&level=district", headers=officer).get_json()[
        "features"
    ]

    assert [one["id"] for one in rows] == [world.C1, world.C2, world.C3, world.C4, world.C5]
    for name in ("elders", "covered", "uncovered"):
        assert sum(one["properties"][name] for one in rows) == district["properties"][name]
    assert rows[3]["properties"]["covered_share"] is None
    assert rows[2]["properties"]["is_borderline"] is True
    assert rows[0]["geometry"]["type"] == "Polygon"


def test_circles_and_hexagons_are_geojson(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)

    circles = client.get(f"/v1/coverage/circles?run={run['id']}", headers=officer).get_json()["features"]
    cells = client.get(f"/v1/coverage/hexagons?run={run['id']}&limit=200", headers=officer).get_json()["features"]

    by_name = {one["properties"]["name"]: one for one in circles}
    assert by_name["站点b（虚构）"]["geometry"] is None
    assert by_name["站点a（虚构）"]["properties"]["reached"] == 2
    assert by_name["站点a（虚构）"]["properties"]["snap_m"] == 0
    assert sum(one["properties"]["elders"] for one in cells) == 10
    assert all(len(one["geometry"]["coordinates"][0]) >= 6 for one in cells)


@pytest.mark.feature("G8")
def test_two_runs_are_compared(client: FlaskClient, officer: dict[str, str]) -> None:
    before = make_run(client, officer)
    after = make_run(client, officer, speed_mps=1.2)

    found = client.get(f"/v1/coverage/compare?a={before['id']}&b={after['id']}", headers=officer).get_json()

    # within 1080 m instead of 900: the one at 901 m, and those at 1050 and 1070 m
    assert {one["area_code"]: one["change"] for one in found["gained"]} == {world.C1: 1, world.C3: 2}
    assert found["lost"] == []
    assert found["change"] == 3 == sum(one["change"] for one in found["gained"]) + found["outside_communities"]


def test_runs_of_two_areas_are_not_compared(client: FlaskClient, officer: dict[str, str]) -> None:
    whole, part = make_run(client, officer), make_run(client, officer, area_code=world.TOWN)

    reply = client.get(f"/v1/coverage/compare?a={whole['id']}&b={part['id']}", headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (422, "runs-not-comparable")


def test_planner_sees_counts_from_five_on_only(client: FlaskClient, planner: dict[str, str]) -> None:
    run = make_run(client, planner)

    rows = client.get(f"/v1/coverage/gaps?{PLACE}", headers=planner).get_json()["features"]

    counts = [one["properties"][name] for one in rows for name in ("elders", "covered", "uncovered")]
    assert all(count is None or count == 0 or count >= 5 for count in counts)
    assert rows[0]["properties"]["suppressed"] is True
    assert run["totals"]["covered"] is None
    other = make_run(client, planner, speed_mps=1.2)
    found = client.get(f"/v1/coverage/compare?a={run['id']}&b={other['id']}", headers=planner).get_json()
    assert (found["covered_before"], found["change"]) == (None, None)
    assert [one["change"] for one in found["gained"]] == [None, None]


def test_no_reply_names_a_person_or_a_home(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)

    for path in ("gaps", "areas", "circles", "hexagons"):
        text = client.get(f"/v1/coverage/{path}?run={run['id']}&limit=200", headers=officer).get_data(as_text=True)
        assert "张三丰" not in text
        assert not any(str(elder_id) in text for elder_id in world.ELDER_ID.values())


@pytest.mark.parametrize("role", ["family", "community_worker", "coordinator", "carer", "operator", "administrator"])
def test_other_roles_may_not_enter(client: FlaskClient, role: str) -> None:
    headers = sign_in(client, role=role)

    for path in ("runs", f"runs/{uuid4()}", *(f"{what}?{PLACE}" for what in ("gaps", "areas", "circles", "hexagons"))):
        assert client.get(f"/v1/coverage/{path}", headers=headers).status_code == 403
    assert client.post("/v1/coverage/runs", json=WISH, headers=headers).status_code == 403


def test_nobody_enters_unsigned(client: FlaskClient) -> None:
    assert client.get("/v1/coverage/runs").status_code == 401
    assert client.post("/v1/coverage/runs", json=WISH).status_code == 401


def test_outside_the_own_area_nothing_exists(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)
    stranger = sign_in(client, role="district_officer", area="120199")

    assert client.get(f"/v1/coverage/runs/{run['id']}", headers=stranger).status_code == 404
    assert client.get(f"/v1/coverage/gaps?run={run['id']}", headers=stranger).status_code == 404
    assert client.get(f"/v1/coverage/gaps?{PLACE}", headers=stranger).status_code == 404
    assert client.get("/v1/coverage/runs", headers=stranger).get_json()["items"] == []
    assert client.post("/v1/coverage/runs", json=WISH, headers=stranger).status_code == 404
    assert client.get(f"/v1/coverage/runs/{uuid4()}", headers=officer).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service_code": "nonsense"}, "unknown-code"),
        ({"area_code": "12019"}, "invalid"),
        ({"speed_mps": 9.0}, "invalid"),
        ({"limit_min": 0}, "invalid"),
        ({"limit_min": 500}, "invalid"),
        ({"mode": "fly"}, "invalid"),
        ({"as_of": "tomorrow"}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"area_code": world.C4}, "nobody-to-cover"),
    ],
)
def test_wish_that_cannot_be_is_422(client: FlaskClient, officer: dict[str, str], change: dict, code: str) -> None:
    reply = client.post("/v1/coverage/runs", json=WISH | change, headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (422, code)


def test_malformed_json_is_400_and_other_media_415(client: FlaskClient, officer: dict[str, str]) -> None:
    broken = client.post("/v1/coverage/runs", data="{", content_type="application/json", headers=officer)
    text = client.post("/v1/coverage/runs", data="area", content_type="text/plain", headers=officer)

    assert (broken.status_code, text.status_code) == (400, 415)
    assert broken.get_json()["detail"] == "请求的正文不是有效的 JSON，改正后再提交。"


def test_unknown_service_in_a_query_names_the_allowed_ones(client: FlaskClient, officer: dict[str, str]) -> None:
    reply = client.get(f"/v1/coverage/gaps?area={world.DISTRICT}&service=nonsense", headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (422, "unknown-code")
    assert "day_care" in str(reply.get_json()["fields"])


@pytest.mark.feature("G7")
def test_run_at_a_moment_says_so_and_a_moment_that_is_none_is_422(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer, at_local="周日 18:00", unknown_hours="include")

    assert (run["at_local"], run["unknown_hours"]) == ("2026-04-05T18:00", "include")
    assert (run["assumptions"]["sites_without_hours"], run["totals"]["covered"]) == (2, 2)
    reply = client.post("/v1/coverage/runs", json=WISH | {"at_local": "Su 25:00"}, headers=officer)
    assert (reply.status_code, reply.get_json()["code"]) == (422, "invalid-moment")
    assert client.post("/v1/coverage/runs", json=WISH | {"at_local": "x" * 99}, headers=officer).status_code == 422


@pytest.mark.feature("G4")
def test_run_with_places_says_how_many_there_are(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer, capacity="maximum")

    # no site told how many places it has
    assert (run["capacity"], run["totals"]["covered"], run["totals"]["places"]) == ("maximum", 0, 0)
    assert run["assumptions"]["sites_without_capacity"] == 2
    assert run["totals"]["band"]["within_limit"] == 2
    circles = client.get(f"/v1/coverage/circles?run={run['id']}", headers=officer).get_json()["features"]
    assert {(one["properties"]["places"], one["properties"]["served"]) for one in circles} == {(0, 0)}
    refused = client.post("/v1/coverage/runs", json=WISH | {"capacity": "endless"}, headers=officer)
    assert refused.status_code == 422


@pytest.mark.feature("G2")
def test_categories_of_a_run_are_listed(client: FlaskClient, officer: dict[str, str]) -> None:
    run = make_run(client, officer)

    found = client.get(f"/v1/coverage/categories?run={run['id']}&level=district", headers=officer).get_json()

    assert (found["items"], found["run_id"]) == ([], run["id"])  # nobody here is in a category
    assert client.get("/v1/coverage/categories", headers=officer).status_code == 400
