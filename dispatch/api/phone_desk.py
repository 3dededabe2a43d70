"""The phone operators' desk: who is on the line, what is open for them, and the call itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import accounts, clock, elders, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to
from dispatch.api.elders import elder_out, log_cards, present_ties, today
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.phone_desk import (
    CallSchema,
    CallsQuery,
    CallsSchema,
    CallWishSchema,
    DeskFindingsSchema,
    DeskQuestionSchema,
)
from dispatch.journal import AccessPurpose

if TYPE_CHECKING:
    from dispatch.accounts import CallView

bp = Blueprint("phone_desk", __name__, url_prefix="/v1", description="The phone operators' desk")


@bp.post("/phone-desk/search")
@open_to(*elders.DESK)
@bp.arguments(DeskQuestionSchema)
@bp.response(200, DeskFindingsSchema)
def search(wish: dict[str, Any]) -> dict[str, Any]:
    """Find an elder by name, pinyin, initials, phone or community, with what is open for them; each leaves a line."""
    on = today()
    with storage.transaction():
        found = elders.search_elders(
            wish["q"], actor=actor(), on=on, ties=present_ties(on), area_prefix=wish["area"], limit=wish["limit"]
        )
        requests = intake.find_open_requests([card.elder_id for card in found.cards], actor=actor())
        log_cards(list(found.cards))
    items = [{"elder": elder_out(card), "open_requests": requests.get(card.elder_id, [])} for card in found.cards]
    return {"items": items, "is_more": found.is_more}


@bp.post("/elders/<uuid:elder_id>/calls")
@open_to(Role.OPERATOR)
@bp.arguments(CallWishSchema)
@bp.response(201, CallSchema)
def open_call(wish: dict[str, Any], elder_id: UUID) -> CallView:
    """See an elder's name, phone and door in full while they, or somebody for them, are on the line."""
    with storage.transaction():
        area_code = _reach(elder_id)
        log_access([elder_id], purpose=AccessPurpose.REQUEST)
        return accounts.open_call(elder_id, area_code=area_code, **wish, actor=actor(), at=clock.utc_now())


@bp.post("/calls/<uuid:call_id>/ending")
@open_to(Role.OPERATOR)
@bp.response(201, CallSchema)
def end_call(call_id: UUID) -> CallView:
    """Hang up: the record is masked again."""
    with storage.transaction():
        ended = accounts.end_call(call_id, actor=actor(), at=clock.utc_now())
        log_access([ended.elder_id], purpose=AccessPurpose.REQUEST)
        return ended


@bp.get("/calls")
@open_to(*elders.DESK)
@bp.arguments(CallsQuery, location="query")
@bp.response(200, CallsSchema)
def list_calls(query: dict[str, Any]) -> dict[str, Any]:
    """List the calls that operators served in one's area, or an operator's own, the newest first."""
    limit = query["limit"]
    with storage.transaction():
        found = accounts.find_calls(
            prefixes=actor().area_prefixes(Role.DISTRICT_OFFICER),
            account_id=actor().account_id,
            before=UUID(query["cursor"][0]) if query["cursor"] else None,
            limit=limit + 1,
        )
        _log_calls(found[:limit])
    last = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return {"items": found[:limit], "next_cursor": last}


def _log_calls(calls: list[CallView]) -> None:
    """Leave a line for each elder: the officer supervises, the operator looks at the own work."""
    is_over = {one.elder_id: actor().covers_area(one.area_code, Role.DISTRICT_OFFICER) for one in calls}
    for purpose, wanted in ((AccessPurpose.SUPERVISION, True), (AccessPurpose.REQUEST, False)):
        log_access(sorted(each for each, officer in is_over.items() if officer is wanted), purpose=purpose)


def _reach(elder_id: UUID) -> str:
    """Give the area of an elder of the operator's; raises elders.ElderNotFoundError, or that the record was merged."""
    area_code = elders.find_area_codes([elder_id], on=today()).get(elder_id)
    if area_code is None or not actor().covers_area(area_code, Role.OPERATOR):
        raise elders.ElderNotFoundError(elder_id=elder_id)
    elders.check_not_merged(elder_id)
    return area_code
