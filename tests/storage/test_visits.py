"""Visits planned, canceled and logged."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import accounts, elders, journal, storage, visits
from dispatch.actor import SYSTEM
from tests.factories.accounts import make_account
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.visits import AT, local, log_entry, new_visit, put_caseload, record_logs

MORNING = local("2026-03-05 09:00")


@pytest.fixture
def world(app, db):  # noqa: ARG001 - what is put is undone
    """Give one elder, one worker with an account in the elder's area, one carer with an account."""
    worker_account = make_account(app, role="community_worker", area="120198001")
    carer_account = make_account(app, role="carer")
    with storage.transaction():
        put_places("120198001001", "120198002001", "120199001001")
        worker, carer = put_carers(
            carer_record(account_id=worker_account), carer_record(kind="care_worker", account_id=carer_account)
        )
        near, far = put_elders(elder_record("living_alone"), elder_record(area="120199001001"))
        as_worker, as_carer = (
            accounts.find_actor(each, on=date(2026, 3, 5)) for each in (worker_account, carer_account)
        )
    return {"worker": worker, "carer": carer, "near": near, "far": far, "as_worker": as_worker, "as_carer": as_carer}


def refusal_of(entry: visits.VisitLogEntry, **kwargs):
    [result] = record_logs(entry, **kwargs)
    assert result.log is None
    return result.refusal


@pytest.mark.feature("V4")
def test_log_is_kept_with_both_clocks_and_one_journal_entry(world) -> None:
    entry = log_entry(world["near"], carer_id=world["worker"], started_at=MORNING)
    received_at = local("2026-03-07 08:00")
    with storage.transaction():
        [result] = record_logs(entry, actor=world["as_worker"], received_at=received_at)
        entries = journal.find_entries(entry.log_id)

    assert result.status is visits.LogStatus.CREATED
    assert (result.log.device_at, result.log.received_at) == (entry.device_at, received_at)
    assert (result.log.service_on, result.log.verdict) == (date(2026, 3, 5), visits.Verdict.ACCEPTED)
    assert [(each.kind, each.at, each.actor_id) for each in entries] == [
        ("visit_log.received", received_at, world["as_worker"].account_id)
    ]


@pytest.mark.feature("V4")
def test_same_log_twice_is_one_log_and_one_answer(world) -> None:
    entry = log_entry(world["near"], carer_id=world["worker"], started_at=MORNING)
    elsewhere = replace(entry, started_at=MORNING.astimezone(local("2026-03-05 09:00").tzinfo))
    with storage.transaction() as session:
        [first] = record_logs(entry, actor=world["as_worker"])
        [second] = record_logs(elsewhere, actor=world["as_worker"], received_at=local("2026-03-09 08:00"))
        number = session.scalar(sa.text("select count(*) from visit_log"))
        entries = journal.find_entries(entry.log_id)

    assert second.status is visits.LogStatus.REPEATED
    assert second.log == first.log
    assert (number, len(entries)) == (1, 1)


def test_log_id_with_another_content_is_refused_and_changes_nothing(world) -> None:
    entry = log_entry(world["near"], carer_id=world["worker"], started_at=MORNING)
    with storage.transaction() as session:
        record_logs(entry)
        refusal = refusal_of(replace(entry, outcome=visits.VisitOutcome.NOT_HOME))
        outcome = session.scalar(sa.text("select outcome from visit_log"))

    assert isinstance(refusal, visits.LogIdReusedError)
    assert outcome == "done"


def test_batch_keeps_the_good_and_names_the_bad(world) -> None:
    good = log_entry(world["near"], carer_id=world["worker"], started_at=MORNING)
    backwards = replace(good, log_id=uuid4(), finished_at=MORNING - timedelta(seconds=1))
    unknown = replace(good, log_id=uuid4(), service_code="haircut")
    with storage.transaction():
        results = record_logs(good, backwards, good, unknown)

    assert [each.status.value for each in results] == ["created", "refused", "repeated", "refused"]
    assert list(results[1].refusal.fields) == ["finished_at"]
    assert list(results[3].refusal.fields) == ["service_code"]


