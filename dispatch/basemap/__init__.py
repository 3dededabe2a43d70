"""
The base map below the layers: streets, water and boundaries of an OpenStreetMap extract, drawn and nothing else.

Pure engine. The files stand in a folder within the network's, and are written and replaced together with it; a
network without them has an empty map. Nothing is computed on them.
"""

from dispatch.basemap.files import NO_MAP, BaseMapLayer, find_shapes, open_base_map, write_base_map
from dispatch.basemap.osm import BaseLayer, MapShapes, read_map_shapes

__all__ = [
    "NO_MAP",
    "BaseLayer",
    "BaseMapLayer",
    "MapShapes",
    "find_shapes",
    "open_base_map",
    "read_map_shapes",
    "write_base_map",
]
