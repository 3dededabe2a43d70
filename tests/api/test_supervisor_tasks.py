"""What waits for a supervisor over HTTP: reading it, closing it, and each problem."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import clock, storage
from dispatch.intake import RequestStatus, TaskKind
from tests.factories.accounts import sign_in
from tests.factories.intake import NOW, move, raise_task, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day


@pytest.fixture
def request_id(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """A request; it is Monday, 30 March 2026, 09:00."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        return submit(wish(make_tiny_day().elder_id, "meal_dine_in")).id


@pytest.fixture
def task_id(request_id):
    with storage.transaction():
        return raise_task(request_id, kind=TaskKind.UNMATCHED, reason="no_pair")


@pytest.fixture
def officer(client, request_id):  # noqa: ARG001 - there must be an area
    return sign_in(client, role="district_officer", area=AREA[:9])


def close(client, headers, task_id, *, reason: str = "handled", version: str | None = '"v1"'):
    more = {"If-Match": version} if version else {}
    return client.post(f"/v1/supervisor-tasks/{task_id}/closing", headers=headers | more, json={"reason": reason})


@pytest.mark.feature("R7")
def test_an_officer_reads_and_closes_what_waits(client, officer, task_id, request_id):
    [listed] = client.get("/v1/supervisor-tasks?status=open", headers=officer).json["items"]
    shown = client.get(f"/v1/supervisor-tasks/{task_id}", headers=officer)
    closed = close(client, officer, task_id, version=shown.headers["ETag"])

    assert shown.json == listed
    assert (listed["care_request_id"], listed["kind"], listed["reason"]) == (str(request_id), "unmatched", "no_pair")
    assert (listed["kind_label"], listed["service_code"], listed["area_code"]) == ("没有机构接单", "meal_dine_in", AREA)
    assert (closed.status_code, closed.json["status"], closed.json["close_reason"]) == (200, "closed", "handled")
    assert closed.json["closed_by"] is not None
    assert closed.headers["ETag"] == '"v2"'
    assert client.get("/v1/supervisor-tasks?status=open", headers=officer).json["items"] == []
    assert len(client.get("/v1/supervisor-tasks?status=closed", headers=officer).json["items"]) == 1


@pytest.mark.feature("R7")
def test_a_task_whose_cause_is_gone_closes_by_itself(client, officer, task_id, request_id):
    with storage.transaction():
        move(request_id, RequestStatus.CANCELED, reason="not_needed")

    shown = client.get(f"/v1/supervisor-tasks/{task_id}", headers=officer).json

    assert (shown["status"], shown["close_reason"], shown["closed_by"]) == ("closed", "canceled", None)
    assert shown["request_status"] == "canceled"


@pytest.mark.feature("R7")
def test_what_cannot_be_closed_says_why(client, officer, task_id):
    without_version = close(client, officer, task_id, version=None)
    of_the_system = close(client, officer, task_id, reason="accepted")
    of_nobody = close(client, officer, task_id, reason="tired")
    stale = close(client, officer, task_id, version='"v7"')
    close(client, officer, task_id)
    again = close(client, officer, task_id, version='"v2"')
    unknown = close(client, officer, uuid4())

    assert [reply.status_code for reply in (without_version, of_the_system, of_nobody, unknown)] == [428, 422, 422, 404]
    assert of_the_system.json["code"] == "close-reason-invalid"
    assert stale.status_code in {409, 412}
    assert (again.status_code, again.json["code"]) == (409, "supervisor-task-closed")


@pytest.mark.feature("R7")
def test_others_see_the_tasks_of_their_areas_and_only_officers_close_them(client, task_id):
    operator = sign_in(client, role="operator", area="120198")
    elsewhere = sign_in(client, role="district_officer", area="120199")
    family = sign_in(client, role="family", elder_ids=[uuid4()])

    assert len(client.get("/v1/supervisor-tasks", headers=operator).json["items"]) == 1
    assert close(client, operator, task_id).status_code == 403
    assert client.get("/v1/supervisor-tasks", headers=elsewhere).json["items"] == []
    assert client.get(f"/v1/supervisor-tasks/{task_id}", headers=elsewhere).status_code == 404
    assert close(client, elsewhere, task_id).status_code == 404
    assert client.get("/v1/supervisor-tasks", headers=family).status_code == 403
    assert client.get("/v1/supervisor-tasks?area=120198", headers=elsewhere).status_code == 404


def test_tasks_are_filtered_and_paged(client, officer, task_id, request_id):
    with storage.transaction():
        lost = raise_task(request_id, kind=TaskKind.CARER_LOST)

    first = client.get("/v1/supervisor-tasks?limit=1", headers=officer).json
    rest = client.get(f"/v1/supervisor-tasks?limit=1&cursor={first['next_cursor']}", headers=officer).json
    [found] = client.get(f"/v1/supervisor-tasks?kind=carer_lost&area={AREA}", headers=officer).json["items"]

    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {str(task_id), str(lost)}
    assert (rest["next_cursor"], found["id"]) == (None, str(lost))
