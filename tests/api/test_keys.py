"""Keys of partner systems: what they open, what they do not, and that a test key leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import accounts, clock, storage
from dispatch.accounts.models import PartnerKey
from dispatch.actor import SYSTEM, Role
from tests.factories.accounts import make_account, sign_in
from tests.factories.elders import put_places

DISTRICT, COMMUNITY = "120198", "120198001001"
ELDER = {
    "name": "新来的",
    "sex": "female",
    "born_on": "1944-05-06",
    "residences": [{"kind": "main", "area_code": COMMUNITY, "address": "新路1号", "valid_from": "2026-03-01"}],
}


@pytest.fixture
def officer(client):
    with storage.transaction():
        put_places(COMMUNITY)
    return sign_in(client, role="district_officer", area="12")


@pytest.fixture
def hotline(app):
    """Give the account of a partner system that may do what an officer of a district may."""
    return make_account(app, role=Role.DISTRICT_OFFICER, area=DISTRICT, username="hotline", is_system=True)


def path_of(account_id, key_id=None):
    return f"/v1/accounts/{account_id}/keys" + (f"/{key_id}" if key_id else "")


def issued(client, officer, account_id, mode="live", **wish):
    reply = client.post(path_of(account_id), json={"mode": mode, "label": "市民热线"} | wish, headers=officer)
    assert reply.status_code == 201, reply.get_json()
    return reply.get_json()


def bearer(key):
    return {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}


def counted(table) -> int:
    with storage.reading() as session:
        return session.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names in this file


@pytest.mark.feature("Z2")
def test_a_key_acts_as_its_account_until_it_is_revoked(client, officer, hotline):
    made = issued(client, officer, hotline)

    assert made["key"].startswith("dk_live_")
    assert made["key"].startswith(made["about"]["begins_with"])
    me = client.get("/v1/me", headers=bearer(made["key"])).get_json()
    assert me["username"] == "hotline"
    assert client.post("/v1/elders", json=ELDER, headers=bearer(made["key"])).status_code == 201
    assert counted("elder") == 1
    (listed,) = client.get(path_of(hotline), headers=officer).get_json()["items"]
    assert listed["last_used_on"] is not None
    assert "key" not in listed

    assert client.delete(path_of(hotline, listed["id"]), headers=officer).status_code == 204
    refused = client.get("/v1/me", headers=bearer(made["key"]))
    assert refused.status_code == 401
    assert "密钥" in refused.get_json()["detail"]
    (listed,) = client.get(path_of(hotline), headers=officer).get_json()["items"]
    assert listed["revoked_at"] is not None


@pytest.mark.feature("Z2")
def test_a_test_key_is_answered_as_a_live_one_and_leaves_nothing(client, officer, hotline):
    key = issued(client, officer, hotline, mode="test")["key"]
    tables = ("elder", "residence", "journal_entry", "job", "idempotency_key")
    before = {table: counted(table) for table in tables}

    reply = client.post("/v1/elders", json=ELDER, headers=bearer(key))

    assert reply.status_code == 201
    assert reply.get_json()["name"] == "新来的"
    assert reply.headers["Dispatch-Test"] == "nothing-kept"
    assert {table: counted(table) for table in tables} == before
    assert client.get(f"/v1/elders/{reply.get_json()['elder_id']}", headers=bearer(key)).status_code == 404
    assert client.post("/v1/elders", json=ELDER | {"born_on": "2030-01-01"}, headers=bearer(key)).status_code == 422
    live = issued(client, officer, hotline)["key"]
    assert "Dispatch-Test" not in client.post("/v1/elders", json=ELDER, headers=bearer(live)).headers
    assert counted("elder") == 1


def test_whoever_a_test_key_looks_at_has_a_line_that_stays(client, officer, hotline):
    live, test = (issued(client, officer, hotline, mode=mode)["key"] for mode in ("live", "test"))
    elder_id = client.post("/v1/elders", json=ELDER, headers=bearer(live)).get_json()["elder_id"]
    before = counted("access_log")

    changed = client.get(f"/v1/elders/{elder_id}", headers=bearer(test))

    assert changed.status_code == 200
    assert counted("access_log") == before + 1
    assert client.get("/v1/audit/verify", headers=officer).get_json()["is_whole"]


def test_a_change_by_a_test_key_is_shown_and_undone(client, officer, hotline):
    live, test = (issued(client, officer, hotline, mode=mode)["key"] for mode in ("live", "test"))
    made = client.post("/v1/elders", json=ELDER, headers=bearer(live))
    path = f"/v1/elders/{made.get_json()['elder_id']}"

    reply = client.patch(path, json={"name": "改过的"}, headers=bearer(test) | {"If-Match": made.headers["ETag"]})

    assert (reply.status_code, reply.get_json()["name"]) == (200, "改过的")
    kept = client.get(path, headers=bearer(live))
    assert kept.get_json()["name"] == "新来的"
    assert kept.headers["ETag"] == made.headers["ETag"]


@pytest.mark.parametrize("mode", ["live", "test"])
def test_no_key_opens_what_a_person_must_sign_in_for(client, officer, hotline, mode):
    key = issued(client, officer, hotline, mode=mode)["key"]

    for method, path in (
        ("GET", "/v1/accounts"),
        ("POST", f"/v1/accounts/{hotline}/keys"),
        ("GET", "/v1/accounts/me/sessions"),
        ("DELETE", "/v1/auth/tokens"),
        ("PUT", "/v1/me/password"),
        ("GET", "/v1/emergency-accesses"),
        ("POST", f"/v1/elders/{uuid4()}/calls"),
        ("POST", f"/v1/calls/{uuid4()}/ending"),
        ("PUT", "/v1/me/message-settings"),
        ("POST", "/v1/auth/tokens"),
    ):
        reply = client.open(path, method=method, headers=bearer(key), json={} if method != "GET" else None)
        assert (reply.status_code, reply.get_json()["code"]) == (403, "key-not-allowed"), path


def test_a_test_key_starts_no_import_and_no_run(client, officer, hotline):
    key = issued(client, officer, hotline, mode="test")["key"]

    wish = {"area_code": DISTRICT, "service_code": "day_care"}
    for reply in (
        client.post("/v1/coverage/runs", json=wish, headers=bearer(key)),
        client.post(
            "/v1/imports?register=elders&source=x", data="a", headers=bearer(key) | {"Content-Type": "text/csv"}
        ),
    ):
        assert (reply.status_code, reply.get_json()["code"]) == (403, "test-key-not-allowed")


def test_one_who_does_not_manage_the_account_learns_nothing(client, officer, hotline):
    key_id = issued(client, officer, hotline)["about"]["id"]
    other = sign_in(client, role="district_officer", area="120197")

    assert client.get(path_of(hotline), headers=other).status_code == 404
    assert client.post(path_of(hotline), json={"mode": "live", "label": "x"}, headers=other).status_code == 404
    assert client.delete(path_of(hotline, key_id), headers=other).status_code == 404
    assert client.delete(path_of(hotline, uuid4()), headers=officer).get_json()["code"] == "key-not-found"


def test_a_key_ends_with_its_time_and_with_its_account(client, officer, hotline):
    key = issued(client, officer, hotline, days=1)["key"]
    with storage.transaction() as session:
        session.execute(sa.update(PartnerKey).values(expires_at=clock.utc_now() - timedelta(seconds=1)))
    assert client.get("/v1/me", headers=bearer(key)).status_code == 401

    key = issued(client, officer, hotline)["key"]
    assert client.get("/v1/me", headers=bearer(key)).status_code == 200
    with storage.transaction():
        accounts.disable_account("hotline", actor=SYSTEM, now=clock.utc_now())
    assert client.get("/v1/me", headers=bearer(key)).status_code == 401


@pytest.mark.parametrize("spoil", [lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"), lambda _: "dk_live_x"])
def test_a_made_up_key_is_turned_away_without_asking_the_database(client, officer, hotline, monkeypatch, spoil):
    key = issued(client, officer, hotline)["key"]
    monkeypatch.setattr(accounts, "identify_key", lambda *_, **__: pytest.fail("the database was asked"))

    assert client.get("/v1/me", headers=bearer(spoil(key))).status_code == 401


def test_the_key_itself_is_kept_nowhere_and_in_no_log(client, officer, hotline, caplog):
    caplog.set_level("DEBUG")
    key = issued(client, officer, hotline)["key"]
    client.get("/v1/me", headers=bearer(key))

    assert key[12:] not in caplog.text
    with storage.reading() as session:
        row = session.scalars(sa.select(PartnerKey)).one()
        assert key.encode() not in row.key_index
        assert len(row.begins_with) == len("dk_live_") + 4


def test_ten_keys_are_enough(client, officer, hotline):
    first, *_ = [issued(client, officer, hotline)["about"]["id"] for _ in range(10)]

    wish = {"mode": "live", "label": "x"}
    reply = client.post(path_of(hotline), json=wish, headers=officer)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "too-many-keys")
    client.delete(path_of(hotline, first), headers=officer)
    assert client.post(path_of(hotline), json=wish, headers=officer).status_code == 201
