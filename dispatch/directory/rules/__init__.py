"""Decisions of the directory that ask no database."""

from dispatch.directory.rules.known import KnownCode, known_codes
from dispatch.directory.rules.spreadsheet import (
    COLUMNS,
    EmptySpreadsheetError,
    SpreadsheetEncodingError,
    SpreadsheetHeaderError,
    UnreadableSpreadsheetError,
)

__all__ = [
    "COLUMNS",
    "EmptySpreadsheetError",
    "KnownCode",
    "SpreadsheetEncodingError",
    "SpreadsheetHeaderError",
    "UnreadableSpreadsheetError",
    "known_codes",
]
