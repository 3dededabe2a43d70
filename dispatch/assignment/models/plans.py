"""Day plans: who goes where when, what has no place, and what people changed in them. Ids, codes and numbers alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.assignment.values import PauseKind, PlanChangeKind, PlanKind, PlanStatus, TourStatus, UnplannedCode
from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of

ACCEPTED = sa.text("status = 'accepted'")


class Plan(Base):
    """
    A day of an area, or of one organization's share in it, from the wish for it to the signature.

    Until it is built it has no tours; what it rests on stands in the columns from `rule_version` to `cost`.
    """

    __tablename__ = "plan"
    __table_args__ = (
        one_of("kind", PlanKind),
        one_of("status", PlanStatus),
        sa.CheckConstraint("stop_s BETWEEN 1 AND 300", name="stop_s"),
        sa.CheckConstraint("(decided_at IS NULL) = (status IN ('building', 'proposed', 'failed'))", name="decided"),
        sa.CheckConstraint("(failure IS NULL) = (status <> 'failed')", name="failed"),
        sa.Index(None, "plan_on", "area_code"),
        sa.Index(None, "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    # None: the visits of all organizations in the area
    organization_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    plan_on: Mapped[date]
    # the accepted plan that this one repairs, and what happened: kind, ids and instants; None for a plan of its own
    based_on_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    repair: Mapped[dict[str, Any] | None] = mapped_column(Json)
    status: Mapped[str]
    seed: Mapped[int]
    stop_s: Mapped[int]
    rule_version: Mapped[str]
    weights: Mapped[dict[str, Any]] = mapped_column(Json)
    inputs_hash: Mapped[str | None]
    network: Mapped[str | None]
    network_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # speeds, parking and door, the rules of breaks and of fairness, as they were
    assumptions: Mapped[dict[str, Any] | None] = mapped_column(Json)
    iterations: Mapped[int | None]
    cost: Mapped[dict[str, Any] | None] = mapped_column(Json)
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json)
    job_id: Mapped[UUID | None] = mapped_column(index=True)
    made_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # whoever waits has enough: the search ends with the best that it has
    enough_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    built_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decide_reason: Mapped[str | None]
    # code, and title and detail in both languages
    failure: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Tour(Base):
    """One carer's day in a plan; every carer who was on shift has one, also without a visit."""

    __tablename__ = "tour"
    __table_args__ = (
        one_of("status", TourStatus),
        sa.UniqueConstraint("plan_id", "carer_id"),
        sa.CheckConstraint("from_at < to_at", name="span"),
        # a carer has one tour on a day that counts, whoever signs at the same moment
        sa.Index(
            "ux_tour_accepted", "carer_id", "plan_on", unique=True, sqlite_where=ACCEPTED, postgresql_where=ACCEPTED
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    plan_on: Mapped[date]
    status: Mapped[str]
    # the hours on duty that the tour was built for, from the first stretch to the last
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    travel_min: Mapped[int]
    worked_min: Mapped[int]
    wait_min: Mapped[int]
    # back at the base; None where the tour has no stop
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # of hours, skills, limit, mode and base: whether the tour still rests on what is true
    roster_hash: Mapped[str]


class TourStop(Base):
    """One visit in a tour; the carer is to be at the door at `arrive_at` and has `wait_min` to spare before."""

    __tablename__ = "tour_stop"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "visit_id"),
        sa.CheckConstraint("start_at <= end_at", name="span"),
        sa.Index(None, "tour_id", "seq"),
        sa.Index(None, "visit_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    tour_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tour.id"))
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"))
    seq: Mapped[int]
    arrive_at: Mapped[datetime] = mapped_column(UtcDateTime)
    start_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)
    travel_min: Mapped[int]
    wait_min: Mapped[int]
    is_pinned: Mapped[bool]
    # it has begun or ended: taken as it is
    is_executed: Mapped[bool]
    # another plan's: a visit of this carer elsewhere, which the tour goes around and a signature leaves alone
    is_outside: Mapped[bool]
    # as the visit stood when the plan was built
    visit_version: Mapped[int]
    # why this carer at this time: codes and numbers
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class TourPause(Base):
    """When a carer rests, or is off between two stretches of work."""

    __tablename__ = "tour_pause"
    __table_args__ = (one_of("kind", PauseKind), sa.CheckConstraint("from_at < to_at", name="span"))

    tour_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tour.id"), primary_key=True)
    pause_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Unplanned(Base):
    """A visit of the day that has no place in the plan: why, and the smallest change that would give it one."""

    __tablename__ = "unplanned"
    __table_args__ = (one_of("code", UnplannedCode), sa.Index(None, "visit_id"))

    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), primary_key=True)
    code: Mapped[str]
    visit_version: Mapped[int]
    # code and numbers; None where nothing small helps
    change: Mapped[dict[str, Any] | None] = mapped_column(Json)


class PlanChange(Base):
    """What somebody changed in a plan by hand, why, and what came of it. Only ever added."""

    __tablename__ = "plan_change"
    __table_args__ = (one_of("kind", PlanChangeKind), sa.UniqueConstraint("plan_id", "seq"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
    change: Mapped[dict[str, Any]] = mapped_column(Json)
    effect: Mapped[dict[str, Any]] = mapped_column(Json)
