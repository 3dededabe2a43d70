"""The devices on which one is signed in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dispatch import accounts, clock, storage
from dispatch.api.access import account_id, actor, open_to_every_account
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.accounts import SessionsSchema

if TYPE_CHECKING:
    from uuid import UUID

bp = Blueprint("sessions", __name__, url_prefix="/v1/accounts", description="Devices that are signed in")


@bp.get("/me/sessions")
@open_to_every_account
@bp.response(200, SessionsSchema)
def list_own() -> dict[str, Any]:
    """List the devices on which one is signed in, the one used last first."""
    with storage.reading():
        found = accounts.find_sessions(account_id(), now=clock.utc_now())
    return {"items": [asdict(each) | {"is_this_device": each.id == actor().session_id} for each in found]}


@bp.delete("/me/sessions/<uuid:session_id>")
@open_to_every_account
@bp.response(204)
def end_own(session_id: UUID) -> None:
    """Sign one of one's devices out: a lost phone, say."""
    with storage.transaction():
        accounts.end_session(session_id, account_id=account_id(), actor=actor(), now=clock.utc_now())


@bp.delete("/me/sessions")
@open_to_every_account
@bp.response(204)
def end_all_own() -> None:
    """Sign out everywhere, on this device too."""
    with storage.transaction():
        accounts.end_sessions(account_id(), actor=actor(), now=clock.utc_now())
