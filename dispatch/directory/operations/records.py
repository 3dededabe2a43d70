"""Organizations, sites and services, stored in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas
from dispatch.directory.models import Organization, Service, Site, SiteStatus
from dispatch.directory.operations.cells import refresh_cells
from dispatch.directory.operations.putting import Tally, apply_columns
from dispatch.directory.queries.codes import check_codes, find_codes
from dispatch.directory.queries.keys import (
    all_or_unknown,
    in_pieces,
    organizations_by_key,
    services_by_key,
    sites_by_key,
)
from dispatch.directory.values import (
    Delivery,
    OrganizationRecord,
    ServiceRecord,
    ServiceStatus,
    SiteRecord,
    Stage,
    search_text,
)
from dispatch.errors import InvalidError
from dispatch.storage import as_known, insert_rows, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.directory.values import SourceKey

ORGANIZATION = Words("机构", "organization")
TABLE_OF: dict[type, Any] = {model: model.__table__ for model in (Organization, Site, SiteStatus)}


class InvalidStagesError(InvalidError):
    """The stages of a site are not known ones, or two of them hold on one day."""

    slug = "invalid-stages"
    title = Words("站点状态的日期重叠或状态不对", "The site's stages are wrong or overlap")


class DeliveryNotAllowedError(InvalidError):
    """A service is to be given in a way that its code does not know."""

    slug = "delivery-not-allowed"
    title = Words("这项服务不能以这种方式提供", "The service is not given in this way")
    detail = Words("{service_code} 的提供方式只能是：{allowed}。", "{service_code} can be given as: {allowed}.")


def put_organizations(records: Iterable[OrganizationRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """Store organizations by (source, source_ref); UnknownCodeError for an unknown operator kind."""
    wanted = list(records)
    check_codes("operator_kind", codes=[record.operator_kind for record in wanted])
    present = organizations_by_key((record.source, record.source_ref) for record in wanted)
    new: dict[SourceKey, dict[str, Any]] = {}
    tally = Tally()
    for record in wanted:
        key = (record.source, record.source_ref)
        columns = {
            "name": record.name,
            "description": record.description,
            "operator_kind": record.operator_kind,
            "uscc": record.uscc,
        }
        row = present.get(key)
        if row is not None:
            tally.add(is_new=False, is_changed=apply_columns(row, columns=columns))
            continue
        known = {"id": record.id or new_id(), "source": record.source, "source_ref": record.source_ref}
        tally.add(is_new=key not in new, is_changed=False)
        new[key] = new.get(key, known) | columns | {"search": search_text(record.name)}
    insert_rows(TABLE_OF[Organization], rows=list(new.values()))
    session().flush()  # sites and services point at these rows
    return tally.close("organizations.recorded", actor=actor, at=at)


def put_sites(records: Iterable[SiteRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """
    Store sites by (source, source_ref); points become WGS 84, what was sent is kept.

    A record without a point leaves the point of a stored site as it is; one of a site that was merged into another
    changes nothing.

    Raises
    ------
    UnknownCodeError, areas.UnknownAreaError, UnknownRecordError
        An unknown facility type or class, area, or organization.
    areas.InvalidPointError, InvalidStagesError

    """
    wanted = list(records)
    check_codes("facility_type", codes=[record.facility_type for record in wanted])
    check_codes("institution_class", codes=[record.institution_class for record in wanted])
    missing = areas.missing_codes({record.area_code for record in wanted})
    if missing:
        raise areas.UnknownAreaError(area_codes=", ".join(missing))
    owners = organizations_by_key(record.organization for record in wanted)
    all_or_unknown(owners, wanted=(record.organization for record in wanted), what=ORGANIZATION)

    tally = Tally()
    for each_once in _apart(wanted):
        _put_sites(each_once, owners=owners, tally=tally, at=at)
    return tally.close("sites.recorded", actor=actor, at=at)


def _apart(records: list[SiteRecord]) -> Iterator[list[SiteRecord]]:
    """Give records in lists, nearly always one, in which each site is told of once."""
    while records:
        firsts = {(record.source, record.source_ref): record for record in reversed(records)}
        yield list(reversed(firsts.values()))
        taken = {id(record) for record in firsts.values()}
        records = [record for record in records if id(record) not in taken]


def _put_sites(records: list[SiteRecord], *, owners: dict[SourceKey, Organization], tally: Tally, at: datetime) -> None:
    """Store sites; new ones and their stages are inserted in bulk, since a list of a city has hundreds of thousands."""
    present = sites_by_key((record.source, record.source_ref) for record in records)
    stages = _stages_of(row.id for row in present.values())
    new: list[dict[str, Any]] = []
    beginnings: list[dict[str, Any]] = []
    moved = set()
    for record, point in zip(records, _points(records), strict=True):
        columns = _site_columns(record, organization_id=owners[record.organization].id) | point
        row = present.get((record.source, record.source_ref))
        if row is None:
            made = _new_site(record, columns=columns)
            new.append(made)
            beginnings += _new_stages(made["id"], stages=record.stages, at=at)
            tally.add(is_new=True, is_changed=False)
            continue
        if row.merged_into_id is not None:
            tally.add(is_new=False, is_changed=False)
            continue
        before = (row.lon, row.lat)
        is_changed = apply_columns(row, columns=columns)
        if (row.lon, row.lat) != before:
            moved.add(row.id)
        if record.stages:
            is_changed |= _put_stages(row.id, stages=record.stages, present=stages.setdefault(row.id, {}), at=at)
        tally.add(is_new=False, is_changed=is_changed)
    insert_rows(TABLE_OF[Site], rows=new)
    insert_rows(TABLE_OF[SiteStatus], rows=beginnings)
    session().flush()  # offers point at these rows
    refresh_cells(site_ids=moved)


def put_services(records: Iterable[ServiceRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """
    Store services by (organization, source_ref).

    Raises
    ------
    UnknownCodeError, UnknownRecordError, DeliveryNotAllowedError

    """
    wanted = list(records)
    check_codes("service", codes=[record.service_code for record in wanted], field="service_code")
    check_codes("category", codes=[code for each in wanted for code in each.categories or ()], field="categories")
    check_codes("ability_grade", codes=[code for each in wanted for code in each.grades or ()], field="grades")
    _check_deliveries(wanted)
    owners = organizations_by_key(record.organization for record in wanted)
    all_or_unknown(owners, wanted=(record.organization for record in wanted), what=ORGANIZATION)
    present = services_by_key((*record.organization, record.source_ref) for record in wanted)
    tally, recoded = Tally(), []
    for record in wanted:
        key = (*record.organization, record.source_ref)
        columns = _service_columns(record)
        row = present.get(key)
        is_new, is_changed = row is None, False
        if row is None:
            present[key] = Service(
                id=record.id or new_id(),
                organization_id=owners[record.organization].id,
                source_ref=record.source_ref,
                **columns,
            )
            session().add(present[key])
        else:
            is_changed = apply_columns(row, columns=columns)
            if is_changed:
                recoded.append(row.id)
        tally.add(is_new=is_new, is_changed=is_changed)
    refresh_cells(service_ids=recoded)
    session().flush()  # offers point at these rows
    return tally.close("services.recorded", actor=actor, at=at)


def put_stages(site_id: UUID, *, stages: Iterable[tuple[str, date, date | None]], at: datetime) -> bool:
    """Let these be the whole history of a site's stages, and say whether anything changed."""
    return _put_stages(site_id, stages=tuple(stages), present=_stages_of([site_id]).get(site_id, {}), at=at)


