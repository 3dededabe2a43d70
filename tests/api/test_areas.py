"""GET /v1/areas: anyone reads; old names find; rules that decide; boundaries on request."""

from datetime import date

import pytest

from dispatch import areas, storage
from dispatch.actor import SYSTEM
from tests.factories.areas import AT, COMMUNITY, DISTRICT, area_record, put_ground, square_ll


@pytest.fixture(autouse=True)
def ground(db):
    with storage.transaction():
        put_ground()
        areas.put_areas([area_record(DISTRICT, boundary_ll=square_ll(117.2, 39.1))], actor=SYSTEM, at=AT)
        rule = areas.RuleRecord("12", "visit.modes", ["door"], date(2026, 1, 1), clause="P")
        areas.put_rules([rule], actor=SYSTEM, at=AT)
    return db


def test_areas_are_listed_page_by_page(client):
    first = client.get("/v1/areas?level=district&limit=10").get_json()
    second = client.get(f"/v1/areas?level=district&limit=10&cursor={first['next_cursor']}").get_json()

    codes = [area["code"] for area in first["items"] + second["items"]]
    assert len(codes) == 17  # sixteen and the made-up one
    assert codes == sorted(codes)
    assert second["next_cursor"] is None


def test_old_name_finds_its_district_with_source_and_aliases(client):
    (found,) = client.get("/v1/areas?q=蓟县").get_json()["items"]

    assert (found["code"], found["name_zh"], found["residents"]) == ("120119", "蓟州区", 795_516)  # census bulletin
    assert found["source"] == "census 2020, bulletin no. 2"
    assert found["aliases"] == ["蓟县"]


def test_children_are_found_by_parent(client):
    reply = client.get(f"/v1/areas?parent={COMMUNITY[:9]}")

    assert [area["code"] for area in reply.get_json()["items"]] == [COMMUNITY]
    assert client.get("/v1/areas?parent=120199").status_code == 404


def test_one_area_comes_with_the_rules_that_decide_and_its_boundary_on_request(client):
    plain = client.get(f"/v1/areas/{DISTRICT}").get_json()
    drawn = client.get(f"/v1/areas/{DISTRICT}?geometry=true").get_json()

    assert [(rule["rule_key"], rule["value"], rule["area_code"]) for rule in plain["rules"]] == [
        ("visit.modes", ["door"], "12")
    ]
    assert plain["has_boundary"] is True
    assert "boundary_ll" not in plain
    assert drawn["boundary_ll"]["type"] == "Polygon"


def test_unchanged_area_is_answered_304(client):
    etag = client.get("/v1/areas/120101").headers["ETag"]

    assert client.get("/v1/areas/120101", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("query", ["color=red", "level=planet", "limit=0", "cursor=broken", "parent=1201"])
def test_query_that_cannot_be_read_is_400(client, query):
    assert client.get(f"/v1/areas?{query}").status_code == 400


def test_unknown_area_is_404_in_the_readers_language(client):
    chinese = client.get("/v1/areas/999999").get_json()
    english = client.get("/v1/areas/999999", headers={"Accept-Language": "en"}).get_json()

    assert (chinese["code"], chinese["title"]) == ("area-not-found", "没有这个区域，或者不归你管")
    assert english["title"] == "No such area, or it is not yours"
