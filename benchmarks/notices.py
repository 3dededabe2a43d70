"""
What telling costs: entries told a second with three accounts each, a page of a long feed, texts sent a second.

    benchmarks/notices.py [--entries 500] [--notices 100000]

On SQLite and on PostgreSQL; the provider answers at once, so that its figure is the outbox's own.
"""

# ruff: noqa: E402 - the first lines mend the path
from __future__ import annotations

import sys
from pathlib import Path

# a script's folder stands first on the path, where `http.py` would stand for the standard library's
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != Path(__file__).resolve().parent]

import argparse
import os
import statistics
import tempfile
import time
from typing import TYPE_CHECKING
from unittest.mock import patch

import sqlalchemy as sa

from benchmarks.journal import SERVER, on_server
from dispatch import clock, elders, intake, journal, notices, storage
from dispatch.accounts import find_actor
from dispatch.actor import SYSTEM, Role
from dispatch.app import create_app
from dispatch.config import read_settings
from dispatch.jobs.following import READ_AT_ONCE
from dispatch.jobs.notices import send_due
from dispatch.notices.models import THE_ONE, Notice, NoticeCounter
from dispatch.words import Locale
from tests.factories.accounts import make_account
from tests.factories.intake import NOW
from tests.factories.notices import ZONE, Postman
from tests.worlds.tiny_day import make_tiny_day

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

PAGE, ASKED = 50, 200


def main() -> None:
    """Measure both engines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=500)
    parser.add_argument("--notices", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/notices.sqlite", given, folder)
        on_server('drop database if exists "dispatch_bench_notices"', 'create database "dispatch_bench_notices"')
        url = sa.make_url(SERVER).set(database="dispatch_bench_notices").render_as_string(hide_password=False)
        try:
            measure("PostgreSQL", url, given, folder)
        finally:
            on_server('drop database "dispatch_bench_notices" with (force)')


def measure(name: str, url: str, given: argparse.Namespace, folder: str) -> None:
    """Print the figures of one engine."""
    keys = {"DISPATCH_FIELD_KEYS": "1:" + "A" * 43, "DISPATCH_INDEX_KEY": "B" * 42 + "A"}
    os.environ |= {"DISPATCH_DATABASE_URL": url, "DISPATCH_VAR_DIR": folder, **keys}
    app = create_app(read_settings(needs_secret=False), is_serving=False)
    with app.app_context():
        storage.migrate()
        told_s = tell(app, entries=given.entries)
        sent, sent_s = send()
        reader = fill(count=given.notices)
        pages = sorted(read_page(reader, after=number * (given.notices // ASKED)) for number in range(ASKED))
        storage.engine().dispose()
    p50, p95 = statistics.median(pages) * 1000, pages[int(0.95 * ASKED)] * 1000
    print(f"{name}: {given.entries / told_s:.0f} entries told a second, 3 accounts and 1 text each")
    print(f"{name}: a page of {PAGE} of {given.notices} notices p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    print(f"{name}: {sent / sent_s:.0f} texts a second by one worker, beside what the provider takes")


def tell(app: Flask, *, entries: int) -> float:
    """Tell of requests that found nobody, 200 in a transaction as the follower does; gives the seconds."""
    with storage.transaction():
        town = make_tiny_day(phone="13800002345")
    for role in (Role.ELDER, Role.FAMILY, Role.FAMILY):
        make_account(app, role=role, elder_ids=[town.elder_id])
    with storage.transaction():
        request_id = town.ask("meal_dine_in")
        intake.move_request(request_id, to=intake.RequestStatus.UNMATCHED, actor=SYSTEM, now=NOW)
        for _ in range(entries - 1):
            journal.append("care_request.unmatched", actor=SYSTEM, at=NOW, subject_id=request_id)
    with storage.reading():
        found = [one for one in journal.find_entries(request_id) if one.kind == "care_request.unmatched"]
    started = time.perf_counter()
    for start in range(0, len(found), READ_AT_ONCE):
        with storage.transaction():
            for entry in found[start : start + READ_AT_ONCE]:
                notices.tell(entry, at=NOW, zone=ZONE)
                storage.session().flush()
    return time.perf_counter() - started


def fill(*, count: int) -> UUID:
    """Lengthen the feed of one account; gives which."""
    with storage.transaction() as session:
        row = session.execute(sa.select(Notice.account_id, Notice.elder_id, Notice.care_request_id).limit(1)).one()
        counter = session.get_one(NoticeCounter, THE_ONE)
        about = {"elder_id": row.elder_id, "care_request_id": row.care_request_id, "service_code": "meal_dine_in"}
        when = {"at": NOW, "told_at": NOW, "starts_at": NOW}
        session.execute(
            sa.insert(Notice),
            [
                {"account_id": row.account_id, "no": no, "entry_seq": 10**9 + no, "kind": "care_request.held"}
                | about
                | when
                for no in range(counter.last_no + 1, counter.last_no + count + 1)
            ],
        )
        counter.last_no += count
    return row.account_id


def read_page(account_id: UUID, *, after: int) -> float:
    """Read one page; gives the seconds."""
    actor = find_actor(account_id, on=NOW.date())
    started = time.perf_counter()
    with storage.reading():
        notices.read_feed(
            account_id,
            actor=actor,
            ties=elders.Ties(),
            on=NOW.date(),
            after_no=after,
            limit=PAGE,
            locale=Locale.ZH,
            zone=ZONE,
        )
    return time.perf_counter() - started


def send() -> tuple[int, float]:
    """Send the whole outbox; gives how many texts it were, and the seconds."""
    postman, sent, started = Postman(), 0, time.perf_counter()
    with patch.object(clock, "utc_now", lambda: NOW):
        while some := send_due(postman, zone=ZONE):
            sent += some
    return sent, time.perf_counter() - started


if __name__ == "__main__":
    main()
