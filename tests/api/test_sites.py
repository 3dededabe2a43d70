"""Sites: filters, the card, creating, changing, locating; each problem; each role."""

from uuid import uuid4

import pytest

from dispatch import geo, storage
from dispatch.actor import Role
from tests.factories.accounts import sign_in
from tests.factories.areas import COMMUNITY, DISTRICT
from tests.factories.directory import make_offer, make_organization, make_service, make_site, put_base

POINT = {"lon": 117.2, "lat": 39.13, "crs": "wgs84"}


@pytest.fixture
def organization_id(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        return make_organization()


@pytest.fixture
def officer(client, organization_id):  # noqa: ARG001 - the ground must be there
    return sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)


@pytest.fixture
def body(organization_id):
    return {
        "organization_id": str(organization_id),
        "name": "新站",
        "facility_type": "elder_canteen",
        "area_code": COMMUNITY,
        "address": "测试路1号",
        "stages": [{"stage": "open", "valid_from": "2020-01-01"}],
    }


@pytest.mark.feature("D1")
@pytest.mark.feature("D6")
def test_site_service_and_offer_are_created_and_read_on_one_card(client, officer, body):
    site = client.post("/v1/sites", json=body | {"hours": "Mo-Fr 08：00-17:00", "point": POINT}, headers=officer)
    service = client.post(
        "/v1/services",
        json={
            "organization_id": body["organization_id"],
            "service_code": "meal_dine_in",
            "name": "午餐",
            "delivery": "site",
        },
        headers=officer,
    ).get_json()
    offer = client.post(
        f"/v1/sites/{site.get_json()['id']}/services",
        json={
            "service_id": service["id"],
            "hours": "Mo-Su 11:00-13:00",
            "price": {"unit": "meal", "amount_cents": 1500},
            "catchments": [DISTRICT],
            "capacity": {"unit": "meal", "maximum": 50, "available": 20},
        },
        headers=officer,
    )

    assert (site.status_code, offer.status_code) == (201, 201)
    card = client.get(f"/v1/sites/{site.get_json()['id']}").get_json()
    assert (card["tier"], card["operator_kind"], card["stage"], card["hours"]) == (
        "community",
        "company",
        "open",
        "Mo-Fr 08:00-17:00",
    )
    assert card["organization"]["name"] == "机构o1"
    assert (card["source"], card["source_ref"] != "", card["freshness"]) == ("api", True, "never_verified")
    (shown,) = card["services"]
    assert (shown["service_code"], shown["hours"]) == ("meal_dine_in", "Mo-Su 11:00-13:00")
    assert shown["price"] == {"unit": "meal", "amount_cents": 1500}
    assert (shown["capacity"]["maximum"], shown["catchments"][0]["area_code"]) == (50, DISTRICT)


@pytest.mark.feature("D11")
def test_gcj02_point_is_stored_as_wgs84_and_comes_back_within_a_metre(client, officer, body):
    sent = POINT | {"crs": "gcj02"}
    made = client.post("/v1/sites", json=body | {"point": sent}, headers=officer).get_json()

    back = client.get(f"/v1/sites/{made['id']}?crs=gcj02").get_json()["point"]

    shifted_m = geo.distance_m((made["point"]["lon"], made["point"]["lat"]), (117.2, 39.13))
    assert made["point"]["crs"] == "wgs84"
    assert 450 < shifted_m < 600  # GCJ-02's shift in Tianjin: 546 m in the mean, 590 m at most
    assert geo.distance_m((back["lon"], back["lat"]), (117.2, 39.13)) < 1
    assert (made["source_crs"], made["source_raw"]) == ("gcj02", {"lon": 117.2, "lat": 39.13})


@pytest.mark.parametrize(
    ("point", "field", "says"),
    [
        ({"lon": 117.2, "lat": 39.13}, "point.crs", "坐标系"),
        (POINT | {"crs": None}, "point.crs", "坐标系"),
        (POINT | {"crs": "mars"}, "point.crs", "wgs84, cgcs2000, gcj02, bd09"),
        ({"lon": 39.13, "lat": 117.2, "crs": "wgs84"}, "point.lon", "写反"),
        (POINT | {"lon": 121.47, "lat": 31.23}, "point.lon", "范围"),
        ({"lon": 0, "lat": 0, "crs": "wgs84"}, "point.lon", "0,0"),
        (POINT | {"lat": "north"}, "point.lat", "数字"),
        (POINT | {"height": 3}, "point.height", "没有这个字段"),
    ],
)
@pytest.mark.feature("D11")
def test_point_that_cannot_be_is_422_and_says_why(client, officer, body, point, field, says):
    problem = client.post("/v1/sites", json=body | {"point": point}, headers=officer).get_json()

    assert problem["status"] == 422
    assert says in problem["fields"][field][0]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"facility_type": "castle"}, 422, "unknown-code"),
        ({"institution_class": "luxury"}, 422, "unknown-code"),
        ({"hours": "每天八点"}, 422, "invalid-hours"),
        ({"organization_id": str(uuid4())}, 422, "unknown-record"),
        ({"area_code": "120101"}, 404, "area-not-found"),
        ({"area_code": "120198009"}, 404, "area-not-found"),
        ({"color": "red"}, 422, "invalid"),
        ({"stages": [{"stage": "open", "valid_from": "2020-01-01"}] * 2}, 422, "invalid-stages"),
        ({"name": ""}, 422, "invalid"),
    ],
)
def test_site_that_cannot_be_created_says_why(client, officer, body, change, status, code):
    problem = client.post("/v1/sites", json=body | change, headers=officer).get_json()

    assert (problem["status"], problem["code"]) == (status, code)


