"""Followers of the journal: every entry once, in order, whatever fails and however many workers there are."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import clock, journal, storage
from dispatch.actor import SYSTEM
from dispatch.jobs import following
from dispatch.jobs.deadlines import fire_due
from dispatch.jobs.following import follow_all
from dispatch.journal.models import JournalEntry
from tests.conftest import NOW

LIMIT_S = 60


class Ear:
    """Hears entries; deaf to those named."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.deaf_to: set[str] = set()

    def __call__(self, entry, at) -> None:
        journal.append("ear.heard", actor=SYSTEM, at=at, subject_id=entry.subject_id)
        if entry.subject_id in self.deaf_to:
            raise ZeroDivisionError
        self.heard.append(entry.subject_id)


@pytest.fixture
def ear(monkeypatch):
    found = Ear()
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    monkeypatch.setattr(following, "FOLLOWERS", {"ear": {"bell.rung": found}})
    return found


def ring(*names, kind="bell.rung"):
    with storage.transaction():
        for name in names:
            journal.append(kind, actor=SYSTEM, at=NOW, subject_id=name)


def follow(until):
    """On PostgreSQL any transaction of the server that is under way, in other tests too, holds the newest back."""
    limit_s = time.monotonic() + LIMIT_S
    while time.monotonic() < limit_s:
        follow_all(following.FOLLOWERS)
        with storage.reading():
            if journal.find_place("ear").seq >= until:
                return
        time.sleep(0.05)
    pytest.fail("the newest entries were not read")


def newest():
    with storage.reading():
        return storage.session().scalar(sa.select(sa.func.max(JournalEntry.seq)))


@pytest.fixture
def inside(real_app):
    with real_app.app_context():
        yield


def heard_in_journal(name):
    with storage.reading():
        return [entry.kind for entry in journal.find_entries(name)].count("ear.heard")


def test_reads_every_entry_of_its_kinds_once_in_order_and_reads_on_from_there(inside, ear):  # noqa: ARG001
    ring("a", "b")
    ring("c", kind="bell.bought")
    ring(*(str(number) for number in range(450)))

    follow(newest())
    follow(0)
    ring("z")
    follow(newest())

    assert ear.heard == ["a", "b", *(str(number) for number in range(450)), "z"]


def test_entry_that_fails_keeps_no_other_waiting_leaves_nothing_and_is_tried_again(inside, ear, monkeypatch):  # noqa: ARG001
    ear.deaf_to = {"b"}
    ring("a", "b", "c")

    follow(newest())

    assert ear.heard == ["a", "c"]
    assert heard_in_journal("b") == 0  # what it wrote is undone

    ear.deaf_to = set()
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(seconds=3))
    assert fire_due() == 1
    assert ear.heard == ["a", "c", "b"]
    assert heard_in_journal("b") == 1
    assert fire_due() == 0


def test_two_workers_at_once_read_each_entry_once(real_app, ear):
    with real_app.app_context():
        ring(*(str(number) for number in range(120)))
    start = threading.Barrier(2)

    def work():
        with real_app.app_context():
            start.wait()
            follow(120)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ear.heard, key=int) == [str(number) for number in range(120)]
