"""Rows written to a file as a stream: CSV or XLSX, readable by its owner only, in place when it is whole."""

from __future__ import annotations

import csv
import io
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import openpyxl

from dispatch.errors import InvalidError
from dispatch.sheets.cells import guarded, written
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from dispatch.sheets.templates import Template
    from dispatch.sheets.values import Cell, Layout

XLSX_ROWS_MAX = 1_048_575  # of the format, below a header


class SheetFormatError(InvalidError):
    """The file's ending names no format that can be written, or the format does not hold so many rows."""

    slug = "sheet-format"
    title = Words("这种文件写不了", "Such a file cannot be written")
    detail = Words(
        "{file}：文件名应以 .csv 或 .xlsx 结尾；有模板时只能是 .csv；.xlsx 最多 {limit:,} 行。",
        "{file}: its name must end with .csv or .xlsx; with a template only .csv; .xlsx holds at most {limit:,} rows.",
    )


class NoSuchFolderError(InvalidError):
    """The folder into which the file should go is not there."""

    slug = "no-such-folder"
    title = Words("没有这个文件夹", "There is no such folder")
    detail = Words(
        "没有文件夹“{folder}”：先建好，再导出。", 'There is no folder "{folder}": make it first, then export.'
    )


def write_sheet(
    path: Path,
    *,
    layout: Layout,
    rows: Iterable[Mapping[str, Cell]],
    template: Template | None = None,
    locale: Locale = Locale.ZH,
) -> int:
    """
    Write rows to a CSV (UTF-8 with a byte-order mark) or XLSX file; gives how many.

    Text that a spreadsheet program would run is written with an apostrophe before it, which reading takes away.
    The file appears under its name when it is whole, and only its owner may read it.

    Parameters
    ----------
    path : Path
        Its ending says which format.
    layout : Layout
        The columns; all that are kept are written.
    rows : iterable of mappings
        Cells by our column names.
    template : Template, optional
        Its header is written instead, byte for byte, and its columns, encoding and line ends are used.
    locale : Locale
        The language of the titles.

    Raises
    ------
    SheetFormatError
        Another ending, or too many rows for XLSX.

    """
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"} or (template and kind != ".csv"):
        raise SheetFormatError(file=path.name, limit=XLSX_ROWS_MAX)
    kept = [each for each in layout.columns if each.is_kept]
    titles = [each.title if locale is Locale.ZH else each.name for each in kept]
    names = template.names if template else [each.name for each in kept]
    cells = ([row.get(name) for name in names] for row in rows)
    with _whole_file(path) as file:
        if kind == ".xlsx":
            return _write_xlsx(file, titles=titles, rows=cells, name=path.name)
        return _write_csv(file, titles=titles, rows=cells, template=template)


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        # made for its owner alone from the first moment: registers hold personal data
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            yield file
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _write_csv(
    file: BinaryIO, *, titles: Sequence[str], rows: Iterable[Sequence[Cell]], template: Template | None
) -> int:
    encoding, newline = (template.encoding, template.newline) if template else ("utf-8", "\r\n")
    file.write(template.head if template else b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=False)
    writer = csv.writer(text, lineterminator=newline)
    if not template:
        writer.writerow([written(title) for title in titles])
    count = 0
    for row in rows:
        writer.writerow([written(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _write_xlsx(file: BinaryIO, *, titles: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> int:
    book = openpyxl.Workbook(write_only=True)
    table = book.create_sheet("data")
    table.append([guarded(title) for title in titles])
    count = 0
    for row in rows:
        if count == XLSX_ROWS_MAX:
            raise SheetFormatError(file=name, limit=XLSX_ROWS_MAX)
        table.append([guarded(cell) for cell in row])
        count += 1
    book.save(file)
    return count
