"""Emergency access: a reason, one elder, half an hour, and the officers of the area see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import clock, journal, storage, visits
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.visits import new_visit

AREA, TOWN, ELSEWHERE = "120198001001", "120198001", "120199001001"
REASON = "敲门无人应，屋内有呼救声"


@pytest.fixture
def elder_id(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places(AREA, ELSEWHERE)
        [made] = put_elders(elder_record("living_alone", name="欧阳修竹", phone="13800002345"))
    return made


@pytest.fixture
def later(monkeypatch):
    """Move the clock on."""
    begin, moved = clock.utc_now(), [timedelta()]
    monkeypatch.setattr(clock, "utc_now", lambda: begin + moved[0])

    def move(**span):
        moved[0] += timedelta(**span)

    return move


def open_it(client, headers, elder_id, reason=REASON):
    return client.post(f"/v1/elders/{elder_id}/emergency-access", json={"reason": reason}, headers=headers)


def look(client, headers, elder_id):
    return client.get(f"/v1/elders/{elder_id}", headers=headers)


@pytest.mark.feature("X2")
@pytest.mark.parametrize("role", ["operator", "community_worker"])
def test_for_half_an_hour_name_phone_and_door_are_open_and_nothing_else(client, elder_id, later, role):
    headers = sign_in(client, role=role, area=TOWN)
    assert look(client, headers, elder_id).json["view"] == "masked"

    reply = open_it(client, headers, elder_id)
    seen = look(client, headers, elder_id).json
    later(minutes=14, seconds=59)
    just = look(client, headers, elder_id).json

    assert reply.status_code == 201
    assert (seen["view"], seen["name"], seen["phone"]) == ("emergency", "欧阳修竹", "+8613800002345")
    assert (seen["home"]["address"], seen["home"]["is_rounded"]) == ("测试路1号", False)
    assert (seen["categories"], seen["assessment"], seen["id_no_masked"]) == (None, None, None)
    for part in ("contacts", "absences", "events"):
        assert client.get(f"/v1/elders/{elder_id}/{part}", headers=headers).status_code in {403, 404}
    assert just["view"] == "emergency"
    with storage.reading():
        purposes = [line.purpose.value for line in journal.find_access_lines(elder_id)]
    assert purposes.count("emergency") == 3  # opening and two looks


@pytest.mark.feature("X2")
def test_it_closes_by_itself(client, elder_id, later, app):
    account_id = make_account(app, role="operator", area=TOWN)
    open_it(client, headers_of(app, account_id=account_id), elder_id)

    later(minutes=29, seconds=59)
    assert look(client, headers_of(app, account_id=account_id), elder_id).json["view"] == "emergency"
    later(seconds=1)
    assert look(client, headers_of(app, account_id=account_id), elder_id).json["view"] == "masked"


@pytest.mark.parametrize("reason", ["", "老人摔倒", " " * 20, "ab" * 300])
def test_a_reason_is_needed(client, elder_id, reason):
    headers = sign_in(client, role="operator", area=TOWN)

    assert open_it(client, headers, elder_id, reason).status_code == 422
    assert look(client, headers, elder_id).json["view"] == "masked"


def test_it_is_for_this_account_and_this_elder_only(client, elder_id):
    with storage.transaction():
        [other] = put_elders(elder_record())
    headers = sign_in(client, role="operator", area=TOWN)
    open_it(client, headers, elder_id)

    assert look(client, headers, other).json["view"] == "masked"
    assert look(client, sign_in(client, role="operator", area=TOWN), elder_id).json["view"] == "masked"


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("operator", {"area": "120199"}, 404),
        ("community_worker", {"area": "120199"}, 404),
        ("carer", {}, 404),
        ("planner", {"area": "120198"}, 403),
        ("administrator", {"area": "12"}, 403),
        ("coordinator", {"organization_id": uuid4()}, 403),
        ("family", {"elder_ids": [uuid4()]}, 403),
    ],
)
def test_others_open_nothing(client, elder_id, role, scope, status):
    assert open_it(client, sign_in(client, role=role, **scope), elder_id).status_code == status
    officer = sign_in(client, role="district_officer", area="120198")
    assert client.get("/v1/emergency-accesses", headers=officer).json["items"] == []


def test_a_carer_opens_whom_they_serve_and_a_volunteer_sees_the_rest_masked(client, app, elder_id):
    account_id = make_account(app, role="carer", grants=[Grant(Role.CARER, ScopeKind.AREA, TOWN)])
    now = clock.utc_now()
    with storage.transaction():
        [carer_id] = put_carers(carer_record(kind="volunteer", account_id=account_id))
        [stranger] = put_elders(elder_record())
        visits.plan_visits(
            [new_visit(elder_id, start_at=now + timedelta(days=20), carer_id=carer_id)], actor=SYSTEM, at=now
        )
    headers = headers_of(app, account_id=account_id)

    masked = look(client, headers, elder_id).json
    assert (masked["view"], masked["phone"], masked["home"]["is_rounded"]) == ("masked", "138****2345", True)
    assert open_it(client, headers, stranger).status_code == 404
    assert open_it(client, headers, elder_id).status_code == 201
    assert look(client, headers, elder_id).json["phone"] == "+8613800002345"


@pytest.mark.feature("X2")
def test_the_officers_of_the_area_see_it_at_once_and_take_note(client, elder_id):
    worker = sign_in(client, role="community_worker", area=TOWN)
    supervisor, elsewhere = (sign_in(client, role="district_officer", area=area) for area in (TOWN, "120199"))

    opened = open_it(client, worker, elder_id).json
    again = open_it(client, worker, elder_id, "another reason, long enough").json
    [alert] = client.get("/v1/emergency-accesses?acknowledged=false", headers=supervisor).json["items"]

    assert again["id"] == opened["id"]  # as long as it is open
    assert (alert["id"], alert["elder_id"], alert["reason"]) == (opened["id"], str(elder_id), REASON)
    path = f"/v1/emergency-accesses/{alert['id']}/acknowledgement"
    assert client.get("/v1/emergency-accesses", headers=elsewhere).json["items"] == []
    assert client.post(path, headers=elsewhere).status_code == 404
    assert client.post(path, headers=worker).status_code == 403
    noted = client.post(path, headers=supervisor).json
    assert noted["acknowledged_at"] is not None
    assert client.post(path, headers=supervisor).json == noted
    assert client.get("/v1/emergency-accesses?acknowledged=false", headers=supervisor).json["items"] == []
    assert len(client.get("/v1/emergency-accesses?acknowledged=true", headers=supervisor).json["items"]) == 1
    with storage.reading():
        kinds = [entry for entry in journal.find_entries(elder_id) if entry.kind.startswith("access.")]
    assert [entry.kind for entry in kinds] == ["access.emergency_opened", "access.emergency_acknowledged"]
    assert REASON not in str(kinds)


def test_the_elder_sees_who_looked_in_an_emergency(client, elder_id):
    worker = sign_in(client, role="operator", area=TOWN)
    open_it(client, worker, elder_id)
    look(client, worker, elder_id)

    family = sign_in(client, role="family", elder_ids=[elder_id])
    lines = client.get(f"/v1/elders/{elder_id}/access-log", headers=family).json["items"]

    assert [(line["purpose"], line["purpose_label"], line["role"]) for line in lines] == [
        ("emergency", "紧急", "operator")
    ] * 2  # opening and looking


def test_the_list_of_openings_is_read_page_by_page(client, elder_id):
    officer = sign_in(client, role="district_officer", area="120198")
    for _ in range(3):
        open_it(client, sign_in(client, role="operator", area=TOWN), elder_id)

    first = client.get("/v1/emergency-accesses?limit=2", headers=officer).json
    rest = client.get(f"/v1/emergency-accesses?limit=2&cursor={first['next_cursor']}", headers=officer).json

    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert (len(ids), rest["next_cursor"]) == (3, None)
