"""What a search for candidates answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.assignment.values.cases import Places
    from dispatch.assignment.values.reasons import Reason
    from dispatch.assignment.values.staffing import CarerChoice, Way
    from dispatch.directory import Delivery, PriceUnit
    from dispatch.intake import RequestStatus
    from dispatch.words import Words

RULE_VERSION = "match-2026-2"
"""Names the hard rules and the weights; it changes with either, and stands in every stored run."""


class MatchView(StrEnum):
    """How much of the answer the reader sees."""

    ALL = "all"  # every provider, with the carers' names: community worker, operator, officer
    OWN_ROWS = "own_rows"  # the coordinator's own providers
    TOP = "top"  # the best five and the reasons of the others, without carers: elder and family


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of the 1,000 points; each is rounded down."""

    travel: int
    time_fit: int
    continuity: int
    capacity: int
    price: int

    @property
    def total(self) -> int:
        """What decides the order."""
        return self.travel + self.time_fit + self.continuity + self.capacity + self.price


@dataclass(frozen=True, slots=True)
class Share:
    """What a provider was given before: in the last 28 days, and when last (None: never)."""

    offers_28d: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    One provider and what became of it: a rank with its score, or reasons.

    `service_at_site_id` is None where the site does not offer the service at all. Prices are in cents.
    """

    site_id: UUID
    site_name: str
    organization_id: UUID
    service_at_site_id: UUID | None = None
    service_code: str | None = None
    delivery: Delivery | None = None
    rank: int | None = None
    score: Score | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    way: Way | None = None
    carers: tuple[CarerChoice, ...] = ()
    places: Places | None = None
    visits_90d: int = 0
    price_cents: int | None = None
    subsidy_cents: int | None = None
    own_share_cents: int | None = None
    price_unit: PriceUnit | None = None
    reference_cents: int | None = None
    share: Share | None = None
    is_hours_known: bool = True
    visit_min: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    What an answer rests on.

    Carers ride and walk on the same network of streets and paths; `price_reference` says what a price is held against.
    `subsidy_rules` are the versions of the rules by which subsidies were taken off the prices.
    """

    rule_version: str
    network: str
    network_date: datetime | None
    walk_speed_mps: float
    walk_limit_min: int
    carer_walk_speed_mps: float
    ebike_speed_kph: float
    parking_and_door_s: int
    home_limit_min: int
    price_reference: Words
    fair_share_days: int
    continuity_days: int
    subsidy_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchResult:
    """
    The providers of the elder's district for one request: those that can serve by rank, then the others.

    `view` says how much of it this reader is shown; `record` is the whole of it as it is stored, in ids and codes.
    """

    run_id: UUID
    care_request_id: UUID
    elder_id: UUID
    at: datetime
    service_on: date
    view: MatchView
    assumptions: Assumptions
    inputs_hash: str
    ranked: tuple[Candidate, ...]
    rejected: tuple[Candidate, ...]
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """
    A search as it was stored, as far as the reader may see it; nothing in it is computed again.

    `ranked` and `rejected` are rows of its record (`rules.recording`), `rests_on` the network and the limits of then.
    """

    run_id: UUID
    care_request_id: UUID
    at: datetime
    rule_version: str
    inputs_hash: str
    view: MatchView
    ranked: tuple[dict[str, Any], ...]
    rejected: tuple[dict[str, Any], ...]
    rests_on: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page of stored searches, newest first; `next_place` is where the next page begins, None at the end."""

    elder_id: UUID
    area_code: str
    runs: tuple[StoredRun, ...]
    next_place: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an assignment made: the visits in the order of their slots, none for a service given at a site."""

    care_request_id: UUID
    elder_id: UUID
    service_at_site_id: UUID
    run_id: UUID
    status: RequestStatus
    start_at: datetime
    end_at: datetime
    visit_ids: tuple[UUID, ...]
    carers: tuple[CarerChoice, ...]
    pair_id: UUID | None
    version: int
    assumptions: Assumptions
