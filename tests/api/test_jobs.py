"""Jobs over HTTP: asked for, looked at, canceled, and hidden from whom they do not concern."""

from __future__ import annotations

import shutil
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import clock, storage, streets
from dispatch.words import Words
from tests.factories.accounts import sign_in
from tests.worlds import long_street as world

WISH = {"area_code": world.DISTRICT, "service_code": "day_care", "as_of": world.AS_OF.isoformat()}
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture(scope="module", autouse=True)
def _network(app):
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    streets.save_network(world.make_network(), folder=folder)
    yield
    shutil.rmtree(folder)  # other files' tests begin without one


@pytest.fixture(autouse=True)
def _world(db):  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.fixture
def planner(client):
    return sign_in(client, role="planner", area=world.DISTRICT)


def ask(client, headers, **changes):
    return client.post("/v1/coverage/runs", json=WISH | changes, headers=headers | ASYNC)


def begin(job_id):
    with storage.transaction():
        return storage.begin_job(UUID(job_id), worker="w1", at=clock.utc_now())


def test_a_run_that_is_not_waited_for_is_a_job_and_says_where_to_look(client, planner):
    reply = ask(client, planner)

    job = reply.get_json()
    assert (reply.status_code, job["status"], job["name"]) == (202, "queued", "coverage_run")
    assert reply.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert reply.headers["Preference-Applied"] == "respond-async"
    assert client.get(reply.headers["Location"], headers=planner).get_json() == job


def test_a_run_that_is_waited_for_is_answered_as_before(client, planner):
    reply = client.post("/v1/coverage/runs", json=WISH, headers=planner | {"Prefer": "return=minimal"})

    assert (reply.status_code, reply.get_json()["status"]) == (201, "done")
    assert client.get("/v1/jobs", headers=planner).get_json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"area_code": "120199"}, 404, "area-not-found"),
        ({"service_code": "no_such"}, 422, "unknown-code"),
        ({"limit_min": 61}, 422, "invalid"),
    ],
)
def test_what_can_be_refused_at_once_never_becomes_a_job(client, planner, change, status, code):
    reply = ask(client, planner, **change)

    assert (reply.status_code, reply.get_json()["code"]) == (status, code)
    assert client.get("/v1/jobs", headers=planner).get_json()["items"] == []


def test_the_same_key_again_is_the_same_job_and_another_content_is_refused(client, planner):
    keyed = planner | {"Idempotency-Key": "k-1"}

    first, again = ask(client, keyed), ask(client, keyed)
    other = ask(client, keyed, limit_min=20)

    assert again.get_json()["id"] == first.get_json()["id"]
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    assert ask(client, planner | {"Idempotency-Key": "k" * 101}).status_code == 400


def test_progress_and_result_are_shown_in_the_readers_language(client, planner):
    job_id = ask(client, planner).get_json()["id"]
    begin(job_id)
    with storage.transaction():
        step = Words("逐个区域计算", "Computing area by area")
        storage.report_progress(UUID(job_id), done=3, total=8, step=step)

    chinese = client.get(f"/v1/jobs/{job_id}", headers=planner).get_json()
    english = client.get(f"/v1/jobs/{job_id}", headers=planner | {"Accept-Language": "en"}).get_json()

    assert (chinese["status"], chinese["progress"]) == ("running", {"done": 3, "total": 8, "step": "逐个区域计算"})
    assert english["progress"]["step"] == "Computing area by area"


def test_what_went_wrong_is_shown_as_a_problem_would(client, planner):
    job_id = ask(client, planner).get_json()["id"]
    begin(job_id)
    with storage.transaction():
        error = storage.JobError("broken", title=Words("坏了", "Broken"), detail=Words("再来一次", "Do it again"))
        storage.fail_job(UUID(job_id), error=error, at=clock.utc_now())

    found = client.get(f"/v1/jobs/{job_id}", headers=planner).get_json()

    assert (found["status"], found["result"]) == ("failed", None)
    assert found["error"] == {"code": "broken", "title": "坏了", "detail": "再来一次"}


def test_a_waiting_job_is_canceled_at_once_and_a_running_one_between_two_parts(client, planner):
    waiting, running = (ask(client, planner).get_json()["id"] for _ in range(2))
    begin(running)

    first = client.post(f"/v1/jobs/{waiting}/cancellation", headers=planner).get_json()
    second = client.post(f"/v1/jobs/{running}/cancellation", headers=planner).get_json()

    assert (first["status"], first["is_cancel_requested"]) == ("canceled", True)
    assert (second["status"], second["is_cancel_requested"]) == ("running", True)
    assert client.post(f"/v1/jobs/{waiting}/cancellation", headers=planner).status_code == 200


def test_an_ended_job_cannot_be_canceled(client, planner):
    job_id = ask(client, planner).get_json()["id"]
    begin(job_id)
    with storage.transaction():
        storage.succeed_job(UUID(job_id), result={"run_id": str(uuid4())}, at=clock.utc_now())

    reply = client.post(f"/v1/jobs/{job_id}/cancellation", headers=planner)

    assert (reply.status_code, reply.get_json()["code"]) == (409, "job-ended")


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("district_officer", {"area": world.DISTRICT}, 200),
        ("district_officer", {"area": "120199"}, 404),
        ("planner", {"area": world.DISTRICT}, 404),
        ("administrator", {"area": world.DISTRICT}, 404),
    ],
)
def test_somebody_elses_job_does_not_exist_but_for_officers_of_its_area(client, planner, role, scope, status):
    job_id = ask(client, planner).get_json()["id"]
    other = sign_in(client, role=role, **scope)

    assert client.get(f"/v1/jobs/{job_id}", headers=other).status_code == status
    assert client.post(f"/v1/jobs/{job_id}/cancellation", headers=other).status_code == status
    assert len(client.get("/v1/jobs", headers=other).get_json()["items"]) == (status == 200)


def test_jobs_are_listed_newest_first_page_by_page(client, planner):
    made = [ask(client, planner).get_json()["id"] for _ in range(3)]

    page = client.get("/v1/jobs?limit=2&status=queued&name=coverage_run", headers=planner).get_json()
    rest = client.get(f"/v1/jobs?limit=2&cursor={page['next_cursor']}", headers=planner).get_json()

    assert [one["id"] for one in page["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert client.get("/v1/jobs?status=failed", headers=planner).get_json()["items"] == []


def test_what_the_engine_keeps_of_a_job_is_its_id_alone(client, planner, db):
    job_id = ask(client, planner).get_json()["id"]
    schema = "dbos." if db.get_bind().dialect.name == "postgresql" else ""

    kept = db.execute(sa.text(f"SELECT * FROM {schema}workflow_status")).mappings().one()  # noqa: S608 - a constant

    assert kept["workflow_uuid"] == job_id
    assert world.DISTRICT not in str(dict(kept))
