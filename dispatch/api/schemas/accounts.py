"""Signing in, devices and accounts in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import accounts
from dispatch.actor import Role, ScopeKind
from dispatch.words import Words

LONGEST = 200  # characters of a user name or password that are looked at
DEVICE_ID = validate.Regexp(r"^[A-Za-z0-9._:-]{8,64}$")
DEVICE_NAME = validate.Length(1, 60)
NAME_WITHOUT_ID = Words("要同时给出 device_id。", "Give device_id with it.")


class SignInSchema(Schema):
    """User name and password, and what one signs in on."""

    username = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"example": "planner1"})
    password = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"format": "password"})
    device_id = fields.String(
        validate=DEVICE_ID,
        metadata={"description": "made once by the app and kept; signing in again on the device replaces its session"},
    )
    device_name = fields.String(
        validate=DEVICE_NAME, metadata={"description": "for people, in the list of devices; only with device_id"}
    )

    @validates_schema
    def check_name(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a name for no device."""
        if "device_name" in data and "device_id" not in data:
            raise ValidationError([NAME_WITHOUT_ID], "device_name")

    @post_load
    def to_device(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 - marshmallow's signature
        """Put what is said of the device together."""
        device_id, name = data.pop("device_id", None), data.pop("device_name", None)
        return data | {"device": accounts.Device(device_id, name) if device_id else None}


class RefreshSchema(Schema):
    """The refresh token whose turn it is."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, LONGEST))


class TokenSchema(Schema):
    """An access token, and the token for the next one."""

    access_token = fields.String(required=True, metadata={"description": "goes into Authorization: Bearer"})
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in_s = fields.Integer(required=True)
    refresh_token = fields.String(
        required=True,
        metadata={"description": "good once, for POST /v1/auth/tokens/refresh; used twice, the device is signed out"},
    )
    session_id = fields.UUID(required=True)
    session_expires_at = fields.AwareDateTime(required=True, metadata={"description": "unless it is refreshed before"})


class SessionSchema(Schema):
    """A device that is signed in."""

    id = fields.UUID(required=True)
    device_id = fields.String(required=True)
    device_name = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, metadata={"description": "when its tokens were last made"})
    expires_at = fields.AwareDateTime(required=True)
    is_this_device = fields.Boolean(required=True)


class SessionsSchema(Schema):
    """All devices of an account; there are at most 20."""

    items = fields.List(fields.Nested(SessionSchema), required=True)


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
