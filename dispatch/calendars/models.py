"""The secret addresses of calendar feeds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.calendars.values import FeedKind
from dispatch.storage import Base, UtcDateTime, new_id, one_of


class CalendarFeed(Base):
    """A feed that an account has asked for; only a blind index of its secret address stands here."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        one_of("kind", FeedKind),
        sa.CheckConstraint("(kind = 'elder') = (elder_id IS NOT NULL)", name="elder"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    elder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    token_index: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
