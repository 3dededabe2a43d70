"""Accounts that speak for an elder: the elder's own, and relatives'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import accounts, clock, elders, storage
from dispatch.actor import Role, ScopeKind
from dispatch.api.access import actor, open_to
from dispatch.api.elders import log_cards, present_ties, today
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas import accounts as schemas
from dispatch.errors import NotFoundError

if TYPE_CHECKING:
    from dispatch.accounts import IssuedCode

CARETAKERS = (Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER)

bp = Blueprint("elder_accounts", __name__, url_prefix="/v1", description="Accounts that speak for an elder")


@bp.get("/elders/<uuid:elder_id>/accounts")
@open_to(*CARETAKERS)
@bp.response(200, schemas.BoundAccountsSchema)
def list_bound(elder_id: UUID) -> dict[str, Any]:
    """List the accounts that speak for an elder in one's care; leaves an access line."""
    with storage.transaction():
        _look(elder_id)
        return {"items": accounts.find_bound(elder_id, on=today())}


@bp.post("/elders/<uuid:elder_id>/link-codes")
@open_to(*CARETAKERS)
@bp.arguments(schemas.LinkWishSchema)
@bp.response(201, schemas.OneTimeCodeSchema)
def issue_link_code(wish: dict[str, Any], elder_id: UUID) -> IssuedCode:
    """Hand out a code that binds one account, of a relative or the elder, to an elder in one's care."""
    with storage.transaction():
        _look(elder_id)
        return accounts.issue_link_code(elder_id, role=wish["role"], actor=actor(), at=clock.utc_now())


@bp.post("/elders/<uuid:elder_id>/accounts/<uuid:bound_account_id>/codes")
@open_to(*CARETAKERS)
@bp.response(201, schemas.OneTimeCodeSchema)
def issue_bound_code(elder_id: UUID, bound_account_id: UUID) -> IssuedCode:
    """Hand out a code for the forgotten password of an account that speaks for elders in one's care only."""
    with storage.transaction():
        _look(elder_id)
        seen = frozenset(_seen(bound_account_id))
        return accounts.issue_bound_code(bound_account_id, elder_id=elder_id, seen=seen, **_terms())


@bp.delete("/elders/<uuid:elder_id>/accounts/<uuid:bound_account_id>")
@open_to(*CARETAKERS)
@bp.response(204)
def unbind(elder_id: UUID, bound_account_id: UUID) -> None:
    """End at once that an account speaks for an elder in one's care."""
    with storage.transaction():
        _look(elder_id)
        accounts.unbind(bound_account_id, elder_id=elder_id, **_terms())


def _look(elder_id: UUID) -> None:
    log_cards([elders.get_in_care(elder_id, actor=actor(), on=today(), ties=present_ties(today()))])


def _seen(account_id: UUID) -> list[UUID]:
    """Give those of an account's elders whom the caller has in care."""
    found = []
    for grant in accounts.find_not_ended(account_id, on=today()):
        if grant.scope_kind is ScopeKind.ELDER:
            try:
                elders.get_in_care(UUID(grant.scope_ref), actor=actor(), on=today(), ties=present_ties(today()))
            except NotFoundError:
                continue
            found.append(UUID(grant.scope_ref))
    return found


def _terms() -> dict[str, Any]:
    return {"actor": actor(), "at": clock.utc_now(), "on": today()}
