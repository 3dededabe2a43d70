"""
One-time codes: choosing a password without knowing an old one, and binding an account to an elder.

A code is 12 characters that are hard to mistake (59 bits), good once and for some days; a new one for the same purpose
makes the older ones useless. Wrong, used and expired get the same answer.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import Account, OneTimeCode, RoleGrant
from dispatch.accounts.operations.granting import grant_row, tell_given
from dispatch.accounts.operations.making import add_account
from dispatch.accounts.operations.managing import close_grant, get_managed, lock_account, void_handed_out
from dispatch.accounts.operations.sessions import end_sessions
from dispatch.accounts.operations.trying import forget_tries
from dispatch.accounts.passwords import check_new_password, hash_password
from dispatch.accounts.queries import AccountNotFoundError, find_bound, find_not_ended
from dispatch.accounts.values import AccountStatus, CodeUse, IssuedCode, NewAccount, SessionEnd
from dispatch.actor import Actor, Grant, Role, ScopeKind
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import blind_index, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O, 1 I L
LENGTH = 12
GROUP = 4
LASTS = {CodeUse.SET_PASSWORD: timedelta(days=3), CodeUse.LINK_ELDER: timedelta(days=7)}
KEPT = timedelta(days=90)  # a code that is used or over stays on record for so long


class CodeRefusedError(InvalidError):
    """The code is none, was used, or is over; which of them is not said."""

    slug = "code-refused"
    title = Words("一次性代码不对、已用过或已过期", "The one-time code is wrong, used or over")
    detail = Words(
        "核对 12 位代码；仍不行就向给你代码的人再要一个。",
        "Check its 12 characters; if they are right, ask whoever gave it to you for another one.",
    )


class SystemAccountError(ConflictError):
    """Nobody signs in to the account of a partner's system."""

    slug = "system-account"
    title = Words("这是合作系统的账号，没有密码", "A system's account has no password")
    detail = Words(
        "合作系统用密钥：POST /v1/accounts/…/keys。", "A partner's system has keys: POST /v1/accounts/…/keys."
    )


class OwnCodeError(ConflictError):
    """Who hands out a code cannot use it: somebody else decides who speaks for an elder."""

    slug = "own-code"
    title = Words("自己发的代码自己不能用", "A code is for somebody else")
    detail = Words("请由另一位负责人员发代码。", "Ask somebody else who has the elder in care for one.")


class BoundElsewhereError(ConflictError):
    """The account shows more than the actor may see."""

    slug = "bound-elsewhere"
    title = Words("这个账号还绑定了别的老人或角色", "The account is bound to others, too")
    detail = Words(
        "请由能看到全部这些老人的人员，或运行系统的人，为它发代码。",
        "Somebody who has all of them in care, or whoever runs the system, can hand out a code for it.",
    )


def issue_password_code(account_id: UUID, *, actor: Actor, at: datetime, on: date) -> IssuedCode:
    """
    Hand out a code with which the holder of a managed account chooses a password.

    Whoever has the code can read all that the account shows, so it must hold nothing that is not the actor's to give.
    Journal: code.issued. Raises AccountNotFoundError, SystemAccountError.
    """
    lock_account(account_id)
    if get_managed(account_id, actor=actor, on=on, is_whole=True).is_system:
        raise SystemAccountError
    return _issue(CodeUse.SET_PASSWORD, account_id=account_id, actor=actor, at=at)


def issue_link_code(elder_id: UUID, *, role: Role, actor: Actor, at: datetime) -> IssuedCode:
    """
    Hand out a code that binds one account to an elder; whether the actor may is the caller's to check.

    Journal: code.issued.
    """
    return _issue(CodeUse.LINK_ELDER, elder_id=elder_id, role=role, actor=actor, at=at)


