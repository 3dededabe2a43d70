"""Closed lists and values of the coverage."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.geo import LonLat, LonLatPolygon

RULE_VERSION = "coverage-2026-1"
"""Names the rules of docs/coverage.md; a changed rule takes another name."""

BAND_MIN = (10, 12, 15, 18, 20)
"""The minutes at which every figure is given beside the limit's own (features G6)."""

SLOWER_SHARE = 0.8
"""A slower walker goes at this share of the speed (features G6)."""

COMMUNITY_SHARE = 0.5
"""A community without a site of its own is covered from this share of its elders on (proposed)."""

LIMIT_MAX_MIN = 60
LIMIT_MIN_MIN = 1
SPEED_MIN_MPS, SPEED_MAX_MPS = 0.3, 2.5

BOUNDARY_RULE = Words(
    "以路网步行时间为准：到最近站点的时间不超过上限即为覆盖（900 秒算覆盖，901 秒不算）；图上边界只作展示。",
    "Time on the street network decides: covered if the nearest site is within the limit (900 s is, 901 s is not); "
    "outlines on maps are for display.",
)


class RunStatus(StrEnum):
    """Where a coverage run stands; a run that failed leaves nothing behind."""

    DONE = "done"
    PUBLISHED = "published"


class UnknownHours(StrEnum):
    """What a site without hours means where a time of day is asked for."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


class Mode(StrEnum):
    """How people get there."""

    WALK = "walk"


class OriginRule(StrEnum):
    """
    Between which two places a way is measured.

    DOOR: from the home's door to the site's entrance, both brought to the nearest street, both ways counted.
    NODE: for points that merely stand for a place (the middle of a cell, an address range): both stand at
    the nearest point of the network; the home's way there counts, the site's does not.
    """

    DOOR = "door"
    NODE = "node"


ORIGIN_RULES = {
    OriginRule.DOOR: Words(
        "从家门到站点入口：两端各到最近的街道，两段距离都计入。",
        "From the home's door to the site's entrance: each is brought to the nearest street, both distances count.",
    ),
    OriginRule.NODE: Words(
        "点位只代表大致位置：两端各取最近的路网节点，住处到节点的距离计入，站点的不计。",
        "Points stand for a place: each is brought to the nearest node of the network; "
        "the home's distance to it counts, the site's does not.",
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the network: who is within a limit at a speed, measured how."""

    limit_s: int
    speed_mps: float
    origin_rule: OriginRule = OriginRule.DOOR


@dataclass(frozen=True, slots=True)
class RunWish:
    """
    A coverage run that somebody wants.

    `service_code` is a code or its Chinese label; the services below it in the tree count too. `as_of` is
    the date whose sites and homes are meant.
    """

    area_code: str
    service_code: str
    as_of: date
    mode: Mode = Mode.WALK
    speed_mps: float = 1.0
    limit_min: int = 15

    @property
    def question(self) -> Question:
        """What the engine is asked."""
        return Question(limit_s=self.limit_min * 60, speed_mps=self.speed_mps)


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """Where one elder lives; without a point the elder counts, as unlocated."""

    elder_id: UUID
    area_code: str
    point_ll: LonLat | None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """One open site that gives the service where it stands; without a point it counts, as unlocated."""

    site_id: UUID
    name: str
    area_code: str
    point_ll: LonLat | None


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """One area of a run."""

    code: str
    level: str
    settlement: str | None
    name_zh: str
    name_en: str | None
    boundary_ll: LonLatPolygon | None


@dataclass(frozen=True, slots=True)
class RunInputs:
    """Everything a run rests on but the network, in a fixed order (by code and id)."""

    wish: RunWish
    service_code: str
    service_codes: tuple[str, ...]
    areas: tuple[AreaFacts, ...]
    homes: tuple[HomeFacts, ...]
    sites: tuple[SiteFacts, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """
    The figures of one group of people.

    `elders` holds the unlocated ones too, who are never covered. `band` gives the covered at other limits
    ("10" to "20" minutes), `slower` at 80 % of the speed, `straight` by the straight line.
    """

    elders: int
    unlocated: int
    covered: int
    band: dict[str, int]
    slower: int
    straight: int

    @property
    def uncovered(self) -> int:
        """How many are not within the limit, the unlocated among them."""
        return self.elders - self.covered

    @property
    def covered_share(self) -> float | None:
        """Covered of all, the unlocated counted as uncovered; None where there is nobody."""
        return self.covered / self.elders if self.elders else None

    @property
    def located_share(self) -> float | None:
        """Covered of those who are located; None where there is nobody."""
        located = self.elders - self.unlocated
        return self.covered / located if located else None


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """
    The figures of one area in a run.

    `state` says whether the area counts as covered: None for a community without elders and site, and for
    a district. `nearest_site_id` and `nearest_s` are those of the median uncovered elder.
    """

    area: AreaFacts
    counts: Counts
    sites: int
    unlocated_sites: int
    state: bool | None
    is_borderline: bool
    nearest_site_id: UUID | None = None
    nearest_s: int | None = None
    gap_ll: dict[str, Any] | None = None
    gap_box_ll: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """One site of a run: how far its street is, how many elders are within the limit of it, and its circle."""

    site: SiteFacts
    snap_m: float | None
    reached: int
    circle_ll: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class CellFigures:
    """One H3 cell: seconds from its middle to the nearest site, elders in it, elders in it who are uncovered."""

    cell: int
    center_ll: LonLat
    walk_s: int | None
    elders: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """How far one elder is from the nearest site. Never leaves the room."""

    home: HomeFacts
    walk_s: int | None
    site_id: UUID | None


@dataclass(frozen=True, slots=True)
class RunFindings:
    """What a run found, ready to be stored."""

    inputs: RunInputs
    network_id: str
    network_at: datetime | None
    inputs_hash: str
    figures_hash: str
    assumptions: dict[str, Any]
    totals: dict[str, Any]
    areas: tuple[AreaFigures, ...]
    sites: tuple[SiteFigures, ...]
    cells: tuple[CellFigures, ...]
    people: tuple[PersonFigures, ...]
    covered_ll: dict[str, Any] | None


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


@dataclass(frozen=True, slots=True)
class AreaRow:
    """
    One area of a stored run; counts that a reader may not see are None and `is_suppressed` says so.

    `outline_ll` is its gap, or the area itself, as was asked for; None where it has no boundary.
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


@dataclass(frozen=True, slots=True)
class CircleRow:
    """One site of a stored run with its circle."""

    site_id: UUID
    name: str
    area_code: str
    point_ll: LonLat | None
    snap_m: float | None
    reached: int | None
    is_suppressed: bool
    circle_ll: dict[str, Any] | None


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

    The changes of all communities and `outside_communities` (elders whose community is not known) add up
    to `change`. None stands for a count that the reader may not see.
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
