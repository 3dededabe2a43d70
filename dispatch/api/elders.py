"""Elders: the list and one record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for

from dispatch import accounts, assignment, carers, clock, dates, elders, intake, journal, privacy, storage, visits
from dispatch.actor import Role
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import LOCATION_DOC, Blueprint, conditional, moved, version_wanted, with_version
from dispatch.api.schemas.elders import (
    DuplicatesQuery,
    DuplicatesSchema,
    ElderAtQuery,
    ElderChangeSchema,
    ElderMergedSchema,
    ElderMergeSchema,
    ElderQuery,
    ElderSchema,
    EldersSchema,
    NewElderSchema,
)

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

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
    on, limit = today(), query["limit"]
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
        page = found[:limit]
        log_cards(page)
    last = encode_cursor(str(page[-1].elder_id)) if len(found) > limit else None
    return {"items": [elder_out(card) for card in page], "next_cursor": last}


@bp.get("/elders/duplicates")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(DuplicatesQuery, location="query")
@bp.response(200, DuplicatesSchema)
def list_duplicates(query: dict[str, Any]) -> dict[str, Any]:
    """List pairs of elders who may be one person, with the reasons; each one shown leaves an access line."""
    with storage.transaction():
        found = elders.find_duplicates(actor(), on=today(), area_prefix=query["area"], limit=query["limit"])
        log_cards(list({card.elder_id: card for pair in found.pairs for card in pair.elders}.values()))
    items = [{"pair": [elder_out(card) for card in pair.elders], "likeness": pair.likeness} for pair in found.pairs]
    return {"items": items, "total": found.total}


# open to all: for a planner or an administrator no elder exists, which is another thing than a forbidden door
@bp.get("/elders/<uuid:elder_id>")
@open_to(*Role)
@conditional
@bp.arguments(ElderAtQuery, location="query")
@bp.alt_response(301, description="It was merged into the record that `Location` names", headers=LOCATION_DOC)
@bp.response(200, ElderSchema)
def show_elder(query: dict[str, Any], elder_id: UUID) -> ResponseReturnValue:
    """Show an elder's record, of today or another day, as it is or was on record; leaves an access line."""
    now_on = today()
    with storage.transaction():
        into_id = elders.find_merged([elder_id]).get(elder_id)
        if into_id is not None and not (query["on"] or query["known_at"]):
            elders.get_elder(into_id, actor=actor(), on=now_on, ties=present_ties(now_on))  # 404 for who may not
            return moved(url_for("elders.show_elder", elder_id=into_id))
        ties = present_ties(now_on)
        log_cards([elders.get_elder(elder_id, actor=actor(), on=now_on, ties=ties)])
        card = elders.get_elder(
            elder_id, actor=actor(), on=now_on, ties=ties, as_of=query["on"], known_at=query["known_at"]
        )
    return shown(card, on=now_on)


