"""Services given at a site, confirmations and disputes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values import ConfirmedBy, DisputeOutcome, DisputeReason
from dispatch.storage import Base, UtcDateTime, new_id, one_of
from dispatch.visits import VisitOutcome


class Attendance(Base):
    """A service given at a site, where no carer is on the way: the proof of service beside visit logs."""

    __tablename__ = "attendance"
    __table_args__ = (
        one_of("outcome", VisitOutcome),
        sa.CheckConstraint("started_at <= finished_at", name="span"),
        sa.CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="end"),
        sa.Index(None, "elder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made by the sender: the same one twice is one
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), unique=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"))
    service_code: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finish_device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finish_received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None]


class Confirmation(Base):
    """That a completed request was confirmed, once. Only ever added."""

    __tablename__ = "confirmation"
    __table_args__ = (
        one_of("confirmed_by", ConfirmedBy),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        sa.Index(None, "elder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), unique=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    confirmed_by: Mapped[str]
    rating: Mapped[int | None]
    # in which role, and who: a plain id, gone with the person's erasure
    role: Mapped[str | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Dispute(Base):
    """What somebody says is wrong with a completed request; one for each request."""

    __tablename__ = "dispute"
    __table_args__ = (
        one_of("reason", DisputeReason),
        one_of("outcome", DisputeOutcome),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closing"),
        sa.Index(None, "elder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), unique=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    reason: Mapped[str]
    outcome: Mapped[str | None]  # None: it is open
    role: Mapped[str | None]
    account_id: Mapped[UUID | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[UUID | None]
