"""Shapes as Mapbox vector tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from dispatch.tiles.grid import Tile

EXTENT = 4096
"""Units across a tile, as every client expects."""
FINEST_UNITS = 4
"""What is smaller than this many units (a quarter of a pixel of a tile drawn at 256) is left out of a line."""
POLYGON = 2  # dimensions
COLLECTION = 7  # the type of a mixture, as shapely numbers them


def encode_tile(name: str, *, tile: Tile, shapes: Iterable[tuple[BaseGeometry, dict[str, Any]]]) -> bytes:
    """
    Write one layer as a tile; b"" where nothing of it is seen there.

    Parameters
    ----------
    name : str
        What the layer is called within the tile.
    tile : Tile
        Which one.
    shapes : iterable of (geometry, attributes)
        In Web Mercator metres. They are simplified to a quarter of a pixel and cut at the tile's rim; what is left
        of a polygon stays valid. Attributes that are None are left out: a tile has no null.

    """
    from mapbox_vector_tile import encode  # noqa: PLC0415 - protobuf is large, and not every process draws

    given = list(shapes)
    drawn = _draw(np.array([shape for shape, _ in given], object), tile=tile)
    features = [
        {"geometry": shape, "properties": {key: value for key, value in attributes.items() if value is not None}}
        for shape, (_, attributes) in zip(drawn, given, strict=True)
        if shape is not None and not shape.is_empty
    ]
    if not features:
        return b""
    written: bytes = encode([{"name": name, "features": features}], default_options={"extents": EXTENT})
    return written


def _draw(shapes: NDArray[np.object_], *, tile: Tile) -> NDArray[np.object_]:
    """Simplify shapes, cut them, and bring them to the whole units of the tile; what nothing is left of is empty."""
    if not len(shapes):
        return shapes
    kinds = shapely.get_dimensions(shapes)
    is_flat = kinds == POLYGON
    shapes = shapely.simplify(shapes, tile.width_m / EXTENT * FINEST_UNITS, preserve_topology=False)
    is_broken = is_flat & ~shapely.is_valid(shapes)
    shapes[is_broken] = shapely.make_valid(shapes[is_broken])
    shapes = shapely.intersection(shapes, shapely.box(*tile.drawn_m))
    west, south, _, _ = tile.bounds_m
    shapes = shapely.transform(shapes, lambda places: np.round((places - (west, south)) * (EXTENT / tile.width_m)))
    is_broken = is_flat & ~shapely.is_valid(shapes)
    shapes[is_broken] = shapely.make_valid(shapes[is_broken])
    shapes[is_flat] = shapely.set_precision(shapes[is_flat], 1.0)  # what was made valid has new corners
    is_mixed = shapely.get_type_id(shapes) == COLLECTION
    for row in np.flatnonzero(is_mixed | (shapely.get_dimensions(shapes) != kinds)):
        shapes[row] = _parts_of(shapes[row], dimensions=int(kinds[row]))
    return shapes


def _parts_of(shape: BaseGeometry, *, dimensions: int) -> BaseGeometry | None:
    """Leave out what a cut that only touches leaves behind: points and lines of a polygon, points of a line."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = parts[shapely.get_dimensions(parts) == dimensions]
    maker: Any = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimensions]
    return maker(kept) if len(kept) else None
