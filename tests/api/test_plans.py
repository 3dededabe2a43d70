"""Day plans over HTTP: asked for, read, signed, rejected; each problem, each role."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import clock, journal, storage
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_coordinator
from tests.factories.intake import local
from tests.factories.plans import propose
from tests.worlds.tiny_day import make_tiny_day

MORNING = local("2026-03-31 07:30")


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its team for baths and a bath to be given; it is Tuesday, 31 March 2026, 7:30."""
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        made.bath = made.assign(made.ask("bathing_home"), "浴")
    return made


@pytest.fixture
def coordinator(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "浴").account_id)


def wish(town, **fields):
    return {"on": "2026-03-31", "area_code": "120198", "organization_id": str(town.organizations["浴"])} | fields


def ask(client, headers, **body):
    return client.post("/v1/plans", headers=headers | {"Idempotency-Key": uuid4().hex}, json=body)


@pytest.fixture
def plan_id(town):
    with storage.transaction():
        return propose(organization_id=town.organizations["浴"], now=MORNING)


def post(client, headers, path, *, version=None, **body):
    etag = {"If-Match": f'"v{version}"'} if version else {}
    return client.post(path, headers=headers | etag, json=body)


def test_a_plan_is_asked_for_and_a_job_builds_it(client, coordinator, town):
    key = {"Idempotency-Key": uuid4().hex}

    first, again = (client.post("/v1/plans", headers=coordinator | key, json=wish(town, seconds=5)) for _ in range(2))

    assert (first.status_code, again.json) == (202, first.json)
    plan, job = first.json["plan"], first.json["job"]
    assert (plan["status"], plan["seconds"], plan["figures"]) == ("building", 5, None)
    assert (job["id"], job["name"], job["status"]) == (plan["job_id"], "day_plan", "queued")
    assert first.headers["Location"] == f"/v1/plans/{plan['plan_id']}"
    listed = client.get("/v1/plans?on=2026-03-31", headers=coordinator).json["items"]
    assert [each["plan_id"] for each in listed] == [plan["plan_id"]]


def test_having_enough_is_kept_and_changes_nothing_else(client, coordinator, town):
    plan = ask(client, coordinator, **wish(town)).json["plan"]

    replies = [post(client, coordinator, f"/v1/plans/{plan['plan_id']}/best-so-far") for _ in range(2)]

    assert [each.json["status"] for each in replies] == ["building"] * 2
    assert replies[0].headers["ETag"] == replies[1].headers["ETag"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"on": "2026-03-30"}, 422, "invalid-plan"),
        ({"area_code": "12"}, 422, "invalid-plan"),
        ({"seconds": 0}, 422, "invalid"),
        ({"area_code": "129999"}, 404, "area-not-found"),
        ({"organization_id": None}, 403, "plan-not-yours"),
    ],
)
def test_what_cannot_be_planned_is_named(client, coordinator, town, fields, status, code):
    reply = ask(client, coordinator, **wish(town, **fields))

    assert (reply.status_code, reply.json["code"]) == (status, code)
    assert reply.json.get("fields", {}).keys() <= fields.keys()  # under the names that were sent


def test_a_plan_shows_tours_reasons_and_what_it_rests_on(client, coordinator, town, plan_id):
    reply = client.get(f"/v1/plans/{plan_id}", headers=coordinator)
    one = client.get(f"/v1/plans/{plan_id}/tours/{town.carers['X']}", headers=coordinator)

    shown = reply.json
    stops = [stop for tour in shown["tours"] for stop in tour["stops"]]
    assert {stop["visit_id"] for stop in stops} == {str(each) for each in town.bath.visit_ids}
    assert len({stop["start_at"] for stop in stops}) == 1
    assert shown["network"]
    assert shown["inputs_hash"]
    assert shown["assumptions"]["ebike_speed_kph"] == 15
    assert (shown["figures"]["placed"], shown["unplanned"]) == (2, [])
    assert one.json in shown["tours"]
    assert (
        client.get(f"/v1/plans/{plan_id}", headers=coordinator | {"If-None-Match": reply.headers["ETag"]}).status_code
        == 304
    )


@pytest.mark.feature("S7")
def test_signing_publishes_once_and_signing_twice_is_harmless(client, coordinator, town, plan_id):
    path = f"/v1/plans/{plan_id}/acceptance"
    version = client.get(f"/v1/plans/{plan_id}", headers=coordinator).json["version"]

    first = post(client, coordinator, path, version=version)
    again = post(client, coordinator, path, version=version)

    assert (first.status_code, again.status_code, first.json["status"]) == (200, 200, "accepted")
    assert first.headers["ETag"] == again.headers["ETag"]
    for visit_id in town.bath.visit_ids:
        kinds = [entry.kind for entry in journal.find_entries(visit_id)]
        assert kinds.count("visit.published") == 1


def test_signing_needs_the_version_that_was_read(client, coordinator, plan_id):
    path = f"/v1/plans/{plan_id}/acceptance"

    without, wrong = post(client, coordinator, path), post(client, coordinator, path, version=99)

    assert (without.status_code, wrong.status_code, wrong.json["code"]) == (428, 412, "stale-version")


def test_a_rejected_plan_says_why_and_cannot_be_signed(client, coordinator, plan_id):
    version = client.get(f"/v1/plans/{plan_id}", headers=coordinator).json["version"]

    rejected = post(client, coordinator, f"/v1/plans/{plan_id}/rejection", version=version, reason="再等两个请求")
    signed = post(client, coordinator, f"/v1/plans/{plan_id}/acceptance", version=version + 1)

    assert (rejected.json["status"], rejected.json["decide_reason"]) == ("rejected", "再等两个请求")
    assert (signed.status_code, signed.json["code"]) == (409, "illegal-plan-move")
    assert signed.json["detail"] == "计划已否决。请重新编排这一天。"
    assert signed.json["facts"]["allowed"] == []


def test_a_plan_outside_ones_scope_does_not_exist(app, client, town, plan_id):
    with storage.transaction():
        town.provider("别家", service="bathing_home", delivery="home")
        stranger = headers_of(app, account_id=as_coordinator(app, town, "别家").account_id)
    foreign = sign_in(client, role="district_officer", area="120199", username="foreign")
    officer = sign_in(client, role="district_officer", area="120198", username="officer")
    operator = sign_in(client, role="operator", area="120198", username="operator")
    path = f"/v1/plans/{plan_id}"

    codes = {name: client.get(path, headers=who).status_code for name, who in (("s", stranger), ("f", foreign))}
    seen = [client.get(path, headers=who).status_code for who in (officer, operator)]
    signed = post(client, stranger, f"{path}/acceptance", version=1)
    looked = post(client, operator, f"{path}/acceptance", version=1)
    carer = sign_in(client, role="carer", username="carer")

    assert codes == {"s": 404, "f": 404}
    assert seen == [200, 200]
    assert (signed.status_code, looked.status_code) == (404, 403)
    assert client.get(path, headers=carer).status_code == 403
