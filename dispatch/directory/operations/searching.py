"""The tokens of names, written anew for rows that have none or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.directory.models import Organization, Service, Site
from dispatch.directory.values import search_text
from dispatch.storage import session

if TYPE_CHECKING:
    from dispatch.sheets import Progress

AT_ONCE = 1_000


def rebuild_search(*, only_missing: bool = False, progress: Progress | None = None) -> int:
    """
    Write the tokens of names anew, and give how many rows differed.

    Names that change later keep theirs up by themselves; this is for rows from before, and for a new pinyin table.
    """
    changed = 0
    for model in (Organization, Site, Service):
        query = sa.select(model.id, model.name, model.search).order_by(model.id)
        if only_missing:
            query = query.where(model.search == "")
        rows = session().execute(query).all()
        for start in range(0, len(rows), AT_ONCE):
            piece = rows[start : start + AT_ONCE]
            wanted = [
                {"b_id": row.id, "b_search": text} for row in piece if (text := search_text(row.name)) != row.search
            ]
            if wanted:
                table: Any = model.__table__
                session().connection().execute(
                    sa.update(table).where(table.c.id == sa.bindparam("b_id")).values(search=sa.bindparam("b_search")),
                    wanted,
                )
            changed += len(wanted)
            if progress:
                progress(start + len(piece), total=len(rows))
    return changed
