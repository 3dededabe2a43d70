"""What an officer changes by hand: one organization, site, point, service or offer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from dispatch import areas, dates, geo, journal, storage
from dispatch.actor import Role
from dispatch.directory.models import (
    Agreement,
    Capacity,
    CapacitySlot,
    Catchment,
    Closure,
    OfferCell,
    OpeningHours,
    Organization,
    Price,
    Service,
    ServiceAtSite,
    Site,
    SiteFunction,
    SiteOperation,
    SiteStatus,
)
from dispatch.directory.operations.cells import refresh_cells
from dispatch.directory.operations.offers import SERVICE, put_offers, put_site_hours
from dispatch.directory.operations.records import (
    ORGANIZATION,
    point_columns,
    put_organizations,
    put_services,
    put_sites,
    put_stages,
)
from dispatch.directory.queries.codes import check_codes
from dispatch.directory.queries.keys import (
    UnknownRecordError,
    offers_by_ids,
    organizations_by_key,
    services_by_key,
    sites_by_key,
)
from dispatch.directory.queries.offers import find_offers
from dispatch.directory.queries.organizations import (
    OrganizationNotFoundError,
    find_standing_sites,
    get_organization,
)
from dispatch.directory.queries.sites import SiteNotFoundError, get_site
from dispatch.directory.values import (
    NewOffer,
    NewOrganization,
    NewService,
    NewSite,
    Offer,
    OfferRecord,
    OrganizationRecord,
    ServiceRecord,
    SiteChange,
    SiteHoursRecord,
    SiteRecord,
)
from dispatch.errors import ConflictError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

OWN_SOURCE = "api"
WRITERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)


class RecordExistsError(ConflictError):
    """A record with this source and reference is there already."""

    slug = "record-exists"
    title = Words("同一来源的这条记录已经有了", "This source's record is there already")
    detail = Words("已有记录 {id}；要修改它，用 PUT。", "It is record {id}; change it with PUT.")


class OrganizationHasSitesError(ConflictError):
    """The organization still has sites that are not closed; `facts` names them."""

    slug = "organization-has-sites"
    title = Words("机构还有未停业的站点", "The organization still has open sites")
    detail = Words("先关闭或移交这些站点：{names}。", "Close or hand over these sites first: {names}.")


class OrganizationInUseError(ConflictError):
    """Other records (requests, visits, carers) refer to the organization or its sites."""

    slug = "organization-in-use"
    title = Words("还有服务记录引用这个机构", "Care records refer to the organization")


def create_organization(wish: NewOrganization, *, actor: Actor, at: datetime) -> Organization:
    """Create an organization; RecordExistsError, UnknownCodeError."""
    record = OrganizationRecord(
        source=wish.source or OWN_SOURCE,
        source_ref=wish.source_ref or str(storage.new_id()),
        name=wish.name,
        description=wish.description,
        operator_kind=wish.operator_kind,
        uscc=wish.uscc,
    )
    key = (record.source, record.source_ref)
    _must_be_new(organizations_by_key([key]).get(key))
    put_organizations([record], actor=actor, at=at)
    return organizations_by_key([key])[key]


def delete_organization(organization_id: UUID, *, actor: Actor, at: datetime, zone: ZoneInfo) -> None:
    """
    Delete an organization with its services and closed sites.

    Raises
    ------
    OrganizationNotFoundError
        There is none, or one of its sites lies outside the caller's area.
    OrganizationHasSitesError
        A site is not closed; `facts.sites` names each with its stage.
    OrganizationInUseError
        Records of care refer to it; nothing was deleted.

    """
    organization = get_organization(organization_id)
    prefixes = storage.session().scalars(sa.select(Site.area_code).where(Site.organization_id == organization_id))
    if not all(actor.covers_area(code, *WRITERS) for code in prefixes):
        raise OrganizationNotFoundError
    standing = find_standing_sites(organization_id, on=dates.service_date(at, zone))
    if standing:
        raise OrganizationHasSitesError(
            names="、".join(site.name for site in standing),
            sites=[{"id": str(site.site_id), "name": site.name, "stage": site.stage} for site in standing],
        )
    try:
        with storage.savepoint():
            _delete_all(organization)
    except IntegrityError:  # a room above refers to it by a foreign key
        raise OrganizationInUseError from None
    journal.append("organization.deleted", actor=actor, at=at, subject_id=organization_id)


def create_site(wish: NewSite, *, actor: Actor, at: datetime, zone: ZoneInfo) -> Site:
    """
    Create a site, with the hours of the house where they are known.

    Raises
    ------
    areas.AreaNotFoundError
        The area does not exist or is outside the caller's.
    RecordExistsError, UnknownCodeError, UnknownRecordError, InvalidHoursError, InvalidStagesError

    """
    _area_in_reach(wish.area_code, actor=actor)
    owner = _owner(wish.organization_id)
    point = wish.point
    record = SiteRecord(
        organization=(owner.source, owner.source_ref),
        source=wish.source or OWN_SOURCE,
        source_ref=wish.source_ref or str(storage.new_id()),
        name=wish.name,
        facility_type=wish.facility_type,
        institution_class=wish.institution_class,
        area_code=wish.area_code,
        address=wish.address,
        lon=point.raw[0] if point else None,
        lat=point.raw[1] if point else None,
        crs=point.crs.value if point else None,
        floor_area_m2=wish.floor_area_m2,
        stages=wish.stages,
        verified_at=wish.verified_at,
        verified_by=wish.verified_by,
        collected_at=at,
    )
    key = (record.source, record.source_ref)
    _must_be_new(sites_by_key([key]).get(key))
    put_sites([record], actor=actor, at=at)
    if wish.hours is not None:
        valid_from = wish.hours_from or dates.service_date(at, zone)
        put_site_hours([SiteHoursRecord(site=key, hours=wish.hours, valid_from=valid_from)], actor=actor, at=at)
    return sites_by_key([key])[key]


def change_site(site_id: UUID, *, change: SiteChange, version: int, actor: Actor, at: datetime) -> Site:
    """
    Let a site be as told.

    Raises
    ------
    SiteNotFoundError, areas.AreaNotFoundError
        The site, or the area it shall be in, does not exist or is outside the caller's area.
    storage.StaleVersionError
        Somebody changed it since this version.
    UnknownCodeError, InvalidStagesError

    """
    site = _site_in_reach(site_id, version=version, actor=actor)
    _area_in_reach(change.area_code, actor=actor)
    check_codes("facility_type", codes=[change.facility_type])
    check_codes("institution_class", codes=[change.institution_class])
    site.name, site.facility_type, site.institution_class = change.name, change.facility_type, change.institution_class
    site.area_code, site.address, site.floor_area_m2 = change.area_code, change.address, change.floor_area_m2
    site.verified_at, site.verified_by = change.verified_at, change.verified_by
    flag_modified(site, "name")  # stages are rows of their own; the version counts them too
    put_stages(site.id, stages=change.stages, at=at)
    storage.session().flush()  # the caller is told the new version
    journal.append("site.changed", actor=actor, at=at, subject_id=site.id)
    return site


def locate_site(site_id: UUID, *, point: areas.Point, version: int, actor: Actor, at: datetime) -> Site:
    """
    Give a site its point; what was sent is kept beside it.

    Raises
    ------
    SiteNotFoundError
        There is none, or it is outside the caller's area.
    storage.StaleVersionError
        Somebody changed it since this version.

    """
    site = _site_in_reach(site_id, version=version, actor=actor)
    for name, value in point_columns(point).items():
        setattr(site, name, value)
    flag_modified(site, "lon")  # the same point again is a change all the same: somebody looked
    refresh_cells(site_ids=[site.id])
    journal.append("site.located", actor=actor, at=at, subject_id=site.id, crs=point.crs.value)
    return site


def create_service(wish: NewService, *, actor: Actor, at: datetime) -> Service:
    """Create a service; OrganizationNotFoundError (or out of reach), RecordExistsError, those of put_services."""
    owner = _owner(wish.organization_id)
    _organization_in_reach(owner.id, actor=actor)
    record = ServiceRecord(
        organization=(owner.source, owner.source_ref),
        source_ref=wish.source_ref or str(storage.new_id()),
        service_code=wish.service_code,
        name=wish.name,
        delivery=wish.delivery,
        visit_min=wish.visit_min,
        minimum_age=wish.minimum_age,
        maximum_age=wish.maximum_age,
        categories=wish.categories,
        grades=wish.grades,
        registration_prefix=wish.registration_prefix,
    )
    key = (*record.organization, record.source_ref)
    _must_be_new(services_by_key([key]).get(key))
    put_services([record], actor=actor, at=at)
    return services_by_key([key])[key]


def create_offer(site_id: UUID, *, wish: NewOffer, actor: Actor, at: datetime, zone: ZoneInfo) -> Offer:
    """Let a service be given at a site; raises as put_offers, SiteNotFoundError, RecordExistsError."""
    site = _site_in_reach(site_id, version=None, actor=actor)
    service = storage.session().get(Service, wish.service_id)
    if service is None:
        raise _unknown("service_id", what=SERVICE, reference=wish.service_id)
    pair = (service.id, site.id)
    _must_be_new(offers_by_ids([pair]).get(pair))
    owner = get_organization(service.organization_id)
    today = dates.service_date(at, zone)
    record = OfferRecord(
        site=(site.source, site.source_ref),
        service=(owner.source, owner.source_ref, service.source_ref),
        hours_from=wish.valid_from or today,
        hours=wish.hours,
        price=wish.price,
        catchments=wish.catchments,
        capacity=(*wish.capacity, at) if wish.capacity else None,
    )
    put_offers([record], actor=actor, at=at)
    made = offers_by_ids([pair])[pair]
    for extent_ll in wish.extents_ll:
        geo.read_polygon(extent_ll)
        storage.session().add(
            Catchment(
                service_at_site_id=made.id,
                extent_ll=extent_ll,
                valid_from=record.hours_from,
                valid_to=None,
                recorded_at=at,
            )
        )
    storage.session().flush()  # what follows reads the catchments
    return find_offers(service_codes=None, on=max(record.hours_from, today), offer_ids=[made.id])[0]


def _owner(organization_id: UUID) -> Organization:
    owner = storage.session().get(Organization, organization_id)
    if owner is None:
        raise _unknown("organization_id", what=ORGANIZATION, reference=organization_id)
    return owner


def _unknown(field: str, *, what: Words, reference: UUID) -> UnknownRecordError:
    sentence = Words(f"没有这个{what.zh}。", f"There is no such {what.en}.")
    return UnknownRecordError(fields={field: [sentence]}, what=what.en, what_zh=what.zh, keys=str(reference))


def _must_be_new(present: Organization | Site | Service | ServiceAtSite | None) -> None:
    if present is not None:
        raise RecordExistsError(id=str(present.id))


def _area_in_reach(area_code: str, *, actor: Actor) -> None:
    areas.get_area(area_code)
    if not actor.covers_area(area_code, *WRITERS):
        raise areas.AreaNotFoundError(area_code=area_code)


def _site_in_reach(site_id: UUID, *, version: int | None, actor: Actor) -> Site:
    site = get_site(site_id)
    if not actor.covers_area(site.area_code, *WRITERS):
        raise SiteNotFoundError
    storage.check_version(site.version, expected=version)
    return site


def _organization_in_reach(organization_id: UUID, *, actor: Actor) -> None:
    """Let those through who are responsible for one of its sites, or for any area where it has none yet."""
    get_organization(organization_id)
    codes = set(storage.session().scalars(sa.select(Site.area_code).where(Site.organization_id == organization_id)))
    if codes and not any(actor.covers_area(code, *WRITERS) for code in codes):
        raise OrganizationNotFoundError


def _delete_all(organization: Organization) -> None:
    session = storage.session()
    site_ids = sa.select(Site.id).where(Site.organization_id == organization.id)
    service_ids = sa.select(Service.id).where(Service.organization_id == organization.id)
    at_site = sa.or_(ServiceAtSite.site_id.in_(site_ids), ServiceAtSite.service_id.in_(service_ids))
    offer_ids = sa.select(ServiceAtSite.id).where(at_site)
    for model in (OfferCell, CapacitySlot, Catchment, Price):
        session.execute(sa.delete(model).where(model.service_at_site_id.in_(offer_ids)))
    for rows in (Capacity, OpeningHours):
        session.execute(
            sa.delete(rows).where(sa.or_(rows.service_at_site_id.in_(offer_ids), rows.site_id.in_(site_ids)))
        )
    session.execute(sa.delete(ServiceAtSite).where(at_site))
    session.execute(sa.delete(Service).where(Service.organization_id == organization.id))
    for hanging in (Closure, SiteStatus, SiteOperation, SiteFunction, Agreement):
        session.execute(sa.delete(hanging).where(hanging.site_id.in_(site_ids)))
    session.execute(sa.delete(Site).where(Site.organization_id == organization.id))
    session.delete(organization)
    session.flush()  # so that a reference from above is found here
