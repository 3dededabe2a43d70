"""Named edits of the street network, with dates; corrections supersede."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.coverage.values import NetworkEditKind
from dispatch.storage import Base, Corrected, Dated, Json, new_id, one_of, unique_now


class NetworkEditRow(Corrected, Dated, Base):
    """One entry of a named edit; of all entries with the same `edit_id` one stands, or none once it is withdrawn."""

    __tablename__ = "network_edit"
    __table_args__ = (
        one_of("kind", NetworkEditKind),
        unique_now("network_edit", "edit_id"),
        sa.UniqueConstraint("edit_id", "version"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edit_id: Mapped[UUID]
    version: Mapped[int]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    geometry_ll: Mapped[dict[str, Any]] = mapped_column(Json)
    is_bridge: Mapped[bool]
    reason: Mapped[str]
    author_id: Mapped[UUID | None]
    source_crs: Mapped[str]
    # the GeoJSON as it was sent
    source_raw: Mapped[dict[str, Any]] = mapped_column(Json)
    # what came of it on the network of its first day, as it was then
    effect: Mapped[dict[str, Any]] = mapped_column(Json)
    network_id: Mapped[str]
