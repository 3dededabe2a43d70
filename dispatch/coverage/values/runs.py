"""Closed lists and values of the coverage."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch import streets
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from dispatch.coverage.values.edits import NetworkEdit
    from dispatch.coverage.values.scenarios import ScenarioFacts
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


class CapacityRule(StrEnum):
    """
    Whether places limit who is covered, and which places.

    MAXIMUM: all places that the sites have, whoever holds them now. AVAILABLE: those that are free.
    """

    IGNORED = "ignored"
    MAXIMUM = "maximum"
    AVAILABLE = "available"


class Mode(StrEnum):
    """
    Who is on the way, and how.

    WALK: the elder walks to the site: a service circle. The others: a carer comes to the home, a reach; the two
    are never joined in one figure.
    """

    WALK = "walk"
    CARER_WALK = "carer_walk"
    CARER_EBIKE = "carer_ebike"


class Usual(NamedTuple):
    """What is assumed of a mode where nobody says otherwise."""

    speed_mps: float
    limit_min: int


CARER_MODES = {Mode.CARER_WALK: streets.CARER_WALK, Mode.CARER_EBIKE: streets.CARER_EBIKE}
REACH_BAND = ((2, 3), (4, 5), (1, 1), (6, 5), (4, 3))
"""As the minutes of a circle are to 15: 20, 24, 30, 36, 40 of 30."""

USUAL = {
    Mode.WALK: Usual(streets.WALK_SPEED_MPS, 15),
    Mode.CARER_WALK: Usual(streets.CARER_SPEED_MPS[streets.CARER_WALK], 30),
    Mode.CARER_EBIKE: Usual(streets.CARER_SPEED_MPS[streets.CARER_EBIKE], 30),
}
"""Domain: walking time; circle or reach."""


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
    mode: Mode = Mode.WALK

    @property
    def band_min(self) -> tuple[int, ...]:
        """The minutes at which every figure is given: of a circle 10 to 20, of a reach two to four thirds."""
        if self.mode is Mode.WALK:
            return BAND_MIN
        return tuple(dict.fromkeys(self.limit_s * part // whole // 60 for part, whole in REACH_BAND))

    def limit_dm(self, *, limit_s: int | None = None, speed_mps: float | None = None) -> int:
        """Give the longest way in decimetres within the limit or another, at the speed or another; -1: none."""
        within_s = self.limit_s if limit_s is None else limit_s
        speed = self.speed_mps if speed_mps is None else speed_mps
        if self.mode is Mode.WALK:
            return streets.length_limit_dm(limit_s=within_s, speed_mps=speed)
        pct = round(100 * speed / self.speed_mps)
        return streets.carer_limit_dm(limit_s=within_s, mode=CARER_MODES[self.mode], pct=pct)

    def time_s(self, length_dm: int | NDArray[np.integer]) -> NDArray[np.int64]:
        """Give seconds for decimetres, rounded up; a carer's with parking and door. UNREACHED stays."""
        if self.mode is Mode.WALK:
            return streets.walk_time_s(length_dm, speed_mps=self.speed_mps)
        return streets.carer_way_s(length_dm, mode=CARER_MODES[self.mode])


@dataclass(frozen=True, slots=True)
class RunWish:
    """
    A coverage run that somebody wants.

    `service_code` is a code or its Chinese label; the services below it in the tree count too. `as_of` is
    the date whose sites and homes are meant. With `at_local` (aware, in the zone that is meant) only sites open at that
    moment count, and `unknown_hours` says what a site without hours means then. `capacity` says which places
    limit who is covered. With `scenario_id` the changes of the scenario, as they stand when the inputs are read,
    are taken as made.
    """

    area_code: str
    service_code: str
    as_of: date
    mode: Mode = Mode.WALK
    speed_mps: float = 1.0
    limit_min: int = 15
    at_local: datetime | None = None
    unknown_hours: UnknownHours = UnknownHours.EXCLUDE
    capacity: CapacityRule = CapacityRule.IGNORED
    scenario_id: UUID | None = None

    @property
    def question(self) -> Question:
        """What the engine is asked."""
        return Question(limit_s=self.limit_min * 60, speed_mps=self.speed_mps, mode=self.mode)


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """Where one elder lives, and in which categories; without a point the elder counts, as unlocated."""

    elder_id: UUID
    area_code: str
    point_ll: LonLat | None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """
    One open site that gives the service where it stands; without a point it counts, as unlocated.

    `places` is how many elders it can take, None where the run does not ask.
    """

    site_id: UUID
    name: str
    area_code: str
    point_ll: LonLat | None
    places: int | None = None
    is_planned: bool = False
    """Only a scenario has it; `site_id` is the id of the scenario's change."""


@dataclass(frozen=True, slots=True)
class CatchmentFacts:
    """Where a home service goes: an area or a polygon, and its own limit where it sets one."""

    area_code: str | None
    extent_ll: LonLatPolygon | None
    limit_s: int | None


@dataclass(frozen=True, slots=True)
class StartFacts:
    """Where a carer of a home service starts; without catchments the service goes anywhere in reach."""

    site_id: UUID
    point_ll: LonLat | None
    catchments: tuple[CatchmentFacts, ...]


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
    """
    Everything a run rests on but the network, in a fixed order (by code and id).

    `edits` are made on the network, in their order.
    `starts` are those of a home service, whose sites are where it is based. `site_counts` says how many sites were left
    out and why, and how many have doubtful news; answers tell it.
    With a scenario, `sites` are those that its changes leave and make, and `base_sites` those without it.
    """

    wish: RunWish
    service_code: str
    service_codes: tuple[str, ...]
    areas: tuple[AreaFacts, ...]
    homes: tuple[HomeFacts, ...]
    sites: tuple[SiteFacts, ...]
    site_counts: dict[str, int] = field(default_factory=dict)
    scenario: ScenarioFacts | None = None
    base_sites: tuple[SiteFacts, ...] = ()
    edits: tuple[NetworkEdit, ...] = ()
    starts: tuple[StartFacts, ...] = ()


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
    a district. `nearest_site_id` and `nearest_s` are those of the median uncovered elder. Where places limit who is
    covered, `places` are those of the sites here, `within_limit` counts who is near enough whether there is a place or
    not, and `places_an_elder` is the mean of the two-step floating catchment. `base` holds, in a run of a scenario,
    covered and band without the scenario's changes.
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
    places: int | None = None
    within_limit: int | None = None
    places_an_elder: float | None = None
    base: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """The people of one category in one area; who is in two categories counts in both, so they do not add up."""

    area_code: str
    category: str
    elders: int
    covered: int


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """
    One site of a run: how far its street is, how many elders are within the limit of it, and its circle.

    `served` is how many have a place there, None where places were not asked about.
    """

    site: SiteFacts
    snap_m: float | None
    reached: int
    circle_ll: dict[str, Any] | None
    served: int | None = None


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
    """How far one elder is from the nearest site, or the one where there is a place. Never leaves the room."""

    home: HomeFacts
    walk_s: int | None
    site_id: UUID | None
    has_place: bool | None = None


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
    categories: tuple[CategoryFigures, ...]
    covered_ll: dict[str, Any] | None
