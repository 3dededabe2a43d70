"""What a report is made from, and the one plain value that is typeset or tabulated."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from dispatch.coverage import AreaRow, CellRow, CircleRow, Run, Siting
    from dispatch.geo import LonLat
    from dispatch.words import Locale


class Format(StrEnum):
    """The files that a report can be."""

    PDF = "pdf"
    XLSX = "xlsx"


class Unseen(StrEnum):
    """Why a figure is not there: small (1 to 4, or what would give such a one away), or not known at all."""

    SMALL = "<5"
    UNKNOWN = "—"


class Kind(StrEnum):
    """What a column holds; all but text stand at the right."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MINUTES = "minutes"


Cell = str | int | float | Unseen


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A stored run as far as its reader may see it, whole.

    `is_complete` says whether the reader sees counts of 1 to 4; `gaps` are communities, most people outside first;
    `covered_ll` is the ground within the limit of any site; `siting` the newest one that asked the same as the run.
    """

    run: Run
    service_zh: str
    service_en: str
    areas: tuple[AreaRow, ...]
    gaps: tuple[AreaRow, ...]
    circles: tuple[CircleRow, ...]
    cells: tuple[CellRow, ...]
    covered_ll: dict[str, Any] | None
    is_complete: bool
    siting: Siting | None = None

    def at(self, level: str) -> list[AreaRow]:
        """Give the rows of a level, in the order of codes."""
        return [row for row in self.areas if row.level == level]

    @property
    def whole(self) -> AreaRow:
        """The row of the area of the run."""
        return next(row for row in self.areas if row.area_code == self.run.area_code)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a report is wanted: in which language, in whose name; `computed_on` is the run's date in the city's zone."""

    locale: Locale
    computed_on: date
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `share` is its part of the width beside the others."""

    title: str
    kind: Kind = Kind.TEXT
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One row; a heading stands over the rows that follow, a total is set in bold."""

    cells: tuple[Cell, ...]
    is_heading: bool = False
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `notes` stand under it, `empty` is said where it has no rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    lead: str = ""
    empty: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """The share at one other limit; the limit's own is `is_own`, the straight line is no figure."""

    label: str
    share: float | Unseen
    is_own: bool = False
    is_figure: bool = True


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What the map shows, in WGS 84; counts are None where they are hidden."""

    boundary_ll: dict[str, Any] | None
    parts: tuple[tuple[str, dict[str, Any]], ...]
    covered_ll: dict[str, Any] | None
    cells: tuple[tuple[int, int | None], ...]
    sites_ll: tuple[LonLat, ...]
    gaps_ll: tuple[dict[str, Any], ...]
    network_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """
    A report in one language, every sentence made and every figure chosen.

    `cover`, `methods` and `repeat` are names with what they stand for; `figures` the three figures of an area
    (people, communities, subdistricts), of which none replaces another.
    """

    locale: Locale
    run_id: str
    title: str
    kicker: str
    cover: tuple[tuple[str, str], ...]
    cover_note: str
    key_number: str
    key_text: str
    sentences: tuple[str, ...]
    bars: tuple[Bar, ...]
    figures: Table
    methods: tuple[tuple[str, str], ...]
    silences: tuple[str, ...]
    tables: dict[str, Table]
    repeat: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    legend: dict[str, str]
    labels: dict[str, str]
    map: MapFacts = field(repr=False)
