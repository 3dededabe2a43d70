"""Closures by hand, and the calendar that an office enters."""

from uuid import uuid4

import pytest

from dispatch import storage
from dispatch.actor import Role
from tests.factories.accounts import sign_in
from tests.factories.areas import DISTRICT
from tests.factories.directory import make_offer, make_organization, make_service, make_site, put_base

CLOSURE = {"from_at": "2026-02-17T00:00:00+08:00", "to_at": "2026-02-18T00:00:00+08:00", "reason": "春节"}


@pytest.fixture
def organization_id(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        return make_organization()


@pytest.fixture
def site_id(organization_id):  # noqa: ARG001 - its owner
    with storage.transaction():
        made = make_site("s1", facility_type="elder_canteen")
        make_service()
        make_offer("s1", hours="Mo-Su 09:00-13:00")
        return made


def _open_at(client, when):
    found = client.get("/v1/sites", query_string={"open_at": when}).get_json()
    return [site["name"] for site in found["items"]], found["is_calendar_estimated"]


@pytest.mark.feature("D4")
def test_a_canteen_closed_for_the_spring_festival_is_left_out_and_back_a_week_later(client, site_id):
    officer = sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)
    assert _open_at(client, "2026-02-17T10:00:00+08:00") == (["站点s1"], False)

    made = client.post(f"/v1/sites/{site_id}/closures", json=CLOSURE, headers=officer)

    assert made.status_code == 201
    assert _open_at(client, "2026-02-17T10:00:00+08:00") == ([], False)
    assert _open_at(client, "2026-02-24T10:00:00+08:00") == (["站点s1"], False)
    assert _open_at(client, "2027-02-24T10:00:00+08:00") == (["站点s1"], True)  # no notice for 2027 yet


@pytest.mark.feature("D4")
def test_own_coordinator_closes_and_reopens_a_site_which_says_why(client, site_id, organization_id):
    own = sign_in(client, role=Role.COORDINATOR, organization_id=organization_id)
    wish = {"from_at": "2020-01-01T00:00:00Z", "to_at": "2099-01-01T00:00:00Z", "reason": "装修"}

    made = client.post(f"/v1/sites/{site_id}/closures", json=wish, headers=own).get_json()

    card = client.get(f"/v1/sites/{site_id}").get_json()
    assert (card["open_now"], card["why_closed"], card["closure_reason"]) == (False, "closure", "装修")
    assert client.delete(f"/v1/sites/{site_id}/closures/{made['id']}", headers=own).status_code == 204
    assert client.get(f"/v1/sites/{site_id}").get_json()["why_closed"] != "closure"
    again = client.delete(f"/v1/sites/{site_id}/closures/{made['id']}", headers=own)
    assert (again.status_code, again.get_json()["code"]) == (404, "closure-not-found")


def test_a_stranger_learns_nothing_and_a_closure_must_end_after_it_begins(client, site_id):
    stranger = sign_in(client, role=Role.COORDINATOR, organization_id=uuid4())
    officer = sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)

    refused = client.post(f"/v1/sites/{site_id}/closures", json=CLOSURE, headers=stranger)
    backwards = client.post(
        f"/v1/sites/{site_id}/closures", json=CLOSURE | {"to_at": CLOSURE["from_at"]}, headers=officer
    )

    assert (refused.status_code, refused.get_json()["code"]) == (404, "site-not-found")
    assert (backwards.status_code, backwards.get_json()["code"]) == (422, "invalid-closure")


@pytest.mark.feature("D4")
@pytest.mark.usefixtures("site_id")
def test_an_entered_day_stands_in_the_calendar_and_moves_the_hours(client):
    with storage.transaction():
        make_offer("s1", hours="Mo-Fr 09:00-13:00; PH off")
    officer = sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)
    saturday = "2027-02-20T10:00:00+08:00"
    before = _open_at(client, saturday)

    put = client.put("/v1/calendar/2027-02-20", json={"kind": "workday", "source": "通知"}, headers=officer)

    assert put.get_json() == {"on": "2027-02-20", "kind": "workday", "source": "通知", "is_estimated": False}
    assert (before, _open_at(client, saturday)) == (([], True), (["站点s1"], False))
    days = {day["on"]: day for day in client.get("/v1/calendar?year=2027").get_json()["days"]}
    assert days["2027-02-20"]["source"] == "通知"
    assert days["2027-02-06"] == {"on": "2027-02-06", "kind": "holiday", "source": None, "is_estimated": True}
    assert (
        client.put("/v1/calendar/tomorrow", json={"kind": "workday", "source": "x"}, headers=officer).status_code == 404
    )
    assert site_id
