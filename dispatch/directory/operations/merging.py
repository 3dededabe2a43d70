"""Sites that are one and the same: finding pairs, and merging one into the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, dates, journal
from dispatch.directory.models import Capacity, OpeningHours, Service, ServiceAtSite, Site, SiteStatus
from dispatch.directory.operations.cells import refresh_cells
from dispatch.directory.operations.records import put_stages
from dispatch.directory.operations.tending import OFFICERS, lock_site, site_to_tend
from dispatch.directory.rules.alike import find_alike
from dispatch.directory.values import SitePlace, Stage
from dispatch.errors import ConflictError
from dispatch.storage import as_known, check_version, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.directory.values import AlikeSites


class MergeImpossibleError(ConflictError):
    """A site goes into another one, once."""

    slug = "merge-impossible"
    title = Words("不能这样合并", "These cannot be merged")
    detail = Words(
        "站点不能并入自己；已经并入别处的站点既不能再合并，也不能接收别的站点。",
        "A site cannot go into itself, and one that went into another can neither be merged again nor take one in.",
    )


def find_alike_sites(actor: Actor, *, area_prefix: str = "", limit: int = 50) -> list[AlikeSites]:
    """
    List pairs of sites within the actor's area that may be one, the most alike first.

    Raises areas.AreaNotFoundError for an area outside the actor's.
    """
    if area_prefix and not actor.covers_area(area_prefix, *OFFICERS):
        raise areas.AreaNotFoundError(area_code=area_prefix)
    prefixes = [area_prefix] if area_prefix else actor.area_prefixes(*OFFICERS)
    within = (Site.area_code.startswith(one, autoescape=True) for one in prefixes)
    rows = session().execute(
        sa.select(Site.id, Site.name, Site.area_code, Site.address, Site.lon, Site.lat, Site.version).where(
            Site.merged_into_id.is_(None), sa.or_(sa.false(), *within)
        )
    )
    return find_alike(
        SitePlace(
            site_id=row.id,
            name=row.name,
            area_code=row.area_code,
            address=row.address,
            point_ll=None if row.lon is None or row.lat is None else (row.lon, row.lat),
            version=row.version,
        )
        for row in rows
    )[:limit]


def merge_site(site_id: UUID, *, into_id: UUID, version: int, actor: Actor, at: datetime, zone: ZoneInfo) -> Site:
    """
    Merge a site into another one that is the same place; the one that stays comes back.

    What the other does not offer yet moves there with its hours and places; the rest stays readable under the
    old id, whose site is closed from today. What was merged into the old one is one hop from the new one, too. A list
    that is imported again no longer changes the old one. Journal: site.merged.

    Raises
    ------
    SiteNotFoundError
        One of them does not exist or is outside the actor's area.
    storage.StaleVersionError, MergeImpossibleError

    """
    for each in sorted((site_id, into_id)):  # in one order, so that two merges wait for each other
        lock_site(each)
    loser, winner = (site_to_tend(each, actor=actor, by_owner=False) for each in (site_id, into_id))
    session().refresh(loser)
    session().refresh(winner)
    check_version(loser.version, expected=version)
    if loser.id == winner.id or loser.merged_into_id is not None or winner.merged_into_id is not None:
        raise MergeImpossibleError
    moved = _move_offers(loser.id, winner.id)
    _close(loser.id, at=at, on=dates.service_date(at, zone))
    session().execute(sa.update(Site).where(Site.merged_into_id == loser.id).values(merged_into_id=winner.id))
    loser.merged_into_id = winner.id
    session().flush()
    refresh_cells(site_ids=[loser.id, winner.id])
    journal.append(
        "site.merged",
        actor=actor,
        at=at,
        subject_id=loser.id,
        into_id=str(winner.id),
        moved=[str(one) for one in moved],
    )
    return winner


def _move_offers(loser_id: UUID, winner_id: UUID) -> list[UUID]:
    """Move what the winner does not offer yet: no service of the same code given in the same way."""
    offers = (
        sa.select(ServiceAtSite.id, Service.service_code, Service.delivery)
        .join(Service, Service.id == ServiceAtSite.service_id)
        .order_by(ServiceAtSite.id)
    )
    present = {
        (code, delivery) for _, code, delivery in session().execute(offers.where(ServiceAtSite.site_id == winner_id))
    }
    moved: list[UUID] = []
    for offer_id, code, delivery in session().execute(offers.where(ServiceAtSite.site_id == loser_id)).all():
        if (code, delivery) not in present:
            moved.append(offer_id)
            present.add((code, delivery))
    session().execute(sa.update(ServiceAtSite).where(ServiceAtSite.id.in_(moved)).values(site_id=winner_id))
    for hanging in (OpeningHours, Capacity):
        session().execute(sa.update(hanging).where(hanging.service_at_site_id.in_(moved)).values(site_id=winner_id))
    return moved


def _close(site_id: UUID, *, at: datetime, on: date) -> None:
    """Let the site have been closed since today; what it was before stays."""
    rows = session().scalars(sa.select(SiteStatus).where(SiteStatus.site_id == site_id, as_known(SiteStatus, None)))
    before = [
        (row.stage, row.valid_from, on if row.valid_to is None or row.valid_to > on else row.valid_to)
        for row in rows
        if row.valid_from < on
    ]
    put_stages(site_id, stages=[*before, (Stage.CLOSED, on, None)], at=at)
