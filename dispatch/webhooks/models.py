"""Subscriptions, and what is to be sent or was sent to their receivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage import Base, Json, UtcDateTime, new_id, one_of, sealed_column
from dispatch.webhooks.values import DeliveryStatus, Fault, StopReason

IS_WAITING = sa.text("status = 'waiting'")


class Webhook(Base):
    """A receiver, and which events of which area or organization it is told of; its secrets are sealed."""

    __tablename__ = "webhook"
    __table_args__ = (
        one_of("stopped_because", StopReason),
        sa.CheckConstraint("scope_kind IN ('area', 'organization')", name="scope_kind"),
        sa.CheckConstraint("is_active = (stopped_because IS NULL)", name="stopped"),
        sa.CheckConstraint("(old_secret_sealed IS NULL) = (old_secret_until_at IS NULL)", name="old_secret"),
        sa.Index(None, "scope_kind", "scope_ref"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scope_kind: Mapped[str]
    scope_ref: Mapped[str]  # an area's code or an organization's id, as in grants
    url: Mapped[str]
    kinds: Mapped[list[Any]] = mapped_column(Json)
    description: Mapped[str]
    is_active: Mapped[bool]
    stopped_because: Mapped[str | None]
    # whose right it rests on: made it, or switched it on again
    owner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    secret_sealed: Mapped[bytes] = sealed_column("secret")
    old_secret_sealed: Mapped[bytes | None] = sealed_column("old_secret")
    old_secret_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    # how its receiver does; these change without a new version
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)  # running
    rest_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # who is sending to it, and for how long nobody else does
    leased_by: Mapped[str | None]
    leased_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookDelivery(Base):
    """One event for one receiver: written in the transaction that reads it from the journal, sent later."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("status", DeliveryStatus),
        one_of("last_fault", Fault),
        sa.UniqueConstraint("webhook_id", "entry_seq"),
        sa.Index(
            "ix_webhook_delivery_waiting",
            "webhook_id",
            "try_at",
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        sa.Index(None, "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook.id"))
    entry_seq: Mapped[int | None] = mapped_column(sa.BigInteger)  # None: a ping
    event_id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]
    status: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it is due, while it waits
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_status: Mapped[int | None]
    last_fault: Mapped[str | None]
