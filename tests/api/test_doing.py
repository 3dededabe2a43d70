"""Service over HTTP: from a carer's start to a daughter's confirmation, each problem, each role."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import clock, intake, journal, storage
from dispatch.actor import SYSTEM
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.assignment import refuse
from tests.factories.doing import as_carer, attend
from tests.factories.intake import local, move
from tests.worlds.tiny_day import make_tiny_day

AT_TWO, AT_THREE = "2026-03-31T14:20:00+08:00", "2026-03-31T15:20:00+08:00"
LATE = local("2026-03-31 15:30")


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its team for baths and a canteen; it is Tuesday, 31 March 2026, 15:30."""
    put_network(app)
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        made.provider("食堂")
    monkeypatch.setattr(clock, "utc_now", lambda: LATE)
    return made


@pytest.fixture
def bath(town):
    with storage.transaction():
        return town.assign(town.ask("bathing_home"), "浴")


@pytest.fixture
def meal(town):
    """A meal that was completed."""
    with storage.transaction():
        request_id = town.ask("meal_dine_in")
        town.assign(request_id, "食堂")
        attend(request_id, at=local("2026-03-31 12:00"))
    return request_id


def carer(app, town, name) -> dict[str, str]:
    with storage.transaction():
        who = as_carer(app, town, name)
    return headers_of(app, account_id=who.account_id)


def start(client, headers, visit_id, **fields):
    body = {"start_id": str(uuid4()), "started_at": AT_TWO, "device_at": AT_TWO}
    return client.post(f"/v1/visits/{visit_id}/start", headers=headers, json=body | fields)


def finish(client, headers, visit_id, **fields):
    body = {
        "log_id": str(uuid4()),
        "outcome": "done",
        "place": "home",
        "finished_at": AT_THREE,
        "device_at": AT_THREE,
    }
    return client.post(f"/v1/visits/{visit_id}/finish", headers=headers, json=body | fields)


def post(client, headers, path, **body):
    return client.post(path, headers=headers | {"Idempotency-Key": uuid4().hex}, json=body)


@pytest.mark.feature("R10")
def test_from_the_first_start_to_the_daughters_confirmation(app, client, town, bath):
    daughter = sign_in(client, role="family", elder_ids=[town.elder_id])
    path = f"/v1/care-requests/{bath.care_request_id}"

    replies = []
    for name, visit_id in zip("XY", bath.visit_ids, strict=True):
        headers = carer(app, town, name)
        replies += [start(client, headers, visit_id), finish(client, headers, visit_id)]
    confirmed = post(client, daughter, f"{path}/confirmation", rating=5)
    again = post(client, daughter, f"{path}/confirmation", rating=4)
    shown = client.get(f"{path}/events", headers=daughter)
    events = shown.json["items"]

    assert [each.status_code for each in replies] == [201] * 4
    assert (replies[0].json["status"], replies[0].json["received_at"]) == ("started", "2026-03-31T07:30:00+00:00")
    assert (confirmed.status_code, confirmed.json["rating"], confirmed.json["role"]) == (201, 5, "family")
    assert (again.status_code, again.json["code"]) == (409, "already-confirmed")
    assert [(each["kind"], each["role"], each["reason_label"]) for each in events[-3:]] == [
        ("care_request.started", "carer", None),
        ("care_request.completed", "carer", None),
        ("care_request.confirmed", "family", "本人或家属确认"),
    ]
    accepted = next(each for each in events if each["kind"] == "care_request.accepted")
    assert accepted["facts"]["service_at_site_id"] == str(town.offers["浴"])


def test_a_repeated_start_and_finish_are_200(app, client, town, bath):
    headers, visit_id = carer(app, town, "X"), bath.visit_ids[0]
    start_id, log_id = str(uuid4()), str(uuid4())

    codes = [start(client, headers, visit_id, start_id=start_id).status_code for _ in range(2)]
    codes += [finish(client, headers, visit_id, log_id=log_id).status_code for _ in range(2)]

    assert codes == [201, 200, 201, 200]