def test_unlocated_site_is_in_the_worklist_until_it_is_located(client, officer, body):
    site = client.post("/v1/sites", json=body, headers=officer).get_json()
    worklist = client.get("/v1/sites?located=false").get_json()["items"]
    address = f"/v1/sites/{site['id']}/point"

    located = client.put(address, json=POINT, headers=officer | {"If-Match": '"v1"'})

    assert [each["id"] for each in worklist] == [site["id"]]
    assert worklist[0]["point"] is None
    assert (located.status_code, located.headers["ETag"]) == (200, '"v2"')
    assert client.get("/v1/sites?located=false").get_json()["items"] == []
    assert client.put(address, json=POINT, headers=officer | {"If-Match": '"v1"'}).status_code == 412
    assert client.put(address, json=POINT, headers=officer).status_code == 428


def test_site_is_changed_with_its_version(client, officer, body):
    site = client.post("/v1/sites", json=body, headers=officer).get_json()
    change = {name: value for name, value in body.items() if name != "organization_id"} | {"name": "新名字"}

    changed = client.put(f"/v1/sites/{site['id']}", json=change, headers=officer | {"If-Match": '"v1"'})
    stale = client.put(f"/v1/sites/{site['id']}", json=change, headers=officer | {"If-Match": '"v1"'})
    missing = client.put(f"/v1/sites/{site['id']}", json=change, headers=officer)

    assert (changed.status_code, changed.get_json()["name"], changed.headers["ETag"]) == (200, "新名字", '"v2"')
    assert (stale.status_code, stale.get_json()["code"]) == (412, "stale-version")
    assert (missing.status_code, missing.get_json()["code"]) == (428, "version-required")


def test_only_officers_of_the_area_and_administrators_write(client, officer, body):
    site = client.post("/v1/sites", json=body, headers=officer).get_json()
    address, match = f"/v1/sites/{site['id']}/point", {"If-Match": '"v1"'}

    def locate(role: Role, **scope) -> int:
        return client.put(address, json=POINT, headers=sign_in(client, role=role, **scope) | match).status_code

    assert locate(Role.DISTRICT_OFFICER, area="120101") == 404
    assert locate(Role.PLANNER, area=DISTRICT) == 403
    assert locate(Role.COORDINATOR) == 403
    assert client.put(address, json=POINT, headers=match).status_code == 401
    assert locate(Role.ADMINISTRATOR, area="12") == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("bbox=117.3,39.0,117.1,39.2", 400),
        ("bbox=1,2,3", 400),
        ("color=red", 400),
        ("cursor=broken", 400),
        ("limit=1000", 400),
        ("open_at=2026-03-31T10:00:00", 400),
        ("crs=mars", 400),
        ("facility_type=castle", 422),
        ("service=理发", 422),
        ("area=120197", 404),
    ],
)
def test_query_that_cannot_be_is_refused(client, organization_id, query, status):  # noqa: ARG001 - the codes must be there
    assert client.get(f"/v1/sites?{query}").status_code == status


@pytest.mark.feature("D6")
def test_lists_are_filtered_and_paged(client, organization_id):  # noqa: ARG001 - the sites' own
    with storage.transaction():
        for number in range(3):
            make_site(f"s{number}", point=(117.2 + number / 100, 39.1))
        make_service(service_code="meal_dine_in")
        make_offer("s1", hours="24/7")

    def names(query: str) -> list[str]:
        return [site["name"] for site in client.get(f"/v1/sites?{query}").get_json()["items"]]

    first = client.get("/v1/sites?limit=2").get_json()
    rest = names(f"limit=2&cursor={first['next_cursor']}")
    assert [site["name"] for site in first["items"]] + rest == ["站点s0", "站点s1", "站点s2"]
    assert names("bbox=117.195,39.0,117.215,39.2") == ["站点s0", "站点s1"]
    assert names("service=助餐") == ["站点s1"]
    assert names("open_at=2026-03-31T10:00:00%2B08:00") == ["站点s1"]
    assert names("stale=true") == []
    assert names(f"area={DISTRICT}&facility_type=day_care_center&located=true") == ["站点s0", "站点s1", "站点s2"]


def test_unknown_site_is_404(client):
    assert client.get(f"/v1/sites/{uuid4()}").get_json()["code"] == "site-not-found"
    assert client.get("/v1/sites/7").status_code == 404


def test_offer_of_an_unknown_service_or_twice_is_refused(client, officer, body):
    site = client.post("/v1/sites", json=body, headers=officer).get_json()
    service = client.post(
        "/v1/services",
        json={
            "organization_id": body["organization_id"],
            "service_code": "meal_dine_in",
            "name": "午餐",
            "delivery": "site",
        },
        headers=officer,
    ).get_json()
    address = f"/v1/sites/{site['id']}/services"

    def offer(**wish) -> tuple[int, str]:
        reply = client.post(address, json={"service_id": service["id"]} | wish, headers=officer)
        return reply.status_code, reply.get_json().get("code")

    assert offer(service_id=str(uuid4())) == (422, "unknown-record")
    assert offer(hours="Mo 25-26") == (422, "invalid-hours")
    assert offer(capacity={"unit": "meal", "maximum": 1, "available": 2}) == (422, "invalid-count")
    assert offer(catchments=["120197"]) == (422, "unknown-area")
    bow_tie = [[117.1, 39.1], [117.2, 39.2], [117.2, 39.1], [117.1, 39.2], [117.1, 39.1]]
    assert offer(extents_ll=[{"type": "Polygon", "coordinates": [bow_tie]}]) == (422, "invalid-geometry")
    square = [[117.1, 39.1], [117.2, 39.1], [117.2, 39.2], [117.1, 39.2], [117.1, 39.1]]
    assert offer(extents_ll=[{"type": "Polygon", "coordinates": [square]}]) == (201, None)
    assert offer() == (409, "record-exists")
