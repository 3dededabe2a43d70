"""A visit that nobody made is missed a day after its window, once, unless a log comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import clock, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.jobs.deadlines import fire_due
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.visits import AT, local, log_entry, new_visit, record_logs

START = local("2026-03-05 09:00")
DUE = START + timedelta(hours=2 + 24)  # the window of two hours, and a day
SECOND = timedelta(seconds=1)


@pytest.fixture
def people(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places("120198001001")
        [elder_id] = put_elders(elder_record("living_alone"))
        [carer_id] = put_carers(carer_record())
    return elder_id, carer_id


@pytest.fixture
def visit_id(people):
    elder_id, carer_id = people
    return plan(elder_id, carer_id=carer_id)


def plan(elder_id, *, carer_id):
    with storage.transaction():
        [planned] = visits.plan_visits([new_visit(elder_id, start_at=START, carer_id=carer_id)], actor=SYSTEM, at=AT)
    return planned.visit_id


def sweep(monkeypatch, time):
    monkeypatch.setattr(clock, "utc_now", lambda: time)
    return fire_due()


def state(visit_id):
    with storage.reading():
        kinds = [entry.kind for entry in journal.find_entries(visit_id)]
        return visits.get_visit(visit_id).status, kinds


def test_a_visit_without_a_log_is_missed_a_day_after_its_window_and_told_once(visit_id, monkeypatch):
    assert sweep(monkeypatch, DUE - SECOND) == 0
    assert state(visit_id)[0] == "assigned"

    assert [sweep(monkeypatch, DUE), sweep(monkeypatch, DUE + SECOND)] == [1, 0]

    assert state(visit_id) == ("missed", ["visit.assigned", "visit.missed"])


def test_a_visit_with_a_log_is_not_missed(people, visit_id, monkeypatch):
    elder_id, carer_id = people
    with storage.transaction():
        record_logs(log_entry(elder_id, carer_id=carer_id, started_at=START, visit_id=visit_id))

    sweep(monkeypatch, DUE)

    assert state(visit_id) == ("finished", ["visit.assigned", "visit.finished"])


def test_a_canceled_visit_is_not_missed(visit_id, monkeypatch):
    with storage.transaction():
        visits.cancel_visits([visit_id], actor=SYSTEM, at=AT, reason="不需要了")

    sweep(monkeypatch, DUE)

    assert state(visit_id)[0] == "canceled"


def test_a_log_that_comes_late_finishes_a_missed_visit(people, visit_id, monkeypatch):
    elder_id, carer_id = people
    sweep(monkeypatch, DUE)

    with storage.transaction():
        entry = log_entry(elder_id, carer_id=carer_id, started_at=START, visit_id=visit_id)
        record_logs(entry, received_at=DUE + SECOND)

    assert state(visit_id) == ("finished", ["visit.assigned", "visit.missed", "visit.finished"])


def test_a_visit_that_nobody_was_given_has_no_such_deadline(people, monkeypatch):
    visit_id = plan(people[0], carer_id=None)

    assert sweep(monkeypatch, DUE) == 0
    assert state(visit_id)[0] == "planned"
