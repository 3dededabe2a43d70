"""Importing the walking network from drawn lines (GeoPackage, GeoJSON), where there is no OpenStreetMap extract."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from dispatch import geo
from dispatch.streets.building import build_network
from dispatch.streets.files import save_network
from dispatch.streets.noding import node_lines
from dispatch.streets.osm import NetworkSourceError, sha256_of
from dispatch.streets.walkable import Verdict, judge_way
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from dispatch.streets.values import Manifest, Network

LINE_SUFFIXES = (".gpkg", ".geojson")
LINES_VERSION = "lines-1"
"""Names the rules of noding and walkability in each network's manifest."""

MOST_LINES = 3_000_000
MOST_PLACES = 20_000_000
TAGS = ("highway", "foot", "access")
# A GeoJSON file says its system in a member of this name, near its beginning, where it says one at all.
_SAYS_CRS = re.compile(rb'"crs"\s*:\s*\{')
_HEAD_BYTES = 65_536
_LINE_TYPES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)

_MISSING = Words("找不到文件 {file}，请检查路径", "There is no file {file}: check the path")
_UNREADABLE = Words(
    "文件 {file} 不完整，或不是 GeoPackage、GeoJSON 文件，请重新导出",
    "The file {file} is cut off or is no GeoPackage or GeoJSON file: export it again",
)
_LAYERS = Words(
    "文件 {file} 有几个图层（{layers}），请用 --layer 指明街道所在的图层",
    "The file {file} has several layers ({layers}): name the one with the streets by --layer",
)
_NO_LAYER = Words("文件 {file} 没有图层 {layer}，只有 {layers}", "The file {file} has no layer {layer}, but {layers}")
_EMPTY = Words("文件 {file} 里没有要素", "The file {file} holds no features")
_NO_LINES = Words(
    "文件 {file} 里没有线（LineString），只有{types}；请导出道路中心线",
    "The file {file} holds no lines (LineString), but {types}: export the centre lines of the streets",
)
_TOO_MANY = Words(
    "文件 {file} 太大（最多 {most} 条线、{places} 个点），请按区域分开",
    "The file {file} is too large (at most {most} lines, {places} points): cut it to the area",
)
_NO_CRS = Words(
    "文件 {file} 没有写明坐标系，请用 --crs 指明（wgs84、cgcs2000、gcj02、bd09 或 EPSG 代码）",
    "The file {file} does not say its reference system: say it by --crs (wgs84, cgcs2000, gcj02, bd09 or EPSG:4549)",
)
_OTHER_CRS = Words(
    "文件 {file} 的坐标系是 {crs}；只接受 WGS 84 和 CGCS2000（经纬度或投影），请先转换",
    "The reference system of {file} is {crs}; only WGS 84 and CGCS2000 (degrees or projected) are taken: convert it",
)
_CLASH = Words(
    "文件 {file} 自己写明坐标系是 {crs}，与 --crs 不符",
    "The file {file} says itself that its reference system is {crs}, other than --crs",
)
_OUTSIDE = Words(
    "文件 {file} 的线都不在研究范围内；请核对坐标系和经纬度顺序",
    "No line of {file} lies in the study area: check the reference system and the order of longitude and latitude",
)
_NOT_WALKED = Words("文件 {file} 里没有可步行的道路", "The file {file} holds no walkable streets")


@dataclass(frozen=True, slots=True)
class LinesReport:
    """
    What an import made of drawn lines.

    `skipped` counts lines that nobody walks on by verdict and `highway` value, where the file has such columns;
    `left_out` counts features without lines and lines outside the study area; `joins` is `Noded.counts`.
    """

    manifest: Manifest
    reference_system: str
    lines_used: int
    skipped: dict[str, dict[str, int]]
    left_out: dict[str, int]
    joins: dict[str, int]


