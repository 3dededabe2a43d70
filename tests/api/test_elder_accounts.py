"""Relatives and elders: bound to an elder by a one-time code, by whoever has the elder in care."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import accounts, clock, storage
from dispatch.accounts.models import RoleGrant
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.elders import elder_record, put_elders, put_places

DISTRICT, TOWN, COMMUNITY, ELSEWHERE = "120198", "120198001", "120198001001", "120197"
NEW = "another-long-password"
PLANNER = Grant(Role.PLANNER, ScopeKind.AREA, DISTRICT)


def choose(client, code):
    return client.post("/v1/auth/passwords", json={"code": code, "password": NEW})


def signs_in(client, username):
    return client.post("/v1/auth/tokens", json={"username": username, "password": NEW}).status_code


@pytest.fixture
def elder_id(client):  # noqa: ARG001 - its database
    with storage.transaction():
        put_places(COMMUNITY)
        record = elder_record()
        put = put_elders(record)
    return put[0]


@pytest.fixture
def worker(client):
    return sign_in(client, role="district_officer", area=TOWN)


def make_code(client, worker, elder_id, **body):
    reply = client.post(f"/v1/elders/{elder_id}/link-codes", json=body, headers=worker)
    assert reply.status_code == 201, reply.get_json()
    return reply.get_json()["code"]


def test_a_relative_registers_with_a_code_and_sees_this_elder_only(client, worker, elder_id):
    code = make_code(client, worker, elder_id)
    body = {"code": code, "username": "li.na", "password": NEW, "display_name": "李娜"}

    made = client.post("/v1/auth/registrations", json=body)
    again = client.post("/v1/auth/registrations", json=body | {"username": "somebody.else"})

    assert made.status_code == 201
    [held] = made.get_json()["grants"]
    assert (held["role"], held["scope_kind"], held["scope_ref"]) == ("family", "elder", str(elder_id))
    assert (again.status_code, again.get_json()["code"]) == (422, "code-refused")
    token = client.post("/v1/auth/tokens", json={"username": "li.na", "password": NEW}).get_json()["access_token"]
    seen = client.get("/v1/elders", headers={"Authorization": f"Bearer {token}"}).get_json()["items"]
    assert [one["elder_id"] for one in seen] == [str(elder_id)]


def test_a_taken_user_name_leaves_the_code_good(client, worker, elder_id):
    make_account(client.application, role="planner", area=DISTRICT, username="li.na")
    body = {"code": make_code(client, worker, elder_id), "username": "li.na", "password": NEW, "display_name": "李"}

    taken = client.post("/v1/auth/registrations", json=body)

    assert (taken.status_code, taken.get_json()["code"]) == (409, "username-taken")
    assert client.post("/v1/auth/registrations", json=body | {"username": "li.na2"}).status_code == 201


def test_who_has_the_elder_in_care_sees_resets_and_unbinds_the_accounts(client, worker, elder_id):
    family = make_account(client.application, role="family", elder_ids=[elder_id], username="wang.li")
    headers = headers_of(client.application, account_id=family)
    path = f"/v1/elders/{elder_id}/accounts"

    [bound] = client.get(path, headers=worker).get_json()["items"]
    code = client.post(f"{path}/{family}/codes", headers=worker).get_json()["code"]

    assert (bound["account_id"], bound["username"], bound["role"]) == (str(family), "wang.li", "family")
    assert choose(client, code).status_code == 204
    assert signs_in(client, "wang.li") == 200
    headers = headers_of(client.application, account_id=family)
    assert len(client.get("/v1/elders", headers=headers).get_json()["items"]) == 1
    assert client.delete(f"{path}/{family}", headers=worker).status_code == 204
    assert client.get("/v1/elders", headers=headers).status_code == 403
    assert client.delete(f"{path}/{family}", headers=worker).status_code == 404
    assert client.post(f"{path}/{family}/codes", headers=worker).status_code == 404


def test_nobody_gets_into_what_an_account_shows_of_others(client, worker, elder_id):
    """A new password would open another elder's record, or a planner's figures, to whoever issued the code."""
    elsewhere = make_account(client.application, role="family", elder_ids=[elder_id, uuid4()])
    planner = make_account(client.application, role="family", elder_ids=[elder_id], grants=[PLANNER])

    for account_id in (elsewhere, planner):
        reply = client.post(f"/v1/elders/{elder_id}/accounts/{account_id}/codes", headers=worker)
        assert (reply.status_code, reply.get_json()["code"]) == (409, "bound-elsewhere")
    stranger = make_account(client.application, role="planner", area=TOWN)
    assert client.post(f"/v1/elders/{elder_id}/accounts/{stranger}/codes", headers=worker).status_code == 404


def test_an_account_is_bound_to_a_second_elder(client, worker, elder_id):
    headers = sign_in(client, role="family", elder_ids=[uuid4()])

    reply = client.post(
        "/v1/me/links", json={"code": make_code(client, worker, elder_id, role="elder")}, headers=headers
    )

    assert (reply.status_code, reply.get_json()) == (201, {"elder_id": str(elder_id)})
    held = client.get("/v1/me", headers=headers).get_json()["grants"]
    assert (held[-1]["role"], held[-1]["scope_ref"]) == ("elder", str(elder_id))


def test_codes_are_for_who_has_the_elder_in_care_and_for_their_purpose(client, worker, elder_id):
    foreign = sign_in(client, role="district_officer", area=ELSEWHERE)
    body = {"role": "family"}

    assert client.post(f"/v1/elders/{elder_id}/link-codes", json=body, headers=foreign).status_code == 404
    planner = sign_in(client, role="planner", area=DISTRICT)
    assert client.post(f"/v1/elders/{elder_id}/link-codes", json=body, headers=planner).status_code == 403
    wrong = client.post(f"/v1/elders/{elder_id}/link-codes", json={"role": "administrator"}, headers=worker)
    assert wrong.status_code == 422
    assert choose(client, make_code(client, worker, elder_id)).status_code == 422
    officer = sign_in(client, role="district_officer", area=DISTRICT)
    planner_id = make_account(client.application, role="planner", area=TOWN)
    other = client.post(f"/v1/accounts/{planner_id}/codes", headers=officer).get_json()["code"]
    reply = client.post("/v1/me/links", json={"code": other}, headers=worker)
    assert reply.status_code == 422


def test_of_two_who_use_a_code_at_once_one_is_let_in(real_app):
    with real_app.app_context(), storage.transaction():
        put_places(COMMUNITY)
        record = elder_record()
        [elder_id] = put_elders(record)
        code = accounts.issue_link_code(elder_id, role=Role.FAMILY, actor=SYSTEM, at=clock.utc_now()).code
    barrier, statuses = threading.Barrier(4), []

    def register(number):
        caller = real_app.test_client()
        barrier.wait()
        body = {"code": code, "username": f"relative{number}", "password": NEW, "display_name": "亲属"}
        statuses.append(caller.post("/v1/auth/registrations", json=body).status_code)

    threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [201, 422, 422, 422]
    with real_app.app_context(), storage.reading():
        held = storage.session().execute(sa.select(RoleGrant.role, RoleGrant.scope_kind)).all()
    assert [tuple(one) for one in held] == [("family", "elder")]
