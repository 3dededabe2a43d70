"""Offers over HTTP: who sees what, answers in time, what is refused and by whom it is cleared."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import assignment, clock, intake, journal, storage
from dispatch.actor import SYSTEM
from tests.api.test_matching import put_network
from tests.factories import offers
from tests.factories.accounts import sign_in
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.worlds.tiny_day import AREA, HOME_XY, make_tiny_day, point_ll

TEN = local("2026-03-30 10:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(monkeypatch):
    """Set the clock."""

    def put(time):
        monkeypatch.setattr(clock, "utc_now", lambda: time)

    put(TEN)
    return put


@pytest.fixture
def town(app, db, at):  # noqa: ARG001 - what is put is undone
    """The town with two canteens, the nearer first; it is Monday, 30 March 2026, 10:00."""
    put_network(app)
    with storage.transaction():
        made = make_tiny_day()
        made.provider("近", at=(1100, 500), capacity=(10, 10))
        made.provider("远", at=(1500, 500), capacity=(10, 10))
        return made


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area="120198")


def coordinator(client, town, name="近", **more):
    return sign_in(client, role="coordinator", organization_id=town.organizations[name], **more)


def ask(town, *, urgency="urgent", time=TEN, **fields):
    """Ask for a meal and have it offered; the request's and the offer's id."""
    with storage.transaction():
        request_id = town.ask(urgency=intake.Urgency(urgency), **fields)
        made = offers.offer_next(request_id, at=time)
    return request_id, made.id if made else None


def status_of(request_id):
    with storage.reading():
        return intake.get_request(request_id, actor=SYSTEM).status.value


@pytest.mark.feature("R6")
def test_the_coordinator_accepts_in_time_and_the_second_one_is_told(client, town, at):
    request_id, offer_id = ask(town)
    first, second = coordinator(client, town), coordinator(client, town)
    at(TEN + 10 * MINUTE - timedelta(seconds=1))

    done = client.post(f"/v1/offers/{offer_id}/acceptance", headers=first)
    late = client.post(f"/v1/offers/{offer_id}/acceptance", headers=second)

    assert (done.status_code, done.json["status"]) == (200, "scheduled")
    assert done.json["service_at_site_id"] == str(town.offers["近"])
    assert (late.status_code, late.json["code"]) == (409, "offer-ended")
    assert "已接单" in late.json["detail"]
    assert status_of(request_id) == "scheduled"


@pytest.mark.feature("R6")
@pytest.mark.parametrize(("call", "body"), [("acceptance", None), ("decline", {"reason": "no_staff"})])
def test_at_its_end_an_offer_is_409_though_nobody_swept(client, town, at, call, body):
    _, offer_id = ask(town)
    at(TEN + 10 * MINUTE)

    reply = client.post(f"/v1/offers/{offer_id}/{call}", json=body, headers=coordinator(client, town))

    assert (reply.status_code, reply.json["code"]) == (409, "offer-expired")


@pytest.mark.feature("R6")
def test_a_decline_has_a_reason_of_the_list_and_the_next_is_asked(client, town):
    request_id, offer_id = ask(town)
    headers = coordinator(client, town)

    wrong = client.post(f"/v1/offers/{offer_id}/decline", json={"reason": "bored"}, headers=headers)
    reply = client.post(f"/v1/offers/{offer_id}/decline", json={"reason": "no_staff"}, headers=headers)

    assert wrong.status_code == 422
    assert (reply.json["status"], reply.json["decline_reason"], reply.json["decline_label"]) == (
        "declined",
        "no_staff",
        "人手不足",
    )
    with storage.reading():
        due = storage.find_due_deadlines(at=TEN, limit=9)
    assert [each.key for each in due if each.kind == intake.OFFERING] == [str(request_id)]


@pytest.mark.feature("R6")
def test_who_can_serve_no_more_is_told_the_codes_and_the_offer_is_gone(client, town):
    with storage.transaction():
        town.provider("一位", at=(1050, 500), capacity=(1, 1))
        [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
    request_id, offer_id = ask(town)
    with storage.transaction():
        assert assignment.get_offer(offer_id, actor=SYSTEM).service_at_site_id == town.offers["一位"]
        town.assign(town.ask(elder_id=other), "一位", now=TEN)

    reply = client.post(f"/v1/offers/{offer_id}/acceptance", headers=coordinator(client, town, "一位"))

    assert (reply.status_code, reply.json["code"]) == (409, "provider-cannot-serve")
    assert reply.json["facts"]["reasons"] == ["full"]
    with storage.reading():
        assert assignment.get_offer(offer_id, actor=SYSTEM).withdraw_reason.value == "cannot_serve"
    assert status_of(request_id) == "offered"


def test_each_sees_the_offers_of_the_own_scope_and_leaves_a_line(client, town, officer):
    request_id, offer_id = ask(town)
    seen = {
        "own": coordinator(client, town),
        "other": coordinator(client, town, "远"),
        "officer": officer,
        "operator": sign_in(client, role="operator", area="120198"),
        "elsewhere": sign_in(client, role="district_officer", area="120199"),
        "worker": sign_in(client, role="community_worker", area="120198001"),
    }

    lists = {name: client.get("/v1/offers?status=open", headers=who).json["items"] for name, who in seen.items()}
    shown = {name: client.get(f"/v1/offers/{offer_id}", headers=who).status_code for name, who in seen.items()}

    assert {name: len(found) for name, found in lists.items()} == {
        "own": 1, "other": 0, "officer": 1, "operator": 1, "elsewhere": 0, "worker": 0
    }  # fmt: skip
    assert shown == {
        "own": 200, "other": 404, "officer": 200, "operator": 200, "elsewhere": 404, "worker": 404
    }  # fmt: skip
    [one] = lists["own"]
    assert (one["care_request_id"], one["turn_no"], one["status_label"]) == (str(request_id), 1, "等待接单")
    assert one["request"]["elder_id"] == str(town.elder_id)
    assert one["expires_at"] == "2026-03-30T02:10:00+00:00"
    with storage.reading():
        lines = journal.find_access_lines(town.elder_id)
    assert sorted(line.purpose.value for line in lines) == ["care"] * 2 + ["request"] * 2 + ["supervision"] * 2


def test_while_it_is_asked_the_organization_may_read_the_request_and_the_elder(client, town):
    request_id, offer_id = ask(town)
    own, other = coordinator(client, town), coordinator(client, town, "远")
    addresses = (f"/v1/care-requests/{request_id}", f"/v1/elders/{town.elder_id}")

    before = [[client.get(each, headers=who).status_code for each in addresses] for who in (own, other)]
    client.post(f"/v1/offers/{offer_id}/decline", json={"reason": "too_far"}, headers=own)
    after = [client.get(each, headers=own).status_code for each in addresses]

    assert before == [[200, 200], [404, 404]]
    assert after == [404, 404]


def test_an_officer_does_not_answer_for_a_provider(client, town, officer):
    _, offer_id = ask(town)

    assert client.post(f"/v1/offers/{offer_id}/acceptance", headers=officer).status_code == 403


@pytest.mark.feature("R6")
def test_an_officer_offers_to_a_chosen_provider_or_the_next_and_withdraws(client, town, officer):
    request_id, first = ask(town)
    address = f"/v1/care-requests/{request_id}/offers"
    key = {"Idempotency-Key": str(uuid4())}

    following = client.post(address, json={}, headers=officer | key)
    again = client.post(address, json={}, headers=officer | key)
    held = client.post(
        address,
        json={"service_at_site_id": str(town.offers["远"])},
        headers=officer | {"Idempotency-Key": str(uuid4())},
    )
    nobody = client.post(address, json={}, headers=officer | {"Idempotency-Key": str(uuid4())})
    gone = client.post(f"/v1/offers/{following.json['id']}/withdrawal", headers=officer)

    assert (following.status_code, following.json["service_at_site_id"]) == (201, str(town.offers["远"]))
    assert again.json == following.json
    assert (held.status_code, held.json["code"]) == (409, "offer-open")
    assert (nobody.status_code, nobody.json["code"]) == (409, "nobody-left-to-ask")
    assert (gone.json["status"], gone.json["withdraw_reason"]) == ("withdrawn", "officer")
    assert client.get(f"/v1/offers/{first}", headers=officer).json["withdraw_reason"] == "rerouted"


@pytest.mark.feature("R6")
def test_a_coordinator_gives_an_accepted_request_back_and_an_officer_reopens_an_unmatched_one(client, town, officer):
    request_id, offer_id = ask(town)
    headers = coordinator(client, town)
    client.post(f"/v1/offers/{offer_id}/acceptance", headers=headers)
    with storage.transaction():
        [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
    lost, nothing = ask(town, elder_id=other, service="psychological_support")

    back = client.post(f"/v1/care-requests/{request_id}/reopening", headers=headers)
    up = client.post(f"/v1/care-requests/{lost}/reopening", headers=officer)
    twice = client.post(f"/v1/care-requests/{lost}/reopening", headers=officer)

    assert nothing is None
    assert [each.json.get("status") for each in (back, up)] == ["submitted", "submitted"]
    assert (twice.status_code, twice.json["code"]) == (409, "illegal-move")


def test_the_list_has_a_cursor(client, town, officer):
    with storage.transaction():
        elder_ids = put_elders(
            *(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name=f"张{number}") for number in range(3))
        )
    made = [str(ask(town, elder_id=elder_id)[1]) for elder_id in elder_ids]

    first = client.get("/v1/offers?limit=2", headers=officer).json
    rest = client.get(f"/v1/offers?limit=2&cursor={first['next_cursor']}", headers=officer).json

    assert sorted(each["id"] for each in (*first["items"], *rest["items"])) == sorted(made)
    assert rest["next_cursor"] is None
