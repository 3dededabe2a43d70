"""Vector tiles for maps: sites, coverage, and the base map of the imported extract. Nothing comes from outside."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, request

from dispatch import coverage, storage, tiles
from dispatch.api.access import open_to_anyone
from dispatch.api.ogc_document import ATTRIBUTION, EVERYWHERE
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.tiles import TileJsonSchema, TileQuery
from dispatch.api.tile_layers import MIN_ZOOMS, draw, etag_of, fields_of, open_source

if TYPE_CHECKING:
    from dispatch.api.tile_layers import TileSource
    from dispatch.tiles import Tile

MVT = "application/vnd.mapbox-vector-tile"
NEWEST_ZOOM = 14  # clients enlarge tiles of this zoom for those beyond it

bp = Blueprint("tiles", __name__, url_prefix="/tiles", description="Vector tiles, for maps")


@bp.get("/<string:layer>.json")
@open_to_anyone
@conditional
@bp.arguments(TileQuery, location="query")
@bp.response(200, TileJsonSchema)
def describe_tiles(query: dict[str, Any], layer: str) -> dict[str, Any]:
    """Describe the tiles of a layer as TileJSON: address, zooms, attributes, attribution, runs."""
    with storage.reading():
        source = open_source(layer, query=query)
        bounds = coverage.find_extent() or EVERYWHERE
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    address = f"{request.host_url}tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"
    return {
        "tilejson": "3.0.0",
        "name": layer,
        "attribution": ATTRIBUTION,
        "tiles": [f"{address}?{asked}" if asked else address],
        "minzoom": MIN_ZOOMS[layer],
        "maxzoom": NEWEST_ZOOM,
        "bounds": list(bounds),
        "vector_layers": [{"id": layer, "fields_": fields_of(layer)}],
        "runs": source.runs,
    }


@bp.get("/<string:layer>/<int:z>/<int:x>/<int:y>.mvt")
@open_to_anyone
@conditional
@bp.arguments(TileQuery, location="query")
@bp.alt_response(204, description="Nothing of the layer is there", success=True)
@bp.response(200, {"type": "string", "format": "binary"}, content_type=MVT)
def show_tile(query: dict[str, Any], layer: str, z: int, x: int, y: int) -> Response:
    """Give one tile of a layer as a Mapbox vector tile; 204 where it is empty."""
    tile = tiles.make_tile(z, x=x, y=y)
    with storage.reading():
        source = open_source(layer, query=query)
        if source.version is not None and request.if_none_match.contains(etag_of(source, tile=tile)):
            return _unchanged(source, tile=tile)
        return _sent(source, tile=tile, body=draw(source, tile=tile, query=query))


def _unchanged(source: TileSource, *, tile: Tile) -> Response:
    """Say that the caller's tile is the present one: nothing is drawn."""
    reply = Response(status=304, headers={"Cache-Control": "no-cache, private"})
    reply.set_etag(etag_of(source, tile=tile))
    return reply


def _sent(source: TileSource, *, tile: Tile, body: bytes) -> Response:
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    reply = Response(body if takes_gzip or not body else gzip.decompress(body), content_type=MVT)
    if not body:
        reply.status_code = 204
        reply.headers["Cache-Control"] = "no-cache, private"
        del reply.headers["Content-Type"]
    elif takes_gzip:
        reply.headers["Content-Encoding"] = "gzip"
    reply.headers["Vary"] = "Accept-Encoding"
    reply.set_etag(etag_of(source, tile=tile, body=body))
    return reply
