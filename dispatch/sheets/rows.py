"""One row being judged: typed cells by our column names, and every fault of the row."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, time
from typing import TYPE_CHECKING

from dispatch.sheets.values import RowFault
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dispatch.sheets.values import Line

EMPTY = Words("必填。", "This cell must be filled in.")
CELLS = Words("这一行的单元格数与表头不同。", "The row does not have as many cells as the header.")
SPOILED = {
    "formula": Words(
        "单元格里是公式，不会计算：复制后“选择性粘贴”为数值。",
        "The cell holds a formula, which is not computed: copy it and paste it as a value.",
    ),
    "cell_error": Words(
        "单元格里是表格软件的错误值（如 #N/A）。", "The cell holds an error of the spreadsheet program, such as #N/A."
    ),
}
LOST = Words(
    "表格软件把号码变成了数字，末几位已经丢失：把这一列设为“文本”，重新填写。",
    "The spreadsheet program turned this into a number and lost its last digits: "
    'set the column\'s format to "text" and fill it in again.',
)
LONG = Words("最多 {longest} 个字。", "At most {longest} characters.")
NUMBER = Words("不是{low}到{high}之间的数字。", "This is not a number from {low} to {high}.")
WHOLE = Words("不是{low}到{high}之间的整数。", "This is not a whole number from {low} to {high}.")
DATE = Words("不是日期，写法如 2020-05-01。", "This is not a date; write 2020-05-01.")
TIME = Words("不是钟点，写法如 08:30。", "This is not a time of day; write 08:30.")
CHOICE = Words("只能是：{allowed}。", "It must be one of: {allowed}.")
FLAG = {"是": True, "有": True, "yes": True, "true": True, "1": True, "y": True} | {
    "否": False,
    "无": False,
    "no": False,
    "false": False,
    "0": False,
    "n": False,
}
IN_POWERS = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
HOURS_MAX, MINUTES_MAX = 23, 59


class Row:
    """
    One row being judged.

    Each reading method gives the typed value, or None where the cell is empty or wrong; what is wrong is in `faults`.
    """

    def __init__(self, line: Line, *, titles: Mapping[str, str]) -> None:
        """Begin with what is wrong with the row as a whole, and with cells that hold no value of their own."""
        self.number = line.row
        self.faults: list[RowFault] = []
        self._cells, self._titles, self._spoiled = line.cells, titles, line.spoiled
        if not line.is_whole:
            self.blame(next(iter(titles), ""), code="cells_differ", words=CELLS)
        for column, code in line.spoiled.items():
            self.blame(column, code=code, words=SPOILED[code])

    def has(self, column: str) -> bool:
        """Say whether the file has the column at all."""
        return column in self._titles

    def blame(self, column: str, *, code: str, words: Words, **facts: object) -> None:
        """Add a fault; `facts` fill in its sentence and are never what the cell holds, where that may be personal."""
        message = Words(words.zh.format(**facts), words.en.format(**facts)) if facts else words
        self.faults.append(RowFault(self.number, self._titles.get(column, column), code, message))

    def text(self, column: str, *, is_needed: bool = False, longest: int = 200) -> str | None:
        """Read a text."""
        text = self._cells.get(column, "")
        if not text:
            if is_needed and column not in self._spoiled:
                self.blame(column, code="required", words=EMPTY)
            return None
        if len(text) > longest:
            self.blame(column, code="too_long", words=LONG, longest=longest)
            return None
        return text

    def digits(self, column: str, *, is_needed: bool = False) -> str | None:
        """Read a number that is a name (ID card, phone): full-width signs made plain; digits lost are a fault."""
        text = self.text(column, is_needed=is_needed, longest=60)
        if text is None:
            return None
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        if IN_POWERS.fullmatch(plain):
            self.blame(column, code="digits_lost", words=LOST)
            return None
        return plain

    def number_of(self, column: str, *, low: float, high: float, is_needed: bool = False) -> float | None:
        """Read a number within bounds."""
        text = self.text(column, is_needed=is_needed)
        if text is None:
            return None
        found = _float(text)
        if found is None or not low <= found <= high:
            self.blame(column, code="not_a_number", words=NUMBER, low=f"{low:g}", high=f"{high:g}")
            return None
        return found

    def whole(self, column: str, *, low: int, high: int, is_needed: bool = False) -> int | None:
        """Read a whole number within bounds."""
        text = self.text(column, is_needed=is_needed)
        if text is None:
            return None
        found = _float(text)
        if found is None or found != int(found) or not low <= found <= high:
            self.blame(column, code="not_a_number", words=WHOLE, low=low, high=high)
            return None
        return int(found)

    def day(self, column: str, *, is_needed: bool = False) -> date | None:
        """Read a date: 2020-05-01, 2020/5/1, 2020.5.1, 2020年5月1日, 20200501."""
        text = self.text(column, is_needed=is_needed)
        if text is None:
            return None
        found = DAY.fullmatch(unicodedata.normalize("NFKC", text))
        try:
            return (
                date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else self._no_day()
            )
        except ValueError:
            self.blame(column, code="not_a_date", words=DATE)
            return None

    def clock(self, column: str, *, is_needed: bool = False) -> time | None:
        """Read a time of day: 8:30, 08:30 or with full-width signs; 24:00 is 00:00."""
        text = self.text(column, is_needed=is_needed)
        if text is None:
            return None
        plain = "".join(unicodedata.normalize("NFKC", text).split()).removeprefix("次日")
        found = CLOCK.fullmatch(plain)
        if found and (int(found[1]) <= HOURS_MAX or plain in {"24:00", "24:00:00"}) and int(found[2]) <= MINUTES_MAX:
            return time(int(found[1]) % 24, int(found[2]))
        self.blame(column, code="not_a_time", words=TIME)
        return None

    def choice(
        self, column: str, *, known: Mapping[str, str], is_needed: bool = False, told: str | None = None
    ) -> str | None:
        """
        Read one of a closed list: `known` gives the code of each word that files use, the codes included.

        `told` is what a message lists; without it the codes.
        """
        text = self.text(column, is_needed=is_needed)
        if text is None:
            return None
        found = known.get(unicodedata.normalize("NFKC", text).casefold())
        if found is None:
            allowed = told or ", ".join(dict.fromkeys(known.values()))
            self.blame(column, code="unknown_code", words=CHOICE, allowed=allowed)
        return found

    def flag(self, column: str) -> bool | None:
        """Read yes or no."""
        text = self.text(column)
        if text is None:
            return None
        found = FLAG.get(unicodedata.normalize("NFKC", text).casefold())
        if found is None:
            self.blame(column, code="unknown_code", words=CHOICE, allowed="是/yes, 否/no")
        return found

    @staticmethod
    def _no_day() -> date:
        raise ValueError


def _float(text: str) -> float | None:
    try:
        found = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
