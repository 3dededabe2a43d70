"""Care requests over HTTP: each door, each role, each problem."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import clock, intake, journal, storage
from dispatch.actor import SYSTEM, Role
from tests.factories.accounts import sign_in
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, move, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day

BATH = {
    "service_code": "bathing_home",
    "channel": "app",
    "window_from_at": "2026-03-31T14:00:00+08:00",
    "window_to_at": "2026-03-31T16:00:00+08:00",
}


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its elder; it is Monday, 30 March 2026, 09:00."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        return make_tiny_day()


@pytest.fixture
def daughter(client, town):
    return sign_in(client, role="family", elder_ids=[town.elder_id])


def ask(client, headers, town, key=None, **changes):
    body = BATH | {"elder_id": str(town.elder_id)} | changes
    return client.post("/v1/care-requests", headers=headers | {"Idempotency-Key": key or uuid4().hex}, json=body)


def lines_of(elder_id) -> list[tuple[str, str]]:
    with storage.reading():
        return [(line.purpose.value, line.route) for line in journal.find_access_lines(elder_id)]


@pytest.mark.feature("R1")
def test_the_family_asks_and_reads_it_back(client, daughter, town):
    made = ask(client, daughter, town)
    read = client.get(f"/v1/care-requests/{made.json['id']}", headers=daughter)
    again = client.get(
        f"/v1/care-requests/{made.json['id']}", headers=daughter | {"If-None-Match": read.headers["ETag"]}
    )

    assert (made.status_code, read.status_code, again.status_code) == (201, 200, 304)
    assert made.json == read.json
    assert (read.json["status"], read.json["status_label"], read.json["carers_needed"]) == ("submitted", "已提交", 2)
    assert (read.json["service_on"], read.json["period"]) == ("2026-03-31", "noon")
    assert read.headers["ETag"] == '"v1"'


def test_english_readers_are_told_in_english(client, town):
    headers = sign_in(client, role="family", elder_ids=[town.elder_id], language="en")

    assert ask(client, headers, town).json["status_label"] == "Submitted"


@pytest.mark.feature("X3")
def test_each_look_at_an_elders_request_leaves_a_line(client, daughter, town):
    made = ask(client, daughter, town)
    officer = sign_in(client, role="district_officer", area="120198")

    client.get(f"/v1/care-requests/{made.json['id']}", headers=officer)
    client.get("/v1/care-requests", headers=officer)

    assert lines_of(town.elder_id) == [
        ("own", "POST /v1/care-requests"),
        ("supervision", "GET /v1/care-requests/<uuid:request_id>"),
        ("supervision", "GET /v1/care-requests"),
    ]


@pytest.mark.feature("R1")
def test_an_operator_must_say_phone_and_on_whose_behalf(client, daughter, town):
    operator = sign_in(client, role="operator", area="120198")

    silent = ask(client, operator, town)
    nobody = ask(client, operator, town, channel="phone")
    made = ask(client, operator, town, channel="phone", on_behalf_of="女儿")
    seen = client.get("/v1/care-requests", headers=daughter).json["items"]

    assert [(each.status_code, *each.json["fields"]) for each in (silent, nobody)] == [
        (422, "channel"),
        (422, "on_behalf_of"),
    ]
    assert made.status_code == 201
    assert [(each["id"], each["channel"], each["on_behalf_of"]) for each in seen] == [
        (made.json["id"], "phone", "女儿")
    ]


@pytest.mark.feature("R1")
@pytest.mark.parametrize(
    ("role", "area"), [("family", None), ("operator", "120199"), ("community_worker", "120198002")]
)
def test_for_who_is_not_bound_the_elder_does_not_exist(client, town, role, area):
    stranger = sign_in(client, role=role, **({"area": area} if area else {}))

    reply = ask(client, stranger, town, channel=None)

    assert (reply.status_code, reply.json["code"]) == (404, "elder-not-found")
    assert len(reply.json["title"]) <= 40


@pytest.mark.parametrize("role", ["planner", "carer", "administrator", "district_officer", "coordinator"])
def test_who_never_asks_is_told_who_does(client, town, role):
    assert ask(client, sign_in(client, role=role), town).status_code == 403


@pytest.mark.feature("R3")
def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(client, daughter, town):
    first = ask(client, daughter, town, key="k")
    again = ask(client, daughter, town, key="k")
    other = ask(client, daughter, town, key="k", service_code="cleaning")
    without = client.post("/v1/care-requests", headers=daughter, json=BATH | {"elder_id": str(town.elder_id)})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert (without.status_code, list(without.json["fields"])) == (400, ["Idempotency-Key"])


@pytest.mark.feature("R3")
def test_a_second_open_request_for_the_same_is_409_with_the_first_id(client, daughter, town):
    first = ask(client, daughter, town)

    second = ask(client, daughter, town)

    assert (second.status_code, second.json["code"]) == (409, "care-request-repeated")
    assert second.json["facts"]["care_request_id"] == first.json["id"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service_code": "massage"}, "service_code"),
        ({"channel": "pigeon"}, "channel"),
        ({"window_to_at": "2026-03-31T14:00:00+08:00"}, "window_to_at"),
        ({"window_to_at": "2026-04-09T14:00:00+08:00"}, "window_to_at"),
        ({"window_from_at": "2026-03-29T14:00:00+08:00", "window_to_at": "2026-03-29T16:00:00+08:00"}, "window_to_at"),
        (
            {"window_from_at": "2026-06-29T14:00:00+08:00", "window_to_at": "2026-06-29T16:00:00+08:00"},
            "window_from_at",
        ),
        ({"window_from_at": "2026-03-31T14:00:00"}, "window_from_at"),
        ({"carers_needed": 3}, "carers_needed"),
        ({"carer_sex": "any"}, "carer_sex"),
        ({"pairing": "sequential"}, "pairing"),
        ({"elder_id": "1"}, "elder_id"),
        ({"status": "accepted"}, "status"),
        ({"on_behalf_of": "x" * 101}, "on_behalf_of"),
    ],
)
def test_what_cannot_be_is_422_and_names_the_field(client, daughter, town, changes, field):
    reply = ask(client, daughter, town, **changes)

    assert reply.status_code == 422
    assert list(reply.json["fields"]) == [field]


@pytest.mark.feature("R2")
def test_holding_resuming_and_canceling_leave_events_that_rebuild_the_state(client, daughter, town):
    path = f"/v1/care-requests/{ask(client, daughter, town).json['id']}"

    held = client.post(f"{path}/hold", headers=daughter, json={"reason": "in_hospital"})
    back = client.post(f"{path}/resumption", headers=daughter)
    ended = client.post(f"{path}/cancellation", headers=daughter, json={"reason": "not_needed"})
    events = client.get(f"{path}/events", headers=daughter).json["items"]

    assert [(each.status_code, each.json["status"]) for each in (held, back, ended)] == [
        (200, "on_hold"),
        (200, "submitted"),
        (200, "canceled"),
    ]
    assert ended.headers["ETag"] == f'"v{ended.json["version"]}"'
    assert [(each["kind"], each["from_status"], each["to_status"], each["reason"]) for each in events] == [
        ("care_request.submitted", None, "submitted", None),
        ("care_request.held", "submitted", "on_hold", "in_hospital"),
        ("care_request.resumed", "on_hold", "submitted", None),
        ("care_request.canceled", "submitted", "canceled", "not_needed"),
    ]


@pytest.mark.feature("R2")
@pytest.mark.parametrize(
    ("door", "body"),
    [("cancellation", {"reason": "not_needed"}), ("hold", {"reason": "away"}), ("resumption", None)],
)
def test_an_illegal_move_is_409_with_the_allowed_states(client, daughter, town, door, body):
    with storage.transaction():
        card = submit(wish(town.elder_id))
        intake.cancel_request(card.id, reason=intake.CancelReason.DIED, actor=SYSTEM, now=NOW)

    reply = client.post(f"/v1/care-requests/{card.id}/{door}", headers=daughter, json=body)

    assert (reply.status_code, reply.json["code"]) == (409, "illegal-move")
    assert reply.json["facts"]["allowed"] == ["voided"]
    assert "现在是“已取消”" in reply.json["detail"]  # states by their names, not their codes
    assert "可以变为：已作废。" in reply.json["detail"]


def test_a_reason_must_be_one_of_the_list(client, daughter, town):
    path = f"/v1/care-requests/{ask(client, daughter, town).json['id']}"

    reply = client.post(f"{path}/cancellation", headers=daughter, json={"reason": "bored"})

    assert (reply.status_code, list(reply.json["fields"])) == (422, ["reason"])


def test_a_worker_may_not_cancel_what_others_asked(client, daughter, town):
    path = f"/v1/care-requests/{ask(client, daughter, town).json['id']}"
    worker = sign_in(client, role="community_worker", area=AREA)

    reply = client.post(f"{path}/cancellation", headers=worker, json={"reason": "not_needed"})

    assert (reply.status_code, reply.json["code"]) == (403, "move-not-allowed")


READ = ("", "/events")
CHANGE = ("/cancellation", "/hold", "/resumption")
BODIES = {"/cancellation": {"reason": "not_needed"}, "/hold": {"reason": "away"}}
FOREIGN = [
    ("family", {}),
    ("community_worker", {"area": "120199"}),
    ("operator", {"area": "120198002"}),
    ("district_officer", {"area": "120199"}),
    ("coordinator", {"organization_id": uuid4()}),
]


@pytest.mark.feature("R1")
@pytest.mark.parametrize(("role", "scope"), FOREIGN)
def test_outside_the_scope_a_request_does_not_exist(client, town, role, scope):
    with storage.transaction():
        request_id = submit(wish(town.elder_id)).id
    headers = sign_in(client, role=role, **scope)

    read = [client.get(f"/v1/care-requests/{request_id}{door}", headers=headers).status_code for door in READ]
    changed = [
        client.post(f"/v1/care-requests/{request_id}{door}", headers=headers, json=BODIES.get(door)).status_code
        for door in CHANGE
    ]

    assert read == [404, 404]
    assert changed == ([403] * 3 if role == "coordinator" else [404] * 3)
    assert client.get("/v1/care-requests", headers=headers).json["items"] == []
    assert lines_of(town.elder_id) == []


@pytest.mark.parametrize("role", ["planner", "carer", "administrator"])
def test_who_has_nothing_to_do_with_requests_stands_before_the_door(client, town, role):
    with storage.transaction():
        request_id = submit(wish(town.elder_id)).id

    assert client.get(f"/v1/care-requests/{request_id}", headers=sign_in(client, role=role)).status_code == 403
    assert client.get(f"/v1/care-requests/{request_id}").status_code == 401


def test_a_list_is_paged_and_filtered(client, town):
    with storage.transaction():
        ids = [str(submit(wish(town.elder_id, on=f"2026-04-0{day}")).id) for day in range(1, 6)]
        move(submit(wish(town.elder_id, "cleaning")).id, intake.RequestStatus.UNMATCHED)
        [other] = put_elders(elder_record(area=AREA))
        submit(wish(other))
    officer = sign_in(client, role="district_officer", area="120198")
    query = f"status=submitted&elder={town.elder_id}&area=120198001&service=bathing_home&limit=2"

    read, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/care-requests?{query}{cursor and '&cursor=' + cursor}", headers=officer).json
        read += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert sorted(read) == sorted(ids)
    assert client.get("/v1/care-requests?color=red", headers=officer).status_code == 400
    assert client.get("/v1/care-requests?cursor=broken", headers=officer).status_code == 400


@pytest.mark.parametrize("role", [Role.ELDER, Role.FAMILY])
def test_elder_and_family_have_the_same_rights(client, town, role):
    headers = sign_in(client, role=role, elder_ids=[town.elder_id])

    assert ask(client, headers, town).status_code == 201
