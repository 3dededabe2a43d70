"""Elders: the list, one record, and who looked at it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import accounts, carers, clock, dates, elders, intake, journal, storage, visits
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.paging import PageQuery, encode_cursor
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.elders import AccessLogSchema, ElderQuery, ElderSchema, EldersSchema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from dispatch.elders import ElderCard, Ties

bp = Blueprint("elders", __name__, url_prefix="/v1", description="Elders, as far as the reader may see them")

READERS = (
    Role.ELDER,
    Role.FAMILY,
    Role.COMMUNITY_WORKER,
    Role.CARER,
    Role.COORDINATOR,
    Role.OPERATOR,
    Role.DISTRICT_OFFICER,
)


@bp.get("/elders")
@open_to(*READERS)
@bp.arguments(ElderQuery, location="query")
@bp.response(200, EldersSchema)
def list_elders(query: dict[str, Any]) -> dict[str, Any]:
    """List the elders within one's scope; each one shown leaves an access line."""
    on, limit = _today(), query["limit"]
    with storage.transaction():
        found = elders.find_elders(
            actor(),
            on=on,
            ties=present_ties(on),
            surname=query["q"],
            area_prefix=query["area"],
            after=UUID(query["cursor"][0]) if query["cursor"] else None,
            limit=limit + 1,
        )
        shown = found[:limit]
        _log_cards(shown)
    last = encode_cursor(str(shown[-1].elder_id)) if len(found) > limit else None
    return {"items": [_elder(card) for card in shown], "next_cursor": last}


# open to all: for a planner or an administrator no elder exists, which is another thing than a forbidden door
@bp.get("/elders/<uuid:elder_id>")
@open_to(*Role)
@conditional
@bp.response(200, ElderSchema)
def show_elder(elder_id: UUID) -> dict[str, Any]:
    """Show an elder's record as of today; leaves an access line."""
    on = _today()
    with storage.transaction():
        card = elders.get_elder(elder_id, actor=actor(), on=on, ties=present_ties(on))
        _log_cards([card])
    return _elder(card)


@bp.get("/elders/<uuid:elder_id>/access-log")
@open_to(Role.ELDER, Role.FAMILY, Role.DISTRICT_OFFICER)
@bp.arguments(PageQuery, location="query")
@bp.response(200, AccessLogSchema)
def show_access_log(query: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
    """Show who looked at an elder's record, oldest first; asking is a look too, and stands in the next answer."""
    start, limit = int(query["cursor"][0]) if query["cursor"] else 0, query["limit"]
    with storage.transaction():
        card = get_record(elder_id, on=_today())
        lines = journal.find_access_lines(elder_id)
        _log_cards([card])
        shown = lines[start : start + limit]
        names = _display_names(line.account_id for line in shown)
    is_more = len(lines) > start + limit
    return {
        "items": [
            {
                "at": line.at,
                "account_id": line.account_id,
                "display_name": names.get(line.account_id),
                "purpose": line.purpose,
                "route": line.route,
            }
            for line in shown
        ],
        "next_cursor": encode_cursor(start + limit) if is_more else None,
    }


def get_record(elder_id: UUID, *, on: date) -> ElderCard:
    """Give the full record to those who hold it by right: the elder's own, and officers of the area; else 404."""
    card = elders.get_elder(elder_id, actor=actor(), on=on, ties=elders.Ties())
    if card.view is not elders.View.FULL:
        raise elders.ElderNotFoundError(elder_id=elder_id)
    return card


def present_ties(on: date) -> Ties:
    """Find the elders to whom the caller's work ties them on a date; call it inside a transaction or reading."""
    who, zone = actor(), settings().time_zone
    carer_id = carers.find_carer_id(who.account_id) if who.account_id else None
    requested = intake.find_requested_elders(who.organization_ids(Role.COORDINATOR))
    if carer_id is None:
        return elders.Ties(requested=requested)
    begin, end = dates.start_of(on, zone), dates.start_of(on + timedelta(days=1), zone)
    return elders.Ties(
        caseload=visits.find_caseload(carer_id, on=on),
        visited_today=visits.find_visited_on(carer_id, from_at=begin, to_at=end),
        requested=requested,
    )


def purpose_of(card: ElderCard) -> journal.AccessPurpose:
    """Say why the caller looks at an elder: what gives them the view that they have."""
    if card.elder_id in actor().elder_ids(Role.ELDER, Role.FAMILY):
        return journal.AccessPurpose.OWN
    if card.view is elders.View.REQUEST:
        return journal.AccessPurpose.REQUEST
    if card.view is elders.View.VISIT:
        return journal.AccessPurpose.CARE
    area = card.area_code or "-"
    if card.view is elders.View.FULL and actor().covers_area(area, Role.DISTRICT_OFFICER):
        return journal.AccessPurpose.SUPERVISION
    is_worker = actor().covers_area(area, Role.COMMUNITY_WORKER)
    return journal.AccessPurpose.VISIT if is_worker else journal.AccessPurpose.REQUEST


def _today() -> date:
    return dates.service_date(clock.utc_now(), settings().time_zone)


def _log_cards(cards: list[ElderCard]) -> None:
    by_purpose: dict[journal.AccessPurpose, list[UUID]] = {}
    for card in cards:
        by_purpose.setdefault(purpose_of(card), []).append(card.elder_id)
    for purpose, elder_ids in by_purpose.items():
        log_access(elder_ids, purpose=purpose)


def _display_names(account_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    return {each: accounts.get_account(each).display_name for each in set(account_ids) if each is not None}


def _elder(card: ElderCard) -> dict[str, Any]:
    return {
        "elder_id": card.elder_id,
        "view": card.view,
        "name": card.name,
        "sex": card.sex,
        "age_band": card.age_band,
        "born_on": card.born_on,
        "age": card.age,
        "home": {
            "area_code": card.area_code,
            "address": card.address,
            "lon": card.lon,
            "lat": card.lat,
            "is_rounded": card.is_rounded,
            "located_by": card.located_by,
        },
        "registered_area_code": card.registered_area_code,
        "has_lift_access": card.has_lift_access,
        "categories": card.memberships,
        "assessment": card.assessment,
    }
