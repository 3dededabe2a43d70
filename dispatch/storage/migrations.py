"""Bring the schema up and down, and say where it stands."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dispatch.errors import InvalidError, UnavailableError
from dispatch.storage.columns import Base
from dispatch.storage.engine import engine
from dispatch.storage.jobs import job_port
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

FOLDER = Path(__file__).parents[2] / "migrations"


class SchemaOutdatedError(UnavailableError):
    """The tables are not those this program needs."""

    slug = "schema-outdated"
    title = Words("数据库还没有升级", "The database has not been upgraded")
    detail = Words(
        "数据库在 {present}，程序需要 {needed}。先运行：dispatch db upgrade",
        "The database is at {present}, this program needs {needed}. Run first: dispatch db upgrade",
    )


class UnknownRevisionError(InvalidError):
    """There is no such older migration."""

    slug = "unknown-revision"
    title = Words("没有这个数据库版本", "There is no such revision")
    detail = Words(
        "{revision} 不是当前版本之前的迁移；它们的名字在 migrations/versions/。",
        "{revision} is no migration before the present one; migrations/versions/ has their names.",
    )


class BrokenReferenceError(UnavailableError):
    """A step would leave a row that refers to none; nothing was changed."""

    slug = "broken-reference"
    title = Words("数据库升级会留下断开的引用，没有改动", "The upgrade would break references; nothing changed")


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Tell Alembic where the migrations are, and on which connection they run."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate() -> None:
    """Bring the schema to the newest migration, and the job engine's own tables; what is there stays."""
    with _migrating() as connection:
        command.upgrade(alembic_config(connection), "head")
    port = job_port()
    if port is not None:
        port.migrate()


def downgrade(revision: str) -> None:
    """
    Take the schema back to an older migration ("base" for an empty database).

    Raises
    ------
    UnknownRevisionError
        Where there is none of that name before the present one; nothing was changed.

    """
    present, _ = schema_state()
    if revision != "base" and revision not in _older(present):
        raise UnknownRevisionError(revision=revision)
    with _migrating() as connection:
        command.downgrade(alembic_config(connection), revision)


def _older(present: str) -> set[str]:
    script = ScriptDirectory.from_config(alembic_config())
    if present == "nothing" or script.get_revision(present) is None:
        return set()
    return {each.revision for each in script.iterate_revisions(present, "base")} - {present}


@contextmanager
def _migrating() -> Iterator[sa.Connection]:
    """
    Open one transaction for all steps.

    SQLite changes a table by making it anew, and refuses to drop one that others refer to: there references are
    checked at the end of the transaction instead of on the way (https://sqlite.org/lang_altertable.html, section 7).
    """
    with engine().connect() as connection:
        driver: Any = connection.connection.driver_connection
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")  # takes effect outside of a transaction only
        try:
            with connection.begin():
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise BrokenReferenceError
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def schema_state() -> tuple[str, str]:
    """Give the migration that the database has and the one that the program needs."""
    needed = ScriptDirectory.from_config(alembic_config()).get_current_head() or "nothing"
    with engine().connect().execution_options(is_reading=True) as connection:
        present = MigrationContext.configure(connection).get_current_revision() or "nothing"
    return present, needed


def check_schema() -> None:
    """Raise SchemaOutdatedError unless the schema is the program's own."""
    present, needed = schema_state()
    if present != needed:
        raise SchemaOutdatedError(present=present, needed=needed)


def schema_differences() -> list[object]:
    """List the differences between the tables in the database and those the program declares."""
    with engine().connect().execution_options(is_reading=True) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, Base.metadata))


def _is_ours(found: Any, name: str | None, kind: str, is_reflected: bool, _ours: object) -> bool:  # noqa: ANN401, FBT001 - Alembic's signature
    """
    Leave out the job engine's tables and their indexes, which on SQLite stand beside ours.

    So are the indexes of name searches: they are made of an expression, and on PostgreSQL only.
    """
    if kind == "index" and is_reflected and str(name).endswith("_search"):
        return False
    port = job_port()
    if port is None or not is_reflected:
        return True
    table = name if kind == "table" else getattr(getattr(found, "table", None), "name", None)
    return table not in port.tables
