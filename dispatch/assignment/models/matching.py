"""What was found for a request, to whom it was offered, and whom an elder prefers or refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.assignment.values import DeclineReason, OfferStatus, PreferenceKind, WithdrawReason
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


OPEN = sa.text("status = 'open'")
ASKED = sa.text("status <> 'withdrawn'")


class Offer(Base):
    """A request put before one provider for a limited time. It takes no place; accepting does."""

    __tablename__ = "offer"
    __table_args__ = (
        one_of("status", OfferStatus),
        one_of("decline_reason", DeclineReason),
        one_of("withdraw_reason", WithdrawReason),
        sa.CheckConstraint("made_at <= expires_at", name="limit"),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        sa.CheckConstraint("(status = 'withdrawn') = (withdraw_reason IS NOT NULL)", name="withdrawn"),
        sa.UniqueConstraint("care_request_id", "turn_no"),
        sa.Index("ux_offer_open", "care_request_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        # nobody is asked twice in one round, but where the offer was taken back
        sa.Index(
            "ux_offer_asked",
            "care_request_id",
            "round_no",
            "service_at_site_id",
            unique=True,
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
        sa.Index(None, "service_at_site_id", "made_at"),
        sa.Index(None, "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    care_request_id: Mapped[UUID] = mapped_column(sa.ForeignKey("care_request.id"))
    service_at_site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_at_site.id"))
    turn_no: Mapped[int]
    round_no: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str]
    decline_reason: Mapped[str | None]
    withdraw_reason: Mapped[str | None]
    made_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    # a search is forgotten earlier than the offer that rests on it
    match_run_id: Mapped[UUID | None]


class Preference(Base, Dated):
    """An elder prefers or refuses a carer."""

    __tablename__ = "preference"
    __table_args__ = (one_of("kind", PreferenceKind), sa.UniqueConstraint("elder_id", "carer_id", "valid_from"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    elder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("elder.id"))
    carer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carer.id"))
    kind: Mapped[str]
