"""Changes of beds, only ever added: the stock is their sum."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.directory.values import BedStage, OwnerLevel
from dispatch.storage import Base, UtcDateTime, new_id, one_of


class BedChange(Base):
    """How many beds of a type and stage came to a site, or left it, on a date."""

    __tablename__ = "bed_change"
    __table_args__ = (
        one_of("stage", BedStage),
        one_of("owner_level", OwnerLevel),
        sa.CheckConstraint("delta <> 0", name="delta"),
        sa.UniqueConstraint("site_id", "ref"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"))
    ref: Mapped[str]
    bed_type: Mapped[str]
    stage: Mapped[str]
    delta: Mapped[int]
    changed_on: Mapped[date]
    owner_level: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID | None]