def _site_columns(record: SiteRecord, *, organization_id: UUID) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "name": record.name,
        "facility_type": record.facility_type,
        "institution_class": record.institution_class,
        "area_code": record.area_code,
        "address": record.address,
        "floor_area_m2": record.floor_area_m2,
        "verified_at": record.verified_at,
        "verified_by": record.verified_by,
    }


def _new_site(record: SiteRecord, *, columns: dict[str, Any]) -> dict[str, Any]:
    """Give all columns of a new site."""
    return (
        dict.fromkeys(("lon", "lat", "source_crs", "source_raw"))
        | columns
        | {
            "id": record.id or new_id(),
            "source": record.source,
            "source_ref": record.source_ref,
            "collected_at": record.collected_at,
            "search": search_text(record.name),
        }
    )


def _new_stages(
    site_id: UUID, *, stages: tuple[tuple[str, date, date | None], ...], at: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "site_id": site_id,
            "stage": stage,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "recorded_at": at,
        }
        for stage, valid_from, valid_to in _checked_stages(stages)
    ]


def _points(records: Sequence[SiteRecord]) -> list[dict[str, Any]]:
    """Give the columns of each record's point, none for a record without one; all are moved to WGS 84 at once."""
    sent = [
        ((record.lon, record.lat), record.crs)
        for record in records
        if record.lon is not None and record.lat is not None
    ]
    moved = iter(areas.read_points(sent, study_area=None))
    found: list[dict[str, Any]] = []
    for record in records:
        if record.lon is None or record.lat is None:
            found.append({})
            continue
        point = next(moved)
        if isinstance(point, areas.InvalidPointError):
            raise point
        found.append(point_columns(point))
    return found