def import_lines(path: Path, *, folder: Path, name: str, imported_at: datetime, **asked: Any) -> LinesReport:  # noqa: ANN401 - those of read_lines
    """Make a walking network of drawn lines and save it; arguments and errors are those of `read_lines`."""
    network, report = read_lines(path, name=name, imported_at=imported_at, **asked)
    save_network(network, folder=folder)
    return report


def read_lines(
    path: Path,
    *,
    name: str,
    imported_at: datetime,
    crs: str | None = None,
    layer: str | None = None,
    joins_crossings: bool = False,
    study_area: geo.StudyArea | None = None,
) -> tuple[Network, LinesReport]:
    """
    Make a walking network of drawn lines without saving it.

    Parameters
    ----------
    path : Path
        A GeoPackage (.gpkg) or GeoJSON file (.geojson) of LineStrings or MultiLineStrings.
    name, imported_at
        For the manifest.
    crs : str, optional
        What the coordinates mean, where the file does not say it, or that its degrees are shifted (gcj02, bd09).
    layer : str, optional
        Which layer of a GeoPackage.
    joins_crossings : bool
        Whether lines that cross in mid-course meet; otherwise one of them may be a bridge.
    study_area : StudyArea, optional
        Lines wholly outside are left out.

    Raises
    ------
    NetworkSourceError
        The file is missing, unreadable, too large, without lines, in another or an unknown reference system, or
        outside the study area.

    """
    geometries, tags, system = _read(path, crs=crs, layer=layer)
    types = shapely.get_type_id(geometries)
    is_line = np.isin(types, _LINE_TYPES) & ~shapely.is_empty(geometries)
    if not is_line.any():
        others = sorted({one.geom_type for one in geometries if one is not None}) or ["null"]
        raise _fault(_NO_LINES, path, types=", ".join(others))
    verdicts = _judge(tags, count=len(geometries))
    is_walked = np.array([not verdict for verdict, _ in verdicts], np.bool_)
    refused = Counter(
        (verdict, highway) for (verdict, highway), is_one in zip(verdicts, is_line, strict=True) if is_one and verdict
    )
    skipped: dict[str, dict[str, int]] = {}
    for (verdict, highway), count in sorted(refused.items()):
        skipped.setdefault(verdict, {})[highway] = count
    if not (is_line & is_walked).any():
        raise _fault(_NOT_WALKED, path)
    lines = shapely.get_parts(shapely.force_2d(geometries[is_line & is_walked]))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    if len(xy) > MOST_PLACES:
        raise _fault(_TOO_MANY, path, most=MOST_LINES, places=MOST_PLACES)
    lonlat = system.to_wgs84(xy)
    is_here = _here(lonlat, study_area=study_area)
    lines_here = np.zeros(len(lines), np.bool_)
    lines_here[line[is_here]] = True
    # A place that cannot be moved is no place: its line goes too.
    lines_here[line[~np.isfinite(lonlat).all(axis=1)]] = False
    if not lines_here.any():
        raise _fault(_OUTSIDE, path)
    kept = lines_here[line]
    lonlat, line = lonlat[kept], line[kept]
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    projection = geo.local_projection(*((low + high) / 2).tolist())
    noded = node_lines(projection.to_xy(lonlat), line=line, joins_crossings=joins_crossings)
    if not len(noded.edges):
        raise _fault(_EMPTY, path)
    network = build_network(
        projection.to_ll(noded.xy),
        edges=noded.edges,
        name=name,
        imported_at=imported_at,
        source_name=path.name,
        source_sha256=sha256_of(path),
        table_version=LINES_VERSION,
        projection=projection,
    )
    left_out = {"without_lines": int(np.sum(~is_line)), "outside": int(np.sum(~lines_here))}
    report = LinesReport(
        manifest=network.manifest,
        reference_system=system.name,
        lines_used=int(lines_here.sum()),
        skipped=skipped,
        left_out=left_out,
        joins=noded.counts,
    )
    return network, report


