"""Beds of a site: what was approved, built, opened and closed. Only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from dispatch import clock, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.beds import BedChangeSchema, BedChangesSchema, BedChangeWishSchema

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("beds", __name__, url_prefix="/v1", description="Beds and how they change")


@bp.get("/sites/<uuid:site_id>/bed-changes")
@open_to_anyone
@conditional
@bp.response(200, BedChangesSchema)
def list_bed_changes(site_id: UUID) -> dict[str, Any]:
    """List all changes of a site's beds, the oldest first."""
    with storage.reading():
        return {"items": [_change(row) for row in directory.list_bed_changes(site_id)]}


@bp.post("/sites/<uuid:site_id>/bed-changes")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(BedChangeWishSchema)
@bp.response(201, BedChangeSchema)
def record_bed_change(change: directory.NewBedChange, site_id: UUID) -> ResponseReturnValue:
    """Put a change of beds on record; it stays, and a wrong one is taken back by another one."""
    with storage.transaction():
        reply, status = once(
            lambda: _change(directory.record_bed_change(site_id, change=change, actor=actor(), at=clock.utc_now())),
            schema=BedChangeSchema(),
            status=201,
        )
    return jsonify(reply), status


def _change(row: directory.BedChange) -> dict[str, Any]:
    return {name: getattr(row, name) for name in BedChangeSchema().fields}
