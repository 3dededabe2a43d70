"""A workbook of several pages: tables for people, numbers as numbers."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from dispatch.sheets.cells import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PROPERTIES = "docProps/core.xml"
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # that a part of a zip file can have


@dataclass(frozen=True, slots=True)
class BookPage:
    """
    One page: a header, rows, and sentences below them.

    `formats` are the number formats of the columns ("#,##0", "0.0%"; empty text for words), `widths` in characters.
    """

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    formats: tuple[str, ...]
    widths: tuple[float, ...]
    notes: tuple[str, ...] = ()


def make_book(pages: Sequence[BookPage], *, title: str, made_at: datetime) -> bytes:
    """
    Make an XLSX workbook, the same bytes for the same pages.

    Text that a spreadsheet program would run gets an apostrophe before it.

    Parameters
    ----------
    pages : sequence of BookPage
        In the order of the tabs.
    title : str
        Of the workbook.
    made_at : datetime
        Stands in its properties.

    """
    book = openpyxl.Workbook(write_only=True)
    book.properties.title = title
    book.properties.created = made_at.replace(tzinfo=None)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for number, width in enumerate(page.widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        if page.titles:
            sheet.freeze_panes = "A2"
            head = [WriteOnlyCell(sheet, _safe(one)) for one in page.titles]
            for cell in head:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.append(head)
        for row in page.rows:
            cells = [WriteOnlyCell(sheet, _safe(value)) for value in row]
            for cell, look in zip(cells, page.formats, strict=False):
                if look:
                    cell.number_format = look
                    cell.alignment = Alignment(horizontal="right")
            sheet.append(cells)
        if page.notes:
            sheet.append([])
        for note in page.notes:
            sheet.append([_safe(note)])
    held = io.BytesIO()
    book.save(held)
    return _timeless(held, made_at=made_at)


def _timeless(held: io.BytesIO, *, made_at: datetime) -> bytes:
    """Take out of a workbook at which moment it was written: openpyxl puts it into the properties and on each part."""
    made = io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == PROPERTIES:
                content = MODIFIED.sub(rf"\g<1>{made_at:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode(), content)
            part = zipfile.ZipInfo(name, FIRST_MOMENT)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, content)
    return made.getvalue()


def _safe(value: str | float) -> str | float:
    return str(guarded(value)) if isinstance(value, str) else value
