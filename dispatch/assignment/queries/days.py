"""Reads for whoever plans a day that touch several rooms' tables, in a number of queries that does not grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import directory
from dispatch.assignment.models import Preference
from dispatch.storage import among, in_force, session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from dispatch.assignment.values import PreferenceKind
    from dispatch.geo import LonLat

CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def find_organizations_of(service_at_site_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Find whose services at sites these are."""
    service, offer = directory.Service, directory.ServiceAtSite
    return {
        offer_id: organization_id
        for ids in _pieces(service_at_site_ids)
        for offer_id, organization_id in session().execute(
            sa.select(offer.id, service.organization_id)
            .join(service, service.id == offer.service_id)
            .where(offer.id.in_(ids))
        )
    }


def find_wishes(elder_ids: Iterable[UUID], *, on: date, kind: PreferenceKind) -> dict[UUID, frozenset[UUID]]:
    """Find whom elders prefer, or refuse, on a date; who is both is refused."""
    found: dict[UUID, dict[UUID, str]] = {}
    for ids in _pieces(elder_ids):
        rows = session().execute(
            sa.select(Preference.elder_id, Preference.carer_id, Preference.kind)
            .where(among(Preference.elder_id, ids=ids), in_force(Preference, on))
            .order_by(Preference.kind)  # refused comes after preferred
        )
        for elder_id, carer_id, held in rows:
            found.setdefault(elder_id, {})[carer_id] = held
    return {
        elder_id: frozenset(each for each, held in wishes.items() if held == kind) for elder_id, wishes in found.items()
    }


def find_site_points(organization_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, LonLat]]:
    """Find where the located sites of organizations are, by organization and site."""
    site = directory.Site
    found: dict[UUID, dict[UUID, LonLat]] = {}
    for ids in _pieces(organization_ids):
        rows = session().execute(
            sa.select(site.organization_id, site.id, site.lon, site.lat)
            .where(site.organization_id.in_(ids), site.lon.is_not(None), site.lat.is_not(None))
            .order_by(site.id)
        )
        for organization_id, site_id, lon, lat in rows:
            if lon is not None and lat is not None:
                found.setdefault(organization_id, {})[site_id] = (lon, lat)
    return found


def _pieces(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    whole = sorted(set(ids))
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]
