"""What an entry is about and which accounts belong to it, by the records and grants of this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import accounts, carers, directory, elders, intake, visits
from dispatch.actor import SYSTEM, Role, ScopeKind
from dispatch.notices.values import Audience, Scene

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from dispatch.journal import Entry

BY_AREA = (Role.COMMUNITY_WORKER, Role.OPERATOR, Role.DISTRICT_OFFICER)


def find_scene(entry: Entry, *, on: date) -> Scene | None:
    """Find what an entry is about; None where that is no longer on record."""
    if entry.kind.startswith("visit."):
        return _scene_of_visit(entry, on=on)
    facts = entry.facts
    request_id = _id(facts.get("care_request_id")) or _id(entry.subject_id)
    card = _card(request_id)
    if card is None:
        return None
    offer_id = _id(facts.get("service_at_site_id")) or card.service_at_site_id
    # who was to go is in the facts where the entry ended it
    visit_ids = card.visit_ids or tuple(each for one in facts.get("visit_ids") or () if (each := _id(one)))
    planned = visits.find_visits(visit_ids=visit_ids) if visit_ids else []
    return Scene(
        elder_id=card.elder_id,
        care_request_id=card.id,
        area_code=card.area_code,
        service_code=card.service_code,
        starts_at=min((one.start_at for one in planned if one.start_at), default=card.window_from_at),
        is_emergency=card.urgency is intake.Urgency.EMERGENCY,
        requested_by=card.requested_by,
        organization_id=_organization(offer_id),
        carer_ids=tuple(one.carer_id for one in planned if one.carer_id),
    )


def find_accounts(audiences: Iterable[Audience], *, scene: Scene, on: date) -> dict[Audience, frozenset[UUID]]:
    """Find the accounts of each audience, by the grants that hold on a date."""
    return {audience: _FIND[audience](scene, on) for audience in audiences}


def may_still_see(account_id: UUID, *, scene: Scene, on: date) -> bool:
    """Say whether an account that asked for something is still one that may see it."""
    actor = accounts.find_actor(account_id, on=on)
    if actor is None or scene.elder_id is None:
        return False
    return scene.elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY) or actor.covers_area(
        scene.area_code or "-", *BY_AREA
    )


def _scene_of_visit(entry: Entry, *, on: date) -> Scene | None:
    visit_id = _id(entry.subject_id)
    found = visits.find_visits(visit_ids=[visit_id]) if visit_id else []
    if not found:
        return None
    visit = found[0]
    card = _card(intake.find_request_ids([visit.visit_id]).get(visit.visit_id))
    carer_ids = _carers_of(entry, present_id=visit.carer_id)
    reaches = list(carers.find_reach(carer_ids).values())
    return Scene(
        elder_id=visit.elder_id,
        care_request_id=card.id if card else None,
        visit_id=visit.visit_id,
        area_code=card.area_code if card else elders.find_area_codes([visit.elder_id], on=on).get(visit.elder_id),
        service_code=visit.service_code,
        starts_at=visit.start_at or visit.window_from_at,
        is_emergency=card is not None and card.urgency is intake.Urgency.EMERGENCY,
        requested_by=card.requested_by if card else None,
        organization_id=reaches[0].organization_id if reaches else None,
        carer_ids=carer_ids,
    )


def _carers_of(entry: Entry, *, present_id: UUID | None) -> tuple[UUID, ...]:
    """Say whose visit an entry tells of; whoever has lost it since is told so by another entry."""
    named_id = _id(entry.facts.get("carer_id")) or present_id
    is_lost = entry.kind in {"visit.assigned", "visit.published", "visit.moved"} and named_id != present_id
    return () if named_id is None or is_lost else (named_id,)


def _card(request_id: UUID | None) -> intake.RequestCard | None:
    if request_id is None:
        return None
    try:
        return intake.get_request(request_id, actor=SYSTEM)
    except intake.CareRequestNotFoundError:
        return None


def _organization(offer_id: UUID | None) -> UUID | None:
    return directory.find_organization_of(offer_id) if offer_id else None


def _speakers(scene: Scene, on: date) -> frozenset[UUID]:
    if scene.elder_id is None:
        return frozenset()
    # of a record that went into another, the accounts are bound to the one that stays
    now = elders.find_merged([scene.elder_id]).get(scene.elder_id, scene.elder_id)
    return accounts.find_holders(Role.ELDER, Role.FAMILY, kind=ScopeKind.ELDER, refs=[str(now)], on=on)


def _requester(scene: Scene, on: date) -> frozenset[UUID]:
    asked = scene.requested_by
    if asked is None or not may_still_see(asked, scene=scene, on=on):
        return frozenset()
    return frozenset({asked})


def _provider(scene: Scene, on: date) -> frozenset[UUID]:
    if scene.organization_id is None:
        return frozenset()
    return accounts.find_holders(
        Role.COORDINATOR, kind=ScopeKind.ORGANIZATION, refs=[str(scene.organization_id)], on=on
    )


def _carers(scene: Scene, on: date) -> frozenset[UUID]:
    found = {reach.account_id for reach in carers.find_reach(scene.carer_ids).values() if reach.account_id}
    return frozenset(one for one in found if _is_carer(one, on=on))


def _is_carer(account_id: UUID, *, on: date) -> bool:
    actor = accounts.find_actor(account_id, on=on)
    return actor is not None and actor.has_role(Role.CARER, Role.COMMUNITY_WORKER)


def _officers(scene: Scene, on: date) -> frozenset[UUID]:
    code = scene.area_code or ""
    above = [code[:length] for length in range(1, len(code) + 1)]
    return accounts.find_holders(Role.DISTRICT_OFFICER, kind=ScopeKind.AREA, refs=above, on=on)


_FIND = {
    Audience.SPEAKERS: _speakers,
    Audience.REQUESTER: _requester,
    Audience.PROVIDER: _provider,
    Audience.CARERS: _carers,
    Audience.OFFICERS: _officers,
}


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