@pytest.mark.feature("R10")
@pytest.mark.parametrize("missing", ["log_id", "outcome", "finished_at", "place", "device_at"])
def test_a_finish_without_an_element_is_422_and_names_it(app, client, town, bath, missing):
    headers = carer(app, town, "X")
    start(client, headers, bath.visit_ids[0])
    body = {"log_id": str(uuid4()), "outcome": "done", "place": "home", "finished_at": AT_THREE, "device_at": AT_THREE}
    body.pop(missing)

    reply = client.post(f"/v1/visits/{bath.visit_ids[0]}/finish", headers=headers, json=body)

    assert (reply.status_code, list(reply.json["fields"])) == (422, [missing])


@pytest.mark.feature("R4")
def test_who_may_not_go_any_more_is_409_and_the_free_slot_stays_free(app, client, town, bath):
    with storage.transaction():
        refuse(town.elder_id, carer_id=town.carers["X"])

    reply = start(client, carer(app, town, "X"), bath.visit_ids[0])

    assert (reply.status_code, reply.json["code"]) == (409, "carer-unfit")
    assert reply.json["facts"]["reasons"] == ["refused_before"]
    assert reply.json["detail"] == "老人不愿由其服务。请机构调度员换人：POST /v1/visits/…/carer。"
    with storage.reading():
        assert intake.get_request(bath.care_request_id, actor=SYSTEM).status is intake.RequestStatus.ACCEPTED


def test_a_coordinator_records_attendance_and_failure_of_the_own_organization(client, town, bath):
    with storage.transaction():
        request_id = town.ask("meal_dine_in")
        town.assign(request_id, "食堂")
    body = {
        "attendance_id": str(uuid4()),
        "started_at": "2026-03-31T12:00:00+08:00",
        "finished_at": "2026-03-31T12:30:00+08:00",
        "outcome": "done",
        "device_at": "2026-03-31T12:30:00+08:00",
    }
    own = sign_in(client, role="coordinator", organization_id=town.organizations["食堂"])
    other = sign_in(client, role="coordinator", organization_id=town.organizations["浴"])

    foreign = client.post(f"/v1/care-requests/{request_id}/attendance", headers=other, json=body)
    made = client.post(f"/v1/care-requests/{request_id}/attendance", headers=own, json=body)
    failed = client.post(
        f"/v1/care-requests/{bath.care_request_id}/failure", headers=other, json={"reason": "nobody_came"}
    )

    assert (foreign.status_code, made.status_code, made.json["outcome"]) == (404, 200, "done")
    assert (failed.status_code, failed.json["status"]) == (200, "failed")


