"""Care series: what is asked for again and again, its pauses, its exceptions, and what stands in its way."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values import (
    Channel,
    ExceptionKind,
    Pairing,
    PauseReason,
    SeriesEndReason,
    SeriesStatus,
    Urgency,
)
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of


class CareSeries(Base):
    """A wish for one service again and again; its dates become care requests some weeks ahead."""

    __tablename__ = "care_series"
    __table_args__ = (
        one_of("status", SeriesStatus),
        one_of("channel", Channel),
        one_of("urgency", Urgency),
        one_of("pairing", Pairing),
        one_of("end_reason", SeriesEndReason),
        sa.CheckConstraint("carer_sex IN ('female', 'male')", name="carer_sex"),
        sa.CheckConstraint("from_time < to_time", name="window"),
        sa.CheckConstraint("carers_needed IN (1, 2)", name="carers_needed"),
        sa.CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        sa.Index(None, "elder_id"),
        sa.Index(None, "area_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    # where the elder lives: what a scope by area is decided on; it follows a move inside the district
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    channel: Mapped[str]
    requested_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    on_behalf_of: Mapped[str | None]
    urgency: Mapped[str]
    # local times of the day, on whatever date
    from_time: Mapped[time]
    to_time: Mapped[time]
    carers_needed: Mapped[int | None]
    pairing: Mapped[str | None]
    carer_sex: Mapped[str | None]
    rrule: Mapped[str]
    starts_on: Mapped[date]
    status: Mapped[str]
    ended_on: Mapped[date | None]  # the first date on which there is none any more
    end_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class SeriesPause(Base):
    """Days on which a series waits, half-open; one that was ended before it began is empty."""

    __tablename__ = "series_pause"
    __table_args__ = (
        one_of("hold_reason", PauseReason),
        sa.CheckConstraint("to_on IS NULL OR from_on <= to_on", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    series_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_series.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    hold_reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SeriesException(Base):
    """One date of a series that is skipped, or moved to another date or time."""

    __tablename__ = "series_exception"
    __table_args__ = (
        one_of("kind", ExceptionKind),
        sa.CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name="times_whole"),
        sa.CheckConstraint("from_time IS NULL OR from_time < to_time", name="window"),
    )

    series_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_series.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    moved_to_on: Mapped[date | None]
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SeriesObstacle(Base):
    """Why one date of a series has not become a request; goes when it does."""

    __tablename__ = "series_obstacle"

    series_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_series.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    code: Mapped[str]  # the slug of the error
    blocked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("care_request.id"))
    words: Mapped[dict[str, str]] = mapped_column(Json)  # by language: what it is, and who can clear it
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
