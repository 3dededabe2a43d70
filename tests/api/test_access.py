"""A token that is missing, wrong, old or of the wrong role opens nothing, and what would open it is said."""

from __future__ import annotations

from uuid import uuid4

import jwt
import pytest

from dispatch import accounts, clock, storage
from dispatch.actor import SYSTEM
from tests.factories.accounts import headers_of, make_account, make_session, sign_in
from tests.things import THING_ID

GOOD = {"name": "饭盒"}


class TestToken:
    def _refused(self, things, authorization):
        reply = things.get(f"/v1/things/{THING_ID}", headers={"Authorization": authorization} if authorization else {})
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert reply.get_json()["title"] == "没有登录，或登录已过期"
        return reply.status_code

    @pytest.mark.parametrize(
        "authorization", [None, "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "Bearer \xe9", "Bearer a b c"]
    )
    def test_no_token_and_noise_are_401(self, things, authorization):
        assert self._refused(things, authorization) == 401

    def test_expired_token_is_401(self, things, things_app):
        account_id = make_account(things_app, role="planner")
        settings = things_app.config["DISPATCH_SETTINGS"]
        issued = clock.utc_now().replace(year=2025)
        token, _ = accounts.issue_token(
            account_id,
            session_id=make_session(things_app, account_id=account_id),
            secret=settings.secret_key,
            now=issued,
            ttl_min=15,
        )

        assert self._refused(things, f"Bearer {token}") == 401

    def test_unsigned_token_is_401(self, things, planner):
        claims = jwt.decode(planner["Authorization"].split()[1], options={"verify_signature": False})

        assert self._refused(things, f"Bearer {jwt.encode(claims, None, algorithm='none')}") == 401

    def test_token_of_another_house_is_401(self, things, planner):
        claims = jwt.decode(planner["Authorization"].split()[1], options={"verify_signature": False})

        assert self._refused(things, f"Bearer {jwt.encode(claims, 'z' * 48, algorithm='HS256')}") == 401

    def test_token_of_nobody_is_401(self, things, things_app):
        assert self._refused(things, headers_of(things_app, account_id=uuid4())["Authorization"]) == 401

    def test_token_of_a_disabled_account_is_401_at_once(self, things, things_app):
        headers = sign_in(things_app, role="planner", username="leaver")
        assert things.get(f"/v1/things/{THING_ID}", headers=headers).status_code == 200

        with things_app.app_context(), storage.transaction():
            accounts.disable_account("leaver", actor=SYSTEM, now=clock.utc_now())

        assert self._refused(things, headers["Authorization"]) == 401

    def test_another_role_is_403_and_told_which_may(self, things, things_app):
        headers = sign_in(things_app, role="carer")

        reply = things.post("/v1/things", headers=headers | {"Idempotency-Key": "k"}, json=GOOD)

        assert (reply.status_code, reply.get_json()["code"]) == (403, "role-needed")
        assert reply.get_json()["detail"] == "这项操作只开放给：规划人员、热线话务员。"
        assert reply.get_json()["facts"] == {"roles": ["planner", "operator"]}

    def test_a_wrong_token_on_an_open_route_is_401_too(self, things):
        assert things.get("/v1/things", headers={"Authorization": "Bearer x.y.z"}).status_code == 401