def test_worker_logs_for_nobody_else(world) -> None:
    entry = log_entry(world["near"], carer_id=world["carer"], started_at=MORNING)
    with storage.transaction():
        refusal = refusal_of(entry, actor=world["as_worker"])

    assert isinstance(refusal, visits.NotOwnLogError)


def test_elder_outside_the_workers_scope_does_not_exist(world) -> None:
    entry = log_entry(world["far"], carer_id=world["worker"], started_at=MORNING)
    with storage.transaction():
        outside = refusal_of(entry, actor=world["as_worker"])
        nobody = refusal_of(replace(entry, elder_id=uuid4()), actor=world["as_worker"])
        put_caseload(world["worker"], world["far"], since=date(2026, 3, 5), until=date(2026, 3, 6))
        [answering] = record_logs(entry, actor=world["as_worker"])

    assert isinstance(outside, elders.ElderNotFoundError)
    assert (type(outside), outside.slug) == (type(nobody), nobody.slug)
    assert answering.status is visits.LogStatus.CREATED


def test_carer_logs_on_the_day_of_an_own_visit_only(world) -> None:
    entry = log_entry(world["near"], carer_id=world["carer"], started_at=MORNING)
    with storage.transaction():
        before = refusal_of(entry, actor=world["as_carer"])
        visits.plan_visits([new_visit(world["near"], start_at=MORNING, carer_id=world["carer"])], actor=SYSTEM, at=AT)
        next_day = replace(entry, log_id=uuid4(), started_at=local("2026-03-06 09:00"))
        next_day = replace(next_day, finished_at=local("2026-03-06 10:00"))
        after = refusal_of(next_day, actor=world["as_carer"])
        [kept] = record_logs(entry, actor=world["as_carer"])

    assert isinstance(before, elders.ElderNotFoundError)
    assert isinstance(after, elders.ElderNotFoundError)
    assert kept.status is visits.LogStatus.CREATED


def test_log_finishes_its_visit_and_a_strangers_visit_does_not_exist(world) -> None:
    with storage.transaction():
        mine, other = visits.plan_visits(
            [
                new_visit(world["near"], start_at=MORNING, carer_id=world["carer"]),
                new_visit(world["far"], start_at=MORNING, carer_id=world["worker"]),
            ],
            actor=SYSTEM,
            at=AT,
        )
        entry = log_entry(world["near"], carer_id=world["carer"], started_at=MORNING, visit_id=mine.visit_id)
        stranger = refusal_of(replace(entry, log_id=uuid4(), visit_id=other.visit_id))
        record_logs(entry)
        finished = visits.get_visit(mine.visit_id)
        kinds = [each.kind for each in journal.find_entries(mine.visit_id)]

    assert isinstance(stranger, visits.VisitNotFoundError)
    assert (finished.status, finished.outcome) == (visits.VisitStatus.FINISHED, visits.VisitOutcome.DONE)
    assert kinds == ["visit.assigned", "visit.finished"]


def test_planned_visits_make_a_carer_busy_until_they_are_canceled(world) -> None:
    span = {"from_at": MORNING - timedelta(hours=1), "to_at": MORNING + timedelta(minutes=30)}
    with storage.transaction():
        pair_id = uuid4()
        first, second = visits.plan_visits(
            [
                new_visit(world["near"], start_at=MORNING, carer_id=world[each], pair_id=pair_id, slot_no=slot)
                for slot, each in ((1, "worker"), (2, "carer"))
            ],
            actor=SYSTEM,
            at=AT,
        )
        busy = visits.find_busy([world["worker"], world["carer"]], **span)
        visits.cancel_visits([first.visit_id], actor=SYSTEM, at=AT, reason="not_needed")
        after = visits.find_busy([world["worker"], world["carer"]], **span)
        later = visits.find_busy(
            [world["carer"]], from_at=MORNING + timedelta(hours=1), to_at=MORNING + timedelta(hours=2)
        )

    assert (first.status, second.pair_id) == (visits.VisitStatus.ASSIGNED, pair_id)
    assert busy == {world[each]: [(MORNING, MORNING + timedelta(hours=1))] for each in ("worker", "carer")}
    assert after[world["worker"]] == []
    assert len(after[world["carer"]]) == 1
    assert later == {world["carer"]: []}


