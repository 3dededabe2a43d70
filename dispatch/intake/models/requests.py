"""Care requests and the visits that serve them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values import Channel, Pairing, RequestStatus, Urgency
from dispatch.storage import Base, UtcDateTime, new_id, one_of

# a draft is not asked yet, and stands in nobody's way
OPEN_STATES = "('submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"


class CareRequest(Base):
    """An elder's wish for one service in one time window."""

    __tablename__ = "care_request"
    __table_args__ = (
        one_of("status", RequestStatus),
        one_of("channel", Channel),
        one_of("urgency", Urgency),
        one_of("pairing", Pairing),
        one_of("status_before_hold", RequestStatus, name="status_before_hold"),
        sa.CheckConstraint("period IN ('morning', 'noon', 'evening')", name="period"),
        sa.CheckConstraint("carer_sex IN ('female', 'male')", name="carer_sex"),
        sa.CheckConstraint("window_from_at < window_to_at", name="window"),
        sa.CheckConstraint("carers_needed IN (0, 1, 2)", name="carers_needed"),
        # a second open request for the same elder, service, day and part of the day is a repeat
        sa.Index(
            "ux_care_request_open",
            "elder_id",
            "service_code",
            "service_on",
            "period",
            unique=True,
            sqlite_where=sa.text(f"status IN {OPEN_STATES}"),
            postgresql_where=sa.text(f"status IN {OPEN_STATES}"),
        ),
        # one request for each date of a series
        sa.UniqueConstraint("series_id", "series_on"),
        sa.CheckConstraint("series_on IS NULL OR series_id IS NOT NULL", name="series_whole"),
        sa.Index(None, "status", "window_from_at"),
        sa.Index(None, "area_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    # where the elder lived when it was asked: what a scope by area is decided on
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    channel: Mapped[str]
    requested_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    on_behalf_of: Mapped[str | None]
    urgency: Mapped[str]
    service_on: Mapped[date]
    period: Mapped[str]
    window_from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    window_to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    carers_needed: Mapped[int]
    pairing: Mapped[str | None]
    carer_sex: Mapped[str | None]
    # who serves it, once accepted
    service_at_site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_at_site.id"), index=True)
    # the series that it is one of, and the date that the series' rule gives
    series_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("care_series.id"))
    series_on: Mapped[date | None]
    # what it was said to cost when it was asked
    quote_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("quote.id"), index=True)
    status: Mapped[str]
    status_before_hold: Mapped[str | None]
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # how many moves were made since they are counted: each entry of the journal carries its number
    move_no: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class CareRequestVisit(Base):
    """A visit that serves a request."""

    __tablename__ = "care_request_visit"

    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), primary_key=True, unique=True)
    slot_no: Mapped[int]
