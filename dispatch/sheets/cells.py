"""A cell as text: what spreadsheets make of dates and numbers on the way in, what they would run on the way out."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch.sheets.values import Cell

# a cell that begins so is taken for a formula by spreadsheet programs (OWASP, "CSV Injection")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"
EXACT_BELOW = 10**15  # spreadsheets keep 15 digits of a number; the rest of an ID number is lost
BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"
FIRST_DAY = date(1900, 1, 1)  # Excel's first: a time of day alone lies on it or before


def plain_text(text: str) -> str:
    """Give a cell's text without blanks around it, and without the guard that our own files put before a sign."""
    text = text.strip(BLANKS)
    return text[1:] if text.startswith(GUARD) and text[1:2] in RISKY and text[1:2] else text


def text_of(value: object) -> str:
    """
    Give the text of a typed cell.

    Dates become 2020-05-01, times 22:00. A number of 16 or more digits comes in powers of ten (1.2E+17), as a
    spreadsheet shows it: its last digits are lost, and must not be taken for digits.
    """
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).lower()
        case datetime():
            text = _moment(value)
        case date():
            text = value.isoformat()
        case time():
            text = f"{value:%H:%M}"
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            text = f"{minutes // 60:02}:{minutes % 60:02}"
        case int() | float():
            text = _number(value)
        case _:
            text = plain_text(str(value))
    return text


def guarded(value: Cell) -> Cell:
    """Give a cell that no spreadsheet program runs: text that begins like a formula gets an apostrophe before it."""
    return GUARD + value if isinstance(value, str) and value.startswith(RISKY) else value


def written(value: Cell) -> str:
    """Give a cell as a CSV file holds it."""
    value = guarded(value)
    return value if isinstance(value, str) else text_of(value)


def _moment(value: datetime) -> str:
    if value.date() <= FIRST_DAY:
        return f"{value:%H:%M}"
    return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if abs(value) >= EXACT_BELOW:
        return f"{value:.10E}"
    return str(int(value)) if value == int(value) else repr(value)
