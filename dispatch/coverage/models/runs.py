"""A coverage run and what it found; only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.coverage.values import CapacityRule, RunStatus, UnknownHours
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of


class CoverageRun(Base):
    """One question asked of the network, with everything the answer rests on."""

    __tablename__ = "coverage_run"
    __table_args__ = (
        one_of("status", RunStatus),
        one_of("unknown_hours", UnknownHours),
        one_of("capacity", CapacityRule),
        sa.Index(None, "service_code", "area_code", "finished_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    mode: Mapped[str]
    speed_mps: Mapped[float]
    limit_s: Mapped[int]
    as_of: Mapped[date]
    # date and time on the clocks of the place ("2026-03-29T18:00") at which sites had to be open
    at_local: Mapped[str | None]
    unknown_hours: Mapped[str] = mapped_column(default=UnknownHours.EXCLUDE.value)
    capacity: Mapped[str] = mapped_column(default=CapacityRule.IGNORED.value)
    network_id: Mapped[str]
    network_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rule_version: Mapped[str]
    inputs_hash: Mapped[str] = mapped_column(index=True)
    # hashes of sites, elders and network, and every other assumption, as they are sent
    assumptions: Mapped[dict[str, Any]] = mapped_column(Json)
    # the figures of the whole area: the row of the area itself in run_area, and the band
    totals: Mapped[dict[str, Any]] = mapped_column(Json)
    covered_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    status: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[UUID | None]
    # the changes that were taken as made, as they stood in this version of the scenario
    scenario_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("scenario.id"), index=True)
    scenario_version: Mapped[int | None]


class RunSite(Base):
    """A site of a run with its circle; unlocated ones have none."""

    __tablename__ = "run_site"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    snap_m: Mapped[float | None]
    reached: Mapped[int]
    # where places limit who is covered: how many there are, and how many elders of the area have one
    places: Mapped[int | None]
    served: Mapped[int | None]
    circle_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # of the circle: what a bbox is compared with
    circle_west: Mapped[float | None]
    circle_south: Mapped[float | None]
    circle_east: Mapped[float | None]
    circle_north: Mapped[float | None]


class RunPlannedSite(Base):
    """
    A site that only a scenario has, with its circle, as it was when the run was made.

    `change_id` names the change without a foreign key: the scenario goes on, the run stays.
    """

    __tablename__ = "run_planned_site"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    area_code: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    snap_m: Mapped[float | None]
    reached: Mapped[int]
    places: Mapped[int | None]
    served: Mapped[int | None]
    circle_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    circle_west: Mapped[float | None]
    circle_south: Mapped[float | None]
    circle_east: Mapped[float | None]
    circle_north: Mapped[float | None]


class RunArea(Base):
    """The figures of one area in a run, and the part of it outside every circle."""

    __tablename__ = "run_area"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), primary_key=True)
    level: Mapped[str]
    elders: Mapped[int]
    unlocated_elders: Mapped[int]
    sites: Mapped[int]
    unlocated_sites: Mapped[int]
    covered: Mapped[int]
    is_borderline: Mapped[bool]
    # the same count at other minutes, at a slower speed and by the straight line
    band: Mapped[dict[str, Any]] = mapped_column(Json)
    nearest_site_id: Mapped[UUID | None]
    nearest_s: Mapped[int | None]
    # where places limit who is covered: those of the sites here, and places for each elder (2SFCA)
    places: Mapped[int | None]
    places_an_elder: Mapped[float | None]
    # a scenario's run: covered and band without its changes, so that no difference of a few people is shown
    base: Mapped[dict[str, Any] | None] = mapped_column(Json)
    gap_ll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # west, south, east, north of the gap: what a bbox is compared with
    gap_west: Mapped[float | None]
    gap_south: Mapped[float | None]
    gap_east: Mapped[float | None]
    gap_north: Mapped[float | None]


class RunCategory(Base):
    """The people of one category in one area of a run; who is in two categories counts in both."""

    __tablename__ = "run_category"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    elders: Mapped[int]
    covered: Mapped[int]


class RunPerson(Base):
    """How far one elder is from the nearest site. Internal: never sent to anyone without names."""

    __tablename__ = "run_person"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"), primary_key=True)
    area_code: Mapped[str]
    walk_s: Mapped[int | None]
    site_id: Mapped[UUID | None]
    # where more than the limit decides (places, a catchment): whether this one is covered
    has_place: Mapped[bool | None]


class RunCell(Base):
    """One H3 cell (resolution 9): minutes to the nearest site and elders outside."""

    __tablename__ = "run_cell"

    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    cell: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    walk_s: Mapped[int | None]
    elders: Mapped[int]
    uncovered: Mapped[int]


class CoveragePublication(Base):
    """What everybody was shown of a run; kept as it was, since what was seen once stays known."""

    __tablename__ = "coverage_publication"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # counts up by one: of two publications at once, each chosen without knowing the other, one is refused
    number: Mapped[int] = mapped_column(unique=True)
    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("coverage_run.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[UUID | None]
    rule: Mapped[str]
    is_least: Mapped[bool]
    # [area code, measure] of each hidden count
    hidden: Mapped[list[list[str]]] = mapped_column(Json)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[UUID | None]
    withdrawal_reason: Mapped[str | None]
