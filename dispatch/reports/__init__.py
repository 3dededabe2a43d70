"""
Reports on paper: a coverage run with its map, tables and assumptions, as PDF or as a workbook.

A run is read as its reader may read it elsewhere, made into one plain value in one language, and typeset from that.
The same run in the same language gives the same PDF, byte for byte. Typst, matplotlib and the font are loaded when a
report is made, not before.
"""

from dispatch.reports.operations import ReportOfReachError, read_report
from dispatch.reports.rules.composing import compose_report
from dispatch.reports.rules.tabulating import tabulate_report
from dispatch.reports.rules.typesetting import typeset_report
from dispatch.reports.values import Column, Format, Kind, Line, Reading, Report, Table, Unseen, Wish

__all__ = [
    "Column",
    "Format",
    "Kind",
    "Line",
    "Reading",
    "Report",
    "ReportOfReachError",
    "Table",
    "Unseen",
    "Wish",
    "compose_report",
    "read_report",
    "tabulate_report",
    "typeset_report",
]
