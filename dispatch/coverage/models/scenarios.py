"""Scenarios: their changes as they stand, and each version as it stood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.coverage.values.scenarios import ChangeKind, ScenarioStatus
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of


class Scenario(Base):
    """A named set of changes with the question it is asked with; it touches nothing until it is adopted."""

    __tablename__ = "scenario"
    __table_args__ = (one_of("status", ScenarioStatus), sa.Index(None, "area_code", "status"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    speed_mps: Mapped[float]
    limit_min: Mapped[int]
    # sites and homes of this date; null: of the day on which it is asked
    as_of: Mapped[date | None]
    # without a foreign key, so that a base that is gone is known as gone
    base_run_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
    status: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[UUID | None]
    changes_hash: Mapped[str]


class ScenarioChange(Base):
    """One change of the present version of a scenario."""

    __tablename__ = "scenario_change"
    __table_args__ = (one_of("kind", ChangeKind), sa.UniqueConstraint("scenario_id", "position"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scenario_id: Mapped[UUID] = mapped_column(sa.ForeignKey("scenario.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str]
    site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("site.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    # how the register stood when the change was entered
    seen: Mapped[dict[str, Any]] = mapped_column(Json)
    adopted_id: Mapped[UUID | None]


class ScenarioVersion(Base):
    """A version of a scenario as it stood: whoever edits an old one is shown both."""

    __tablename__ = "scenario_version"

    scenario_id: Mapped[UUID] = mapped_column(sa.ForeignKey("scenario.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    status: Mapped[str]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[UUID | None]
