"""Keys of partner systems: a hospital's, a call centre's, a city platform's. Each acts as one account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.keys import begins_with, make_key, read_key
from dispatch.accounts.models import PartnerKey
from dispatch.accounts.operations.managing import get_managed, lock_account
from dispatch.accounts.queries import find_keys, view_key
from dispatch.accounts.values import IssuedKey
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.accounts.values import KeyMode
    from dispatch.actor import Actor

MOST_KEYS = 10  # that are good at one time: two for each of some systems, while one is changed for the other


class KeyNotFoundError(NotFoundError):
    """The account has no such key."""

    slug = "key-not-found"
    title = Words("没有这把密钥", "No such key")


class PersonsAccountError(ConflictError):
    """With a key to a person's account somebody could look at elders in that person's name."""

    slug = "persons-account"
    title = Words("个人账号不能发密钥", "A person's account has no keys")
    detail = Words(
        "为合作系统单开一个账号（is_system: true），只授予它需要的角色和范围。",
        "Make an account for the system (is_system: true) and give it no more than it needs.",
    )


class TooManyKeysError(ConflictError):
    """Keys that nobody counts are not watched either."""

    slug = "too-many-keys"
    title = Words("这个账号的有效密钥已满", "The account has its full number of keys")
    detail = Words(
        "最多 {most} 把；先撤销不用的。", "At most {most} are good at one time; revoke one that is not used."
    )


def issue_key(
    account_id: UUID, *, mode: KeyMode, label: str, days: int, actor: Actor, at: datetime, on: date
) -> IssuedKey:
    """
    Hand out a key that acts as the managed account of a system for some days; the key itself is kept nowhere.

    Journal: key.issued. Raises AccountNotFoundError, PersonsAccountError, TooManyKeysError.
    """
    lock_account(account_id)
    if not get_managed(account_id, actor=actor, on=on, is_whole=True).is_system:
        raise PersonsAccountError
    good = [key for key in find_keys(account_id) if key.revoked_at is None and key.expires_at > at]
    if len(good) >= MOST_KEYS:
        raise TooManyKeysError(most=MOST_KEYS)
    key = make_key(mode)
    row = PartnerKey(
        id=new_id(),
        account_id=account_id,
        key_index=read_key(key),
        begins_with=begins_with(key),
        mode=mode,
        label=label,
        issued_by=actor.account_id,
        issued_at=at,
        expires_at=at + timedelta(days=days),
        revoked_at=None,
        last_used_on=None,
    )
    session().add(row)
    journal.append(
        "key.issued", actor=actor, at=at, subject_id=row.id, account_id=str(account_id), mode=mode.value, days=days
    )
    return IssuedKey(key=key, about=view_key(row))


def revoke_key(key_id: UUID, *, account_id: UUID, actor: Actor, at: datetime, on: date) -> None:
    """
    Make a key of a managed account useless at once; revoking it again changes nothing.

    Journal: key.revoked. Raises AccountNotFoundError, KeyNotFoundError.
    """
    get_managed(account_id, actor=actor, on=on)
    row = session().get(PartnerKey, key_id, with_for_update=True)
    if row is None or row.account_id != account_id:
        raise KeyNotFoundError
    if row.revoked_at is None:
        row.revoked_at = at
        journal.append("key.revoked", actor=actor, at=at, subject_id=key_id, account_id=str(account_id))


def note_use(key_id: UUID, *, on: date) -> None:
    """Keep the day on which a key was last used, so that one that nobody uses can be found."""
    session().execute(sa.update(PartnerKey).where(PartnerKey.id == key_id).values(last_used_on=on))
