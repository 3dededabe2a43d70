"""Closed lists and values of the accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Grant


class AccountStatus(StrEnum):
    """Only an active account signs in."""

    ACTIVE = "active"
    DISABLED = "disabled"


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
class DatedGrant:
    """A grant and the half-open span of dates for which it holds (`valid_to` None: open)."""

    grant: Grant
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """What may be shown of an account; never its password hash."""

    id: UUID
    username: str
    display_name: str
    locale: str
    status: AccountStatus
    grants: tuple[DatedGrant, ...]


class SignIn(NamedTuple):
    """Who signed in, and whether the stored hash should be renewed."""

    account_id: UUID
    has_old_hash: bool


class PutCount(NamedTuple):
    """How many accounts were new, different or as they should be."""

    created: int
    changed: int
    unchanged: int
