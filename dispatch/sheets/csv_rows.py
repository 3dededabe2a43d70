"""The rows of a CSV file, in the encodings that spreadsheet programs here write."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, BinaryIO

from dispatch.sheets.cells import BLANKS, plain_text
from dispatch.sheets.values import SheetEncodingError, SheetTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CHUNK_BYTES = 1 << 20
LONGEST_LINE = 1 << 20  # characters; a longer one is no table, and would fill the memory
LARGEST_BYTES = 1 << 30
MIB = 1 << 20

RawRow = tuple[int, list[str], dict[int, str]]


class CsvRows:
    """The rows of a CSV file: the line each begins on, its cells, and which of them hold formulas."""

    def __init__(self, file: BinaryIO, *, name: str, rows_max: int) -> None:
        """Read all of it once, so that a file with a fault at its end is known before anything is stored."""
        self._file, self._name, self._rows_max = file, name, rows_max
        self.encoding = find_encoding(file, name=name)
        self.count = sum(1 for _ in self._read())

    def __iter__(self) -> Iterator[RawRow]:
        """Give the rows that are not empty."""
        for row, cells in self._read():
            formulas = {place: "formula" for place, cell in enumerate(cells) if cell.lstrip(BLANKS).startswith("=")}
            yield row, [plain_text(cell) for cell in cells], formulas

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self.encoding, newline="")
        try:
            reader = csv.reader(self._lines(text), strict=True)
            count = before = 0
            for cells in reader:
                begins, before = before + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    count += 1
                    if count > self._rows_max + 1:  # one is the header
                        raise SheetTooLargeError(file=self._name, limit=self._rows_max, limit_mib=LARGEST_BYTES // MIB)
                    yield begins, cells
        except (csv.Error, UnicodeDecodeError):
            raise SheetEncodingError(file=self._name) from None
        finally:
            text.detach()

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise SheetEncodingError(file=self._name)
            yield line


def find_encoding(file: BinaryIO, *, name: str) -> str:
    """
    Find the encoding of a text by decoding all of it, a piece at a time.

    Raises
    ------
    SheetEncodingError
        Where it is neither UTF-8 (with or without a byte-order mark) nor GB18030.
    SheetTooLargeError
        Where the file is larger than any table of people.

    """
    for encoding in ENCODINGS:
        file.seek(0)
        decoder, size = codecs.getincrementaldecoder(encoding)(), 0
        try:
            while chunk := file.read(CHUNK_BYTES):
                if b"\0" in chunk or (size == 0 and chunk.startswith(UTF_16)):
                    raise SheetEncodingError(file=name)
                size += len(chunk)
                if size > LARGEST_BYTES:
                    raise SheetTooLargeError(file=name, limit=0, limit_mib=LARGEST_BYTES // MIB)
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SheetEncodingError(file=name)
