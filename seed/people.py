"""The elders: who lives in which home, who belongs to which category, and who plays which role in March 2026."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from seed.areas import BY_CODE, DISTRICT, SECOND_DISTRICT
from seed.cases import (
    CASES,
    COMBINATIONS,
    E05_MOVED_ON,
    ENTERED,
    ENTERED_CATEGORIES,
    LEAVERS,
    ROLES,
    SECOND_ROLES,
)
from seed.homes import Home, WorldError, make_homes, make_homes_of_leavers
from seed.identity import make_id_nos, make_phone
from seed.ids import make_id
from seed.names import SEXES, draw_name

if TYPE_CHECKING:
    from collections.abc import Iterable

MOVED_IN_ON = date(2020, 1, 1)
OLDEST_BORN_ON, YOUNGEST_BORN_ON = date(1926, 1, 1), date(1965, 12, 31)  # all are 60 or more on 1 January 2026
CASES_CODE = "120198002002"  # the twelve of the worked example live in one community
E05_BEFORE_CODE = "120198002001"
ASSESSED_ON, GRADE_ENDS_ON = date(2026, 2, 15), date(2027, 2, 15)
STANDARD = "GB/T 42195-2022"
ENDED_EARLIER = 20
WITHOUT_ID_NO, WITHOUT_PHONE = 25, 4  # one in so many

# elders whom requests and accounts name: key, community
NAMED = {
    "demo": "120198002003",
    "wishes_woman": "120198002003",
    "refuser": "120198002003",
    "sunday_evening": "120198002003",
    "expired_grade": "120198002002",
    "under_80": "120198001004",
    "over_80": "120198001004",
    "no_delivery_here": "120198004209",
    "kitchen_full": "120198003005",
    "registered_elsewhere": "120198003001",
    "not_alone": "120198002003",
    "at_night": "120198001003",
}


@dataclass(slots=True)
class Elder:
    """One elder while the world is made; `key` names elders of edge cases and of named requests."""

    number: int
    home: Home
    name: str
    sex: str
    born_on: date
    key: str | None = None
    role: str | None = None
    categories: tuple[str, ...] = ()
    entered_on: date | None = None  # membership begins
    left_on: date | None = None  # membership ends (excluded)
    earlier_home: Home | None = None
    assessments: list[tuple[str, str, date, date]] = field(default_factory=list)
    registered_code: str | None = None
    id_no: str | None = None

    @property
    def id(self) -> str:
        """Give the id."""
        return make_id("elder", self.number)

    @property
    def code(self) -> str:
        """Give the community in which the elder lives at the end of March, or lived when leaving."""
        return self.home.community.code

    @property
    def is_resident(self) -> bool:
        """Say whether the elder still lives there at the end of March."""
        return self.role not in LEAVERS


def make_people() -> list[Elder]:
    """Make all elders of both districts."""
    rng = random.Random("people")
    homes = make_homes()
    leaving = [CASES_CODE] * 3 + [home.community.code for home in homes[: 15 * 331 : 331]]
    homes += make_homes_of_leavers([BY_CODE[code] for code in leaving])
    people = [_person(number, home, rng) for number, home in enumerate(homes, start=1)]
    first = [elder for elder in people if elder.code.startswith(DISTRICT)]
    residents, leavers = first[: -len(leaving)], first[-len(leaving) :]
    _name(residents)
    _give_roles(residents, leavers, rng)
    _give_categories(first, rng)
    _give_dates(first, rng)
    _give_second_district([e for e in people if e.code.startswith(SECOND_DISTRICT)], rng)
    _give_grades(people)
    for elder, id_no in zip(people, make_id_nos((e.code[:6], e.born_on, e.sex) for e in people), strict=True):
        elder.id_no = None if elder.number % WITHOUT_ID_NO == 0 else id_no
    return people


def _person(number: int, home: Home, rng: random.Random) -> Elder:
    sex = rng.choice(SEXES)
    days = (YOUNGEST_BORN_ON - OLDEST_BORN_ON).days
    born_on = OLDEST_BORN_ON + timedelta(days=int(days * rng.random() ** 0.5))
    return Elder(number, home, draw_name(rng, sex), sex, born_on, key=home.mark, registered_code=home.community.code)


def _name(residents: list[Elder]) -> None:
    for key, code in NAMED.items():
        elder = next(e for e in residents if e.code == code and e.key is None)
        elder.key = key
    named = {elder.key: elder for elder in residents if elder.key in NAMED}
    named["demo"].sex = named["wishes_woman"].sex = "female"
    named["under_80"].born_on, named["over_80"].born_on = date(1955, 5, 5), date(1940, 4, 4)
    named["registered_elsewhere"].registered_code = SECOND_DISTRICT


def _give_roles(residents: list[Elder], leavers: list[Elder], rng: random.Random) -> None:
    left = dict(ROLES)
    in_community = (e for e in residents if e.code == CASES_CODE and e.key is None)
    for case, (role, _, _) in CASES.items():
        elder = next(e for e in leavers if e.key is None) if role in LEAVERS else next(in_community)
        elder.key, elder.role = case, role
        left[role] -= 1
    going = [role for role in LEAVERS for _ in range(left[role])]
    for elder, role in zip((e for e in leavers if e.key is None), going, strict=True):
        elder.role = role
    staying = [role for role, count in left.items() if role not in LEAVERS for _ in range(count)]
    free = [elder for elder in residents if elder.key is None]
    for elder, role in zip(rng.sample(free, len(staying)), staying, strict=True):
        elder.role = role
    by_key = {elder.key: elder for elder in residents}
    by_key["E05"].earlier_home = make_homes_of_leavers([BY_CODE[E05_BEFORE_CODE]])[0]
    waiting = (elder for elder in free if elder.role is None)
    for _ in range(ENDED_EARLIER):
        next(waiting).role = "ended_earlier"


def _give_categories(first: list[Elder], rng: random.Random) -> None:
    sets = [categories for count, categories in COMBINATIONS for _ in range(count)]
    for elder in first:
        if elder.key in CASES:
            elder.categories = CASES[elder.key][1]
            if elder.role not in ENTERED:
                sets.remove(elder.categories)
    rng.shuffle(sets)
    for elder in first:
        if elder.role in (None, "ended_earlier") or elder.categories:
            continue
        elder.categories = (rng.choice(ENTERED_CATEGORIES),) if elder.role in ENTERED else sets.pop()
    if sets:
        raise WorldError(f"{len(sets)} sets of categories belong to nobody")
    for elder in first:
        if elder.role == "ended_earlier":
            elder.categories = ("empty_nest",)


def _give_dates(first: list[Elder], rng: random.Random) -> None:
    ended = iter(range(ENDED_EARLIER))
    admitted_first_day = iter([date(2026, 3, 2)])
    for elder in first:
        if elder.role is None:
            continue
        elder.entered_on = date(2025, 1, 1) + timedelta(days=rng.randrange(400))
        if elder.key in CASES:
            on = CASES[elder.key][2]
            if elder.role in ENTERED:
                elder.entered_on = on
            else:
                elder.left_on = on
        elif elder.role == "entered_late":
            elder.entered_on = date(2026, 3, rng.randint(25, 31))
        elif elder.role in ENTERED:
            elder.entered_on = date(2026, 3, rng.randint(2, 20))
        elif elder.role == "admitted":
            elder.left_on = next(admitted_first_day, None) or date(2026, 3, rng.randint(3, 30))
        elif elder.role in LEAVERS:
            elder.left_on = date(2026, 3, rng.randint(3, 30))
        elif elder.role == "ended_earlier":  # the first ends with the last day of February
            elder.left_on = date(2026, 3, 1) - timedelta(days=next(ended))


def _give_second_district(elders: list[Elder], rng: random.Random) -> None:
    roles = [role for role, count in SECOND_ROLES.items() for _ in range(count)]
    for elder, role in zip(rng.sample(elders, len(roles)), roles, strict=True):
        elder.role = role
        elder.categories = (
            ("living_alone",) if role == "not_in_the_five" else (rng.choice(("empty_nest", "left_behind")),)
        )
        elder.entered_on = date(2025, 6, 1)


def _give_grades(people: Iterable[Elder]) -> None:
    for elder in people:
        if elder.key == "expired_grade":
            elder.assessments = [(STANDARD, "severe", date(2024, 11, 1), date(2025, 11, 1))]
        elif "severe_disability" in elder.categories:
            elder.assessments = [(STANDARD, "complete", ASSESSED_ON, GRADE_ENDS_ON)]
        elif "functionally_disabled" in elder.categories:
            grade = ("moderate", "severe")[elder.number % 2]
            elder.assessments = [(STANDARD, grade, ASSESSED_ON, GRADE_ENDS_ON)]


def elder_records(people: Iterable[Elder]) -> list[dict[str, Any]]:
    """List the elders with their homes, memberships and grades."""
    return [
        {
            "id": elder.id,
            "name": elder.name,
            "sex": elder.sex,
            "born_on": elder.born_on.isoformat(),
            "registered_area_code": elder.registered_code,
            "has_lift_access": (None, True, False)[elder.number % 3],
            "id_no": elder.id_no,
            "phone": None if elder.number % WITHOUT_PHONE == 0 else make_phone(elder.number),
            "residences": _residences(elder),
            "memberships": [
                {
                    "category": category,
                    "valid_from": _text(elder.entered_on),
                    "valid_to": _text(elder.left_on),
                    "basis": "虚构登记",
                }
                for category in elder.categories
            ],
            "assessments": [
                {"standard": standard, "grade": grade, "assessed_on": _text(on), "valid_to": _text(to)}
                for standard, grade, on, to in elder.assessments
            ],
        }
        for elder in people
    ]


def _residences(elder: Elder) -> list[dict[str, Any]]:
    if elder.earlier_home:
        moved_on = E05_MOVED_ON
        return [
            _residence(elder, elder.earlier_home, MOVED_IN_ON, moved_on),
            _residence(elder, elder.home, moved_on, None),
        ]
    return [_residence(elder, elder.home, MOVED_IN_ON, None if elder.is_resident else elder.left_on)]


def _residence(elder: Elder, home: Home, valid_from: date, valid_to: date | None) -> dict[str, Any]:
    lon, lat = home.place.lonlat if home.place else (None, None)
    return {
        "kind": "main",
        "area_code": home.community.code,
        "address": f"{home.community.full_name}{elder.number}号",
        "valid_from": _text(valid_from),
        "valid_to": _text(valid_to),
        "lon": lon,
        "lat": lat,
        "crs": "wgs84",
        "located_by": "door" if home.place else None,
    }


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
