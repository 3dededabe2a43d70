"""Rows of the seed's files, with their texts read as what they mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

Row = dict[str, Any]
# a field's name says what it holds: instants end in _at, dates in _on, _from, _to, ids in _id
INSTANT, DATES, ID = "_at", ("_on", "_from", "_to"), "_id"


class Loaded(NamedTuple):
    """What became of the rows of one file."""

    created: int
    changed: int
    unchanged: int


def typed(row: Row) -> Row:
    """Make instants, dates, ids and tuples of one object's values, by the names of their fields."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - the field's name decides
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    if name.endswith(INSTANT):
        return datetime.fromisoformat(value)
    if name.endswith(DATES):
        return date.fromisoformat(value)
    return UUID(value) if name == "id" or name.endswith(ID) else value
