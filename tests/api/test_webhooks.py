"""Webhooks over HTTP: whose they are, what is refused, the secret shown once, and sending again."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import clock, journal, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.jobs.following import FOLLOWERS
from dispatch.storage.idempotency import IdempotencyKey
from dispatch.webhooks.models import Webhook
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import put_organization
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.intake import NOW, submit, wish
from tests.factories.webhooks import receiving

PATH = "/v1/webhooks"
URL = "http://127.0.0.1:9999/hook"  # judged when it is made, and called by the worker only
DISTRICT, OTHER = "120198", "120199"


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """It is the time at which the requests of the factories are asked for."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


@pytest.fixture
def places(db):  # noqa: ARG001 - what it writes is undone
    with storage.transaction():
        put_places(f"{DISTRICT}001001", f"{OTHER}001001")


@pytest.fixture
def officer(client, places):  # noqa: ARG001 - the district must be there
    return sign_in(client, role="district_officer", area=DISTRICT)


def make(client, headers, key=None, **body):
    sent = {"url": URL, "kinds": ["care_request.*"], "area_code": DISTRICT} | body
    key = key or uuid4().hex
    return client.post(
        PATH,
        headers=headers | {"Idempotency-Key": key},
        json={name: value for name, value in sent.items() if value is not None},
    )


@pytest.fixture
def hook(client, officer):
    return make(client, officer).get_json()


def test_its_secret_is_shown_once_and_kept_sealed(client, officer, db):
    made = make(client, officer, key="k-1")
    again = make(client, officer, key="k-1")
    read = client.get(f"{PATH}/{made.get_json()['id']}", headers=officer)

    secret = made.get_json()["secret"]
    assert (made.status_code, secret[:6], len(secret)) == (201, "whsec_", 50)
    assert (again.status_code, again.get_json()["id"], again.get_json()["secret"]) == (201, made.get_json()["id"], None)
    assert "secret" not in read.get_json()
    row = db.scalars(sa.select(Webhook)).one()
    assert secret.encode() not in row.secret_sealed
    assert secret not in json.dumps([reply.reply for reply in db.scalars(sa.select(IdempotencyKey))])
    with storage.reading():
        told = journal.find_entries(row.id)
    assert [entry.kind for entry in told] == ["webhook.created"]
    assert secret not in str(told)
    assert URL not in str(told)


@pytest.mark.parametrize(
    ("role", "scope", "body", "status"),
    [
        ("district_officer", {"area": DISTRICT}, {"area_code": f"{DISTRICT}001"}, 201),
        ("district_officer", {"area": f"{DISTRICT}001"}, {"area_code": DISTRICT}, 403),
        ("district_officer", {"area": DISTRICT}, {"area_code": OTHER}, 403),
        ("administrator", {"area": "12"}, {"area_code": OTHER}, 201),
        ("coordinator", {}, {"area_code": DISTRICT}, 403),
        ("planner", {"area": DISTRICT}, {}, 403),
        ("operator", {"area": DISTRICT}, {}, 403),
        ("family", {}, {}, 403),
    ],
)
def test_one_subscribes_to_what_one_answers_for(client, places, role, scope, body, status):  # noqa: ARG001 - they must be there
    assert make(client, sign_in(client, role=role, **scope), **body).status_code == status


def test_a_coordinator_subscribes_to_the_own_organization_and_to_no_other(client, places):  # noqa: ARG001 - as above
    with storage.transaction():
        house = put_organization()
    headers = sign_in(client, role="coordinator", organization_id=house)

    own = make(client, headers, area_code=None, organization_id=str(house))
    other = make(client, headers, area_code=None, organization_id=str(uuid4()))

    assert (own.status_code, own.get_json()["organization_id"]) == (201, str(house))
    assert (other.status_code, other.get_json()["code"]) == (403, "webhook-scope")


