"""Is the process alive, and can it serve?"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from dispatch import storage, streets
from dispatch.api.access import open_to_anyone
from dispatch.api.networks import current_network
from dispatch.api.plumbing import Blueprint

bp = Blueprint("health", __name__, description="Alive and ready")


class LiveSchema(Schema):
    """The process answers."""

    status = fields.String(required=True)


class ReadySchema(LiveSchema):
    """What the answers rest on."""

    migration = fields.String(required=True)
    network = fields.String(required=True, metadata={"description": "name@sha of the street network"})
    network_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "age of the map"})


@bp.get("/livez")
@open_to_anyone
@bp.response(200, LiveSchema)
def live() -> dict[str, str]:
    """Say that the process answers; asks nothing of anybody."""
    return {"status": "ok"}


@bp.get("/readyz")
@open_to_anyone
@bp.response(200, ReadySchema)
def ready() -> dict[str, Any]:
    """Say whether requests can be served: the database answers and is upgraded, the network is there."""
    with storage.database_faults():
        storage.check_schema()
    network = current_network()
    present, _needed = storage.schema_state()
    return {
        "status": "ok",
        "migration": present,
        "network": streets.network_identity(network.manifest),
        "network_at": network.manifest.source_at,
    }
