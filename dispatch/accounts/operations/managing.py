"""Accounts that one actor manages for others: making, granting, keeping out, signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import Account, OneTimeCode, PartnerKey, RoleGrant
from dispatch.accounts.operations.granting import grant_row, tell_given
from dispatch.accounts.operations.making import add_account
from dispatch.accounts.operations.sessions import end_sessions
from dispatch.accounts.queries import AccountNotFoundError, find_by_username, find_managed, may_give
from dispatch.accounts.rules import check_grant, plain_username
from dispatch.accounts.values import AccountStatus, SessionEnd
from dispatch.errors import InvalidError, NotAllowedError, NotFoundError
from dispatch.storage import session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.accounts.values import AccountView, NewAccount
    from dispatch.actor import Actor, Grant


class GrantNotYoursError(NotAllowedError):
    """Nobody gives away more than they may."""

    slug = "grant-not-yours"
    title = Words("你不能授予或收回这个角色和范围", "This role and scope are not yours to give or end")
    detail = Words(
        "管理员授予本辖区内的角色；民政干部只能授予辖区之下的范围；机构负责人只能授予本机构的服务人员。",
        "Administrators give roles within their area, officers below theirs, coordinators to carers of their own.",
    )


class GrantNotFoundError(NotFoundError):
    """The account has no such grant that still holds."""

    slug = "grant-not-found"
    title = Words("没有这项授权，或者已经收回", "No such grant, or it has ended")


class NothingGrantedError(InvalidError):
    """An account without any grant could be managed by nobody but an administrator."""

    slug = "nothing-granted"
    title = Words("至少要授予一个角色", "Grant at least one role")


def get_managed(account_id: UUID, *, actor: Actor, on: date, is_whole: bool = False) -> AccountView:
    """
    Give an account that the actor manages, with its grants, or raise AccountNotFoundError.

    With `is_whole` it must hold nothing that is not the actor's to give: who is bound to an elder too is not found.
    """
    found = find_managed(actor, on=on, account_id=account_id, is_whole=is_whole)
    if not found:
        raise AccountNotFoundError
    return found[0]


def get_account_id(username: str) -> UUID:
    """Give the id of a user name, or raise AccountNotFoundError."""
    row = find_by_username(plain_username(username))
    if row is None:
        raise AccountNotFoundError
    return row.id


def open_account(wish: NewAccount, *, actor: Actor, at: datetime, on: date) -> UUID:
    """
    Make an account without a password for somebody; a one-time code lets them choose one. Its id comes back.

    Raises
    ------
    NothingGrantedError, GrantNotYoursError
        Where the actor may not give every single grant.
    UsernameTakenError, UsernameInvalidError, GrantInvalidError
        Where it cannot be kept.

    """
    if not wish.grants:
        raise NothingGrantedError
    account_id = add_account(wish, password_hash="", actor=actor, at=at, on=on)
    session().flush()
    _check_all_yours(account_id, actor=actor)
    return account_id


def give_grant(account_id: UUID, *, grant: Grant, until_on: date | None, actor: Actor, at: datetime, on: date) -> UUID:
    """
    Grant a role from today, up to (not including) a date where one is given. Journal: grant.given.

    The same grant again, while it holds, changes nothing. Codes for the password and keys that were handed out before
    are useless from now on: whoever has them was not meant to have this as well. The grant's id comes back.
    Raises AccountNotFoundError, GrantInvalidError, GrantNotYoursError.
    """
    is_system = get_managed(account_id, actor=actor, on=on).is_system
    lock_account(account_id)
    good = check_grant(grant, account_id=account_id, is_system=is_system)
    same = sa.select(RoleGrant).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role == good.role,
        RoleGrant.scope_kind == good.scope_kind,
        RoleGrant.scope_ref == good.scope_ref,
        RoleGrant.valid_to.is_(None),
    )
    held = session().scalars(same).first()
    if held is not None and until_on is None:
        return held.id
    row = grant_row(account_id, good.role, good.scope_kind, good.scope_ref, at=at, on=on)
    row.valid_to = until_on
    session().add(row)
    session().flush()
    _check_yours(row.id, actor=actor)
    void_handed_out(account_id, actor=actor, at=at)
    tell_given(row, actor=actor, at=at)
    return row.id


def lock_account(account_id: UUID) -> None:
    """Hold an account until the transaction ends, so that rights and what is handed out for it change one by one."""
    session().execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())


def void_handed_out(account_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Make useless what somebody else may have in hands: password codes, and keys. Journal: key.revoked."""
    session().execute(
        sa.update(OneTimeCode)
        .where(OneTimeCode.account_id == account_id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > at)
        .values(expires_at=at)
    )
    good = PartnerKey.revoked_at.is_(None), PartnerKey.expires_at > at
    for key in session().scalars(sa.select(PartnerKey).where(PartnerKey.account_id == account_id, *good)).all():
        key.revoked_at = at
        journal.append("key.revoked", actor=actor, at=at, subject_id=key.id, account_id=str(account_id))


