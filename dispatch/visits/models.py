"""Planned visits, what was logged, and who is responsible for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage import Base, Corrected, Dated, Json, UtcDateTime, new_id, one_of, unique_now
from dispatch.visits.values import (
    Place,
    Verdict,
    VisitMode,
    VisitOutcome,
    VisitPurpose,
    VisitStatus,
)
from dispatch.visits.values.problems import ProblemKind


class Visit(Base):
    """One carer, one elder, one time window; a service by two carers is two visits with one `pair_id`."""

    __tablename__ = "visit"
    __table_args__ = (
        one_of("purpose", VisitPurpose),
        one_of("status", VisitStatus),
        one_of("outcome", VisitOutcome),
        sa.CheckConstraint("window_from_at < window_to_at", name="window"),
        sa.CheckConstraint("slot_no IN (1, 2)", name="slot_no"),
        sa.Index(None, "carer_id", "window_from_at"),
        sa.Index(None, "carer_id", "start_at"),
        sa.Index(None, "elder_id", "window_from_at"),
        sa.Index(None, "window_from_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    service_code: Mapped[str]
    purpose: Mapped[str]
    window_from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    window_to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    visit_min: Mapped[int]
    # where a carer was found: when they start, so that nobody is given two visits at once
    start_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    carer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("carer.id"))
    pair_id: Mapped[UUID | None] = mapped_column(index=True)
    slot_no: Mapped[int]
    is_pinned: Mapped[bool]
    status: Mapped[str]
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class VisitStart(Base):
    """That a visit began, told before its end is known. Only ever added."""

    __tablename__ = "visit_start"
    __table_args__ = (sa.Index(None, "elder_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made by the phone: the same start twice is one
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), unique=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitProblem(Base):
    """That something keeps a visit from going as planned, told on the way or at the door. Only ever added."""

    __tablename__ = "visit_problem"
    __table_args__ = (
        one_of("kind", ProblemKind),
        sa.CheckConstraint("(kind = 'running_late') = (late_min IS NOT NULL)", name="late_min"),
        sa.Index(None, "visit_id"),
        sa.Index(None, "elder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made by the phone: the same problem twice is one
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"))
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("carer.id"))
    kind: Mapped[str]
    late_min: Mapped[int | None]
    note: Mapped[str | None]
    told_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitLog(Base):
    """What was done: service, elder, date (of started_at), place, carer, start and end. Only ever added."""

    __tablename__ = "visit_log"
    __table_args__ = (
        one_of("mode", VisitMode),
        one_of("outcome", VisitOutcome),
        one_of("place", Place),
        one_of("verdict", Verdict),
        sa.CheckConstraint("started_at <= finished_at", name="span"),
        sa.Index(None, "elder_id", "started_at"),
        sa.Index(None, "carer_id", "started_at"),
        sa.Index(None, "started_at"),
        sa.Index(None, "visit_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # made by the phone: the same log twice is one log
    visit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("visit.id"))
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    service_code: Mapped[str]
    mode: Mapped[str]
    outcome: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str]
    device_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fix_lon: Mapped[float | None]
    fix_lat: Mapped[float | None]
    fix_accuracy_m: Mapped[float | None]
    checklist_version: Mapped[str | None]
    answers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    verdict: Mapped[str]
    body_sha256: Mapped[str]


class Caseload(Base, Dated, Corrected):
    """The community worker who answers for an elder's monthly visit."""

    __tablename__ = "caseload"
    __table_args__ = (unique_now("caseload", "elder_id", "valid_from"), sa.Index(None, "carer_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
