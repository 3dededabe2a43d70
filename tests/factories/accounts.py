"""Accounts and signed-in callers."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import Flask, current_app, has_app_context

from dispatch import accounts, clock, storage
from dispatch.accounts.operations.making import add_account
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from dispatch.dates import service_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient

PASSWORD = "long-enough-for-a-test"  # noqa: S105 - opens nothing
SINCE = datetime(2020, 1, 1, tzinfo=UTC)  # grants hold long before any test's day


def make_account(
    app: Flask,
    *,
    role: Role | str = Role.DISTRICT_OFFICER,
    area: str | None = None,
    organization_id: UUID | None = None,
    elder_ids: Iterable[UUID] = (),
    grants: Iterable[Grant] = (),
    username: str | None = None,
    password: str = PASSWORD,
    account_id: UUID | None = None,
    is_system: bool = False,
) -> UUID:
    """Make an account with one role in the given scopes (or `grants` as they are); without a scope: itself or 12."""
    role = Role(role)
    held = list(grants)
    if area is not None:
        held.append(Grant(role, ScopeKind.AREA, area))
    if organization_id is not None:
        held.append(Grant(role, ScopeKind.ORGANIZATION, str(organization_id)))
    held += [Grant(role, ScopeKind.ELDER, str(elder_id)) for elder_id in elder_ids]
    if role is Role.CARER:
        held.append(Grant(role, ScopeKind.OWN, ""))
    if not held:
        held = [_somewhere(role)]
    settings = app.config["DISPATCH_SETTINGS"]
    with _inside(app), storage.transaction():
        if is_system:
            wish = accounts.NewAccount(username or f"u-{uuid4().hex}", "测试系统", tuple(held), is_system=True)
            return accounts.open_account(wish, actor=SYSTEM, at=SINCE, on=SINCE.date())
        record = accounts.AccountRecord(
            username=username or f"u-{uuid4().hex}",
            password=password,
            display_name="测试账号",
            grants=tuple(held),
            id=account_id,
        )
        on = service_date(SINCE, settings.time_zone)
        return add_account(record, password_hash=_hash_of(password), actor=SYSTEM, at=SINCE, on=on)


@cache
def _hash_of(password: str) -> str:
    """Hash a password once for all accounts of a process: that takes longer than all the rest of making one."""
    return accounts.hash_new_password(password)


def sign_in(
    place: Flask | FlaskClient, *, role: Role | str = Role.DISTRICT_OFFICER, language: str = "zh", **scope
) -> dict[str, str]:
    """
    Make an account (see `make_account` for the scope) and give the headers of a caller who signed in as it.

    The token is issued directly, so that tests do not wait for password hashing twice.
    """
    app = place if isinstance(place, Flask) else place.application
    return headers_of(app, account_id=make_account(app, role=role, **scope), language=language)


def headers_of(app: Flask, *, account_id: UUID, language: str = "zh") -> dict[str, str]:
    """Give the headers of a caller who signed in to this account just now."""
    settings, now = app.config["DISPATCH_SETTINGS"], clock.utc_now()
    token, _ = accounts.issue_token(
        account_id,
        session_id=make_session(app, account_id=account_id),
        secret=settings.secret_key,
        now=now,
        ttl_min=settings.access_token_min,
    )
    return {"Authorization": f"Bearer {token}", "Accept-Language": language}


def make_session(app: Flask, *, account_id: UUID, device_id: str | None = None) -> UUID:
    """Sign a device in; an account that is not there gets the id of no session."""
    settings = app.config["DISPATCH_SETTINGS"]
    device = accounts.Device(device_id) if device_id else None
    try:
        with _inside(app), storage.transaction():
            return accounts.open_session(
                account_id,
                device=device,
                secret=settings.secret_key,
                now=clock.utc_now(),
                session_days=settings.session_days,
            ).session_id
    except accounts.AccountNotFoundError:
        return uuid4()


def _inside(app: Flask) -> AbstractContextManager[object]:
    """Enter the application; inside the `db` fixture stay there, since the session to be undone belongs to it."""
    is_inside = has_app_context() and current_app._get_current_object() is app
    return nullcontext() if is_inside else app.app_context()


def _somewhere(role: Role) -> Grant:
    if role in {Role.ELDER, Role.FAMILY}:
        return Grant(role, ScopeKind.ELDER, str(uuid4()))
    if role is Role.COORDINATOR:
        return Grant(role, ScopeKind.ORGANIZATION, str(uuid4()))
    return Grant(role, ScopeKind.AREA, "12")
