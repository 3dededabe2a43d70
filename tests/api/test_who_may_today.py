"""What somebody may see is decided by today, by their office, and leaves a line whatever the answer is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from dispatch import accounts, clock, elders, journal, privacy, storage
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places
from tests.factories.visits import put_caseload
from tests.worlds.two_banks import two_banks

NORTH, SOUTH = "120198001001", "120198002001"
EXPIRED = elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2020, 1, 1), date(2021, 1, 1))


@pytest.fixture
def elder_id(client):  # noqa: ARG001 - its database
    with storage.transaction():
        put_places(NORTH, SOUTH)
        return put_elders(elder_record(area=NORTH, phone="13800002345", assessments=(EXPIRED,)))[0]


@pytest.fixture
def of_north(client):
    return sign_in(client, role="district_officer", area=NORTH[:9])


@pytest.fixture
def of_south(client):
    return sign_in(client, role="district_officer", area=SOUTH[:9])


def worker(client, *elder_ids):
    account_id = make_account(client.application, role="community_worker", area="120198")
    with storage.transaction():
        [carer_id] = put_carers(carer_record(account_id=account_id, kind="community_worker"))
        put_caseload(carer_id, *elder_ids)
    return account_id, headers_of(client.application, account_id=account_id)


def lines(elder_id):
    return len(journal.find_access_lines(elder_id))


def move(client, elder_id, officer, to):
    on = clock.utc_now().date() - timedelta(days=1)
    body = {"kind": "moved_out", "on": on.isoformat(), "to_area_code": to}
    return client.post(f"/v1/elders/{elder_id}/events", json=body, headers=officer)


def test_a_worker_who_sees_an_elder_masked_hands_out_no_codes_and_sees_no_relatives(client, elder_id):
    _, stranger = worker(client)
    _, carer = worker(client, elder_id)
    family = make_account(client.application, role="family", elder_ids=[elder_id])

    for method, path in (
        ("GET", "accounts"),
        ("POST", "link-codes"),
        ("POST", f"accounts/{family}/codes"),
        ("DELETE", f"accounts/{family}"),
    ):
        body = {} if path == "link-codes" else None
        refused = client.open(f"/v1/elders/{elder_id}/{path}", method=method, json=body, headers=stranger)
        assert refused.status_code == 404, path
        allowed = client.open(f"/v1/elders/{elder_id}/{path}", method=method, json=body, headers=carer)
        assert allowed.status_code in {200, 201, 204}, path


def test_being_a_relative_is_no_office(client, elder_id):
    account_id = make_account(client.application, role="community_worker", area="120198")
    code = client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=worker(client, elder_id)[1]).get_json()
    headers = headers_of(client.application, account_id=account_id)
    assert client.post("/v1/me/links", json={"code": code["code"]}, headers=headers).status_code in {200, 201}

    assert client.get(f"/v1/elders/{elder_id}", headers=headers).get_json()["view"] == "full"
    assert client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=headers).status_code == 404


def test_nobody_binds_themselves_with_a_code_of_their_own(client, elder_id):
    _, carer = worker(client, elder_id)
    code = client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=carer).get_json()["code"]

    reply = client.post("/v1/me/links", json={"code": code}, headers=carer)

    assert (reply.status_code, reply.get_json()["code"]) == (409, "own-code")


def test_who_is_bound_to_an_elder_can_still_be_kept_out_and_not_be_impersonated(client, elder_id, of_north):
    town = sign_in(client, role="district_officer", area="120198")
    account_id = make_account(client.application, role="community_worker", area=SOUTH)
    before = client.post(f"/v1/accounts/{account_id}/codes", headers=town).get_json()["code"]
    link = client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=of_north).get_json()["code"]
    client.post("/v1/me/links", json={"code": link}, headers=headers_of(client.application, account_id=account_id))

    seen = client.get(f"/v1/accounts/{account_id}", headers=town)
    assert (seen.status_code, [grant["scope_kind"] for grant in seen.get_json()["grants"]]) == (200, ["area"])
    assert client.post(f"/v1/accounts/{account_id}/codes", headers=town).status_code == 404
    old = client.post("/v1/auth/passwords", json={"code": before, "password": "another-long-password"})
    assert (old.status_code, old.get_json()["code"]) == (422, "code-refused")
    out = client.patch(f"/v1/accounts/{account_id}", json={"status": "disabled"}, headers=town)
    assert out.get_json()["status"] == "disabled"


def test_where_the_elder_lives_today_decides_whatever_day_is_asked_for(client, elder_id, of_north, of_south):
    assert move(client, elder_id, of_north, SOUTH).status_code == 201
    path = f"/v1/elders/{elder_id}"

    for query in ({}, {"on": "2021-05-01"}, {"known_at": "2026-02-01T00:00:00Z"}):
        assert client.get(path, query_string=query, headers=of_north).status_code == 404, query
    past = client.get(path, query_string={"on": "2021-05-01"}, headers=of_south)
    assert (past.status_code, past.get_json()["home"]["area_code"]) == (200, NORTH)
    assert client.get(f"{path}/grade", query_string={"on": "2020-05-01"}, headers=of_north).status_code == 404
    assert client.get(f"{path}/grade", query_string={"on": "2020-05-01"}, headers=of_south).status_code == 200


def test_a_move_to_another_area_is_recorded_by_who_had_the_elder(client, elder_id, of_north, of_south):
    reply = move(client, elder_id, of_north, SOUTH)

    assert reply.status_code == 201
    assert client.get(f"/v1/elders/{elder_id}", headers=of_south).get_json()["home"]["area_code"] == SOUTH
    assert client.get(f"/v1/elders/{elder_id}", headers=of_north).status_code == 404


@pytest.mark.feature("X3")
def test_a_refusal_that_tells_something_leaves_a_line_too(client, elder_id, of_north):
    path = f"/v1/elders/{elder_id}"

    assert client.get(f"{path}/grade", headers=of_north).get_json()["code"] == "assessment-expired"
    assert lines(elder_id) == 1
    body = {"kind": "main", "area_code": NORTH, "address": "x", "valid_from": "2021-01-01"}
    overlap = client.post(f"{path}/residences", json=body, headers=of_north)
    assert (overlap.status_code, set(overlap.get_json()["facts"])) == (409, {"entry_id"})


@pytest.mark.feature("X3")
def test_a_test_key_leaves_a_line_for_a_look_that_ends_in_a_refusal(client, monkeypatch):
    monkeypatch.setattr("dispatch.api.services.current_network", two_banks)
    with storage.transaction():
        put_places(NORTH)
        nowhere = put_elders(elder_record(area=NORTH, point_ll=None))[0]
        system = make_account(client.application, role="district_officer", area="120198", is_system=True)
        now = clock.utc_now()
        terms = {"mode": accounts.KeyMode.TEST, "label": "x", "days": 1, "actor": SYSTEM, "at": now, "on": now.date()}
        key = accounts.issue_key(system, **terms).key

    reply = client.get(f"/v1/services?for_elder={nowhere}", headers={"Authorization": f"Bearer {key}"})

    assert (reply.status_code, reply.headers["Dispatch-Test"]) == (422, "nothing-kept")
    assert lines(nowhere) == 1
    for path in ("/v1/nix", "/v1/me?x=1"):
        assert client.get(path, headers={"Authorization": f"Bearer {key}"}).headers["Dispatch-Test"] == "nothing-kept"


@pytest.mark.feature("X6")
def test_erasure_takes_the_answers_that_could_be_asked_for_again(client, elder_id, of_north):
    family = sign_in(client, role="family", elder_ids=[elder_id])
    begin = (clock.utc_now() + timedelta(days=2)).replace(hour=2, minute=0, second=0, microsecond=0)
    wish = {
        "elder_id": str(elder_id),
        "service_code": "meals",
        "channel": "app",
        "on_behalf_of": "女儿欧阳擦女",
        "window_from_at": begin.isoformat(),
        "window_to_at": (begin + timedelta(hours=2)).isoformat(),
    }
    sent = client.post("/v1/care-requests", json=wish, headers=family | {"Idempotency-Key": "k1"})
    assert sent.status_code == 201, sent.get_json()
    body = {"kind": "died", "on": (clock.utc_now().date() - timedelta(days=2)).isoformat()}
    assert client.post(f"/v1/elders/{elder_id}/events", json=body, headers=of_north).status_code == 201
    with storage.transaction():
        on = clock.utc_now().date()
        basis = privacy.ErasureBasis.OWN_REQUEST
        privacy.erase_elder(elder_id, basis=basis, actor=SYSTEM, at=clock.utc_now(), on=on)

    with storage.reading() as session:
        kept = session.execute(sa.text("SELECT reply FROM idempotency_key")).all()
    assert "欧阳" not in str(kept)


@pytest.mark.usefixtures("elder_id")
def test_whole_id_numbers_go_out_for_ones_own_office_only(client):
    with storage.transaction():
        [south] = put_elders(elder_record(area=SOUTH, id_no=make_id_no()))
        both = make_account(
            client.application,
            grants=[
                Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, NORTH),
                Grant(Role.COMMUNITY_WORKER, ScopeKind.AREA, SOUTH),
            ],
        )
        actor = accounts.find_actor(both, on=clock.utc_now().date())
    ties = elders.Ties(caseload=frozenset({south}))
    terms = {"unit": storage.transaction, "at": clock.utc_now(), "on": clock.utc_now().date(), "route": "test"}

    rows = list(elders.export_elders(actor=actor, ties=ties, reason="按上级要求逐人核对身份", **terms))

    shown = {row["area_code"]: row["id_no"] for row in rows}
    assert "*" in shown[SOUTH]
    with pytest.raises(elders.ExportReasonMissingError):
        elders.export_elders(actor=actor, ties=ties, reason="x", **terms)


def test_what_was_handed_out_before_a_grant_opens_nothing_of_it(client):
    admin = sign_in(client, role="administrator", area="12")
    with storage.transaction():
        put_places(NORTH)
    grants = [{"role": "planner", "scope_kind": "area", "scope_ref": NORTH}]
    body = {"username": "wang.li", "display_name": "王丽", "grants": grants}
    person = client.post("/v1/accounts", json=body, headers=admin).get_json()
    system = client.post(
        "/v1/accounts", json=body | {"username": "hotline", "is_system": True}, headers=admin
    ).get_json()
    path = f"/v1/accounts/{system['account']['id']}"
    key = client.post(f"{path}/keys", json={"mode": "live", "label": "x"}, headers=admin).get_json()["key"]
    more = {"role": "operator", "scope_kind": "area", "scope_ref": NORTH}
    for each in (person, system):
        assert client.post(f"/v1/accounts/{each['account']['id']}/grants", json=more, headers=admin).status_code == 201

    chosen = {"code": person["password_code"]["code"], "password": "another-long-password"}
    assert client.post("/v1/auth/passwords", json=chosen).get_json()["code"] == "code-refused"
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert client.post(f"{path}/keys", json={"mode": "live", "label": "x"}, headers=admin).status_code == 201


def test_a_system_is_nobodys_relative(elder_id):
    grant = Grant(Role.FAMILY, ScopeKind.ELDER, str(elder_id))
    wish = accounts.NewAccount("platform", "平台", (grant,), is_system=True)
    terms = {"actor": SYSTEM, "at": clock.utc_now(), "on": clock.utc_now().date()}

    with pytest.raises(accounts.GrantInvalidError), storage.transaction():
        accounts.open_account(wish, **terms)


def test_nobody_registers_beside_the_own_account_with_a_code_of_their_own(client, elder_id, of_north):
    code = client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=of_north).get_json()["code"]
    body = {"code": code, "username": "me.again", "password": "another-long-password", "display_name": "我"}

    assert client.post("/v1/auth/registrations", json=body, headers=of_north).get_json()["code"] == "own-code"
    assert client.post("/v1/auth/registrations", json=body).status_code == 201


def test_a_former_employer_has_no_say_over_a_relative(client, elder_id, of_north):
    town = sign_in(client, role="district_officer", area="120198")
    account_id = make_account(client.application, role="community_worker", area=SOUTH)
    link = client.post(f"/v1/elders/{elder_id}/link-codes", json={}, headers=of_north).get_json()["code"]
    client.post("/v1/me/links", json={"code": link}, headers=headers_of(client.application, account_id=account_id))
    [held] = client.get(f"/v1/accounts/{account_id}", headers=town).get_json()["grants"]

    assert client.delete(f"/v1/accounts/{account_id}/grants/{held['id']}", headers=town).status_code == 204

    assert client.patch(f"/v1/accounts/{account_id}", json={"status": "disabled"}, headers=town).status_code == 404


@pytest.mark.feature("X3")
def test_the_log_names_a_system_and_nobody_whom_a_test_made_up(client, elder_id, of_north):
    system = make_account(client.application, role="district_officer", area="120198", is_system=True)
    now = clock.utc_now()
    terms = {"label": "x", "days": 1, "actor": SYSTEM, "at": now, "on": now.date()}
    with storage.transaction():
        live, test = (accounts.issue_key(system, mode=mode, **terms).key for mode in accounts.KeyMode)
    client.get(f"/v1/elders/{elder_id}", headers={"Authorization": f"Bearer {live}"})
    home = {"kind": "main", "area_code": NORTH, "address": "x", "valid_from": "2021-01-01"}
    body = {"name": "新来的", "sex": "female", "born_on": "1944-05-06", "residences": [home]}
    made = client.post("/v1/elders", json=body, headers={"Authorization": f"Bearer {test}"}).get_json()

    family = sign_in(client, role="family", elder_ids=[elder_id])
    [look] = client.get(f"/v1/elders/{elder_id}/access-log", headers=family).get_json()["items"]
    assert look["display_name"] == "测试系统"
    assert lines(UUID(made["elder_id"])) == 0
    assert client.get(f"/v1/elders/{elder_id}", query_string={"on": "1930-01-01"}, headers=of_north).status_code == 404
