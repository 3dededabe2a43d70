"""Scenarios: named sets of changes, and what they would mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.areas import Point
    from dispatch.words import Words

CHANGES_MAX = 200
"""A set with more changes is a plan of its own: one answer must stay an answer at once."""

SAME_PLACE_M = 50.0
"""An open site that gives the service and stands no farther than this from a new one is taken for the same."""


class ScenarioStatus(StrEnum):
    """Where a scenario stands."""

    DRAFT = "draft"
    SHARED = "shared"
    ADOPTED = "adopted"
    ARCHIVED = "archived"


MOVES: dict[ScenarioStatus, tuple[ScenarioStatus, ...]] = {
    ScenarioStatus.DRAFT: (ScenarioStatus.SHARED, ScenarioStatus.ARCHIVED),
    ScenarioStatus.SHARED: (ScenarioStatus.ADOPTED, ScenarioStatus.ARCHIVED),
    ScenarioStatus.ADOPTED: (),
    ScenarioStatus.ARCHIVED: (),
}
"""From where a scenario may go where (domain: state machines)."""


class ChangeKind(StrEnum):
    """What a change does."""

    OPEN = "open"
    CLOSE = "close"
    MOVE = "move"
    CAPACITY = "capacity"
    HOURS = "hours"
    NETWORK_EDIT = "network_edit"


SITE_KINDS = frozenset({ChangeKind.CLOSE, ChangeKind.MOVE, ChangeKind.CAPACITY, ChangeKind.HOURS})
"""The kinds that change a site of the register."""


@dataclass(frozen=True, slots=True)
class ChangeWish:
    """
    One change as it is wanted; which fields belong to which kind, `rules.scenarios.FIELDS` says.

    `service_code` None means the scenario's, `area_code` None the community that holds the point. `edit` is
    one of the network: its kind, its line or point, and the reason.
    """

    kind: ChangeKind
    site_id: UUID | None = None
    name: str | None = None
    point: Point | None = None
    area_code: str | None = None
    facility_type: str | None = None
    service_code: str | None = None
    organization_id: UUID | None = None
    address: str | None = None
    valid_from: date | None = None
    capacity: int | None = None
    hours: str | None = None
    edit: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ScenarioWish:
    """
    A scenario as it is wanted, with the question that it is asked with.

    With `base_run_id` the question is that run's; else `as_of` is the date of sites and homes, None: always
    the present day.
    """

    name: str
    area_code: str = ""
    service_code: str = ""
    speed_mps: float = 1.0
    limit_min: int = 15
    as_of: date | None = None
    base_run_id: UUID | None = None
    changes: tuple[ChangeWish, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """
    One change on record.

    `payload` is what it does, as plain values; `seen` is how the register stood when it was entered: what
    an adoption compares with. `adopted_id` is the site, or the edit of the network, that came of it.
    """

    id: UUID
    position: int
    kind: ChangeKind
    site_id: UUID | None
    payload: dict[str, Any]
    seen: dict[str, Any]
    adopted_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlacedScenario:
    """A scenario that is to be, its question complete and its changes held against register and streets."""

    wish: ScenarioWish
    changes: tuple[ScenarioChange, ...]


@dataclass(frozen=True, slots=True)
class PlacedChanges:
    """All changes that a scenario is to have, held against register and streets while it stood at a version."""

    scenario_id: UUID
    version: int
    changes: tuple[ScenarioChange, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of changes that never touches the register until it is adopted."""

    id: UUID
    name: str
    area_code: str
    service_code: str
    speed_mps: float
    limit_min: int
    as_of: date | None
    base_run_id: UUID | None
    owner_id: UUID | None
    status: ScenarioStatus
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: UUID | None
    changes_hash: str
    changes: tuple[ScenarioChange, ...]
    change_count: int


@dataclass(frozen=True, slots=True)
class ScenarioFacts:
    """What a run or an effect takes from a scenario: it stays as it was, whatever becomes of the scenario."""

    id: UUID
    name: str
    version: int
    changes_hash: str
    changes: tuple[ScenarioChange, ...]


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """What one change does in a question: applied, or why it cannot matter."""

    change_id: UUID
    position: int
    kind: ChangeKind
    is_applied: bool
    code: str
    reason: Words


@dataclass(frozen=True, slots=True)
class EffectRow:
    """
    What changes for the people of one area; None for what a reader may not see.

    `covered_before` = kept + lost, `covered_after` = kept + gained, `elders` = gained + kept + lost + outside.
    `state_…` says whether the area counts as covered, None where there is nobody and no site.
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
    sites_before: int
    sites_after: int
    state_before: bool | None
    state_after: bool | None
    is_suppressed: bool = False

    @property
    def change(self) -> int | None:
        """How many more are covered than before."""
        if self.covered_after is None or self.covered_before is None:
            return None
        return self.covered_after - self.covered_before


@dataclass(frozen=True, slots=True)
class StatesEffect:
    """How many communities come to count as covered, stay so, cease to, or are not covered in either case."""

    gained: int
    kept: int
    lost: int
    outside: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What a set of changes would mean against its base, at once and without storing anything.

    The rows of all communities and `elsewhere` (elders whose community is not known) add up to `totals`.
    """

    scenario: ScenarioFacts
    totals: EffectRow
    communities: StatesEffect
    rows: tuple[EffectRow, ...]
    elsewhere: EffectRow
    notes: tuple[ChangeNote, ...]
    assumptions: dict[str, Any]
