"""Named edits of the street network: what is wished for, and what is on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dispatch.streets import StreetEditKind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.streets import EditEffect

NetworkEditKind = StreetEditKind
"""A path or a gate that the map lacks, or a closure: where nobody gets through."""

EDIT_LINE_MAX_M = 5_000.0
EDIT_BEYOND_M = 200.0
"""So far beyond the boundary of its area an edit may reach: a bridge over the river that is the border."""

EDIT_GATE_MAX_M = 100.0
EDIT_LINE_MIN_M = 1.0
EDIT_GROUND_MAX_M2 = 4_000_000.0
EDIT_LINE_VERTICES = 200
EDIT_GROUND_VERTICES = 1_000
EDIT_REASON_MIN = 5
EDITS_MOST = 1_000
"""So many edits stand at once at most: each costs a moment whenever the network is made ready."""


@dataclass(frozen=True, slots=True)
class NetworkEditWish:
    """
    A named edit that somebody wants, or what stands in the place of another.

    `geometry` is GeoJSON in the reference system `crs`: a LineString for a path or a gate; a Point, LineString or
    Polygon for a closure. It holds from one date up to, not including, another.
    """

    area_code: str
    name: str
    kind: NetworkEditKind
    geometry: dict[str, Any]
    crs: str
    reason: str
    valid_from: date
    valid_to: date | None = None
    is_bridge: bool = False


@dataclass(frozen=True, slots=True)
class CheckedEdit:
    """A wish that was found possible: its shape in WGS 84 and what comes of it on the network of its first day."""

    wish: NetworkEditWish
    geometry_ll: dict[str, Any]
    effect: EditEffect
    network_id: str


@dataclass(frozen=True, slots=True)
class NetworkEdit:
    """
    A named edit as it was recorded.

    `edit_id` stays when it is corrected, `version` counts its entries. `effect` is what came of it on `network_id`.
    """

    edit_id: UUID
    version: int
    area_code: str
    name: str
    kind: NetworkEditKind
    geometry_ll: dict[str, Any]
    is_bridge: bool
    reason: str
    author_id: UUID | None
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    source_crs: str
    effect: dict[str, Any] = field(default_factory=dict)
    network_id: str = ""
