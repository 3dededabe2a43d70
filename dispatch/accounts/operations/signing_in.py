"""Letting people in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch.accounts.models import Account
from dispatch.accounts.operations.sessions import open_session
from dispatch.accounts.operations.trying import forget_tries
from dispatch.accounts.passwords import hash_password, is_old_hash, is_right_password
from dispatch.accounts.queries import AccountNotFoundError, find_by_username
from dispatch.accounts.rules import UsernameInvalidError, plain_username
from dispatch.accounts.values import AccountStatus, SignIn
from dispatch.errors import NotAllowedError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.accounts.values import OpenedSession


class SignInFailedError(NotAllowedError):
    """User name and password do not fit; which of the two is not said."""

    slug = "sign-in-failed"
    title = Words("用户名或密码不对。", "The user name or password is wrong.")


def authenticate(username: str, *, password: str) -> SignIn:
    """
    Say whose user name and password these are.

    Unknown, disabled and wrong take the same time and get the same answer.

    Raises
    ------
    SignInFailedError
        Where they are nobody's.
    SignInsBusyError
        Where too many sign in at this moment.

    """
    try:
        row = find_by_username(plain_username(username))
    except UsernameInvalidError:
        row = None
    is_right = is_right_password(password, password_hash=row.password_hash if row else None)
    if row is None or not is_right or row.status != AccountStatus.ACTIVE:
        raise SignInFailedError
    return SignIn(account_id=row.id, has_old_hash=is_old_hash(row.password_hash))


def let_in(known: SignIn, *, username: str, password: str, address: str | None, **terms: Any) -> OpenedSession:  # noqa: ANN401 - of open_session
    """Open a session for somebody who was authenticated; `terms` are those of `open_session`."""
    forget_tries(username, address=address)
    if known.has_old_hash:
        renew_hash(known.account_id, password=password)
    return open_session(known.account_id, **terms)


def renew_hash(account_id: UUID, *, password: str) -> None:
    """Hash a password that was just found right again, with today's parameters."""
    row = session().get(Account, account_id)
    if row is None:
        raise AccountNotFoundError
    row.password_hash = hash_password(password)
