"""GET /v1/services?for_elder=: what does not take the elder is left out, and named with the rule."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import elders, storage
from tests.factories.accounts import sign_in
from tests.factories.areas import COMMUNITY, DISTRICT, square_ll
from tests.factories.directory import make_offer, make_organization, make_service, make_site, put_base
from tests.factories.elders import elder_record, put_elders
from tests.worlds.two_banks import place, two_banks

LON, LAT = place(0, 35)
HOME = f"near={LON:.7f},{LAT:.7f}&crs=wgs84"
GRADE = elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2024, 1, 1), date(2099, 1, 1))
# service -> what it asks for, and the rule that the elder (82 years, living alone, severe, registered here) fails
ASKED = {
    "anyone": ({}, None),
    "fits": (
        {
            "minimum_age": 60,
            "maximum_age": 200,
            "categories": ["living_alone", "oldest"],
            "grades": ["severe"],
            "registration_prefix": "1201",
        },
        None,
    ),
    "old": ({"minimum_age": 199}, "age_not_eligible"),
    "young": ({"maximum_age": 65}, "age_not_eligible"),
    "category": ({"categories": ["left_behind"]}, "category_not_eligible"),
    "grade": ({"grades": ["intact", "mild"]}, "grade_not_eligible"),
    "registered": ({"registration_prefix": "120101"}, "registration_not_eligible"),
}


@pytest.fixture
def elder_id(client, monkeypatch):  # noqa: ARG001 - what is stored is undone with the client
    monkeypatch.setattr("dispatch.api.services.current_network", two_banks)
    with storage.transaction():
        put_base()
        make_organization()
        for number, (ref, (conditions, _)) in enumerate(ASKED.items()):
            make_service(ref, service_code="meal_dine_in", **conditions)
            make_site(ref, point=place(100 + 10 * number, 0))
            make_offer(ref, service=ref, hours="24/7")
        return put_elders(
            elder_record(
                "living_alone",
                area=COMMUNITY,
                point_ll=(LON, LAT),
                assessments=(GRADE,),
                registered_area_code=COMMUNITY,
            )
        )[0]


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area=DISTRICT)


def ask(client, elder_id, headers, where=HOME):
    return client.get(f"/v1/services?{where}&for_elder={elder_id}", headers=headers)


def refs(items):
    return [item["site"]["name"].removeprefix("站点") for item in items]


@pytest.mark.feature("D10")
def test_each_service_that_does_not_take_the_elder_is_named_with_the_rule_that_fails(client, elder_id, officer):
    everybody = client.get(f"/v1/services?{HOME}").get_json()
    answer = ask(client, elder_id, officer).get_json()

    assert refs(everybody["items"]) == list(ASKED)
    assert everybody["excluded"] is None
    assert everybody["assumptions"]["fit_rule_version"] is None
    assert refs(answer["items"]) == ["anyone", "fits"]
    told = {
        each["site_name"].removeprefix("站点"): [reason["code"] for reason in each["excluded_because"]]
        for each in answer["excluded"]
    }
    assert told == {ref: [code] for ref, (_, code) in ASKED.items() if code}
    assert [each["walk_s"] for each in answer["excluded"]] == sorted(each["walk_s"] for each in answer["excluded"])
    assert answer["excluded"][0]["excluded_because"][0]["label"] == "年龄不符合条件"
    assert answer["assumptions"]["fit_rule_version"]
    assert answer["assumptions"]["fit_on"]


@pytest.mark.feature("D10")
@pytest.mark.parametrize(
    ("area", "is_taken"),
    [
        ({"catchments": [DISTRICT]}, True),
        ({"catchments": ["120101"]}, False),
        ({"extents_ll": [square_ll(LON - 0.001, LAT - 0.001)]}, True),
        ({"extents_ll": [square_ll(LON + 0.001, LAT + 0.001)]}, False),
        ({"catchments": ["120101"], "extents_ll": [square_ll(LON - 0.001, LAT - 0.001)]}, True),
    ],
)
def test_a_service_area_is_an_area_or_a_polygon_around_the_home(client, elder_id, officer, area, is_taken):
    with storage.transaction():
        make_service("local", service_code="day_care")
        site_id = make_site("local", point=place(200, 0))
        services = storage.session().execute(sa.text("SELECT id FROM service WHERE source_ref = 'local'")).scalar_one()
    body = {"service_id": str(services), "hours": "24/7"} | area
    made = client.post(f"/v1/sites/{site_id}/services", json=body, headers=officer)
    assert made.status_code == 201, made.get_json()

    answer = ask(client, elder_id, officer, f"{HOME}&service=day_care").get_json()

    outside = [[reason["code"] for reason in each["excluded_because"]] for each in answer["excluded"]]
    assert (len(answer["items"]), outside) == ((1, []) if is_taken else (0, [["outside_catchment"]]))


def test_without_a_point_one_starts_at_the_elders_home(client, elder_id, officer):
    assert refs(ask(client, elder_id, officer, "").get_json()["items"]) == ["anyone", "fits"]
    with storage.transaction():
        nowhere = put_elders(elder_record(area=COMMUNITY, point_ll=None))[0]
    problem = ask(client, nowhere, officer, "").get_json()
    assert problem["status"] == 422
    assert "住址" in problem["fields"]["near"][0]
    assert client.get("/v1/services", headers=officer).status_code == 400


def test_pages_count_what_fits(client, elder_id, officer):
    first = ask(client, elder_id, officer, f"{HOME}&limit=1").get_json()
    second = ask(client, elder_id, officer, f"{HOME}&limit=1&cursor={first['next_cursor']}").get_json()

    assert (refs(first["items"]), refs(second["items"]), second["next_cursor"]) == (["anyone"], ["fits"], None)
    assert first["excluded"] == second["excluded"]


def test_only_who_sees_the_whole_record_may_ask_and_the_look_leaves_a_line(client, elder_id, officer):
    family = sign_in(client, role="family", elder_ids=[elder_id])
    for headers in (officer, family):
        assert ask(client, elder_id, headers).status_code == 200
    looks = client.get(f"/v1/elders/{elder_id}/access-log", headers=family).get_json()["items"]
    assert [look["purpose"] for look in looks if "services" in look["route"]] == ["supervision", "own"]

    assert ask(client, elder_id, {}).status_code == 401
    masked = ask(client, elder_id, sign_in(client, role="operator", area=DISTRICT))
    assert (masked.status_code, masked.get_json()["code"]) == (403, "whole-record-needed")
    for role, area in (("district_officer", "120101"), ("planner", DISTRICT)):
        stranger = sign_in(client, role=role, area=area)
        assert ask(client, elder_id, stranger).status_code == 404, role
    assert ask(client, uuid4(), officer).status_code == 404
    assert client.get(f"/v1/services?{HOME}&for_elder=x", headers=officer).status_code == 400
