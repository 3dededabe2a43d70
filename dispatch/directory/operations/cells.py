"""The covering table of the nearest search, kept right whenever a site, a service or an offer changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from dispatch import geo
from dispatch.directory.models import OfferCell, Service, ServiceAtSite, Site
from dispatch.directory.operations.putting import apply_columns
from dispatch.directory.queries.keys import in_pieces
from dispatch.directory.values import ServiceStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def refresh_cells(*, site_ids: Iterable[UUID] = (), service_ids: Iterable[UUID] = ()) -> None:
    """Rewrite the cells of all offers at these sites and of these services; only located, active ones have one."""
    for piece in in_pieces(site_ids):
        _refresh(ServiceAtSite.site_id.in_(piece))
    for piece in in_pieces(service_ids):
        _refresh(ServiceAtSite.service_id.in_(piece))


def _refresh(concerned: sa.ColumnElement[bool]) -> None:
    session().flush()  # the rows that are read here may still wait to be written
    wanted = (
        session()
        .execute(
            sa.select(ServiceAtSite.id, Service.service_code, Site.id, Site.lon, Site.lat)
            .join(Service, Service.id == ServiceAtSite.service_id)
            .join(Site, Site.id == ServiceAtSite.site_id)
            .where(concerned, Site.lon.is_not(None), Service.status == ServiceStatus.ACTIVE.value)
        )
        .all()
    )
    present = {
        row.service_at_site_id: row
        for row in session().scalars(
            sa.select(OfferCell).join(ServiceAtSite, ServiceAtSite.id == OfferCell.service_at_site_id).where(concerned)
        )
    }
    points = np.array([(lon, lat) for *_, lon, lat in wanted], dtype=np.float64).reshape(-1, 2)
    for (offer_id, service_code, site_id, lon, lat), cell in zip(wanted, geo.cells_of(points).tolist(), strict=True):
        row = present.pop(offer_id, None)
        if row is None:
            session().add(
                OfferCell(
                    service_at_site_id=offer_id, service_code=service_code, cell=cell, site_id=site_id, lon=lon, lat=lat
                )
            )
        else:
            where = {"service_code": service_code, "cell": cell, "site_id": site_id, "lon": lon, "lat": lat}
            apply_columns(row, columns=where)
    for row in present.values():
        session().delete(row)
