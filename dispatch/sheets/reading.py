"""A file opened as lines by our column names, whatever it is: CSV or XLSX, a path or a stream."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dispatch.sheets.csv_rows import CsvRows
from dispatch.sheets.values import EmptySheetError, Line, SheetHeaderError, SheetNotFoundError, plain_title
from dispatch.sheets.xlsx_rows import XlsxRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dispatch.sheets.csv_rows import RawRow
    from dispatch.sheets.values import Layout

ZIP = b"PK\x03\x04"
HEADER_WITHIN = 10  # registers begin with a heading, a date, a unit before the line of column names
SHOWN = 10  # unknown titles in a message, 40 characters of each: enough to find them


class Sheet:
    """
    An open file.

    `titles` gives for each of our column names that the file has what it calls it; `row_count` is how many rows
    lie below the header.
    """

    def __init__(self, rows: CsvRows | XlsxRows, *, file: str, layout: Layout) -> None:
        """Find the header; raises `SheetHeaderError` and `EmptySheetError`."""
        self.file = file
        self._rows = rows
        above, header = _find_header(list(islice(iter(rows), HEADER_WITHIN)), layout=layout, file=file)
        self._header_row = header[0]
        self._names = _names(header[1], layout=layout, file=file)
        self.titles: Mapping[str, str] = {
            name: title for name, title in zip(self._names, header[1], strict=True) if name
        }
        self.row_count = rows.count - above - 1
        if self.row_count < 1:
            raise EmptySheetError(file=file)

    def lines(self) -> Iterator[Line]:
        """Read the rows below the header, one by one."""
        names, width = self._names, len(self._names)
        for number, cells, spoiled in self._rows:
            if number <= self._header_row:
                continue
            known = {name: cell for name, cell in zip(names, cells, strict=False) if name}
            is_whole = len(cells) == width if isinstance(self._rows, CsvRows) else not any(cells[width:])
            named = {names[place]: code for place, code in spoiled.items() if place < width and names[place]}
            yield Line(row=number, cells=known, is_whole=is_whole, spoiled=named)


@contextmanager
def open_sheet(source: Path | BinaryIO, *, layout: Layout, file: str | None = None) -> Iterator[Sheet]:
    """
    Open a CSV or XLSX file.

    Parameters
    ----------
    source : Path or binary file
        CSV in UTF-8 (with or without byte-order mark) or GB18030, or XLSX, of which the first table is read.
        A file that is given must be able to seek.
    layout : Layout
        The columns of the register.
    file : str, optional
        What messages call it; the path's name by default.

    Raises
    ------
    UnreadableSheetError
        Not found, damaged, another encoding, a wrong header, no rows, too many rows: known before the first row
        is given.

    """
    name = file or (source.name if isinstance(source, Path) else "file")
    if isinstance(source, Path):
        try:
            opened = source.open("rb")
        except OSError:
            raise SheetNotFoundError(file=name) from None
        with opened, _sheet(opened, layout=layout, name=name) as sheet:
            yield sheet
    else:
        with _sheet(source, layout=layout, name=name) as sheet:
            yield sheet


@contextmanager
def _sheet(file: BinaryIO, *, layout: Layout, name: str) -> Iterator[Sheet]:
    try:
        file.seek(0)
        is_zip = file.read(len(ZIP)) == ZIP
    except OSError:
        raise SheetNotFoundError(file=name) from None
    if not is_zip:
        yield Sheet(CsvRows(file, name=name, rows_max=layout.rows_max), file=name, layout=layout)
        return
    rows = XlsxRows(file, name=name, rows_max=layout.rows_max)
    try:
        yield Sheet(rows, file=name, layout=layout)
    finally:
        rows.close()


def _find_header(first: Sequence[RawRow], *, layout: Layout, file: str) -> tuple[int, RawRow]:
    """Find the row that names most columns, the upper one of equals; how many rows stand above it comes too."""
    if not first:
        raise EmptySheetError(file=file)
    known = layout.titles()
    above = max(
        range(len(first)), key=lambda place: (sum(plain_title(cell) in known for cell in first[place][1]), -place)
    )
    return above, first[above]


def _names(header: Sequence[str], *, layout: Layout, file: str) -> list[str]:
    while header and not header[-1]:
        header = header[:-1]  # spreadsheets pad
    ours = layout.titles()
    found = [ours.get(plain_title(title), "") for title in header]
    missing = [each.name for each in layout.columns if each.is_needed and each.name not in found]
    for group in layout.together:
        if set(group) & set(found):
            missing += [name for name in group if name not in found]
    unknown = [title or "''" for title, name in zip(header, found, strict=True) if not name]
    repeated = [
        f"{title} = {header[found.index(name)]}"
        for place, (title, name) in enumerate(zip(header, found, strict=True))
        if name and name in found[:place]
    ]
    if missing or unknown or repeated:
        chinese = {each.name: each.title for each in layout.columns}
        raise SheetHeaderError(
            file=file,
            missing=", ".join(f"{name}/{chinese[name]}" for name in missing) or "-",
            unknown=_shown(unknown),
            repeated=_shown(repeated),
            known=", ".join(f"{name}/{title}" for name, title in chinese.items()),
            page=layout.page,
        )
    return found


def _shown(titles: Iterable[str]) -> str:
    return ", ".join(title[:40] for title in islice(titles, SHOWN)) or "-"
