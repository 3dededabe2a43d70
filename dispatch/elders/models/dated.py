"""
What holds of an elder from one date to another.

A correction supersedes a row and never overwrites it, so that a figure as known at a time can be counted again;
whatever is unique is so among the rows that stand.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.elders.values import (
    AbsenceKind,
    ConsentChannel,
    ConsentPurpose,
    ConsentState,
    Grade,
    LocatedBy,
    ResidenceKind,
    Risk,
)
from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, unique_now

WHOLE_SPAN = "valid_to IS NULL OR valid_from < valid_to"


class OfElder(Dated, Corrected):
    """A dated part of an elder's record."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))


class Residence(Base, OfElder):
    """Where an elder lives; the point is the home, or the door where known. Without a point it is unlocated."""

    __tablename__ = "residence"
    __table_args__ = (
        one_of("kind", ResidenceKind),
        one_of("located_by", LocatedBy),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
        unique_now("residence", "elder_id", "kind", "valid_from"),
        sa.Index(None, "area_code"),
    )

    kind: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    located_by: Mapped[str | None]
    source_crs: Mapped[str | None]
    source_raw: Mapped[Any | None] = mapped_column(Json)


class Membership(Base, OfElder):
    """An elder belongs to a category; it ends with death, moving out of the district or a change of facts."""

    __tablename__ = "membership"
    __table_args__ = (
        unique_now("membership", "elder_id", "category", "valid_from"),
        sa.Index(None, "category", "valid_from"),
    )

    category: Mapped[str]
    basis: Mapped[str]


class Need(Base, OfElder):
    """A service that an elder needs, and how often."""

    __tablename__ = "need"
    __table_args__ = (
        sa.CheckConstraint(WHOLE_SPAN, name="span"),
        sa.CheckConstraint("per_month >= 1", name="per_month"),
        unique_now("need", "elder_id", "service_code", "valid_from"),
    )

    service_code: Mapped[str]
    per_month: Mapped[int | None]


class Absence(Base, OfElder):
    """An elder is away from home."""

    __tablename__ = "absence"
    __table_args__ = (
        one_of("kind", AbsenceKind),
        sa.CheckConstraint(WHOLE_SPAN, name="span"),
        unique_now("absence", "elder_id", "valid_from"),
    )

    kind: Mapped[str]


class Consent(Base, OfElder):
    """What an elder agrees to or refuses; a refusal of visits is reviewed by somebody."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("purpose", ConsentPurpose),
        one_of("state", ConsentState),
        one_of("channel", ConsentChannel),
        sa.CheckConstraint(WHOLE_SPAN, name="span"),
        unique_now("consent", "elder_id", "purpose", "valid_from"),
    )

    purpose: Mapped[str]
    state: Mapped[str]
    channel: Mapped[str]
    reviewed_by: Mapped[UUID | None]


class RiskLevel(Base, OfElder):
    """How often an elder must be looked after, and why."""

    __tablename__ = "risk_level"
    __table_args__ = (
        one_of("level", Risk),
        sa.CheckConstraint(WHOLE_SPAN, name="span"),
        unique_now("risk_level", "elder_id", "valid_from"),
    )

    level: Mapped[str]
    reason: Mapped[str]


class Assessment(Base, Corrected):
    """An ability grade with its validity (`valid_to` excluded), and the scores that it was read from."""

    __tablename__ = "assessment"
    __table_args__ = (one_of("grade", Grade), sa.CheckConstraint("total BETWEEN 0 AND 90", name="total"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    standard: Mapped[str]
    grade: Mapped[str]
    assessed_on: Mapped[date]
    valid_to: Mapped[date]
    item_scores: Mapped[dict[str, int] | None] = mapped_column(Json)
    total: Mapped[int | None]
    adjusted_for: Mapped[list[str] | None] = mapped_column(Json)
    assessor: Mapped[str | None]
