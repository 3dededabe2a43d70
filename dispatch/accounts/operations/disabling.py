"""Keeping somebody out, and letting them in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.accounts.operations.sessions import end_sessions
from dispatch.accounts.queries import AccountNotFoundError, find_by_username
from dispatch.accounts.rules import plain_username
from dispatch.accounts.values import AccountStatus, SessionEnd

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor


def disable_account(username: str, *, actor: Actor, now: datetime) -> UUID:
    """
    Keep somebody from signing in; tokens already given stop working at once.

    Raises
    ------
    AccountNotFoundError
        Where there is no such account.

    """
    return _set_status(username, AccountStatus.DISABLED, kind="account.disabled", actor=actor, now=now)


def enable_account(username: str, *, actor: Actor, now: datetime) -> UUID:
    """
    Let somebody sign in again.

    Raises
    ------
    AccountNotFoundError
        Where there is no such account.

    """
    return _set_status(username, AccountStatus.ACTIVE, kind="account.enabled", actor=actor, now=now)


def _set_status(username: str, status: AccountStatus, *, kind: str, actor: Actor, now: datetime) -> UUID:
    row = find_by_username(plain_username(username))
    if row is None:
        raise AccountNotFoundError
    if row.status != status:
        row.status = status
        journal.append(kind, actor=actor, at=now, subject_id=row.id)
        if status is AccountStatus.DISABLED:
            end_sessions(row.id, because=SessionEnd.ACCOUNT_DISABLED, actor=actor, now=now)
    return row.id
