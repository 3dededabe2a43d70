"""One database per application, tuned for the two engines."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm.exc import StaleDataError

from dispatch.errors import UnavailableError
from dispatch.storage.columns import Base
from dispatch.storage.versions import StaleVersionError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

LOCK_TIMEOUT_MS = 10_000  # whoever waits longer for a lock is told that the database is busy
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits when the machine stops
    f"busy_timeout={LOCK_TIMEOUT_MS}",
    "foreign_keys=ON",
    "journal_size_limit=67108864",
)
POOL_SIZE = 8
CONNECT_TIMEOUT_S = 5
# what SQLite and PostgreSQL say where a lock was not given in time, the disk is full, or nobody answers
BUSY_SIGNS = (
    *("locked", "deadlock", "connection", "timeout"),
    *("disk is full", "no space", "disk i/o", "unable to open", "readonly"),
)

database = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class DatabaseBusyError(UnavailableError):
    """The database is locked, full or away; nothing was changed."""

    slug = "database-busy"
    title = Words("数据库忙或已满，没有保存，请稍后再试", "The database is busy or full; try again")


def install(app: Any, *, url: str) -> None:  # noqa: ANN401 - the Flask application; Flask itself stays at the edge
    """Give the application its database; tables are not touched."""
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        Path(sa.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    else:
        options |= {
            "pool_size": POOL_SIZE,
            "pool_pre_ping": True,
            "connect_args": {"connect_timeout": CONNECT_TIMEOUT_S, "options": f"-c lock_timeout={LOCK_TIMEOUT_MS}"},
        }
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    database.init_app(app)
    with app.app_context():
        tune(database.engine)


def engine() -> sa.Engine:
    """Give the engine of the present application."""
    return database.engine


def tune(made: sa.Engine) -> None:
    """Make SQLite durable, and let its transactions begin when we say so."""
    if made.dialect.name != "sqlite":
        return

    @event.listens_for(made, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin for us
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def begin(connection: sa.Connection) -> None:
        # a writer takes the write lock at once: a lock that is asked for later can only fail
        is_reading = connection.get_execution_options().get("is_reading")
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


@contextmanager
def database_faults() -> Iterator[None]:
    """Turn a locked, full or absent database, and a lost race, into one answer each; the rest stays a fault of ours."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as fault:
        if any(sign in str(fault.args[0]).lower() for sign in BUSY_SIGNS):
            raise DatabaseBusyError from fault
        raise
    except StaleDataError as fault:  # another transaction changed the row between our read and our write
        raise StaleVersionError from fault
