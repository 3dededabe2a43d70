"""The true figures, from the lists kept while making the world and from closed formulas; never from the product."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seed.areas import COMMUNITIES, DISTRICT, DISTRICTS, RURAL, SUBDISTRICTS, URBAN, Community
from seed.caseloads import worker_on
from seed.cases import ENTERED, EXCLUDED, MONTH_FROM, MONTH_TO, UNVISITED, VISITED
from seed.homes import STRAIGHT_LIMIT_M, WorldError
from seed.ids import text_at
from seed.logs import AFTER_CLOSING, LATE
from seed.offers import find_offer, sites_offering
from seed.requests import STATES
from seed.sites import BY_REF, SITES
from seed.walking import BANDS_S, LIMIT_S, SLOW_SPEED_DMPS, walk_dm, walk_s
from seed.wishes import named_wishes, wish_truth
from seed.world import Place, beside_col, beside_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed.carers import Carer
    from seed.caseloads import Caseload
    from seed.logs import Log
    from seed.people import Elder
    from seed.requests import Request

AS_OF = date(2026, 3, 31)
FAIR_SHARE_AT = datetime(2026, 3, 31, 4, tzinfo=UTC)  # when the requests with names are matched
LAST_IN_MONTH = MONTH_TO - timedelta(days=1)
MINIMUM_SHARE = 0.5
DEMO_POINTS: dict[str, Place] = {
    "west bank": beside_row(12, 20, along_dm=450, off_dm=120),
    "far bank": beside_col(22, 19, along_dm=500, off_dm=100),
    "village": beside_row(40, 8, along_dm=350, off_dm=-90),
}


def coverage_truth(people: list[Elder]) -> dict[str, Any]:
    """Give covered elders by area, band and service, and the few homes that show a rule each."""
    residents = [elder for elder in people if elder.is_resident]
    services = {"day_care": ("day_care",), "meals": ("meal_dine_in", "meal_delivery")}
    return {
        "as_of": AS_OF.isoformat(),
        "bands_s": list(BANDS_S),
        "services": {service: _service_truth(service, codes, residents) for service, codes in services.items()},
        "homes": _home_truth(residents),
    }


def _service_truth(service: str, codes: tuple[str, ...], residents: list[Elder]) -> dict[str, Any]:
    offering = sites_offering(*codes)
    ways = {elder.id: elder.home.way_dm(service) for elder in residents}
    straight = {elder.id: elder.home.straight_m(service) for elder in residents}
    areas = {}
    for code in (*DISTRICTS, *SUBDISTRICTS, *(community.code for community in COMMUNITIES)):
        here = [elder for elder in residents if elder.code.startswith(code)]
        found = [way for elder in here if (way := ways[elder.id]) is not None]
        near = [m for elder in here if (m := straight[elder.id]) is not None and m <= STRAIGHT_LIMIT_M]
        sites = [BY_REF[ref] for ref in sorted(offering) if BY_REF[ref].area_code.startswith(code)]
        areas[code] = {
            "elders": len(here),
            "unlocated_elders": len(here) - len(found),
            "covered": {str(s): sum(walk_s(way) <= s for way in found) for s in BANDS_S},
            "covered_900_s_at_0_8_mps": sum(walk_s(way, speed_dmps=SLOW_SPEED_DMPS) <= LIMIT_S for way in found),
            "straight_900_m": len(near),
            "open_sites": sum(site.is_open for site in sites),
            "unlocated_open_sites": sum(site.is_open and site.place is None for site in sites),
        }
    return {"areas": areas, "rates": _rates(areas) if service == "day_care" else None}


def _rates(areas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Give the first district's rates for people, communities and subdistricts at 900 s."""

    def people(kind: str | None) -> list[int]:
        own = [c for c in _first_communities() if kind in (None, c.settlement)]
        return [sum(areas[c.code]["covered"][str(LIMIT_S)] for c in own), sum(areas[c.code]["elders"] for c in own)]

    def is_covered(community: Community) -> bool:
        row = areas[community.code]
        return bool(row["open_sites"]) or bool(row["covered"][str(LIMIT_S)] >= MINIMUM_SHARE * row["elders"])

    lived_in = [c for c in _first_communities() if areas[c.code]["elders"]]
    urban = [c for c in lived_in if c.settlement == URBAN]
    villages = [c for c in lived_in if c.settlement == RURAL]
    towns = [code for code in SUBDISTRICTS if code.startswith(DISTRICT)]
    full = [t for t in towns if areas[t]["covered"][str(LIMIT_S)] >= MINIMUM_SHARE * areas[t]["elders"]]
    return {
        "people": people(None),
        "people_urban": people(URBAN),
        "people_rural": people(RURAL),
        "urban_communities": [sum(map(is_covered, urban)), len(urban)],
        "communities": [sum(map(is_covered, lived_in)), len(lived_in)],
        "covered_communities": [c.code for c in lived_in if is_covered(c)],
        "villages_with_own_open_site": [sum(areas[c.code]["open_sites"] > 0 for c in villages), len(villages)],
        "subdistricts": [len(full), len(towns)],
        "without_elders": [c.code for c in _first_communities() if not areas[c.code]["elders"]],
    }


