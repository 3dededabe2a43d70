"""What an OpenStreetMap extract holds for a base map."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import osmium
import osmium.filter
import osmium.geom

if TYPE_CHECKING:
    from pathlib import Path

# class of street -> the zoom from which it is drawn; what is not named here is not drawn
STREET_ZOOMS = {
    "motorway": 6,
    "trunk": 7,
    "primary": 8,
    "secondary": 10,
    "tertiary": 11,
    "motorway_link": 11,
    "trunk_link": 11,
    "primary_link": 12,
    "secondary_link": 12,
    "tertiary_link": 13,
    "unclassified": 12,
    "residential": 12,
    "living_street": 13,
    "pedestrian": 13,
    "road": 13,
    "service": 14,
    "track": 14,
    "footway": 14,
    "path": 14,
    "steps": 14,
    "cycleway": 14,
}
RIVER_ZOOMS = {"river": 8, "canal": 10, "stream": 12, "drain": 13, "ditch": 14}
WATER_ZOOM = 8
# admin_level -> zoom: countries and provinces, cities, districts, subdistricts
BOUNDARY_ZOOMS = {"2": 4, "3": 5, "4": 5, "5": 7, "6": 8, "7": 9, "8": 10, "9": 11, "10": 12}
_WATER = (("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"))
_KEYS = ("highway", "waterway", "natural", "landuse", "boundary")


class BaseLayer(StrEnum):
    """The layers of the base map."""

    STREETS = "streets"
    WATER = "water"
    BOUNDARIES = "boundaries"


@dataclass(slots=True)
class MapShapes:
    """Shapes of one layer in WGS 84: WKB, kind, name, and the zoom from which each is drawn."""

    wkb: list[bytes] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    zooms: list[int] = field(default_factory=list)

    def add(self, wkb: str, *, kind: str, name: str, zoom: int) -> None:
        """Add one."""
        self.wkb.append(bytes.fromhex(wkb))
        self.kinds.append(kind)
        self.names.append(name)
        self.zooms.append(zoom)


def read_map_shapes(path: Path) -> dict[BaseLayer, MapShapes]:
    """
    Read streets with class and name, water and administrative boundaries of an extract.

    Boundaries are lines: of a relation that the extract's rim cuts, the part that is there is drawn. Water areas that
    the rim cuts are left out. A way of several boundaries is one of the highest of them.

    Raises
    ------
    RuntimeError
        The file cannot be read; `streets.read_osm` says it in words.

    """
    found = {layer: MapShapes() for layer in BaseLayer}
    levels = _boundary_ways(path)
    made = osmium.geom.WKBFactory()
    reader = osmium.FileProcessor(str(path)).with_areas(osmium.filter.TagFilter(*_WATER))
    for one in reader:
        try:
            if isinstance(one, osmium.osm.Area):
                _add_water(found[BaseLayer.WATER], one, made=made)
            elif isinstance(one, osmium.osm.Way):
                _add_way(found, one, levels=levels, made=made)
        except (RuntimeError, osmium.InvalidLocationError):
            continue  # a shape without enough points of its own, as at the rim of an extract
    return found


def _boundary_ways(path: Path) -> dict[int, str]:
    """Give the ways that administrative boundaries are made of, with the highest level of each."""
    levels: dict[int, str] = {}
    reader = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"))
    )
    for one in reader:
        level = one.tags.get("admin_level", "")
        if isinstance(one, osmium.osm.Relation) and level in BOUNDARY_ZOOMS:
            for member in one.members:
                if member.type == "w" and int(level) < int(levels.get(member.ref, "99")):
                    levels[member.ref] = level
    return levels


def _add_water(layer: MapShapes, one: osmium.osm.Area, *, made: osmium.geom.WKBFactory) -> None:
    if any(one.tags.get(key) == value for key, value in _WATER):
        kind = one.tags.get("water") or "water"
        layer.add(made.create_multipolygon(one), kind=kind, name=one.tags.get("name") or "", zoom=WATER_ZOOM)


def _add_way(
    found: dict[BaseLayer, MapShapes], way: osmium.osm.Way, *, levels: dict[int, str], made: osmium.geom.WKBFactory
) -> None:
    tags, name = way.tags, way.tags.get("name") or ""
    highway, waterway = tags.get("highway", ""), tags.get("waterway", "")
    if highway in STREET_ZOOMS and tags.get("area") != "yes":
        wkb = made.create_linestring(way)
        found[BaseLayer.STREETS].add(wkb, kind=highway, name=name, zoom=STREET_ZOOMS[highway])
    if waterway in RIVER_ZOOMS:
        found[BaseLayer.WATER].add(made.create_linestring(way), kind=waterway, name=name, zoom=RIVER_ZOOMS[waterway])
    own = tags.get("admin_level", "") if tags.get("boundary") == "administrative" else ""
    level = levels.get(way.id) or (own if own in BOUNDARY_ZOOMS else None)
    if level is not None:
        wkb = made.create_linestring(way)
        found[BaseLayer.BOUNDARIES].add(wkb, kind=level, name=name, zoom=BOUNDARY_ZOOMS[level])
