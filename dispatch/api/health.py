"""Is the process alive, and can it serve?"""

from __future__ import annotations

import shutil
import socket
from typing import Any

from marshmallow import Schema, fields

from dispatch import clock, storage, streets
from dispatch.api.access import open_to_anyone, settings
from dispatch.api.networks import imported_network
from dispatch.api.plumbing import Blueprint
from dispatch.errors import UnavailableError
from dispatch.words import Words

LEAST_FREE_BYTES = 100_000_000  # with less, a backup or an import may fill the disk

bp = Blueprint("health", __name__, description="Alive and ready")


class DiskFullError(UnavailableError):
    """So little is free that the next import or backup may fail."""

    slug = "disk-almost-full"
    title = Words("磁盘快满了", "The disk is almost full")
    detail = Words(
        "数据目录所在磁盘只剩 {free_mb} MB，请清理或扩容。", "{free_mb} MB are free where the data lie; make room."
    )


class LiveSchema(Schema):
    """The process answers."""

    status = fields.String(required=True)


class ReadySchema(LiveSchema):
    """What the answers rest on."""

    database = fields.String(required=True, metadata={"description": "sqlite or postgresql; it was written just now"})
    migration = fields.String(required=True)
    network = fields.String(required=True, metadata={"description": "name@sha of the street network"})
    network_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "age of the map"})
    oldest_job_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "since when the oldest job waits; null: none waits"}
    )
    workers = fields.Integer(required=True, metadata={"description": "workers that live"})
    free_mb = fields.Integer(required=True, metadata={"description": "free on the disk with the data"})


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
    """Say whether requests can be served: the database can be written and is upgraded, the network is there."""
    with storage.database_faults():
        storage.check_schema()
    network = imported_network()
    free_bytes = shutil.disk_usage(settings().var_dir).free
    if free_bytes < LEAST_FREE_BYTES:
        raise DiskFullError(free_mb=free_bytes // 1_000_000)
    now = clock.utc_now()
    with storage.transaction():
        storage.beat(socket.gethostname(), at=now)
        oldest_job_at = storage.oldest_job_at()
        workers = storage.count_workers(seen_since=now - storage.WORKER_LOST_AFTER)
    present, _needed = storage.schema_state()
    return {
        "status": "ok",
        "database": storage.engine().dialect.name,
        "migration": present,
        "network": streets.network_identity(network.manifest),
        "network_at": network.manifest.source_at,
        "oldest_job_at": oldest_job_at,
        "workers": workers,
        "free_mb": free_bytes // 1_000_000,
    }