def _first_communities() -> list[Community]:
    return [community for community in COMMUNITIES if community.code.startswith(DISTRICT)]


def _home_truth(residents: Iterable[Elder]) -> list[dict[str, Any]]:
    homes = []
    for elder in residents:
        if elder.home.mark:
            way_dm = elder.home.way_dm("day_care")
            straight = elder.home.straight_m("day_care")
            homes.append(
                {
                    "mark": elder.home.mark,
                    "elder_id": elder.id,
                    "area_code": elder.code,
                    "day_care_walk_s": None if way_dm is None else walk_s(way_dm),
                    "day_care_straight_m": None if straight is None else round(straight, 1),
                }
            )
    return homes


def nearby_truth() -> list[dict[str, Any]]:
    """Give the five nearest open day care sites of three points, with their walking times."""
    refs = sites_offering("day_care")
    rows = []
    for name, point in DEMO_POINTS.items():
        ways = []
        for site in SITES:
            if site.ref in refs and site.is_open and site.place is not None:
                way_dm = walk_dm(point, site.place)
                if way_dm is not None:
                    ways.append((way_dm, site))
        ways.sort(key=lambda way: (way[0], way[1].ref))
        lon, lat = point.lonlat
        nearest = [{"site_id": s.id, "source_ref": s.ref, "walk_s": walk_s(way), "walk_dm": way} for way, s in ways[:5]]
        rows.append({"name": name, "lon": lon, "lat": lat, "nearest_day_care": nearest})
    return rows


def visit_truth(
    people: list[Elder], carers: list[Carer], caseloads: dict[str, list[Caseload]], logs: list[Log]
) -> dict[str, Any]:
    """Give the visit rate of March 2026, whole, by area and by worker, and April's as far as it was logged."""
    first = [e for e in people if e.code.startswith(DISTRICT)]
    due = [e for e in people if _is_due(e, MONTH_FROM, MONTH_TO)]
    visited = {e.id for e in due if e.role in (*VISITED, "visited_by_phone")}
    april = [e for e in first if _is_due(e, MONTH_TO, date(2026, 5, 1))]
    late = [log for log in logs if log.received_at and log.elder.role in VISITED]
    workers: dict[str, list[Elder]] = {}
    for elder in due:
        workers.setdefault(worker_on(caseloads[elder.id], _last_day(elder)).id, []).append(elder)
    return {
        "month": "2026-03",
        "areas": {code: _counts([e for e in due if e.code.startswith(code)], visited) for code in _codes()},
        "workers": {worker: _counts(own, visited) for worker, own in sorted(workers.items())},
        "unvisited_ids": sorted(e.id for e in due if e.id not in visited and e.code.startswith(DISTRICT)),
        "late": len(late),
        "received_after_closing": sum(_is_after_closing(log) for log in late),
        "visited_at_closing": _counts([e for e in due if e in first], visited)["visited"] - AFTER_CLOSING,
        "exclusions": {
            reason: sorted(e.id for e in first if e.role == reason) for reason in EXCLUDED
        },  # for when reviewed exclusions are counted
        "unvisited_after_exclusions": sum(e.role in UNVISITED for e in first),
        "entered_in_month": sum(e.role in ENTERED for e in first),
        "silent_workers": _silent(carers, caseloads, logs),
        "april": {"month": "2026-04", "due": len(april), "visited": 2},
    }


def _counts(due: list[Elder], visited: set[str]) -> dict[str, Any]:
    seen = sum(elder.id in visited for elder in due)
    share = round(seen / len(due), 4) if due else None
    return {"due": len(due), "visited": seen, "unvisited": len(due) - seen, "rate_strict_share": share}


def _is_due(elder: Elder, start: date, end: date) -> bool:
    if elder.role in (None, "not_in_the_five") or elder.entered_on is None:
        return False
    return elder.entered_on < end and (elder.left_on is None or elder.left_on > start)


def _last_day(elder: Elder) -> date:
    return min(elder.left_on - timedelta(days=1), LAST_IN_MONTH) if elder.left_on else LAST_IN_MONTH


def _is_after_closing(log: Log) -> bool:
    return log.received_at is not None and log.received_at.date() > date(2026, 4, 5)


def _silent(carers: list[Carer], caseloads: dict[str, list[Caseload]], logs: list[Log]) -> list[str]:
    """List workers with a caseload at the end of March who logged nothing in its last seven days."""
    active = {
        one.carer.id
        for ones in caseloads.values()
        for one in ones
        if one.valid_from <= AS_OF and (one.valid_to is None or one.valid_to > AS_OF)
    }
    since = AS_OF - timedelta(days=6)
    heard = {log.carer.id for log in logs if since <= log.started_at.date() <= AS_OF}
    return sorted(carer.id for carer in carers if carer.id in active and carer.id not in heard)


