"""The whole database into one file and back, by the engines' own means, in one snapshot and one transaction."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.errors import InvalidError, UnavailableError
from dispatch.storage.digests import TableDigest, digest_tables, own_schemas
from dispatch.storage.engine import engine
from dispatch.words import Words

if TYPE_CHECKING:
    from pathlib import Path


class NotABackupError(InvalidError):
    """The file is no backup of this program, or was cut off or changed."""

    slug = "not-a-backup"
    title = Words("这不是完好的备份文件", "Not a sound backup file")
    detail = Words(
        "{file} 不是本程序的备份，或已损坏（{why}）。请换一份备份。",
        "{file} is no backup of this program, or is damaged ({why}). Take another backup.",
    )


class PostgresToolsError(UnavailableError):
    """pg_dump or psql is missing, older than the server, or failed."""

    slug = "postgres-tools"
    title = Words("PostgreSQL 工具不可用", "PostgreSQL's tools are not usable")
    detail = Words(
        "{tool}：{said}。安装与服务器同版本的 postgresql-client。",
        "{tool}: {said}. Install the postgresql-client of the server's version.",
    )


def dump_database(target: Path) -> list[TableDigest]:
    """Copy the database, as of one moment, into a file that only its owner can read; give its digests."""
    target.touch(mode=0o600)
    return _dump_sqlite(target) if is_sqlite() else _dump_postgresql(target)


def load_database(source: Path, *, work_dir: Path) -> None:
    """Put a copy in the place of all that is there, in one transaction."""
    if is_sqlite():
        _load_sqlite(source)
    else:
        _load_postgresql(source, work_dir=work_dir)


def is_sqlite() -> bool:
    """Say which of the two engines this is."""
    return engine().dialect.name == "sqlite"


def _dump_sqlite(target: Path) -> list[TableDigest]:
    """Copy all pages in one step: a copy in several steps begins again at every write and may never end."""
    connection = engine().raw_connection()
    try:
        source = connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - for the type checker
        copy = sqlite3.connect(target)
        try:
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        finally:
            copy.close()
    finally:
        connection.close()
    with _sqlite_engine(target).connect() as copied:
        return digest_tables(copied)


def _load_sqlite(source: Path) -> None:
    kept = sqlite3.connect(source)
    connection = engine().raw_connection()
    try:
        damage = kept.execute("PRAGMA integrity_check").fetchone()[0]
        if damage != "ok":
            raise NotABackupError(file=source.name, why="integrity_check")
        target = connection.driver_connection
        assert isinstance(target, sqlite3.Connection)  # noqa: S101 - for the type checker
        kept.backup(target, pages=-1)
    finally:
        connection.close()
        kept.close()
    engine().dispose()  # a connection that was open keeps the pages it has read


def _sqlite_engine(file: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)


def _dump_postgresql(target: Path) -> list[TableDigest]:
    """Dump and digest one and the same snapshot."""
    reading = {"is_reading": True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine().connect().execution_options(**reading) as connection:
        snapshot = str(connection.exec_driver_sql("select pg_export_snapshot()").scalar())
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={target}")
        return digest_tables(connection)


def _load_postgresql(source: Path, *, work_dir: Path) -> None:
    """Drop what is there and put back what was kept, in one transaction."""
    with engine().connect().execution_options(is_reading=True) as connection:
        schemas = {"public", *own_schemas(connection)}
    first, script = work_dir / "first.sql", work_dir / "restore.sql"
    _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(source), needs_database=False)
    drops = [f'drop schema if exists "{schema}" cascade;' for schema in sorted(schemas)]
    first.write_text("\n".join([*drops, "create schema public;"]) + "\n", encoding="utf-8")
    engine().dispose()  # our own connections must not wait for ourselves
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
        f"--file={first}",
        f"--file={script}",
    )


def _run(tool: str, *options: str, needs_database: bool = True) -> None:
    """Run one of PostgreSQL's tools; where to connect goes by the environment, so that no password is in a list."""
    url = engine().url
    environment = dict(os.environ)
    given = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port, "PGUSER": url.username}
    given |= {"PGPASSWORD": url.password, "PGDATABASE": url.database}
    if needs_database:
        environment |= {name: str(value) for name, value in given.items() if value is not None}
    try:
        done = subprocess.run([tool, *options], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - fixed names
    except FileNotFoundError:
        raise PostgresToolsError(tool=tool, said="not found") from None
    if done.returncode:
        raise PostgresToolsError(tool=tool, said=_without_values(done.stderr))


def _without_values(said: str) -> str:
    """Keep what a tool says of itself; rows that it quotes are left out."""
    lines = [line for line in said.splitlines() if re.search("error|version|fatal", line, re.IGNORECASE)]
    return re.sub(r"[\"(].*", "", lines[0] if lines else "failed")[:200].strip()
