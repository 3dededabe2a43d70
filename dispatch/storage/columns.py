"""The base of all tables and the column types that both engines share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

if TYPE_CHECKING:
    from enum import StrEnum
    from uuid import UUID

    from sqlalchemy.engine import Dialect


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; naive ones are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a naive instant; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given to the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the instant in UTC; SQLite keeps no zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# JSON: text on SQLite, jsonb on PostgreSQL; None is the database's null
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def new_id() -> UUID:
    """Make a UUIDv7: unique, and rising with time, so that new rows lie together."""
    return uuid7()


def one_of(column: str, kinds: type[StrEnum], *, name: str | None = None) -> sa.CheckConstraint:
    """Make the CHECK that a text column holds a member of a closed list."""
    members = ", ".join(f"'{kind.value}'" for kind in kinds)
    return sa.CheckConstraint(f"{column} IN ({members})", name=name or column)


class Dated:
    """A row that holds from one date up to, not including, another (None: open)."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Corrected:
    """A row that is never overwritten: a correction supersedes it and stands beside it."""

    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def in_force(
    rows: type[Dated], on: date | sa.SQLColumnExpression[date], *, known_at: datetime | None = None
) -> sa.ColumnElement[bool]:
    """Select the dated rows that hold on a date; of corrected ones those that stand, or stood at a time."""
    holds = sa.and_(rows.valid_from <= on, sa.or_(rows.valid_to.is_(None), rows.valid_to > on))
    return sa.and_(holds, as_known(rows, known_at)) if issubclass(rows, Corrected) else holds


def as_known(rows: type[Corrected], known_at: datetime | None) -> sa.ColumnElement[bool]:
    """Select the rows that stand (None), or stood at a time, whatever was recorded or corrected since."""
    if known_at is None:
        return rows.superseded_at.is_(None)
    return sa.and_(rows.recorded_at <= known_at, sa.or_(rows.superseded_at.is_(None), rows.superseded_at > known_at))


def unique_now(table: str, *columns: str, name: str = "") -> sa.Index:
    """Make the index that no two rows which stand are alike in these columns; `name` where theirs are too long."""
    stands = sa.text("superseded_at IS NULL")
    return sa.Index(
        f"uq_{table}_{name or '_'.join(columns)}_now",
        *columns,
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
