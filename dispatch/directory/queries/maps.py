"""Reads of sites for maps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.directory.models import Site
from dispatch.directory.queries.codes import find_codes
from dispatch.directory.queries.sites import SiteEntry, SiteFilter, find_sites, open_states, site_conditions
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class MapPlace:
    """One located site for a map; `is_open` None: not known."""

    entry: SiteEntry
    tier: str
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class MapCounts:
    """How many sites fit: with a point, of these verified too long ago, and without a point (on no map)."""

    located: int
    stale: int
    unlocated: int


def find_map_places(
    wanted: SiteFilter, *, at: datetime, zone: ZoneInfo, after: UUID | None = None, limit: int
) -> list[MapPlace]:
    """Find located sites in the order of their ids, with tier and whether they are open at an instant."""
    tiers = {code.code: str(code.facts.get("tier", "")) for code in find_codes("facility_type")}
    found = find_sites(replace(wanted, is_located=True), now=at, zone=zone, after=after, limit=limit)
    states = open_states([entry.site for entry in found], at=at, zone=zone) if found else {}
    return [MapPlace(entry, tiers.get(entry.site.facility_type, ""), states[entry.site.id]) for entry in found]


def count_map_places(wanted: SiteFilter, *, at: datetime) -> MapCounts:
    """Count what a map of these sites shows and what it cannot show; a box does not narrow those without a point."""

    def count(narrowed: SiteFilter) -> int:
        chosen = sa.select(sa.func.count()).select_from(Site).where(*site_conditions(narrowed, now=at))
        return session().scalar(chosen) or 0

    return MapCounts(
        located=count(replace(wanted, is_located=True)),
        stale=count(replace(wanted, is_located=True, is_stale=True)),
        unlocated=count(replace(wanted, is_located=False, bbox_ll=None)),
    )
