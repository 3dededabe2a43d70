"""Closed lists and values of the areas."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime

    from dispatch.geo import LonLat, ReferenceSystem


class Level(StrEnum):
    """The level of an area; its code has 2, 6, 9 or 12 digits, and a parent's code is a prefix of it."""

    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


DIGITS = {Level.CITY: 2, Level.DISTRICT: 6, Level.SUBDISTRICT: 9, Level.COMMUNITY: 12}


class Settlement(StrEnum):
    """Urban or rural."""

    URBAN = "urban"
    RURAL = "rural"


class Wing(StrEnum):
    """On which of the two wings of its district an area lies (004 二(一)2: 南北两翼)."""

    NORTH = "north"
    SOUTH = "south"


class CompoundStage(StrEnum):
    """The kind of a compound, which decides by which standard it is measured (004 二(一)2)."""

    NEW = "new"
    BUILT_UP = "built_up"


class RuleStatus(StrEnum):
    """A draft rule is never used unless asked for."""

    ADOPTED = "adopted"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class RuleKind:
    """What the value of a rule may be: a list out of choices or one of them, a whole number, or numbers by choice."""

    words: Words
    choices: tuple[str, ...] = ()
    is_single: bool = False
    low: int = 0
    high: int = 0
    numbers: tuple[str, ...] = ()  # for some of the choices some of these numbers, each within the bounds

    def accepts(self, value: object) -> bool:
        """Say whether this is a value of the rule."""
        if self.is_single:
            return isinstance(value, str) and value in self.choices
        if self.numbers:
            return isinstance(value, dict) and bool(value) and all(map(self._accepts_numbers, value.items()))
        if self.choices:
            return (
                isinstance(value, list)
                and bool(value)
                and all(isinstance(each, str) and each in self.choices for each in value)
                and len(set(value)) == len(value)
            )
        return self._is_within(value)

    def _accepts_numbers(self, item: tuple[object, object]) -> bool:
        choice, found = item
        return (
            choice in self.choices
            and isinstance(found, dict)
            and bool(found)
            and all(name in self.numbers and self._is_within(each) for name, each in found.items())
        )

    def _is_within(self, value: object) -> bool:
        return type(value) is int and self.low <= value <= self.high


class PutCount(NamedTuple):
    """What a bulk of records came to: repeated with the same content it is all `unchanged`."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """
    One area as a source tells it; `boundary_ll` is a GeoJSON Polygon or MultiPolygon in WGS 84.

    The parent follows from the code. Aliases are added to those that are there.
    """

    code: str
    level: str
    name_zh: str
    source: str
    settlement: str | None = None
    village_class: str | None = None
    name_en: str | None = None
    boundary_ll: dict[str, Any] | None = None
    residents: int | None = None
    residents_60plus: int | None = None
    is_made_up: bool = False
    aliases: tuple[str, ...] = ()
    wing: str | None = None


@dataclass(frozen=True, slots=True)
class CompoundRecord:
    """
    One residential compound (居住区、小区) as a source tells it; area and name together are its key.

    Floor and land are those of its community elder care. `residents`, `care_land_area_m2` and `delivered_on` may be
    unknown, which is not 0.
    """

    area_code: str
    name: str
    stage: str
    households: int
    care_floor_area_m2: float
    source: str
    residents: int | None = None
    care_land_area_m2: float | None = None
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One dated rule of an area; without `valid_to` it holds until the next one begins."""

    area_code: str
    rule_key: str
    value: Any
    valid_from: date
    valid_to: date | None = None
    clause: str | None = None
    status: str = RuleStatus.ADOPTED.value


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The rule that decides for an area, and the area above (or itself) that it comes from."""

    area_code: str
    rule_key: str
    value: Any
    clause: str | None
    status: RuleStatus
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Province:
    """A province-level unit as an address begins with it; the code's first two digits are all areas' first two."""

    code: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point that was checked: WGS 84, the system it arrived in, and the numbers as they were sent."""

    lonlat: LonLat
    crs: ReferenceSystem
    raw: tuple[float, float]


