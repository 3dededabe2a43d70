"""A coverage run as a file for GIS software."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response

from dispatch import coverage, storage
from dispatch.api.access import actor, open_to_anyone
from dispatch.api.plumbing import Blueprint

if TYPE_CHECKING:
    from uuid import UUID

GEOPACKAGE = "application/geopackage+sqlite3"

bp = Blueprint("geopackage", __name__, url_prefix="/v1", description="A run as a GeoPackage")


@bp.get("/coverage/runs/<uuid:run_id>/geopackage")
@open_to_anyone
@bp.response(200, {"type": "string", "format": "binary"}, content_type=GEOPACKAGE)
def export_run(run_id: UUID) -> Response:
    """Give a run as a GeoPackage: sites, circles, gaps, hexagons, areas; what was published, to everybody."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.gpkg"
        with storage.reading():
            coverage.export_run(run_id, actor=actor(), path=path)
        body = path.read_bytes()  # some 400 bytes a hexagon: 40 MB for the largest city
    name = {"Content-Disposition": f"attachment; filename=run-{run_id}.gpkg"}
    return Response(body, content_type=GEOPACKAGE, headers=name)
