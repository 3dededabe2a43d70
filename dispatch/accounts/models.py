"""Accounts and what they are granted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.accounts.values import AccountStatus, Caller, CallerCheck, CodeUse, KeyMode, SessionEnd
from dispatch.actor import Role, ScopeKind
from dispatch.storage import Base, Dated, UtcDateTime, new_id, one_of


class Account(Base):
    """Somebody who signs in."""

    __tablename__ = "account"
    __table_args__ = (one_of("status", AccountStatus),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    display_name: Mapped[str]
    locale: Mapped[str]
    status: Mapped[str]
    is_system: Mapped[bool] = mapped_column(default=False)  # a partner's program: only keys act as it


class RoleGrant(Base, Dated):
    """One role within one scope; `scope_ref` is an area code or an id, without foreign key since it may point up."""

    __tablename__ = "role_grant"
    __table_args__ = (one_of("role", Role), one_of("scope_kind", ScopeKind))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_ref: Mapped[str]


class DeviceSession(Base):
    """
    One device signed in to one account: the family of all refresh tokens that follow from one sign-in.

    Only the hash of the token whose turn it is stands here.
    """

    __tablename__ = "session"
    __table_args__ = (
        one_of("ended_because", SessionEnd),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
        sa.Index(None, "account_id", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    device_id: Mapped[str]
    device_name: Mapped[str | None]
    refresh_hash: Mapped[bytes]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    turned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str | None]


class SignInTries(Base):
    """Tries for one user name or from one address, which is personal: only a blind index of either stands here."""

    __tablename__ = "sign_in_tries"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OneTimeCode(Base):
    """A code that somebody is handed to do one thing once; only a blind index of it stands here."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        one_of("use", CodeUse),
        sa.CheckConstraint("(use = 'link_elder') = (elder_id IS NOT NULL)", name="elder"),
        sa.CheckConstraint("(use = 'set_password') = (account_id IS NOT NULL)", name="account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code_index: Mapped[bytes] = mapped_column(unique=True)
    use: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"), index=True)
    # without foreign key, since it points up
    elder_id: Mapped[UUID | None] = mapped_column(index=True)
    role: Mapped[str | None]
    issued_by: Mapped[UUID | None]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerKey(Base):
    """A key with which a partner system acts as an account; only a blind index of it stands here."""

    __tablename__ = "partner_key"
    __table_args__ = (one_of("mode", KeyMode),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    key_index: Mapped[bytes] = mapped_column(unique=True)
    begins_with: Mapped[str]
    mode: Mapped[str]
    label: Mapped[str]
    issued_by: Mapped[UUID | None]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None]


class ServedCall(Base):
    """An elder whom an operator has on the line, or a relative of theirs, and how it was made sure who it is."""

    __tablename__ = "served_call"
    __table_args__ = (
        one_of("caller", Caller),
        one_of("checked_by", CallerCheck),
        sa.Index(None, "account_id", "closes_at"),
        sa.Index(None, "area_code", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    # without foreign key, since it points up
    elder_id: Mapped[UUID] = mapped_column(index=True)
    area_code: Mapped[str]
    caller: Mapped[str]
    checked_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)  # at the latest, or when it ended


class EmergencyAccess(Base):
    """One elder, opened to one account for half an hour, with the reason."""

    __tablename__ = "emergency_access"
    __table_args__ = (sa.Index(None, "account_id", "closes_at"), sa.Index(None, "area_code", "opened_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    # without foreign key, since it points up
    elder_id: Mapped[UUID] = mapped_column(index=True)
    # where the elder lived then: whose officers are told
    area_code: Mapped[str | None]
    reason: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[UUID | None]
