"""Quotes, drafts and subsidy rules over HTTP: each door, each role, each problem."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from dispatch import clock, intake, journal, storage
from tests.factories.accounts import sign_in
from tests.factories.intake import NOW, submit, wish
from tests.factories.subsidies import put_rules, rule_record
from tests.worlds.tiny_day import AREA, make_tiny_day

MEAL = {
    "service_code": "meal_dine_in",
    "window_from_at": "2026-03-31T11:00:00+08:00",
    "window_to_at": "2026-03-31T12:00:00+08:00",
}
RULE = {
    "rule_version": "A-1",
    "area_code": "120198",
    "service_code": "meals",
    "amount_cents": 300,
    "valid_from": "2026-01-01",
    "minimum_age": 80,
    "weekly_limit": 5,
}
FOREIGN = [("family", {}), ("community_worker", {"area": "120199"}), ("operator", {"area": "120198002"})]


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", price=("meal", 1500))
        put_rules()
        return made


@pytest.fixture
def daughter(client, town):
    return sign_in(client, role="family", elder_ids=[town.elder_id])


def post(client, path, headers, body, key=None):
    return client.post(path, headers=headers | {"Idempotency-Key": key or uuid4().hex}, json=body)


def draft(client, headers, town, **changes):
    body = MEAL | {"elder_id": str(town.elder_id), "is_draft": True} | changes
    return post(client, "/v1/care-requests", headers, body)


@pytest.mark.feature("R9")
def test_a_quote_lists_gross_subsidy_own_share_and_rule_and_leaves_a_line(client, daughter, town):
    body = {"elder_id": str(town.elder_id), "service_code": "meals", "service_dates": ["2026-03-31", "2026-04-01"]}

    made = post(client, "/v1/quotes", daughter, body | {"service_at_site_id": str(town.offers["食堂"])}, key="q")
    again = post(client, "/v1/quotes", daughter, body | {"service_at_site_id": str(town.offers["食堂"])}, key="q")

    assert (made.status_code, again.json) == (201, made.json)
    told = made.json
    # two meals of 1,500 with 300 each (EX-1 of domain.md section 5)
    assert [told[f"{name}_cents"] for name in ("gross", "subsidy", "own_share")] == [3000, 600, 2400]
    assert (told["rule_versions"], told["lines"][0]["outcome_label"]) == (["EX-1"], "按规定补贴")
    assert told["basis_label"] == "按所选服务点当日的价格"
    with storage.reading():
        lines = [(line.purpose.value, line.route) for line in journal.find_access_lines(town.elder_id)]
    assert lines == [("own", "POST /v1/quotes")] * 2


@pytest.mark.parametrize(
    "when",
    [{}, {"service_dates": ["2026-03-31"], "window_from_at": "2026-03-31T11:00:00+08:00"}, {"service_dates": []}],
)
def test_one_way_to_say_when_is_needed(client, daughter, town, when):
    body = {"elder_id": str(town.elder_id), "service_code": "meals"} | when

    reply = post(client, "/v1/quotes", daughter, body)

    assert (reply.status_code, list(reply.json["fields"])) == (422, ["service_dates"])


@pytest.mark.feature("R9")
def test_a_draft_is_confirmed_with_the_quote_that_was_seen(client, daughter, town):
    made = draft(client, daughter, town)
    path = f"/v1/care-requests/{made.json['id']}"

    asked = client.post(f"{path}/submission", headers=daughter, json={"quote_id": made.json["quote"]["id"]})
    stand = client.get(f"{path}/quote", headers=daughter)

    assert (made.status_code, made.json["status"], made.json["quote"]["own_share_cents"]) == (201, "draft", 1200)
    assert (asked.status_code, asked.json["status"]) == (200, "submitted")
    assert asked.headers["ETag"] == f'"v{asked.json["version"]}"'
    assert stand.json["quote"] == made.json["quote"]
    assert (stand.json["recomputed"]["own_share_cents"], stand.json["recomputed"]["id"]) == (1200, None)


@pytest.mark.feature("R9")
def test_a_rule_that_changed_in_between_is_409_with_what_it_costs_now(client, daughter, town):
    made = draft(client, daughter, town)
    with storage.transaction():
        put_rules(rule_record("NEW", amount_cents=500))
    path = f"/v1/care-requests/{made.json['id']}"

    reply = client.post(f"{path}/submission", headers=daughter, json={"quote_id": made.json["quote_id"]})

    assert (reply.status_code, reply.json["code"], reply.json["facts"]["changed"]) == (409, "quote-changed", ["rule"])
    assert reply.json["facts"]["quote"]["own_share_cents"] == 1000
    assert "补贴规定已变" in reply.json["detail"]
    assert client.get(path, headers=daughter).json["status"] == "draft"


def test_a_quote_can_be_named_when_a_request_is_asked_at_once(client, daughter, town):
    body = {"elder_id": str(town.elder_id), "service_code": "meal_dine_in", "service_dates": ["2026-03-31"]}
    quoted = post(client, "/v1/quotes", daughter, body).json

    made = draft(client, daughter, town, is_draft=False, quote_id=quoted["id"])
    unknown = draft(
        client,
        daughter,
        town,
        is_draft=False,
        quote_id=str(uuid4()),
        window_from_at="2026-04-01T11:00:00+08:00",
        window_to_at="2026-04-01T12:00:00+08:00",
    )

    assert (made.status_code, made.json["quote"]["id"]) == (201, quoted["id"])
    assert (unknown.status_code, unknown.json["code"]) == (404, "quote-not-found")


@pytest.mark.feature("R1")
@pytest.mark.parametrize(("role", "scope"), FOREIGN)
def test_outside_the_scope_there_is_neither_elder_nor_request(client, town, role, scope):
    with storage.transaction():
        request_id = submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "12:00"))).id
    stranger = sign_in(client, role=role, **scope)
    body = {"elder_id": str(town.elder_id), "service_code": "meals", "service_dates": ["2026-03-31"]}
    path = f"/v1/care-requests/{request_id}"

    replies = [
        post(client, "/v1/quotes", stranger, body),
        client.get(f"{path}/quote", headers=stranger),
        client.post(f"{path}/submission", headers=stranger, json={"quote_id": str(uuid4())}),
    ]

    assert [each.status_code for each in replies] == [404, 404, 404]


@pytest.mark.parametrize("role", ["planner", "carer", "administrator", "district_officer"])
def test_who_never_asks_gets_no_quote(client, town, role):
    body = {"elder_id": str(town.elder_id), "service_code": "meals", "service_dates": ["2026-03-31"]}

    assert post(client, "/v1/quotes", sign_in(client, role=role), body).status_code == 403


@pytest.mark.feature("R9")
def test_an_officer_puts_a_rule_in_force_and_a_correction_supersedes(client, town):  # noqa: ARG001 - put on record
    officer = sign_in(client, role="district_officer", area="120198")
    planner = sign_in(client, role="planner", area="120198")

    made = post(client, "/v1/subsidy-rules", officer, RULE)
    corrected = post(client, "/v1/subsidy-rules", officer, RULE | {"amount_cents": 350})
    shown = client.get("/v1/subsidy-rules?area=120198001&service=meals&on=2026-03-31", headers=planner).json["items"]

    assert (made.status_code, corrected.status_code) == (201, 201)
    assert made.json["id"] != corrected.json["id"]
    assert [(each["rule_version"], each["amount_cents"], each["is_example"]) for each in shown] == [
        ("A-1", 350, False),
        ("EX-1", 300, True),
    ]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"area_code": "120199"}, 404, None),
        ({"amount_cents": -1}, 422, "amount_cents"),
        ({"amount_cents": 1.5}, 422, "amount_cents"),
        ({"service_code": "massage"}, 422, "service_code"),
        ({"categories": ["rich"]}, 422, "category"),
        ({"grades": ["well"]}, 422, "grades.0"),
        ({"valid_to": "2025-01-01"}, 422, "valid_to"),
        ({"rule_version": "甲"}, 422, "rule_version"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_field(client, town, changes, status, field):  # noqa: ARG001 - put on record
    officer = sign_in(client, role="district_officer", area="120198")

    reply = post(client, "/v1/subsidy-rules", officer, RULE | changes)

    assert reply.status_code == status
    assert list(reply.json.get("fields") or [None]) == [field]


@pytest.mark.parametrize(("role", "status"), [("carer", 403), ("administrator", 403), ("family", 403)])
def test_only_officers_rule(client, town, role, status):  # noqa: ARG001 - put on record
    assert post(client, "/v1/subsidy-rules", sign_in(client, role=role), RULE).status_code == status


@pytest.mark.feature("R3")
def test_a_double_tap_and_two_operators_make_one_request(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("食堂", price=("meal", 1500))
    callers = [sign_in(real_app, role="family", elder_ids=[town.elder_id])] * 2
    callers += [sign_in(real_app, role="operator", area=area) for area in ("120198", AREA)]
    start, replies = threading.Barrier(len(callers)), []

    def tap(headers, is_operator):
        spoken = {"channel": "phone", "on_behalf_of": "女儿"} if is_operator else {}
        start.wait()
        body = MEAL | spoken | {"elder_id": str(town.elder_id)}
        replies.append(post(real_app.test_client(), "/v1/care-requests", headers, body))

    taps = [threading.Thread(target=tap, args=(headers, at >= 2)) for at, headers in enumerate(callers)]
    for each in taps:
        each.start()
    for each in taps:
        each.join()

    made = [each for each in replies if each.status_code == 201]
    late = [each for each in replies if each.status_code == 409]
    assert (len(made), len(late)) == (1, 3)
    assert {each.json["facts"]["care_request_id"] for each in late} == {made[0].json["id"]}
    assert {each.json["code"] for each in late} == {"care-request-repeated"}


def test_the_deadline_of_a_draft_is_a_day(client, daughter, town):
    made = draft(client, daughter, town)

    with storage.reading():
        found = storage.find_due_deadlines(at=NOW.replace(day=31), limit=9)
    due = [each for each in found if each.kind == intake.DRAFT_EXPIRY]
    assert [each.key for each in due] == [made.json["id"]]
