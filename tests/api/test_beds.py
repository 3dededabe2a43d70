"""Changes of beds: recorded once, listed, never below nothing; each problem; each role."""

from __future__ import annotations

import pytest

from dispatch import storage
from dispatch.actor import Role
from tests.factories.accounts import sign_in
from tests.factories.areas import DISTRICT
from tests.factories.directory import make_organization, make_site, put_base

BODY = {"bed_type": "care", "stage": "open", "delta": 40, "changed_on": "2026-01-01", "owner_level": "district"}


@pytest.fixture
def address(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        make_organization()
        return f"/v1/sites/{make_site(facility_type='residential_institution')}/bed-changes"


@pytest.fixture
def officer(client, address):  # noqa: ARG001 - the ground must be there
    return sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)


def key(name):
    return {"Idempotency-Key": name}


@pytest.mark.feature("P4")
def test_a_change_counts_once_and_stays(client, officer, address):
    made = client.post(address, json=BODY | {"ref": "批文1"}, headers=officer | key("a"))
    again = client.post(address, json=BODY | {"ref": "批文1"}, headers=officer | key("a"))
    same_ref = client.post(address, json=BODY | {"ref": "批文1"}, headers=officer | key("b"))
    other = client.post(address, json=BODY | {"ref": "批文1", "delta": 50}, headers=officer | key("c"))
    client.post(address, json=BODY | {"delta": -10, "changed_on": "2026-02-01"}, headers=officer | key("d"))

    assert (made.status_code, again.get_json(), same_ref.get_json()) == (201, made.get_json(), made.get_json())
    assert (other.status_code, other.get_json()["code"]) == (409, "bed-change-taken")
    assert [each["delta"] for each in client.get(address).get_json()["items"]] == [40, -10]


def test_there_are_never_fewer_than_no_beds(client, officer, address):
    client.post(address, json=BODY, headers=officer | key("a"))

    before = client.post(address, json=BODY | {"delta": -1, "changed_on": "2025-12-31"}, headers=officer | key("b"))
    too_many = client.post(address, json=BODY | {"delta": -41, "changed_on": "2026-03-01"}, headers=officer | key("c"))
    elsewhere = client.post(address, json=BODY | {"delta": -1, "stage": "closed"}, headers=officer | key("d"))

    for reply in (before, too_many, elsewhere):
        assert (reply.status_code, reply.get_json()["code"]) == (422, "beds-short")
    assert "2025-12-31" in before.get_json()["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"delta": 0}, "delta"),
        ({"delta": 100_001}, "delta"),
        ({"stage": "dreamt"}, "stage"),
        ({"changed_on": "soon"}, "changed_on"),
        ({"owner_level": "nobody"}, "owner_level"),
        ({"bed_type": "hammock"}, "bed_type"),
    ],
)
def test_what_cannot_be_is_refused_by_field(client, officer, address, change, field):
    reply = client.post(address, json=BODY | change, headers=officer | key("a"))

    assert reply.status_code == 422
    assert list(reply.get_json()["fields"]) == [field]


def test_only_officers_of_the_area_record_and_anyone_reads(client, address, officer):
    stranger = sign_in(client, role=Role.DISTRICT_OFFICER, area="120101")
    planner = sign_in(client, role=Role.PLANNER, area=DISTRICT)

    assert client.post(address, json=BODY, headers=stranger | key("a")).status_code == 404
    assert client.post(address, json=BODY, headers=planner | key("a")).status_code == 403
    assert client.post(address, json=BODY, headers=officer).status_code == 400  # no key
    assert client.get(address).get_json() == {"items": []}
    assert client.get("/v1/sites/01980000-0000-7000-8000-000000000001/bed-changes").status_code == 404
