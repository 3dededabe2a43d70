"""
The databases of one run of the tests, on both engines.

Migrating takes seconds and copying takes a moment: whatever starts from the same rows is made once for all test
processes of a run, as a template, and copied for whoever asks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


class Databases:
    """Makes databases by name of engine; `run` tells those of one run from those of another on the same server."""

    def __init__(self, folder: Path, *, run: str) -> None:
        self._folder, self._run, self._made = folder, run, 0

    def empty(self, engine_name: str) -> str:
        """Make an empty database; the URL comes back."""
        return self._make(engine_name, self._next())

    def copy(self, engine_name: str, *, template: str, fill: Callable[[str], None]) -> str:
        """
        Make a copy of a template; the URL comes back.

        The first process that asks makes the template and calls `fill` with its URL, the others wait. `fill` leaves no
        connection open, and gives the same rows whoever calls it.
        """
        source = f"{template}_template"
        filled = self._folder / f"{source}.{engine_name}.filled"
        with (self._folder / f"{source}.{engine_name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not filled.exists():
                fill(self._make(engine_name, source))
                filled.touch()
        return self._make(engine_name, self._next(), source=source)

    def _next(self) -> str:
        self._made += 1
        return f"{os.getpid()}_{self._made}"

    def _make(self, engine_name: str, name: str, *, source: str | None = None) -> str:
        if engine_name == "sqlite":
            file = self._file(name)
            file.unlink(missing_ok=True)
            if source:
                shutil.copyfile(self._file(source), file)
            return f"sqlite:///{file}"
        full = _prefix(self._run) + name
        on_server(
            f'drop database if exists "{full}" with (force)',
            f'create database "{full}"' + (f' template "{_prefix(self._run)}{source}"' if source else ""),
            # no test stops the server, so none can tell whether it waits for the disk
            f'alter database "{full}" set synchronous_commit = off',
        )
        return sa.make_url(SERVER).set(database=full).render_as_string(hide_password=False)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite"


def drop_all(run: str) -> None:
    """Remove what a run has made on the server; its files go with the folder of the run."""
    ours = [name for name in on_server("select datname from pg_database") if str(name).startswith(_prefix(run))]
    on_server("select 1", *(f'drop database if exists "{name}" with (force)' for name in ours))


def server_version() -> str | None:
    """Give the version of the PostgreSQL that the tests may use, or None where none answers."""
    try:
        return str(on_server("show server_version")[0])
    except sa.exc.OperationalError:
        return None


def on_server(*statements: str) -> list[object]:
    """Run statements outside of a transaction; the first column of the last one's rows comes back."""
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            found = [connection.exec_driver_sql(statement) for statement in statements][-1]
            return list(found.scalars()) if found.returns_rows else []
    finally:
        engine.dispose()


def _prefix(run: str) -> str:
    return f"dispatch_test_{run}_"
