"""Closed lists and values of the accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor, Grant, Role
    from dispatch.errors import DispatchError

T = TypeVar("T")


class AccountStatus(StrEnum):
    """Only an active account signs in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class SessionEnd(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    REPLACED = "replaced"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
    ACCOUNT_DISABLED = "account_disabled"


class CodeUse(StrEnum):
    """What a one-time code is good for."""

    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose
    LINK_ELDER = "link_elder"


class KeyMode(StrEnum):
    """What becomes of what a partner system does: kept, or undone."""

    LIVE = "live"
    TEST = "test"


class RefreshVerdict(StrEnum):
    """What is to be done with a refresh token that is genuine."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    REUSED = "reused"
    ENDED = "ended"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What an operation came to where a refusal, too, leaves something that must be committed."""

    value: T | None = None
    refusal: DispatchError | None = None

    def get(self) -> T:
        """Give the value; call it after the commit, since it raises the refusal where there is one."""
        if self.refusal is not None or self.value is None:
            raise self.refusal or ValueError("an outcome has neither value nor refusal")
        return self.value


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody signs in on: an id that the app made for itself once, and a name for people to recognize."""

    device_id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """What a device is given: the token that opens the next turn is kept nowhere else."""

    account_id: UUID
    session_id: UUID
    refresh_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A device that is signed in."""

    id: UUID
    device_id: str
    device_name: str | None
    opened_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionState:
    """What decides about a refresh token."""

    turned_at: datetime
    expires_at: datetime
    is_ended: bool


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """
    Somebody who is to sign in, with what they are granted.

    The `scope_ref` of an `OWN` grant may be empty: it is the account itself.
    """

    username: str
    password: str = field(repr=False)
    display_name: str
    locale: str = "zh"
    grants: tuple[Grant, ...] = ()
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """
    Somebody who is to be let in: they choose the password themselves, with a one-time code.

    Or a partner's system (`is_system`), to which nobody signs in: it has keys.
    """

    username: str
    display_name: str
    grants: tuple[Grant, ...]
    locale: str = "zh"
    is_system: bool = False


@dataclass(frozen=True, slots=True)
class BoundAccount:
    """An account that speaks for an elder."""

    account_id: UUID
    username: str
    display_name: str
    role: Role
    bound_on: date


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """One elder, opened to one account for half an hour."""

    id: UUID
    account_id: UUID
    display_name: str
    elder_id: UUID
    area_code: str | None
    reason: str = field(repr=False)
    opened_at: datetime
    closes_at: datetime
    acknowledged_at: datetime | None


class Caller(StrEnum):
    """Who is on the line."""

    ELDER = "elder"
    FAMILY = "family"
    OTHER = "other"


class CallerCheck(StrEnum):
    """How an operator made sure whom a call is about."""

    NUMBER_SHOWN = "number_shown"
    BIRTH_DATE_TOLD = "birth_date_told"
    ADDRESS_TOLD = "address_told"
    CALLED_BACK = "called_back"


@dataclass(frozen=True, slots=True)
class CallView:
    """One elder, shown to one operator while somebody is on the line."""

    id: UUID
    account_id: UUID
    display_name: str
    elder_id: UUID
    area_code: str
    caller: Caller
    checked_by: CallerCheck
    opened_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key of a partner system, as those see it who manage its account."""

    id: UUID
    begins_with: str
    mode: KeyMode
    label: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key, shown once: only its index is kept."""

    key: str = field(repr=False)
    about: KeyView


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whoever a good key lets in."""

    actor: Actor
    key_id: UUID
    mode: KeyMode
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A one-time code, shown once: only its index is kept."""

    code: str = field(repr=False)
    use: CodeUse
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DatedGrant:
    """A grant and the half-open span of dates for which it holds (`valid_to` None: open)."""

    grant: Grant
    valid_from: date
    valid_to: date | None
    id: UUID


@dataclass(frozen=True, slots=True)
class AccountView:
    """What may be shown of an account; never its password hash."""

    id: UUID
    username: str
    display_name: str
    locale: str
    status: AccountStatus
    grants: tuple[DatedGrant, ...]
    is_system: bool = False


class SignIn(NamedTuple):
    """Who signed in, and whether the stored hash should be renewed."""

    account_id: UUID
    has_old_hash: bool


class PutCount(NamedTuple):
    """How many accounts were new, different or as they should be."""

    created: int
    changed: int
    unchanged: int
