"""What a register's files look like, what a row and a fault are, and why a whole file cannot be read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Any

from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAULTS_KEPT = 1_000  # of one file; all are counted

Cell = str | int | float | bool | date | time | None  # what goes out; what comes in is text


class UnreadableSheetError(InvalidError):
    """The file as a whole cannot be read; nothing was stored."""

    slug = "unreadable-sheet"
    title = Words("文件读不出来，没有导入", "The file cannot be read")
    detail = Words(
        "{file}：文件已损坏，或者不是 CSV、XLSX 文件。在表格软件里打开后另存一份再导入。",
        "{file}: the file is damaged, or is neither CSV nor XLSX. "
        "Open it in your spreadsheet program and save it again.",
    )


class SheetNotFoundError(UnreadableSheetError):
    """There is no such file, or it may not be read."""

    slug = "sheet-not-found"
    detail = Words("{file}：没有这个文件，或者不能读取。", "{file}: there is no such file, or it may not be read.")


class EmptySheetError(UnreadableSheetError):
    """There is no row below the header."""

    slug = "empty-sheet"
    detail = Words("{file}：文件里没有数据行。", "{file}: the file holds no rows.")


class SheetEncodingError(UnreadableSheetError):
    """The bytes are no text that we know."""

    slug = "sheet-encoding"
    detail = Words(
        "{file}：不是 UTF-8 或 GB18030 编码的 CSV，也不是 XLSX。在表格软件里“另存为 CSV（UTF-8）”或 XLSX 再导入。",
        "{file}: this is neither CSV in UTF-8 or GB18030 nor XLSX. "
        "Save it as CSV (UTF-8) or XLSX in your spreadsheet program.",
    )


class SheetHeaderError(UnreadableSheetError):
    """The header does not name the columns that are needed, or names unknown ones, or one of them twice."""

    slug = "sheet-header"
    detail = Words(
        "{file}：表头应为列名。缺少：{missing}；不认识：{unknown}；重复：{repeated}。"
        "可用的列名：{known}（见 {page}）。",
        "{file}: the header must name the columns. Missing: {missing}; unknown: {unknown}; repeated: {repeated}. "
        "Known names: {known} (see {page}).",
    )


class SheetTooLargeError(UnreadableSheetError):
    """The file holds more than one import takes."""

    slug = "sheet-too-large"
    detail = Words(
        "{file}：一个文件最多 {limit:,} 行（解压后 {limit_mib:,} MiB）。分成几个文件，每个都带表头，依次导入。",
        "{file}: one file holds at most {limit:,} rows ({limit_mib:,} MiB unpacked). "
        "Divide it into several files with a header each, and import one after the other.",
    )


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column: our name of it, and what else files call it; the first Chinese title is the one we write.

    What is not kept may stand in a file that comes in, and does not go out.
    """

    name: str
    titles: tuple[str, ...] = ()
    is_needed: bool = False
    is_kept: bool = True

    @property
    def title(self) -> str:
        """Give what our own files call it in Chinese."""
        return next((title for title in self.titles if not title.isascii()), self.name)


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The columns of a register's files.

    `together` names columns of which a file has all or none; `page` is the page that explains them; `rows_max`
    is the most rows that one import takes.
    """

    columns: tuple[Column, ...]
    page: str = "docs/files.md"
    together: tuple[tuple[str, ...], ...] = ()
    rows_max: int = 500_000

    def titles(self) -> dict[str, str]:
        """Give our name for each plain title that a file may use."""
        return {plain_title(title): each.name for each in self.columns for title in (each.name, *each.titles)}


@dataclass(frozen=True, slots=True)
class RowFault:
    """
    What is wrong with one row: its line in the file, the column as the file calls it.

    The code is stable; `docs/files.md` explains all of them. The message never repeats a personal value.
    """

    row: int
    column: str
    code: str
    message: Words


@dataclass(frozen=True, slots=True)
class Line:
    """
    One row: the line it begins on, its cells by our column names, and whether it has as many as the header.

    `spoiled` names the cells that hold no value of their own, with the code of the fault.
    """

    row: int
    cells: Mapping[str, str]
    is_whole: bool
    spoiled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """
    What became of a file's rows.

    `refused` rows have faults and were left out. `errors` are the first faults by line, `error_count` is how many
    there are in all.
    """

    rows: int
    created: int
    changed: int
    unchanged: int
    errors: tuple[RowFault, ...] = ()
    refused: int = 0
    error_count: int = 0

    def plain(self, *, lang: str = "both") -> dict[str, Any]:
        """Give the report as JSON holds it, with messages in one language (zh, en) or in both."""
        return {
            "rows": self.rows,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "error_count": self.error_count,
            "errors": [
                {"row": fault.row, "column": fault.column, "code": fault.code}
                | ({} if lang == "en" else {"message": fault.message.zh})
                | ({} if lang == "zh" else {"message_en": fault.message.en})
                for fault in self.errors
            ],
        }


@dataclass(slots=True)
class Tally:
    """Counts rows while they pass; faults beyond the first are counted and not kept."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    error_count: int = 0
    errors: list[RowFault] = field(default_factory=list)

    def add(self, count: tuple[int, int, int]) -> None:
        """Add created, changed and unchanged records."""
        self.created += count[0]
        self.changed += count[1]
        self.unchanged += count[2]

    def refuse(self, faults: Iterable[RowFault]) -> None:
        """Count a row that is left out."""
        self.refused += 1
        self.blame(faults)

    def blame(self, faults: Iterable[RowFault]) -> None:
        """Count faults."""
        for fault in faults:
            self.error_count += 1
            if len(self.errors) < FAULTS_KEPT:
                self.errors.append(fault)

    def report(self) -> ImportReport:
        """Give the report."""
        return ImportReport(
            rows=self.rows,
            created=self.created,
            changed=self.changed,
            unchanged=self.unchanged,
            errors=tuple(sorted(self.errors, key=lambda fault: fault.row)),
            refused=self.refused,
            error_count=self.error_count,
        )


def plain_title(title: str) -> str:
    """Give a column's title in one form: full-width signs made plain, no spaces, no star, small letters."""
    return "".join(unicodedata.normalize("NFKC", title).split()).strip("*\ufeff").casefold()
