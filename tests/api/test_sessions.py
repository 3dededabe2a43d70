"""Devices over HTTP: a token of one use, sign-out, a device that was revoked and goes on pushing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import clock, storage
from dispatch.visits.models import VisitLog
from tests.factories.accounts import PASSWORD, make_account
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places

REFRESH = "/v1/auth/tokens/refresh"
OWN = "/v1/accounts/me/sessions"


def _sign_in(client, username="worker9", **device):
    reply = client.post("/v1/auth/tokens", json={"username": username, "password": PASSWORD, **device})
    assert reply.status_code == 200
    return reply.get_json()


def _bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@pytest.fixture
def account_id(client):
    return make_account(client.application, role="community_worker", area="120198", username="worker9")


@pytest.fixture
def later(monkeypatch):
    """Move the clock on."""
    begin, moved = clock.utc_now(), [timedelta()]
    monkeypatch.setattr(clock, "utc_now", lambda: begin + moved[0])

    def move(**span):
        moved[0] += timedelta(**span)

    return move


@pytest.mark.usefixtures("account_id")
class TestRefreshing:
    def test_a_refresh_token_gives_new_tokens_that_work(self, client, later):
        tokens = _sign_in(client, device_id="phone-0001")
        later(minutes=20)
        assert client.get("/v1/me", headers=_bearer(tokens)).status_code == 401

        reply = client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

        body = reply.get_json()
        assert (reply.status_code, body["session_id"]) == (200, tokens["session_id"])
        assert client.get("/v1/me", headers=_bearer(body)).status_code == 200

    def test_a_token_used_again_after_the_grace_is_told_so_and_ends_the_device(self, client, later):
        tokens = _sign_in(client)
        first = client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]}).get_json()
        later(seconds=31)

        reply = client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

        assert (reply.status_code, reply.get_json()["code"]) == (401, "refresh-reused")
        reply = client.get("/v1/me", headers=_bearer(first))
        assert (reply.status_code, reply.get_json()["code"]) == (401, "session-ended")

    def test_the_lost_answer_comes_again(self, client):
        tokens = _sign_in(client)

        first, again = (client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]}) for _ in range(2))

        assert first.get_json()["refresh_token"] == again.get_json()["refresh_token"]

    @pytest.mark.parametrize("text", ["x", "A" * 86])
    def test_noise_is_401(self, client, text):
        reply = client.post(REFRESH, json={"refresh_token": text})

        assert (reply.status_code, reply.get_json()["code"]) == (401, "refresh-refused")

    def test_an_access_token_is_no_refresh_token_and_the_other_way_round(self, client):
        tokens = _sign_in(client)

        reply = client.post(REFRESH, json={"refresh_token": tokens["access_token"][:200]})
        assert reply.status_code == 401
        headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
        assert client.get("/v1/me", headers=headers).status_code == 401


@pytest.mark.usefixtures("account_id")
class TestDevices:
    def test_devices_are_listed_with_this_one_marked(self, client):
        phone = _sign_in(client, device_id="phone-0001", device_name="值班手机")
        desk = _sign_in(client)

        items = client.get(OWN, headers=_bearer(desk)).get_json()["items"]

        assert [(each["id"], each["device_name"], each["is_this_device"]) for each in items] == [
            (desk["session_id"], None, True),
            (phone["session_id"], "值班手机", False),
        ]

    def test_sign_out_ends_this_device_alone(self, client):
        here, there = _sign_in(client), _sign_in(client)

        assert client.delete("/v1/auth/tokens", headers=_bearer(here)).status_code == 204

        assert client.get("/v1/me", headers=_bearer(here)).get_json()["code"] == "session-ended"
        assert client.post(REFRESH, json={"refresh_token": here["refresh_token"]}).status_code == 401
        assert client.get("/v1/me", headers=_bearer(there)).status_code == 200

    def test_a_lost_phone_is_revoked_from_another_device(self, client):
        lost, desk = _sign_in(client, device_id="phone-0001"), _sign_in(client)

        assert client.delete(f"{OWN}/{lost['session_id']}", headers=_bearer(desk)).status_code == 204

        assert client.get("/v1/me", headers=_bearer(lost)).get_json()["code"] == "device-revoked"
        assert client.get("/v1/me", headers=_bearer(desk)).status_code == 200

    def test_all_devices_are_revoked_at_once(self, client):
        first, second = _sign_in(client), _sign_in(client)

        assert client.delete(OWN, headers=_bearer(first)).status_code == 204

        for tokens in (first, second):
            assert client.get("/v1/me", headers=_bearer(tokens)).status_code == 401

    def test_somebody_elses_device_is_404(self, client):
        make_account(client.application, username="other9")
        mine, others = _sign_in(client), _sign_in(client, username="other9")

        reply = client.delete(f"{OWN}/{others['session_id']}", headers=_bearer(mine))

        assert (reply.status_code, reply.get_json()["code"]) == (404, "session-not-found")

    @pytest.mark.parametrize("device", [{"device_id": "short"}, {"device_name": "x"}, {"device_id": "a b c d e f"}])
    def test_a_device_that_cannot_be_named_is_422(self, client, device):
        reply = client.post("/v1/auth/tokens", json={"username": "worker9", "password": PASSWORD, **device})

        assert reply.status_code == 422


def test_a_revoked_device_that_still_pushes_is_told_so_and_nothing_is_taken(client, account_id):
    with storage.transaction():
        put_places("120198001001")
        [worker] = put_carers(carer_record(account_id=account_id))
        [elder] = put_elders(elder_record("living_alone"))
    log = {
        "log_id": str(uuid4()),
        "service_code": "visiting",
        "elder_id": str(elder),
        "carer_id": str(worker),
        "place": "home",
        "mode": "door",
        "outcome": "done",
        "started_at": "2026-03-05T09:00:00+08:00",
        "finished_at": "2026-03-05T09:30:00+08:00",
        "device_at": "2026-03-05T09:31:00+08:00",
    }
    phone = _sign_in(client, device_id="phone-0001")
    client.delete(OWN, headers=_bearer(phone))

    reply = client.post("/v1/visits/logs", headers=_bearer(phone) | {"Accept-Language": "en"}, json=log)

    body = reply.get_json()
    assert (reply.status_code, body["code"]) == (401, "device-revoked")
    assert "keep it on the device" in body["detail"]
    with storage.reading() as session:
        assert session.query(VisitLog).count() == 0
    again = _sign_in(client, device_id="phone-0001")
    assert client.post("/v1/visits/logs", headers=_bearer(again), json=log).status_code == 201
