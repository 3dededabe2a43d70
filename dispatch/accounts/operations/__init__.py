"""What the business does with accounts: make, grant, disable them, and let people in."""

from dispatch.accounts.operations.disabling import disable_account, enable_account
from dispatch.accounts.operations.making import UsernameTakenError, create_account, put_accounts
from dispatch.accounts.operations.sessions import (
    RefreshRefusedError,
    RefreshReusedError,
    SessionNotFoundError,
    end_session,
    end_sessions,
    open_session,
    refresh_session,
)
from dispatch.accounts.operations.signing_in import SignInFailedError, authenticate, let_in, renew_hash
from dispatch.accounts.operations.trying import TooManyTriesError, count_try, forget_tries

__all__ = [
    "RefreshRefusedError",
    "RefreshReusedError",
    "SessionNotFoundError",
    "SignInFailedError",
    "TooManyTriesError",
    "UsernameTakenError",
    "authenticate",
    "count_try",
    "create_account",
    "disable_account",
    "enable_account",
    "end_session",
    "end_sessions",
    "forget_tries",
    "let_in",
    "open_session",
    "put_accounts",
    "refresh_session",
    "renew_hash",
]
