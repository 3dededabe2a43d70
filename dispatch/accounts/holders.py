"""Which accounts hold a role now: asked by whoever tells people something, not by whoever lets them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.accounts.models import Account, RoleGrant
from dispatch.accounts.values import AccountStatus
from dispatch.storage import in_force, session
from dispatch.words import Locale

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Role, ScopeKind


def find_holders(*roles: Role, kind: ScopeKind, refs: Collection[str], on: date) -> frozenset[UUID]:
    """Find the active accounts that hold one of the roles for one of these scopes on a date."""
    query = (
        sa.select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.scope_kind == kind,
            RoleGrant.scope_ref.in_(sorted(refs)),
            in_force(RoleGrant, on),
            Account.status == AccountStatus.ACTIVE,
        )
        .distinct()
    )
    return frozenset(session().scalars(query))


def find_languages(account_ids: Collection[UUID]) -> dict[UUID, Locale]:
    """Find the language of each of these accounts that is active."""
    query = sa.select(Account.id, Account.locale).where(
        Account.id.in_(sorted(account_ids)), Account.status == AccountStatus.ACTIVE
    )
    return {
        account_id: Locale.EN if locale.startswith(Locale.EN) else Locale.ZH
        for account_id, locale in session().execute(query)
    }


def find_account_names(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Find what accounts are called, by id."""
    if not account_ids:
        return {}
    query = sa.select(Account.id, Account.display_name).where(Account.id.in_(sorted(account_ids)))
    return {account_id: name for account_id, name in session().execute(query)}  # noqa: C416 - rows are no pairs
