"""Files sent in over HTTP: kept sealed, read by a job with the rights of who sent them, and gone afterwards."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from dispatch import areas, clock, directory, storage
from dispatch.actor import SYSTEM
from dispatch.elders.models import Elder
from dispatch.jobs.deadlines import fire_due
from dispatch.jobs.imports import IMPORTS
from dispatch.jobs.task import Task, run_task
from dispatch.storage.uploads import Upload, UploadPart
from tests.factories.accounts import sign_in

CSV = {"Content-Type": "text/csv"}
SITES = """source_ref,name,address,area_code
a1,河东养老院（虚构）,天津市河东区一号,120102
a2,河西养老院（虚构）,天津市河西区二号,120103
a3,,天津市河东区三号,120102
"""
URL = "/v1/imports?register=sites&source=list"


@pytest.fixture(autouse=True)
def _places(db):  # noqa: ARG001 - undone after the test
    with storage.transaction():
        areas.put_known_areas(actor=SYSTEM, at=clock.utc_now())
        directory.put_known_codes(actor=SYSTEM, at=clock.utc_now())


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area="120102")


def send(client, headers, *, url=URL, body=SITES):
    return client.post(url, data=body.encode(), headers=headers | CSV)


def work(client, reply):
    """Do the job as a worker would, in this process."""

    def once(_name, operation):
        with storage.transaction():
            return operation()

    job_id = UUID(reply.get_json()["id"])
    with storage.transaction():
        job = storage.begin_job(job_id, worker="w1", at=clock.utc_now())
    settings = client.application.config["DISPATCH_SETTINGS"]
    run_task(Task(job, settings=settings, once=once, apart=nullcontext), handler=IMPORTS[job.name])
    with storage.reading():
        return storage.get_job(job_id, actor=SYSTEM)


def test_good_rows_of_ones_area_are_stored_and_the_others_told(client, officer):
    reply = send(client, officer)

    job = work(client, reply)

    assert (reply.status_code, reply.headers["Location"]) == (202, f"/v1/jobs/{job.id}")
    assert (job.status, job.result["rows"], job.result["created"], job.result["refused"]) == ("succeeded", 3, 1, 2)
    told = {
        fault["row"]: (fault["code"], bool(fault["message"] and fault["message_en"])) for fault in job.result["errors"]
    }
    assert told == {3: ("not_yours", True), 4: ("required", True)}
    listed = client.get("/v1/sites?limit=10").get_json()["items"]
    assert [site["name"] for site in listed] == ["河东养老院（虚构）"]


def test_a_dry_run_reports_the_same_and_stores_nothing(client, officer):
    job = work(client, send(client, officer, url=URL + "&dry_run=true"))

    assert (job.result["created"], job.result["is_dry_run"]) == (1, True)
    assert client.get("/v1/sites").get_json()["items"] == []


def test_the_same_file_again_changes_nothing(client, officer):
    work(client, send(client, officer))

    job = work(client, send(client, officer))

    assert (job.result["created"], job.result["changed"], job.result["unchanged"]) == (0, 0, 1)


def test_a_site_of_another_district_is_not_taken_over_by_its_reference(client, officer):
    work(client, send(client, sign_in(client, role="district_officer", area="120103")))
    moved = SITES.replace("a1,", "a2,", 1).replace("a2,河西", "a9,河西")

    job = work(client, send(client, officer, body=moved))

    assert job.result["created"] == job.result["changed"] == 0
    assert {fault["code"] for fault in job.result["errors"]} >= {"not_yours"}


def test_what_waits_is_sealed_and_goes_when_the_job_has_ended(client, officer, db):
    reply = send(client, officer)
    kept = db.scalars(sa.select(UploadPart.content_sealed)).all()

    work(client, reply)

    assert len(kept) == 1
    assert "养老院".encode() not in kept[0]
    assert db.scalars(sa.select(UploadPart.id)).all() == db.scalars(sa.select(Upload.id)).all() == []


def test_what_waits_longer_than_a_day_is_deleted_and_its_job_says_so(client, officer, db, monkeypatch):
    reply = send(client, officer)
    later = clock.utc_now() + timedelta(days=1, seconds=1)

    assert fire_due() == 0
    monkeypatch.setattr(clock, "utc_now", lambda: later)
    assert (fire_due(), fire_due()) == (1, 0)

    assert db.scalars(sa.select(UploadPart.id)).all() == []
    job = work(client, reply)
    assert (job.status, job.error.code) == ("failed", "upload-gone")


def test_a_file_of_several_parts_is_read_whole(client, officer):
    rows = [f"r{number},站点{number}（虚构）{'长' * 400},天津市河东区{number}号,120102" for number in range(600)]
    body = "\n".join([SITES.splitlines()[0], *rows])

    reply = send(client, officer, body=body)
    with storage.reading():
        parts = storage.session().scalar(sa.select(sa.func.count()).select_from(UploadPart))
    job = work(client, reply)

    assert len(body.encode()) > 512 * 1024
    assert parts == 2
    assert (job.result["rows"], job.done, job.total) == (600, 600, 600)


def test_a_file_that_cannot_be_read_fails_with_its_sentence_and_is_deleted(client, officer, db):
    job = work(client, send(client, officer, body="name,colour\nx,y\n"))

    assert (job.status, job.error.code) == ("failed", "sheet-header")
    assert "colour" in job.error.detail.zh
    assert db.scalars(sa.select(Upload.id)).all() == []


def test_a_job_of_an_account_that_was_disabled_is_not_done(client, officer, db):
    reply = send(client, officer)
    db.execute(sa.text("UPDATE account SET status = 'disabled'"))

    job = work(client, reply)

    assert (job.status, job.error.code) == ("failed", "requester-gone")


def test_elders_are_brought_in_by_officers_of_their_area_alone(client, officer):
    url = "/v1/imports?register=elders&source=list"
    body = (
        "姓名,编号,性别,出生日期,居住地区划代码,居住地址,居住起始日期\n"
        "张三,r1,男,1940-01-01,120102,河东区三号,2020-01-01\n"
        "李四,r2,女,1941-01-01,120103,河西区一号,2020-01-01\n"
    )

    refused = send(client, sign_in(client, role="administrator", area="12"), url=url, body=body)
    job = work(client, send(client, officer, url=url, body=body))

    assert (refused.status_code, refused.get_json()["code"]) == (403, "role-needed")
    assert job.status == "succeeded", job.error
    assert (job.result["rows"], job.result["created"]) == (2, 1), job.result["errors"]
    assert [fault["code"] for fault in job.result["errors"]] == ["not_yours"]
    with storage.reading():
        assert storage.session().scalars(sa.select(Elder.name)).all() == ["张三"]


@pytest.mark.parametrize(
    ("url", "headers", "body", "status"),
    [
        (URL, {"Content-Type": "application/json"}, "{}", 415),
        (URL, CSV, "", 400),
        ("/v1/imports?register=ships&source=x", CSV, SITES, 400),
        ("/v1/imports?register=sites", CSV, SITES, 400),
    ],
)
def test_what_is_no_file_is_refused_at_once(client, officer, url, headers, body, status):
    reply = client.post(url, data=body.encode(), headers=officer | headers)

    assert reply.status_code == status


def test_a_file_that_is_too_large_is_413(client, officer, monkeypatch):
    settings = replace(client.application.config["DISPATCH_SETTINGS"], upload_max_bytes=100)
    monkeypatch.setitem(client.application.config, "DISPATCH_SETTINGS", settings)

    reply = send(client, officer, body=SITES * 10)

    assert (reply.status_code, reply.get_json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("role", ["planner", "operator", "community_worker"])
def test_others_may_not_import(client, role):
    reply = send(client, sign_in(client, role=role, area="120102"))

    assert (reply.status_code, reply.get_json()["code"]) == (403, "role-needed")
