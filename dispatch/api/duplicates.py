"""Sites that may be one, and merging them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.plumbing import Blueprint, version_wanted
from dispatch.api.schemas.duplicates import (
    AlikeSitesQuery,
    AlikeSitesSchema,
    MergedSchema,
    MergeSchema,
)

if TYPE_CHECKING:
    from uuid import UUID

WRITERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)

bp = Blueprint("duplicates", __name__, url_prefix="/v1", description="Sites that may be one")


@bp.get("/duplicates")
@open_to(*WRITERS)
@bp.arguments(AlikeSitesQuery, location="query")
@bp.response(200, AlikeSitesSchema)
def list_alike(query: dict[str, Any]) -> dict[str, Any]:
    """List pairs of sites in one's area with like names within 100 m, the most alike first."""
    with storage.reading():
        return {"items": directory.find_alike_sites(actor(), area_prefix=query["area"], limit=query["limit"])}


@bp.post("/sites/<uuid:site_id>/merge")
@open_to(*WRITERS)
@bp.arguments(MergeSchema)
@bp.response(200, MergedSchema)
def merge_site(wish: dict[str, Any], site_id: UUID) -> dict[str, Any]:
    """Merge a site into the one that it is; its id answers 301 from then on, its history stays readable."""
    version, now = version_wanted(), clock.utc_now()
    with storage.transaction():
        directory.merge_site(
            site_id, into_id=wish["into_id"], version=version, actor=actor(), at=now, zone=settings().time_zone
        )
    return {"site_id": site_id, "merged_into_id": wish["into_id"]}
