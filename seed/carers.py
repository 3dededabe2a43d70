"""The eighty carers of the first district and the four of the second: bases, skills, shifts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from seed.areas import COMMUNITIES, DISTRICT, SECOND_DISTRICT, Community
from seed.ids import make_id
from seed.names import SEXES, draw_name
from seed.world import BLOCK_DM, to_lonlat

HIRED_ON = "2026-01-01"
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
MONDAY_TO_SATURDAY = (MON, TUE, WED, THU, FRI, SAT)
TUESDAY_TO_SUNDAY = (TUE, WED, THU, FRI, SAT, SUN)
WEDNESDAY_TO_MONDAY = (MON, WED, THU, FRI, SAT, SUN)
NOT_TUESDAY = (MON, WED, THU, FRI, SAT, SUN)
WEEKDAYS = (MON, TUE, WED, THU, FRI)
DAY = ("09:00", "18:00", 60)
LATE = ("10:00", "19:00", 60)
OFFICE = ("08:30", "17:30", 60)

BATHING, LIFTING = ("care", "lifting", "bathing"), ("care", "lifting")
SECOND_WORKERS = 6  # communities with two workers
REPLACED_CODE = "120198001002"  # whose worker was replaced on 16 March
SILENT_CODE = "120198001003"  # whose first worker logged nothing in the last seven days of March

Shift = tuple[int, str, str, int]


@dataclass(slots=True)
class Carer:
    """One carer; a community worker answers for one community."""

    ref: str
    organization: str
    kind: str
    name: str
    sex: str
    travel_mode: str
    skills: tuple[str, ...] = ()
    shifts: list[Shift] = field(default_factory=list)
    base_site: str | None = None
    community: Community | None = None
    account: str | None = None

    @property
    def id(self) -> str:
        """Give the id."""
        return make_id("carer", self.ref)


# site, organization, skills, days, sex
_TEAMS: tuple[tuple[str, str, tuple[str, ...], tuple[int, ...], str], ...] = (
    ("hm01", "ankang", BATHING, NOT_TUESDAY, "female"),  # the only one until 19:00 on Sundays
    ("hm01", "ankang", BATHING, MONDAY_TO_SATURDAY, "female"),
    ("hm01", "ankang", BATHING, TUESDAY_TO_SUNDAY, "male"),
    ("hm01", "ankang", LIFTING, MONDAY_TO_SATURDAY, "female"),
    ("hm01", "ankang", LIFTING, WEDNESDAY_TO_MONDAY, "female"),
    ("hm01", "ankang", ("care",), WEEKDAYS, "female"),
    ("hm01", "ankang", ("care",), WEEKDAYS, "male"),
    ("cx01", "minfu", BATHING, MONDAY_TO_SATURDAY, "female"),
    ("cx01", "minfu", BATHING, TUESDAY_TO_SUNDAY, "female"),
    ("cx01", "minfu", LIFTING, MONDAY_TO_SATURDAY, "female"),
    ("cx01", "minfu", LIFTING, WEDNESDAY_TO_MONDAY, "female"),
    ("cx01", "minfu", ("care",), WEEKDAYS, "female"),
    ("cx02", "yangguang", BATHING, MONDAY_TO_SATURDAY, "male"),  # men only
    ("cx02", "yangguang", BATHING, TUESDAY_TO_SUNDAY, "male"),
    ("cx02", "yangguang", LIFTING, MONDAY_TO_SATURDAY, "male"),
    ("cx02", "yangguang", LIFTING, WEDNESDAY_TO_MONDAY, "male"),
    ("cx02", "yangguang", ("care",), WEEKDAYS, "male"),
    ("bp01", "qingquan", BATHING, MONDAY_TO_SATURDAY, "female"),
    ("bp01", "qingquan", LIFTING, MONDAY_TO_SATURDAY, "female"),
    ("hm02", "jiajie", ("care",), WEEKDAYS, "female"),
    ("hm02", "jiajie", ("care",), WEEKDAYS, "male"),
    *((f"ct{n:02}", "shanfang", ("food_hygiene",), MONDAY_TO_SATURDAY, "male") for n in range(1, 7)),
    ("ct01", "shanfang", ("food_hygiene",), TUESDAY_TO_SUNDAY, "female"),
    ("ct05", "shanfang", ("food_hygiene",), TUESDAY_TO_SUNDAY, "female"),
    *(("sh01", "weiwan", ("care",), WEEKDAYS, sex) for sex in ("female", "male")),
    ("ar02", "beiwa", LIFTING, WEEKDAYS, "female"),
    ("sc01", "minzheng", ("care",), WEEKDAYS, "female"),
    ("sc02", "minzheng", ("first_aid",), (MON, TUE, WED, THU, FRI, SAT, SUN), "male"),
    ("sc03", "minzheng", ("care", "first_aid"), WEEKDAYS, "female"),
)
# kind, site, organization, skills
_OTHERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    *(("nurse", "md06", "yiyang", ("nursing",)) for _ in range(4)),
    ("nurse", "md01", "yiyang", ("nursing", "first_aid")),
    ("nurse", "md02", "yiyang", ("nursing",)),
    *(("social_worker", "mc01", "yiyang", ("counseling",)) for _ in range(2)),
    *(("social_worker", f"sc0{n}", "minzheng", ("adviser",)) for n in (1, 2)),
    *(("volunteer", "pm01", "heyuan", ()) for _ in range(5)),
)
_SECOND_TEAM: tuple[tuple[str, str, tuple[str, ...], tuple[int, ...], str], ...] = tuple(
    ("dx03", "daoxiang", BATHING, (MON, TUE, WED, THU, FRI, SAT, SUN), "female") for _ in range(2)
)


def make_carers() -> list[Carer]:
    """Make all carers; community workers stand in the order of their communities."""
    rng = random.Random("carers")
    carers = _workers(rng)
    for number, (site, organization, skills, days, sex) in enumerate((*_TEAMS, *_SECOND_TEAM), start=1):
        shifts: list[Shift] = [(day, *DAY) for day in days]
        if number == 1:
            shifts = [(day, *(LATE if day == SUN else DAY)) for day in days]
        carers.append(
            Carer(
                f"cw{number:02}", organization, "care_worker", draw_name(rng, sex), sex, "ebike", skills, shifts, site
            )
        )
    for number, (kind, site, organization, skills) in enumerate(_OTHERS, start=1):
        sex = SEXES[number % 2]
        shifts = [(day, *OFFICE) for day in WEEKDAYS]
        carers.append(
            Carer(f"ot{number:02}", organization, kind, draw_name(rng, sex), sex, "ebike", skills, shifts, site)
        )
    by_ref = {carer.ref: carer for carer in carers}
    by_ref["gw01"].account, by_ref["cw01"].account = "community_worker1", "carer1"
    return carers


def workers_of(carers: list[Carer], community: Community) -> list[Carer]:
    """List a community's workers; where one was replaced, the earlier one first."""
    return [carer for carer in carers if carer.community is community]


