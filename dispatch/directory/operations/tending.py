"""Who may tend a site or a service at a site: officers of its area, and coordinators of its own organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.actor import Role
from dispatch.directory.models import Service, ServiceAtSite, Site
from dispatch.directory.queries.offers import ServiceAtSiteNotFoundError
from dispatch.directory.queries.sites import SiteNotFoundError, get_site
from dispatch.storage import session

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor

OFFICERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)


def site_to_tend(site_id: UUID, *, actor: Actor, by_owner: bool = True) -> Site:
    """Give a site to an officer of its area or (`by_owner`) its coordinator; to others it is not there."""
    site = get_site(site_id)
    is_own = by_owner and site.organization_id in actor.organization_ids(Role.COORDINATOR)
    if not is_own and not actor.covers_area(site.area_code, *OFFICERS):
        raise SiteNotFoundError
    return site


def offer_to_tend(service_at_site_id: UUID, *, site_id: UUID, actor: Actor) -> ServiceAtSite:
    """Give a service at a site to an officer of its area or the coordinator who gives the service."""
    site, offer = session().get(Site, site_id), session().get(ServiceAtSite, service_at_site_id)
    if site is None or offer is None or offer.site_id != site.id:
        raise ServiceAtSiteNotFoundError
    owner = session().get_one(Service, offer.service_id).organization_id
    is_own = not actor.organization_ids(Role.COORDINATOR).isdisjoint({owner, site.organization_id})
    if not is_own and not actor.covers_area(site.area_code, *OFFICERS):
        raise ServiceAtSiteNotFoundError
    return offer


def lock_site(site_id: UUID) -> None:
    """Let others wait who change what hangs on the site, until the present transaction ends."""
    session().execute(sa.select(Site.id).where(Site.id == site_id).with_for_update())
