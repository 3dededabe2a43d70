"""Whoever owns the database: guards down, and any stored byte changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.storage import Base

if TYPE_CHECKING:
    import random

    from sqlalchemy.orm import Session

KEYS = {"journal_entry": "seq", "access_log": "line_no"}
TYPES = {sa.Uuid: "uuid", sa.JSON: "jsonb", sa.LargeBinary: "bytea", sa.Integer: "int", sa.BigInteger: "bigint"}


def take_guards_down(session: Session) -> None:
    """Do what an attacker does first: drop what refuses changes."""
    run = session.connection().exec_driver_sql
    on_postgres = session.get_bind().dialect.name == "postgresql"
    for table in ("journal_entry", "access_log", "chain_link"):
        if on_postgres:
            run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        else:
            run(f"DROP TRIGGER {table}_no_update")
            run(f"DROP TRIGGER {table}_no_delete")
    run("ALTER TABLE access_log DROP CONSTRAINT ck_access_log_purpose" if on_postgres else _CHECKS.format("ON"))


_CHECKS = "PRAGMA ignore_check_constraints = {}"


def put_guards_up(session: Session) -> None:
    """Undo what a rollback does not."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(_CHECKS.format("OFF"))


def delete_row(session: Session, table: str, **key: int) -> None:
    """Take one row away."""
    session.execute(sa.delete(Base.metadata.tables[table]).filter_by(**key))


def change_byte(session: Session, *, chance: random.Random, table: str, where: str) -> str:
    """Change one byte of one stored column of one row, and say of which."""
    columns = [column for column in Base.metadata.tables[table].columns if column.name != KEYS.get(table)]
    spoil = _spoil_postgresql if session.get_bind().dialect.name == "postgresql" else _spoil_sqlite
    while True:
        column = chance.choice(columns)
        if spoil(session.connection(), chance, column, where):
            return column.name


def _spoil_sqlite(connection: sa.Connection, chance: random.Random, column: sa.Column, where: str) -> bool:
    name, table = column.name, column.table.name
    stored, kind = connection.exec_driver_sql(
        f"SELECT CAST({name} AS BLOB), typeof({name}) FROM {table} WHERE {where}"  # noqa: S608 - a test's own words
    ).one()
    if not stored:
        return False
    if kind == "integer":
        new = _other_number(stored.decode(), chance)
    else:
        value = bytearray(stored)
        value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)  # what is no valid text is stored all the same
        new = f"X'{value.hex()}'" if kind == "blob" else f"CAST(X'{value.hex()}' AS TEXT)"
    connection.exec_driver_sql(f"UPDATE {table} SET {name} = {new} WHERE {where}")  # noqa: S608 - as above
    return True


def _spoil_postgresql(connection: sa.Connection, chance: random.Random, column: sa.Column, where: str) -> bool:
    name, table, kind = column.name, column.table.name, column.type
    value = connection.exec_driver_sql(f"SELECT {name}::text FROM {table} WHERE {where}").scalar()  # noqa: S608 - as above
    if not value:
        return False
    if isinstance(getattr(kind, "impl", kind), sa.DateTime):
        new = f"{name} + interval '{1 << chance.randrange(40)} us'"
        connection.exec_driver_sql(f"UPDATE {table} SET {name} = {new} WHERE {where}")  # noqa: S608 - as above
        return True
    new = _other_number(value, chance) if isinstance(kind, sa.Integer) else _other_text(value, chance, kind)
    if isinstance(kind, sa.JSON) and not _is_other_json(new, value):
        return False
    connection.execute(
        sa.text(f"UPDATE {table} SET {name} = CAST(:new AS {TYPES.get(type(kind), 'text')}) WHERE {where}"),  # noqa: S608 - as above
        {"new": new},
    )
    return True


def _other_number(value: str, chance: random.Random) -> str:
    return str(int(value) ^ (1 << chance.randrange(20, 30)))  # not the lowest bytes: no other row has that number


def _other_text(value: str, chance: random.Random, kind: sa.types.TypeEngine) -> str:
    is_hex = isinstance(kind, sa.Uuid | sa.LargeBinary)
    first = 2 if isinstance(kind, sa.LargeBinary) else 0  # after \x
    places = [at for at, sign in enumerate(value) if at >= first and sign.isascii() and sign.isalnum()]
    if not places:
        return chance.choice("abc")
    place = chance.choice(places)
    sign = chance.choice([one for one in ("0123456789abcdef" if is_hex else "abcxyz0189") if one != value[place]])
    return value[:place] + sign + value[place + 1 :]


def _is_other_json(new: str, old: str) -> bool:
    try:
        return bool(json.loads(new) != json.loads(old))
    except ValueError:
        return False  # PostgreSQL holds no JSON that is none