def parent_code(code: str) -> str | None:
    """Give the code of the area above: 120198002003 lies in 120198002; a city's is None."""
    shorter = [digits for digits in DIGITS.values() if digits < len(code)]
    return code[: max(shorter)] if shorter else None


def ancestor_codes(code: str) -> list[str]:
    """Give the area's own code and those above, nearest first."""
    return [code[:digits] for digits in sorted(DIGITS.values(), reverse=True) if digits <= len(code)]


def plain_name(text: str) -> str:
    """Give a name or address in one form: full-width signs made plain (NFKC), no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# every rule that an area may set, and the values that it may have; whoever counts by a rule reads it by this key
MODES = ("door", "site_meeting", "phone_call", "video", "third_party")  # of a visit, as the room of visits knows them
LONGEST_VALIDITY_MONTHS = 60
BASICS = (  # what an elder can need near home, as the list of services in the directory knows them
    *("meals", "bathing", "cleaning", "mobility", "medical_help", "emergency_help", "visiting", "monitoring"),
    *("day_care", "short_stay", "bedside_care", "rehabilitation", "psychological_support", "recreation"),
    *("housekeeping", "daily_living", "health_care", "comfort", "learning", "mutual_aid", "care_adviser"),
    *("home_health_assessment", "family_doctor", "ltci_nursing", "home_bed", "residential_care"),
)
URGENCIES = ("emergency", "urgent", "soon", "routine")  # as the room of requests knows them
LONGEST_LIMIT_MIN = 7 * 24 * 60
RULE_KINDS: dict[str, RuleKind] = {
    "visit.modes": RuleKind(
        Words(
            "哪些方式算一次探访：{choices} 中的几个，写成列表。",
            "Which modes count as a visit: a list of some of {choices}.",
        ),
        choices=MODES,
    ),
    "assessment.validity_months": RuleKind(
        Words(
            "能力评估有效几个月：1 到 60 的整数。", "For how many months an assessment holds: a whole number, 1 to 60."
        ),
        low=1,
        high=LONGEST_VALIDITY_MONTHS,
    ),
    "short_text.quiet_from_h": RuleKind(
        Words(
            "从几点起不发短信（紧急的除外）：0 到 23 的整数。",
            "From which hour no short texts are sent, emergencies excepted: a whole number, 0 to 23.",
        ),
        low=0,
        high=23,
    ),
    "short_text.quiet_to_h": RuleKind(
        Words(
            "从几点起又发短信：0 到 23 的整数；与开始相同则不限。",
            "From which hour short texts are sent again: a whole number, 0 to 23; the same hour: they always are.",
        ),
        low=0,
        high=23,
    ),
    "basic_services": RuleKind(
        Words(
            "每位老人身边该有哪些基本服务：{choices} 中的几个，写成列表。",
            "Which services every elder should have within reach: a list of some of {choices}.",
        ),
        choices=BASICS,
    ),
    "request.offering": RuleKind(
        Words(
            "服务请求怎样派单：{choices} 之一；automatic 由系统逐家派单，manual 由民政干部派单。",
            "How requests are offered: one of {choices}; automatic asks provider after provider, manual leaves it to "
            "officers.",
        ),
        choices=("automatic", "manual"),
        is_single=True,
    ),
    "request.urgency": RuleKind(
        Words(
            "各紧急程度的时限（分钟）：按 {choices} 写 accept_min、offer_min、start_min 中的几个，1 到 10080 的整数。",
            "Limits in minutes, 1 to 10080: for some of {choices} some of accept_min, offer_min and start_min.",
        ),
        choices=URGENCIES,
        numbers=("accept_min", "offer_min", "start_min"),
        low=1,
        high=LONGEST_LIMIT_MIN,
    ),
}