def test_carer_is_not_given_two_visits_at_once(world) -> None:
    first = new_visit(world["near"], start_at=MORNING, carer_id=world["carer"])
    overlapping = new_visit(world["far"], start_at=MORNING + timedelta(minutes=59), carer_id=world["carer"])
    behind = new_visit(world["far"], start_at=MORNING + timedelta(minutes=60), carer_id=world["carer"])
    with storage.transaction():
        visits.plan_visits([first], actor=SYSTEM, at=AT)
        with pytest.raises(visits.CarerBusyError):
            visits.plan_visits([overlapping], actor=SYSTEM, at=AT)
        with pytest.raises(visits.CarerBusyError):
            visits.plan_visits([behind, behind], actor=SYSTEM, at=AT)
        [planned] = visits.plan_visits([behind], actor=SYSTEM, at=AT)

    assert planned.start_at == MORNING + timedelta(minutes=60)


def test_finished_visit_is_not_canceled_and_a_canceled_one_stays_so(world) -> None:
    with storage.transaction():
        done, dropped = visits.plan_visits(
            [new_visit(world["near"], start_at=MORNING, carer_id=world[each]) for each in ("carer", "worker")],
            actor=SYSTEM,
            at=AT,
        )
        record_logs(log_entry(world["near"], carer_id=world["carer"], started_at=MORNING, visit_id=done.visit_id))
        with pytest.raises(visits.IllegalVisitMoveError):
            visits.cancel_visits([done.visit_id], actor=SYSTEM, at=AT, reason="not_needed")
        for _ in range(2):
            [canceled] = visits.cancel_visits([dropped.visit_id], actor=SYSTEM, at=AT, reason="not_needed")
        kinds = [each.kind for each in journal.find_entries(dropped.visit_id)]

    assert canceled.status is visits.VisitStatus.CANCELED
    assert kinds == ["visit.assigned", "visit.canceled"]


def test_continuity_counts_logs_whose_outcome_is_a_visit(world) -> None:
    starts = [local(f"2026-0{month}-05 09:00") for month in (1, 2, 3)]
    with storage.transaction():
        record_logs(*(log_entry(world["near"], carer_id=world["carer"], started_at=at) for at in starts))
        absent = log_entry(
            world["near"], carer_id=world["carer"], started_at=MORNING, outcome=visits.VisitOutcome.NOT_HOME
        )
        record_logs(absent)
        counts = visits.count_visits(world["near"], carer_ids=[world["carer"], world["worker"]], since=starts[1])

    assert counts == {world["carer"]: 2, world["worker"]: 0}


def test_two_workers_do_not_answer_for_one_elder_at_once(world) -> None:
    with storage.transaction():
        put_caseload(world["worker"], world["near"], until=date(2026, 3, 16))
        put_caseload(world["carer"], world["near"], since=date(2026, 3, 16))
        with pytest.raises(visits.CaseloadOverlapError):
            put_caseload(world["worker"], world["near"], since=date(2026, 3, 1))


def test_same_log_from_two_connections_at_once_is_kept_once(real_app) -> None:
    with real_app.app_context(), storage.transaction():
        put_places("120198001001")
        [carer_id] = put_carers(carer_record())
        [elder_id] = put_elders(elder_record())
    entry = log_entry(elder_id, carer_id=carer_id, started_at=MORNING)
    gate, statuses = threading.Barrier(2), []

    def send() -> None:
        with real_app.app_context():
            gate.wait()
            with storage.transaction():
                [result] = record_logs(entry)
            statuses.append(result.status.value)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == ["created", "repeated"]


def test_two_who_choose_one_carer_at_once_cannot_both_win(real_app) -> None:
    with real_app.app_context(), storage.transaction():
        put_places("120198001001")
        [carer_id] = put_carers(carer_record())
        both = put_elders(elder_record(), elder_record())
    gate, outcomes = threading.Barrier(2), []

    def choose(elder_id) -> None:
        with real_app.app_context():
            gate.wait()
            try:
                with storage.transaction():
                    visits.plan_visits([new_visit(elder_id, start_at=MORNING, carer_id=carer_id)], actor=SYSTEM, at=AT)
                outcomes.append("won")
            except visits.CarerBusyError:
                outcomes.append("busy")

    threads = [threading.Thread(target=choose, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["busy", "won"]
