"""
Adopting a scenario: its changes are made in the register, all or none, by the directory's own operations.

Before, each change is held against how the register stood when it was entered: what has changed since in a way that
the change did not know of is a reason to refuse, and all reasons are told at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import areas, dates, directory, geo, storage
from dispatch.actor import Grant, Role, ScopeKind
from dispatch.coverage.models import ScenarioChange as ChangeRow
from dispatch.coverage.operations.editing import add_network_edit
from dispatch.coverage.operations.placing import find_near
from dispatch.coverage.operations.providing import open_sites
from dispatch.coverage.operations.scenario_reading import ScenarioNotFoundError, get_scenario
from dispatch.coverage.operations.scenarios import ScenarioEmptyError, moved, row_to_move
from dispatch.coverage.rules.basing import edit_wish, edited
from dispatch.coverage.rules.editing import InvalidNetworkEditError, NetworkEditIdleError, check_edit
from dispatch.coverage.values.scenarios import ChangeKind, ScenarioStatus
from dispatch.errors import ConflictError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.coverage.values import CheckedEdit
    from dispatch.coverage.values.scenarios import Scenario, ScenarioChange
    from dispatch.streets import Network

SOURCE = "scenario"
REASONS = {
    "network_edit": Words("路网改动在现在的路网上做不成", "The edit cannot be made on the streets as they are now"),
    "organization_missing": Words("新站点要填写机构 organization_id", "The new site needs an organization_id"),
    "facility_type_missing": Words("新站点要填写设施类型 facility_type", "The new site needs a facility_type"),
    "no_such_organization": Words("没有这个机构", "There is no such organization"),
    "site_there_already": Words(
        "加入方案以后，这里已有同类站点开放", "A site of the kind has opened there since the change was entered"
    ),
    "site_merged": Words("站点已并入另一站点", "The site was merged into another one"),
    "site_left_area": Words("站点已不在方案的区域内", "The site is not in the scenario's area any more"),
    "site_moved": Words("加入方案以后，站点换了位置", "The site has moved since the change was entered"),
    "stage_changed": Words("加入方案以后，站点的状态变了", "The site's stage has changed since the change was entered"),
    "later_stage": Words("站点已登记了以后的状态", "A later stage of the site is on record"),
    "no_such_service": Words("站点不提供这项服务", "The site does not give the service"),
    "several_services": Words(
        "站点有几项这类服务，不知道改哪一项的容量",
        "The site gives several services of the kind; whose places are meant",
    ),
}


class ScenarioConflictsError(ConflictError):
    """The register does not stand as the scenario knew it; `facts.reasons` say where, change by change."""

    slug = "scenario-conflicts"
    title = Words("名录已有变化，不能采纳", "The register has changed; this cannot be adopted")
    detail = Words(
        "{count} 处冲突逐项附在后面。删去有冲突的改动后重新加入，就以现在的名录为准。",
        "The facts name {count} conflicts (reasons). Take out the changes that conflict and enter them again: so they "
        "rest on the register as it stands.",
    )


def adopt_scenario(
    scenario_id: UUID, *, version: int, network: Network, actor: Actor, at: datetime, zone: ZoneInfo
) -> Scenario:
    """
    Make a shared scenario's changes in the register: an officer of its area does. Journal: scenario.adopted.

    A new site is open from its date, planned until then; without a date it is planned. A site that closes keeps
    its history. Hours and capacity are those of the scenario's service at the site. Everything is made in the
    caller's transaction.

    Raises
    ------
    ScenarioNotFoundError, ScenarioFinishedError, ScenarioChangedError, ScenarioEmptyError
        As for sharing; whoever is no officer of the area finds nothing.
    ScenarioConflictsError
        The register has changed since, or the changes do not say enough; nothing was done.

    """
    found = get_scenario(scenario_id, actor=actor)
    if not actor.covers_area(found.area_code, Role.DISTRICT_OFFICER):
        raise ScenarioNotFoundError(scenario_id=scenario_id)
    row = row_to_move(found, to=ScenarioStatus.ADOPTED, version=version)
    if not found.changes:
        raise ScenarioEmptyError
    today = dates.service_date(at, zone)
    _refuse_conflicts(found, network=network, today=today)
    adopted = {}
    for change in found.changes:
        adopted[change.id] = _adopt(change, scenario=found, network=network, actor=actor, at=at, zone=zone)
        storage.session().get_one(ChangeRow, change.id).adopted_id = adopted[change.id]
    return moved(
        row,
        to=ScenarioStatus.ADOPTED,
        actor=actor,
        at=at,
        adopted=[
            {"change_id": str(one.id), "kind": one.kind.value, "id": str(adopted[one.id])} for one in found.changes
        ],
    )


def _refuse_conflicts(found: Scenario, *, network: Network, today: date) -> None:
    closing = {str(one.site_id) for one in found.changes if one.kind is ChangeKind.CLOSE}
    reasons = []
    for change in found.changes:
        if change.kind is ChangeKind.NETWORK_EDIT:
            codes = [] if _checked(change, scenario=found, network=network, today=today) else ["network_edit"]
        elif change.kind is ChangeKind.OPEN:
            codes = _conflicts_of_new(change, closing=closing, network=network, today=today)
        else:
            codes = _conflicts_of_site(change, scenario=found, today=today)
        reasons += [
            {"position": change.position, "change_id": str(change.id), "code": code, "reason": REASONS[code]}
            for code in codes
        ]
    if reasons:
        raise ScenarioConflictsError(count=len(reasons), reasons=reasons)


def _conflicts_of_new(change: ScenarioChange, *, closing: set[str], network: Network, today: date) -> list[str]:
    payload, codes = change.payload, []
    if "organization_id" not in payload:
        codes.append("organization_missing")
    elif storage.session().get(directory.Organization, UUID(payload["organization_id"])) is None:
        codes.append("no_such_organization")
    if "facility_type" not in payload:
        codes.append("facility_type_missing")
    near = set(find_near(change, sites=open_sites(payload["service_code"], on=today), network=network))
    if near - set(change.seen.get("near", [])) - closing:
        codes.append("site_there_already")
    return codes


def _conflicts_of_site(change: ScenarioChange, *, scenario: Scenario, today: date) -> list[str]:
    site = directory.get_site(_site_id(change))
    seen, codes = change.seen, []
    if site.merged_into_id is not None:
        return ["site_merged"]
    if not site.area_code.startswith(scenario.area_code):
        codes.append("site_left_area")
    if directory.stage_of(site.id, on=today) != seen.get("stage"):
        codes.append("stage_changed")
    if (site.lon, site.lat) != (seen.get("lon"), seen.get("lat")):
        codes.append("site_moved")
    if change.kind is ChangeKind.CLOSE:
        begin = _begin(change, today=today)
        entries = directory.list_site_part(site.id, part=directory.SitePart.STAGES)
        if any(entry.valid_from > begin for entry in entries):
            codes.append("later_stage")
    if change.kind in {ChangeKind.CAPACITY, ChangeKind.HOURS}:
        offers = _offers(change, scenario=scenario, on=today)
        if not offers:
            codes.append("no_such_service")
        elif change.kind is ChangeKind.CAPACITY and len(offers) > 1:
            codes.append("several_services")
    return codes


def _adopt(
    change: ScenarioChange, *, scenario: Scenario, network: Network, actor: Actor, at: datetime, zone: ZoneInfo
) -> UUID:
    today = dates.service_date(at, zone)
    if change.kind is ChangeKind.OPEN:
        return _open(change, actor=actor, at=at, zone=zone)
    if change.kind is ChangeKind.NETWORK_EDIT:
        return _edit_network(change, scenario=scenario, network=network, actor=actor, at=at, today=today)
    site_id = _site_id(change)
    if change.kind is ChangeKind.CLOSE:
        _close(site_id, begin=_begin(change, today=today), actor=actor, at=at)
    elif change.kind is ChangeKind.MOVE:
        _move(site_id, change=change, actor=actor, at=at)
    else:
        _put_offers(change, scenario=scenario, today=today, actor=actor, at=at)
    return site_id


def _move(site_id: UUID, *, change: ScenarioChange, actor: Actor, at: datetime) -> None:
    """Give a site its new point, and the community that holds it, as the scenario counted it."""
    site = directory.get_site(site_id)
    directory.locate_site(site_id, point=_point(change.payload), version=site.version, actor=actor, at=at)
    area_code = change.payload.get("area_code", site.area_code)
    if area_code == site.area_code:
        return
    storage.session().flush()  # the version that the next change is held against
    moved_there = directory.SiteChange(
        name=site.name,
        facility_type=site.facility_type,
        area_code=area_code,
        address=site.address,
        institution_class=site.institution_class,
        floor_area_m2=site.floor_area_m2,
        verified_at=site.verified_at,
        verified_by=site.verified_by,
        stages=tuple(
            (one.stage, one.valid_from, one.valid_to)
            for one in directory.list_site_part(site_id, part=directory.SitePart.STAGES)
        ),
    )
    directory.change_site(site_id, change=moved_there, version=site.version, actor=actor, at=at)


def _open(change: ScenarioChange, *, actor: Actor, at: datetime, zone: ZoneInfo) -> UUID:
    payload, today = change.payload, dates.service_date(at, zone)
    organization_id = UUID(payload["organization_id"])
    planned, opened = directory.Stage.PLANNED.value, directory.Stage.OPEN.value
    stages: list[tuple[str, date, date | None]]
    if "valid_from" not in payload:
        stages = [(planned, today, None)]
    else:
        begin = date.fromisoformat(payload["valid_from"])
        stages = [(planned, today, begin)] if begin > today else []
        stages.append((opened, begin, None))
    site = directory.create_site(
        directory.NewSite(
            organization_id=organization_id,
            name=payload["name"],
            facility_type=payload["facility_type"],
            area_code=payload["area_code"],
            address=payload.get("address", ""),
            point=_point(payload),
            stages=tuple(stages),
            hours=payload.get("hours"),
            hours_from=stages[-1][1],
            source=SOURCE,
            source_ref=str(change.id),
        ),
        actor=actor,
        at=at,
        zone=zone,
    )
    service = next(
        (
            one
            for one in directory.find_services(organization_id)
            if one.service_code == payload["service_code"]
            and one.delivery == directory.Delivery.SITE
            and one.status == directory.ServiceStatus.ACTIVE
        ),
        None,
    ) or directory.create_service(
        directory.NewService(
            organization_id=organization_id,
            service_code=payload["service_code"],
            name=payload["name"],
            delivery=directory.Delivery.SITE.value,
            source_ref=str(change.id),
        ),
        actor=actor,
        at=at,
    )
    places = payload.get("capacity")
    directory.create_offer(
        site.id,
        wish=directory.NewOffer(
            service_id=service.id,
            capacity=None if places is None else (directory.CapacityUnit.PLACE.value, places, places),
            valid_from=stages[-1][1],
        ),
        actor=actor,
        at=at,
        zone=zone,
    )
    return site.id


def _checked(change: ScenarioChange, *, scenario: Scenario, network: Network, today: date) -> CheckedEdit | None:
    """Give an edit of the network as one by itself, or None where it cannot be made on the streets as they are now."""
    earlier = [one for one in scenario.changes if one.position < change.position]
    boundary_ll = areas.get_area(scenario.area_code).boundary_ll
    try:
        return check_edit(
            edit_wish(change, area_code=scenario.area_code, name=scenario.name, on=today),
            network=edited(network, changes=earlier),
            boundary_ll=None if boundary_ll is None else geo.read_polygon(boundary_ll),
            study_area=None,
        )
    except (InvalidNetworkEditError, NetworkEditIdleError):
        return None


def _edit_network(
    change: ScenarioChange, *, scenario: Scenario, network: Network, actor: Actor, at: datetime, today: date
) -> UUID:
    """Put an edit on record; edits are the planners' to make, and whoever adopts signs what a planner drew."""
    checked = _checked(change, scenario=scenario, network=network, today=today)
    if checked is None:  # looked at a moment ago, in this transaction
        raise ScenarioConflictsError(count=1, reasons=[])
    signer = replace(actor, grants=(*actor.grants, Grant(Role.PLANNER, ScopeKind.AREA, scenario.area_code)))
    return add_network_edit(checked, actor=signer, at=at).edit_id


