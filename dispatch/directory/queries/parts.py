"""Reads of the dated parts of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.directory.models import Agreement, Price, ServiceAtSite, SiteFunction, SiteOperation, SiteStatus
from dispatch.directory.queries.offers import ServiceAtSiteNotFoundError
from dispatch.directory.queries.sites import get_site
from dispatch.directory.values import AgreementKind, SitePart
from dispatch.storage import as_known, in_force, session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

MODELS: dict[SitePart, type[Any]] = {
    SitePart.STAGES: SiteStatus,
    SitePart.OPERATIONS: SiteOperation,
    SitePart.FUNCTIONS: SiteFunction,
    SitePart.AGREEMENTS: Agreement,
    SitePart.PRICES: Price,
}


def list_site_part(
    site_id: UUID, *, part: SitePart, service_at_site_id: UUID | None = None, known_at: datetime | None = None
) -> list[Any]:
    """
    List the entries of a dated part, as they stand or stood at a time, in the order of their dates.

    Raises
    ------
    SiteNotFoundError, ServiceAtSiteNotFoundError
        There is no such site, or no such service at it.

    """
    site = get_site(site_id)
    model = MODELS[part]
    if service_at_site_id is None:
        mine = model.site_id == site.id
    else:
        offer = session().get(ServiceAtSite, service_at_site_id)
        if offer is None or offer.site_id != site.id:
            raise ServiceAtSiteNotFoundError
        mine = model.service_at_site_id == offer.id
    chosen = sa.select(model).where(mine, as_known(model, known_at)).order_by(model.valid_from, model.id)
    return list(session().scalars(chosen))


def find_agreements(site_ids: Collection[UUID], *, on: date) -> dict[UUID, frozenset[AgreementKind]]:
    """Find the kinds of agreements that sites have in force on a date; sites without any are left out."""
    rows = session().execute(
        sa.select(Agreement.site_id, Agreement.kind).where(Agreement.site_id.in_(site_ids), in_force(Agreement, on))
    )
    found: dict[UUID, frozenset[AgreementKind]] = {}
    for site_id, kind in rows:
        found[site_id] = found.get(site_id, frozenset()) | {AgreementKind(kind)}
    return found
