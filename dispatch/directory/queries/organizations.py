"""Reads of organizations and services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.directory.models import Organization, Service, ServiceAtSite, Site, SiteStatus
from dispatch.directory.queries.search import is_named
from dispatch.directory.values import Stage
from dispatch.errors import NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class OrganizationNotFoundError(NotFoundError):
    """No such organization, or all its sites are outside the caller's area."""

    slug = "organization-not-found"
    title = Words("没有这个机构，或者不归你管", "No such organization, or it is not yours")


class ServiceNotFoundError(NotFoundError):
    """No such service."""

    slug = "service-not-found"
    title = Words("没有这项服务", "No such service")


@dataclass(frozen=True, slots=True)
class StandingSite:
    """A site of an organization and its stage; None where nobody said so."""

    site_id: UUID
    name: str
    area_code: str
    stage: Stage | None


def get_organization(organization_id: UUID) -> Organization:
    """Give an organization, or raise OrganizationNotFoundError."""
    organization = session().get(Organization, organization_id)
    if organization is None:
        raise OrganizationNotFoundError
    return organization


def find_organizations(
    *, query: str | None = None, after: UUID | None = None, limit: int | None = None
) -> list[Organization]:
    """Find organizations in the order of their ids, by a part of their name, its pinyin or its initials."""
    chosen = sa.select(Organization).order_by(Organization.id).limit(limit)
    if query:
        chosen = chosen.where(sa.or_(Organization.name.contains(query, autoescape=True), is_named(Organization, query)))
    if after is not None:
        chosen = chosen.where(Organization.id > after)
    return list(session().scalars(chosen))


def get_service(service_id: UUID) -> Service:
    """Give a service, or raise ServiceNotFoundError."""
    service = session().get(Service, service_id)
    if service is None:
        raise ServiceNotFoundError
    return service


def find_organization_of(service_at_site_id: UUID) -> UUID | None:
    """Find the organization that gives a service at a site; None where there is none any more."""
    return session().scalar(
        sa.select(Service.organization_id)
        .join(ServiceAtSite, ServiceAtSite.service_id == Service.id)
        .where(ServiceAtSite.id == service_at_site_id)
    )


def find_services(organization_id: UUID) -> list[Service]:
    """Find the services of an organization in the order of their ids."""
    return list(
        session().scalars(sa.select(Service).where(Service.organization_id == organization_id).order_by(Service.id))
    )


def find_standing_sites(organization_id: UUID, *, on: date) -> list[StandingSite]:
    """Find the sites of an organization that are not closed for good on a date, by name."""
    rows = session().execute(
        sa.select(Site.id, Site.name, Site.area_code, SiteStatus.stage)
        .outerjoin(SiteStatus, sa.and_(SiteStatus.site_id == Site.id, in_force(SiteStatus, on)))
        .where(Site.organization_id == organization_id)
        .order_by(Site.name, Site.id)
    )
    sites = [StandingSite(site_id, name, area, Stage(stage) if stage else None) for site_id, name, area, stage in rows]
    return [site for site in sites if site.stage is not Stage.CLOSED]
