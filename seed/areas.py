"""The two districts: their subdistricts, communities and villages, and the rules adopted in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seed.ids import SOURCE
from seed.world import BLOCK_DM, FAR_COLS, FAR_ROWS, to_lonlat

if TYPE_CHECKING:
    from collections.abc import Iterable

DISTRICT = "120198"
SECOND_DISTRICT = "120199"
URBAN, RURAL = "urban", "rural"
NORTH_EDGE = 42  # the last row of ground; streets end at row 39
NORTH_FROM = 16  # the row of the first bridge
RESIDENTS = 23_084
SECOND_RESIDENTS = 2_770

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Community:
    """A community or village: its ground (columns and rows, both ends included) and its elders on 31 March 2026."""

    code: str
    name: str
    settlement: str
    cols: Span
    rows: Span
    elders: int
    covered: int | None  # elders within 900 s of open day care; None: as it comes
    village_class: str | None = None

    @property
    def wing(self) -> str:
        """Give the wing of the district on which its ground begins."""
        return "north" if self.rows[0] >= NORTH_FROM else "south"

    @property
    def subdistrict(self) -> str:
        """Give the code of its subdistrict."""
        return self.code[:9]

    @property
    def full_name(self) -> str:
        """Give the name with the label that says it is made up."""
        return f"{self.name}（虚构）"


SUBDISTRICTS = {
    "120198001": ("白鹭街道", "Bailu Subdistrict"),
    "120198002": ("清波街道", "Qingbo Subdistrict"),
    "120198003": ("东岸街道", "Dong'an Subdistrict"),
    "120198004": ("苇湾镇", "Weiwan Town"),
    "120199001": ("稻香街道", "Daoxiang Subdistrict"),
    "120199002": ("禾丰镇", "Hefeng Town"),
}
DISTRICTS = {DISTRICT: ("鹭洲区", "Luzhou District"), SECOND_DISTRICT: ("稻香区", "Daoxiang District")}

A, B, D = (0, 9), (10, 19), (22, 31)
R1, R2, R3, R4, R5 = (0, 7), (8, 15), (16, 23), (24, 31), (32, NORTH_EDGE)
VA, VB, VC = (32, 45), (46, 59), (60, 73)
VR1, VR2, VR3 = (0, 12), (13, 25), (26, NORTH_EDGE)
FA, FB = (FAR_COLS[0], FAR_COLS[0] + 9), (FAR_COLS[0] + 10, FAR_COLS[-1])
FR1, FR2 = (FAR_ROWS[0], FAR_ROWS[0] + 7), (FAR_ROWS[0] + 8, FAR_ROWS[-1])

COMMUNITIES = (
    Community("120198001001", "鹭南社区", URBAN, A, R1, 280, 278),
    Community("120198001002", "鹭亭社区", URBAN, A, R2, 270, 258),
    Community("120198001003", "鹭中社区", URBAN, A, R3, 300, 296),
    Community("120198001004", "鹭桥社区", URBAN, A, R4, 260, 252),
    Community("120198001005", "鹭北社区", URBAN, A, R5, 160, 20),
    Community("120198002001", "波南社区", URBAN, B, R1, 300, 297),
    Community("120198002002", "波亭社区", URBAN, B, R2, 280, 270),
    Community("120198002003", "波中社区", URBAN, B, R3, 310, 305),
    Community("120198002004", "波桥社区", URBAN, B, R4, 290, 284),
    Community("120198002005", "新港社区", URBAN, B, R5, 0, 0),
    Community("120198003001", "岸南社区", URBAN, D, R1, 270, 264),
    Community("120198003002", "岸亭社区", URBAN, D, R2, 250, 238),
    Community("120198003003", "岸中社区", URBAN, D, R3, 200, 60),
    Community("120198003004", "岸桥社区", URBAN, D, R4, 230, 226),
    Community("120198003005", "岸北社区", URBAN, D, R5, 200, 192),
    Community("120198004201", "苇塘村", RURAL, VA, VR1, 200, 80, "suburban"),
    Community("120198004202", "莲花村", RURAL, VB, VR2, 180, 75, "central"),
    Community("120198004203", "柳堤村", RURAL, VA, VR3, 170, 70, "improving"),
    Community("120198004204", "枣林村", RURAL, VC, VR1, 150, 60, "protected"),
    Community("120198004205", "石桥村", RURAL, VB, VR3, 160, 70, "consolidating"),
    Community("120198004206", "渔湾村", RURAL, VC, VR2, 140, 20, "improving"),
    Community("120198004207", "麦坡村", RURAL, VA, VR2, 130, 15, "central"),
    Community("120198004208", "豆庄村", RURAL, VB, VR1, 140, 20, "suburban"),
    Community("120198004209", "北洼村", RURAL, VC, VR3, 130, 10, "consolidating"),
    Community("120199001001", "稻南社区", URBAN, FA, FR1, 150, None),
    Community("120199001002", "稻东社区", URBAN, FB, FR1, 150, None),
    Community("120199002201", "禾西村", RURAL, FA, FR2, 150, None, "central"),
    Community("120199002202", "禾东村", RURAL, FB, FR2, 150, None, "improving"),
)
BY_CODE = {community.code: community for community in COMMUNITIES}

SEVEN = [
    "living_alone",
    "empty_nest",
    "left_behind",
    "functionally_disabled",
    "severe_disability",
    "family_planning_special",
    "no_family",
]
FIVE = ["empty_nest", "left_behind", "functionally_disabled", "severe_disability", "family_planning_special"]


def communities_of(prefix: str) -> list[Community]:
    """List the communities of a district or subdistrict."""
    return [community for community in COMMUNITIES if community.code.startswith(prefix)]


def area_records() -> list[dict[str, Any]]:
    """List all areas, those above before those below."""
    records = []
    for level, names in (("district", DISTRICTS), ("subdistrict", SUBDISTRICTS)):
        for code, (name_zh, name_en) in names.items():
            below = communities_of(code)
            records.append(
                _record(code, level, f"{name_zh}（虚构）", below)
                | {"name_en": f"{name_en} (made up)", "settlement": None, "village_class": None, "wing": None}
            )
    records += [
        _record(community.code, "community", community.full_name, [community])
        | {"name_en": None, "settlement": community.settlement, "village_class": community.village_class}
        | {"wing": community.wing}
        for community in COMMUNITIES
    ]
    return records


def rule_records() -> list[dict[str, Any]]:
    """List the rules: which ways to meet count as a visit. The first district changes its own in April."""
    rows = [
        (DISTRICT, ["door"], "2026-01-01", "2026-04-01"),
        (DISTRICT, ["door", "site_meeting"], "2026-04-01", None),
        (SECOND_DISTRICT, ["door", "phone_call"], "2026-01-01", None),
    ]
    return [
        {
            "area_code": area_code,
            "rule_key": "visit.modes",
            "value": value,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "clause": None,
            "status": "adopted",
        }
        for area_code, value, valid_from, valid_to in rows
    ]


def category_set_records() -> list[dict[str, Any]]:
    """List the sets of categories that are visited each month: seven in the first district, five in the second."""
    rows = [("luzhou_visit", DISTRICT, SEVEN), ("daoxiang_visit", SECOND_DISTRICT, FIVE)]
    return [
        {
            "set_key": set_key,
            "area_code": area_code,
            "purpose": "visit",
            "members": members,
            "valid_from": "2026-01-01",
            "valid_to": None,
            "status": "adopted",
            "is_open": False,
            "clause": None,
        }
        for set_key, area_code, members in rows
    ]


def subsidy_rule_records() -> list[dict[str, Any]]:
    """List two rules for meals in the first district, as invented in the domain, section 5; marked as examples."""
    rows = [("EX-1", 300, "2026-01-01", "2026-07-01"), ("EX-2", 400, "2026-07-01", None)]
    return [
        {
            "rule_version": version,
            "area_code": DISTRICT,
            "service_code": "meals",
            "amount_cents": amount_cents,
            "weekly_limit": 5,
            "minimum_age": 80,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "status": "adopted",
            "clause": None,
            "is_example": True,
        }
        for version, amount_cents, valid_from, valid_to in rows
    ]


def residents_of(community: Community) -> int:
    """Give the residents: as many for each elder everywhere, the rest where nobody is old."""
    below = communities_of(community.code[:6])
    total = RESIDENTS if community.code.startswith(DISTRICT) else SECOND_RESIDENTS
    elders = sum(other.elders for other in below)
    share = {other.code: total * other.elders // elders for other in below}
    last = next((other for other in below if not other.elders), below[-1])
    share[last.code] += total - sum(share.values())
    return share[community.code]


def _record(code: str, level: str, name_zh: str, below: list[Community]) -> dict[str, Any]:
    return {
        "code": code,
        "level": level,
        "name_zh": name_zh,
        "boundary_ll": _boundary(below),
        "residents": sum(residents_of(community) for community in below),
        "residents_60plus": sum(community.elders for community in below),
        "source": SOURCE,
        "is_made_up": True,
        "aliases": [],
    }


def _boundary(below: Iterable[Community]) -> dict[str, Any]:
    """Draw the rectangle that the communities fill, with a corner at every block so that neighbors fit exactly."""
    spans = [(community.cols, community.rows) for community in below]
    west, east = min(c[0] for c, _ in spans), max(c[1] for c, _ in spans) + 1
    south, north = min(r[0] for _, r in spans), max(r[1] for _, r in spans) + 1
    # the river's two columns are split between its banks
    west, east = (21 if west == D[0] else west), (21 if east == B[1] + 1 else east)
    ring = [(col, south) for col in range(west, east)]
    ring += [(east, row) for row in range(south, north)]
    ring += [(col, north) for col in range(east, west, -1)]
    ring += [(west, row) for row in range(north, south, -1)]
    half_dm = BLOCK_DM // 2
    points = [to_lonlat(col * BLOCK_DM - half_dm, row * BLOCK_DM - half_dm) for col, row in [*ring, ring[0]]]
    return {"type": "Polygon", "coordinates": [[[round(lon, 7), round(lat, 7)] for lon, lat in points]]}
