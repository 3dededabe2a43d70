"""
Files with rows and columns, in and out: CSV as spreadsheets here write it, and XLSX.

Plain values in, plain values out: no database and no clock. A file is read row by row, so that its size does not
matter for memory; every fault of a row is told by line, column and code in both languages, never with what the
cell holds, since that may be personal.
"""

from dispatch.sheets.books import BookPage, make_book
from dispatch.sheets.importing import ROWS_IN_BATCH, Progress, Unit, import_rows
from dispatch.sheets.reading import Sheet, open_sheet
from dispatch.sheets.rows import Row
from dispatch.sheets.templates import SheetTemplateError, Template, read_template
from dispatch.sheets.values import (
    FAULTS_KEPT,
    Cell,
    Column,
    EmptySheetError,
    ImportReport,
    Layout,
    Line,
    RowFault,
    SheetEncodingError,
    SheetHeaderError,
    SheetNotFoundError,
    SheetTooLargeError,
    Tally,
    UnreadableSheetError,
    plain_title,
)
from dispatch.sheets.writing import NoSuchFolderError, SheetFormatError, write_sheet

__all__ = [
    "FAULTS_KEPT",
    "ROWS_IN_BATCH",
    "BookPage",
    "Cell",
    "Column",
    "EmptySheetError",
    "ImportReport",
    "Layout",
    "Line",
    "NoSuchFolderError",
    "Progress",
    "Row",
    "RowFault",
    "Sheet",
    "SheetEncodingError",
    "SheetFormatError",
    "SheetHeaderError",
    "SheetNotFoundError",
    "SheetTemplateError",
    "SheetTooLargeError",
    "Tally",
    "Template",
    "Unit",
    "UnreadableSheetError",
    "import_rows",
    "make_book",
    "open_sheet",
    "plain_title",
    "read_template",
    "write_sheet",
]
