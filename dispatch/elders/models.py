"""Elders, where they live, and which categories they belong to from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.elders.values import Grade, LocatedBy, ResidenceKind, SetStatus, Sex
from dispatch.storage import Base, Dated, Json, new_id, one_of


class Elder(Base):
    """A person in care."""

    __tablename__ = "elder"
    __table_args__ = (one_of("sex", Sex),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    sex: Mapped[str]
    born_on: Mapped[date]
    registered_area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    has_lift_access: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Residence(Base, Dated):
    """Where an elder lives; the point is the home, or the door where known. Without a point it is unlocated."""

    __tablename__ = "residence"
    __table_args__ = (
        one_of("kind", ResidenceKind),
        one_of("located_by", LocatedBy),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
        sa.UniqueConstraint("elder_id", "kind", "valid_from"),
        sa.Index(None, "area_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    kind: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    located_by: Mapped[str | None]
    source_crs: Mapped[str | None]
    source_raw: Mapped[Any | None] = mapped_column(Json)


class CategorySet(Base, Dated):
    """Which categories an area counts for a purpose ("visit"), from when to when; `members` are category codes."""

    __tablename__ = "category_set"
    __table_args__ = (one_of("status", SetStatus), sa.UniqueConstraint("area_code", "purpose", "status", "valid_from"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    set_key: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    purpose: Mapped[str]
    members: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str]
    is_open: Mapped[bool]
    clause: Mapped[str | None]


class Membership(Base, Dated):
    """An elder belongs to a category; it ends with death, moving out of the district or a change of facts."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("elder_id", "category", "valid_from"),
        sa.Index(None, "category", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    category: Mapped[str]
    basis: Mapped[str]


class Assessment(Base):
    """An ability grade with its validity (`valid_to` excluded)."""

    __tablename__ = "assessment"
    __table_args__ = (one_of("grade", Grade),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    standard: Mapped[str]
    grade: Mapped[str]
    assessed_on: Mapped[date]
    valid_to: Mapped[date]