def _close(site_id: UUID, *, begin: date, actor: Actor, at: datetime) -> None:
    part, closed = directory.SitePart.STAGES, directory.Stage.CLOSED
    for entry in directory.list_site_part(site_id, part=part):
        if entry.valid_to is not None and entry.valid_to <= begin:
            continue
        if entry.valid_from == begin:
            record = directory.StageRecord(valid_from=begin, stage=closed)
            directory.correct_site_part(site_id, part=part, entry_id=entry.id, record=record, actor=actor, at=at)
            return
        kept = directory.StageRecord(valid_from=entry.valid_from, valid_to=begin, stage=directory.Stage(entry.stage))
        directory.correct_site_part(site_id, part=part, entry_id=entry.id, record=kept, actor=actor, at=at)
    record = directory.StageRecord(valid_from=begin, stage=closed)
    directory.add_site_part(site_id, part=part, record=record, actor=actor, at=at)


def _put_offers(change: ScenarioChange, *, scenario: Scenario, today: date, actor: Actor, at: datetime) -> None:
    """Give hours or places to the scenario's service at a site; its other services keep theirs."""
    site = directory.get_site(_site_id(change))
    records = []
    for offer in _offers(change, scenario=scenario, on=today):
        service = directory.get_service(offer.service_id)
        owner = directory.get_organization(service.organization_id)
        capacity = None
        if change.kind is ChangeKind.CAPACITY:
            places, before = change.payload["capacity"], offer.capacity
            taken = 0 if before is None else before.maximum - before.available
            unit = directory.CapacityUnit.PLACE if before is None else before.unit
            capacity = (unit.value, places, max(0, places - taken), at)
        records.append(
            directory.OfferRecord(
                site=(site.source, site.source_ref),
                service=(owner.source, owner.source_ref, service.source_ref),
                hours_from=_begin(change, today=today),
                hours=change.payload.get("hours"),
                capacity=capacity,
            )
        )
    directory.put_offers(records, actor=actor, at=at)


def _offers(change: ScenarioChange, *, scenario: Scenario, on: date) -> list[directory.Offer]:
    services = directory.service_with_children(scenario.service_code)
    found = directory.find_offers(service_codes=services, on=on, site_ids=[_site_id(change)])
    return [offer for offer in found if offer.delivery == directory.Delivery.SITE]


def _begin(change: ScenarioChange, *, today: date) -> date:
    return date.fromisoformat(change.payload["valid_from"]) if "valid_from" in change.payload else today


def _point(payload: dict[str, Any]) -> areas.Point:
    return areas.Point(
        lonlat=(payload["lon"], payload["lat"]),
        crs=geo.ReferenceSystem(payload["crs"]),
        raw=(payload["raw"][0], payload["raw"][1]),
    )


def _site_id(change: ScenarioChange) -> UUID:
    if change.site_id is None:
        msg = "A change of a site names it"
        raise ValueError(msg)
    return change.site_id