def _codes() -> list[str]:
    return [*DISTRICTS, *SUBDISTRICTS, *(community.code for community in COMMUNITIES)]


def count_truth(people: list[Elder], carers: list[Carer], requests: list[Request]) -> dict[str, Any]:
    """Count people, memberships, sites, carers and requests of the first district."""
    first = [e for e in people if e.code.startswith(DISTRICT)]
    members = [e for e in first if e.entered_on and e.entered_on <= MONTH_FROM and not _left_before(e, MONTH_FROM)]
    own_sites = [site for site in SITES if site.area_code.startswith(DISTRICT)]
    own_carers = [carer for carer in carers if carer.organization != "daoxiang"]
    closed = ("completed", "canceled", "failed", "on_hold", "unmatched")
    return {
        "elders": sum(e.is_resident for e in first),
        "elders_recorded": len(people),
        "members_on_2026_03_01": len(members),
        "memberships_on_2026_03_01": sum(len(e.categories) for e in members),
        "members_by_category": dict(sorted(Counter(c for e in members for c in e.categories).items())),
        "sites": len(own_sites),
        "sites_by_type": dict(sorted(Counter(site.facility_type for site in own_sites).items())),
        "unlocated_sites": sorted(site.id for site in own_sites if site.place is None),
        "carers": len(own_carers),
        "carers_by_kind": dict(sorted(Counter(carer.kind for carer in own_carers).items())),
        "bathing_carers": sum("bathing" in carer.skills for carer in own_carers),
        "requests": len(requests),
        "requests_by_state": dict(sorted(Counter(r.state if r.state in closed else "open" for r in requests).items())),
        "unmatched_reasons": dict(
            sorted(
                Counter(f"{r.service_code}:{r.moves[-1].reason}" for r in requests if r.state == "unmatched").items()
            )
        ),
    }


def _left_before(elder: Elder, on: date) -> bool:
    return elder.left_on is not None and elder.left_on <= on


def fair_share_truth(requests: list[Request]) -> dict[str, Any]:
    """Give the order of two providers with equal scores: first who was given fewer requests in 28 days."""
    sites = ("hm01", "hm02")
    given = {site: find_offer(site, "cleaning").id for site in sites}
    since_at = FAIR_SHARE_AT - timedelta(days=28)
    counts = Counter(
        r.offer.site for r in requests if r.offer and r.offer.id in given.values() and r.submitted_at >= since_at
    )
    if counts["hm01"] == counts["hm02"]:
        raise WorldError("the two providers with equal scores were given equally many requests")
    order = sorted(sites, key=lambda site: counts[site])
    return {
        "at": text_at(FAIR_SHARE_AT),
        "given_in_28_days": {given[site]: counts[site] for site in sites},
        "order": [given[site] for site in order],
    }


def request_truth(requests: list[Request]) -> dict[str, Any]:
    """Give for each named request what a search for candidates must say."""
    by_key = {request.key: request for request in requests}
    return {
        wish.key: {"request_id": by_key[f"named/{wish.key}"].id, "elder_id": by_key[f"named/{wish.key}"].elder.id}
        | wish_truth(wish)
        for wish in named_wishes()
    }


def demo_truth(people: list[Elder]) -> dict[str, Any]:
    """Give a point and an elder to try things with."""
    elder = next(elder for elder in people if elder.key == "demo")
    lon, lat = DEMO_POINTS["west bank"].lonlat
    return {"point": {"lon": lon, "lat": lat}, "elder_id": elder.id}


# the figures that the world is made to have
PROMISED: dict[tuple[str, ...], Any] = {
    ("counts", "elders"): 5_000,
    ("counts", "members_on_2026_03_01"): 1_200,
    ("counts", "memberships_on_2026_03_01"): 1_560,
    ("counts", "sites"): 60,
    ("counts", "carers"): 80,
    ("counts", "requests_by_state"): STATES,
    ("visits", "areas", DISTRICT, "due"): 1_240,
    ("visits", "areas", DISTRICT, "visited"): 1_140,
    ("visits", "late"): LATE,
    ("visits", "received_after_closing"): AFTER_CLOSING,
    ("visits", "unvisited_after_exclusions"): 48,
    ("visits", "entered_in_month"): 40,
    ("coverage", "services", "day_care", "rates", "people"): [3_660, 5_000],
    ("coverage", "services", "day_care", "rates", "people_urban"): [3_240, 3_600],
    ("coverage", "services", "day_care", "rates", "people_rural"): [420, 1_400],
    ("coverage", "services", "day_care", "rates", "urban_communities"): [12, 14],
    ("coverage", "services", "day_care", "rates", "villages_with_own_open_site"): [5, 9],
}


def check_promises(truth: dict[str, Any]) -> None:
    """Refuse a world that does not have the promised figures."""
    for path, promised in PROMISED.items():
        found: Any = truth
        for step in path:
            found = found[step]
        if found != promised:
            raise WorldError(f"{'.'.join(path)} is {found}, not {promised}")
    if len(truth["visits"]["silent_workers"]) != 1:
        raise WorldError("not exactly one worker is silent")
