"""Map layers of coverage: what is asked of them, and the rows they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.coverage.values.answers import AreaRow, CellRow, CircleRow, Run

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""


class Layer(StrEnum):
    """The layers that rest on runs; the sites stand in the directory."""

    CIRCLES = "circles"
    GAPS = "gaps"
    HEXAGONS = "hexagons"
    AREAS = "areas"


class Sight(StrEnum):
    """How much of a run is seen: all counts, those from five on, or what was published."""

    ALL = "all"
    FROM_FIVE = "from_five"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class LayerRun:
    """A run as far as one reader sees it; its totals are left out. `hidden` are published cells that nobody sees."""

    run: Run
    sight: Sight
    publication_id: UUID | None = None
    hidden: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_published(self) -> bool:
        """Whether everybody sees it."""
        return self.publication_id is not None


@dataclass(frozen=True, slots=True)
class RunChoice:
    """
    Which runs a layer shows: one by its id, or of each service and area the newest that the reader sees.

    `on_from` and `on_to` (included) narrow them by the date they are of, before the newest is chosen.
    """

    run_id: UUID | None = None
    service_code: str | None = None
    on_from: date | None = None
    on_to: date | None = None


@dataclass(frozen=True, slots=True)
class LayerFilter:
    """
    What the rows of a layer are narrowed to; None does not narrow.

    A row fits a box where its outline touches it, and where it has none; several boxes are one place cut in two by
    the 180th meridian. `area` is a code prefix, `keys` are exact: site ids, area codes, or cells. Nothing here asks for
    a count: an answer would tell what is hidden.
    """

    boxes_ll: tuple[Box, ...] = ()
    area: str | None = None
    levels: tuple[str, ...] = ()
    area_code: str | None = None
    site_id: UUID | None = None
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class LayerPlace:
    """A place in a layer: the last row that was read. The run is None for an area that no run counts."""

    run_id: UUID | None
    key: str


@dataclass(frozen=True, slots=True)
class PlainArea:
    """An area that no run of the layer counts: its name and boundary, and no figures."""

    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    outline_ll: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One row of a layer with its run; an area that no run counts has none."""

    run: LayerRun | None
    row: AreaRow | CircleRow | CellRow | PlainArea
    place: LayerPlace
