"""The tables that are only added to: entries, access lines, and the chain that covers both."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.journal.values import AccessPurpose
from dispatch.storage import Base, Json, UtcDateTime, one_of

Counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up plain integers only


class JournalEntry(Base):
    """One fact that happened."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        sa.Index(None, "subject_id", "seq"),
        sa.Index(None, "transaction_no", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Counter, primary_key=True)
    # PostgreSQL: the transaction's own number, since a serial number does not follow the order of commits.
    # SQLite has one writer at a time, so seq alone is the order and this is 0.
    transaction_no: Mapped[int] = mapped_column(sa.BigInteger)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    subject_id: Mapped[str]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class AccessLog(Base):
    """One look at one elder's record."""

    __tablename__ = "access_log"
    __table_args__ = (
        one_of("purpose", AccessPurpose),
        sa.Index(None, "elder_id", "line_no"),
        {"sqlite_autoincrement": True},
    )

    line_no: Mapped[int] = mapped_column(Counter, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[UUID | None]
    elder_id: Mapped[UUID]
    purpose: Mapped[str]
    route: Mapped[str]
    # in which role and for whom somebody looked, as it was then; no CHECK, since one more role must not rebuild the
    # table under its triggers. Empty in lines from before they were kept.
    role: Mapped[str | None]
    area_code: Mapped[str | None]
    organization_id: Mapped[UUID | None]


class Follower(Base):
    """How far somebody who follows the journal has come."""

    __tablename__ = "journal_follower"

    name: Mapped[str] = mapped_column(primary_key=True)
    transaction_no: Mapped[int] = mapped_column(sa.BigInteger)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChainLink(Base):
    """
    One line of the journal or of the access log in a hash chain.

    Each lane is a chain of its own, so that writers need not wait for each other. A line is named by its number
    without a foreign key: what must be found is a line that is gone.
    """

    __tablename__ = "chain_link"
    __table_args__ = (sa.UniqueConstraint("table_name", "line_no"),)

    lane_no: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    index_no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    table_name: Mapped[str]
    line_no: Mapped[int] = mapped_column(sa.BigInteger)
    line_hash: Mapped[bytes]
    link_hash: Mapped[bytes]
