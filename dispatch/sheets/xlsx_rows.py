"""The rows of the first table of an XLSX file, read one by one and never larger than they say."""

from __future__ import annotations

import warnings
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from dispatch.sheets.cells import text_of
from dispatch.sheets.values import EmptySheetError, SheetTooLargeError, UnreadableSheetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.sheets.csv_rows import RawRow

MIB = 1 << 20
# unpacked; the table is read as a stream, its words and formats are held in memory
TABLE_MAX_MIB, WORDS_MAX_MIB, OTHER_MAX_MIB = 1024, 128, 8
LAST_ROW = 1_048_576  # of the format; a row that claims to lie beyond would be filled up with empty ones
DAMAGED = (
    zipfile.BadZipFile,
    expat.ExpatError,
    InvalidFileException,
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,  # what ElementTree's own errors are
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,  # an encrypted archive
    zipfile.LargeZipFile,
)


class XlsxRows:
    """The rows of an XLSX file: their numbers, cells as text, and which cells hold a formula or an error."""

    def __init__(self, file: BinaryIO, *, name: str, rows_max: int) -> None:
        """Check the archive before anything is unpacked into memory, then all of the table's XML, once."""
        self._name, self._rows_max = name, rows_max
        try:
            self._check_sizes(file)
            file.seek(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about formats, which do not matter here
                self._book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            if not self._book.worksheets:
                raise EmptySheetError(file=name)
            table: Any = self._book.worksheets[0]  # one that is streamed; the stubs say a whole one
            path = table._worksheet_path  # noqa: SLF001 - openpyxl tells it nowhere else
            self._table = table
            with zipfile.ZipFile(file) as archive, archive.open(path) as part:
                self.count = self._check_table(part)
        except DAMAGED as fault:
            raise UnreadableSheetError(file=name) from fault
        self._table.reset_dimensions()  # files may claim any size

    def __iter__(self) -> Iterator[RawRow]:
        """Give the rows that are not empty."""
        rows = iter(self._table.rows)
        number = 0
        while True:
            try:
                cells = next(rows, None)
            except DAMAGED as fault:
                raise UnreadableSheetError(file=self._name) from fault
            if cells is None:
                return
            number += 1
            texts, spoiled = [], {}
            for place, cell in enumerate(cells):
                kind = cell.data_type
                if kind == "f":
                    spoiled[place] = "formula"
                elif kind == "e":
                    spoiled[place] = "cell_error"
                texts.append("" if kind in {"f", "e"} else text_of(cell.value))
            if spoiled or any(texts):
                yield number, texts, spoiled

    def close(self) -> None:
        """Let go of the archive."""
        self._book.close()

    def _check_sizes(self, file: BinaryIO) -> None:
        """Hold the sizes that the archive declares against limits; unpacking never goes beyond what is declared."""
        with zipfile.ZipFile(file) as archive:
            for part in archive.infolist():
                limit_mib = OTHER_MAX_MIB
                if part.filename.startswith("xl/worksheets/"):
                    limit_mib = TABLE_MAX_MIB
                elif part.filename.lower().endswith("sharedstrings.xml"):
                    limit_mib = WORDS_MAX_MIB
                elif part.filename.startswith("xl/media/"):  # never read
                    continue
                if part.file_size > limit_mib * MIB:
                    raise SheetTooLargeError(file=self._name, limit=self._rows_max, limit_mib=limit_mib)

    def _check_table(self, part: Any) -> int:  # noqa: ANN401 - a file of the archive
        """Read the table's XML as a stream and count its rows with cells; a row too many ends it at once."""
        count, has_cell = 0, False
        parser = expat.ParserCreate(namespace_separator="}")

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count, has_cell
            kind = tag.rpartition("}")[2]
            if kind == "row":
                if not 0 < int(attributes.get("r", 1)) <= LAST_ROW:
                    raise ValueError("a row beyond the last")
                has_cell = False
            elif not has_cell and kind in {"v", "is", "f"}:
                has_cell = True
                count += 1
                if count > self._rows_max + 1:  # one is the header
                    raise SheetTooLargeError(file=self._name, limit=self._rows_max, limit_mib=TABLE_MAX_MIB)

        def refuse(*_: Any) -> None:  # noqa: ANN401 - expat's signature
            raise ValueError("no spreadsheet program declares entities")

        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = refuse
        parser.ParseFile(part)
        return count
