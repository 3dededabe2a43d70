"""What a planner asks for is done behind the scenes, once, whatever becomes of the processes that do it."""

from __future__ import annotations

import random
import signal
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from dispatch import coverage, storage
from dispatch.coverage.models import CoverageRun
from dispatch.elders.models import Elder
from dispatch.journal.models import JournalEntry
from dispatch.storage.job_rows import Job, Worker
from dispatch.storage.uploads import Upload
from tests.journeys.background import Backstage, until

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260331


@pytest.fixture
def backstage(engine_name, make_migrated, tmp_path):
    made = Backstage(make_migrated(engine_name), tmp_path)
    yield made
    made.close()


def told(backstage) -> Counter:
    """How often the journal tells each move of each job."""
    query = sa.select(JournalEntry.subject_id, JournalEntry.kind).where(JournalEntry.kind.startswith("job."))
    return Counter(tuple(row) for row in backstage.rows(query))


def assert_each_ended_once(backstage, job_ids) -> None:
    jobs = {job.id: job for job in backstage.jobs()}
    assert set(jobs) == set(job_ids)
    assert Counter(job.status for job in jobs.values()) == {"succeeded": len(job_ids)}
    moves = told(backstage)
    assert moves == {(str(one), kind): 1 for one in job_ids for kind in ("job.started", "job.succeeded")}
    # one effect for each job, and no other
    made = {str(row.id) for row in backstage.rows(sa.select(CoverageRun.id))}
    assert made == {job.result["run_id"] for job in jobs.values()}
    assert len(made) == len(job_ids)


def test_a_run_is_computed_in_a_worker_for_whoever_asked_and_the_worker_stops_in_order(backstage):
    backstage.start("w1")

    [job_id] = backstage.ask()
    until(backstage.is_all_over)
    code = backstage.kill("w1", number=signal.SIGTERM)

    assert_each_ended_once(backstage, [job_id])
    [job] = backstage.jobs()
    with backstage.app.app_context(), storage.reading():
        run = coverage.get_run(UUID(job.result["run_id"]), actor=backstage.planner)
    assert run.area_code == "120198"
    [by] = backstage.rows(sa.select(JournalEntry.actor_id).where(JournalEntry.kind == "coverage_run.finished"))
    assert by.actor_id == backstage.planner.account_id
    assert code == 0


def test_a_job_that_cannot_be_done_fails_with_the_words_of_the_problem(backstage):
    with backstage.app.app_context(), storage.transaction() as session:
        session.execute(sa.text("DELETE FROM residence"))
    backstage.ask()

    backstage.start("w1")
    until(backstage.is_all_over)

    [job] = backstage.jobs()
    assert (job.status, job.error.code, job.result) == ("failed", "nobody-to-cover", None)
    assert "120198" in job.error.detail.zh


def test_workers_killed_at_random_do_every_job_once_and_fire_every_deadline_once(backstage):
    dice = random.Random(SEED)  # noqa: S311 - not a secret
    names = ["w1", "w2"]
    for name in names:
        backstage.start(name)
    job_ids = backstage.ask(16)
    due = backstage.set_deadlines(40, within_s=15)

    for _ in range(5):
        until(lambda: any(job.status == "running" for job in backstage.jobs()) or backstage.is_all_over())
        name = dice.choice(names)
        backstage.kill(name)
        backstage.start(name, is_awaited=False)
        job_ids += backstage.ask(3)
    until(lambda: backstage.is_all_over() and backstage.has_all_fired())

    assert_each_ended_once(backstage, job_ids)
    fired = backstage.rows(sa.select(JournalEntry.subject_id).where(JournalEntry.kind == "upload.expired"))
    assert sorted(row.subject_id for row in fired) == sorted(str(one) for one in due)


def test_two_workers_share_the_work(backstage):
    for name in ("w1", "w2"):
        backstage.start(name)

    job_ids = backstage.ask(12)
    until(backstage.is_all_over)

    assert_each_ended_once(backstage, job_ids)
    by = Counter(row.worker for row in backstage.rows(sa.select(Job.worker)))
    assert set(by) == {"w1", "w2"}


def test_what_a_worker_held_that_never_returns_is_done_by_another(backstage):
    backstage.hold()
    backstage.start("w1")
    job_ids = backstage.ask(6)
    until(lambda: any(job.status == "running" for job in backstage.jobs()))

    backstage.kill("w1")
    backstage.restore()
    with backstage.app.app_context(), storage.transaction() as session:
        session.execute(sa.update(Worker).values(seen_at=LONG_AGO))  # as after a minute of silence
    backstage.start("w2")
    until(backstage.is_all_over)

    assert_each_ended_once(backstage, job_ids)
    assert [row.name for row in backstage.rows(sa.select(Worker.name))] == ["w2"]
    assert max(row.begun for row in backstage.rows(sa.select(Job.begun))) == 2


def test_a_running_job_that_is_canceled_stops_and_keeps_nothing(backstage):
    backstage.hold()
    backstage.start("w1")
    [job_id] = backstage.ask()
    until(lambda: backstage.jobs()[0].status == "running")

    with backstage.app.app_context(), storage.transaction():
        storage.cancel_job(job_id, actor=backstage.planner, at=datetime.now(UTC))
    until(lambda: backstage.let_go() or backstage.is_all_over())
    until(backstage.is_all_over)

    [job] = backstage.jobs()
    assert (job.status, job.result) == ("canceled", None)
    assert backstage.rows(sa.select(CoverageRun.id)) == []
    assert told(backstage) == {(str(job_id), "job.started"): 1, (str(job_id), "job.canceled"): 1}


def test_an_import_whose_worker_is_killed_goes_on_and_brings_each_elder_in_once(backstage):
    before = backstage.rows(sa.select(sa.func.count()).select_from(Elder))[0][0]
    job_id = backstage.send_elders(7_000)  # four batches
    backstage.start("w1")

    until(lambda: backstage.read(job_id).done > 0)
    backstage.kill("w1")
    stored = backstage.rows(sa.select(sa.func.count()).select_from(Elder))[0][0] - before
    half = backstage.read(job_id)
    backstage.start("w1")
    until(lambda: backstage.read(job_id).finished_at is not None)

    job = backstage.read(job_id)
    assert (half.status, half.total) == ("running", 7_000)
    assert 0 < half.done <= stored < 7_000
    assert job.status == "succeeded", job.error
    assert (job.result["rows"], job.result["refused"]) == (7_000, 0)
    # what was stored before the kill counts as unchanged
    assert (job.result["created"], job.result["unchanged"]) == (7_000 - stored, stored)
    assert backstage.rows(sa.select(sa.func.count()).select_from(Elder))[0][0] == before + 7_000
    assert backstage.rows(sa.select(Upload.id)) == []