@bp.post("/elders/<uuid:elder_id>/merge")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(ElderMergeSchema)
@bp.response(200, ElderMergedSchema)
def merge_elder(wish: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
    """Merge a record into another one of the same person; its id answers 301 from then on, its history stays."""
    on, now, version = today(), clock.utc_now(), version_wanted()
    with storage.transaction():
        log_cards([get_record(each, on=on) for each in sorted({elder_id, wish["into_id"]})])
        taken = privacy.merge_elder(elder_id, into_id=wish["into_id"], version=version, actor=actor(), at=now, on=on)
    return {"elder_id": elder_id, "merged_into_id": wish["into_id"], "taken_over": taken}


@bp.post("/elders")
@open_to(Role.DISTRICT_OFFICER, Role.COMMUNITY_WORKER)
@bp.arguments(NewElderSchema)
@bp.response(201, ElderSchema)
def create_elder(record: elders.ElderRecord) -> ResponseReturnValue:
    """Put an elder on record who lives in one's own area."""
    on, now = today(), clock.utc_now()
    with storage.transaction():
        elder_id = elders.create_elder(record, actor=actor(), at=now)
        card = elders.get_elder(elder_id, actor=actor(), on=on, ties=present_ties(on))
        log_cards([card])
    return shown(card, on=on, status=201)


@bp.patch("/elders/<uuid:elder_id>")
@open_to(Role.DISTRICT_OFFICER, Role.COMMUNITY_WORKER)
@bp.arguments(ElderChangeSchema)
@bp.response(200, ElderSchema)
def change_elder(change: elders.ElderChange, elder_id: UUID) -> ResponseReturnValue:
    """Change who an elder is: what is left out stays, null empties it."""
    on, now, version = today(), clock.utc_now(), version_wanted()
    with storage.transaction():
        ties = present_ties(on)
        elders.change_elder(elder_id, change=change, version=version, actor=actor(), at=now, on=on, ties=ties)
        card = elders.get_elder(elder_id, actor=actor(), on=on, ties=ties)
        log_cards([card])
    return shown(card, on=on)


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
    organizations = who.organization_ids(Role.COORDINATOR)
    # an open request is one that the organization serves, or is asked to serve now
    requested = intake.find_requested_elders(organizations) | (
        assignment.find_offered_elders(organizations) if organizations else frozenset()
    )
    now = clock.utc_now()
    opened = frozenset(accounts.find_open_emergencies(who.account_id, now=now) if who.account_id else ())
    is_operator = who.account_id is not None and who.has_role(Role.OPERATOR)
    on_line = accounts.find_on_line(who.account_id, now=now) if is_operator and who.account_id else frozenset()
    if carer_id is None:
        return elders.Ties(requested=requested, opened=opened, on_line=on_line)
    begin, end = dates.start_of(on, zone), dates.start_of(on + timedelta(days=1), zone)
    visited = visits.find_visited_on(carer_id, from_at=begin, to_at=end)
    return elders.Ties(
        caseload=visits.find_caseload(carer_id, on=on),
        visited_today=visited | set(elders.find_merged(visited).values()),
        requested=requested,
        opened=opened,
        on_line=on_line,
    )


def shown(card: ElderCard, *, on: date, status: int = 200) -> ResponseReturnValue:
    """Send a record; its ETag differs by day and by how much is shown."""
    return with_version(elder_out(card), card.version, status, view=f"{on}-{card.view.value}")


def purpose_of(card: ElderCard) -> journal.AccessPurpose:
    """Say why the caller looks at an elder: what gives them the view that they have."""
    if card.elder_id in actor().elder_ids(Role.ELDER, Role.FAMILY):
        return journal.AccessPurpose.OWN
    if card.view in {elders.View.REQUEST, elders.View.CALL}:
        return journal.AccessPurpose.REQUEST
    if card.view is elders.View.EMERGENCY:
        return journal.AccessPurpose.EMERGENCY
    if card.view is elders.View.VISIT:
        return journal.AccessPurpose.CARE
    area = card.area_code or "-"
    if card.view is elders.View.FULL and actor().covers_area(area, Role.DISTRICT_OFFICER):
        return journal.AccessPurpose.SUPERVISION
    is_worker = actor().covers_area(area, Role.COMMUNITY_WORKER)
    return journal.AccessPurpose.VISIT if is_worker else journal.AccessPurpose.REQUEST


def today() -> date:
    """Give the local date."""
    return dates.service_date(clock.utc_now(), settings().time_zone)


def log_cards(cards: list[ElderCard]) -> None:
    """Leave a line for each elder whose record the present request shows or changes."""
    by_purpose: dict[journal.AccessPurpose, list[UUID]] = {}
    for card in cards:
        by_purpose.setdefault(purpose_of(card), []).append(card.elder_id)
    for purpose, elder_ids in by_purpose.items():
        log_access(elder_ids, purpose=purpose)


def elder_out(card: ElderCard) -> dict[str, Any]:
    """Give a record as far as it is shown."""
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
        "phone": card.phone,
        "id_no_masked": card.id_no_masked,
        "version": card.version,
        "categories": card.memberships,
        "assessment": card.assessment,
    }
