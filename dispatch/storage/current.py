"""The session of the present unit of work, and the only commit."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.storage.engine import database, database_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

LAST_ACTS = "last_acts"
_IS_KEPT: ContextVar[bool] = ContextVar("is_kept", default=True)


def session() -> Session:
    """Give the session of the transaction or reading under way."""
    return database.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """
    Open the only commit there is: all of the block's changes, or none; within `nothing_kept` none.

    Raises
    ------
    DatabaseBusyError
        Where the database is locked, full or away.

    """
    opened = session()
    try:
        with database_faults():
            yield opened
            _do_last_acts(opened)
            if _IS_KEPT.get():
                opened.commit()
            else:
                opened.flush()  # what the database would refuse, it refuses here
                opened.expunge_all()  # what is answered stays readable
                opened.rollback()
    except BaseException:
        opened.rollback()
        raise
    finally:
        opened.info.pop(LAST_ACTS, None)
        opened.close()


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Let all transactions of the block do everything but commit."""
    before = _IS_KEPT.set(False)
    try:
        yield
    finally:
        _IS_KEPT.reset(before)


@contextmanager
def session_bound_to(given: Session) -> Iterator[Session]:
    """Work in a transaction that somebody else, the job engine, has begun and will commit after the block."""
    database.session.registry.set(given)  # type: ignore[arg-type] # a plain session will do
    try:
        yield given
        _do_last_acts(given)
    finally:
        given.info.pop(LAST_ACTS, None)
        database.session.registry.clear()


def _do_last_acts(opened: Session) -> None:
    opened.flush()  # rows have their numbers, and all other locks are taken, before the last acts
    for act in opened.info.get(LAST_ACTS, {}).values():
        act()


def last_act(name: str, *, make: Callable[[], Callable[[], None]]) -> Callable[[], None]:
    """
    Have something done once in the present transaction, after everything else and just before its commit.

    The act that `make` gives is kept under its name: whoever asks again in the same transaction is given it.
    """
    acts: dict[str, Callable[[], None]] = session().info.setdefault(LAST_ACTS, {})
    if name not in acts:
        acts[name] = make()
    return acts[name]


@contextmanager
def rehearsal() -> Iterator[Session]:
    """Open a transaction that is undone at its end: a dry run does everything, and nothing stays."""
    opened = session()
    try:
        with database_faults():
            yield opened
            opened.flush()  # what the database would refuse, it refuses here
    finally:
        opened.rollback()
        opened.info.pop(LAST_ACTS, None)
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
        opened.info.pop(LAST_ACTS, None)
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
