"""One-time codes and passwords: what whoever holds a code, or the old password, does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from dispatch import accounts, clock, dates, storage
from dispatch.api.access import account_id, actor, open_to_anyone, open_to_every_account, settings
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas import accounts as schemas

if TYPE_CHECKING:
    from dispatch.accounts import AccountView

bp = Blueprint("passwords", __name__, url_prefix="/v1", description="Passwords and one-time codes")


@bp.post("/auth/passwords")
@open_to_anyone
@bp.arguments(schemas.PasswordByCodeSchema)
@bp.response(204)
def choose_password(wish: dict[str, str]) -> None:
    """Choose a password with a one-time code; all devices of the account are signed out."""
    _count(wish["code"])
    password_hash = accounts.hash_new_password(wish["password"])
    with storage.transaction():
        accounts.redeem_password_code(
            wish["code"], password_hash=password_hash, address=request.remote_addr, at=clock.utc_now()
        )


@bp.post("/auth/registrations")
@open_to_anyone
@bp.arguments(schemas.RegistrationSchema)
@bp.response(201, schemas.MeSchema)
def register(wish: dict[str, Any]) -> AccountView:
    """Make an account that is bound to the elder of a one-time code, and to nothing else."""
    _count(wish["code"])
    password_hash = accounts.hash_new_password(wish.pop("password"))
    with storage.transaction():
        terms = _terms() | {"caller_id": actor().account_id}
        account = accounts.register_with_code(wish.pop("code"), password_hash=password_hash, **wish, **terms)
        return accounts.get_account(account)


@bp.post("/me/links")
@open_to_every_account
@bp.arguments(schemas.CodeTypedSchema)
@bp.response(201, schemas.LinkedSchema)
def link(wish: dict[str, str]) -> dict[str, Any]:
    """Bind one's own account to the elder of a one-time code."""
    _count(wish["code"])
    with storage.transaction():
        return {"elder_id": accounts.redeem_link_code(wish["code"], account_id=account_id(), **_terms())}


@bp.patch("/me")
@open_to_every_account
@bp.arguments(schemas.MeChangeSchema)
@bp.response(200, schemas.MeSchema)
def change_me(change: dict[str, Any]) -> AccountView:
    """Change how one is called, and the language one is written to in."""
    wanted = {"display_name": None, "locale": None} | change
    with storage.transaction():
        accounts.change_own(account_id(), **wanted, actor=actor(), at=clock.utc_now())
        return accounts.get_account(account_id())


@bp.put("/me/password")
@open_to_every_account
@bp.arguments(schemas.OwnPasswordSchema)
@bp.response(204)
def change_password(wish: dict[str, str]) -> None:
    """Change one's own password; all other devices are signed out."""
    with storage.reading():
        name = accounts.get_account(account_id()).username
    with storage.transaction():
        accounts.count_try(name, address=request.remote_addr, now=clock.utc_now())
    with storage.reading():
        accounts.authenticate(name, password=wish["old_password"])
    password_hash = accounts.hash_new_password(wish["new_password"])
    with storage.transaction():
        accounts.forget_tries(name, address=request.remote_addr)
        accounts.set_password(
            account_id(), password_hash=password_hash, actor=actor(), at=clock.utc_now(), but=actor().session_id
        )


def _count(code: str) -> None:
    """Count the try before it is judged, so that nobody tries many."""
    with storage.transaction():
        accounts.count_try(accounts.plain_code(code), address=request.remote_addr, now=clock.utc_now())


def _terms() -> dict[str, Any]:
    now = clock.utc_now()
    return {"address": request.remote_addr, "at": now, "on": dates.service_date(now, settings().time_zone)}
