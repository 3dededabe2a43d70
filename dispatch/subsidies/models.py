"""Subsidy rules: what is paid for which service, to whom, from when to when."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, unique_now
from dispatch.subsidies.values import RuleStatus


class SubsidyRuleRow(Base, Dated, Corrected):
    """A rule of an area for a service and those below it; a correction supersedes and stands beside it."""

    __tablename__ = "subsidy_rule"
    __table_args__ = (
        one_of("status", RuleStatus),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
        sa.CheckConstraint("weekly_limit >= 1", name="weekly_limit"),
        sa.CheckConstraint("minimum_age >= 0", name="minimum_age"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="span"),
        unique_now("subsidy_rule", "area_code", "rule_version", "service_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rule_version: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    service_code: Mapped[str]
    amount_cents: Mapped[int]
    weekly_limit: Mapped[int | None]
    minimum_age: Mapped[int | None]
    # codes; null: no condition
    categories: Mapped[list[str] | None] = mapped_column(Json)
    grades: Mapped[list[str] | None] = mapped_column(Json)
    status: Mapped[str]
    clause: Mapped[str | None]
    is_example: Mapped[bool]
