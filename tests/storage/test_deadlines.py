"""Deadlines: set with the change they belong to, moved, withdrawn, and fired once whatever happens."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import assignment, clock, intake, storage, visits
from dispatch.jobs.deadlines import FIRINGS, fire_due
from dispatch.jobs.following import REACTION
from dispatch.storage.deadlines import Deadline
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(monkeypatch):
    """Set the clock."""

    def put(time):
        monkeypatch.setattr(clock, "utc_now", lambda: time)

    put(NOW)
    return put


class Bell:
    """Counts how often it rings for each key; may be out of order."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.is_broken = False

    def __call__(self, deadline, _at) -> None:
        if self.is_broken:
            raise ZeroDivisionError
        self.rung.append(deadline.key)


@pytest.fixture
def bell():
    return Bell()


def put(key, *, due_at=NOW + MINUTE):
    with storage.transaction():
        storage.set_deadline("bell", key=key, due_at=due_at, at=NOW)


def oldest(at):
    with storage.reading():
        return storage.oldest_deadline_at(at=at)


@pytest.mark.usefixtures("db")
def test_fires_when_it_is_due_and_not_before_and_never_again(at, bell):
    put("a")

    assert fire_due({"bell": bell}) == 0
    at(NOW + MINUTE)
    assert oldest(NOW + MINUTE) == NOW + MINUTE
    assert [fire_due({"bell": bell}), fire_due({"bell": bell})] == [1, 0]

    assert bell.rung == ["a"]
    assert oldest(NOW + MINUTE) is None


@pytest.mark.usefixtures("db")
def test_the_longest_due_fires_first_however_late_the_worker_comes(at, bell):
    put("second", due_at=NOW + 2 * MINUTE)
    put("first", due_at=NOW + MINUTE)

    at(NOW + timedelta(days=30))
    fire_due({"bell": bell})

    assert bell.rung == ["first", "second"]


@pytest.mark.usefixtures("db")
def test_one_that_was_moved_fires_at_its_new_time_and_one_withdrawn_does_not(at, bell):
    put("moved")
    put("moved", due_at=NOW + 2 * MINUTE)
    put("withdrawn")
    with storage.transaction():
        storage.withdraw_deadline("bell", key="withdrawn", at=NOW)
        storage.withdraw_deadline("bell", key="never set", at=NOW)

    at(NOW + MINUTE)
    assert fire_due({"bell": bell}) == 0
    at(NOW + 2 * MINUTE)
    fire_due({"bell": bell})

    assert bell.rung == ["moved"]


@pytest.mark.usefixtures("db")
def test_one_set_again_after_it_was_withdrawn_fires_and_one_that_fired_stays_fired(at, bell):
    put("a")
    with storage.transaction():
        storage.withdraw_deadline("bell", key="a", at=NOW)
    put("a")
    at(NOW + MINUTE)
    fire_due({"bell": bell})

    put("a", due_at=NOW + 2 * MINUTE)
    at(NOW + 3 * MINUTE)

    assert fire_due({"bell": bell}) == 0
    assert bell.rung == ["a"]


@pytest.mark.usefixtures("db")
def test_one_that_fails_keeps_no_effect_and_is_tried_again_later_while_others_go_on(at, bell):
    other = Bell()
    put("a")
    with storage.transaction():
        storage.set_deadline("other", key="b", due_at=NOW + MINUTE, at=NOW)
    bell.is_broken = True
    at(NOW + MINUTE)

    assert fire_due({"bell": bell, "other": other}) == 1
    assert fire_due({"bell": bell, "other": other}) == 0  # not at once
    bell.is_broken = False
    at(NOW + MINUTE + timedelta(seconds=2))
    assert fire_due({"bell": bell, "other": other}) == 1

    assert (bell.rung, other.rung) == (["a"], ["b"])


def test_a_change_that_fails_leaves_no_deadline(db):
    def change_and_fail():
        with storage.transaction():
            storage.set_deadline("bell", key="a", due_at=NOW, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert db.scalars(sa.select(Deadline.id)).all() == []


def test_two_workers_at_once_fire_each_of_many_once(real_app):
    bell = Bell()
    lately = clock.utc_now() - MINUTE
    with real_app.app_context(), storage.transaction():
        for number in range(60):
            storage.set_deadline("bell", key=str(number), due_at=lately, at=lately)
    fired = []

    def work():
        with real_app.app_context():
            fired.append(fire_due({"bell": bell}))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(bell.rung, key=int) == [str(number) for number in range(60)]
    assert sum(fired) == 60


def test_every_kind_that_is_set_can_be_fired():
    of_requests = {intake.DRAFT_EXPIRY, intake.OFFERING, intake.ACCEPT_BREACH, intake.START_BREACH, intake.SILENCE}
    of_series = {intake.EXTENDING, intake.HELD_OVER}

    assert set(FIRINGS) == {
        *(storage.UPLOAD_EXPIRY, visits.MISSED, REACTION, assignment.EXPIRY, assignment.FITNESS),
        *of_requests,
        *of_series,
    }


@pytest.mark.usefixtures("db")
def test_what_has_fired_fires_once_more_where_it_is_wanted_again(at, bell):
    put("a")
    at(NOW + MINUTE)
    fire_due({"bell": bell})

    with storage.transaction():
        storage.set_deadline("bell", key="a", due_at=NOW + 2 * MINUTE, at=NOW + MINUTE, again=True)
    early = fire_due({"bell": bell})
    at(NOW + 2 * MINUTE)
    fired = fire_due({"bell": bell})

    assert (early, fired, fire_due({"bell": bell})) == (0, 1, 0)
    assert bell.rung == ["a", "a"]


@pytest.mark.usefixtures("db")
def test_what_fires_can_ask_to_fire_later_again(at):
    rung = []

    def ring(deadline, time) -> None:
        rung.append(time)
        storage.set_deadline("bell", key=deadline.key, due_at=time + MINUTE, at=time, again=True)

    put("a")
    for minutes in (1, 2, 3):
        at(NOW + minutes * MINUTE)
        fire_due({"bell": ring})
        fire_due({"bell": ring})

    assert rung == [NOW + minutes * MINUTE for minutes in (1, 2, 3)]
