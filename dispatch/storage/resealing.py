"""Which columns are sealed, and how their rows come under the newest key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from dispatch.storage.columns import Base
from dispatch.storage.current import session
from dispatch.storage.sealing import Place, SealBrokenError, key_ring, seal, unseal

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import MappedColumn

SEALS = "seals"


class SealedColumn(NamedTuple):
    """A column of sealed texts; `seals` is the column's name inside the seal, and the row's id its `id`."""

    column: sa.Column[Any]
    seals: str

    @property
    def name(self) -> str:
        """Give table and name, for people."""
        return f"{self.column.table.name}.{self.seals}"


class Resealed(NamedTuple):
    """What became of one batch; `last_id` is where the next begins, None: there is none."""

    resealed: int
    changed_meanwhile: int
    broken: int
    last_id: UUID | None


def sealed_column(seals: str) -> MappedColumn[Any]:
    """
    Make a column whose texts are sealed at `Place(table, seals, id)`.

    It is found by whoever changes keys; a model needs nothing more than to use it.
    """
    return mapped_column(sa.LargeBinary, info={SEALS: seals})


def find_sealed_columns() -> list[SealedColumn]:
    """Find all sealed columns of all tables, in the order of their names."""
    return [
        SealedColumn(column, column.info[SEALS])
        for _, table in sorted(Base.metadata.tables.items())
        for column in table.columns
        if SEALS in column.info
    ]


def count_by_key(sealed: SealedColumn) -> dict[int, int]:
    """Count the rows of a sealed column by the number of their key."""
    number = _key_byte(sealed).label("key")
    query = sa.select(number, sa.func.count()).where(sealed.column.is_not(None)).group_by(number)
    return {bytes(key)[0]: count for key, count in session().execute(query)}


def reseal_batch(sealed: SealedColumn, *, after: UUID | None, limit: int) -> Resealed:
    """
    Bring the next rows under the newest key: those behind an id which have another one.

    A row that somebody changes at the same time keeps what they wrote. One that cannot be opened stays as it is
    and is counted.
    """
    table, column = sealed.column.table, sealed.column
    query = (
        sa.select(table.c.id, column)
        .where(column.is_not(None), _key_byte(sealed) != bytes((key_ring().newest,)))
        .order_by(table.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(table.c.id > after)
    rows = session().execute(query).all()
    resealed = broken = 0
    for row_id, before in rows:
        place = Place(table.name, sealed.seals, row_id)
        try:
            fresh = seal(unseal(before, place=place), place=place)
        except SealBrokenError:
            broken += 1
            continue
        # compare and set: who changed the row since wrote it with a key of theirs
        changed = session().execute(
            sa.update(table).where(table.c.id == row_id, column == before).values({column: fresh})
        )
        resealed += changed.rowcount  # type: ignore[attr-defined] # an UPDATE has one
    return Resealed(resealed, len(rows) - resealed - broken, broken, rows[-1][0] if rows else None)


def _key_byte(sealed: SealedColumn) -> sa.ColumnElement[bytes]:
    """Give the second byte of a sealed text, its key's number."""
    return sa.func.substr(sealed.column, 2, 1, type_=sa.LargeBinary)