def test_those_of_others_do_not_exist(client, hook):
    stranger = sign_in(client, role="district_officer", area=OTHER)
    below = sign_in(client, role="district_officer", area=f"{DISTRICT}001")
    address = f"{PATH}/{hook['id']}"
    for headers in (stranger, below):
        calls = [
            client.get(address, headers=headers),
            client.patch(address, headers=headers | {"If-Match": '"v1"'}, json={"is_active": False}),
            client.delete(address, headers=headers),
            client.post(f"{address}/secret", headers=headers),
            client.get(f"{address}/deliveries", headers=headers),
            client.post(f"{address}/ping", headers=headers),
            client.post(f"{address}/replay?from=2026-03-30T00:00:00Z", headers=headers),
            client.post(f"{address}/deliveries/{uuid4()}/replay", headers=headers),
        ]

        assert {(reply.status_code, reply.get_json()["code"]) for reply in calls} == {(404, "webhook-not-found")}
        assert client.get(PATH, headers=headers).get_json()["items"] == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"url": "https://10.0.0.1/hook"}, {"url"}),
        ({"url": "https://169.254.169.254/latest/meta-data"}, {"url"}),
        ({"url": "http://10.0.0.1/"}, {"url"}),
        ({"url": "https://user:word@127.0.0.1/"}, {"url"}),
        ({"url": "https://127.1/"}, {"url"}),
        ({"url": "http://127.0.0.1:25/"}, {"url"}),
        ({"url": ""}, {"url"}),
        ({"kinds": []}, {"kinds"}),
        ({"kinds": ["elder.changed"]}, {"kinds"}),
        ({"kinds": ["everything"]}, {"kinds.0"}),
        ({"area_code": None}, {"area_code"}),
        ({"organization_id": str(uuid4())}, {"area_code"}),
        ({"secret": "my own"}, {"secret"}),
    ],
)
def test_what_cannot_be_is_422_with_the_field(client, officer, body, fields):
    reply = make(client, officer, **body)

    assert (reply.status_code, set(reply.get_json()["fields"])) == (422, fields)


def test_a_change_names_the_version_and_judges_the_new_address(client, officer, hook):
    address = f"{PATH}/{hook['id']}"

    assert client.patch(address, headers=officer, json={}).status_code == 428
    assert client.patch(address, headers=officer | {"If-Match": '"v9"'}, json={}).status_code == 412
    refused = client.patch(address, headers=officer | {"If-Match": '"v1"'}, json={"url": "https://10.0.0.1/"})
    changed = client.patch(
        address, headers=officer | {"If-Match": '"v1"'}, json={"kinds": ["visit.missed"], "is_active": False}
    )

    assert (refused.status_code, refused.get_json()["code"]) == (422, "webhook-url-refused")
    told = changed.get_json()
    assert (told["version"], told["kinds"], told["is_active"]) == (2, ["visit.missed"], False)
    assert told["stopped_because"] == "switched_off"
    assert client.post(f"{address}/ping", headers=officer).get_json()["code"] == "webhook-stopped"


def test_who_switches_it_on_again_answers_for_it(client, officer, hook):
    address = f"{PATH}/{hook['id']}"
    client.patch(address, headers=officer | {"If-Match": '"v1"'}, json={"is_active": False})
    other_id = make_account(client.application, role="administrator", area="12")

    reply = client.patch(
        address,
        headers=headers_of(client.application, account_id=other_id) | {"If-Match": '"v2"'},
        json={"is_active": True},
    )

    assert (reply.get_json()["is_active"], reply.get_json()["owner_id"]) == (True, str(other_id))


def test_a_new_secret_is_shown_once_and_the_one_before_ends_in_a_day(client, officer, hook):
    reply = client.post(f"{PATH}/{hook['id']}/secret", headers=officer)

    told = reply.get_json()
    assert reply.status_code == 201
    assert told["secret"] not in {None, hook["secret"]}
    assert told["old_secret_until_at"] is not None


def test_a_deleted_one_is_gone_with_all_that_was_to_be_sent(client, officer, hook):
    address = f"{PATH}/{hook['id']}"
    client.post(f"{address}/ping", headers=officer)

    assert client.delete(address, headers=officer).status_code == 204
    assert client.get(address, headers=officer).status_code == 404


