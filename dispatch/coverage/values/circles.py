"""What one elder has within reach: the nearest provider of each basic service, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

BASIC_RULE = "basic_services"
"""The area rule that lists the basic services; the nearest area above decides."""

BASIC_SERVICES = (
    *("meals", "bathing", "cleaning", "mobility", "medical_help", "emergency_help"),
    *("visiting", "day_care"),
)
"""Where no rule holds: the six assistances, visiting and day care (004 二(二)4 and 5; that it is these eight is P)."""


class Missing(StrEnum):
    """Why an elder has no provider of a service, the nearest to having one first."""

    FULL = "full"
    CLOSED = "closed"
    NOT_ELIGIBLE = "not_eligible"
    NONE_IN_RANGE = "none_in_range"
    HOME_UNLOCATED = "home_unlocated"


MISSING_WORDS = {
    Missing.FULL: Words("够得着的机构名额已满", "Whoever is in range has no free place."),
    Missing.CLOSED: Words("够得着的机构停业或暂时关闭", "Whoever is in range is not open."),
    Missing.NOT_ELIGIBLE: Words("够得着的机构不收这位老人", "Whoever is in range does not take this elder."),
    Missing.NONE_IN_RANGE: Words("时间上限内没有机构", "Nobody is in range."),
    Missing.HOME_UNLOCATED: Words("住址没有坐标或离路太远，算不出路程", "The home has no usable location."),
}


class Way(StrEnum):
    """Who is on the way, and how; nobody is where a service is given from afar."""

    WALK = "walk"
    CARER_WALK = "carer_walk"
    CARER_EBIKE = "carer_ebike"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who would give a service to an elder. `time_s` is the way's, None for what is given from afar."""

    service_at_site_id: UUID
    service_code: str
    site_id: UUID
    site_name: str
    organization_name: str
    way: Way
    time_s: int | None
    limit_s: int | None
    is_open_now: bool | None


@dataclass(frozen=True, slots=True)
class CircleItem:
    """
    One basic service: its nearest provider, or why there is none.

    `because` holds the rules that the nearest provider's conditions fail on, as whoever judged them gave them.
    """

    service_code: str
    provider: Provider | None
    missing: Missing | None = None
    because: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ElderCircle:
    """All basic services of one elder on a date; `rule_area_code` is None where no area lists them."""

    elder_id: UUID
    on: date
    rule_area_code: str | None
    items: tuple[CircleItem, ...]
    assumptions: dict[str, Any]
