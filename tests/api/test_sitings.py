"""Sitings over HTTP: who may ask, what comes back, what is refused, and the same as a job."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from dispatch import clock, storage, streets
from dispatch.jobs.task import Task, run_task
from dispatch.jobs.worker import HANDLERS
from tests.factories.accounts import sign_in
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

PATH = "/v1/coverage/sitings"


def candidate(x: float, y: float, **more) -> dict:
    lon, lat = world.lonlat((x, y))
    return {"lon": lon, "lat": lat, **more}


# what they reach is counted in tests/storage/test_siting.py
MIDDLE, BANK = candidate(1000.0, 0.0, label="middle"), candidate(300.0, 500.0, label="bank")
WISH = {
    "area_code": world.DISTRICT,
    "service_code": "day_care",
    "as_of": world.AS_OF.isoformat(),
    "picks": 2,
    "source": "points",
    "crs": "wgs84",
    "candidates": [BANK, candidate(500.0, 250.0), MIDDLE],
}


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> Iterator[None]:
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    streets.save_network(world.make_network(), folder=folder)
    yield
    shutil.rmtree(folder)  # other files' tests begin without one


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


def ask(client: FlaskClient, headers: dict[str, str], **changes) -> dict:
    reply = client.post(PATH, json=WISH | changes, headers=headers)
    assert reply.status_code == 201, reply.get_data(as_text=True)
    return reply.get_json()


@pytest.mark.feature("P1")
def test_best_sites_come_with_gain_bound_gap_and_everything_they_rest_on(
    client: FlaskClient, officer: dict[str, str]
) -> None:
    found = ask(client, officer)

    assert [(pick["rank"], pick["label"], pick["gain"]) for pick in found["picks"]] == [
        (1, "middle", 4),
        (2, "bank", 2),
    ]
    assert (found["objective"], found["best_bound"], found["gap"]) == (6, 6, 0.0)
    assert (found["end"], found["end_reason"]) == ("all_picked", "已选满所要的个数。")
    assert found["proof"]["state"] == "not_asked"
    assert found["refused"] == [{"number": 1, "label": "", "site_id": None, "reason": "off_street"}]
    assert (found["total"]["covered_before"], found["total"]["covered_after"], found["total"]["lost"]) == (2, 8, 0)
    assert found["assumptions"]["origin_rule"] == "door"
    assert found["network_id"] == "long-street@abababababab"


def test_siting_is_read_again_listed_and_its_picks_are_geojson(client: FlaskClient, officer: dict[str, str]) -> None:
    first, second = ask(client, officer), ask(client, officer, picks=1)

    assert client.get(f"{PATH}/{first['id']}", headers=officer).get_json() == first
    page = client.get(f"{PATH}?limit=1&area={world.DISTRICT}&service=日间照料", headers=officer).get_json()
    assert [one["id"] for one in page["items"]] == [second["id"]]
    rest = client.get(f"{PATH}?limit=1&cursor={page['next_cursor']}", headers=officer).get_json()
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([first["id"]], None)
    reply = client.get(f"{PATH}/{first['id']}/picks", headers=officer)
    assert reply.mimetype == "application/geo+json"
    features = reply.get_json()["features"]
    assert features[0]["geometry"]["coordinates"] == pytest.approx([MIDDLE["lon"], MIDDLE["lat"]])
    assert [one["properties"]["gain"] for one in features] == [4, 2]


@pytest.mark.feature("P1")
def test_areas_before_and_after_add_up(client: FlaskClient, officer: dict[str, str]) -> None:
    found = ask(client, officer)
    path = f"{PATH}/{found['id']}/areas"

    rows = client.get(path, headers=officer).get_json()["items"]
    [whole] = client.get(f"{path}?level=district", headers=officer).get_json()["items"]

    assert [row["area_code"] for row in rows] == [world.C1, world.C2, world.C3, world.C4, world.C5]
    assert whole == found["total"]
    for name in ("elders", "covered_before", "covered_after", "gained", "kept", "lost", "outside", "weight"):
        assert sum(row[name] for row in rows) == whole[name]
    assert all(row["gained"] + row["kept"] + row["lost"] + row["outside"] == row["elders"] for row in rows)
    assert rows[3]["share_before"] is None  # nobody lives there
    page = client.get(f"{path}?limit=2", headers=officer).get_json()
    rest = client.get(f"{path}?limit=5&cursor={page['next_cursor']}", headers=officer).get_json()
    assert page["items"] + rest["items"] == rows


def test_planner_sees_no_small_count(client: FlaskClient, planner: dict[str, str]) -> None:
    found = ask(client, planner)

    assert [(pick["gain"], pick["suppressed"]) for pick in found["picks"]] == [(None, True)] * 2
    assert (found["objective"], found["best_bound"], found["gap"], found["suppressed"]) == (None, None, None, True)
    assert found["total"]["covered_after"] is None


@pytest.mark.feature("P1")
def test_register_is_asked_by_default_and_points_in_gcj02_are_moved(
    client: FlaskClient, officer: dict[str, str]
) -> None:
    register = {name: value for name, value in WISH.items() if name not in {"source", "crs", "candidates"}}
    reply = client.post(PATH, json=register, headers=officer)

    [pick] = reply.get_json()["picks"]
    assert (pick["site_id"], pick["gain"]) == (str(world.SITE_OFF), 1)
    moved = ask(client, officer, crs="gcj02", picks=1)
    # the shift of the map makers is some 550 m here: the middle stands elsewhere
    assert moved["picks"] == [] or abs(moved["picks"][0]["lon"] - MIDDLE["lon"]) > 1e-3


@pytest.mark.feature("P1")
def test_proof_and_all_nodes_are_done_as_a_job(client: FlaskClient, app: Flask, officer: dict[str, str]) -> None:
    wish = WISH | {"source": "nodes", "candidates": [], "is_proof_wanted": True, "picks": 1}
    refused = client.post(PATH, json=wish, headers=officer)
    taken = client.post(PATH, json=wish, headers=officer | {"Prefer": "respond-async", "Idempotency-Key": "k-1"})
    again = client.post(PATH, json=wish, headers=officer | {"Prefer": "respond-async", "Idempotency-Key": "k-1"})

    assert refused.status_code == 422
    assert "respond-async" in refused.get_json()["fields"]["Prefer"][0]
    assert (taken.status_code, again.get_json()["id"]) == (202, taken.get_json()["id"])
    with storage.transaction():
        job = storage.begin_job(UUID(taken.get_json()["id"]), worker="w1", at=clock.utc_now())
    assert job is not None
    settings = app.config["DISPATCH_SETTINGS"]

    def once(_name: str, operation):
        with storage.transaction():
            return operation()

    run_task(Task(job, settings=settings, once=once, apart=nullcontext), handler=HANDLERS[job.name])

    done = client.get(f"/v1/jobs/{job.id}", headers=officer).get_json()
    assert done["status"] == "succeeded", done
    found = client.get(f"{PATH}/{done['result']['siting_id']}", headers=officer).get_json()
    assert (found["objective"], found["best_bound"], found["proof"]["state"]) == (4, 4, "proved")
    assert found["considered"] == 58  # every node of the street


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"picks": 0}, 422, "picks"),
        ({"picks": 201}, 422, "picks"),
        ({"limit_min": 0}, 422, "limit_min"),
        ({"limit_min": 500}, 422, "limit_min"),
        ({"proof_s": 601}, 422, "proof_s"),
        ({"crs": None}, 422, "crs"),
        ({"crs": "nonsense"}, 422, "crs"),
        ({"candidates": [{"lon": 0, "lat": 0}]}, 422, "candidates.0.lon"),
        ({"candidates": [{"lon": 400, "lat": 39}]}, 422, "candidates.0.lon"),
        ({"candidates": []}, 422, "candidates"),
        ({"source": "register"}, 422, "candidates"),
        ({"weight": "category"}, 422, "category"),
        ({"budget": -1}, 422, "budget"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_wish_that_cannot_be_is_refused_by_field(
    client: FlaskClient, officer: dict[str, str], change: dict, status: int, field: str
) -> None:
    reply = client.post(PATH, json=WISH | change, headers=officer)

    assert reply.status_code == status, reply.get_data(as_text=True)
    assert field in reply.get_json()["fields"]


def test_a_hundred_thousand_candidates_are_refused_with_the_bound(client: FlaskClient, officer: dict[str, str]) -> None:
    many = [{"lon": MIDDLE["lon"], "lat": MIDDLE["lat"]}] * 100_000
    reply = client.post(PATH, json=WISH | {"candidates": many}, headers=officer | {"Accept-Language": "en"})

    assert reply.status_code == 422
    assert reply.get_json()["fields"]["candidates"] == [
        "At most 20000 candidates are possible; these are 100000. Give the better ones."
    ]


def test_budget_that_pays_for_nothing_is_an_empty_answer_with_its_reason(
    client: FlaskClient, officer: dict[str, str]
) -> None:
    found = ask(client, officer | {"Accept-Language": "en"}, cost=5, budget=4)

    assert (found["picks"], found["objective"], found["end"]) == ([], 0, "budget_too_small")
    assert found["end_reason"] == "The budget pays for none of the candidates that would help."


@pytest.mark.feature("P1")
def test_picks_are_taken_into_a_scenario_as_they_are(client: FlaskClient, planner: dict[str, str]) -> None:
    found = ask(client, planner)
    changes = [pick["scenario_change"] for pick in found["picks"]]

    scenario = client.post(
        "/v1/coverage/scenarios",
        json={
            "name": "选址方案",
            "area_code": world.DISTRICT,
            "service_code": "day_care",
            "as_of": world.AS_OF.isoformat(),
            "changes": changes,
        },
        headers=planner,
    )

    assert scenario.status_code == 201, scenario.get_data(as_text=True)
    assert [one["payload"]["name"] for one in scenario.get_json()["changes"]] == ["middle", "bank"]
    assert all(set(change) == {"kind", "name", "point"} for change in changes)


@pytest.mark.parametrize("role", ["community_worker", "carer", "operator", "administrator"])
def test_other_roles_may_not_enter(client: FlaskClient, role: str) -> None:
    headers = sign_in(client, role=role, area=world.DISTRICT)

    assert client.post(PATH, json=WISH, headers=headers).status_code == 403
    assert client.get(PATH, headers=headers).status_code == 403


def test_outside_the_own_area_nothing_exists(client: FlaskClient, officer: dict[str, str]) -> None:
    found = ask(client, officer)
    stranger = sign_in(client, role="district_officer", area="120199")

    assert client.get(PATH, headers=stranger).get_json()["items"] == []
    for path in (found["id"], f"{found['id']}/picks", f"{found['id']}/areas", uuid4()):
        reply = client.get(f"{PATH}/{path}", headers=stranger)
        assert (reply.status_code, reply.get_json()["code"]) == (404, "siting-not-found")
    assert client.post(PATH, json=WISH, headers=stranger).status_code == 404
