"""How many places there are and how many are free, as their provider says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.directory.models import Capacity
from dispatch.directory.operations.offers import DAY_PLACE, InvalidCountError
from dispatch.directory.operations.tending import lock_site, offer_to_tend, site_to_tend
from dispatch.directory.queries.codes import check_codes
from dispatch.directory.values import CapacityUnit
from dispatch.storage import new_id, session

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor


def tell_vacancy(
    service_at_site_id: UUID,
    *,
    site_id: UUID,
    unit: CapacityUnit,
    maximum: int,
    available: int,
    actor: Actor,
    at: datetime,
) -> Capacity:
    """
    Say how many places a service at a site has and how many are free now.

    Raises
    ------
    SiteNotFoundError, ServiceAtSiteNotFoundError
        There is none, or it is not the actor's.
    InvalidCountError
        More are free than there are.

    """
    offer = offer_to_tend(service_at_site_id, site_id=site_id, actor=actor)
    lock_site(site_id)
    row = session().scalar(sa.select(Capacity).where(Capacity.service_at_site_id == offer.id))
    if row is None:
        row = Capacity(id=new_id(), site_id=site_id, service_at_site_id=offer.id, bed_type=None)
    return _tell(row, unit=unit, maximum=maximum, available=available, actor=actor, at=at)


def tell_beds(site_id: UUID, *, bed_type: str, maximum: int, available: int, actor: Actor, at: datetime) -> Capacity:
    """Say how many beds of a type a site has and how many are free now; as `tell_vacancy`, and UnknownCodeError."""
    site = site_to_tend(site_id, actor=actor)
    check_codes("bed_type", codes=[bed_type])
    lock_site(site_id)
    row = session().scalar(sa.select(Capacity).where(Capacity.site_id == site.id, Capacity.bed_type == bed_type))
    if row is None:
        row = Capacity(id=new_id(), site_id=site.id, service_at_site_id=None, bed_type=bed_type)
    unit = CapacityUnit.PLACE if bed_type == DAY_PLACE else CapacityUnit.BED
    return _tell(row, unit=unit, maximum=maximum, available=available, actor=actor, at=at)


def _tell(row: Capacity, *, unit: CapacityUnit, maximum: int, available: int, actor: Actor, at: datetime) -> Capacity:
    if not 0 <= available <= maximum:
        raise InvalidCountError(fields={"available": [InvalidCountError.title]})
    row.unit, row.maximum, row.available, row.updated_at = unit.value, maximum, available, at
    session().add(row)
    session().flush()  # what the database refuses is told here
    journal.append(
        "site.vacancy_told",
        actor=actor,
        at=at,
        subject_id=row.site_id,
        service_at_site_id=row.service_at_site_id and str(row.service_at_site_id),
        bed_type=row.bed_type,
        unit=unit.value,
        maximum=maximum,
        available=available,
    )
    return row
