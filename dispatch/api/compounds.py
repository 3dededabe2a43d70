"""Residential compounds with the floor and land of their elder care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import areas, clock, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.compounds import CompoundPageSchema, CompoundQuery, CompoundSchema, CompoundWishSchema

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dispatch.areas import Compound

WRITERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)

bp = Blueprint("compounds", __name__, url_prefix="/v1", description="Residential compounds")


@bp.get("/compounds")
@open_to_anyone
@conditional
@bp.arguments(CompoundQuery, location="query")
@bp.response(200, CompoundPageSchema)
def list_compounds(query: dict[str, Any]) -> dict[str, Any]:
    """List the residential compounds of an area."""
    limit, cursor = query["limit"], query["cursor"]
    with storage.reading():
        if query["area"] is not None:
            areas.get_area(query["area"])
        found = areas.find_compounds(
            query["area"] or "",
            stage=query["stage"],
            after=UUID(cursor[0]) if cursor else None,
            limit=limit + 1,
        )
        items = [_compound(each) for each in found[:limit]]
    return {"items": items, "next_cursor": encode_cursor(str(items[-1]["id"])) if len(found) > limit else None}


@bp.post("/compounds")
@open_to(*WRITERS)
@bp.arguments(CompoundWishSchema)
@bp.response(201, CompoundSchema)
def create_compound(record: areas.CompoundRecord) -> ResponseReturnValue:
    """Put a compound on record."""
    with storage.transaction():
        made = areas.create_compound(record, actor=actor(), at=clock.utc_now())
        shown, version = _compound(made), made.version
    return with_version(shown, version, 201)


@bp.get("/compounds/<uuid:compound_id>")
@open_to_anyone
@bp.response(200, CompoundSchema)
def get_compound(compound_id: UUID) -> ResponseReturnValue:
    """Give one compound; its version is the ETag."""
    with storage.reading():
        found = areas.get_compound(compound_id)
        shown, version = _compound(found), found.version
    return with_version(shown, version)


@bp.put("/compounds/<uuid:compound_id>")
@open_to(*WRITERS)
@bp.arguments(CompoundWishSchema)
@bp.response(200, CompoundSchema)
def change_compound(record: areas.CompoundRecord, compound_id: UUID) -> ResponseReturnValue:
    """Change a compound; what is left out becomes unknown."""
    version = version_wanted()
    with storage.transaction():
        changed = areas.change_compound(compound_id, record=record, version=version, actor=actor(), at=clock.utc_now())
        shown, version = _compound(changed), changed.version
    return with_version(shown, version)


def _compound(row: Compound) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CompoundSchema().fields}
