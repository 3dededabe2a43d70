"""A spreadsheet as bytes, read into rows: encodings that spreadsheets here write, headers in both languages."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch import areas
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

# our name of a column, and what else files call it; the documentation shows this table
COLUMNS: dict[str, tuple[str, ...]] = {
    "source_ref": ("source_row_id", "id", "编号", "序号", "机构编号"),
    "name": ("title", "名称", "机构名称", "站点名称"),
    "address": ("地址", "详细地址", "机构地址"),
    "province": ("province_as_given", "省份", "所在省"),
    "area_code": ("区划代码", "行政区划代码"),
    "area": ("district", "community", "区", "所在区", "社区", "所属社区", "村居"),
    "facility_type": ("设施类型", "机构类型", "类型"),
    "institution_class": ("机构分类",),
    "organization": ("运营机构", "运营单位"),
    "operator_kind": ("运营主体", "运营主体类型"),
    "floor_area_m2": ("建筑面积", "建筑面积(平方米)"),
    "opened_on": ("开业日期", "启用日期"),
    "lon": ("lng", "longitude", "经度"),
    "lat": ("latitude", "纬度"),
    "crs": ("坐标系",),
    "source_page_id": ("备注", "note"),  # known, and not kept
}
NEEDED = ("name", "address")
XLSX, UTF_16 = b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")


class UnreadableSpreadsheetError(InvalidError):
    """The file as a whole cannot be read; nothing was stored."""

    slug = "unreadable-spreadsheet"
    title = Words("文件读不出来，没有导入", "The file cannot be read")


class EmptySpreadsheetError(UnreadableSpreadsheetError):
    """There is no row below the header."""

    slug = "empty-spreadsheet"
    detail = Words("{file}：文件里没有数据行。", "{file}: the file holds no rows.")


class SpreadsheetEncodingError(UnreadableSpreadsheetError):
    """The bytes are no text that we know."""

    slug = "spreadsheet-encoding"
    detail = Words(
        "{file}：不是 UTF-8 或 GB18030 编码的 CSV。在表格软件里“另存为 CSV（UTF-8）”再导入。",
        "{file}: this is no CSV in UTF-8 or GB18030. Save it as CSV (UTF-8) in your spreadsheet program.",
    )


class SpreadsheetHeaderError(UnreadableSpreadsheetError):
    """The first line does not name the columns that are needed, or names unknown ones."""

    slug = "spreadsheet-header"
    detail = Words(
        "{file}：第一行应为列名。缺少：{missing}；不认识或重复：{unknown}。"
        "可用的列名：{known}（见 docs/import-directory.md）。",
        "{file}: the first line must name the columns. Missing: {missing}; unknown or repeated: {unknown}. "
        "Known names: {known} (see docs/import-directory.md).",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line it begins on, its cells by our column names, and how many cells it has."""

    row: int
    cells: Mapping[str, str]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows, and for each of our column names what the file calls it."""

    lines: tuple[Line, ...]
    titles: Mapping[str, str]


def read_sheet(data: bytes, *, file: str) -> Sheet:
    """
    Read a CSV file.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte-order mark, or GB18030 (GBK).
    file : str
        The file's name, for the messages.

    Raises
    ------
    SpreadsheetEncodingError, SpreadsheetHeaderError, EmptySpreadsheetError

    """
    reader = csv.reader(io.StringIO(_text(data, file=file), newline=""), strict=True)
    lines: list[Line] = []
    try:
        header = next(reader, None)
        if header is None:
            raise EmptySpreadsheetError(file=file)
        names = _names(header, file=file)
        before = reader.line_num
        for cells in reader:
            begins, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                known = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
                lines.append(Line(row=begins, cells=known, is_whole=len(cells) == len(names)))
    except csv.Error:
        raise SpreadsheetEncodingError(file=file) from None
    if not lines:
        raise EmptySpreadsheetError(file=file)
    return Sheet(lines=tuple(lines), titles=dict(zip(names, header, strict=True)))


def _text(data: bytes, *, file: str) -> str:
    if not data.startswith((XLSX, *UTF_16)) and b"\0" not in data:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise SpreadsheetEncodingError(file=file)


def _names(header: list[str], *, file: str) -> list[str]:
    ours = {areas.plain_name(title).casefold(): name for name, others in COLUMNS.items() for title in (name, *others)}
    found = [ours.get(areas.plain_name(title).casefold(), "") for title in header]
    unknown = [
        title for position, title in enumerate(header) if not found[position] or found[position] in found[:position]
    ]
    missing = [name for name in NEEDED if name not in found]
    if {"lon", "lat"} & set(found):
        missing += [name for name in ("lon", "lat", "crs") if name not in found]
    if unknown or missing:
        raise SpreadsheetHeaderError(
            file=file,
            missing=", ".join(missing) or "-",
            unknown=", ".join(title[:40] for title in unknown[:10]) or "-",
            known=", ".join(f"{name}/{next(filter(_is_chinese, others))}" for name, others in COLUMNS.items()),
        )
    return found


def _is_chinese(title: str) -> bool:
    return not title.isascii()
