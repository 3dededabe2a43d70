"""Reading accounts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.accounts.models import Account, RoleGrant
from dispatch.accounts.values import AccountStatus, AccountView, DatedGrant
from dispatch.actor import Actor, Grant, Role, ScopeKind
from dispatch.errors import NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID


class AccountNotFoundError(NotFoundError):
    """There is no such account."""

    slug = "account-not-found"
    title = Words("没有这个账号", "No such account")


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


def list_accounts() -> list[AccountView]:
    """List all accounts with all their grants, by user name."""
    return _views(session().scalars(sa.select(Account).order_by(Account.username)))


def _views(rows: Iterable[Account]) -> list[AccountView]:
    accounts = list(rows)
    granted: defaultdict[UUID, list[DatedGrant]] = defaultdict(list)
    of_these = sa.select(RoleGrant).order_by(RoleGrant.id)
    if len(accounts) == 1:
        of_these = of_these.where(RoleGrant.account_id == accounts[0].id)
    for row in session().scalars(of_these):
        grant = Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_ref)
        granted[row.account_id].append(DatedGrant(grant, row.valid_from, row.valid_to))
    return [
        AccountView(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            locale=row.locale,
            status=AccountStatus(row.status),
            grants=tuple(granted[row.id]),
        )
        for row in accounts
    ]
