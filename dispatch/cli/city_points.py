"""Points of `dispatch city` from files: CSV with `lon` and `lat`, or GeoJSON points, in WGS 84."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch import coverage
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

ENCODINGS = ("utf-8-sig", "gb18030")
GEOJSON_SUFFIXES = (".geojson", ".json")
NAME_COLUMNS = ("name", "名称", "id")
LON_MAX, LAT_MAX = 180.0, 90.0


class PointsFileError(InvalidError):
    """A file of sites or demand that cannot be used; the sentence says where and what to do."""

    slug = "points-file"
    title = Words("点位文件无法使用", "The file of points cannot be used")
    detail = Words("{file}：{reason_zh}", "{file}: {reason_en}")

    def __init__(self, reason: Words, *, file: str) -> None:
        """Say which file and what is wrong with it."""
        super().__init__(file=file, reason_zh=reason.zh, reason_en=reason.en)


@dataclass(frozen=True, slots=True)
class PointsFile:
    """What a file gave: its points, and the rows that were left out since their weight is empty or 0."""

    points: coverage.CityPoints
    rows: int
    left_out: int
    without_point: int
    source: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One row or feature, with where it stands in the file."""

    place: str
    lon: Any
    lat: Any
    weight: Any
    label: str


def read_points(argument: str) -> PointsFile:
    """
    Read FILE or FILE:COLUMN.

    COLUMN holds the weight; rows where it is empty or 0 are left out, and its name is the category. Without
    it every row weighs 1 and the file's name is the category. A row without a point is kept, unlocated.

    Raises
    ------
    PointsFileError
        The file is missing, has no such columns, or a row cannot be read.

    """
    path, column = _split(argument)
    if not path.is_file():
        raise PointsFileError(
            Words("找不到文件，请检查路径。", "there is no such file; check the path."), file=path.name
        )
    text = _text(path)
    reader = _features if path.suffix.lower() in GEOJSON_SUFFIXES else _lines
    kept: list[tuple[float, float, float, str]] = []
    rows = 0
    for row in reader(text, column=column, file=path.name):
        rows += 1
        weight = _weight(row, file=path.name)
        if weight:
            kept.append((*_point(row, file=path.name), weight, row.label))
    lonlat = np.array([one[:2] for one in kept], np.float64).reshape(-1, 2)
    return PointsFile(
        points=coverage.CityPoints(
            name=column or path.name.split(".")[0],
            lonlat=lonlat,
            weight=np.array([one[2] for one in kept], np.float64),
            labels=tuple(one[3] for one in kept),
        ),
        rows=rows,
        left_out=rows - len(kept),
        without_point=int(np.isnan(lonlat).any(axis=1).sum()),
        source=path.name if column is None else f"{path.name}:{column}",
    )


def _split(argument: str) -> tuple[Path, str | None]:
    if Path(argument).is_file() or ":" not in argument:
        return Path(argument), None
    file, _, column = argument.rpartition(":")
    return Path(file), column


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PointsFileError(
        Words("编码无法识别，请另存为 UTF-8。", "its encoding is not known; save it as UTF-8."), file=path.name
    )


def _lines(text: str, *, column: str | None, file: str) -> Iterator[_Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = header
        missing = [name for name in ("lon", "lat", *([column] if column else [])) if name not in header]
        if missing:
            raise PointsFileError(
                Words(
                    f"缺少列：{'、'.join(missing)}；现有的列：{'、'.join(header) or '无'}。",
                    f"columns are missing: {', '.join(missing)}; it has: {', '.join(header) or 'none'}.",
                ),
                file=file,
            )
        named = next((name for name in NAME_COLUMNS if name in header), None)
        for line in reader:
            yield _Row(
                place=f"{reader.line_num}",
                lon=line["lon"],
                lat=line["lat"],
                weight=line[column] if column else 1,
                label=str(line[named] or "") if named else "",
            )
    except csv.Error:
        raise PointsFileError(
            Words(f"第 {reader.line_num} 行不是 CSV。", f"line {reader.line_num} is no CSV."), file=file
        ) from None


def _features(text: str, *, column: str | None, file: str) -> Iterator[_Row]:
    wanted = Words(
        "需要 GeoJSON 的 FeatureCollection，要素为 Point。", "a GeoJSON FeatureCollection of Point features is needed."
    )
    try:
        features = json.loads(text)["features"]
        rows = [(one.get("geometry"), one.get("properties") or {}) for one in features]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PointsFileError(wanted, file=file) from None
    if column and not any(column in properties for _, properties in rows):
        raise PointsFileError(
            Words(f"没有一个要素带有属性 {column}。", f"no feature has the property {column}."), file=file
        )
    for number, (geometry, properties) in enumerate(rows, start=1):
        lon = lat = None
        if geometry is not None:
            try:
                lon, lat = geometry["coordinates"][:2]
                is_point = geometry["type"] == "Point"
            except (KeyError, TypeError, ValueError):
                is_point = False
            if not is_point:
                raise PointsFileError(wanted, file=file)
        label = next((str(properties[name]) for name in NAME_COLUMNS if properties.get(name)), "")
        yield _Row(place=f"{number}", lon=lon, lat=lat, weight=properties.get(column) if column else 1, label=label)


def _weight(row: _Row, *, file: str) -> float:
    if row.weight is None or str(row.weight).strip() == "":
        return 0.0
    weight = _number(row.weight)
    if weight is None or weight < 0:
        raise PointsFileError(
            Words(f"第 {row.place} 行的权重不是非负数字。", f"the weight in row {row.place} is no number from 0 on."),
            file=file,
        )
    return weight


def _point(row: _Row, *, file: str) -> tuple[float, float]:
    given = [part for part in (row.lon, row.lat) if part is not None and str(part).strip()]
    if not given:
        return math.nan, math.nan
    lon, lat = _number(row.lon), _number(row.lat)
    if lon is None or lat is None or abs(lon) > LON_MAX or abs(lat) > LAT_MAX:
        raise PointsFileError(
            Words(
                f"第 {row.place} 行的经纬度有误：lon 须在 ±180、lat 须在 ±90 之内。",
                f"row {row.place} has no valid point: lon lies within ±180 and lat within ±90.",
            ),
            file=file,
        )
    # 0,0 lies in the sea off Africa and stands for "not known" in many tables.
    return (math.nan, math.nan) if lon == lat == 0 else (lon, lat)


def _number(given: Any) -> float | None:  # noqa: ANN401 - a cell of a table
    try:
        number = float(given)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
