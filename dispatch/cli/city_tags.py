"""What an OpenStreetMap extract itself says: sites by tag, floor area of buildings, water and railways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import osmium
import shapely

from dispatch import coverage, geo

if TYPE_CHECKING:
    from pathlib import Path

    from osmium.osm import Area, Changeset, Node, Relation, Way

    Entity = Node | Way | Relation | Area | Changeset

# The first line that fits decides, so that a nursing home is not counted as a social facility too.
# category, key, values; published in docs/coverage.md, which a test compares.
SITE_TAGS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("nursing_home", "amenity", frozenset({"nursing_home"})),
    ("nursing_home", "social_facility", frozenset({"nursing_home", "assisted_living"})),
    ("social_facility", "amenity", frozenset({"social_facility"})),
    ("hospital", "amenity", frozenset({"hospital"})),
    ("hospital", "healthcare", frozenset({"hospital"})),
    ("clinic", "amenity", frozenset({"clinic", "doctors"})),
    ("clinic", "healthcare", frozenset({"clinic", "doctor", "centre"})),
    ("pharmacy", "amenity", frozenset({"pharmacy"})),
    ("pharmacy", "healthcare", frozenset({"pharmacy"})),
    ("community_centre", "amenity", frozenset({"community_centre"})),
)
CATEGORIES = tuple(dict.fromkeys(category for category, _, _ in SITE_TAGS))

UNINHABITED = frozenset(
    {"garage", "garages", "carport", "shed", "roof", "greenhouse", "ruins", "construction", "no", "barn", "stable"}
)
"""Values of `building` whose floor area is left out."""

MOST_LEVELS = 60.0
"""More storeys than this are taken for a slip of the pen and count as one."""

DEMAND_NAME = "floor_area_m2"


@dataclass(slots=True)
class Extract:
    """What was read of an extract; all shapes in WGS 84."""

    sites: dict[str, list[tuple[float, float, str]]] = field(default_factory=dict)
    buildings: list[shapely.Geometry] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    water: list[shapely.Geometry] = field(default_factory=list)
    rails: list[shapely.Geometry] = field(default_factory=list)


def read_extract(path: Path, *, with_places: bool) -> Extract:
    """
    Read an extract that `streets` has read already.

    Parameters
    ----------
    path : Path
        The .osm.pbf file.
    with_places : bool
        Whether sites and buildings are wanted; water and railways always are.

    """
    extract = Extract()
    made = osmium.geom.WKBFactory()
    keys = [
        "natural",
        "waterway",
        "railway",
        *(("building", "amenity", "healthcare", "social_facility") if with_places else ()),
    ]
    objects = (
        osmium.FileProcessor(str(path))
        .with_areas(osmium.filter.KeyFilter(*keys))
        .with_filter(osmium.filter.KeyFilter(*keys))
    )
    for one in objects:
        shape = _shape(one, made=made)
        if shape is None:
            continue
        if with_places and not isinstance(one, osmium.osm.Way):
            _keep_place(extract, one=one, shape=shape)
        _keep_ground(extract, one=one, shape=shape)
    return extract


def sites_of(extract: Extract) -> list[coverage.CityPoints]:
    """Give the sites of each category that has any."""
    return [
        coverage.CityPoints(
            name=category,
            lonlat=np.array([one[:2] for one in extract.sites[category]], np.float64),
            weight=np.ones(len(extract.sites[category])),
            labels=tuple(one[2] for one in extract.sites[category]),
        )
        for category in CATEGORIES
        if category in extract.sites
    ]


def demand_of(extract: Extract) -> coverage.CityPoints:
    """Give the floor area of buildings (footprint by levels, square metres): a stand-in for people, not people."""
    shapes = np.array(extract.buildings, dtype=object)
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes)) if len(shapes) else np.empty((0, 2))
    area_m2 = np.zeros(len(shapes))
    if len(shapes):
        projection = geo.local_projection(*(float(part) for part in middles.mean(axis=0)))
        area_m2 = np.rint(shapely.area(shapely.transform(shapes, projection.to_xy)) * np.array(extract.levels))
    is_kept = area_m2 > 0
    return coverage.CityPoints(
        name=DEMAND_NAME,
        lonlat=middles[is_kept],
        weight=area_m2[is_kept],
        labels=("",) * int(is_kept.sum()),
    )


def category_of(tags: osmium.osm.TagList | dict[str, str]) -> str | None:
    """Give the category of an object's tags, None where it is no site."""
    for category, key, values in SITE_TAGS:
        if tags.get(key) in values:
            return category
    return None


def levels_of(text: str | None) -> float:
    """Read `building:levels`; 1 where it is not said or cannot be."""
    try:
        levels = float((text or "1").replace(",", "."))
    except ValueError:
        return 1.0
    return levels if 0 < levels <= MOST_LEVELS else 1.0


def _shape(one: Entity, *, made: osmium.geom.WKBFactory) -> shapely.Geometry | None:
    try:
        if isinstance(one, osmium.osm.Node):
            return shapely.from_wkb(made.create_point(one))
        if isinstance(one, osmium.osm.Way):
            return shapely.from_wkb(made.create_linestring(one))
        if isinstance(one, osmium.osm.Area):
            return shapely.from_wkb(made.create_multipolygon(one))
    except RuntimeError:  # a way whose points are not in the file, or a ring that does not close
        return None
    return None


def _keep_place(extract: Extract, *, one: Entity, shape: shapely.Geometry) -> None:
    category = category_of(one.tags)
    if category is not None:
        middle = shapely.point_on_surface(shape)
        extract.sites.setdefault(category, []).append((middle.x, middle.y, one.tags.get("name") or ""))
    if isinstance(one, osmium.osm.Area) and one.tags.get("building", "no") not in UNINHABITED:
        extract.buildings.append(shape)
        extract.levels.append(levels_of(one.tags.get("building:levels")))


def _keep_ground(extract: Extract, *, one: Entity, shape: shapely.Geometry) -> None:
    tags = one.tags
    if isinstance(one, osmium.osm.Area):
        if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
            extract.water.append(shape)
    elif isinstance(one, osmium.osm.Way):
        if tags.get("waterway") in {"river", "canal"}:
            extract.water.append(shape)
        if tags.get("railway") == "rail":
            extract.rails.append(shape)
