"""Where the next sites help most: what is asked, what it rests on, what is found and what is stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dispatch.coverage.values.runs import Mode, RunWish
from dispatch.coverage.values.scenarios import ChangeKind
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.coverage.values.runs import RunInputs
    from dispatch.geo import LonLat

SITING_RULE_VERSION = "siting-2026-1"
"""Names the rules of docs/siting.md; a changed rule takes another name."""

PICKS_MAX = 200
CANDIDATES_MAX = 20_000
"""Also the most nodes for which a capacity is kept or a proof is sought over all nodes of an area."""
PROOF_MAX_S = 600
SEARCHED_MAX = 1_000_000
"""The most nodes of a branch-and-bound tree that may be asked for."""
WHOLE_MAX = 1_000_000_000
"""The largest capacity, cost or budget: sums of them stay exact."""
LABEL_MAX_LENGTH = 100


class CandidateSource(StrEnum):
    """Where the candidates come from."""

    POINTS = "points"
    REGISTER = "register"
    NODES = "nodes"


class SitingWeight(StrEnum):
    """What a home counts for."""

    ELDERS = "elders"
    CATEGORY = "category"
    UNMET = "unmet"


class Refusal(StrEnum):
    """Why a candidate was not considered."""

    UNLOCATED = "unlocated"
    OUTSIDE_AREA = "outside_area"
    OFF_STREET = "off_street"


class SitingEnd(StrEnum):
    """Why no further site was picked."""

    ALL_PICKED = "all_picked"
    NO_CANDIDATES = "no_candidates"
    NOBODY_LEFT = "nobody_left"
    NO_MORE_GAIN = "no_more_gain"
    BUDGET_SPENT = "budget_spent"
    BUDGET_TOO_SMALL = "budget_too_small"


class ProofState(StrEnum):
    """How far the proof came."""

    NOT_ASKED = "not_asked"
    PROVED = "proved"
    TIME_IS_UP = "time_is_up"
    NODES_ARE_UP = "nodes_are_up"
    TOO_LARGE = "too_large"


END_WORDS = {
    SitingEnd.ALL_PICKED: Words("已选满所要的个数。", "As many sites as were asked for are picked."),
    SitingEnd.NO_CANDIDATES: Words(
        "没有可用的候选点：要在区域内，并且 200 米内有街道。",
        "No candidate can be used: it must lie in the area, within 200 m of a street.",
    ),
    SitingEnd.NOBODY_LEFT: Words("已经没有未覆盖的人。", "Nobody who counts is left uncovered."),
    SitingEnd.NO_MORE_GAIN: Words("再加候选点也不会多覆盖人。", "No further candidate would cover anybody more."),
    SitingEnd.BUDGET_SPENT: Words(
        "余下的预算不够再建一个有用的站点。", "What is left of the budget pays for no further site that helps."
    ),
    SitingEnd.BUDGET_TOO_SMALL: Words(
        "预算不够建任何一个有用的候选站点。", "The budget pays for none of the candidates that would help."
    ),
}
"""What is told to the reader beside the code."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A place where a site could stand.

    `capacity` is how much of the weight it can take (None: all), `cost` is in the unit of the budget.
    """

    point_ll: LonLat | None
    label: str = ""
    capacity: int | None = None
    cost: int = 1
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SitingWish:
    """
    The next sites that somebody wants to be proposed.

    `service_code` is a code or its Chinese label, and so is `category`. `capacity` and `cost` are those of
    candidates which come without (register, nodes); `candidates` come with the source POINTS only. A proof
    ends after `proof_s` seconds, or after `searched_max` nodes of its tree; only the latter ends at the same
    place each time.
    """

    area_code: str
    service_code: str
    as_of: date
    picks: int
    source: CandidateSource = CandidateSource.NODES
    candidates: tuple[Candidate, ...] = ()
    capacity: int | None = None
    cost: int = 1
    budget: int | None = None
    weight: SitingWeight = SitingWeight.ELDERS
    category: str | None = None
    is_proof_wanted: bool = False
    proof_s: int = 60
    searched_max: int | None = None
    speed_mps: float = 1.0
    limit_min: int = 15

    def plain(self) -> dict[str, Any]:
        """Give the wish as plain values that JSON can hold."""
        return asdict(self) | {
            "as_of": self.as_of.isoformat(),
            "source": self.source.value,
            "weight": self.weight.value,
            "candidates": [[one.point_ll, one.label, one.capacity, one.cost] for one in self.candidates],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> SitingWish:
        """Read what `plain` gave."""
        candidates = tuple(
            Candidate(None if point is None else (point[0], point[1]), label, capacity, cost)
            for point, label, capacity, cost in plain["candidates"]
        )
        return cls(
            **dict(plain)
            | {
                "as_of": date.fromisoformat(plain["as_of"]),
                "source": CandidateSource(plain["source"]),
                "weight": SitingWeight(plain["weight"]),
                "candidates": candidates,
            }
        )

    @property
    def run_wish(self) -> RunWish:
        """The coverage run that the siting begins with."""
        return RunWish(
            area_code=self.area_code,
            service_code=self.service_code,
            as_of=self.as_of,
            mode=Mode.WALK,
            speed_mps=self.speed_mps,
            limit_min=self.limit_min,
        )


@dataclass(frozen=True, slots=True)
class SitingInputs:
    """Everything a siting rests on but the network; `weights` go with the homes of `run`, in their order."""

    wish: SitingWish
    run: RunInputs
    candidates: tuple[Candidate, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One site that is proposed; `gain` is the weight that it covers beside all before it."""

    rank: int
    point_ll: LonLat
    label: str
    site_id: UUID | None
    capacity: int | None
    cost: int
    gain: int | None
    snap_m: float
    is_suppressed: bool = False

    @property
    def scenario_change(self) -> dict[str, Any]:
        """The change that opens it in a scenario, as plain values."""
        lon, lat = self.point_ll
        change = {
            "kind": ChangeKind.OPEN.value,
            "name": self.label or f"选址{self.rank}",
            "point": {"lon": lon, "lat": lat, "crs": "wgs84"},
        }
        return change if self.capacity is None else change | {"capacity": self.capacity}


