"""Carers, what they are qualified for, and when they work."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.carers.values import CarerStatus, ExceptionKind, Sex, TravelMode
from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, sealed_column, unique_now

WHOLE_DAY = sa.text("from_time IS NULL AND superseded_at IS NULL")


class Carer(Base):
    """
    Somebody who visits elders, for an organization; a day starts at the base (own point or a site).

    The phone is sealed; `source` and `source_ref` are the list that a carer came from, and the number there.
    """

    __tablename__ = "carer"
    __table_args__ = (
        one_of("travel_mode", TravelMode),
        one_of("status", CarerStatus),
        one_of("sex", Sex),
        sa.UniqueConstraint("source", "source_ref"),
        sa.CheckConstraint("(source IS NULL) = (source_ref IS NULL)", name="source_whole"),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"), unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    sex: Mapped[str]
    base_lon: Mapped[float | None]
    base_lat: Mapped[float | None]
    base_site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("site.id"))
    travel_mode: Mapped[str]
    day_limit_min: Mapped[int]
    status: Mapped[str]
    source: Mapped[str | None]
    source_ref: Mapped[str | None] = mapped_column(index=True)
    source_crs: Mapped[str | None]
    source_raw: Mapped[Any | None] = mapped_column(Json)
    phone_sealed: Mapped[bytes | None] = sealed_column("phone")
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Qualification(Base, Dated, Corrected):
    """A carer has a skill; somebody saw the certificate."""

    __tablename__ = "qualification"
    __table_args__ = (unique_now("qualification", "carer_id", "skill", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    skill: Mapped[str]
    level: Mapped[int | None]
    certificate_no: Mapped[str | None]
    checked_by: Mapped[UUID | None]


class Shift(Base, Dated, Corrected):
    """
    Weekly working hours in local time; weekday 0 is Monday.

    Where `to_time` is not after `from_time` they end on the next day.
    """

    __tablename__ = "shift"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("break_min >= 0", name="break"),
        unique_now("shift", "carer_id", "weekday", "from_time", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"), index=True)
    weekday: Mapped[int]
    from_time: Mapped[time]
    to_time: Mapped[time]
    break_min: Mapped[int]


class ShiftException(Base, Corrected):
    """A day off, a sick day, or extra hours, of which a day may hold several."""

    __tablename__ = "shift_exception"
    __table_args__ = (
        one_of("kind", ExceptionKind),
        unique_now("shift_exception", "carer_id", "on_date", "kind", "from_time"),
        # NULL is not equal to NULL: without hours a day has one exception of a kind all the same
        sa.Index(
            "uq_shift_exception_whole_day",
            "carer_id",
            "on_date",
            "kind",
            unique=True,
            sqlite_where=WHOLE_DAY,
            postgresql_where=WHOLE_DAY,
        ),
        sa.CheckConstraint("break_min >= 0", name="break"),
        sa.CheckConstraint("(kind = 'extra') = (from_time IS NOT NULL AND to_time IS NOT NULL)", name="hours"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    on_date: Mapped[date]
    kind: Mapped[str]
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
    break_min: Mapped[int] = mapped_column(default=0, server_default="0")
