"""What waits for a supervisor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.intake.values.tasks import CloseReason, TaskKind, TaskStatus
from dispatch.storage import Base, UtcDateTime, new_id, one_of

IS_OPEN = sa.text("status = 'open'")


class SupervisorTask(Base):
    """Something about a request that a supervisor has to look at, in the request's area."""

    __tablename__ = "supervisor_task"
    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("status", TaskStatus),
        one_of("close_reason", CloseReason),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        sa.CheckConstraint("(status = 'closed') = (close_reason IS NOT NULL)", name="closed_with_reason"),
        # a second cause of the same kind is the same task
        sa.Index(
            "ux_supervisor_task_open",
            "care_request_id",
            "kind",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        sa.Index(None, "care_request_id"),
        sa.Index(None, "status", "area_code", "raised_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"))
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))  # the request's
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None]  # a code of whoever raised it
    status: Mapped[str] = mapped_column(default=TaskStatus.OPEN.value)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))  # None: the system
    close_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
