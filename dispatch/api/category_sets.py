"""Which categories an area counts for a purpose, and from when."""

from __future__ import annotations

from typing import Any

from dispatch import clock, elders, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.category_sets import (
    CategorySetQuery,
    CategorySetSchema,
    CategorySetsSchema,
    CategorySetWishSchema,
)

bp = Blueprint("category_sets", __name__, url_prefix="/v1", description="Which categories an area counts")


@bp.get("/category-sets")
@open_to_anyone
@bp.arguments(CategorySetQuery, location="query")
@bp.response(200, CategorySetsSchema)
def list_category_sets(query: dict[str, Any]) -> dict[str, Any]:
    """List the category sets of an area and of those it lies in, drafts too."""
    with storage.reading():
        return {"items": elders.list_category_sets(query["area"], known_at=query["known_at"])}


@bp.put("/category-sets")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(CategorySetWishSchema)
@bp.response(200, CategorySetSchema)
def put_category_set(record: elders.CategorySetRecord) -> elders.CategorySetFacts:
    """Put a set in force for an area, or draft one; months counted before stay countable as they were."""
    with storage.transaction():
        return elders.put_category_set(record, actor=actor(), at=clock.utc_now())
