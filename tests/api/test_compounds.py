"""Compounds: list, read, create, change; each problem; each role."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import areas, storage
from dispatch.actor import SYSTEM, Role
from tests.factories.accounts import sign_in
from tests.factories.areas import AT, COMMUNITY, DISTRICT, compound_record, put_ground

BODY = {
    "area_code": COMMUNITY,
    "name": "新苑",
    "stage": "new",
    "households": 900,
    "care_floor_area_m2": 150,
    "care_land_area_m2": 300.5,
    "delivered_on": "2025-06-30",
}


@pytest.fixture(autouse=True)
def ground(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_ground()


@pytest.fixture
def officer(client, ground):  # noqa: ARG001 - the ground must be there
    return sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)


@pytest.mark.feature("P3")
def test_a_compound_is_created_read_and_changed_by_its_version(client, officer):
    made = client.post("/v1/compounds", json=BODY, headers=officer)
    address = f"/v1/compounds/{made.get_json()['id']}"
    read = client.get(address)
    changed = client.put(address, json=BODY | {"residents": 2400}, headers=officer | {"If-Match": read.headers["ETag"]})
    late = client.put(address, json=BODY, headers=officer | {"If-Match": read.headers["ETag"]})

    assert (made.status_code, read.get_json()) == (201, made.get_json())
    assert (read.get_json()["residents"], read.get_json()["source"]) == (None, "api")
    assert (changed.status_code, changed.get_json()["residents"], changed.headers["ETag"]) == (200, 2400, '"v2"')
    assert (late.status_code, late.get_json()["code"]) == (412, "stale-version")
    assert client.put(address, json=BODY, headers=officer).status_code == 428


def test_compounds_are_listed_by_area_and_kind_page_by_page(client):
    with storage.transaction():
        names = [f"小区{number}" for number in range(5)]
        records = [compound_record(name, stage="built_up" if name == "小区4" else "new") for name in names]
        areas.put_compounds(records, actor=SYSTEM, at=AT)

    first = client.get(f"/v1/compounds?area={DISTRICT}&stage=new&limit=3").get_json()
    second = client.get(f"/v1/compounds?area={DISTRICT}&stage=new&limit=3&cursor={first['next_cursor']}").get_json()

    assert sorted(each["name"] for each in first["items"] + second["items"]) == names[:4]
    assert second["next_cursor"] is None
    assert client.get("/v1/compounds?area=120101").get_json()["items"] == []
    assert client.get("/v1/compounds?area=129998").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"households": -1}, "households"),
        ({"households": 10**12}, "households"),
        ({"care_floor_area_m2": -0.5}, "care_floor_area_m2"),
        ({"care_floor_area_m2": "many"}, "care_floor_area_m2"),
        ({"stage": "old"}, "stage"),
        ({"area_code": "12"[:1]}, "area_code"),
        ({"name": ""}, "name"),
        ({"color": "red"}, "color"),
    ],
)
def test_what_cannot_be_is_refused_by_field(client, officer, change, field):
    reply = client.post("/v1/compounds", json=BODY | change, headers=officer)

    assert reply.status_code == 422
    assert list(reply.get_json()["fields"]) == [field]


def test_two_of_one_name_in_one_area_are_one(client, officer):
    made = client.post("/v1/compounds", json=BODY, headers=officer).get_json()
    other = client.post("/v1/compounds", json=BODY | {"name": "旧苑"}, headers=officer)

    again = client.post("/v1/compounds", json=BODY, headers=officer)
    renamed = client.put(
        f"/v1/compounds/{other.get_json()['id']}", json=BODY, headers=officer | {"If-Match": other.headers["ETag"]}
    )

    for reply in (again, renamed):
        assert (reply.status_code, reply.get_json()["code"]) == (409, "compound-exists")
        assert reply.get_json()["facts"]["compound_id"] == made["id"]


def test_outside_ones_area_nothing_is_there_and_planners_only_read(client, officer):
    made = client.post("/v1/compounds", json=BODY, headers=officer).get_json()
    stranger = sign_in(client, role=Role.DISTRICT_OFFICER, area="120101")
    planner = sign_in(client, role=Role.PLANNER, area=DISTRICT)
    address = f"/v1/compounds/{made['id']}"

    assert client.post("/v1/compounds", json=BODY, headers=stranger).status_code == 404
    assert client.put(address, json=BODY, headers=stranger | {"If-Match": '"v1"'}).status_code == 404
    assert client.post("/v1/compounds", json=BODY, headers=planner).status_code == 403
    assert client.get(f"/v1/compounds/{uuid4()}").get_json()["code"] == "compound-not-found"
    moved = client.put(address, json=BODY | {"area_code": "120101"}, headers=officer | {"If-Match": '"v1"'})
    assert moved.get_json()["code"] == "area-not-found"
