"""Notices of accounts, how far each was read, what each wants, and the outbox of short texts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.notices.values import Addressee, Template, TextStatus
from dispatch.storage import Base, UtcDateTime, new_id, one_of, sealed_column

IS_OPEN = sa.text("status IN ('queued', 'sending')")
THE_ONE = "feeds"


class NoticeCounter(Base):
    """
    The one row that numbers notices, held by whoever writes them until the commit.

    So numbers become visible in their own order, and whoever read up to one misses none below it.
    """

    __tablename__ = "notice_counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_no: Mapped[int] = mapped_column(sa.BigInteger)
    dropped_no: Mapped[int] = mapped_column(sa.BigInteger)  # up to here notices went because their time was over


class Notice(Base):
    """That an account is told of one entry of the journal; ids and codes, nothing personal."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("no"),
        sa.UniqueConstraint("entry_seq", "account_id"),
        sa.Index(None, "told_at"),
    )

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    entry_seq: Mapped[int] = mapped_column(sa.BigInteger)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    elder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    care_request_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    service_code: Mapped[str | None]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_kind: Mapped[str | None]


class FeedPlace(Base):
    """Up to which notice an account has seen its feed."""

    __tablename__ = "feed_place"

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    seen_no: Mapped[int] = mapped_column(sa.BigInteger)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageWish(Base):
    """What an account wants of short texts; `id` is the account's."""

    __tablename__ = "message_wish"

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    is_on: Mapped[bool]
    phone_sealed: Mapped[bytes | None] = sealed_column("phone")
    openid_sealed: Mapped[bytes | None] = sealed_column("openid")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ShortText(Base):
    """
    One short text on its way; its id is what the provider can tell repetitions by.

    Neither name nor sentence stands here: both are made when it is sent.
    """

    __tablename__ = "short_text"
    __table_args__ = (
        one_of("template", Template),
        one_of("addressee", Addressee),
        one_of("status", TextStatus),
        sa.UniqueConstraint("entry_seq", "recipient", "template"),
        sa.Index("ix_short_text_open", "try_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        sa.Index(None, "made_at"),
        sa.Index(None, "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_seq: Mapped[int] = mapped_column(sa.BigInteger)
    kind: Mapped[str]  # of the entry
    recipient: Mapped[str]  # "account:ID", "contact:ID", "carer:ID" or "elder:ID"
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    addressee: Mapped[str]
    locale: Mapped[str]
    template: Mapped[str]
    elder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("elder.id"), index=True)
    care_request_id: Mapped[UUID | None]
    area_code: Mapped[str | None]
    service_code: Mapped[str | None]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_emergency: Mapped[bool]
    phone_sealed: Mapped[bytes | None] = sealed_column("phone")
    status: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)  # while it is being sent: when it counts as not sent
    tries: Mapped[int]
    provider: Mapped[str | None]
    provider_message_id: Mapped[str | None]
    error: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
