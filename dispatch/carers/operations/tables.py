"""Changes of a part's rows, written together: what differs is superseded, what is new inserted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.carers.queries import chunks
from dispatch.storage import new_id, session

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.carers.models import Qualification, Shift, ShiftException

ROWS_AT_ONCE = 5_000  # in one statement's parameters


class Changes:
    """
    The changes of one table, kept until they are written.

    Objects of the mapper for thousands of rows would take ten times as long, and would insert before they update,
    which the unique index on the rows that stand refuses.
    """

    def __init__(self, model: type[Qualification | Shift | ShiftException], *, at: datetime) -> None:
        """Begin with none; `at` is when all of them are recorded."""
        self._table: Any = model.__table__
        self._at = at
        self._superseded: list[UUID] = []
        self._new: dict[UUID, dict[str, Any]] = {}

    def supersede(self, row_id: UUID) -> None:
        """Let a row stand no longer; one that was added since goes without a trace."""
        if self._new.pop(row_id, None) is None:
            self._superseded.append(row_id)

    def add(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Add a row; it comes back with its id."""
        row = {"id": new_id(), **facts, "recorded_at": self._at, "superseded_at": None}
        self._new[row["id"]] = row
        return row

    def write(self) -> None:
        """Write all of them."""
        connection = session().connection()
        for ids in chunks(self._superseded):
            connection.execute(sa.update(self._table).where(self._table.c.id.in_(ids)).values(superseded_at=self._at))
        rows = list(self._new.values())
        for start in range(0, len(rows), ROWS_AT_ONCE):
            connection.execute(sa.insert(self._table), rows[start : start + ROWS_AT_ONCE])
        self._superseded, self._new = [], {}
