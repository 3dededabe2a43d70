"""The journal keeps everything in an order that a reader who follows it misses nothing of."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from dispatch import journal, storage
from dispatch.actor import SYSTEM, Actor

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


def test_entry_comes_back_as_it_was_given(db):  # noqa: ARG001 - the database
    actor = Actor(account_id=uuid4())
    subject = uuid4()
    with storage.transaction():
        journal.append(
            "visit.finished",
            actor=actor,
            at=NOW.astimezone(timezone(timedelta(hours=8))),
            subject_id=subject,
            reason="提前结束",
            minutes=40,
            codes=["A", "B"],
            nothing=None,
        )

    with storage.reading():
        (entry,) = journal.find_entries(subject)

    assert (entry.kind, entry.actor_id, entry.subject_id, entry.reason) == (
        "visit.finished",
        actor.account_id,
        str(subject),
        "提前结束",
    )
    assert entry.at == NOW
    assert entry.facts == {"minutes": 40, "codes": ["A", "B"], "nothing": None}


def test_entries_of_a_failed_operation_are_gone_with_it(db):  # noqa: ARG001 - the database
    subject = uuid4()

    def fail() -> None:
        with storage.transaction():
            journal.append("visit.finished", actor=SYSTEM, at=NOW, subject_id=subject)
            raise ValueError("something else went wrong")

    with pytest.raises(ValueError, match="something else"):
        fail()

    with storage.reading():
        assert journal.find_entries(subject) == []


def test_naive_instants_are_refused(db):  # noqa: ARG001 - the database
    def append() -> None:
        with storage.transaction():
            journal.append("x.happened", actor=SYSTEM, at=NOW.replace(tzinfo=None), subject_id="x")

    with pytest.raises(Exception, match="naive"):
        append()


def test_access_lines_come_back_oldest_first(db):  # noqa: ARG001 - the database
    elder, other, reader = uuid4(), uuid4(), Actor(account_id=uuid4())
    with storage.transaction():
        for minutes in (0, 5):
            journal.log_access(
                [elder, other],
                actor=reader,
                at=NOW + timedelta(minutes=minutes),
                purpose=journal.AccessPurpose.CARE,
                route="GET /v1/elders/<id>",
            )

    with storage.reading():
        lines = journal.find_access_lines(elder)

    assert [line.at for line in lines] == [NOW, NOW + timedelta(minutes=5)]
    assert {(line.account_id, line.elder_id, line.purpose) for line in lines} == {
        (reader.account_id, elder, journal.AccessPurpose.CARE)
    }


def _read_on(cursor: journal.Cursor, *, wanted: int, limit: int = 10_000) -> list[str]:
    """
    Read on until as many entries came as are wanted, and until a page is empty.

    On PostgreSQL a transaction of any other database of the server may hold entries back for a while.
    """
    seen: list[str] = []
    patience = time.monotonic() + 30
    while time.monotonic() < patience:
        with storage.reading():
            page = journal.read_since(cursor, limit=limit)
        if not page and len(seen) >= wanted:
            break
        seen += [entry.subject_id for entry in page]
        cursor = page[-1].cursor if page else cursor
    return seen


def test_reading_on_in_pages_gives_each_entry_once(real_app):
    with real_app.app_context():
        for number in range(7):
            with storage.transaction():
                journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id=str(number))

        seen = _read_on(journal.START, wanted=7, limit=3)

    assert seen == [str(number) for number in range(7)]


def test_an_entry_of_a_slow_transaction_is_not_missed(real_app):
    """A quicker writer commits a later number first: a reader who went on from it would miss the slow one."""
    is_open, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with real_app.app_context(), storage.transaction() as session:
            journal.append("slow.happened", actor=SYSTEM, at=NOW, subject_id="slow")
            session.flush()  # takes its number now
            is_open.set()
            may_commit.wait(timeout=10)

    with real_app.app_context():
        on_postgres = storage.engine().dialect.name == "postgresql"
        slow = threading.Thread(target=write_slowly)
        slow.start()
        assert is_open.wait(timeout=10)
        if on_postgres:  # on SQLite nobody can write meanwhile
            with storage.transaction():
                journal.append("quick.happened", actor=SYSTEM, at=NOW, subject_id="quick")
        with storage.reading():
            early = journal.read_since(journal.START)
        may_commit.set()
        slow.join()
        held_back = (2 if on_postgres else 1) - len(early)
        late = _read_on(early[-1].cursor if early else journal.START, wanted=held_back)

    seen = [entry.subject_id for entry in early] + late
    assert sorted(seen) == (["quick", "slow"] if on_postgres else ["slow"])


def test_a_reader_beside_many_writers_sees_every_entry_exactly_once(real_app):
    writers, entries_each = 6, 25

    def write(writer: int) -> None:
        with real_app.app_context():
            for number in range(entries_each):
                with storage.transaction() as session:
                    journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id=f"{writer}-{number}")
                    session.flush()
                    if number % 3 == 0:
                        session.connection().exec_driver_sql("select count(*) from journal_entry")

    crowd = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for one in crowd:
        one.start()
    with real_app.app_context():
        seen = _read_on(journal.START, wanted=writers * entries_each)
        for one in crowd:
            one.join()
        seen += _read_on(journal.START, wanted=0)[writers * entries_each :]  # nothing may come after the last one

    assert len(seen) == writers * entries_each
    assert set(seen) == {f"{writer}-{number}" for writer in range(writers) for number in range(entries_each)}
