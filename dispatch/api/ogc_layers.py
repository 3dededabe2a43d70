"""The collections of OGC API - Features: what each holds, which of it one may filter by, and how a row becomes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch import coverage, geo
from dispatch.coverage import CellRow, Layer, LayerPlace
from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.coverage import LayerRow
    from dispatch.directory import SiteSpot

WHOLE, SHARE, TEXT, FLAG = "integer", "number", "string", "boolean"


class CollectionNotFoundError(NotFoundError):
    """No such collection."""

    slug = "collection-not-found"
    title = Words("没有这个图层", "No such collection")
    detail = Words("图层有 {known}。", "The collections are {known}.")


class FeatureNotFoundError(NotFoundError):
    """No such feature, or it is not for the reader to see."""

    slug = "feature-not-found"
    title = Words("没有这个要素，或者不归你看", "No such feature, or it is not yours to see")


class Property(NamedTuple):
    """A property of features; `is_filter`: one may ask for features with exactly this value."""

    name: str
    type: str
    about: Words
    is_filter: bool = False


class Collection(NamedTuple):
    """A collection; the layer of sites is the directory's, the others are coverage's."""

    id: str
    layer: Layer | None
    title: Words
    about: Words
    geometry: str
    properties: tuple[Property, ...]
    filters: tuple[str, ...] = ()

    @property
    def queryables(self) -> tuple[str, ...]:
        """What one may filter by beside bbox and datetime."""
        return tuple(one.name for one in self.properties if one.is_filter) + self.filters


AREA_CODE = Property("area_code", TEXT, Words("区划代码", "code of the area"), is_filter=True)
SUPPRESSED = Property("suppressed", FLAG, Words("有数字隐去", "whether counts are hidden"))
RUN = (
    Property("run", TEXT, Words("哪次计算", "the run"), is_filter=True),
    Property("service", TEXT, Words("服务代码", "code of the service"), is_filter=True),
    Property("run_area", TEXT, Words("计算的区划", "area of the run")),
    Property("as_of", TEXT, Words("名册日期", "registers of this date")),
    Property("limit_min", WHOLE, Words("时间上限，分钟", "limit in minutes")),
    Property("speed_mps", SHARE, Words("步行速度，米/秒", "walking speed in m/s")),
    Property("published", FLAG, Words("已公布", "whether everybody sees it")),
)
FIGURES = (
    AREA_CODE,
    Property("level", TEXT, Words("层级", "level of the area"), is_filter=True),
    Property("name_zh", TEXT, Words("名称", "name in Chinese")),
    Property("name_en", TEXT, Words("英文名称", "name in English")),
    Property("elders", WHOLE, Words("老年人数", "elders")),
    Property("covered", WHOLE, Words("已覆盖人数", "elders within the limit")),
    Property("uncovered", WHOLE, Words("未覆盖人数", "elders outside")),
    Property("covered_share", SHARE, Words("覆盖率", "covered / elders")),
    Property("sites", WHOLE, Words("站点数", "open sites that give the service")),
    Property("is_covered", FLAG, Words("是否达标", "whether the area counts as covered")),
    Property("is_borderline", FLAG, Words("是否临界", "whether that would change at 12 or 18 minutes")),
    Property("nearest_s", WHOLE, Words("到最近站点的秒数", "way of the median uncovered elder in seconds")),
    SUPPRESSED,
)
COLLECTIONS = {
    one.id: one
    for one in (
        Collection(
            "sites",
            None,
            Words("服务站点", "Sites"),
            Words(
                "名录里的全部站点；没有坐标的没有图形。",
                "All sites of the directory; one without a point has no geometry.",
            ),
            "Point",
            (
                Property("name", TEXT, Words("名称", "name"), is_filter=True),
                Property("facility_type", TEXT, Words("设施类型代码", "code of the facility type"), is_filter=True),
                Property("tier", TEXT, Words("层级", "tier")),
                AREA_CODE,
                Property("organization_name", TEXT, Words("机构", "organization")),
                Property("stage", TEXT, Words("今天的阶段", "stage today")),
                Property("services", TEXT, Words("提供的服务代码", "codes of the services given there")),
                Property("freshness", TEXT, Words("核实情况", "whether it was verified lately")),
            ),
            ("area", "service"),
        ),
        Collection(
            "circles",
            Layer.CIRCLES,
            Words("服务圈", "Service circles"),
            Words(
                "每个站点按路网步行可达的范围。",
                "The ground from which each site is reached on foot along the streets.",
            ),
            "MultiPolygon",
            (
                *RUN,
                Property("site_id", TEXT, Words("站点", "the site"), is_filter=True),
                Property("name", TEXT, Words("站点名称", "name of the site")),
                AREA_CODE,
                Property("lon", SHARE, Words("站点经度", "longitude of the site")),
                Property("lat", SHARE, Words("站点纬度", "latitude of the site")),
                Property("reached", WHOLE, Words("圈内老年人数", "elders within the limit of it")),
                SUPPRESSED,
            ),
            ("area",),
        ),
        Collection(
            "gaps",
            Layer.GAPS,
            Words("覆盖空白", "Coverage gaps"),
            Words("每个区划在所有服务圈之外的部分。", "The ground of each area outside every circle."),
            "MultiPolygon",
            (*RUN, *FIGURES),
            ("area",),
        ),
        Collection(
            "hexagons",
            Layer.HEXAGONS,
            Words("六边形网格", "Hexagons"),
            Words(
                "到最近站点的步行分钟数，按 H3 第 9 级网格。",
                "Minutes on foot to the nearest site, by H3 cells of resolution 9.",
            ),
            "Polygon",
            (
                *RUN,
                Property("cell", TEXT, Words("网格编号", "the cell"), is_filter=True),
                Property("walk_s", WHOLE, Words("步行秒数", "seconds on foot")),
                Property("minutes", WHOLE, Words("步行分钟数", "minutes on foot")),
                Property("elders", WHOLE, Words("老年人数", "elders")),
                Property("uncovered", WHOLE, Words("未覆盖人数", "elders outside")),
                SUPPRESSED,
            ),
        ),
        Collection(
            "areas",
            Layer.AREAS,
            Words("区划", "Areas"),
            Words(
                "区、街道、社区的边界和覆盖数字；没有计算过的只有边界。",
                "Boundaries of districts, subdistricts and communities, and their figures where there is a run.",
            ),
            "MultiPolygon",
            (*RUN, *FIGURES),
            ("area",),
        ),
    )
}


def get_collection(name: str) -> Collection:
    """Give a collection, or raise CollectionNotFoundError."""
    if name not in COLLECTIONS:
        raise CollectionNotFoundError(known=", ".join(COLLECTIONS))
    return COLLECTIONS[name]


def feature_id(place: LayerPlace) -> str:
    """Make the id of a row: RUN.KEY, or the key alone where no run counts it."""
    return place.key if place.run_id is None else f"{place.run_id}.{place.key}"


def feature_of(found: LayerRow) -> dict[str, Any]:
    """Make the GeoJSON feature of a row of coverage; every feature of a collection has the same properties."""
    place = found.place
    if isinstance(found.row, CellRow):
        place = LayerPlace(place.run_id, geo.cell_text(found.row.cell))
    return {
        "type": "Feature",
        "id": feature_id(place),
        "geometry": _as_declared(coverage.outline_of(found.row), row=found.row),
        "properties": coverage.attributes_of(found.row, run=found.run),
    }


def site_feature(spot: SiteSpot) -> dict[str, Any]:
    """Make the GeoJSON feature of a site."""
    site, stage = spot.entry.site, spot.entry.stage
    point = None if site.lon is None else {"type": "Point", "coordinates": [site.lon, site.lat]}
    properties = {
        "name": site.name,
        "facility_type": site.facility_type,
        "tier": spot.tier,
        "area_code": site.area_code,
        "organization_name": spot.entry.organization_name,
        "stage": None if stage is None else stage.value,
        "services": ",".join(spot.service_codes),
        "freshness": spot.entry.freshness.value,
    }
    return {"type": "Feature", "id": str(site.id), "geometry": point, "properties": properties}


def _as_declared(outline_ll: dict[str, Any] | None, *, row: object) -> dict[str, Any] | None:
    """Make a single polygon a multipolygon where the collection says so: clients take the type of the first one."""
    if outline_ll is None or outline_ll["type"] != "Polygon" or isinstance(row, CellRow):
        return outline_ll
    return {"type": "MultiPolygon", "coordinates": [outline_ll["coordinates"]]}
