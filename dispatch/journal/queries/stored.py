"""Lines and links as the bytes that the database holds: a hash must cover what is stored, not what it is read as."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.journal.models import AccessLog, ChainLink, JournalEntry
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Stored = dict[str, bytes | None]

# the tables that the chain covers, each with the column of its numbers
COVERED: dict[str, Any] = {"journal_entry": JournalEntry.seq, "access_log": AccessLog.line_no}
LAST_LINK = sa.text(
    "SELECT index_no, link_hash FROM chain_link WHERE lane_no = :lane_no ORDER BY index_no DESC LIMIT 1"
)


def read_stored_lines(table_name: str, numbers: Iterable[int]) -> dict[int, Stored]:
    """Give the stored columns of those lines of a table that are there, by number and in the order of numbers."""
    on_postgres = session().get_bind().dialect.name == "postgresql"
    query, columns = _lines_query(table_name, on_postgres=on_postgres)
    wanted = list(numbers)
    rows = session().connection().execute(query, {"numbers": wanted if on_postgres else json.dumps(wanted)})
    return {
        line_no: {
            column: value.encode() if isinstance(value, str) else value
            for column, value in zip(columns, values, strict=True)
        }
        for line_no, *values in rows
    }


def read_stored_links(lane_no: int, *, after: int, limit: int) -> list[dict[str, str]]:
    """Give the next links of a lane as text, hashes in hex; what is no text comes back as replacement signs."""
    on_postgres = session().get_bind().dialect.name == "postgresql"
    query, columns = _links_query(on_postgres=on_postgres)
    rows = session().connection().execute(query, {"lane_no": lane_no, "after": after, "some": limit})
    return [
        {
            column: value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for column, value in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def find_lanes() -> list[int]:
    """Find the lanes that have links."""
    return list(session().scalars(sa.select(ChainLink.lane_no).distinct().order_by(ChainLink.lane_no)))


def find_last_link(lane_no: int) -> tuple[int, str] | None:
    """Find the index and the hash of the last link of a lane."""
    row = session().connection().execute(LAST_LINK, {"lane_no": lane_no}).one_or_none()
    return None if row is None else (row.index_no, row.link_hash.hex())


def count_lines(table_name: str) -> int:
    """Count the lines of a table."""
    return session().scalar(sa.select(sa.func.count()).select_from(COVERED[table_name].class_.__table__)) or 0


def find_unlinked(table_name: str, *, after: int, limit: int) -> Sequence[int]:
    """Find the next lines of a table, by number, that no link holds."""
    number = COVERED[table_name]
    is_linked = sa.exists().where(ChainLink.table_name == table_name, ChainLink.line_no == number)
    return session().scalars(sa.select(number).where(number > after, ~is_linked).order_by(number).limit(limit)).all()


# Written once for each engine and table: every operation asks these, and making them anew costs more than asking.


@cache
def _lines_query(table_name: str, *, on_postgres: bool) -> tuple[sa.TextClause, tuple[str, ...]]:
    table = sa.inspect(COVERED[table_name].class_).local_table
    number = COVERED[table_name].name
    these = "= ANY(:numbers)" if on_postgres else "IN (SELECT value FROM json_each(:numbers))"
    columns = ", ".join(_as_stored(column, on_postgres=on_postgres) for column in table.columns)
    query = f"SELECT {number}, {columns} FROM {table_name} WHERE {number} {these} ORDER BY {table_name}.{number}"  # noqa: S608 - names of our own
    return sa.text(query), tuple(column.name for column in table.columns)


@cache
def _links_query(*, on_postgres: bool) -> tuple[sa.TextClause, tuple[str, ...]]:
    table = sa.inspect(ChainLink).local_table
    columns = ", ".join(_as_stored(column, on_postgres=on_postgres) for column in table.columns)
    query = (
        f"SELECT {columns} FROM chain_link "  # noqa: S608 - names of our own
        "WHERE lane_no = :lane_no AND index_no > :after ORDER BY chain_link.index_no LIMIT :some"
    )
    return sa.text(query), tuple(column.name for column in table.columns)


def _as_stored(column: sa.ColumnElement[Any], *, on_postgres: bool) -> str:
    shown = _on_postgresql(column) if on_postgres else _on_sqlite(column)
    dialect: Any = postgresql if on_postgres else sqlite
    return str(shown.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})).replace(":", "\\:")


def _on_postgresql(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, sa.LargeBinary):
        return sa.func.encode(column, "hex")
    if isinstance(getattr(column.type, "impl", column.type), sa.DateTime):
        # the text of an instant depends on the zone of the connection
        return sa.func.to_char(sa.func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return sa.cast(column, sa.Text)


def _on_sqlite(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    # as a blob even what is no valid text can be read
    shown = sa.func.lower(sa.func.hex(column)) if isinstance(column.type, sa.LargeBinary) else column
    return sa.cast(shown, sa.LargeBinary)
