"""The clocks that run on a care request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values.clocks import Clock, ClockHours, ClockState
from dispatch.storage import Base, UtcDateTime, one_of


class CareRequestClock(Base):
    """
    One clock of a request; accepting has one for each turn, as a request that is opened again waits anew.

    What it has counted is kept when it stops, and `running_from_at` says since when it counts on top of that. A clock
    has run past its limit if it is due before it stopped, or now: nothing has to notice it.
    """

    __tablename__ = "care_request_clock"
    __table_args__ = (
        one_of("clock", Clock),
        one_of("state", ClockState),
        one_of("hours", ClockHours),
        sa.CheckConstraint("turn_no >= 1", name="turn_no"),
        sa.CheckConstraint("limit_s > 0", name="limit_s"),
        sa.CheckConstraint("counted_us >= 0", name="counted_us"),
        sa.CheckConstraint("running_from_at IS NULL OR state = 'running'", name="running"),
        sa.CheckConstraint("stopped_at IS NULL OR state <> 'running'", name="stopped"),
        sa.Index(None, "due_at"),
    )

    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    turn_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    # what held when it began, whatever the table says later
    hours: Mapped[str]
    zone: Mapped[str]
    limit_s: Mapped[int]
    rule_version: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    running_from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # to the microsecond, so that a pause neither takes nor gives
    counted_us: Mapped[int] = mapped_column(sa.BigInteger)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # held, met or dropped
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the journal was told