def test_the_day_of_a_carer_shows_the_door_on_the_day_and_not_before(app, client, town, bath, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-30 12:00"))
    headers = carer(app, town, "X")
    before = client.get("/v1/me/visits?on=2026-03-31", headers=headers)
    monkeypatch.setattr(clock, "utc_now", lambda: LATE)

    today = client.get("/v1/me/visits?on=2026-03-31", headers=carer(app, town, "X"))

    [visit] = today.json["items"]
    assert (visit["care_request_id"], visit["request_status"]) == (str(bath.care_request_id), "scheduled")
    assert visit["elder"]["elder_id"] == str(town.elder_id)
    assert visit["elder"]["address"]
    assert before.json["items"][0]["elder"] is None
    with storage.reading():
        assert [line.route for line in journal.find_access_lines(town.elder_id)] == ["GET /v1/me/visits"]


def test_a_dispute_is_raised_by_the_family_and_closed_by_the_officer(client, town, meal):
    daughter = sign_in(client, role="family", elder_ids=[town.elder_id])
    officer = sign_in(client, role="district_officer", area="120198")
    path = f"/v1/care-requests/{meal}"
    totals = "/v1/care-requests/totals?area=120198&month=2026-03"

    raised = post(client, daughter, f"{path}/dispute", reason="wrong_amount")
    during = client.get(totals, headers=officer).json["whole"]
    closed = post(client, officer, f"{path}/dispute/closing", outcome="rejected")
    late = post(client, daughter, f"{path}/dispute", reason="conduct")
    after = client.get(totals, headers=officer).json["whole"]

    assert (raised.status_code, raised.json["reason_label"], raised.json["status"]) == (201, "金额不对", "open")
    assert (closed.status_code, closed.json["outcome"]) == (200, "rejected")
    assert (late.status_code, late.json["code"]) == (409, "dispute-closed")
    assert [(each["paid"]["requests"], each["disputed"]["requests"]) for each in (during, after)] == [(0, 1), (1, 0)]
    # nobody was told a price before: a sum is not made up
    assert after["paid"]["money"] == {
        "gross_cents": None,
        "subsidy_cents": None,
        "own_share_cents": None,
        "unknown_because": "no_quote",
    }


@pytest.mark.feature("R10")
@pytest.mark.parametrize(("door", "body"), [("confirmation", {"rating": 5}), ("dispute", {"reason": "conduct"})])
def test_before_completion_it_is_409_with_the_state(client, town, bath, door, body):
    daughter = sign_in(client, role="family", elder_ids=[town.elder_id])

    reply = post(client, daughter, f"/v1/care-requests/{bath.care_request_id}/{door}", **body)

    assert (reply.status_code, reply.json["code"]) == (409, "care-request-not-completed")
    assert "请求现在是“已排期”" in reply.json["detail"]
    assert reply.json["facts"]["status"] == "scheduled"


@pytest.mark.parametrize("rating", [0, 6, "five"])
def test_a_rating_is_one_to_five(client, town, meal, rating):
    daughter = sign_in(client, role="family", elder_ids=[town.elder_id])

    reply = post(client, daughter, f"/v1/care-requests/{meal}/confirmation", rating=rating)

    assert (reply.status_code, list(reply.json["fields"])) == (422, ["rating"])


S = intake.RequestStatus
WAYS = {  # how a request gets into a state, as the system
    S.SUBMITTED: (),
    S.OFFERED: (S.OFFERED,),
    S.UNMATCHED: (S.UNMATCHED,),
    S.ACCEPTED: (S.ACCEPTED,),
    S.SCHEDULED: (S.ACCEPTED, S.SCHEDULED),
    S.IN_PROGRESS: (S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS),
    S.FAILED: (S.ACCEPTED, S.SCHEDULED, S.FAILED),
    S.ON_HOLD: (S.ON_HOLD,),
    S.CANCELED: (S.CANCELED,),
    S.VOIDED: (S.VOIDED,),
}
DOORS = {  # routes that move: where to, with which body, as whom
    "cancellation": (S.CANCELED, {"reason": "not_needed"}, "family"),
    "hold": (S.ON_HOLD, {"reason": "away"}, "family"),
    "failure": (S.FAILED, {"reason": "not_safe"}, "coordinator"),
}


@pytest.mark.feature("R2")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", WAYS)
def test_every_route_that_moves_refuses_what_is_illegal_with_the_allowed_states(client, town, state, door):
    to, body, role = DOORS[door]
    with storage.transaction():
        request_id = town.ask("meal_dine_in")
        for step in WAYS[state]:
            offer = town.offers["食堂"] if step is S.ACCEPTED else None
            move(request_id, step, reason="not_needed", service_at_site_id=offer)
        present = intake.get_request(request_id, actor=SYSTEM)
    scope = {"elder_ids": [town.elder_id]}
    if role == "coordinator":
        scope = {"organization_id": town.organizations["食堂"]}
    headers = sign_in(client, role=role, **scope)

    reply = client.post(f"/v1/care-requests/{request_id}/{door}", headers=headers, json=body)

    if role == "coordinator" and present.service_at_site_id is None:
        assert reply.status_code == 404  # who serves nothing of it does not know of it
    elif to in present.next_states:
        assert (reply.status_code, reply.json["status"]) == (200, to.value)
    else:
        assert (reply.status_code, reply.json["code"]) == (409, "illegal-move")
        assert reply.json["facts"]["allowed"] == sorted(each.value for each in present.next_states)


PROBLEM = {"happened_at": AT_TWO, "device_at": AT_TWO}


def report(client, headers, visit_id, **fields):
    body = {"problem_id": str(uuid4()), "kind": "nobody_home"} | PROBLEM | fields
    return client.post(f"/v1/visits/{visit_id}/problems", headers=headers, json=body)


def test_a_problem_is_kept_once_and_asks_a_supervisor_to_look(app, client, town, bath):
    headers, officer = carer(app, town, "X"), sign_in(client, role="district_officer", area="120198")
    problem_id = str(uuid4())

    told = [report(client, headers, bath.visit_ids[0], problem_id=problem_id) for _ in range(2)]
    tasks = client.get("/v1/supervisor-tasks?kind=problem_reported", headers=officer).json["items"]

    assert [each.status_code for each in told] == [201, 200]
    assert told[0].json == told[1].json
    assert (told[0].json["kind_label"], told[0].json["late_min"]) == ("敲门没有人应", None)
    assert [(each["reason"], each["care_request_id"]) for each in tasks] == [("nobody_home", str(bath.care_request_id))]
    kinds = [each.kind for each in journal.find_entries(bath.visit_ids[0])]
    assert kinds.count("visit.problem_reported") == 1


def test_a_small_delay_is_the_coordinators_alone(app, client, town, bath):
    headers, officer = carer(app, town, "X"), sign_in(client, role="district_officer", area="120198")
    path = "/v1/supervisor-tasks?kind=problem_reported"

    small = report(client, headers, bath.visit_ids[0], kind="running_late", late_min=29)
    before = client.get(path, headers=officer).json["items"]
    large = report(client, headers, bath.visit_ids[0], kind="running_late", late_min=30)
    after = client.get(path, headers=officer).json["items"]

    assert (small.status_code, large.status_code) == (201, 201)
    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "running_late"}, "late_min"),
        ({"late_min": 10}, "late_min"),
        ({"kind": "other"}, "note"),
        ({"kind": "other", "note": "打 13800002345 也不接"}, "note"),
        ({"happened_at": "2026-03-31T18:00:00+08:00"}, "happened_at"),
        ({"happened_at": "2020-03-31T14:00:00+08:00"}, "happened_at"),
    ],
)
def test_a_report_that_cannot_be_used_names_the_field(app, client, town, bath, fields, field):
    reply = report(client, carer(app, town, "X"), bath.visit_ids[0], **fields)

    assert (reply.status_code, reply.json["code"]) == (422, "invalid-visit-problem")
    assert list(reply.json["fields"]) == [field]


def test_a_problem_is_told_by_the_visits_own_carer_before_it_ends(app, client, town, bath):
    own, other = carer(app, town, "X"), carer(app, town, "Y")

    foreign = report(client, other, bath.visit_ids[0])
    first_id = str(uuid4())
    report(client, own, bath.visit_ids[0], problem_id=first_id)
    reused = report(client, own, bath.visit_ids[0], problem_id=first_id, kind="unsafe")
    start(client, own, bath.visit_ids[0])
    finish(client, own, bath.visit_ids[0])
    ended = report(client, own, bath.visit_ids[0])

    assert (foreign.status_code, foreign.json["code"]) == (403, "not-own-log")
    assert (reused.status_code, reused.json["code"]) == (422, "problem-id-reused")
    assert reused.json["facts"] == {"problem_id": first_id}
    assert (ended.status_code, ended.json["code"]) == (409, "illegal-visit-move")
