"""Signing in, devices and accounts in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import accounts
from dispatch.actor import Grant, Role, ScopeKind
from dispatch.api.paging import PageQuery
from dispatch.words import Locale, Words

LONGEST = 200  # characters of a user name or password that are looked at
SCOPE_LENGTH = 36
CODE_LENGTH = 40
EXAMPLE = "7K3M-Q9TX-2HVB"
MOST_GRANTS = 20
DISPLAY_NAME = validate.Length(1, 60)
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

    id = fields.UUID(required=True)
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


class AccountSchema(MeSchema):
    """An account that one manages."""

    status = fields.Enum(accounts.AccountStatus, by_value=True, required=True)
    is_system = fields.Boolean(
        required=True, metadata={"description": "a partner's system: nobody signs in, its keys act as it"}
    )


class AccountsQuery(PageQuery):
    """Which accounts."""

    role = fields.Enum(Role, by_value=True, load_default=None)


class AccountsSchema(Schema):
    """Accounts by user name."""

    items = fields.List(fields.Nested(AccountSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class NewGrantSchema(Schema):
    """A role within a scope that is to be granted."""

    role = fields.Enum(Role, by_value=True, required=True, metadata={"example": "community_worker"})
    scope_kind = fields.Enum(ScopeKind, by_value=True, required=True, metadata={"example": "area"})
    scope_ref = fields.String(
        load_default="",
        validate=validate.Length(0, SCOPE_LENGTH),
        metadata={"description": "area code or id; with `own` it may be left out", "example": "120198001"},
    )

    @post_load
    def to_grant(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 - marshmallow's signature
        """Put the grant together."""
        grant = Grant(data["role"], data["scope_kind"], data["scope_ref"])
        return {"grant": grant, "until_on": data.get("until_on")}


class NewDatedGrantSchema(NewGrantSchema):
    """The same, up to a date where one is given."""

    until_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "not included; null: until it is ended"}
    )


class NewAccountSchema(Schema):
    """Somebody who is to be let in."""

    username = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"example": "wang.li"})
    display_name = fields.String(required=True, validate=DISPLAY_NAME, metadata={"example": "王丽"})
    locale = fields.Enum(Locale, by_value=True, load_default=Locale.ZH)
    is_system = fields.Boolean(
        load_default=False, metadata={"description": "a partner's system: nobody signs in, its keys act as it"}
    )
    grants = fields.List(fields.Nested(NewGrantSchema), required=True, validate=validate.Length(1, MOST_GRANTS))

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> accounts.NewAccount:  # noqa: ANN401 - marshmallow's signature
        """Put it together."""
        return accounts.NewAccount(**data | {"grants": tuple(each["grant"] for each in data["grants"])})


class AccountChangeSchema(Schema):
    """What may change of an account that one manages."""

    display_name = fields.String(validate=DISPLAY_NAME)
    status = fields.Enum(accounts.AccountStatus, by_value=True)


class MeChangeSchema(Schema):
    """What one may change of the own account."""

    display_name = fields.String(validate=DISPLAY_NAME)
    locale = fields.Enum(Locale, by_value=True)


class OneTimeCodeSchema(Schema):
    """A one-time code; it is shown this once."""

    code = fields.String(required=True, metadata={"example": EXAMPLE})
    use = fields.Enum(accounts.CodeUse, by_value=True, required=True)
    expires_at = fields.AwareDateTime(required=True)


class OpenedAccountSchema(Schema):
    """The account, and the code with which its holder chooses a password."""

    account = fields.Nested(AccountSchema, required=True)
    password_code = fields.Nested(
        OneTimeCodeSchema, required=True, allow_none=True, metadata={"description": "null: a system has no password"}
    )


class LinkWishSchema(Schema):
    """Who is to be bound to the elder: a relative, or the elder."""

    role = fields.Enum(
        Role, by_value=True, load_default=Role.FAMILY, validate=validate.OneOf([Role.ELDER, Role.FAMILY])
    )


class BoundAccountSchema(Schema):
    """An account that speaks for the elder."""

    account_id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    bound_on = fields.Date(required=True)


class BoundAccountsSchema(Schema):
    """All accounts that speak for the elder."""

    items = fields.List(fields.Nested(BoundAccountSchema), required=True)


class CodeTypedSchema(Schema):
    """A one-time code, as it was handed out or typed."""

    code = fields.String(required=True, validate=validate.Length(1, CODE_LENGTH), metadata={"example": EXAMPLE})


class PasswordByCodeSchema(CodeTypedSchema):
    """A password that is chosen with a code."""

    password = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"format": "password"})


class RegistrationSchema(PasswordByCodeSchema):
    """An account for a relative or an elder who has a code."""

    username = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"example": "li.na"})
    display_name = fields.String(required=True, validate=DISPLAY_NAME, metadata={"example": "李娜"})
    locale = fields.Enum(Locale, by_value=True, load_default=Locale.ZH)


class OwnPasswordSchema(Schema):
    """One's own password, old and new."""

    old_password = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"format": "password"})
    new_password = fields.String(required=True, validate=validate.Length(1, LONGEST), metadata={"format": "password"})


class LinkedSchema(Schema):
    """To whom the account is bound now."""

    elder_id = fields.UUID(required=True)


class ManagedSessionSchema(Schema):
    """A device on which somebody is signed in."""

    id = fields.UUID(required=True)
    device_name = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class ManagedSessionsSchema(Schema):
    """All devices of an account."""

    items = fields.List(fields.Nested(ManagedSessionSchema), required=True)


class NewKeySchema(Schema):
    """A key that is to be handed to a partner system."""

    mode = fields.Enum(
        accounts.KeyMode,
        by_value=True,
        required=True,
        metadata={"description": "test: everything is checked and answered, nothing is kept", "example": "test"},
    )
    label = fields.String(
        required=True,
        validate=validate.Regexp(r"^(?=.*\S)[^\x00-\x1f\x7f]{1,60}\Z"),
        metadata={"description": "which system uses it", "example": "市民热线 12345"},
    )
    days = fields.Integer(
        load_default=365,
        strict=True,
        validate=validate.Range(1, 730),
        metadata={"description": "for how long it is good"},
    )


class KeySchema(Schema):
    """A key of a partner system; the key itself is kept nowhere."""

    id = fields.UUID(required=True)
    begins_with = fields.String(required=True, metadata={"example": "dk_live_Q7xA"})
    mode = fields.Enum(accounts.KeyMode, by_value=True, required=True)
    label = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_on = fields.Date(required=True, allow_none=True, metadata={"description": "null: never"})


class KeysSchema(Schema):
    """All keys of an account, the newest first."""

    items = fields.List(fields.Nested(KeySchema), required=True)


class IssuedKeySchema(Schema):
    """A key; it is shown this once."""

    key = fields.String(required=True, metadata={"description": "goes into Authorization: Bearer"})
    about = fields.Nested(KeySchema, required=True)
