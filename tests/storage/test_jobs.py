"""Jobs in the database: asked for with the change they belong to, ended once, seen by whom they concern."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.jobs.port import ENGINE_TABLES
from dispatch.journal.models import JournalEntry
from dispatch.storage.jobs import MOST_BEGINNINGS
from dispatch.words import Words
from tests.conftest import NOW

ME = Actor(account_id=uuid4(), grants=(Grant(Role.PLANNER, ScopeKind.AREA, "120198"),))
COLLEAGUE = Actor(account_id=uuid4(), grants=(Grant(Role.PLANNER, ScopeKind.AREA, "120198"),))
OFFICER = Actor(account_id=uuid4(), grants=(Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
OTHER_OFFICER = Actor(account_id=uuid4(), grants=(Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120199"),))
BROKEN = storage.JobError("broken", title=Words("坏了", "Broken"))


def request(key: str = "k1", *, actor: Actor = ME, area_code: str | None = "120198001", **args) -> storage.JobView:
    with storage.transaction():
        return storage.request_job("coverage_run", key=key, args=args, actor=actor, at=NOW, area_code=area_code)


def begin(job: storage.JobView, *, worker: str = "w1") -> storage.JobView | None:
    with storage.transaction():
        return storage.begin_job(job.id, worker=worker, at=NOW)


def read(job: storage.JobView) -> storage.JobView:
    with storage.reading():
        return storage.get_job(job.id, actor=SYSTEM)


def flows(db) -> list[str]:
    schema = "dbos." if db.get_bind().dialect.name == "postgresql" else ""
    return list(db.scalars(sa.text(f"SELECT workflow_uuid FROM {schema}workflow_status ORDER BY 1")))  # noqa: S608 - a constant


def told(db) -> list[str]:
    query = sa.select(JournalEntry.kind).where(JournalEntry.kind.startswith("job."))
    return list(db.scalars(query.order_by(JournalEntry.seq)))


def test_a_job_is_in_the_queue_once_the_change_it_came_with_is_committed(db):
    job = request()

    assert flows(db) == [str(job.id)]
    assert (job.status, job.done, job.result) == ("queued", 0, None)


def test_a_job_asked_for_in_a_change_that_fails_is_not_there(db):
    def change_and_fail():
        with storage.transaction():
            storage.request_job("coverage_run", key="k1", args={}, actor=ME, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert flows(db) == []
    with storage.reading():
        assert storage.find_jobs(actor=SYSTEM) == []


def test_the_same_key_again_is_the_same_job(db):
    first, again = request(limit_min=15), request(limit_min=15)

    assert again.id == first.id
    assert flows(db) == [str(first.id)]


@pytest.mark.parametrize("change", [{"actor": COLLEAGUE, "limit_min": 15}, {"limit_min": 20}])
@pytest.mark.usefixtures("db")
def test_a_key_with_another_content_or_owner_is_refused(change):
    request(limit_min=15)

    with pytest.raises(storage.IdempotencyKeyReusedError):
        request(**change)


def test_a_job_runs_and_ends_with_its_result_and_each_move_is_told_once(db):
    job = request()

    assert begin(job).status == "running"
    with storage.transaction():
        storage.report_progress(job.id, done=3, total=31, step=Words("逐个区域计算", "Computing"))
    half = read(job)
    with storage.transaction():
        storage.succeed_job(job.id, result={"run_id": "r"}, at=NOW)

    assert (half.done, half.total, half.step.en) == (3, 31, "Computing")
    assert (read(job).status, read(job).result) == ("succeeded", {"run_id": "r"})
    assert told(db) == ["job.started", "job.succeeded"]


def test_a_job_whose_worker_was_lost_begins_again_and_ends_once(db):
    job = request()
    begin(job, worker="w1")

    assert begin(job, worker="w2").status == "running"
    with storage.transaction():
        storage.succeed_job(job.id, result={}, at=NOW)
    assert begin(job) is None
    with pytest.raises(storage.JobStoppedError), storage.transaction():
        storage.succeed_job(job.id, result={"late": True}, at=NOW)

    assert read(job).result == {}
    assert told(db) == ["job.started", "job.succeeded"]


@pytest.mark.usefixtures("db")
def test_a_job_that_takes_its_worker_down_again_and_again_fails():
    job = request()

    begun = [begin(job) is not None for _ in range(MOST_BEGINNINGS + 1)]

    assert begun == [True] * MOST_BEGINNINGS + [False]
    assert (read(job).status, read(job).error.code) == ("failed", "job-lost")
    assert str(MOST_BEGINNINGS) in read(job).error.detail.zh


def test_a_waiting_job_is_canceled_at_once_and_never_begins(db):
    job = request()

    with storage.transaction():
        storage.cancel_job(job.id, actor=ME, at=NOW)

    assert begin(job) is None
    assert (read(job).status, read(job).finished_at) == ("canceled", NOW)
    assert told(db) == ["job.canceled"]


def test_a_running_job_is_canceled_between_two_parts_and_keeps_no_effect(db):
    job = request()
    begin(job)

    with storage.transaction():
        asked = storage.cancel_job(job.id, actor=ME, at=NOW)
    assert (asked.status, asked.is_cancel_requested) == ("running", True)
    with pytest.raises(storage.JobStoppedError), storage.transaction():
        storage.report_progress(job.id, done=1, total=2, step=None)
    with pytest.raises(storage.JobStoppedError), storage.transaction():
        storage.succeed_job(job.id, result={}, at=NOW)
    for _ in range(2):
        with storage.transaction():
            storage.stop_job(job.id, at=NOW)

    assert (read(job).status, read(job).result) == ("canceled", None)
    assert told(db) == ["job.started", "job.canceled"]


@pytest.mark.usefixtures("db")
def test_an_ended_job_is_not_canceled_and_does_not_fail_later():
    job = request()
    begin(job)
    with storage.transaction():
        storage.succeed_job(job.id, result={}, at=NOW)

    with pytest.raises(storage.JobEndedError), storage.transaction():
        storage.cancel_job(job.id, actor=ME, at=NOW)
    with storage.transaction():
        storage.fail_job(job.id, error=BROKEN, at=NOW)

    assert read(job).status == "succeeded"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("actor", "sees"), [(ME, True), (OFFICER, True), (SYSTEM, True), (COLLEAGUE, False), (OTHER_OFFICER, False)]
)
def test_a_job_is_seen_by_who_asked_and_by_officers_of_its_area(actor, sees):
    job = request()

    with storage.reading():
        found = storage.find_jobs(actor=actor)
        assert [one.id for one in found] == ([job.id] if sees else [])
        if not sees:
            with pytest.raises(storage.JobNotFoundError):
                storage.get_job(job.id, actor=actor)
            with pytest.raises(storage.JobNotFoundError):
                storage.cancel_job(job.id, actor=actor, at=NOW)


@pytest.mark.usefixtures("db")
def test_a_job_without_an_area_is_seen_by_who_asked_alone():
    job = request(area_code=None)

    with storage.reading():
        assert [one.id for one in storage.find_jobs(actor=ME)] == [job.id]
        assert storage.find_jobs(actor=OFFICER) == []


@pytest.mark.usefixtures("db")
def test_the_oldest_waiting_job_is_known():
    first = request("k1")
    with storage.transaction():
        assert storage.oldest_job_at() == NOW
        storage.request_job("coverage_run", key="k2", args={}, actor=ME, at=NOW + timedelta(minutes=1))

    begin(first)

    with storage.reading():
        assert storage.oldest_job_at() == NOW + timedelta(minutes=1)


def test_a_job_that_the_engine_lost_is_sent_again_under_another_name(db):
    job = request()

    for _ in range(2):  # two workers find it at once
        with storage.transaction():
            storage.send_again(job.id, sendings=1)

    assert flows(db) == [str(job.id), f"{job.id}.2"]


@pytest.mark.usefixtures("db")
def test_a_worker_that_was_not_seen_for_long_is_gone_and_one_that_came_back_is_not_forgotten():
    with storage.transaction():
        storage.see_worker("w1", at=NOW)
        storage.see_worker("w2", at=NOW + timedelta(seconds=30))
    limit = NOW + timedelta(seconds=20)

    with storage.transaction():
        assert storage.find_gone_workers(unseen_since=limit) == ["w1"]
        storage.see_worker("w1", at=NOW + timedelta(seconds=31))
        storage.forget_worker("w1", unseen_since=limit)
        assert storage.count_workers(seen_since=limit) == 2


@pytest.mark.usefixtures("db")
def test_the_tables_of_the_engine_are_those_we_leave_out(app):
    del app
    inspected = sa.inspect(storage.session().connection())
    ours = set(storage.Base.metadata.tables) | {"alembic_version"}

    found = set(inspected.get_table_names())

    # on PostgreSQL they have a schema of their own
    assert found - ours == (ENGINE_TABLES if inspected.dialect.name == "sqlite" else set())
    assert not ENGINE_TABLES & ours
