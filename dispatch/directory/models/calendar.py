"""Days that an office has entered: they win over the library's holidays and make-up workdays."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.directory.values import DayKind
from dispatch.storage import Base, UtcDateTime, one_of


class CalendarDay(Base):
    """What one day counts as, and who says so (the notice of the State Council, for example)."""

    __tablename__ = "calendar_day"
    __table_args__ = (one_of("kind", DayKind), sa.CheckConstraint("source <> ''", name="source"))

    day_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