def issue_bound_code(
    account_id: UUID, *, elder_id: UUID, seen: frozenset[UUID], actor: Actor, at: datetime, on: date
) -> IssuedCode:
    """
    Hand out a code for the forgotten password of an account that speaks for an elder.

    `seen` are the elders whom the actor has in care: whoever resets a password could read all that the account shows,
    so it must be bound to none but them and hold no other role. Journal: code.issued.
    Raises AccountNotFoundError, BoundElsewhereError.
    """
    if account_id not in {each.account_id for each in find_bound(elder_id, on=on)}:
        raise AccountNotFoundError
    for grant in find_not_ended(account_id, on=on):
        if grant.scope_kind is not ScopeKind.ELDER or UUID(grant.scope_ref) not in seen:
            raise BoundElsewhereError
    return _issue(CodeUse.SET_PASSWORD, account_id=account_id, actor=actor, at=at)


def unbind(account_id: UUID, *, elder_id: UUID, actor: Actor, at: datetime, on: date) -> None:
    """End what lets an account speak for an elder, at once. Journal: grant.ended. Raises AccountNotFoundError."""
    rows = (
        session()
        .scalars(
            sa.select(RoleGrant).where(
                RoleGrant.account_id == account_id,
                RoleGrant.scope_kind == ScopeKind.ELDER,
                RoleGrant.scope_ref == str(elder_id),
                sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > on),
            )
        )
        .all()
    )
    if not rows:
        raise AccountNotFoundError
    for row in rows:
        close_grant(row, actor=actor, at=at, on=on)


def rebind(elder_id: UUID, *, into_id: UUID, actor: Actor, at: datetime, on: date) -> int:
    """
    Let the accounts that speak for a record speak for the one that it went into; say how many had not done so before.

    Codes that would bind to the old record are useless from now on. Journal: grant.given, grant.ended.
    """
    session().execute(
        sa.update(OneTimeCode)
        .where(OneTimeCode.elder_id == elder_id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > at)
        .values(expires_at=at)
    )
    holds = sa.select(RoleGrant).where(
        RoleGrant.scope_kind == ScopeKind.ELDER, sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > on)
    )
    present = {
        (row.account_id, row.role) for row in session().scalars(holds.where(RoleGrant.scope_ref == str(into_id)))
    }
    bound = 0
    for row in session().scalars(holds.where(RoleGrant.scope_ref == str(elder_id))).all():
        if (row.account_id, row.role) not in present:
            present.add((row.account_id, row.role))
            given = grant_row(row.account_id, row.role, ScopeKind.ELDER.value, str(into_id), at=at, on=on)
            given.valid_to = row.valid_to
            session().add(given)
            tell_given(given, actor=actor, at=at)
            void_handed_out(row.account_id, actor=actor, at=at)
            bound += 1
        close_grant(row, actor=actor, at=at, on=on)
    return bound


def hash_new_password(password: str) -> str:
    """Check and hash a password before a transaction begins, since it takes a while. Raises WeakPasswordError."""
    return hash_password(check_new_password(password))


def redeem_password_code(code: str, *, password_hash: str, address: str | None, at: datetime) -> None:
    """
    Set the password of the account that a code was made for; all its devices are signed out.

    Journal: account.password_set. Raises CodeRefusedError.
    """
    row = _take(code, use=CodeUse.SET_PASSWORD, address=address, at=at)
    account = session().get(Account, row.account_id)
    if account is None or account.status != AccountStatus.ACTIVE:
        raise CodeRefusedError
    set_password(account.id, password_hash=password_hash, actor=Actor(account.id), at=at)


def redeem_link_code(code: str, *, account_id: UUID, address: str | None, at: datetime, on: date) -> UUID:
    """Bind an account to the elder of a code; the elder's id comes back. Raises CodeRefusedError, OwnCodeError."""
    row = _take(code, use=CodeUse.LINK_ELDER, address=address, at=at)
    if row.issued_by == account_id:
        raise OwnCodeError
    lock_account(account_id)
    # whoever was handed a code for a password before could read now what the account shows of the elder
    void_handed_out(account_id, actor=Actor(account_id), at=at)
    grant = _grant_of(row)
    held = sa.select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role == grant.role,
        RoleGrant.scope_ref == grant.scope_ref,
        RoleGrant.valid_to.is_(None),
    )
    if session().scalar(held.limit(1)) is None:
        given = grant_row(account_id, grant.role, grant.scope_kind, grant.scope_ref, at=at, on=on)
        session().add(given)
        tell_given(given, actor=Actor(account_id), at=at)
    return _elder_of(row)


