"""
Vector tiles: which ground a tile shows, and shapes cut, simplified and written as Mapbox vector tiles.

Pure engine. Tiles are those of the web: Web Mercator (EPSG:3857), x to the east, y to the south.
"""

from dispatch.tiles.encoding import encode_tile
from dispatch.tiles.grid import (
    MAX_ZOOM,
    Tile,
    TileNotFoundError,
    make_tile,
    tile_box_ll,
    to_mercator,
)

__all__ = [
    "MAX_ZOOM",
    "Tile",
    "TileNotFoundError",
    "encode_tile",
    "make_tile",
    "tile_box_ll",
    "to_mercator",
]