def _read(
    path: Path, *, crs: str | None, layer: str | None
) -> tuple[NDArray[np.object_], dict[str, NDArray[np.object_]], geo.DeclaredSystem]:
    # GDAL is large: only this import pays for it.
    import pyogrio  # noqa: PLC0415 - as said
    import pyogrio.errors  # noqa: PLC0415 - as said

    if not path.is_file():
        raise _fault(_MISSING, path)
    if path.suffix.lower() not in LINE_SUFFIXES:
        raise _fault(_UNREADABLE, path)
    try:
        layers = [str(one) for one in pyogrio.list_layers(path)[:, 0]]
        if layer is not None and layer not in layers:
            raise _fault(_NO_LAYER, path, layer=layer, layers=", ".join(layers))
        if layer is None and len(layers) > 1:
            raise _fault(_LAYERS, path, layers=", ".join(layers))
        info = pyogrio.read_info(path, layer=layer)
        if info["features"] > MOST_LINES:
            raise _fault(_TOO_MANY, path, most=MOST_LINES, places=MOST_PLACES)
        columns = [name for name in TAGS if name in set(info["fields"])]
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, columns=columns)
        geometries = np.asarray(shapely.from_wkb(wkb), np.object_)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as fault:
        raise _fault(_UNREADABLE, path) from fault
    except (shapely.errors.GEOSException, ValueError, RuntimeError) as fault:
        raise _fault(_UNREADABLE, path) from fault
    if not len(geometries):
        raise _fault(_EMPTY, path)
    said = None if path.suffix.lower() == ".geojson" and not _says_crs(path) else meta["crs"]
    tags = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    return geometries, tags, _system(path, said=said, crs=crs)


def _says_crs(path: Path) -> bool:
    with path.open("rb") as source:
        return _SAYS_CRS.search(source.read(_HEAD_BYTES)) is not None


def _system(path: Path, *, said: str | None, crs: str | None) -> geo.DeclaredSystem:
    told = None if said is None else geo.declared_system(said)
    if crs is None:
        if said is None:
            raise _fault(_NO_CRS, path)
        if told is None:
            raise _fault(_OTHER_CRS, path, crs=said[:60])
        return told
    asked = geo.declared_system(crs)
    if asked is None:
        raise _fault(_OTHER_CRS, path, crs=crs[:60])
    # Degrees may be shifted ones, whatever the file believes; metres are what the file says.
    if said is not None and (told is None or not told.is_degrees or not asked.is_degrees) and said != crs:
        raise _fault(_CLASH, path, crs=told.name if told else said[:60])
    return asked


def _judge(tags: dict[str, NDArray[np.object_]], *, count: int) -> list[tuple[str, str]]:
    """Give for each feature the verdict against it (empty: walked) and its `highway`; without that column all are."""
    if "highway" not in tags:
        return [("", "")] * count
    none = np.full(count, None, np.object_)
    found: list[tuple[str, str]] = []
    for highway, foot, access in zip(*(tags.get(name, none) for name in TAGS), strict=True):
        verdict = judge_way(str(highway or ""), foot=foot, access=access)
        found.append(("" if verdict is Verdict.WALKED else verdict.value, str(highway or "")))
    return found


def _here(lonlat: NDArray[np.float64], *, study_area: geo.StudyArea | None) -> NDArray[np.bool_]:
    is_here = np.isfinite(lonlat).all(axis=1)
    if study_area is not None:
        low, high = (study_area.west, study_area.south), (study_area.east, study_area.north)
        is_here &= ((lonlat >= low) & (lonlat <= high)).all(axis=1)
    return np.asarray(is_here, np.bool_)


def _fault(reason: Words, path: Path, **facts: object) -> NetworkSourceError:
    zh, en = (text.replace("{file}", path.name) for text in (reason.zh, reason.en))
    for key, value in facts.items():
        zh, en = zh.replace(f"{{{key}}}", str(value)), en.replace(f"{{{key}}}", str(value))
    return NetworkSourceError(Words(zh, en), file=path.name)