def register_with_code(
    code: str,
    *,
    username: str,
    display_name: str,
    locale: str,
    password_hash: str,
    address: str | None,
    caller_id: UUID | None = None,
    at: datetime,
    on: date,
) -> UUID:
    """
    Make an account that is bound to the elder of a code and to nothing else; its id comes back.

    Raises CodeRefusedError, OwnCodeError, UsernameTakenError, UsernameInvalidError; the code stays good then.
    """
    row = _take(code, use=CodeUse.LINK_ELDER, address=address, at=at)
    if caller_id is not None and row.issued_by == caller_id:
        raise OwnCodeError
    wish = NewAccount(username=username, display_name=display_name, locale=locale, grants=(_grant_of(row),))
    return add_account(wish, password_hash=password_hash, actor=Actor(row.issued_by), at=at, on=on)


def set_password(account_id: UUID, *, password_hash: str, actor: Actor, at: datetime, but: UUID | None = None) -> None:
    """Set a password and sign out all devices `but` one; codes for it are useless from now on."""
    session().get_one(Account, account_id).password_hash = password_hash
    _void(CodeUse.SET_PASSWORD, account_id=account_id, elder_id=None, at=at)
    end_sessions(account_id, because=SessionEnd.PASSWORD_CHANGED, actor=actor, now=at, but=but)
    journal.append("account.password_set", actor=actor, at=at, subject_id=account_id)


def plain_code(code: str) -> str:
    """Give a code as it is kept, however it was typed: full width, small letters, blanks and dashes do not matter."""
    folded = unicodedata.normalize("NFKC", code).upper()
    return "".join(sign for sign in folded if sign.isalnum())


def _issue(
    use: CodeUse,
    *,
    account_id: UUID | None = None,
    elder_id: UUID | None = None,
    role: Role | None = None,
    actor: Actor,
    at: datetime,
) -> IssuedCode:
    session().execute(sa.delete(OneTimeCode).where(OneTimeCode.expires_at < at - KEPT))
    if use is CodeUse.SET_PASSWORD:
        _void(use, account_id=account_id, elder_id=elder_id, at=at)
    plain = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    expires_at = at + LASTS[use]
    row = OneTimeCode(
        id=new_id(),
        code_index=_index(plain),
        use=use,
        account_id=account_id,
        elder_id=elder_id,
        role=role,
        issued_by=actor.account_id,
        issued_at=at,
        expires_at=expires_at,
    )
    session().add(row)
    journal.append("code.issued", actor=actor, at=at, subject_id=row.id, use=use.value)
    grouped = "-".join(plain[start : start + GROUP] for start in range(0, LENGTH, GROUP))
    return IssuedCode(code=grouped, use=use, expires_at=expires_at)


def _take(code: str, *, use: CodeUse, address: str | None, at: datetime) -> OneTimeCode:
    """Use a code up; of two at once the second finds it used."""
    row = session().scalar(
        sa.select(OneTimeCode)
        .where(OneTimeCode.code_index == _index(plain_code(code)), OneTimeCode.use == use)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.used_at is not None or at >= row.expires_at:
        raise CodeRefusedError
    row.used_at = at
    forget_tries(plain_code(code), address=address)
    return row


def _void(use: CodeUse, *, account_id: UUID | None, elder_id: UUID | None, at: datetime) -> None:
    session().execute(
        sa.update(OneTimeCode)
        .where(
            OneTimeCode.use == use,
            OneTimeCode.account_id == account_id,
            OneTimeCode.elder_id.is_(elder_id),
            OneTimeCode.used_at.is_(None),
        )
        .values(expires_at=sa.case((OneTimeCode.expires_at < at, OneTimeCode.expires_at), else_=at))
    )


def _grant_of(row: OneTimeCode) -> Grant:
    return Grant(Role(row.role or Role.FAMILY), ScopeKind.ELDER, str(_elder_of(row)))


def _elder_of(row: OneTimeCode) -> UUID:
    if row.elder_id is None:
        raise CodeRefusedError
    return row.elder_id


def _index(plain: str) -> bytes:
    return blind_index(plain, purpose="one_time_code")
