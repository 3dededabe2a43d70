"""Accounts over HTTP: who may give what, one-time codes, and what nobody may."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import accounts, clock, storage
from dispatch.accounts.models import OneTimeCode
from dispatch.actor import Grant, Role, ScopeKind
from tests.factories.accounts import PASSWORD, headers_of, make_account, sign_in
from tests.factories.directory import make_organization, make_site, put_base

DISTRICT, TOWN, COMMUNITY, ELSEWHERE = "120198", "120198001", "120198001001", "120197"
NEW = "another-long-password"
HOUSE = UUID(int=7)
PLANNER = Grant(Role.PLANNER, ScopeKind.AREA, DISTRICT)
PATH = "/v1/accounts"


def grant(role, ref, kind="area"):
    return {"role": role, "scope_kind": kind, "scope_ref": str(ref)}


def wish(*grants, username="wang.li"):
    return {"username": username, "display_name": "王丽", "grants": list(grants)}


@pytest.fixture
def admin(client):
    return sign_in(client, role="administrator", area="12")


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area=DISTRICT)


def opened(client, headers, *grants, **named):
    reply = client.post(PATH, json=wish(*grants, **named), headers=headers)
    assert reply.status_code == 201, reply.get_json()
    return reply.get_json()


def choose(client, code, password=NEW):
    return client.post("/v1/auth/passwords", json={"code": code, "password": password})


def signs_in(client, username="wang.li", password=NEW):
    return client.post("/v1/auth/tokens", json={"username": username, "password": password}).status_code


def test_day_one_an_administrator_lets_somebody_in_who_chooses_the_password(client, admin):
    made = opened(client, admin, grant("district_officer", DISTRICT))

    assert signs_in(client) == 401  # no password yet
    code = made["password_code"]["code"]
    assert choose(client, code.lower().replace("-", " ")).status_code == 204
    assert signs_in(client) == 200
    again = choose(client, code, "a-third-long-password")
    assert (again.status_code, again.get_json()["code"]) == (422, "code-refused")
    assert signs_in(client) == 200
    [held] = made["account"]["grants"]
    assert (held["role"], held["scope_ref"], held["valid_to"]) == ("district_officer", DISTRICT, None)


@pytest.mark.parametrize(
    ("giver", "given", "status"),
    [
        ({"role": "district_officer", "area": DISTRICT}, grant("community_worker", TOWN), 201),
        ({"role": "district_officer", "area": DISTRICT}, grant("district_officer", TOWN), 201),
        ({"role": "district_officer", "area": DISTRICT}, grant("district_officer", DISTRICT), 403),  # the own level
        ({"role": "district_officer", "area": DISTRICT}, grant("planner", DISTRICT), 403),
        ({"role": "district_officer", "area": DISTRICT}, grant("district_officer", "12"), 403),  # above
        ({"role": "district_officer", "area": DISTRICT}, grant("community_worker", f"{ELSEWHERE}001"), 403),
        ({"role": "district_officer", "area": DISTRICT}, grant("administrator", TOWN), 403),
        ({"role": "district_officer", "area": TOWN}, grant("community_worker", COMMUNITY), 201),
        ({"role": "district_officer", "area": DISTRICT}, grant("family", uuid4(), "elder"), 403),
        ({"role": "district_officer", "area": DISTRICT}, grant("coordinator", uuid4(), "organization"), 403),
        ({"role": "coordinator", "organization_id": HOUSE}, grant("carer", HOUSE, "organization"), 201),
        ({"role": "coordinator", "organization_id": HOUSE}, grant("carer", UUID(int=8), "organization"), 403),
        (
            {"role": "coordinator", "organization_id": HOUSE},
            grant("coordinator", HOUSE, "organization"),
            403,
        ),
        ({"role": "coordinator", "organization_id": HOUSE}, grant("community_worker", COMMUNITY), 403),
        ({"role": "administrator", "area": DISTRICT}, grant("administrator", DISTRICT), 201),
        ({"role": "administrator", "area": DISTRICT}, grant("administrator", "12"), 403),
        (
            {"role": "administrator", "area": "12"},
            grant("coordinator", uuid4(), "organization"),
            403,
        ),  # of no such house
        ({"role": "administrator", "area": "12"}, grant("family", uuid4(), "elder"), 403),
        ({"role": "district_officer", "area": DISTRICT}, grant("carer", uuid4(), "own"), 422),
        ({"role": "planner", "area": DISTRICT}, grant("planner", TOWN), 403),
        ({"role": "operator", "area": DISTRICT}, grant("operator", TOWN), 403),
        ({"role": "community_worker", "area": DISTRICT}, grant("community_worker", TOWN), 403),
    ],
)
def test_nobody_gives_more_than_they_may(client, giver, given, status):
    headers = sign_in(client, **giver)

    reply = client.post(PATH, json=wish(given), headers=headers)

    assert reply.status_code == status, reply.get_json()
    with storage.reading():
        known = {account.username for account in accounts.list_accounts()}
    assert ("wang.li" in known) == (status == 201)


def test_one_forbidden_grant_among_good_ones_refuses_all(client, officer):
    reply = client.post(PATH, json=wish(grant("community_worker", TOWN), grant("planner", ELSEWHERE)), headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (403, "grant-not-yours")


def test_an_officer_lets_in_coordinators_of_organizations_with_a_site_in_the_area(client, officer):
    with storage.transaction():
        put_base()
        organization_id = make_organization()
        make_site(area_code=DISTRICT)

    assert opened(client, officer, grant("coordinator", organization_id, "organization"))
    reply = client.post(
        PATH,
        json=wish(grant("coordinator", uuid4(), "organization"), username="other"),
        headers=officer,
    )
    assert reply.status_code == 403


def test_accounts_of_others_do_not_exist(client, officer, admin):
    foreign = opened(client, admin, grant("community_worker", f"{ELSEWHERE}001"), username="foreign")["account"]["id"]
    peer = str(make_account(client.application, role="district_officer", area=DISTRICT))
    mixed = opened(client, admin, grant("community_worker", TOWN), grant("planner", DISTRICT), username="mixed")[
        "account"
    ]["id"]
    own = client.get("/v1/me", headers=officer).get_json()["id"]
    mine = opened(client, officer, grant("community_worker", TOWN), username="mine")["account"]["id"]

    for account_id in (foreign, peer, mixed, own, uuid4()):
        path = f"{PATH}/{account_id}"
        asked = [
            client.get(path, headers=officer),
            client.patch(path, json={"status": "disabled"}, headers=officer),
            client.post(f"{path}/grants", json=grant("community_worker", TOWN), headers=officer),
            client.delete(f"{path}/grants/{uuid4()}", headers=officer),
            client.post(f"{path}/codes", headers=officer),
            client.get(f"{path}/sessions", headers=officer),
            client.delete(f"{path}/sessions", headers=officer),
        ]
        assert [reply.status_code for reply in asked] == [404] * 7
    listed = client.get(PATH, headers=officer).get_json()["items"]
    assert [account["id"] for account in listed] == [mine]
    assert {foreign, peer, mixed, own, mine} <= {
        account["id"] for account in client.get(f"{PATH}?limit=200", headers=admin).get_json()["items"]
    }


def test_accounts_are_listed_by_role_and_in_pages(client, officer):
    for number, role in enumerate(("planner", "operator", "planner")):
        opened(client, officer, grant(role, TOWN), username=f"name{number}")

    first = client.get(f"{PATH}?limit=2", headers=officer).get_json()
    rest = client.get(f"{PATH}?limit=2&cursor={first['next_cursor']}", headers=officer).get_json()
    planners = client.get(f"{PATH}?role=planner", headers=officer).get_json()["items"]

    assert [one["username"] for one in first["items"] + rest["items"]] == ["name0", "name1", "name2"]
    assert rest["next_cursor"] is None
    assert [one["username"] for one in planners] == ["name0", "name2"]


def test_grants_are_given_and_ended_at_once_and_stay_on_record(client, officer):
    account_id = opened(client, officer, grant("planner", TOWN))["account"]["id"]
    headers = headers_of(client.application, account_id=UUID(account_id))
    path = f"{PATH}/{account_id}/grants"
    assert client.get("/v1/elders", headers=headers).status_code == 403

    reply = client.post(path, json=grant("community_worker", TOWN), headers=officer)
    same = client.post(path, json=grant("community_worker", TOWN), headers=officer)

    held = reply.get_json()["grants"]
    assert (reply.status_code, same.get_json()["grants"]) == (201, held)
    assert client.get("/v1/elders", headers=headers).status_code == 200
    refused = client.post(path, json=grant("district_officer", DISTRICT), headers=officer)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "grant-not-yours")
    worker = next(one for one in held if one["role"] == "community_worker")
    assert client.delete(f"{path}/{worker['id']}", headers=officer).status_code == 204
    assert client.get("/v1/elders", headers=headers).status_code == 403
    assert client.delete(f"{path}/{worker['id']}", headers=officer).status_code == 404
    kept = client.get(f"{PATH}/{account_id}", headers=officer).get_json()["grants"]
    assert [one["valid_to"] is None for one in kept] == [True, False]
    for broken in (grant("planner", "12019"), grant("planner", uuid4(), "organization"), grant("planner", TOWN, "x")):
        assert client.post(path, json=broken, headers=officer).status_code == 422


def test_a_role_in_the_body_of_other_routes_does_nothing(client):
    planner = sign_in(client, role="planner", area=DISTRICT)

    reply = client.patch(
        "/v1/me", json={"display_name": "x", "grants": [grant("administrator", "12")]}, headers=planner
    )
    known = client.patch("/v1/me", json={"display_name": "改名", "locale": "en"}, headers=planner).get_json()

    assert reply.status_code == 422
    assert (known["display_name"], known["locale"]) == ("改名", "en")
    assert [one["role"] for one in known["grants"]] == ["planner"]


def test_keeping_somebody_out_and_signing_their_devices_out(client, officer):
    account_id = opened(client, officer, grant("planner", TOWN))["account"]["id"]
    path = f"{PATH}/{account_id}"
    headers = headers_of(client.application, account_id=UUID(account_id))

    assert len(client.get(f"{path}/sessions", headers=officer).get_json()["items"]) == 1
    assert client.delete(f"{path}/sessions", headers=officer).status_code == 204
    revoked = client.get("/v1/me", headers=headers)
    assert (revoked.status_code, revoked.get_json()["code"]) == (401, "device-revoked")
    headers = headers_of(client.application, account_id=UUID(account_id))
    changed = client.patch(path, json={"status": "disabled", "display_name": "走了"}, headers=officer).get_json()
    assert (changed["status"], changed["display_name"]) == ("disabled", "走了")
    assert client.get("/v1/me", headers=headers).status_code == 401
    code = client.post(f"{path}/codes", headers=officer).get_json()["code"]
    assert choose(client, code).status_code == 422  # as long as they are kept out
    assert client.patch(path, json={"status": "active"}, headers=officer).get_json()["status"] == "active"
    assert choose(client, code).status_code == 204


def test_a_forgotten_password_signs_all_devices_out_and_voids_older_codes(client, officer):
    made = opened(client, officer, grant("planner", TOWN))
    account_id = UUID(made["account"]["id"])
    headers = headers_of(client.application, account_id=account_id)
    newer = client.post(f"{PATH}/{account_id}/codes", headers=officer).get_json()

    assert choose(client, made["password_code"]["code"]).status_code == 422
    weak = choose(client, newer["code"], "short")
    assert (weak.status_code, weak.get_json()["code"]) == (422, "weak-password")
    assert choose(client, newer["code"]).status_code == 204  # a weak password did not use it up
    assert client.get("/v1/me", headers=headers).status_code == 401
    assert signs_in(client) == 200


def test_a_code_is_over_after_its_days(client, officer, monkeypatch):
    made = opened(client, officer, grant("planner", TOWN))
    begin = clock.utc_now()

    monkeypatch.setattr(clock, "utc_now", lambda: begin + timedelta(days=3, seconds=1))

    assert choose(client, made["password_code"]["code"]).get_json()["code"] == "code-refused"


def test_a_code_stands_nowhere_in_the_open(client, officer):
    made = opened(client, officer, grant("planner", TOWN))

    plain = accounts.plain_code(made["password_code"]["code"])
    with storage.reading():
        stored = storage.session().execute(sa.select(OneTimeCode.__table__)).mappings().one()
    assert plain.encode() not in stored["code_index"]
    assert plain not in str(dict(stored))


def test_guessing_codes_is_slowed_down(client):
    statuses = [choose(client, f"2222-2222-{number:04d}").status_code for number in range(110)]

    assert statuses[:100] == [422] * 100
    assert set(statuses[101:]) == {429}


def test_ones_own_password_is_changed_with_the_old_one(client):
    account_id = make_account(client.application, role="planner", area=DISTRICT, username="wang.li")
    here, there = (headers_of(client.application, account_id=account_id) for _ in range(2))

    wrong = client.put("/v1/me/password", json={"old_password": "x" * 12, "new_password": NEW}, headers=here)
    done = client.put("/v1/me/password", json={"old_password": PASSWORD, "new_password": NEW}, headers=here)

    assert (wrong.status_code, done.status_code) == (401, 204)
    assert client.get("/v1/me", headers=here).status_code == 200
    assert client.get("/v1/me", headers=there).status_code == 401
    assert (signs_in(client, password=PASSWORD), signs_in(client)) == (401, 200)


def test_what_may_be_given_is_the_matrix_of_the_domain():
    assert {(right.giver, right.kind, right.reach) for right in accounts.DELEGATIONS if right.kind != "own"} == {
        (Role.ADMINISTRATOR, ScopeKind.AREA, accounts.Reach.WITHIN),
        (Role.ADMINISTRATOR, ScopeKind.ORGANIZATION, accounts.Reach.OVERSEEN_OR_NEW),
        (Role.DISTRICT_OFFICER, ScopeKind.AREA, accounts.Reach.BELOW),
        (Role.DISTRICT_OFFICER, ScopeKind.ORGANIZATION, accounts.Reach.OVERSEEN),
        (Role.COORDINATOR, ScopeKind.ORGANIZATION, accounts.Reach.EMPLOYER),
    }
