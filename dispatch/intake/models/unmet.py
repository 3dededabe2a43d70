"""The log of unmet demand: rows are added, and never changed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values.unmet import UnmetKind
from dispatch.storage import Base, UtcDateTime, new_id, one_of


class UnmetDemand(Base):
    """One time that a request found nobody or failed, or that an offer of it was declined or ran out."""

    __tablename__ = "unmet_demand"
    __table_args__ = (
        one_of("kind", UnmetKind),
        # an offer ends once
        sa.UniqueConstraint("offer_id"),
        sa.CheckConstraint("(kind IN ('declined', 'expired')) = (offer_id IS NOT NULL)", name="of_offer"),
        sa.Index(None, "care_request_id", "at"),
        sa.Index(None, "service_on", "service_code", "area_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"))
    offer_id: Mapped[UUID | None]  # without a foreign key: offers lie above
    # as the request says: where the elder lived, what for, on which day; and the Monday of that day
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    service_on: Mapped[date]
    week_on: Mapped[date]
    kind: Mapped[str]
    reasons: Mapped[str]  # codes in order, with a comma between; empty where none was given
    at: Mapped[datetime] = mapped_column(UtcDateTime)
