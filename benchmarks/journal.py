"""
What the chain costs: operations per second with and without it, and the time to verify one line.

    benchmarks/journal.py [--operations 1000] [--writers 8] [--lines 20000]

Each operation appends one entry and one access line and commits, as the smallest ones do.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from datetime import UTC, datetime
from unittest.mock import patch
from uuid import UUID

import sqlalchemy as sa

from dispatch import journal, storage
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.config import Settings, read_settings
from dispatch.journal.operations.chaining import Chaining

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


def main() -> None:
    """Measure both engines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--lines", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/journal.sqlite", given, folder)
        on_server('drop database if exists "dispatch_bench_journal"', 'create database "dispatch_bench_journal"')
        url = sa.make_url(SERVER).set(database="dispatch_bench_journal").render_as_string(hide_password=False)
        try:
            measure("PostgreSQL", url, given, folder)
        finally:
            on_server('drop database "dispatch_bench_journal" with (force)')


def measure(name: str, url: str, given: argparse.Namespace, folder: str) -> None:
    """Print the figures of one engine."""
    os.environ |= {"DISPATCH_DATABASE_URL": url, "DISPATCH_VAR_DIR": folder}
    settings: Settings = read_settings(needs_secret=False)
    app = create_app(settings, is_serving=False)
    with app.app_context():
        storage.migrate()
    for writers in (1, given.writers):
        with patch.object(Chaining, "__call__", lambda _self: None):
            without = rate(app, writers, given.operations)
        with_chain = rate(app, writers, given.operations)
        print(f"{name}, {writers} writers: {without:.0f} operations/s without the chain, {with_chain:.0f} with it")
    with app.app_context():
        while True:
            with storage.reading():
                if journal.verify_chain().links >= given.lines:
                    break
            with storage.transaction():
                for number in range(5000):
                    journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id=str(number), minutes=number)
        started = time.perf_counter()
        with storage.reading():
            links = journal.verify_chain().links
        took = time.perf_counter() - started
        print(f"{name}: {links} links verified in {took:.2f} s, {took / links * 1e6:.1f} µs each")
        storage.engine().dispose()


def rate(app: object, writers: int, operations: int) -> float:
    """Give the operations per second of some writers at once."""

    def write() -> None:
        with app.app_context():  # type: ignore[attr-defined]
            for number in range(operations // writers):
                with storage.transaction():
                    journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id=str(number), minutes=40)
                    journal.log_access(
                        [UUID(int=number)], actor=SYSTEM, at=NOW, purpose=journal.AccessPurpose.CARE, route="GET /x"
                    )

    crowd = [threading.Thread(target=write) for _ in range(writers)]
    started = time.perf_counter()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return operations / (time.perf_counter() - started)


def on_server(*statements: str) -> None:
    """Run statements on the server itself."""
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


if __name__ == "__main__":
    main()
