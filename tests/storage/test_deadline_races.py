"""A deadline that fires while somebody changes what it is about: neither waits for the other for ever."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import assignment, clock, intake, storage, visits
from dispatch.jobs.deadlines import HOLDS, fire_due
from dispatch.storage.deadlines import Deadline
from tests.factories.intake import series_wish, start
from tests.worlds.tiny_day import make_tiny_day

LIMIT_S = 60
WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
ABOUT = {
    intake.DRAFT_EXPIRY: "request",
    intake.ACCEPT_BREACH: "request",
    intake.START_BREACH: "request",
    intake.HELD_OVER: "request",
    intake.SILENCE: "request",
    assignment.FITNESS: "request and carer",
    intake.EXTENDING: "series",
    visits.MISSED: "visit",
}


def test_every_kind_whose_subject_is_held_first_is_tried_here():
    assert set(HOLDS) == set(ABOUT)


@pytest.mark.feature("R7")
def test_who_changes_what_a_deadline_is_about_while_it_fires_is_not_thrown_out(real_app, caplog):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        made = town.assign(town.ask("bathing_home"), "浴")
        keys = {
            "request": str(made.care_request_id),
            "request and carer": f"{made.care_request_id}:{town.carers['X']}",
            "series": str(start(series_wish(town.elder_id)).id),
            "visit": str(made.visit_ids[0]),
        }
        storage.session().execute(sa.delete(Deadline))

    for kind, about in ABOUT.items():
        change_while_it_fires(real_app, kind=kind, key=keys[about])

    assert "could not be fired" not in caplog.text
    with real_app.app_context(), storage.reading():
        rows = storage.session().execute(sa.select(Deadline.kind, Deadline.fired_at, Deadline.tries)).all()
    assert {kind: (fired_at, tries) for kind, fired_at, tries in rows} == dict.fromkeys(ABOUT, (None, 0))


def change_while_it_fires(app, *, kind: str, key: str) -> None:
    """Hold what a deadline is about, let a worker come, and withdraw the deadline."""
    lately = clock.utc_now() - timedelta(days=1)
    with app.app_context(), storage.transaction():
        storage.set_deadline(kind, key=key, due_at=lately, at=lately)

    def fire() -> None:
        with app.app_context():
            fire_due()

    worker = threading.Thread(target=fire)
    with app.app_context(), storage.transaction():
        HOLDS[kind](key)
        worker.start()
        wait_until_blocked(worker)
        storage.withdraw_deadline(kind, key=key, at=clock.utc_now())
    worker.join(LIMIT_S)
    assert not worker.is_alive()


def wait_until_blocked(worker: threading.Thread) -> None:
    """Wait until the worker waits for a row; SQLite has one writer, so that there it waits at once."""
    if storage.session().get_bind().dialect.name != "postgresql":
        return
    limit_s = time.monotonic() + LIMIT_S
    while worker.is_alive() and time.monotonic() < limit_s:
        storage.session().execute(sa.select(sa.func.pg_stat_clear_snapshot()))
        if storage.session().scalar(WAITING):
            return
    pytest.fail("the worker did not wait")
