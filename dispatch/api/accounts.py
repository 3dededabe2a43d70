"""Accounts that one manages for others: the bureau's, a subdistrict's, an organization's people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import accounts, clock, dates, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas import accounts as schemas

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.accounts import AccountView, IssuedCode, IssuedKey

MANAGERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER, Role.COORDINATOR)

bp = Blueprint("accounts", __name__, url_prefix="/v1/accounts", description="Accounts that one manages for others")


@bp.get("")
@open_to(*MANAGERS)
@bp.arguments(schemas.AccountsQuery, location="query")
@bp.response(200, schemas.AccountsSchema)
def list_accounts(query: dict[str, Any]) -> dict[str, Any]:
    """List the accounts of whom one may give every grant they hold, by user name."""
    limit, after = query["limit"], query["cursor"][0] if query["cursor"] else ""
    with storage.reading():
        found = accounts.find_managed(actor(), on=_today(), role=query["role"], after=after, limit=limit + 1)
    last = encode_cursor(found[limit - 1].username) if len(found) > limit else None
    return {"items": found[:limit], "next_cursor": last}


@bp.post("")
@open_to(*MANAGERS)
@bp.arguments(schemas.NewAccountSchema)
@bp.response(201, schemas.OpenedAccountSchema)
def open_account(wish: accounts.NewAccount) -> dict[str, Any]:
    """Make an account; the code in the answer, shown this once, lets its holder choose a password."""
    terms = _terms()
    with storage.transaction():
        account_id = accounts.open_account(wish, **terms)
        code = None if wish.is_system else accounts.issue_password_code(account_id, **terms)
        return {"account": accounts.get_account(account_id), "password_code": code}


@bp.get("/<uuid:account_id>")
@open_to(*MANAGERS)
@bp.response(200, schemas.AccountSchema)
def show_account(account_id: UUID) -> AccountView:
    """Show an account that one manages, with everything it was ever granted."""
    with storage.reading():
        return accounts.get_managed(account_id, actor=actor(), on=_today())


@bp.patch("/<uuid:account_id>")
@open_to(*MANAGERS)
@bp.arguments(schemas.AccountChangeSchema)
@bp.response(200, schemas.AccountSchema)
def change_account(change: dict[str, Any], account_id: UUID) -> AccountView:
    """Rename an account, keep somebody out (all devices are signed out at once), or let them in again."""
    with storage.transaction():
        return accounts.change_account(account_id, **change, **_terms())


@bp.post("/<uuid:account_id>/grants")
@open_to(*MANAGERS)
@bp.arguments(schemas.NewDatedGrantSchema)
@bp.response(201, schemas.AccountSchema)
def give_grant(wish: dict[str, Any], account_id: UUID) -> AccountView:
    """Grant a role within a scope, from today on; nobody gives more than they may."""
    with storage.transaction():
        accounts.give_grant(account_id, **wish, **_terms())
        return accounts.get_account(account_id)


@bp.delete("/<uuid:account_id>/grants/<uuid:grant_id>")
@open_to(*MANAGERS)
@bp.response(204)
def end_grant(account_id: UUID, grant_id: UUID) -> None:
    """End a grant at once; it stays on record."""
    with storage.transaction():
        accounts.end_grant(grant_id, account_id=account_id, **_terms())


@bp.post("/<uuid:account_id>/codes")
@open_to(*MANAGERS)
@bp.response(201, schemas.OneTimeCodeSchema)
def issue_code(account_id: UUID) -> IssuedCode:
    """Hand out a code for a forgotten password; older codes of the account are useless from now on."""
    with storage.transaction():
        return accounts.issue_password_code(account_id, **_terms())


@bp.get("/<uuid:account_id>/sessions")
@open_to(*MANAGERS)
@bp.response(200, schemas.ManagedSessionsSchema)
def list_sessions(account_id: UUID) -> dict[str, Any]:
    """List the devices on which the holder of an account is signed in."""
    with storage.reading():
        accounts.get_managed(account_id, actor=actor(), on=_today())
        return {"items": accounts.find_sessions(account_id, now=clock.utc_now())}


@bp.delete("/<uuid:account_id>/sessions")
@open_to(*MANAGERS)
@bp.response(204)
def end_sessions(account_id: UUID) -> None:
    """Sign somebody out on all devices: a lost phone, say."""
    with storage.transaction():
        accounts.get_managed(account_id, actor=actor(), on=_today())
        accounts.end_sessions(account_id, actor=actor(), now=clock.utc_now())


@bp.get("/<uuid:account_id>/keys")
@open_to(*MANAGERS)
@bp.response(200, schemas.KeysSchema)
def list_keys(account_id: UUID) -> dict[str, Any]:
    """List the keys with which partner systems act as an account, those that are over too."""
    with storage.reading():
        accounts.get_managed(account_id, actor=actor(), on=_today())
        return {"items": accounts.find_keys(account_id)}


@bp.post("/<uuid:account_id>/keys")
@open_to(*MANAGERS)
@bp.arguments(schemas.NewKeySchema)
@bp.response(201, schemas.IssuedKeySchema)
def issue_key(wish: dict[str, Any], account_id: UUID) -> IssuedKey:
    """Hand out a key for the account of a partner system; what a test key does is answered as always and not kept."""
    with storage.transaction():
        return accounts.issue_key(account_id, **wish, **_terms())


@bp.delete("/<uuid:account_id>/keys/<uuid:key_id>")
@open_to(*MANAGERS)
@bp.response(204)
def revoke_key(account_id: UUID, key_id: UUID) -> None:
    """Make a key useless at once; it stays on record."""
    with storage.transaction():
        accounts.revoke_key(key_id, account_id=account_id, **_terms())


def _terms() -> dict[str, Any]:
    return {"actor": actor(), "at": clock.utc_now(), "on": _today()}


def _today() -> date:
    return dates.service_date(clock.utc_now(), settings().time_zone)
