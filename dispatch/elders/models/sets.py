"""Category sets."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.elders.values import SetStatus
from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, unique_now


class CategorySet(Base, Dated, Corrected):
    """Which categories an area counts for a purpose ("visit"), from when to when; `members` are category codes."""

    __tablename__ = "category_set"
    __table_args__ = (
        one_of("status", SetStatus),
        unique_now("category_set", "area_code", "purpose", "status", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    set_key: Mapped[str]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    purpose: Mapped[str]
    members: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str]
    is_open: Mapped[bool]
    clause: Mapped[str | None]
