"""Bring the schema up and down, and say where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dispatch.errors import UnavailableError
from dispatch.storage.columns import Base
from dispatch.storage.engine import engine
from dispatch.words import Words

if TYPE_CHECKING:
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


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate() -> None:
    """Bring the schema to the newest migration; what is there stays."""
    with engine().begin() as connection:
        command.upgrade(_config(connection), "head")


def downgrade(revision: str) -> None:
    """Take the schema back to an older migration ("base" for an empty database)."""
    with engine().begin() as connection:
        command.downgrade(_config(connection), revision)


def schema_state() -> tuple[str, str]:
    """Give the migration that the database has and the one that the program needs."""
    needed = ScriptDirectory.from_config(_config()).get_current_head() or "nothing"
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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
