"""When, for how much, for whom and for how many a service is given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.directory.values import CapacityUnit, Period, PriceUnit
from dispatch.storage import Base, Corrected, Dated, Json, UtcDateTime, new_id, one_of, unique_now


class OpeningHours(Base, Dated):
    """
    Weekly hours in OpenStreetMap's notation ("Mo-Fr 08:00-17:00; PH off").

    With a service_at_site they hold for that service alone, otherwise for the whole site.
    """

    __tablename__ = "opening_hours"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), index=True)
    service_at_site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_at_site.id"))
    hours: Mapped[str]


class Closure(Base):
    """A temporary closure; it wins over the weekly hours."""

    __tablename__ = "closure"
    __table_args__ = (sa.CheckConstraint("from_at < to_at", name="span"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]


class Price(Base, Dated, Corrected):
    """What a service costs at a site; one price at a time, and a correction supersedes."""

    __tablename__ = "price"
    __table_args__ = (
        one_of("unit", PriceUnit),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
        unique_now("price", "service_at_site_id", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"), index=True)
    unit: Mapped[str]
    amount_cents: Mapped[int]


class Catchment(Base, Dated):
    """Where a service goes: an area, or a polygon (GeoJSON, WGS 84). Without any row it goes anywhere in reach."""

    __tablename__ = "catchment"
    __table_args__ = (sa.CheckConstraint("(area_code IS NULL) <> (extent_ll IS NULL)", name="one_kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"), index=True)
    area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    extent_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    limit_min: Mapped[int | None]


class Capacity(Base):
    """How many, and how many are free, as of `updated_at`."""

    __tablename__ = "capacity"
    __table_args__ = (
        one_of("unit", CapacityUnit),
        sa.CheckConstraint("0 <= available AND available <= maximum", name="available"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), index=True)
    service_at_site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_at_site.id"), index=True)
    unit: Mapped[str]
    bed_type: Mapped[str | None]
    maximum: Mapped[int]
    available: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class CapacitySlot(Base):
    """
    Places of one service at one site in one part of one day; never oversold.

    `is_planned`: the provider said how many there are that day; otherwise the maximum is what was free when
    the last place was taken.
    """

    __tablename__ = "capacity_slot"
    __table_args__ = (
        one_of("period", Period),
        sa.CheckConstraint("0 <= taken AND taken <= maximum", name="taken"),
        sa.UniqueConstraint("service_at_site_id", "service_on", "period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"))
    service_on: Mapped[date]
    period: Mapped[str]
    maximum: Mapped[int]
    taken: Mapped[int]
    is_planned: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class OfferCell(Base):
    """
    Located services by H3 cell (resolution 9): one index answers "who offers X near here".

    Derived from site, service and service_at_site; rewritten whenever one of them changes.
    """

    __tablename__ = "offer_cell"
    __table_args__ = (sa.Index(None, "service_code", "cell"),)

    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"), primary_key=True)
    service_code: Mapped[str]
    cell: Mapped[int] = mapped_column(sa.BigInteger)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