@dataclass(frozen=True, slots=True)
class RefusedCandidate:
    """A candidate that was not considered, by its number in what was sent (from 0), and why."""

    number: int
    label: str
    site_id: UUID | None
    reason: Refusal


@dataclass(frozen=True, slots=True)
class SitingArea:
    """
    One area before and after.

    `kept` are covered before and after, `gained` after only, `lost` before only: kept + lost = covered_before,
    kept + gained = covered_after, and with `outside` (neither) they add up to `elders`. `weight…` is the same in
    what was asked for. `mean_walk_s…` is over those who have a way to a site at all (`with_way…`). None stands for a
    count that a reader may not see.
    """

    area_code: str
    level: str
    name_zh: str
    name_en: str | None
    elders: int | None
    covered_before: int | None
    covered_after: int | None
    gained: int | None
    kept: int | None
    lost: int | None
    outside: int | None
    weight: int | None
    weight_before: int | None
    weight_after: int | None
    with_way_before: int | None
    with_way_after: int | None
    mean_walk_s_before: float | None
    mean_walk_s_after: float | None
    is_suppressed: bool = False

    @property
    def share_before(self) -> float | None:
        """Covered before of all elders; None where there is nobody, or where it is hidden."""
        return self.covered_before / self.elders if self.elders and self.covered_before is not None else None

    @property
    def share_after(self) -> float | None:
        """Covered after of all elders."""
        return self.covered_after / self.elders if self.elders and self.covered_after is not None else None


@dataclass(frozen=True, slots=True)
class Proof:
    """How the proof went: its state, and how large the model was that was left after the reductions."""

    state: ProofState
    candidates: int = 0
    groups: int = 0
    searched: int = 0


@dataclass(frozen=True, slots=True)
class SitingFindings:
    """What a siting found, ready to be stored."""

    inputs: SitingInputs
    network_id: str
    network_at: datetime | None
    inputs_hash: str
    figures_hash: str
    assumptions: dict[str, Any]
    objective: int
    best_bound: int
    guaranteed_share: float | None
    end: SitingEnd
    proof: Proof
    considered: int
    picks: tuple[Pick, ...]
    refused: tuple[RefusedCandidate, ...]
    areas: tuple[SitingArea, ...]


@dataclass(frozen=True, slots=True)
class Siting:
    """
    A stored siting.

    `objective` is the weight that the picks add, `best_bound` what no choice can exceed, `gap` the rest as a share
    of the objective: 0 says that no choice is better. `total` is the row of the whole area.
    """

    id: UUID
    area_code: str
    service_code: str
    as_of: date
    speed_mps: float
    limit_s: int
    network_id: str
    network_at: datetime | None
    rule_version: str
    inputs_hash: str
    assumptions: dict[str, Any]
    wish: dict[str, Any]
    objective: int | None
    best_bound: int | None
    guaranteed_share: float | None
    end: str
    proof: dict[str, Any]
    considered: int
    refusals: dict[str, int]
    status: str
    started_at: datetime
    finished_at: datetime
    total: SitingArea
    picks: tuple[Pick, ...] = field(default_factory=tuple)
    refused: tuple[RefusedCandidate, ...] = field(default_factory=tuple)
    is_suppressed: bool = False

    @property
    def gap(self) -> float | None:
        """How much better the best choice could be at most, as a share of this one; None where that has no meaning."""
        if self.objective is None or self.best_bound is None:
            return None
        if self.best_bound == self.objective:
            return 0.0
        return (self.best_bound - self.objective) / self.objective if self.objective else None
