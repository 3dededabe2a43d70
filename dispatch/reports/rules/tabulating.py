"""From a report to a workbook: the same tables, numbers as numbers, and a page that says what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import sheets
from dispatch.reports.rules import words
from dispatch.reports.values import Column, Kind, Unseen

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.reports.values import Report, Table

FORMATS = {Kind.TEXT: "", Kind.COUNT: "#,##0", Kind.SHARE: "0.0%", Kind.MINUTES: "0"}
HEADING_SHARE = 2.5
WIDTH = 11  # characters of a column whose share is 1
NAME_MOST = 31  # characters of a tab, by the format


def tabulate_report(report: Report, *, made_at: datetime) -> bytes:
    """Make the workbook of a report; `made_at` stands in its properties."""
    ends = (_repeat(report), _notes(report))

    def heading_of(table: Table) -> str:
        has_headings = any(line.is_heading for line in table.lines)
        return words.COLUMNS["subdistrict"].text(report.locale) if has_headings else ""

    return sheets.make_book(
        [_summary(report), *(_page(one, heading=heading_of(one)) for one in report.tables.values()), *ends],
        title=report.title,
        made_at=made_at,
    )


def _page(table: Table, *, heading: str = "") -> sheets.BookPage:
    """Make a page of a table; lines that stand over others on paper become a first column, named by `heading`."""
    rows: list[tuple[str | int | float, ...]] = []
    over = ""
    for line in table.lines:
        if line.is_heading:
            over = str(line.cells[0])
        else:
            rows.append((*((over,) if heading else ()), *_row(line.cells)))
    columns = (*((Column(heading, share=HEADING_SHARE),) if heading else ()), *table.columns)
    return sheets.BookPage(
        name=table.title[:NAME_MOST],
        titles=tuple(one.title for one in columns),
        rows=tuple(rows) or ((table.empty,),),
        formats=tuple(FORMATS[one.kind] for one in columns),
        widths=tuple(max(WIDTH * one.share, 8.0) for one in columns) or (60.0,),
        notes=((table.lead, *table.notes) if table.lead else table.notes),
    )


def _row(cells: tuple[str | int | float | Unseen, ...]) -> tuple[str | int | float, ...]:
    return tuple(cell.value if isinstance(cell, Unseen) else cell for cell in cells)


def _summary(report: Report) -> sheets.BookPage:
    page = _page(report.figures)
    bars = tuple(_row((one.label, one.share)) for one in report.bars)
    said = tuple((one,) for one in report.sentences)
    return sheets.BookPage(
        name=words.BOOK_SUMMARY.text(report.locale),
        titles=page.titles,
        rows=page.rows,
        formats=page.formats,
        widths=(24.0, *page.widths[1:]),
        notes=(*(one[0] for one in said), report.labels["band"], *(_said(one) for one in bars), *page.notes),
    )


def _said(pair: tuple[str | int | float, ...]) -> str:
    label, share = pair
    return f"{label}: {share:.1%}" if isinstance(share, float) else f"{label}: {share}"


def _repeat(report: Report) -> sheets.BookPage:
    rows = (*report.repeat, *(("", one) for one in report.commands))
    return _pairs(report.labels["repeat"], rows=rows)


def _notes(report: Report) -> sheets.BookPage:
    silences = tuple((report.labels["silences"], one) for one in report.silences)
    rows = (*report.cover, ("", report.cover_note), *report.methods, *silences)
    return _pairs(words.BOOK_NOTES.text(report.locale), rows=rows)


def _pairs(name: str, *, rows: tuple[tuple[str, str], ...]) -> sheets.BookPage:
    return sheets.BookPage(name=name[:NAME_MOST], titles=(), rows=rows, formats=(), widths=(28.0, 100.0))
