"""Requests past their limits over HTTP: each role, each problem, with and without a worker that swept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import clock, intake, journal, storage
from dispatch.actor import SYSTEM
from dispatch.intake import Clock, RequestStatus, Urgency
from tests.factories.accounts import sign_in
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, move, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day

S = RequestStatus
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with one provider of meals; it is 40 minutes after nine on Monday, 30 March 2026."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + 40 * MINUTE)
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", capacity=(10, 10))
        return made


@pytest.fixture
def officer(client, town):  # noqa: ARG001 - there must be an area
    return sign_in(client, role="district_officer", area=AREA[:9])


def ask(town, urgency: Urgency = Urgency.URGENT, *, elder_id=None, on: str = "2026-03-31"):
    """Ask at nine for a meal."""
    with storage.transaction():
        return submit(wish(elder_id or town.elder_id, "meal_dine_in", urgency=urgency, on=on)).id


def breaches(client, headers, query: str = "") -> list[dict]:
    reply = client.get(f"/v1/sla/breaches?{query}", headers=headers)
    assert reply.status_code == 200, reply.json
    return reply.json["items"]


@pytest.mark.feature("R7")
@pytest.mark.parametrize("is_swept", [False, True])
def test_an_urgent_request_that_nobody_accepted_shows_with_the_seconds_at_once(client, town, officer, is_swept):
    request_id = ask(town)
    if is_swept:
        with storage.transaction():
            assert intake.breach_clock(f"{request_id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)

    [found] = breaches(client, officer)

    assert (found["care_request_id"], found["clock"], found["urgency"]) == (str(request_id), "accept", "urgent")
    assert (found["limit_s"], found["elapsed_s"], found["is_open"]) == (1_800, 2_400, True)
    assert (found["whose_turn"], found["state"], found["stopped_at"]) == ("matching", "running", None)
    assert found["due_at"] == "2026-03-30T01:30:00+00:00"
    with storage.reading():
        [line] = journal.find_access_lines(town.elder_id)
    assert (line.purpose.value, line.route) == ("supervision", "GET /v1/sla/breaches")


@pytest.mark.feature("R7")
def test_what_was_accepted_late_shows_how_long_it_took(client, town, officer):
    request_id = ask(town)
    with storage.transaction():
        move(request_id, S.ACCEPTED, now=NOW + 35 * MINUTE, service_at_site_id=town.offers["食堂"])

    [found] = breaches(client, officer)

    assert (found["elapsed_s"], found["is_open"], found["whose_turn"]) == (2_100, False, "coordinator")
    assert breaches(client, officer, "is_open=true") == []
    assert len(breaches(client, officer, "is_open=false")) == 1


@pytest.mark.feature("R7")
def test_time_on_hold_is_not_counted(client, town, officer):
    request_id = ask(town)
    with storage.transaction():
        move(request_id, S.ON_HOLD, now=NOW + 5 * MINUTE, reason="away")
        move(request_id, S.SUBMITTED, now=NOW + 25 * MINUTE)

    assert breaches(client, officer) == []  # 5 + 15 of 30 minutes
    with storage.transaction():
        assert not intake.breach_clock(f"{request_id}:1", clock=Clock.ACCEPT, at=NOW + 40 * MINUTE)


@pytest.mark.feature("R7")
@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"reason": None}, 422), ({"reason": "tired"}, 422)])
def test_pausing_is_only_possible_with_a_reason(client, town, officer, body, status):
    request_id = ask(town)

    reply = client.post(f"/v1/care-requests/{request_id}/hold", headers=officer, json=body)

    assert (reply.status_code, list(reply.json["fields"])) == (status, ["reason"])
    assert len(breaches(client, officer)) == 1


@pytest.mark.feature("R7")
def test_what_is_not_held_cannot_be_resumed(client, town, officer):
    request_id = ask(town)

    reply = client.post(f"/v1/care-requests/{request_id}/resumption", headers=officer)

    assert (reply.status_code, reply.json["code"]) == (409, "illegal-move")


@pytest.mark.feature("R7")
def test_everybody_sees_what_they_answer_for(client, town, officer):
    mine, other = ask(town), ask(town, on="2026-04-01")
    with storage.transaction():
        move(mine, S.ACCEPTED, now=NOW + 35 * MINUTE, service_at_site_id=town.offers["食堂"])
    operator = sign_in(client, role="operator", area="120198")
    elsewhere = sign_in(client, role="operator", area="120199")
    coordinator = sign_in(client, role="coordinator", organization_id=town.organizations["食堂"])

    assert {one["care_request_id"] for one in breaches(client, officer)} == {str(mine), str(other)}
    assert len(breaches(client, operator)) == 2
    assert breaches(client, elsewhere) == []
    assert [one["care_request_id"] for one in breaches(client, coordinator)] == [str(mine)]
    for role in ("planner", "community_worker"):
        stranger = sign_in(client, role=role, area="120198")
        assert client.get("/v1/sla/breaches", headers=stranger).status_code == 403


@pytest.mark.feature("R7")
def test_breaches_are_filtered_and_paged(client, town, officer):
    for day in (1, 2, 3):
        ask(town, on=f"2026-04-0{day}")
    ask(town, Urgency.EMERGENCY, on="2026-04-04")

    assert len(breaches(client, officer, "urgency=urgent&clock=accept&area=120198001")) == 3
    assert breaches(client, officer, "clock=start") == []
    assert breaches(client, officer, "from=2026-03-29&to=2026-03-30") == []
    first = client.get("/v1/sla/breaches?limit=3", headers=officer).json
    rest = client.get(f"/v1/sla/breaches?limit=3&cursor={first['next_cursor']}", headers=officer).json
    ids = [one["care_request_id"] for one in first["items"] + rest["items"]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (4, 4, None)


@pytest.mark.feature("R7")
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("area=120199", 404, "area-not-found"),
        ("area=12019", 400, "bad-request"),
        ("from=2026-03-02&to=2026-03-01", 422, "breach-span"),
        ("from=2026-03-02&to=2026-03-02", 422, "breach-span"),
        ("from=2016-03-02&to=2026-03-01", 422, "breach-span"),
        ("urgency=fast", 400, "bad-request"),
    ],
)
def test_what_cannot_be_asked_is_refused(client, officer, query, status, code):
    reply = client.get(f"/v1/sla/breaches?{query}", headers=officer)

    assert (reply.status_code, reply.json["code"]) == (status, code)


@pytest.mark.feature("R7")
def test_planners_get_counts_and_no_small_ones(client, town):
    elders = put_elders(*(elder_record(area=AREA) for _ in range(7)))
    for elder_id in elders[:3]:
        ask(town, elder_id=elder_id)
    planner = sign_in(client, role="planner", area="120198")
    officer = sign_in(client, role="district_officer", area="120198")

    def counted(headers):
        return client.get("/v1/sla/breach-counts?area=120198", headers=headers).json["items"]

    [few], [few_hidden] = counted(officer), counted(planner)
    for elder_id in elders[3:]:
        ask(town, elder_id=elder_id)
    [many] = counted(planner)

    assert (few["area_code"], few["accept"], few["start"], few["total"]) == (AREA[:9], 3, 0, 3)
    assert (few_hidden["accept"], few_hidden["total"], few_hidden["suppressed"]) == (None, None, True)
    assert (many["accept"], many["total"], many["suppressed"]) == (7, 7, False)
    assert client.get("/v1/sla/breach-counts?area=120199", headers=planner).status_code == 404


@pytest.mark.feature("R7")
@pytest.mark.parametrize("span", ["from=2026-03-01&to=2026-03-31", "from=2026-02-01&to=2026-04-01", "to=2026-03-31"])
def test_planners_count_by_whole_months_so_that_no_two_spans_tell_a_day(client, town, span):  # noqa: ARG001 - its areas
    planner = sign_in(client, role="planner", area="120198")
    path = "/v1/sla/breach-counts?area=120198&"

    month = client.get(path + "from=2026-03-01&to=2026-04-01", headers=planner)
    usual = client.get(path, headers=planner)
    refused = client.get(path + span, headers=planner)

    assert (month.status_code, usual.json["from"], usual.json["to"]) == (200, "2026-03-01", "2026-04-01")
    assert (refused.status_code, refused.json["code"]) == (422, "breach-month")
    officer = sign_in(client, role="district_officer", area="120198")
    assert client.get(path + span, headers=officer).status_code == 200


@pytest.mark.feature("R7")
def test_a_clock_that_ran_out_is_no_move_in_the_list_of_events(client, town, officer):
    request_id = ask(town)
    with storage.transaction():
        intake.breach_clock(f"{request_id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)

    events = client.get(f"/v1/care-requests/{request_id}/events", headers=officer).json["items"]

    assert [(one["kind"], one["from_status"], one["to_status"]) for one in events] == [
        ("care_request.submitted", None, "submitted"),
        ("care_request.breached", "submitted", "submitted"),
    ]


@pytest.mark.feature("R7")
def test_open_breaches_and_tasks_are_counted_for_monitoring(client, town):
    request_id = ask(town)
    with storage.transaction():
        intake.raise_task(request_id, kind=intake.TaskKind.CARER_LOST, actor=SYSTEM, at=NOW)

    text = client.get("/metrics").get_data(as_text=True)

    assert 'dispatch_open_breaches{clock="accept"} 1.0' in text
    assert 'dispatch_open_supervisor_tasks{task="carer_lost"} 1.0' in text
