"""
How long a backup takes beside writers, how large it is, and how long until it is put back and compared.

A scratch database is filled with lines of the journal and elders until it has the wanted size; four threads go on
writing while the backup is made; it is restored into an empty database of the same engine, table by table compared.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dispatch import journal, storage  # noqa: E402 - the path first
from dispatch.actor import SYSTEM  # noqa: E402
from dispatch.app import create_app  # noqa: E402
from dispatch.config import Settings, read_settings  # noqa: E402

AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
NOTE = "made-up words of some length, as a journal's facts have them; " * 6
SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
WRITERS = 4
BATCH = 2_000
BYTES_PER_LINE = 900  # of the journal with its indexes, found by trying


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1_000, help="size of the database")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    found = [measure(engine, megabytes=options.megabytes) for engine in engines]
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(
        "| database | made in | file | written meanwhile | restored and compared in |\n| --- | --- | --- | --- | --- |"
    )
    for row in found:
        print(
            f"| {row['engine']}, {row['database_mb']:,.0f} MB, {row['rows']:,} rows | {row['make_s']:.1f} s "
            f"| {row['file_mb']:,.0f} MB | {row['written']} transactions, longest {row['longest_wait_ms']:,.0f} ms "
            f"| {row['restore_s']:.1f} s |"
        )


def measure(engine: str, *, megabytes: int) -> dict[str, object]:
    """Fill, keep, put back; give the figures."""
    with tempfile.TemporaryDirectory() as folder:
        source = application(engine, folder=Path(folder), name="source")
        target = application(engine, folder=Path(folder), name="target")
        file = Path(folder) / "kept.backup"
        with source.app_context():
            storage.migrate()
            fill(megabytes)
        stop, waits = threading.Event(), list[float]()
        writers = [threading.Thread(target=write, args=(source, stop, waits)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        with source.app_context():
            began = time.perf_counter()
            made = storage.make_backup(file, networks_dir=None, version="bench", made_at=AT, say=tell)
            make_s = time.perf_counter() - began
            stop.set()
            for writer in writers:
                writer.join()
            storage.engine().dispose()
        with target.app_context():
            began = time.perf_counter()
            storage.restore_backup(file, networks_dir=Path(folder), may_replace=False, say=tell)
            restore_s = time.perf_counter() - began
            storage.engine().dispose()
        result = {
            "engine": engine,
            "database_mb": size_mb(source, engine=engine),
            "rows": made.rows,
            "file_mb": file.stat().st_size / 1e6,
            "make_s": make_s,
            "written": len(waits),
            "longest_wait_ms": 1_000 * max(waits, default=0.0),
            "restore_s": restore_s,
        }
    if engine == "postgresql":
        on_server(*(f'drop database if exists "{name_of(each)}" with (force)' for each in ("source", "target")))
    return result


def application(engine: str, *, folder: Path, name: str):  # noqa: ANN201 - Flask's own
    """Make an application on an empty scratch database."""
    if engine == "sqlite":
        url = f"sqlite:///{folder / name}.sqlite"
    else:
        on_server(f'drop database if exists "{name_of(name)}" with (force)', f'create database "{name_of(name)}"')
        url = sa.make_url(SERVER).set(database=name_of(name)).render_as_string(hide_password=False)
    settings: Settings = replace(
        read_settings(needs_secret=False),
        database_url=url,
        var_dir=folder,
        field_keys=f"1:{storage.make_key()}",
        index_key=storage.make_key(),
    )
    return create_app(settings, is_serving=False)


def name_of(name: str) -> str:
    """Name a scratch database."""
    return f"dispatch_bench_{os.getpid()}_{name}"


def on_server(*statements: str) -> None:
    """Run statements on the server, each by itself."""
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def fill(megabytes: int) -> None:
    """Write lines of the journal until the database has about this size."""
    lines = megabytes * 1_000_000 // BYTES_PER_LINE
    for first in range(0, lines, BATCH):
        with storage.transaction():
            for number in range(first, first + BATCH):
                journal.append("bench.filled", actor=SYSTEM, at=AT, subject_id=str(number), note=NOTE)
        print(f"\r{first + BATCH:,} of {lines:,} lines", end="", file=sys.stderr)
    print(file=sys.stderr)


def write(app, stop: threading.Event, waits: list[float]) -> None:  # noqa: ANN001 - Flask's own
    """Write until told to stop; keep how long each transaction took."""
    with app.app_context():
        while not stop.is_set():
            began = time.perf_counter()
            with storage.transaction():
                journal.append("bench.written", actor=SYSTEM, at=AT, subject_id="writer", note=NOTE)
            waits.append(time.perf_counter() - began)
            time.sleep(0.02)


def size_mb(app, *, engine: str) -> float:  # noqa: ANN001 - Flask's own
    """Give the size of the database."""
    with app.app_context(), storage.engine().connect().execution_options(is_reading=True) as connection:
        if engine == "sqlite":
            pages = connection.exec_driver_sql("select page_count * page_size from pragma_page_count, pragma_page_size")
            return int(pages.scalar_one()) / 1e6
        return int(connection.exec_driver_sql("select pg_database_size(current_database())").scalar_one()) / 1e6


def tell(step: str) -> None:
    """Say the step."""
    print(f"== {step}", file=sys.stderr)


if __name__ == "__main__":
    main()
