"""Signing in, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from dispatch import accounts, clock, storage
from dispatch.actor import Role, ScopeKind
from dispatch.api.access import account_id, open_to, open_to_anyone, settings
from dispatch.api.plumbing import Blueprint

if TYPE_CHECKING:
    from dispatch.accounts import AccountView

LONGEST = 200  # characters of a user name or password that are looked at

bp = Blueprint("auth", __name__, url_prefix="/v1", description="Sign in; who am I")


class SignInSchema(Schema):
    """User name and password."""

    username = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"example": "planner1"})
    password = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"format": "password"})


class TokenSchema(Schema):
    """An access token."""

    access_token = fields.String(required=True, metadata={"description": "goes into Authorization: Bearer"})
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in_s = fields.Integer(required=True)


class GrantSchema(Schema):
    """One role within one scope."""

    role = fields.Enum(Role, by_value=True, required=True, attribute="grant.role")
    scope_kind = fields.Enum(ScopeKind, by_value=True, required=True, attribute="grant.scope_kind")
    scope_ref = fields.String(
        required=True,
        attribute="grant.scope_ref",
        metadata={"description": "area code, or the id of an organization, an elder or the account itself"},
    )
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "not included; null: open"})


class MeSchema(Schema):
    """One's own account."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    locale = fields.String(required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)


@bp.post("/auth/tokens")
@open_to_anyone
@bp.arguments(SignInSchema)
@bp.response(200, TokenSchema)
def sign_in(wish: dict[str, str]) -> dict[str, Any]:
    """Exchange user name and password for a short access token."""
    with storage.reading():
        known = accounts.authenticate(wish["username"], password=wish["password"])
    if known.has_old_hash:
        with storage.transaction():
            accounts.renew_hash(known.account_id, password=wish["password"])
    token, expires_in_s = accounts.issue_token(
        known.account_id,
        secret=settings().secret_key,
        now=clock.utc_now(),
        ttl_min=settings().access_token_min,
    )
    return {"access_token": token, "token_type": "Bearer", "expires_in_s": expires_in_s}


@bp.get("/me")
@open_to(*Role)
@bp.response(200, MeSchema)
def show_me() -> AccountView:
    """Show one's own account and everything it was ever granted."""
    with storage.reading():
        return accounts.get_account(account_id())
