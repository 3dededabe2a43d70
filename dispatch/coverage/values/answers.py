"""Stored runs as they are read: what was asked, what was found, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dispatch.coverage.values.runs import CapacityRule, UnknownHours

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.geo import LonLat


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run: what was asked, what it rests on, and the totals."""

    id: UUID
    area_code: str
    service_code: str
    mode: str
    speed_mps: float
    limit_s: int
    as_of: date
    network_id: str
    network_at: datetime | None
    rule_version: str
    inputs_hash: str
    assumptions: dict[str, Any]
    totals: dict[str, Any]
    status: str
    started_at: datetime
    finished_at: datetime
    at_local: str | None = None
    unknown_hours: str = UnknownHours.EXCLUDE.value
    capacity: str = CapacityRule.IGNORED.value
    scenario_id: UUID | None = None
    scenario_version: int | None = None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """
    One area of a stored run; counts that a reader may not see are None and `is_suppressed` says so.

    `outline_ll` is its gap, or the area itself, as was asked for; None where it has no boundary. `base` holds,
    in a run of a scenario, covered and band without the scenario's changes; it is sent to nobody.
    """

    run_id: UUID
    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    elders: int | None
    covered: int | None
    uncovered: int | None
    covered_share: float | None
    located_share: float | None
    unlocated_elders: int | None
    sites: int
    unlocated_sites: int
    band: dict[str, int | None]
    state: bool | None
    is_borderline: bool | None
    nearest_site_id: UUID | None
    nearest_site_name: str | None
    nearest_s: int | None
    over_limit_min: int | None
    is_suppressed: bool
    outline_ll: dict[str, Any] | None = None
    places: int | None = None
    places_an_elder: float | None = None
    unmet: int | None = None
    base: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """
    The requests of one area that found nobody (`unmet`), and those that failed; None where one may not see.

    Both are as requests stand now; `unmet_reasons` and `failed_reasons` split them by code, where a request with
    several counts for each. `events` and `event_reasons` are what the log says happened, whatever became of it since.
    """

    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    unmet: int | None
    failed: int | None
    is_suppressed: bool = False
    unmet_reasons: dict[str, int] | None = None
    failed_reasons: dict[str, int] | None = None
    events: dict[str, int | None] = field(default_factory=dict)
    event_reasons: dict[str, dict[str, int] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """The people of one category in one area of a stored run; None for counts that a reader may not see."""

    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    category: str
    elders: int | None
    covered: int | None
    uncovered: int | None
    covered_share: float | None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class CircleRow:
    """One site of a stored run with its circle; only a scenario has a planned one, whose id is its change's."""

    site_id: UUID
    name: str
    area_code: str
    point_ll: LonLat | None
    snap_m: float | None
    reached: int | None
    is_suppressed: bool
    circle_ll: dict[str, Any] | None
    places: int | None = None
    served: int | None = None
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class CellRow:
    """One H3 cell of a stored run."""

    cell: int
    walk_s: int | None
    elders: int | None
    uncovered: int | None
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class AreaChange:
    """How one community differs between two runs; `change` is None where a reader may not see it."""

    area_code: str
    covered_before: int | None
    covered_after: int | None
    change: int | None
    state_before: bool | None
    state_after: bool | None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two runs side by side.

    The changes of all communities and `outside_communities` (elders whose community is not known) add up to
    `change`, and so do the people who are covered now and were not (`people_gained`) less those who were and are not
    (`people_lost`). `communities_gained` came to count as covered, `communities_lost` ceased to. None stands for
    a count that the reader may not see.
    """

    before: Run
    after: Run
    covered_before: int | None
    covered_after: int | None
    change: int | None
    gained: tuple[AreaChange, ...] = field(default_factory=tuple)
    lost: tuple[AreaChange, ...] = field(default_factory=tuple)
    unchanged: int = 0
    outside_communities: int | None = 0
    edits_gained: tuple[dict[str, Any], ...] = ()
    edits_lost: tuple[dict[str, Any], ...] = ()
    people_gained: int | None = 0
    people_lost: int | None = 0
    communities_gained: tuple[str, ...] = ()
    communities_lost: tuple[str, ...] = ()
