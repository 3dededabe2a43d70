"""
Points, areas, reference systems, hexagons.

Everything stored and sent is WGS 84, longitude first; everything measured is in the metres of a local
projection. Pure: no database, no clock, no settings.
"""

from dispatch.geo.cells import (
    RESOLUTION,
    cell_center,
    cell_of,
    cell_polygon,
    cell_text,
    cells_covering,
    cells_of,
    cells_within,
)
from dispatch.geo.crs import (
    Projection,
    ReferenceSystem,
    from_wgs84,
    local_projection,
    projection_from,
    to_lonlat,
    to_metric,
    to_wgs84,
)
from dispatch.geo.declared import DeclaredSystem, declared_system
from dispatch.geo.geopackage import FileLayer, write_geopackage
from dispatch.geo.points import (
    LonLat,
    LonLatPolygon,
    MetricPolygon,
    StudyArea,
    distance_m,
    haversine_m,
    is_swapped,
)
from dispatch.geo.polygons import InvalidGeometryError, outline_box, read_polygon

__all__ = [
    "RESOLUTION",
    "DeclaredSystem",
    "FileLayer",
    "InvalidGeometryError",
    "LonLat",
    "LonLatPolygon",
    "MetricPolygon",
    "Projection",
    "ReferenceSystem",
    "StudyArea",
    "cell_center",
    "cell_of",
    "cell_polygon",
    "cell_text",
    "cells_covering",
    "cells_of",
    "cells_within",
    "declared_system",
    "distance_m",
    "from_wgs84",
    "haversine_m",
    "is_swapped",
    "local_projection",
    "outline_box",
    "projection_from",
    "read_polygon",
    "to_lonlat",
    "to_metric",
    "to_wgs84",
    "write_geopackage",
]
