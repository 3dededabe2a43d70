"""Elders, whom to call for them, and what befell them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.elders.values import EventKind, Relation, Sex
from dispatch.storage import Base, UtcDateTime, new_id, one_of, sealed_column

IS_MERGED = sa.text("merged_into_id IS NOT NULL")


class Elder(Base):
    """
    A person in care; ID number and phone are sealed, and found by their blind indexes.

    `source` and `source_ref` are the register that an elder came from, and their number there.
    """

    __tablename__ = "elder"
    __table_args__ = (
        one_of("sex", Sex),
        # NULL is not equal to NULL: elders without an ID number may be many
        sa.UniqueConstraint("id_no_index"),
        sa.UniqueConstraint("source", "source_ref"),
        sa.CheckConstraint("(source IS NULL) = (source_ref IS NULL)", name="source_whole"),
        sa.CheckConstraint("(id_no_sealed IS NULL) = (id_no_index IS NULL)", name="id_no_whole"),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone_whole"),
        sa.CheckConstraint("(merged_into_id IS NULL) = (merged_at IS NULL)", name="merged_whole"),
        sa.Index("ix_elder_merged_into_id", "merged_into_id", sqlite_where=IS_MERGED, postgresql_where=IS_MERGED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    sex: Mapped[str]
    born_on: Mapped[date]
    registered_area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    has_lift_access: Mapped[bool | None]
    source: Mapped[str | None]
    source_ref: Mapped[str | None]
    id_no_sealed: Mapped[bytes | None] = sealed_column("id_no")
    id_no_index: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None] = sealed_column("phone")
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("elder.id"))
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the row stays for what is counted

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class NameKey(Base):
    """One of the keys by which an elder's name is found; whoever writes a name writes its keys."""

    __tablename__ = "elder_name_key"

    # compared byte by byte, so that what begins alike stands together
    key: Mapped[str] = mapped_column(sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"), primary_key=True, index=True)


class Contact(Base):
    """Somebody to call for an elder; `ladder_order` says in which order, None: not for alerts."""

    __tablename__ = "contact"
    __table_args__ = (one_of("relation", Relation), sa.CheckConstraint("ladder_order >= 1", name="ladder_order"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    name: Mapped[str]
    relation: Mapped[str]
    phone_sealed: Mapped[bytes] = sealed_column("phone")
    phone_index: Mapped[bytes] = mapped_column(index=True)
    ladder_order: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ElderEvent(Base):
    """What befell an elder; only added to."""

    __tablename__ = "elder_event"
    __table_args__ = (one_of("kind", EventKind), sa.UniqueConstraint("elder_id", "kind", "on_date"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    kind: Mapped[str]
    on_date: Mapped[date]
    to_area_code: Mapped[str | None]
    evidence: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
