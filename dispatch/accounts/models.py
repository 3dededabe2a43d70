"""Accounts and what they are granted."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.accounts.values import AccountStatus
from dispatch.actor import Role, ScopeKind
from dispatch.storage import Base, Dated, new_id, one_of


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


class RoleGrant(Base, Dated):
    """One role within one scope; `scope_ref` is an area code or an id, without foreign key since it may point up."""

    __tablename__ = "role_grant"
    __table_args__ = (one_of("role", Role), one_of("scope_kind", ScopeKind))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_ref: Mapped[str]