def end_grant(grant_id: UUID, *, account_id: UUID, actor: Actor, at: datetime, on: date) -> None:
    """
    End a grant from this moment on; it stays on record. Journal: grant.ended.

    Raises AccountNotFoundError, GrantNotFoundError, GrantNotYoursError.
    """
    get_managed(account_id, actor=actor, on=on)
    row = session().get(RoleGrant, grant_id, with_for_update=True)
    if row is None or row.account_id != account_id or (row.valid_to is not None and row.valid_to <= on):
        raise GrantNotFoundError
    _check_yours(row.id, actor=actor)
    close_grant(row, actor=actor, at=at, on=on)


def close_grant(row: RoleGrant, *, actor: Actor, at: datetime, on: date) -> None:
    """End a grant that was found to be the actor's to end."""
    row.valid_to = max(on, row.valid_from)
    journal.append(
        "grant.ended",
        actor=actor,
        at=at,
        subject_id=row.account_id,
        role=row.role,
        scope_kind=row.scope_kind,
        scope_ref=row.scope_ref,
    )


def change_account(
    account_id: UUID,
    *,
    display_name: str | None = None,
    status: AccountStatus | None = None,
    actor: Actor,
    at: datetime,
    on: date,
) -> AccountView:
    """
    Rename an account or keep somebody out (their devices are signed out at once) and let them in again.

    Journal: account.changed, account.disabled, account.enabled. Raises AccountNotFoundError.
    """
    get_managed(account_id, actor=actor, on=on)
    row = session().get_one(Account, account_id, with_for_update=True)
    if display_name is not None and display_name != row.display_name:
        row.display_name = display_name
        journal.append("account.changed", actor=actor, at=at, subject_id=account_id)
    if status is not None and status != row.status:
        row.status = status
        kind = "account.enabled" if status is AccountStatus.ACTIVE else "account.disabled"
        journal.append(kind, actor=actor, at=at, subject_id=account_id)
        if status is AccountStatus.DISABLED:
            end_sessions(account_id, because=SessionEnd.ACCOUNT_DISABLED, actor=actor, now=at)
    session().flush()
    return get_managed(account_id, actor=actor, on=on)


def change_own(account_id: UUID, *, display_name: str | None, locale: str | None, actor: Actor, at: datetime) -> None:
    """Change how one is called and in which language one is written to. Journal: account.changed."""
    row = session().get(Account, account_id)
    if row is None:
        raise AccountNotFoundError
    before = (row.display_name, row.locale)
    row.display_name = display_name or row.display_name
    row.locale = Locale(locale) if locale else row.locale
    if before != (row.display_name, row.locale):
        journal.append("account.changed", actor=actor, at=at, subject_id=account_id)


def _check_yours(grant_id: UUID, *, actor: Actor) -> None:
    found = session().scalar(sa.select(RoleGrant.id).where(RoleGrant.id == grant_id, may_give(actor)))
    if found is None:
        raise GrantNotYoursError


def _check_all_yours(account_id: UUID, *, actor: Actor) -> None:
    others = sa.select(RoleGrant.id).where(RoleGrant.account_id == account_id, ~may_give(actor))
    if session().scalar(others.limit(1)) is not None:
        raise GrantNotYoursError
