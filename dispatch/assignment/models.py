"""What was found for a request, and whom an elder prefers or refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.assignment.values import PreferenceKind
from dispatch.storage import Base, Dated, Json, UtcDateTime, new_id, one_of


class MatchRun(Base):
    """One search for candidates, kept with its assumptions so that it can be explained later. Only ever added."""

    __tablename__ = "match_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rule_version: Mapped[str]
    inputs_hash: Mapped[str]
    # ids, scores and reason codes, nothing personal
    result: Mapped[dict[str, Any]] = mapped_column(Json)


class Preference(Base, Dated):
    """An elder prefers or refuses a carer."""

    __tablename__ = "preference"
    __table_args__ = (one_of("kind", PreferenceKind), sa.UniqueConstraint("elder_id", "carer_id", "valid_from"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    kind: Mapped[str]
