"""Signing in over HTTP, and who one is."""

from __future__ import annotations

import jwt
import pytest

from dispatch import storage
from dispatch.accounts import passwords
from dispatch.accounts.models import Account
from tests.factories.accounts import PASSWORD, make_account, sign_in

WRONG = "wrong-password"


def _sign_in(client, username="planner1", password=PASSWORD, **headers):
    return client.post("/v1/auth/tokens", json={"username": username, "password": password}, headers=headers)


@pytest.fixture
def account_id(client):
    return make_account(client.application, role="planner", area="120198", username="planner1")


def test_right_password_gives_a_token_that_opens_ones_own_account(client, account_id):
    reply = _sign_in(client)

    body = reply.get_json()
    assert (reply.status_code, body["token_type"], body["expires_in_s"]) == (200, "Bearer", 900)
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {body['access_token']}"}).get_json()
    held = [{name: value for name, value in grant.items() if name != "id"} for grant in me["grants"]]
    assert (me["id"], me["username"], held) == (
        str(account_id),
        "planner1",
        [
            {
                "role": "planner",
                "scope_kind": "area",
                "scope_ref": "120198",
                "valid_from": "2020-01-01",
                "valid_to": None,
            }
        ],
    )


def test_the_token_says_nothing_but_who_asks(client, account_id):
    token = _sign_in(client).get_json()["access_token"]

    claims = jwt.decode(token, options={"verify_signature": False})

    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp"}
    assert claims["sub"] == str(account_id)
    assert claims["exp"] - claims["iat"] == 900


def test_the_answer_is_not_kept_by_caches(client, account_id):  # noqa: ARG001 - the account
    assert _sign_in(client).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("username", ["planner1", "nobody"])
def test_wrong_password_and_unknown_name_are_told_alike(client, account_id, username):  # noqa: ARG001 - the account
    reply = _sign_in(client, username=username, password=WRONG)

    assert reply.status_code == 401
    assert reply.get_json() == {
        "type": "urn:dispatch:problem:sign-in-failed",
        "title": "用户名或密码不对。",
        "status": 401,
        "code": "sign-in-failed",
    }


def test_english_readers_are_told_in_english(client):
    reply = _sign_in(client, password=WRONG, **{"Accept-Language": "en"})

    assert reply.get_json()["title"] == "The user name or password is wrong."


def test_name_in_capitals_or_full_width_is_the_same(client, account_id):  # noqa: ARG001 - the account
    assert _sign_in(client, username=" PLANNER１ ").status_code == 200  # noqa: RUF001 - full width


@pytest.mark.parametrize(
    "body", [{}, {"username": "a"}, {"username": "a", "password": ""}, {"username": 1, "password": 2}]
)
def test_what_is_missing_is_422(client, body):
    assert client.post("/v1/auth/tokens", json=body).status_code == 422


def test_an_old_hash_is_renewed_by_signing_in(client, account_id):
    weak = passwords.PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1).hash(PASSWORD)
    with storage.transaction() as session:
        session.get(Account, account_id).password_hash = weak

    assert _sign_in(client).status_code == 200

    with storage.reading() as session:
        kept = session.get(Account, account_id).password_hash
    assert not passwords.is_old_hash(kept)
    assert _sign_in(client).status_code == 200


def test_nobody_is_nobody(client):
    assert client.get("/v1/me").status_code == 401


def test_one_sees_only_ones_own_account(client):
    first, second = (sign_in(client, role="carer", username=name) for name in ("carer1", "carer2"))

    assert client.get("/v1/me", headers=first).get_json()["username"] == "carer1"
    assert client.get("/v1/me", headers=second).get_json()["username"] == "carer2"


class TestThrottle:
    def _fail(self, client, username, times=5):
        return [_sign_in(client, username=username, password=WRONG) for _ in range(times)]

    @pytest.mark.parametrize("username", ["planner1", "nobody"])
    def test_after_five_failures_one_waits_whether_the_account_exists_or_not(self, client, account_id, username):  # noqa: ARG002 - the account
        assert [reply.status_code for reply in self._fail(client, username)] == [401] * 5

        reply = _sign_in(client, username=username, **{"Accept-Language": "en"})

        body = reply.get_json()
        assert (reply.status_code, body["code"]) == (429, "too-many-tries")
        assert 25 <= int(reply.headers["Retry-After"]) <= 30
        assert body["facts"] == {"retry_after_s": int(reply.headers["Retry-After"])}
        assert "one-time code" in body["detail"]

    def test_no_password_is_computed_while_one_waits(self, client, account_id, monkeypatch):  # noqa: ARG002 - the account
        self._fail(client, "planner1")
        monkeypatch.setattr(passwords, "_hasher", None)

        assert _sign_in(client).status_code == 429

    def test_the_right_password_in_time_begins_anew(self, client, account_id):  # noqa: ARG002 - the account
        for _ in range(3):
            self._fail(client, "planner1", times=4)
            assert _sign_in(client).status_code == 200