def _workers(rng: random.Random) -> list[Carer]:
    lived_in = [c for c in COMMUNITIES if c.code.startswith(DISTRICT) and c.elders]
    largest = sorted(lived_in, key=lambda c: -c.elders)[:SECOND_WORKERS]
    posts = lived_in + largest + [c for c in lived_in if c.code == REPLACED_CODE]
    posts += [c for c in COMMUNITIES if c.code.startswith(SECOND_DISTRICT)][::2]
    workers = []
    for number, community in enumerate(posts, start=1):
        sex = SEXES[number % 2]
        shifts: list[Shift] = [(day, *OFFICE) for day in MONDAY_TO_SATURDAY]
        workers.append(
            Carer(
                f"gw{number:02}",
                "shequ" if community.code.startswith(DISTRICT) else "daoxiang",
                "community_worker",
                draw_name(rng, sex),
                sex,
                "walk",
                (),
                shifts,
                community=community,
            )
        )
    return workers


def carer_records(carers: list[Carer]) -> list[dict[str, Any]]:
    """List the carers; a community worker starts at a street corner in the community."""
    records = []
    for carer in carers:
        base: tuple[float | None, float | None] = (None, None)
        if carer.community:
            base = to_lonlat(carer.community.cols[0] * BLOCK_DM + 3_300, carer.community.rows[0] * BLOCK_DM + 3_000)
        records.append(
            {
                "id": carer.id,
                "organization_id": make_id("organization", carer.organization),
                "kind": carer.kind,
                "name": carer.name,
                "sex": carer.sex,
                "travel_mode": carer.travel_mode,
                "day_limit_min": 480,
                "account_id": make_id("account", carer.account) if carer.account else None,
                "base_lon": base[0],
                "base_lat": base[1],
                "base_site_id": make_id("site", carer.base_site) if carer.base_site else None,
                "status": "active",
                "qualifications": [[skill, 3, HIRED_ON, None] for skill in carer.skills],
                "shifts": [[*shift, HIRED_ON, None] for shift in carer.shifts],
                "exceptions": _exceptions(carer),
            }
        )
    return records


def _exceptions(carer: Carer) -> list[list[str | None]]:
    """List three days that differ from the week, one of each kind."""
    days: dict[str, list[list[str | None]]] = {
        "cw06": [["2026-03-10", "off", None, None]],
        "cw07": [["2026-03-11", "sick", None, None]],
        "cw20": [["2026-03-14", "extra", "09:00", "12:00"]],
    }
    return days.get(carer.ref, [])
