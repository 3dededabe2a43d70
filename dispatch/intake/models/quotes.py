"""Quotes: what a service was said to cost, kept as it was shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values import NoPrice, PriceBasis
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of


class Quote(Base):
    """Gross, subsidy and own share of a service on some dates; never changed afterwards."""

    __tablename__ = "quote"
    __table_args__ = (
        one_of("basis", PriceBasis),
        one_of("reason", NoPrice),
        sa.CheckConstraint("gross_cents >= 0 AND subsidy_cents >= 0 AND own_share_cents >= 0", name="amounts"),
        sa.CheckConstraint(
            "(gross_cents IS NULL AND subsidy_cents IS NULL AND own_share_cents IS NULL AND reason IS NOT NULL)"
            " OR (reason IS NULL AND gross_cents = subsidy_cents + own_share_cents)",
            name="sum",
        ),
        sa.Index(None, "elder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    service_at_site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_at_site.id"), index=True)
    basis: Mapped[str]
    gross_cents: Mapped[int | None]
    subsidy_cents: Mapped[int | None]
    own_share_cents: Mapped[int | None]
    reason: Mapped[str | None]
    # ids of the wordings of subsidy rules, superseded ones too
    rule_version_ids: Mapped[list[str]] = mapped_column(Json)
    # one for each date: amounts, price and its version, rule and outcome
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until_at: Mapped[datetime] = mapped_column(UtcDateTime)
