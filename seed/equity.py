"""Who lives near a site of home services, and how evenly day care is spread: by closed formula and double sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seed.areas import BY_CODE, COMMUNITIES, DISTRICT, RURAL, URBAN
from seed.offers import OFFERS
from seed.sites import BY_REF, offering
from seed.walking import BANDS_S, LIMIT_S, SLOW_SPEED_DMPS, nearest_dm, walk_s

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed.people import Elder

TENTH = 10


def home_care_truth(people: Iterable[Elder]) -> dict[str, Any]:
    """Give covered elders of each community where the sites are those from which any home service starts."""
    refs = {offer.site for offer in OFFERS if offer.service.delivery == "home"}
    places = offering(refs)
    residents = [elder for elder in people if elder.is_resident and elder.code.startswith(DISTRICT)]
    ways = {elder.id: nearest_dm(elder.home.place, places) if elder.home.place else None for elder in residents}
    areas = {}
    for community in COMMUNITIES:
        if not community.code.startswith(DISTRICT):
            continue
        here = [ways[elder.id] for elder in residents if elder.code == community.code]
        found = [way for way in here if way is not None]
        areas[community.code] = {
            "elders": len(here),
            "covered": {str(s): sum(walk_s(way) <= s for way in found) for s in BANDS_S},
            "covered_900_s_at_0_8_mps": sum(walk_s(way, speed_dmps=SLOW_SPEED_DMPS) <= LIMIT_S for way in found),
            "open_sites": sum(BY_REF[ref].area_code == community.code and BY_REF[ref].is_open for ref in refs),
        }
    return areas


def equity_truth(areas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Give how evenly the day care of the first district is spread over its communities with elders."""
    rows = [
        (code, row["covered"][str(LIMIT_S)], row["elders"])
        for code, row in sorted(areas.items())
        if code in BY_CODE and code.startswith(DISTRICT) and row["elders"]
    ]
    ordered = sorted(rows, key=lambda row: (row[1] / row[2], row[0]))
    worst = ordered[: -(-len(rows) // TENTH)]
    return {
        "communities": len(rows),
        "best": max(rows, key=lambda row: row[1] / row[2])[0],
        "worst": ordered[0][0],
        "spread": max(row[1] / row[2] for row in rows) - ordered[0][1] / ordered[0][2],
        "gini": _double_sum([(covered / elders, elders) for _, covered, elders in rows]),
        "worst_tenth": [row[0] for row in worst],
        "worst_tenth_people": _sums(worst),
        "settlements": {
            kind: _sums([row for row in rows if BY_CODE[row[0]].settlement == kind]) for kind in (URBAN, RURAL)
        },
        "wings": {wing: _sums([row for row in rows if BY_CODE[row[0]].wing == wing]) for wing in ("north", "south")},
    }


def _double_sum(pairs: list[tuple[float, int]]) -> float:
    """Add up all differences, each pair of areas twice, as the definition says."""
    weight = sum(w for _, w in pairs)
    mean = sum(x * w for x, w in pairs) / weight
    return sum(w * v * abs(x - y) for x, w in pairs for y, v in pairs) / (2 * weight * weight * mean)


def _sums(rows: list[tuple[str, int, int]]) -> list[int]:
    return [sum(row[1] for row in rows), sum(row[2] for row in rows)]
