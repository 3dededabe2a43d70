"""The keys by which names are found, written with the names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.elders.models import Elder, NameKey
from dispatch.elders.queries import chunks
from dispatch.elders.values import name_keys
from dispatch.storage import insert_rows, session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from dispatch.sheets import Progress

AT_ONCE = 5_000


def keep_names(names: Mapping[UUID, str], *, is_new: bool = False) -> None:
    """Write the keys of these names anew; `is_new` where none of the elders had any."""
    table: Any = NameKey.__table__
    if not is_new:
        for ids in chunks(names):
            session().execute(sa.delete(table).where(table.c.elder_id.in_(ids)))
    rows = [{"key": key, "elder_id": elder_id} for elder_id, name in names.items() for key in sorted(name_keys(name))]
    insert_rows(table, rows=rows)


def rebuild_names(*, only_missing: bool = False, progress: Progress | None = None) -> int:
    """
    Write the keys of all names anew, and give how many elders it were.

    Names that change later keep theirs up by themselves; this is for elders from before, and for a new pinyin table.
    """
    query = sa.select(Elder.id, Elder.name).where(Elder.name != "")
    if only_missing:
        query = query.where(~sa.exists().where(NameKey.elder_id == Elder.id))
    rows = session().execute(query.order_by(Elder.id)).all()
    for start in range(0, len(rows), AT_ONCE):
        piece = rows[start : start + AT_ONCE]
        keep_names({row.id: row.name for row in piece}, is_new=only_missing)
        if progress:
            progress(start + len(piece), total=len(rows))
    return len(rows)
