"""A siting and what it proposes; only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.coverage.values import RunStatus, SitingEnd
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of


class SitingRun(Base):
    """One question for the next sites, with everything the answer rests on."""

    __tablename__ = "siting_run"
    __table_args__ = (
        one_of("status", RunStatus),
        one_of("ended", SitingEnd),
        sa.Index(None, "service_code", "area_code"),
        sa.CheckConstraint("objective <= best_bound", name="bound"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    as_of: Mapped[date]
    speed_mps: Mapped[float]
    limit_s: Mapped[int]
    network_id: Mapped[str]
    network_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rule_version: Mapped[str]
    inputs_hash: Mapped[str] = mapped_column(index=True)
    assumptions: Mapped[dict[str, Any]] = mapped_column(Json)
    # what was asked for, the candidates themselves left out
    wish: Mapped[dict[str, Any]] = mapped_column(Json)
    objective: Mapped[int]
    best_bound: Mapped[int]
    guaranteed_share: Mapped[float | None]
    ended: Mapped[str]
    proof: Mapped[dict[str, Any]] = mapped_column(Json)
    considered: Mapped[int]
    # number, label, site, reason of each candidate that was not considered
    refused: Mapped[list[list[Any]]] = mapped_column(Json, deferred=True)
    refusals: Mapped[dict[str, int]] = mapped_column(Json)
    status: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[UUID | None]


class SitingPick(Base):
    """One proposed site, with what it adds to all before it."""

    __tablename__ = "siting_pick"

    siting_run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("siting_run.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    label: Mapped[str]
    site_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("site.id"))
    capacity: Mapped[int | None]
    cost: Mapped[int]
    gain: Mapped[int]
    snap_m: Mapped[float]


class SitingRunArea(Base):
    """The figures of one area before and after."""

    __tablename__ = "siting_run_area"

    siting_run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("siting_run.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), primary_key=True)
    level: Mapped[str]
    elders: Mapped[int]
    covered_before: Mapped[int]
    covered_after: Mapped[int]
    gained: Mapped[int]
    kept: Mapped[int]
    lost: Mapped[int]
    outside: Mapped[int]
    weight: Mapped[int]
    weight_before: Mapped[int]
    weight_after: Mapped[int]
    with_way_before: Mapped[int]
    with_way_after: Mapped[int]
    mean_walk_s_before: Mapped[float | None]
    mean_walk_s_after: Mapped[float | None]