def point_columns(point: areas.Point) -> dict[str, Any]:
    """Give the columns of a site that hold its point: WGS 84, and what was sent."""
    lon, lat = point.lonlat
    return {
        "lon": lon,
        "lat": lat,
        "source_crs": point.crs.value,
        "source_raw": {"lon": point.raw[0], "lat": point.raw[1]},
    }


def _service_columns(record: ServiceRecord) -> dict[str, Any]:
    if record.status not in set(ServiceStatus):
        raise InvalidError(fields={"status": [Words("状态不对", "Unknown status")]})
    return {
        "service_code": record.service_code,
        "name": record.name,
        "delivery": record.delivery,
        "visit_min": record.visit_min,
        "minimum_age": record.minimum_age,
        "maximum_age": record.maximum_age,
        "categories": None if record.categories is None else list(record.categories),
        "grades": None if record.grades is None else list(record.grades),
        "registration_prefix": record.registration_prefix,
        "status": record.status,
    }


def _check_deliveries(records: Iterable[ServiceRecord]) -> None:
    facts = {code.code: code.facts for code in find_codes("service")}
    for record in records:
        allowed = facts[record.service_code].get("deliveries") or list(Delivery)
        if record.delivery not in allowed:
            raise DeliveryNotAllowedError(service_code=record.service_code, allowed=", ".join(allowed))


def _stages_of(site_ids: Iterable[UUID]) -> dict[UUID, dict[date, SiteStatus]]:
    """Give the stages that stand, by site and beginning."""
    found: dict[UUID, dict[date, SiteStatus]] = {}
    for piece in in_pieces(site_ids):
        for row in session().scalars(
            sa.select(SiteStatus).where(SiteStatus.site_id.in_(piece), as_known(SiteStatus, None))
        ):
            found.setdefault(row.site_id, {})[row.valid_from] = row
    return found


def _put_stages(
    site_id: UUID,
    *,
    stages: tuple[tuple[str, date, date | None], ...],
    present: dict[date, SiteStatus],
    at: datetime,
) -> bool:
    wanted = _checked_stages(stages)
    told = {(stage, valid_from, valid_to) for stage, valid_from, valid_to in wanted}
    over = [row for row in present.values() if (row.stage, row.valid_from, row.valid_to) not in told]
    for row in over:
        row.superseded_at = at
        del present[row.valid_from]
    if over:
        session().flush()  # the unique index looks at the rows that stand
    missing = [each for each in wanted if each[1] not in present]
    for stage, valid_from, valid_to in missing:
        row = SiteStatus(site_id=site_id, stage=stage, valid_from=valid_from, valid_to=valid_to, recorded_at=at)
        present[valid_from] = row
        session().add(row)
    return bool(over or missing)


def _checked_stages(stages: tuple[tuple[str, date, date | None], ...]) -> list[tuple[str, date, date | None]]:
    """Sort stages; an open end before another stage ends where that begins."""
    ordered = sorted(stages, key=lambda each: each[1])
    closed = []
    for position, (stage, valid_from, valid_to) in enumerate(ordered):
        following = ordered[position + 1][1] if position + 1 < len(ordered) else None
        end = following if valid_to is None else valid_to
        if stage not in set(Stage) or (end and end <= valid_from) or (following and end and end > following):
            raise InvalidStagesError(
                fields={"stages": [Words(f"{stage}，自 {valid_from} 起", f"{stage} from {valid_from}")]}
            )
        closed.append((stage, valid_from, end))
    return closed
