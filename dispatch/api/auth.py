"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from dispatch import accounts, clock, storage
from dispatch.api.access import account_id, actor, open_to_anyone, open_to_every_account, settings
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.accounts import MeSchema, RefreshSchema, SignInSchema, TokenSchema

if TYPE_CHECKING:
    from dispatch.accounts import AccountView, OpenedSession

bp = Blueprint("auth", __name__, url_prefix="/v1", description="Sign in; who am I")


@bp.post("/auth/tokens")
@open_to_anyone
@bp.arguments(SignInSchema)
@bp.response(200, TokenSchema)
def sign_in(wish: dict[str, Any]) -> dict[str, Any]:
    """Exchange user name and password for a short access token and a refresh token of one use."""
    name, password, address = wish["username"], wish["password"], request.remote_addr
    with storage.transaction():
        accounts.count_try(name, address=address, now=clock.utc_now())
    with storage.reading():  # a password takes a while: no write lock is held meanwhile
        known = accounts.authenticate(name, password=password)
    with storage.transaction():
        opened = accounts.let_in(
            known, username=name, password=password, address=address, device=wish["device"], **_terms()
        )
    return _tokens(opened)


@bp.post("/auth/tokens/refresh")
@open_to_anyone
@bp.arguments(RefreshSchema)
@bp.response(200, TokenSchema)
def refresh(wish: dict[str, str]) -> dict[str, Any]:
    """Exchange a refresh token for new tokens, once; a lost answer is given again for 30 seconds."""
    with storage.transaction():
        outcome = accounts.refresh_session(wish["refresh_token"], **_terms())
    return _tokens(outcome.get())


@bp.delete("/auth/tokens")
@open_to_every_account
@bp.response(204)
def sign_out() -> None:
    """Sign this device out: both of its tokens stop working at once."""
    session_id = actor().session_id
    if session_id is None:
        return
    with storage.transaction():
        accounts.end_session(
            session_id,
            account_id=account_id(),
            because=accounts.SessionEnd.SIGNED_OUT,
            actor=actor(),
            now=clock.utc_now(),
        )


@bp.get("/me")
@open_to_every_account
@bp.response(200, MeSchema)
def show_me() -> AccountView:
    """Show one's own account and everything it was ever granted."""
    with storage.reading():
        return accounts.get_account(account_id())


def _terms() -> dict[str, Any]:
    """Give what decides how long a session lasts and how its tokens are made."""
    return {"secret": settings().secret_key, "now": clock.utc_now(), "session_days": settings().session_days}


def _tokens(opened: OpenedSession) -> dict[str, Any]:
    token, expires_in_s = accounts.issue_token(
        opened.account_id,
        session_id=opened.session_id,
        secret=settings().secret_key,
        now=clock.utc_now(),
        ttl_min=settings().access_token_min,
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in_s": expires_in_s,
        "refresh_token": opened.refresh_token,
        "session_id": opened.session_id,
        "session_expires_at": opened.expires_at,
    }
