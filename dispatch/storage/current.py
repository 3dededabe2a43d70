"""The session of the present unit of work, and the only commit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.storage.engine import database, database_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def session() -> Session:
    """Give the session of the transaction or reading under way."""
    return database.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """
    Open the only commit there is: all of the block's changes, or none.

    Raises
    ------
    DatabaseBusyError
        Where the database is locked, full or away.

    """
    opened = session()
    try:
        with database_faults():
            yield opened
            opened.commit()
    except BaseException:
        opened.rollback()
        raise
    finally:
        opened.close()


@contextmanager
def reading() -> Iterator[Session]:
    """Open one consistent view of the data that takes no write lock; changes made inside are dropped."""
    opened = session()
    try:
        with database_faults():
            if not opened.in_transaction():
                opened.connection(execution_options=_reading_options(opened))
            yield opened
    finally:
        opened.rollback()
        opened.close()


def _reading_options(opened: Session) -> dict[str, Any]:
    bind = opened.get_bind()
    if isinstance(bind, sa.Engine) and bind.dialect.name == "postgresql":
        return {"is_reading": True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"is_reading": True}


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo this block alone when it fails; the transaction around it goes on."""
    with session().begin_nested():
        yield
