"""Targets of the policy documents."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.indicators.values import Measure, Operator, TargetStatus
from dispatch.storage import Base, one_of


class Target(Base):
    """One target; documents and clause say where it stands. Beside those of the product an area may have its own."""

    __tablename__ = "target"
    __table_args__ = (
        one_of("operator", Operator),
        one_of("status", TargetStatus),
        one_of("measure", Measure),
        sa.CheckConstraint("(value IS NULL) = (operator = 'milestone')", name="value"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    documents: Mapped[str]
    clause: Mapped[str]
    indicator_zh: Mapped[str]
    indicator_en: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), index=True)
    year: Mapped[str]
    operator: Mapped[str]
    value: Mapped[float | None]
    unit_zh: Mapped[str]
    unit_en: Mapped[str]
    status: Mapped[str]
    responsible_unit: Mapped[str]
    measure: Mapped[str]
    quote: Mapped[str]