def test_deliveries_come_in_pages_newest_first_and_by_status(client, officer, hook):
    address = f"{PATH}/{hook['id']}"
    made = [client.post(f"{address}/ping", headers=officer).get_json()["id"] for _ in range(3)]

    first = client.get(f"{address}/deliveries?limit=2", headers=officer).get_json()
    rest = client.get(f"{address}/deliveries?limit=2&cursor={first['next_cursor']}", headers=officer).get_json()
    failed = client.get(f"{address}/deliveries?status=failed", headers=officer).get_json()

    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert (rest["next_cursor"], failed["items"]) == (None, [])
    assert {each["status"] for each in first["items"]} == {"waiting"}
    replayed = client.post(f"{address}/deliveries/{made[0]}/replay", headers=officer)
    assert (replayed.status_code, replayed.get_json()["event_id"]) == (202, rest["items"][0]["event_id"])
    assert client.post(f"{address}/deliveries/{uuid4()}/replay", headers=officer).status_code == 404


@pytest.mark.feature("O5")
def test_what_a_stopped_one_missed_is_sent_by_a_replay_and_only_what_lies_in_its_area(
    client, officer, hook, monkeypatch
):
    with storage.transaction():
        here, there = put_elders(elder_record(), elder_record(area=f"{OTHER}001001", name="李四光"))
        mine = submit(wish(here, "meals", on="2026-03-31"))
        submit(wish(there, "meals", on="2026-03-31"))
        [entry] = journal.find_entries(mine.id)
    monkeypatch.setattr(clock, "utc_now", lambda: entry.at + timedelta(minutes=1))
    address = f"{PATH}/{hook['id']}"
    since = (entry.at - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")

    reply = client.post(f"{address}/replay", query_string={"from": since}, headers=officer)
    again = client.post(f"{address}/replay", query_string={"from": since}, headers=officer)

    assert reply.get_json() == again.get_json() == {"count": 1, "after": None}
    [told] = client.get(f"{address}/deliveries", headers=officer).get_json()["items"]
    assert (told["event_id"], told["kind"]) == (f"evt_{entry.cursor.seq}", "care_request.submitted")
    early = client.post(f"{address}/replay", query_string={"from": "2020-01-01T00:00:00Z"}, headers=officer)
    assert (early.status_code, early.get_json()["code"]) == (422, "replay-too-far")


def test_a_submitted_request_reaches_the_receiver_without_anything_personal(client, officer, app):
    from dispatch.jobs.webhooks import Sender  # noqa: PLC0415 - the worker's part

    with receiving() as receiver:
        made = make(client, officer, url=receiver.url).get_json()
        with storage.transaction():
            [elder_id] = put_elders(elder_record(name="慕容雪村"))
            card = submit(wish(elder_id, "meals", on="2026-03-31"))
            [entry] = journal.find_entries(card.id)
            FOLLOWERS["webhooks"][entry.kind](entry, NOW)
        Sender(apart=app.app_context, settings=app.config["DISPATCH_SETTINGS"]).serve(
            webhooks.find_webhooks(SYSTEM)[0].id
        )

    [got] = receiver.got
    assert got.is_signed_with(made["secret"])
    told = json.loads(got.body)
    assert (told["type"], told["data"]["subject_id"]) == ("care_request.submitted", str(card.id))
    assert all(part not in got.body.decode() for part in ("慕容", "雪村", "测试路"))


def test_the_published_kinds_are_listed(client, officer):
    assert client.get(f"{PATH}/kinds", headers=officer).get_json()["items"] == list(webhooks.KINDS)


def test_a_scope_has_twenty_at_most(client, officer):
    for _ in range(20):
        assert make(client, officer).status_code == 201

    reply = make(client, officer)

    assert (reply.status_code, reply.get_json()["code"]) == (409, "too-many-webhooks")
