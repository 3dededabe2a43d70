"""Publishing coverage, and what is published: open to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, coverage, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.publications import (
    PublicationQuery,
    PublicationSchema,
    PublicationsSchema,
    WithdrawalSchema,
)

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.coverage import Publication

bp = Blueprint("publications", __name__, url_prefix="/v1", description="Coverage for everybody, small counts hidden")


@bp.post("/coverage/runs/<uuid:run_id>/publication")
@open_to(Role.DISTRICT_OFFICER)
@bp.response(201, PublicationSchema)
def publish_run(run_id: UUID) -> Publication:
    """Publish the counts of a run by area; small ones are hidden, and as few others as keep them safe."""
    with storage.reading():
        draft = coverage.draft_publication(run_id, actor=actor())
    hiding = coverage.hide_counts(draft)
    with storage.transaction():
        return coverage.store_publication(draft, hiding=hiding, actor=actor(), at=clock.utc_now())


@bp.get("/coverage/publications")
@open_to_anyone
@conditional
@bp.arguments(PublicationQuery, location="query")
@bp.response(200, PublicationsSchema)
def list_publications(query: dict[str, Any]) -> dict[str, Any]:
    """List what is published, the newest first, withdrawn ones among them; rows come with each one."""
    wanted = {"area_code": query["area"], "service_code": query["service"]}
    with storage.reading():
        found = coverage.find_publications(**wanted, skip=place_of(query), limit=query["limit"] + 1)
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/publications/<uuid:publication_id>")
@open_to_anyone
@conditional
@bp.response(200, PublicationSchema)
def get_publication(publication_id: UUID) -> Publication:
    """Give published counts by area with everything they rest on; null stands for a hidden count."""
    with storage.reading():
        return coverage.get_publication(publication_id)


@bp.post("/coverage/publications/<uuid:publication_id>/withdrawal")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(WithdrawalSchema)
@bp.response(201, PublicationSchema)
def withdraw_publication(wish: dict[str, Any], publication_id: UUID) -> Publication:
    """Take a publication back; everybody sees that it was withdrawn, and why."""
    with storage.transaction():
        return coverage.withdraw_publication(publication_id, **wish, actor=actor(), at=clock.utc_now())
