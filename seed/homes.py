"""Where elders live: points beside streets, as many within 900 s of open day care as each community's row says."""

from __future__ import annotations

import random
from dataclasses import dataclass

from seed.areas import COMMUNITIES, NORTH_EDGE, Community
from seed.offers import sites_offering
from seed.sites import offering
from seed.walking import BANDS_S, LIMIT_S, SLOW_SPEED_DMPS, SPEED_DMPS, nearest_dm, straight_m
from seed.world import COMPOUND, FAR_COLS, FAR_ROWS, ROWS, Place, beside_col, beside_row, inside_compound, off_streets

TRIES = 60_000
NEAREST_OFF_DM, FARTHEST_OFF_DM = 50, 440
CORNER_GAP_DM = 20  # the street beside a home is nearer than any other by two metres
BAND_GAP_DM = 6  # no home lies within half a second of a limit
STRAIGHT_GAP_M = 4.0  # nor so near to the 900 m circle that sphere and plane could differ
STRAIGHT_LIMIT_M = 900.0

DAY_CARE_CODES = ("day_care",)
MEAL_CODES = ("meal_dine_in", "meal_delivery")
LIMITS_DM = sorted({seconds * SPEED_DMPS for seconds in BANDS_S} | {LIMIT_S * SLOW_SPEED_DMPS})

DAY_CARE = offering(sites_offering(*DAY_CARE_CODES))
MEALS = offering(sites_offering(*MEAL_CODES))
PLACES = {"day_care": DAY_CARE, "meals": MEALS}


class WorldError(Exception):
    """The world cannot be made as its tables say."""


@dataclass(frozen=True, slots=True)
class Home:
    """One home; `mark` names an edge case. Without a place nobody knows where it is."""

    community: Community
    place: Place | None
    mark: str | None = None

    def way_dm(self, service: str) -> int | None:
        """Give the way to the nearest open site of a service, or None where the home cannot be reached."""
        return nearest_dm(self.place, PLACES[service]) if self.place else None

    def straight_m(self, service: str) -> float | None:
        """Give the straight distance to the nearest open site of a service."""
        return min(straight_m(self.place, place) for place in PLACES[service]) if self.place else None

    def is_covered(self) -> bool:
        """Say whether day care is at most 900 s away."""
        way_dm = self.way_dm("day_care")
        return way_dm is not None and way_dm <= LIMIT_S * SPEED_DMPS


def _marked_homes() -> list[Home]:
    """List the homes that are edge cases, each with its name."""
    by_name = {community.name: community for community in COMMUNITIES}
    bank, village, middle = by_name["岸亭社区"], by_name["北洼村"], by_name["波中社区"]
    homes = [
        Home(bank, beside_col(27, 12, along_dm=500, off_dm=-120), "at_900_s"),
        Home(bank, beside_col(27, 12, along_dm=380, off_dm=-250), "at_901_s"),
        Home(by_name["岸中社区"], beside_col(22, 19, along_dm=500, off_dm=100), "far_bank"),
        Home(by_name["岸中社区"], beside_col(22, 16, along_dm=150, off_dm=60), "over_one_bridge"),
        Home(middle, beside_col(15, 22, along_dm=500, off_dm=100), "equal_candidates"),
        Home(village, off_streets(65_500, 41_500), "off_streets_250_m"),
        Home(village, None, "unlocated"),
        Home(village, None, "unlocated"),
    ]
    homes += [Home(bank, inside_compound(from_gate_dm=550 - 40 * n, off_dm=80), "compound") for n in range(6)]
    return homes


def make_homes() -> list[Home]:
    """Make all homes, community by community, marked ones first."""
    marked = _marked_homes()
    homes: list[Home] = []
    for community in COMMUNITIES:
        own = [home for home in marked if home.community is community]
        homes += own + _fill(community, own)
    return homes


def make_homes_of_leavers(communities: list[Community]) -> list[Home]:
    """Make one more home in each of the communities, for people who are no longer there at the end of March."""
    rng = random.Random("leavers")
    homes = []
    for community in communities:
        home = None
        while home is None:
            home = _draw(community, rng)
        homes.append(home)
    return homes


def _fill(community: Community, own: list[Home]) -> list[Home]:
    rng = random.Random(f"homes of {community.code}")
    if community.covered is None:
        wanted: dict[bool | None, int] = {None: community.elders - len(own)}
    else:
        inside = sum(home.is_covered() for home in own)
        outside = len(own) - inside
        wanted = {True: community.covered - inside, False: community.elders - community.covered - outside}
    homes: list[Home] = []
    for _ in range(TRIES):
        if not any(wanted.values()):
            return homes
        home = _draw(community, rng)
        if home is None:
            continue
        key = None if community.covered is None else home.is_covered()
        if wanted[key]:
            wanted[key] -= 1
            homes.append(home)
    raise WorldError(f"{community.code}: no homes found for {wanted}")


def _draw(community: Community, rng: random.Random) -> Home | None:
    """Draw one home; None where it would lie too near to a limit."""
    col = rng.randint(*community.cols)
    row = rng.randint(community.rows[0], min(community.rows[1], _last_row(community)))
    off_dm = rng.randint(NEAREST_OFF_DM, FARTHEST_OFF_DM)
    along_dm = rng.randint(off_dm + CORNER_GAP_DM, 1000 - off_dm - CORNER_GAP_DM)
    off_dm *= rng.choice((-1, 1))
    if rng.random() < 0.5:  # noqa: PLR2004 - one street in two runs east
        if col == community.cols[1] or (row in COMPOUND_ROWS and col == COMPOUND[0]):
            return None
        place = beside_row(col, row, along_dm=along_dm, off_dm=off_dm)
    else:
        if row in (community.rows[1], _last_row(community)) or (col in COMPOUND_COLS and row == COMPOUND[1]):
            return None
        place = beside_col(col, row, along_dm=along_dm, off_dm=off_dm)
    home = Home(community, place)
    return home if _is_clear(home) else None


COMPOUND_COLS = (COMPOUND[0], COMPOUND[0] + 1)
COMPOUND_ROWS = (COMPOUND[1], COMPOUND[1] + 1)


def _last_row(community: Community) -> int:
    if community.cols[0] in FAR_COLS:
        return FAR_ROWS[-1]
    return ROWS[-1] if community.rows[1] == NORTH_EDGE else community.rows[1]


def _is_clear(home: Home) -> bool:
    for service in PLACES:
        way_dm, direct_m = home.way_dm(service), home.straight_m(service)
        if way_dm is None or direct_m is None:
            return False
        if any(abs(way_dm - limit_dm) < BAND_GAP_DM for limit_dm in LIMITS_DM):
            return False
        if abs(direct_m - STRAIGHT_LIMIT_M) < STRAIGHT_GAP_M:
            return False
    return True
