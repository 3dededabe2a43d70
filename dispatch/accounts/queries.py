"""Reading accounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import directory
from dispatch.accounts.delegation import Reach, find_rights
from dispatch.accounts.models import Account, DeviceSession, EmergencyAccess, PartnerKey, RoleGrant
from dispatch.accounts.values import (
    AccountStatus,
    AccountView,
    BoundAccount,
    DatedGrant,
    EmergencyView,
    KeyHolder,
    KeyMode,
    KeyView,
    SessionEnd,
    SessionView,
)
from dispatch.actor import Actor, Grant, Role, ScopeKind
from dispatch.errors import NotAllowedError, NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.accounts.delegation import Delegation
    from dispatch.accounts.tokens import AccessToken


MOST_BY_ID = 500  # of more accounts all grants are read, since a statement takes so many ids only


class AccountNotFoundError(NotFoundError):
    """There is no such account."""

    slug = "account-not-found"
    title = Words("没有这个账号", "No such account")


class SessionEndedError(NotAllowedError):
    """The device was signed out."""

    slug = "session-ended"
    title = Words("这台设备已退出登录", "This device was signed out")
    detail = Words(
        "重新登录：POST /v1/auth/tokens。没有发出的记录请留在设备上，登录后再发。",
        "Sign in again: POST /v1/auth/tokens. Keep on the device what was not sent yet, and send it then.",
    )


class DeviceRevokedError(NotAllowedError):
    """Somebody else, or the same person on another device, has signed this device out."""

    slug = "device-revoked"
    title = Words("这台设备的登录已被撤销", "This device was revoked")
    detail = Words(
        "刚才的内容没有收下，请留在设备上。由本人或管理员撤销；重新登录后再发，不能登录时找管理员。",
        "What was just sent was not taken; keep it on the device. The owner or an administrator revoked it: sign in "
        "again and send it then, or ask your administrator.",
    )


def ended_error(because: SessionEnd) -> SessionEndedError | DeviceRevokedError:
    """Give what a device is told whose session has ended."""
    return DeviceRevokedError() if because is SessionEnd.REVOKED else SessionEndedError(because=because.value)


def identify(token: AccessToken, *, on: date) -> Actor | None:
    """
    Give whoever a token was issued to, with the grants that hold on a date; None where there is no such or disabled.

    Raises
    ------
    SessionEndedError, DeviceRevokedError
        Where the token's session has ended.

    """
    row = (
        session()
        .execute(
            sa.select(DeviceSession.account_id, DeviceSession.ended_because).where(DeviceSession.id == token.session_id)
        )
        .first()
    )
    if row is None or row.account_id != token.account_id:
        return None
    found = find_actor(token.account_id, on=on)
    if found is not None and row.ended_because is not None:
        raise ended_error(SessionEnd(row.ended_because))
    return None if found is None else replace(found, session_id=token.session_id)


def identify_key(key_index: bytes, *, now: datetime, on: date) -> KeyHolder | None:
    """Give whoever a key lets in, with the grants that hold on a date; None where it is none, revoked or over."""
    row = session().scalar(sa.select(PartnerKey).where(PartnerKey.key_index == key_index))
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    found = find_actor(row.account_id, on=on)
    return None if found is None else KeyHolder(found, row.id, KeyMode(row.mode), row.last_used_on)


def find_keys(account_id: UUID) -> list[KeyView]:
    """List the keys of an account, the newest first; revoked ones and those that are over stay on record."""
    rows = session().scalars(
        sa.select(PartnerKey).where(PartnerKey.account_id == account_id).order_by(PartnerKey.id.desc())
    )
    return [view_key(row) for row in rows]


def view_key(row: PartnerKey) -> KeyView:
    """Give what may be seen of a key."""
    return KeyView(
        id=row.id,
        begins_with=row.begins_with,
        mode=KeyMode(row.mode),
        label=row.label,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )


def find_sessions(account_id: UUID, *, now: datetime) -> list[SessionView]:
    """List the devices signed in to an account, the one used last first."""
    rows = session().scalars(
        sa.select(DeviceSession)
        .where(DeviceSession.account_id == account_id, DeviceSession.ended_at.is_(None), DeviceSession.expires_at > now)
        .order_by(DeviceSession.turned_at.desc(), DeviceSession.id.desc())
    )
    return [
        SessionView(
            id=row.id,
            device_id=row.device_id,
            device_name=row.device_name,
            opened_at=row.opened_at,
            last_used_at=row.turned_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def find_actor(account_id: UUID, *, on: date) -> Actor | None:
    """Give the account with the grants that hold on a date; None where there is no such or it is disabled."""
    rows = session().execute(
        sa.select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_ref)
        .select_from(Account)
        .outerjoin(RoleGrant, sa.and_(RoleGrant.account_id == Account.id, in_force(RoleGrant, on)))
        .where(Account.id == account_id, Account.status == AccountStatus.ACTIVE)
        .order_by(RoleGrant.id)
    )
    found = list(rows)
    if not found:
        return None
    grants = tuple(Grant(Role(role), ScopeKind(kind), ref) for role, kind, ref in found if role is not None)
    return Actor(account_id=account_id, grants=grants)


def get_account(account_id: UUID) -> AccountView:
    """
    Give an account with all its grants.

    Raises
    ------
    AccountNotFoundError
        Where there is no such account.

    """
    row = session().get(Account, account_id)
    if row is None:
        raise AccountNotFoundError
    return _views([row])[0]


def find_by_username(plain_username: str) -> Account | None:
    """Find the account of a user name in its plain spelling."""
    return session().scalar(sa.select(Account).where(Account.username == plain_username))


def find_managed(
    actor: Actor,
    *,
    on: date,
    account_id: UUID | None = None,
    role: Role | None = None,
    after: str = "",
    limit: int | None = None,
    is_whole: bool = False,
) -> list[AccountView]:
    """
    List the accounts that an actor manages, by user name: those of whom they may give all that is granted now.

    That somebody is bound to an elder is their own affair: it does not count and is not shown. With `is_whole` it
    counts: whoever is bound is not listed.
    """
    chosen = (
        sa.select(Account)
        .where(Account.username > after, manages(actor, on=on, is_whole=is_whole))
        .order_by(Account.username)
        .limit(limit)
    )
    if account_id is not None:
        chosen = chosen.where(Account.id == account_id)
    if role is not None:
        chosen = chosen.where(
            sa.exists().where(RoleGrant.account_id == Account.id, _not_ended(on), RoleGrant.role == role)
        )
    found = _views(session().scalars(chosen))
    if actor.is_system:
        return found
    return [replace(each, grants=tuple(one for one in each.grants if not _names_elder(one))) for each in found]


def manages(actor: Actor, *, on: date, is_whole: bool) -> sa.ColumnElement[bool]:
    """
    Select the accounts that an actor manages.

    All that it holds must be theirs to give, and it must hold (or have held) something that is; what it holds for
    itself (`own`), and without `is_whole` for an elder, does not count either way. Nobody manages the own account.
    """
    if actor.is_system:
        return sa.true()
    ignored = [ScopeKind.OWN] if is_whole else [ScopeKind.OWN, ScopeKind.ELDER]
    of_account = sa.and_(RoleGrant.account_id == Account.id, RoleGrant.scope_kind.not_in(ignored))
    gives_all = ~sa.exists().where(of_account, _not_ended(on), ~may_give(actor))
    # of who is bound to an elder an ended grant is not enough: a former employer has no say over a relative
    bound = sa.exists().where(
        RoleGrant.account_id == Account.id, RoleGrant.scope_kind == ScopeKind.ELDER, _not_ended(on)
    )
    gives_some = sa.and_(
        sa.exists().where(of_account, may_give(actor)),
        sa.or_(~bound, sa.exists().where(of_account, may_give(actor), _not_ended(on))),
    )
    return sa.and_(Account.id != actor.account_id, gives_all, gives_some)


def may_give(actor: Actor) -> sa.ColumnElement[bool]:
    """Select the grants that an actor may give and end, as `delegation` has it."""
    if actor.is_system:
        return sa.true()
    return sa.or_(
        sa.false(),
        *(
            sa.and_(RoleGrant.role.in_(sorted(right.roles)), RoleGrant.scope_kind == right.kind, _reached(actor, right))
            for right in find_rights(actor)
        ),
    )


def _reached(actor: Actor, right: Delegation) -> sa.ColumnElement[bool]:
    if right.reach is Reach.ANY:
        return sa.true()
    if right.reach is Reach.EMPLOYER:
        return RoleGrant.scope_ref.in_(sorted(str(one) for one in actor.organization_ids(right.giver)))
    prefixes = actor.area_prefixes(right.giver)
    if right.reach in {Reach.OVERSEEN, Reach.OVERSEEN_OR_NEW}:
        ref = sa.func.replace(RoleGrant.scope_ref, "-", "")
        of_site = sa.func.replace(sa.cast(directory.Site.organization_id, sa.String), "-", "") == ref
        of_house = sa.func.replace(sa.cast(directory.Organization.id, sa.String), "-", "") == ref
        inside = sa.or_(sa.false(), *(directory.Site.area_code.startswith(one, autoescape=True) for one in prefixes))
        overseen = sa.exists().where(of_site, inside)
        if right.reach is Reach.OVERSEEN:
            return overseen
        return sa.or_(overseen, sa.and_(sa.exists().where(of_house), ~sa.exists().where(of_site)))
    shortest = 0 if right.reach is Reach.WITHIN else 1
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                RoleGrant.scope_ref.startswith(one, autoescape=True),
                sa.func.length(RoleGrant.scope_ref) >= len(one) + shortest,
            )
            for one in prefixes
        ),
    )


def _not_ended(on: date) -> sa.ColumnElement[bool]:
    """Select what holds on a date or will."""
    return sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > on)


def _names_elder(dated: DatedGrant) -> bool:
    """Whether a grant tells of an elder, which is nothing to whoever manages the account."""
    return dated.grant.scope_kind is ScopeKind.ELDER


def find_bound(elder_id: UUID, *, on: date) -> list[BoundAccount]:
    """List the accounts that speak for an elder on a date, in the order in which they were bound."""
    rows = session().execute(
        sa.select(Account, RoleGrant)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.scope_kind == ScopeKind.ELDER, RoleGrant.scope_ref == str(elder_id), in_force(RoleGrant, on))
        .order_by(RoleGrant.id)
    )
    return [
        BoundAccount(
            account_id=account.id,
            username=account.username,
            display_name=account.display_name,
            role=Role(grant.role),
            bound_on=grant.valid_from,
        )
        for account, grant in rows
    ]


def find_not_ended(account_id: UUID, *, on: date) -> list[Grant]:
    """List what an account is granted on a date or will be."""
    rows = session().scalars(sa.select(RoleGrant).where(RoleGrant.account_id == account_id, _not_ended(on)))
    return [Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_ref) for row in rows]


def find_open_emergencies(account_id: UUID, *, now: datetime) -> dict[UUID, UUID]:
    """Find the elders who are open to an account at this moment, each with the emergency access that opened them."""
    rows = session().execute(
        sa.select(EmergencyAccess.elder_id, EmergencyAccess.id).where(
            EmergencyAccess.account_id == account_id, EmergencyAccess.opened_at <= now, EmergencyAccess.closes_at > now
        )
    )
    return {elder_id: emergency_id for elder_id, emergency_id in rows}  # noqa: C416 - rows are no pairs for mypy


def find_emergencies(
    *,
    emergency_id: UUID | None = None,
    prefixes: Iterable[str] | None = None,
    acknowledged: bool | None = None,
    before: UUID | None = None,
    limit: int | None = None,
) -> list[EmergencyView]:
    """List emergency accesses, the newest first; of areas whose codes begin with one of the prefixes."""
    chosen = sa.select(EmergencyAccess, Account.display_name).join(Account, Account.id == EmergencyAccess.account_id)
    if emergency_id is not None:
        chosen = chosen.where(EmergencyAccess.id == emergency_id)
    if prefixes is not None:
        within = (EmergencyAccess.area_code.startswith(one, autoescape=True) for one in prefixes)
        chosen = chosen.where(sa.or_(sa.false(), *within))
    if acknowledged is not None:
        chosen = chosen.where(EmergencyAccess.acknowledged_at.is_not(None) == acknowledged)
    if before is not None:
        chosen = chosen.where(EmergencyAccess.id < before)
    return [
        EmergencyView(
            id=row.id,
            account_id=row.account_id,
            display_name=name,
            elder_id=row.elder_id,
            area_code=row.area_code,
            reason=row.reason,
            opened_at=row.opened_at,
            closes_at=row.closes_at,
            acknowledged_at=row.acknowledged_at,
        )
        for row, name in session().execute(chosen.order_by(EmergencyAccess.id.desc()).limit(limit))
    ]


def list_accounts() -> list[AccountView]:
    """List all accounts with all their grants, by user name."""
    return _views(session().scalars(sa.select(Account).order_by(Account.username)))


def _views(rows: Iterable[Account]) -> list[AccountView]:
    accounts = list(rows)
    granted: defaultdict[UUID, list[DatedGrant]] = defaultdict(list)
    of_these = sa.select(RoleGrant).order_by(RoleGrant.id)
    if len(accounts) <= MOST_BY_ID:
        of_these = of_these.where(RoleGrant.account_id.in_([row.id for row in accounts]))
    for row in session().scalars(of_these):
        grant = Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_ref)
        granted[row.account_id].append(DatedGrant(grant, row.valid_from, row.valid_to, row.id))
    return [
        AccountView(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            locale=row.locale,
            status=AccountStatus(row.status),
            grants=tuple(granted[row.id]),
            is_system=row.is_system,
        )
        for row in accounts
    ]
