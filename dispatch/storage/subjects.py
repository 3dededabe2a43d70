"""
All rows that tell of one subject, found from the schema: by a column that names it, and by foreign keys to such rows.

    elder <- residence.elder_id, visit.elder_id <- care_request_visit.visit_id
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.storage.columns import Base
from dispatch.storage.current import session
from dispatch.storage.resealing import SEALS
from dispatch.storage.sealing import Place, unseal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

Keys = list[tuple[Any, ...]]
"""Primary keys of rows of one table."""
AT_ONCE = 300


def find_subject_tables(root: str, *, column: str) -> dict[str, list[sa.Column[Any]]]:
    """
    Give each table whose rows tell of subjects of a kind, with the columns that lead to them, the nearest tables first.

    Parameters
    ----------
    root : str
        The subjects' own table.
    column : str
        What a column is called that names a subject, with a foreign key or without.

    """
    found: dict[str, list[sa.Column[Any]]] = {root: [Base.metadata.tables[root].c.id]}
    while True:
        more = {
            table.name: leading
            for table in Base.metadata.sorted_tables
            if table.name not in found and (leading := _leading(table, to=found, column=column))
        }
        if not more:
            return found
        found |= more


def find_subject_rows(root: str, *, subject_id: UUID, column: str) -> dict[str, Keys]:
    """Find the primary keys of all rows that tell of one subject, by table."""
    return {
        table: [tuple(row[key.name] for key in Base.metadata.tables[table].primary_key) for row in rows]
        for table, rows in _load(root, subject_id=subject_id, column=column).items()
    }


def read_subject(root: str, *, subject_id: UUID, column: str) -> dict[str, list[dict[str, Any]]]:
    """
    Read all rows that tell of one subject, by table, with plain values.

    Sealed fields are opened, under the name without "_sealed"; what is neither text, number, time nor JSON (blind
    indexes, hashes) is left out.
    """
    return {
        table: [_plain(Base.metadata.tables[table], row) for row in rows]
        for table, rows in _load(root, subject_id=subject_id, column=column).items()
    }


def change_rows(table: str, *, keys: Keys, values: dict[str, Any]) -> int:
    """Put the same values into all these rows; how many it were comes back."""
    rows = Base.metadata.tables[table]
    for some in _chunks(keys):
        session().execute(sa.update(rows).where(_among(rows, some)).values(values))
    return len(keys)


def delete_rows(table: str, *, keys: Keys) -> int:
    """Delete these rows; how many it were comes back."""
    rows = Base.metadata.tables[table]
    for some in _chunks(keys):
        session().execute(sa.delete(rows).where(_among(rows, some)))
    return len(keys)


def _leading(table: sa.Table, *, to: dict[str, list[sa.Column[Any]]], column: str) -> list[sa.Column[Any]]:
    if column in table.c:
        return [table.c[column]]
    return [each for each in table.c if any(key.column.table.name in to for key in each.foreign_keys)]


def _load(root: str, *, subject_id: UUID, column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for table, leading in find_subject_tables(root, column=column).items():
        rows = Base.metadata.tables[table]
        conditions = []
        for each in leading:
            if table == root or each.name == column:
                conditions.append(each == subject_id)
                continue
            for key in each.foreign_keys:
                parents = [row[key.column.name] for row in found.get(key.column.table.name, [])]
                conditions += [each.in_(parents[at : at + AT_ONCE]) for at in range(0, len(parents), AT_ONCE)]
        query = sa.select(rows).where(sa.or_(sa.false(), *conditions)).order_by(*rows.primary_key)
        found[table] = [dict(row) for row in session().execute(query).mappings()]
    return found


def _plain(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    plain = {}
    for column in table.c:
        value = row[column.name]
        if SEALS in column.info:
            seals = column.info[SEALS]
            plain[seals] = unseal(value, place=Place(table.name, seals, row["id"])) if value else None
        elif not isinstance(column.type, sa.LargeBinary) and not column.name.endswith("sha256"):
            plain[column.name] = value
    return plain


def _among(rows: sa.Table, keys: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    columns = list(rows.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.tuple_(*columns).in_(list(keys))


def _chunks(keys: Keys) -> list[Keys]:
    return [keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)]
