"""The rows of one table for many elders, read, compared and written in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.elders.queries import chunks
from dispatch.storage import Corrected, as_known, insert_rows, new_id, session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.elders.models import Assessment, Contact, Elder, Membership, Residence, RiskLevel

ROWS_AT_ONCE = 5_000  # in one statement's parameters


class Table:
    """
    The rows of one table for some elders, as plain values by key.

    Objects of the mapper for thousands of rows would take seconds: rows are read and written in bulk. A dated row
    that differs is superseded by a new one; one of another kind is overwritten, and its version rises.
    """

    def __init__(
        self,
        model: type[Elder | Residence | Membership | Assessment | RiskLevel | Contact],
        elder_ids: Sequence[UUID],
        *,
        keys: tuple[str, ...],
        at: datetime,
    ) -> None:
        self._model, self._keys, self._at = model, keys, at
        self._superseded: list[UUID] = []
        self._changed: dict[UUID, dict[str, Any]] = {}
        self._empty = {column.name: None for column in model.__table__.c if column.nullable}
        self._new: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._by_elder: dict[UUID, list[dict[str, Any]]] = {}
        columns = model.__table__.c
        for ids in chunks(elder_ids):
            query = sa.select(*columns).where(columns[keys[0]].in_(ids))
            # what stands; and elders, for whom whoever changes the same ones waits
            stands = query.where(as_known(model, None)) if issubclass(model, Corrected) else query.with_for_update()
            for row in session().execute(stands).mappings():
                self._keep(tuple(row[name] for name in keys), dict(row))

    def of(self, elder_id: UUID) -> list[dict[str, Any]]:
        """Give all rows of one elder, kept and new."""
        return self._by_elder.get(elder_id, [])

    def put(self, key: tuple[Any, ...], facts: dict[str, Any]) -> bool:
        """Say whether the row is new or differs; a row that differs is changed or superseded."""
        row = self.rows.get(key)
        if row is None:
            row = {**self._empty, "id": new_id(), **dict(zip(self._keys, key, strict=True)), **facts}
            if issubclass(self._model, Corrected):
                row["recorded_at"] = self._at
            self._new[key] = row
            self._keep(key, row)
            return True
        different = {name: value for name, value in facts.items() if row[name] != value}
        if not different:
            return False
        if key not in self._new:
            if issubclass(self._model, Corrected):
                self._superseded.append(row["id"])
                row |= {"id": new_id(), "recorded_at": self._at}
                self._new[key] = row
            else:
                self._changed[row["id"]] = row
        row |= different
        return True

    def written(self, column: str) -> dict[UUID, Any]:
        """Give what one column of the rows to be written holds, by their ids."""
        return {row["id"]: row[column] for row in (*self._new.values(), *self._changed.values())}

    def write(self) -> None:
        """Supersede what differs, overwrite what is not dated, then insert the new rows."""
        table: Any = self._model.__table__
        for ids in chunks(self._superseded):
            session().execute(sa.update(table).where(table.c.id.in_(ids)).values(superseded_at=self._at))
        changed = list(self._changed.values())
        if changed:
            names = [name for name in changed[0] if name not in {"id", "version"}]
            values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
            if "version" in table.c:
                values["version"] = table.c.version + 1
            statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values)
            self._execute(statement, [{"row_id": row["id"]} | {f"new_{n}": row[n] for n in names} for row in changed])
        insert_rows(table, rows=list(self._new.values()))

    @staticmethod
    def _execute(statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
        connection = session().connection()
        for start in range(0, len(rows), ROWS_AT_ONCE):
            connection.execute(statement, rows[start : start + ROWS_AT_ONCE])

    def _keep(self, key: tuple[Any, ...], row: dict[str, Any]) -> None:
        self.rows[key] = row
        self._by_elder.setdefault(key[0], []).append(row)
