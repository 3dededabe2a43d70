"""Rows of thousands of ids, asked for with one parameter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from dispatch.storage.current import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

IDS = ARRAY(sa.Uuid)


def among(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any], *, ids: Iterable[UUID]) -> Any:  # noqa: ANN401 - a condition
    """
    Select the rows whose id in a column is one of these.

    A list of parameters, one for each id, is written into the statement anew and read by the driver each time: for
    2,000 ids that takes longer than the database does.
    """
    wanted = list(ids)
    if session().get_bind().dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, wanted, type_=IDS, unique=True))
    given = sa.func.json_each(json.dumps([each.hex for each in wanted])).table_valued("value")
    return column.in_(sa.select(sa.type_coerce(given.c.value, sa.Uuid)))
