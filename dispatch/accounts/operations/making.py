"""Making accounts, one by one or from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import Account, RoleGrant
from dispatch.accounts.operations.granting import grant_row
from dispatch.accounts.passwords import check_new_password, hash_password, is_right_password
from dispatch.accounts.queries import find_by_username
from dispatch.accounts.rules import check_grant, plain_username
from dispatch.accounts.values import AccountRecord, AccountStatus, NewAccount, PutCount
from dispatch.dates import service_date
from dispatch.errors import ConflictError
from dispatch.storage import new_id, session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor


class UsernameTakenError(ConflictError):
    """Another account has this user name."""

    slug = "username-taken"
    title = Words("这个用户名已经有人用了", "This user name is taken")


def create_account(record: AccountRecord, *, actor: Actor, now: datetime, zone: ZoneInfo) -> UUID:
    """
    Make an account; its grants hold from today on. Its id comes back.

    Raises
    ------
    UsernameTakenError
        Where there is one of that name.
    UsernameInvalidError, GrantInvalidError, WeakPasswordError
        Where the record cannot be kept.

    """
    password_hash = hash_password(check_new_password(record.password))
    return add_account(record, password_hash=password_hash, actor=actor, at=now, on=service_date(now, zone))


def put_accounts(records: Iterable[AccountRecord], *, actor: Actor, at: datetime, zone: ZoneInfo) -> PutCount:
    """
    Make sure that these accounts exist as given, by user name; grants that are not given end today.

    Raises
    ------
    UsernameInvalidError, GrantInvalidError, WeakPasswordError
        Where a record cannot be kept.

    """
    created = changed = unchanged = 0
    on = service_date(at, zone)
    for record in records:
        row = find_by_username(plain_username(record.username))
        if row is None:
            password_hash = hash_password(check_new_password(record.password))
            add_account(record, password_hash=password_hash, actor=actor, at=at, on=on)
            created += 1
        elif _change(row, record, at=at, on=on):
            journal.append("account.changed", actor=actor, at=at, subject_id=row.id)
            changed += 1
        else:
            unchanged += 1
    return PutCount(created, changed, unchanged)


def add_account(
    record: AccountRecord | NewAccount, *, password_hash: str, actor: Actor, at: datetime, on: date
) -> UUID:
    """
    Store an account whose password was hashed, or that has none yet (""); its id comes back. Journal: account.created.

    Raises
    ------
    UsernameTakenError, UsernameInvalidError, GrantInvalidError
        Where it cannot be kept.

    """
    if find_by_username(plain_username(record.username)):
        raise UsernameTakenError
    account_id = (record.id if isinstance(record, AccountRecord) else None) or new_id()
    session().add(
        Account(
            id=account_id,
            username=plain_username(record.username),
            password_hash=password_hash,
            display_name=record.display_name,
            locale=Locale(record.locale),
            status=AccountStatus.ACTIVE,
            is_system=isinstance(record, NewAccount) and record.is_system,
        )
    )
    session().flush()  # grants point at the account, and a repeated user name must be found
    is_system = isinstance(record, NewAccount) and record.is_system
    for grant in record.grants:
        good = check_grant(grant, account_id=account_id, is_system=is_system)
        session().add(grant_row(account_id, good.role, good.scope_kind, good.scope_ref, at=at, on=on))
    journal.append(
        "account.created",
        actor=actor,
        at=at,
        subject_id=account_id,
        roles=sorted({grant.role.value for grant in record.grants}),
    )
    return account_id


def _change(row: Account, record: AccountRecord, *, at: datetime, on: date) -> bool:
    before = (row.display_name, row.locale)
    row.display_name, row.locale = record.display_name, Locale(record.locale)
    is_changed = before != (row.display_name, row.locale)
    if not is_right_password(record.password, password_hash=row.password_hash):
        row.password_hash = hash_password(check_new_password(record.password))
        is_changed = True
    wanted = {
        (good.role.value, good.scope_kind.value, good.scope_ref)
        for good in (check_grant(grant, account_id=row.id) for grant in record.grants)
    }
    still_open = sa.select(RoleGrant).where(RoleGrant.account_id == row.id, RoleGrant.valid_to.is_(None))
    for held in session().scalars(still_open).all():
        key = (held.role, held.scope_kind, held.scope_ref)
        if key in wanted:
            wanted.remove(key)
        else:
            held.valid_to = max(on, held.valid_from)
            is_changed = True
    session().add_all(grant_row(row.id, *key, at=at, on=on) for key in sorted(wanted))
    return is_changed or bool(wanted)
