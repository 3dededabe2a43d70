"""What was asked for and not given, by area, and gaps ranked by it (R11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch import storage, streets
from dispatch.intake import RequestStatus
from tests.factories.accounts import sign_in
from tests.factories.intake import move, submit, wish
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PLACE = f"area={world.DISTRICT}&service=助浴&from=2026-03-01&to=2026-05-01"


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> None:
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)


@pytest.fixture(autouse=True)
def _world(db) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()
        for number in range(6):  # six of C2 found nobody, two of C3, and one of C3 who was taken up again
            ask("far bank one", day=1 + number)
        for number in range(2):
            ask("1050 m", day=1 + number)
        again = ask("1300 m", day=3)
        move(again, RequestStatus.SUBMITTED)
        ask("1300 m", day=4, service="meals")


def ask(name: str, *, day: int, service: str = "bathing_home"):
    card = submit(wish(world.ELDER_ID[name], service, on=f"2026-04-{day:02d}"))
    move(card.id, RequestStatus.UNMATCHED, reason="no_pair")
    return card.id


@pytest.fixture
def officer(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="district_officer", area=world.DISTRICT)


@pytest.fixture
def planner(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="planner", area=world.DISTRICT)


@pytest.mark.feature("R11")
def test_each_unmatched_request_adds_one_to_its_community(client: FlaskClient, officer: dict[str, str]) -> None:
    found = client.get(f"/v1/coverage/unmet?{PLACE}", headers=officer).get_json()

    assert [(row["area_code"], row["unmet"]) for row in found["items"]] == [(world.C2, 6), (world.C3, 2)]
    assert (found["total"], found["from"], found["to"]) == (8, "2026-03-01", "2026-05-01")
    assert found["assumptions"]["rule_version"] == "unmet-2026-1"
    assert "无人可派" in found["assumptions"]["count_rule_zh"]
    with storage.transaction():
        ask("2905 m", day=9)
    more = client.get(f"/v1/coverage/unmet?{PLACE}&level=district", headers=officer).get_json()
    assert [(row["area_code"], row["unmet"]) for row in more["items"]] == [(world.DISTRICT, 9)]


@pytest.mark.feature("R11")
def test_gaps_are_ranked_by_unmet_requests_as_well_as_by_elders(client: FlaskClient, officer: dict[str, str]) -> None:
    wanted = {"area_code": world.DISTRICT, "service_code": "bathing", "as_of": world.AS_OF.isoformat()}
    assert client.post("/v1/coverage/runs", json=wanted, headers=officer).status_code == 201

    by_elders = client.get(f"/v1/coverage/gaps?{PLACE}", headers=officer).get_json()["features"]
    by_unmet = client.get(f"/v1/coverage/gaps?{PLACE}&rank=unmet", headers=officer).get_json()["features"]

    # nobody gives bathing at a site here: uncovered are C1 5, C3 3, C2 2, C5 1
    assert [one["id"] for one in by_elders] == [world.C1, world.C3, world.C2, world.C5, world.C4]
    assert {one["properties"]["unmet"] for one in by_elders} == {None}
    assert [(one["id"], one["properties"]["unmet"]) for one in by_unmet] == [
        (world.C2, 6),
        (world.C3, 2),
        (world.C1, 0),
        (world.C5, 0),
        (world.C4, 0),
    ]
    second = client.get(f"/v1/coverage/gaps?{PLACE}&rank=unmet&limit=2", headers=officer).get_json()["next_cursor"]
    rest = client.get(f"/v1/coverage/gaps?{PLACE}&rank=unmet&limit=2&cursor={second}", headers=officer).get_json()
    assert [one["id"] for one in rest["features"]] == [world.C1, world.C5]


@pytest.mark.feature("R11")
def test_planner_sees_no_small_count_nor_its_order(client: FlaskClient, planner: dict[str, str]) -> None:
    found = client.get(f"/v1/coverage/unmet?{PLACE}", headers=planner).get_json()

    assert [(row["area_code"], row["unmet"], row["suppressed"]) for row in found["items"]] == [
        (world.C2, 6, False),
        (world.C3, None, True),
    ]
    assert found["total"] is None


def test_wrong_spans_services_and_foreign_areas_are_refused(client: FlaskClient, officer: dict[str, str]) -> None:
    def code(query: str) -> tuple[int, str]:
        reply = client.get(f"/v1/coverage/unmet?{query}", headers=officer)
        return reply.status_code, reply.get_json()["code"]

    area = f"area={world.DISTRICT}"
    assert code(f"{area}&service=助浴&from=2026-03-02&to=2026-03-01") == (422, "unmet-span")
    assert code(f"{area}&service=助浴&from=1900-01-01&to=2026-03-01") == (422, "unmet-span")
    assert code(f"{area}&service=nonsense")[0] == 422
    assert code("area=120101&service=助浴") == (404, "area-not-found")
    assert client.get(f"/v1/coverage/unmet?{area}", headers=officer).status_code == 400


@pytest.mark.feature("R11")
def test_why_stands_beside_how_many_and_what_happened_beside_what_stands(
    client: FlaskClient, officer: dict[str, str]
) -> None:
    found = client.get(f"/v1/coverage/unmet?{PLACE}", headers=officer).get_json()["items"]

    assert [row["unmet_reasons"] for row in found] == [{"no_pair": 6}, {"no_pair": 2}]
    # one of C3 was taken up again: it happened, and stands no more
    assert [row["events"]["unmatched"] for row in found] == [6, 3]
    assert [row["event_reasons"]["unmatched"] for row in found] == [{"no_pair": 6}, {"no_pair": 3}]
    assert {row["events"]["declined"] for row in found} == {0}


@pytest.mark.feature("R11")
def test_no_split_tells_a_planner_a_small_count(client: FlaskClient, planner: dict[str, str]) -> None:
    with storage.transaction():
        odd = submit(wish(world.ELDER_ID["far bank one"], "bathing_home", on="2026-04-20"))
        move(odd.id, RequestStatus.UNMATCHED, reason="full")

    many, few = client.get(f"/v1/coverage/unmet?{PLACE}", headers=planner).get_json()["items"]

    # 7 = 6 + 1: the 6 would tell the 1
    assert (many["unmet"], many["unmet_reasons"], many["events"]["unmatched"]) == (7, None, 7)
    assert many["event_reasons"]["unmatched"] is None
    assert (few["unmet"], few["unmet_reasons"], few["events"]["unmatched"]) == (None, None, None)
    assert (many["suppressed"], few["suppressed"]) == (True, True)
