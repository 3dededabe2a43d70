"""GET /v1/services: the nearest on foot; POST /v1/services."""

from uuid import uuid4

import pytest

from dispatch import storage
from dispatch.actor import Role
from tests.factories.accounts import sign_in
from tests.factories.areas import DISTRICT
from tests.factories.directory import make_offer, make_organization, make_service, make_site, put_base
from tests.worlds.two_banks import place, two_banks

HOME = "near={:.7f},{:.7f}&crs=wgs84".format(*place(0, 35))


@pytest.fixture
def organization_id(client, monkeypatch):  # noqa: ARG001 - what is stored is undone with the client
    monkeypatch.setattr("dispatch.api.services.current_network", two_banks)
    with storage.transaction():
        put_base()
        made = make_organization()
        make_service(service_code="meal_dine_in")
        for ref, at in {"near": (100, 0), "far": (800, 0), "across": (0, -300)}.items():
            make_site(ref, point=place(*at))
            make_offer(ref, hours="24/7", price=("meal", 1500))
        make_site("unlocated")
        make_offer("unlocated")
    return made


@pytest.mark.feature("D9")
@pytest.mark.feature("D2")
def test_services_come_by_walking_time_with_all_that_the_answer_rests_on(client, organization_id):  # noqa: ARG001
    answer = client.get(f"/v1/services?{HOME}&within=15min&mode=walk&service=助餐").get_json()

    assert [(each["site"]["name"], each["walk_s"], each["shown_min"]) for each in answer["items"]] == [
        ("站点near", 135, 3),
        ("站点far", 835, 14),
    ]
    first = answer["items"][0]
    assert (first["walk_m"], first["open_now"], first["service"]["price"]["amount_cents"]) == (135.0, True, 1500)
    assert first["straight_m"] == pytest.approx(106, abs=0.5)  # the square root of 100² + 35²
    assert answer["assumptions"]["network"] == "two-banks@" + "ab" * 6
    assert (answer["assumptions"]["speed_mps"], answer["assumptions"]["limit_s"]) == (1.0, 900)


@pytest.mark.feature("D9")
def test_pages_go_on_where_the_last_one_ended(client, organization_id):  # noqa: ARG001
    first = client.get(f"/v1/services?{HOME}&within=40min&limit=2").get_json()
    second = client.get(f"/v1/services?{HOME}&within=40min&limit=2&cursor={first['next_cursor']}").get_json()

    assert [each["site"]["name"] for each in first["items"]] == ["站点near", "站点far"]
    assert [each["site"]["name"] for each in second["items"]] == ["站点across"]
    assert second["next_cursor"] is None


def test_point_far_from_every_street_is_answered_empty_and_says_so(client, organization_id):  # noqa: ARG001
    lon, lat = place(0, 300)

    answer = client.get(f"/v1/services?near={lon:.6f},{lat:.6f}&crs=wgs84").get_json()

    assert (answer["items"], answer["is_on_network"]) == ([], False)
    assert "200" in answer["note"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("", 400, "near"),
        ("near=117.2&crs=wgs84", 400, "near"),
        (f"{HOME}&within=15", 400, "within"),
        (f"{HOME}&mode=fly", 400, "mode"),
        (f"{HOME}&color=red", 400, "color"),
        (f"{HOME}&cursor=broken", 400, "cursor"),
        ("near=117.20,39.13", 422, "crs"),
        ("near=39.13,117.20&crs=wgs84", 422, "lon"),
        ("near=121.47,31.23&crs=wgs84", 422, "lon"),
        (f"{HOME}&service=理发", 422, "service"),
    ],
)
@pytest.mark.feature("D11")
def test_question_that_cannot_be_is_refused_and_names_the_field(client, organization_id, query, status, field):  # noqa: ARG001
    problem = client.get(f"/v1/services?{query}").get_json()

    assert problem["status"] == status
    assert field in problem["fields"]


def wish(owner, **change) -> dict:
    plain = {
        "service_code": "day_care",
        "name": "日托",
        "delivery": "site",
        "categories": ["oldest"],
        "grades": ["mild"],
    }
    return plain | {"organization_id": str(owner)} | change


def test_officer_creates_a_service(client, organization_id):
    officer = sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)

    made = client.post("/v1/services", json=wish(organization_id), headers=officer)

    assert made.status_code == 201
    assert (made.get_json()["categories"], made.get_json()["status"]) == (["oldest"], "active")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"service_code": "magic"}, 422, "unknown-code"),
        ({"categories": ["rich"]}, 422, "unknown-code"),
        ({"grades": ["A+"]}, 422, "unknown-code"),
        ({"service_code": "bathing_home"}, 422, "delivery-not-allowed"),
        ({"organization_id": str(uuid4())}, 422, "unknown-record"),
        ({"delivery": "air"}, 422, "invalid"),
    ],
)
def test_service_that_cannot_be_created_says_why(client, organization_id, change, status, code):
    officer = sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)

    problem = client.post("/v1/services", json=wish(organization_id, **change), headers=officer).get_json()

    assert (problem["status"], problem["code"]) == (status, code)


def test_service_of_an_organization_elsewhere_is_404_and_planners_may_not_write(client, organization_id):
    stranger = sign_in(client, role=Role.DISTRICT_OFFICER, area="120101")
    planner = sign_in(client, role=Role.PLANNER, area=DISTRICT)

    assert client.post("/v1/services", json=wish(organization_id), headers=stranger).status_code == 404
    assert client.post("/v1/services", json=wish(organization_id), headers=planner).status_code == 403
