"""Finding rows by their names; each engine in its own way, with the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dispatch.directory.values import search_ways
from dispatch.storage import session

if TYPE_CHECKING:
    from dispatch.directory.models import Organization, Service, Site


def is_named(model: type[Organization | Site | Service], question: str) -> sa.ColumnElement[bool]:
    """Select rows whose name answers a question: every word of it in one of its ways; nothing where it has none."""
    words = search_ways(question)
    if not words:
        return sa.false()
    return sa.and_(*(sa.or_(*(_holds(model, sorted(tokens)) for tokens in ways)) for ways in words))


def is_among(column: sa.SQLColumnExpression[Any], chosen: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Select rows whose value a query gives; an array lets PostgreSQL join its index with others of a disjunction."""
    if session().get_bind().dialect.name == "postgresql":
        return column == sa.any_(sa.func.array(chosen.scalar_subquery()))
    return column.in_(chosen)


def _holds(model: Any, tokens: list[str]) -> sa.ColumnElement[bool]:  # noqa: ANN401 - a searched model
    if session().get_bind().dialect.name == "postgresql":
        kept = sa.func.string_to_array(model.search, sa.literal_column("' '"), type_=postgresql.ARRAY(sa.Text))
        return kept.contains(sa.cast(tokens, postgresql.ARRAY(sa.Text)))
    return sa.and_(*(sa.func.instr(model.search, f" {token} ") > 0 for token in tokens))
