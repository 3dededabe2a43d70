"""
Who signs in, and in which role and scope.

Passwords are argon2 hashes; access tokens are short and carry nothing but the account's id, so that
grants and a disabled account take effect with the next request.
"""

from dispatch.accounts.operations import (
    SignInFailedError,
    UsernameTakenError,
    authenticate,
    create_account,
    disable_account,
    enable_account,
    put_accounts,
    renew_hash,
)
from dispatch.accounts.passwords import SignInsBusyError, WeakPasswordError
from dispatch.accounts.queries import AccountNotFoundError, find_actor, get_account, list_accounts
from dispatch.accounts.rules import GrantInvalidError, UsernameInvalidError
from dispatch.accounts.tokens import issue_token, read_token
from dispatch.accounts.values import AccountRecord, AccountStatus, AccountView, DatedGrant, PutCount, SignIn

__all__ = [
    "AccountNotFoundError",
    "AccountRecord",
    "AccountStatus",
    "AccountView",
    "DatedGrant",
    "GrantInvalidError",
    "PutCount",
    "SignIn",
    "SignInFailedError",
    "SignInsBusyError",
    "UsernameInvalidError",
    "UsernameTakenError",
    "WeakPasswordError",
    "authenticate",
    "create_account",
    "disable_account",
    "enable_account",
    "find_actor",
    "get_account",
    "issue_token",
    "list_accounts",
    "put_accounts",
    "read_token",
    "renew_hash",
]
