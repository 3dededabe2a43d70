"""What stands in a tile of each layer, and by which version it is known."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from flask import current_app
from shapely.geometry import shape

from dispatch import basemap, coverage, directory, tiles
from dispatch.api.access import actor, settings
from dispatch.api.ogc_layers import COLLECTIONS
from dispatch.basemap import BaseLayer
from dispatch.coverage import Layer, LayerFilter, LayerRun, RunChoice
from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from dispatch.tiles import Tile

    Shapes = Iterator[tuple[BaseGeometry, dict[str, Any]]]

CACHE_BYTES = 16_000_000
CACHED = "dispatch-tiles"
# layer -> the zoom from which it is drawn; farther out a tile would hold a whole city
MIN_ZOOMS = {"sites": 8, "circles": 8, "gaps": 6, "hexagons": 10, "areas": 5, "streets": 6, "water": 8, "boundaries": 4}
# from which zoom areas of a level are drawn
LEVEL_ZOOMS = {"city": 0, "district": 0, "subdistrict": 8, "community": 10}
MOST_SITES = 50_000
THINNED_BELOW, CELLS_A_TILE = 14, 256
"""Farther out than this zoom one site stands for all of its 256th of a tile, and says how many they are."""
BASE_FIELDS = {"kind": "String", "name": "String"}
SITE_FIELDS = {"id": "String", "name": "String", "facility_type": "String", "area_code": "String", "sites": "Number"}
TILE_TYPES = {"string": "String", "integer": "Number", "number": "Number", "boolean": "Boolean"}


class TileLayerNotFoundError(NotFoundError):
    """No such layer of tiles."""

    slug = "tile-layer-not-found"
    title = Words("没有这个瓦片图层", "No such layer of tiles")
    detail = Words("图层有 {known}。", "The layers are {known}.")


class TileSource(NamedTuple):
    """What a tile is made of: the layer, the runs that the caller sees, and the version that an ETag is made from."""

    layer: str
    runs: tuple[LayerRun, ...]
    version: str | None


def open_source(layer: str, *, query: dict[str, Any]) -> TileSource:
    """Find what the tiles of a layer rest on; call it inside a reading. Raises TileLayerNotFoundError."""
    if layer not in MIN_ZOOMS:
        raise TileLayerNotFoundError(known=", ".join(MIN_ZOOMS))
    if layer in set(BaseLayer):
        return TileSource(layer, (), _network_version())
    if layer == "sites":
        return TileSource(layer, (), None)  # any of many tables may change: what the tile holds is its version
    service = query["service"]
    choice = RunChoice(run_id=query["run"], service_code=None if service is None else coverage.service_wanted(service))
    runs = coverage.choose_runs(choice, actor=actor())
    parts = [f"{one.run.id}{one.sight.value}{one.publication_id}" for one in runs]
    if layer == Layer.AREAS:
        parts += [coverage.area_state(), str(_is_counted_only(query))]
    return TileSource(layer, runs, "|".join(parts))


def etag_of(source: TileSource, *, tile: Tile, body: bytes | None = None) -> str:
    """Name a tile: by what it is made from, or, where that has no version, by what it holds."""
    made = source.version if source.version is not None else hashlib.sha256(body or b"").hexdigest()
    return hashlib.sha256(f"{source.layer} {tile.z} {tile.x} {tile.y} {made}".encode()).hexdigest()[:32]


def draw(source: TileSource, *, tile: Tile, query: dict[str, Any]) -> bytes:
    """Give a tile, gzipped; b"" where it is empty. Call it inside a reading; what has a version is kept for a while."""
    kept: _Kept = current_app.extensions.setdefault(CACHED, _Kept())
    key = None if source.version is None else etag_of(source, tile=tile)
    body = None if key is None else kept.find(key)
    if body is None:
        written = b"" if tile.z < MIN_ZOOMS[source.layer] else _encode(source, tile=tile, query=query)
        body = gzip.compress(written, mtime=0) if written else b""
        if key is not None:
            kept.keep(key, body)
    return body


def fields_of(layer: str) -> dict[str, str]:
    """Say which attributes the features of a layer have, as TileJSON does."""
    if layer in set(BaseLayer):
        return BASE_FIELDS
    if layer == "sites":
        return SITE_FIELDS
    return {one.name: TILE_TYPES[one.type] for one in COLLECTIONS[layer].properties}


def _encode(source: TileSource, *, tile: Tile, query: dict[str, Any]) -> bytes:
    if source.layer in set(BaseLayer):
        found = _base_shapes(BaseLayer(source.layer), tile=tile)
    elif source.layer == "sites":
        found = _site_shapes(tile)
    else:
        found = _run_shapes(source, tile=tile, query=query)
    return tiles.encode_tile(source.layer, tile=tile, shapes=found)


def _base_shapes(layer: BaseLayer, *, tile: Tile) -> Shapes:
    opened = basemap.open_base_map(settings().networks_dir / settings().network, layer=layer)
    if opened is not None:
        yield from basemap.find_shapes(opened, box_m=tile.drawn_m, zoom=tile.z)


def _site_shapes(tile: Tile) -> Shapes:
    points = directory.find_site_points(tiles.tile_box_ll(tile), limit=MOST_SITES)
    if not points:
        return
    places = tiles.to_mercator(np.array([point.point_ll for point in points]))
    west, south, _, _ = tile.bounds_m
    cells = np.floor((places - (west, south)) / (tile.width_m / CELLS_A_TILE)).astype(np.int64)
    counts: dict[object, int] = {}
    first: dict[object, int] = {}
    for i, cell in enumerate(map(tuple, cells.tolist())):
        key: object = cell if tile.z < THINNED_BELOW else i
        counts[key] = counts.get(key, 0) + 1
        first.setdefault(key, i)
    for key, i in first.items():
        point = points[i]
        attributes = {
            "id": str(point.id),
            "name": point.name,
            "facility_type": point.facility_type,
            "area_code": point.area_code,
            "sites": counts[key],
        }
        yield shapely.Point(places[i]), attributes


def _run_shapes(source: TileSource, *, tile: Tile, query: dict[str, Any]) -> Shapes:
    levels = tuple(level for level, zoom in LEVEL_ZOOMS.items() if tile.z >= zoom)
    wanted = LayerFilter(boxes_ll=(tiles.tile_box_ll(tile),), levels=levels)
    found = coverage.read_layer(
        Layer(source.layer), runs=source.runs, wanted=wanted, is_counted_only=_is_counted_only(query)
    )
    with closing(found):
        for one in found:
            outline_ll = coverage.outline_of(one.row)
            if outline_ll is not None:
                outline = shapely.transform(shape(outline_ll), tiles.to_mercator)
                yield outline, coverage.attributes_of(one.row, run=one.run)


def _is_counted_only(query: dict[str, Any]) -> bool:
    return query["run"] is not None or query["service"] is not None


def _network_version() -> str:
    manifest = settings().networks_dir / settings().network / "manifest.json"
    return f"{settings().network} {manifest.stat().st_mtime_ns if manifest.exists() else 0}"


class _Kept:
    """The tiles drawn last, up to so many bytes, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def find(self, key: str) -> bytes | None:
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def keep(self, key: str, body: bytes) -> None:
        with self._lock:
            if key not in self._bodies:
                self._bodies[key] = body
                self._bytes += len(body) + len(key)
            while self._bytes > CACHE_BYTES:
                old, dropped = self._bodies.popitem(last=False)
                self._bytes -= len(dropped) + len(old)
