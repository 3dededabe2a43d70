"""Areas, their other names, their dated rules, and the compounds in them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from dispatch import geo
from dispatch.areas.values import CompoundStage, Level, RuleStatus, Settlement, Wing
from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, unique_now


class Area(Base):
    """A district, subdistrict or community; `boundary_ll` is a GeoJSON Polygon or MultiPolygon in WGS 84."""

    __tablename__ = "area"
    __table_args__ = (one_of("level", Level), one_of("settlement", Settlement), one_of("wing", Wing))

    code: Mapped[str] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"), index=True)
    level: Mapped[str]
    settlement: Mapped[str | None]
    village_class: Mapped[str | None]
    wing: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    boundary_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # of the boundary: what a bbox is compared with; whoever writes the boundary writes them
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    residents: Mapped[int | None]
    residents_60plus: Mapped[int | None]
    source: Mapped[str]
    is_made_up: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @validates("boundary_ll")
    def _keep_box(self, _key: str, boundary_ll: dict[str, Any] | None) -> dict[str, Any] | None:
        self.west, self.south, self.east, self.north = geo.outline_box(boundary_ll)
        return boundary_ll


class AreaAlias(Base):
    """An old or other name of an area."""

    __tablename__ = "area_alias"

    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class AreaRule(Base, Dated, Corrected):
    """A rule of an area; the nearest area above that has one decides; a change supersedes."""

    __tablename__ = "area_rule"
    __table_args__ = (
        one_of("status", RuleStatus),
        unique_now("area_rule", "area_code", "rule_key", "status", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    rule_key: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    clause: Mapped[str | None]
    status: Mapped[str]


class Compound(Base):
    """A residential compound with the floor and land of its community elder care."""

    __tablename__ = "compound"
    __table_args__ = (
        one_of("stage", CompoundStage),
        sa.CheckConstraint("households >= 0 AND care_floor_area_m2 >= 0", name="counts"),
        sa.CheckConstraint("residents >= 0 AND care_land_area_m2 >= 0", name="more_counts"),
        sa.UniqueConstraint("area_code", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    name: Mapped[str]
    stage: Mapped[str]
    households: Mapped[int]
    residents: Mapped[int | None]
    care_floor_area_m2: Mapped[float]
    care_land_area_m2: Mapped[float | None]
    delivered_on: Mapped[date | None]
    source: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
