"""A digest per table: two databases of one engine whose digests are equal hold the same rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGEST_BITS = 256
ROWS_AT_ONCE = 5_000
SYSTEM_SCHEMAS = {"information_schema", "pg_catalog", "pg_toast"}
# the text of a PostgreSQL row follows settings of the session: these are fixed, so that it follows none
PLAIN_TEXT = (
    "set local timezone = 'UTC'",
    "set local datestyle = 'ISO, YMD'",
    "set local extra_float_digits = 3",
    "set local bytea_output = 'hex'",
)


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table holds, and the sum of their SHA-256 digests: no order of rows changes it."""

    table: str
    rows: int
    digest: str


def digest_tables(connection: sa.Connection) -> list[TableDigest]:
    """
    Digest all rows of all tables as this connection's transaction sees them.

    The digest of a table is the sum of the SHA-256 digests of its rows modulo 2^256, so that rows may stand in any
    order. A row is hashed as the engine gives it: digests of the two engines cannot be compared.
    """
    if connection.dialect.name == "postgresql":
        for statement in PLAIN_TEXT:
            connection.exec_driver_sql(statement)
    return [_digest(connection, schema=schema, table=table) for schema, table in _tables(connection)]


def own_schemas(connection: sa.Connection) -> list[str]:
    """List the schemas of a PostgreSQL database that are not the server's own."""
    return sorted(set(sa.inspect(connection).get_schema_names()) - SYSTEM_SCHEMAS)


def _tables(connection: sa.Connection) -> list[tuple[str | None, str]]:
    inspector = sa.inspect(connection)
    if connection.dialect.name == "sqlite":
        return [(None, name) for name in sorted(inspector.get_table_names())]
    return [(schema, name) for schema in own_schemas(connection) for name in sorted(inspector.get_table_names(schema))]


def _digest(connection: sa.Connection, *, schema: str | None, table: str) -> TableDigest:
    quote = connection.dialect.identifier_preparer.quote
    name = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
    what = f"(each.*)::text from {name} each" if schema else f"* from {name}"  # PostgreSQL writes the row itself
    streamed = connection.execution_options(stream_results=True, max_row_buffer=ROWS_AT_ONCE)
    rows = streamed.exec_driver_sql(f"select {what}")
    count, digest = _sum(rows)
    return TableDigest(f"{schema}.{table}" if schema else table, count, f"{digest:0{DIGEST_BITS // 4}x}")


def _sum(rows: Iterable[sa.Row[tuple[object, ...]]]) -> tuple[int, int]:
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big")
    return count, total % 2**DIGEST_BITS
