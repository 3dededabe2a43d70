"""Many new rows at once, by the quickest way of each engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.storage.current import session
from dispatch.storage.engine import engine

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS_AT_ONCE = 5_000  # in one statement's parameters
# a table whose pages have doubled since they were last counted, and that is large enough to matter (1 MiB)
OUTGROWN = """
SELECT pg_relation_size(oid) > 1048576 AND pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint
FROM pg_class WHERE oid = %s::regclass
"""


@dataclass(frozen=True, slots=True)
class PackedRows:
    """New rows of one table in the form that the database's driver takes."""

    table: sa.Table
    names: tuple[str, ...]
    values: list[tuple[Any, ...]]


def insert_rows(table: sa.Table, *, rows: Sequence[dict[str, Any]]) -> None:
    """
    Insert rows that all name the same columns, in the present transaction.

    What the database refuses is raised as by any other statement.
    """
    insert_packed(pack_rows(table, rows=rows))


def pack_rows(table: sa.Table, *, rows: Sequence[dict[str, Any]]) -> PackedRows:
    """
    Bring rows that all name the same columns into the driver's form.

    It needs no transaction and is most of the work: done before one is opened, nobody waits for the write lock
    meanwhile.
    """
    if not rows:
        return PackedRows(table, (), [])
    dialect: Any = engine().dialect
    added = {  # what SQLAlchemy would fill in, as it does elsewhere
        column.name: column.default.arg
        for column in table.columns
        if column.name not in rows[0] and isinstance(column.default, sa.ColumnDefault) and column.default.is_scalar
    }
    names = (*rows[0], *added)
    columns = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
    values = []
    for row in rows:
        whole = added | row
        values.append(
            tuple(
                whole[name] if process is None or whole[name] is None else process(whole[name])
                for name, process in columns
            )
        )
    return PackedRows(table, names, values)


def insert_packed(packed: PackedRows) -> None:
    """
    Insert packed rows in the present transaction.

    On PostgreSQL they are copied: a statement for each row costs the client as much again as all else that an import
    does. A table that has doubled since it was last counted is counted at once: until the server's own round comes
    by, every join of a long import would be planned as if the table were still empty.
    """
    if not packed.values:
        return
    connection = session().connection()
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, packed.names))
    if connection.dialect.name == "postgresql":
        table = quote(packed.table.name)
        _copy(connection, packed, f"COPY {table} ({columns}) FROM STDIN")
        if connection.exec_driver_sql(OUTGROWN, (table,)).scalar_one():
            connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {table}")
        return
    marks = ", ".join("?" * len(packed.names))
    statement = f"INSERT INTO {quote(packed.table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of the model
    for start in range(0, len(packed.values), ROWS_AT_ONCE):
        connection.exec_driver_sql(statement, packed.values[start : start + ROWS_AT_ONCE])


def _copy(connection: sa.Connection, packed: PackedRows, statement: str) -> None:
    dialect: Any = connection.dialect
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in packed.values:
                copy.write_row(row)
    except dialect.loaded_dbapi.Error as fault:
        raise sa.exc.DBAPIError.instance(
            statement, None, fault, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
        ) from fault
