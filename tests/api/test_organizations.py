"""Organizations: read by anyone, written by officers and administrators, deleted only when nothing stands."""

from uuid import uuid4

import pytest

from dispatch import storage
from dispatch.actor import Role
from tests.factories.accounts import sign_in
from tests.factories.areas import DISTRICT
from tests.factories.directory import SINCE, make_organization, make_service, make_site, put_base

BODY = {"name": "某公司", "description": "养老服务", "operator_kind": "company"}


@pytest.fixture
def officer(client):
    with storage.transaction():
        put_base()
    return sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)


def test_officer_creates_and_anyone_reads(client, officer):
    made = client.post("/v1/organizations", json=BODY, headers=officer)

    assert made.status_code == 201
    assert made.headers["ETag"] == '"v1"'
    read = client.get(f"/v1/organizations/{made.get_json()['id']}").get_json()
    assert (read["name"], read["operator_kind"], read["sites"], read["services"]) == ("某公司", "company", [], [])


def test_organizations_are_listed_by_name_page_by_page(client, officer):
    for name in ("甲公司", "乙公司", "丙中心"):
        client.post("/v1/organizations", json=BODY | {"name": name}, headers=officer)

    first = client.get("/v1/organizations?q=公司&limit=1").get_json()
    second = client.get(f"/v1/organizations?q=公司&limit=1&cursor={first['next_cursor']}").get_json()

    assert [each["name"] for each in first["items"] + second["items"]] == ["甲公司", "乙公司"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("role", [Role.PLANNER, Role.COORDINATOR, Role.FAMILY, Role.CARER, Role.OPERATOR])
def test_others_may_not_write(client, role):
    assert client.post("/v1/organizations", json=BODY, headers=sign_in(client, role=role)).status_code == 403
    assert client.post("/v1/organizations", json=BODY).status_code == 401


@pytest.mark.feature("D2")
def test_unknown_operator_kind_is_422_with_the_allowed_codes(client, officer):
    problem = client.post("/v1/organizations", json=BODY | {"operator_kind": "king"}, headers=officer).get_json()

    assert (problem["status"], problem["code"]) == (422, "unknown-code")
    assert "government_run" in problem["fields"]["operator_kind"][0]
    assert "company" in problem["facts"]["allowed"]


def test_unknown_field_wrong_json_and_wrong_media_type_are_refused(client, officer):
    assert client.post("/v1/organizations", json=BODY | {"color": 1}, headers=officer).status_code == 422
    broken = client.post("/v1/organizations", data="{", content_type="application/json", headers=officer)
    assert broken.status_code == 400
    assert client.post("/v1/organizations", data="a=1", headers=officer).status_code == 415


def test_same_source_and_reference_twice_is_409(client, officer):
    body = BODY | {"source": "bureau", "source_ref": "7"}
    first = client.post("/v1/organizations", json=body, headers=officer).get_json()

    problem = client.post("/v1/organizations", json=body, headers=officer).get_json()

    assert (problem["status"], problem["code"], problem["facts"]["id"]) == (409, "record-exists", first["id"])


@pytest.mark.feature("D1")
def test_deleting_an_organization_with_open_sites_is_409_and_names_them(client, officer):
    with storage.transaction():
        organization_id = make_organization()
        make_site(name="还开着的站")
        make_service()

    problem = client.delete(f"/v1/organizations/{organization_id}", headers=officer).get_json()

    assert (problem["status"], problem["code"]) == (409, "organization-has-sites")
    assert "还开着的站" in problem["detail"]
    card = client.get(f"/v1/organizations/{organization_id}").get_json()
    assert [site["name"] for site in card["sites"]] == ["还开着的站"]
    assert len(card["services"]) == 1


def test_organization_without_standing_sites_is_deleted(client, officer):
    with storage.transaction():
        organization_id = make_organization()
        make_site(stages=(("closed", SINCE, None),))

    assert client.delete(f"/v1/organizations/{organization_id}", headers=officer).status_code == 204
    assert client.get(f"/v1/organizations/{organization_id}").status_code == 404


def test_organization_of_another_district_is_404(client, officer):
    with storage.transaction():
        organization_id = make_organization()
        make_site(area_code="120101", stages=(("closed", SINCE, None),))

    assert client.delete(f"/v1/organizations/{organization_id}", headers=officer).status_code == 404
    assert client.delete(f"/v1/organizations/{uuid4()}", headers=officer).status_code == 404
