"""Carers, what they are qualified for, and when they work."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.carers.values import CarerStatus, ExceptionKind, TravelMode
from dispatch.storage import Base, Dated, new_id, one_of


class Carer(Base):
    """Somebody who visits elders, for an organization; a day starts at the base (own point or a site)."""

    __tablename__ = "carer"
    __table_args__ = (
        one_of("travel_mode", TravelMode),
        one_of("status", CarerStatus),
        sa.CheckConstraint("sex IN ('female', 'male')", name="sex"),
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
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Qualification(Base, Dated):
    """A carer has a skill."""

    __tablename__ = "qualification"
    __table_args__ = (sa.UniqueConstraint("carer_id", "skill", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    skill: Mapped[str]
    level: Mapped[int | None]


class Shift(Base, Dated):
    """Weekly working hours in local time; weekday 0 is Monday."""

    __tablename__ = "shift"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("from_time < to_time", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"), index=True)
    weekday: Mapped[int]
    from_time: Mapped[time]
    to_time: Mapped[time]
    break_min: Mapped[int]


class ShiftException(Base):
    """A day off, a sick day, or extra hours."""

    __tablename__ = "shift_exception"
    __table_args__ = (
        one_of("kind", ExceptionKind),
        sa.UniqueConstraint("carer_id", "on_date", "kind"),
        sa.CheckConstraint("(kind = 'extra') = (from_time IS NOT NULL AND to_time IS NOT NULL)", name="hours"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    on_date: Mapped[date]
    kind: Mapped[str]
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
