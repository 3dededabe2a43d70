"""Emergency access: opening one elder for half an hour, and the officers' list of who did."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import accounts, carers, clock, elders, storage, visits
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to
from dispatch.api.elders import today
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.emergencies import (
    EmergenciesQuery,
    EmergenciesSchema,
    EmergencySchema,
    EmergencyWishSchema,
)
from dispatch.journal import AccessPurpose

if TYPE_CHECKING:
    from dispatch.accounts import EmergencyView

WORKED_WITHIN = timedelta(days=90)  # a carer may open who they visited or are to visit so long before or after

bp = Blueprint("emergencies", __name__, url_prefix="/v1", description="Emergency access, with a reason")


@bp.post("/elders/<uuid:elder_id>/emergency-access")
@open_to(Role.COMMUNITY_WORKER, Role.CARER, Role.OPERATOR)
@bp.arguments(EmergencyWishSchema)
@bp.response(201, EmergencySchema)
def open_emergency(wish: dict[str, str], elder_id: UUID) -> EmergencyView:
    """See one elder's name, phone and door in full for 30 minutes; the officers of the area are told at once."""
    with storage.transaction():
        area_code = _reach(elder_id)
        log_access([elder_id], purpose=AccessPurpose.EMERGENCY)
        return accounts.open_emergency(elder_id, area_code=area_code, **wish, actor=actor(), at=clock.utc_now())


@bp.get("/emergency-accesses")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(EmergenciesQuery, location="query")
@bp.response(200, EmergenciesSchema)
def list_emergencies(query: dict[str, Any]) -> dict[str, Any]:
    """List who opened which elder of one's area, why and when, the newest first."""
    limit = query["limit"]
    with storage.transaction():
        found = accounts.find_emergencies(
            prefixes=actor().area_prefixes(Role.DISTRICT_OFFICER),
            acknowledged=query["acknowledged"],
            before=UUID(query["cursor"][0]) if query["cursor"] else None,
            limit=limit + 1,
        )
        log_access(sorted({one.elder_id for one in found[:limit]}), purpose=AccessPurpose.SUPERVISION)
    last = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return {"items": found[:limit], "next_cursor": last}


@bp.post("/emergency-accesses/<uuid:emergency_id>/acknowledgement")
@open_to(Role.DISTRICT_OFFICER)
@bp.response(201, EmergencySchema)
def acknowledge_emergency(emergency_id: UUID) -> EmergencyView:
    """Take note of an emergency access in one's area."""
    with storage.transaction():
        noted = accounts.acknowledge_emergency(emergency_id, actor=actor(), at=clock.utc_now())
        log_access([noted.elder_id], purpose=AccessPurpose.SUPERVISION)
        return noted


def _reach(elder_id: UUID) -> str | None:
    """
    Give the area of an elder whom the caller may open: in the own area, or served by the caller these months.

    Raises elders.ElderNotFoundError where there is no such elder for them.
    """
    area_code = elders.find_area_codes([elder_id], on=today()).get(elder_id)
    if area_code is not None and actor().covers_area(area_code, Role.COMMUNITY_WORKER, Role.OPERATOR):
        return area_code
    account_id, now = actor().account_id, clock.utc_now()
    carer_id = carers.find_carer_id(account_id) if account_id else None
    span = {"from_at": now - WORKED_WITHIN, "to_at": now + WORKED_WITHIN}
    served = visits.find_visited_on(carer_id, **span) if carer_id is not None else frozenset()
    if elder_id not in served | set(elders.find_merged(served).values()):
        raise elders.ElderNotFoundError(elder_id=elder_id)
    elders.check_not_merged(elder_id)
    return area_code
