"""Reads of beds: the changes at a site, and the stock of an area on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.directory.models import BedChange, Code, Site, SiteStatus
from dispatch.directory.queries.sites import get_site
from dispatch.directory.values import BedCount, BedStage, Stage
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def list_bed_changes(site_id: UUID) -> list[BedChange]:
    """List all changes of a site's beds, the oldest first, or raise SiteNotFoundError."""
    get_site(site_id)
    return list(
        session().scalars(
            sa.select(BedChange).where(BedChange.site_id == site_id).order_by(BedChange.changed_on, BedChange.id)
        )
    )


def find_bed_stock(area_code: str, *, on: date) -> list[BedCount]:
    """
    Give the beds of an area and all below it as they stand on a date, past or to come; stocks of 0 are left out.

    Beds of a site that was merged into another one count there. In the order of sites, types and stages.
    """
    stands = sa.func.coalesce(Site.merged_into_id, Site.id)
    sums = (
        sa.select(
            stands.label("site_id"), BedChange.bed_type, BedChange.stage, sa.func.sum(BedChange.delta).label("beds")
        )
        .join(Site, Site.id == BedChange.site_id)
        .where(BedChange.changed_on <= on)
        .group_by(stands, BedChange.bed_type, BedChange.stage)
        .having(sa.func.sum(BedChange.delta) != 0)
        .subquery()
    )
    chosen = (
        sa.select(sums, Site.facility_type, Site.area_code, SiteStatus.stage.label("site_stage"))
        .join(Site, Site.id == sums.c.site_id)
        .outerjoin(SiteStatus, sa.and_(SiteStatus.site_id == sums.c.site_id, in_force(SiteStatus, on)))
        .where(Site.area_code.startswith(area_code, autoescape=True))
        .order_by(sums.c.site_id, sums.c.bed_type, sums.c.stage)
    )
    tiers = {
        code.code: str(code.facts.get("tier", ""))
        for code in session().scalars(sa.select(Code).where(Code.list_name == "facility_type"))
    }
    return [
        BedCount(
            site_id=row.site_id,
            facility_type=row.facility_type,
            tier=tiers.get(row.facility_type, ""),
            area_code=row.area_code,
            site_stage=Stage(row.site_stage) if row.site_stage else None,
            bed_type=row.bed_type,
            stage=BedStage(row.stage),
            beds=int(row.beds),
        )
        for row in session().execute(chosen)
    ]
