"""
How long it takes to rank the providers of a request and to say why not of the others, over HTTP and without.

    python benchmarks/matching.py [--side 550] [--carers 200] [--sites 60] [--requests 40] [--rounds 3] [--json]

A made-up district on a synthetic network (550 x 550 is about 300,000 nodes): 60 sites and 200 carers of five
organizations within five kilometres of its middle, with shifts and visits on four days: full days, days with gaps, and
free afternoons. It is stored in a database of its own and served by gunicorn (2 workers of 4 threads); one caller asks
for the candidates of requests of different elders, kind by kind, in turns; `cpu ms` is the processor time of a call
in one process. Mark: p95 of each kind at most 50 ms. PostgreSQL is asked at DISPATCH_TEST_POSTGRES_URL; where none
answers, that is said.

The rules alone are timed on one pool of 200 carers of whom two are wanted together (aim: p95 at most 20 ms), in turns
with a brute force that tries all pairs and minutes (`benchmarks/by_minutes.py`); both must say the same first.
"""

# ruff: noqa: E402 - the first lines mend the path
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Python puts the folder of a script first on the path, where `http.py` would stand for the standard library's `http`.
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != HERE]

import argparse
import json
import os
import secrets
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from http.client import HTTPConnection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from flask import Flask

from benchmarks import by_minutes
from benchmarks.http import _post
from benchmarks.nearby import postgres_database
from benchmarks.scenarios import DISTRICT, NETWORK, _areas, _elder, _places, _server
from dispatch import accounts, areas, carers, directory, elders, intake, storage, streets, visits
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from dispatch.app import create_app
from dispatch.assignment.rules.staffing import find_staff
from dispatch.config import read_settings
from dispatch.storage import new_id
from dispatch.streets import Network

AT, SINCE = datetime(2026, 1, 1, tzinfo=UTC), date(2020, 1, 1)
ZONE = ZoneInfo("Asia/Shanghai")
MARK_MS, AIM_RULES_MS, SEED = 50.0, 20.0, 20260331
ORGANIZATIONS, REACH_M = 5, 5_000
IN_PROCESS = 20  # calls of each kind whose processor time is told
USER, PASSWORD = "officer", "a-benchmark-only-password"
VISIT_MIN = 40
# when visits begin, in minutes after the shift begins: full, usual twice, and a free afternoon
DAYS = ((30, 95, 160, 225, 290, 355, 415), (30, 120, 300, 400), (60, 150, 330), (30, 120))
# kind of service -> how it is given, the hours asked for, what its carers need
KINDS = {
    "meal_dine_in": ("site", ("11:00", "13:00")),
    "meal_delivery": ("home", ("11:00", "13:00")),
    "bathing_home": ("home", ("14:00", "16:00")),
    "visiting": ("home", ("14:00", "16:00")),
}


def main() -> None:
    """Measure on both engines and print."""
    options = _options()
    load = os.getloadavg()[0]
    rules = _rules(options)
    network = streets.synthetic_network(options.side, seed=SEED, imported_at=AT)
    engines: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dispatch-matching-") as folder:
        path = Path(folder)
        streets.save_network(network, folder=path / "networks" / NETWORK)
        engines["sqlite"] = _run(f"sqlite:///{path / 'matching.sqlite'}", path, network=network, options=options)
        with postgres_database() as url:
            engines["postgresql"] = _run(url, path, network=network, options=options) if url else None
    waits = [one["p95_ms"] for found in engines.values() if found for one in found.values()]
    report = {
        "nodes": network.node_count,
        "sites": options.sites,
        "carers": options.carers,
        "mark_p95_ms": MARK_MS,
        "is_within_mark": max(waits) <= MARK_MS,
        "cores": os.cpu_count(),
        "load_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)],
        "engines": engines,
        "rules": rules,
        "ratios": {"rules_vs_brute_force": round(rules["brute_p50_ms"] / rules["p50_ms"], 1)},
    }
    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(f"{network.node_count:,} nodes, {options.sites} sites, {options.carers} carers, {os.cpu_count()} cores")
    for engine, found in engines.items():
        if found is None:
            print(f"{engine}: no server answered")
            continue
        print(f"{engine:<16}   p50 ms   p95 ms   p99 ms   cpu ms   calls  candidates  rejected")
        for kind, one in found.items():
            print(
                f"  {kind:<16}{one['p50_ms']:>7.1f}{one['p95_ms']:>9.1f}{one['p99_ms']:>9.1f}{one['cpu_ms']:>9.1f}"
                f"{one['calls']:>8}{one['candidates']:>12}{one['rejected']:>10}"
            )
    print(
        f"rules alone, two of {options.carers}: p50 {rules['p50_ms']:.1f} ms, p95 {rules['p95_ms']:.1f} ms; "
        f"brute force p50 {rules['brute_p50_ms']:.0f} ms; the same answer in {rules['checked']} pools"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=550, help="of the network, in nodes")
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--carers", type=int, default=200)
    parser.add_argument("--requests", type=int, default=40, help="of each kind, each of another elder")
    parser.add_argument("--rounds", type=int, default=3, help="each request is asked about so many times")
    parser.add_argument("--pools", type=int, default=12, help="for the rules alone")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _run(url: str, folder: Path, *, network: Network, options: argparse.Namespace) -> dict[str, Any]:
    os.environ.update(
        {
            "DISPATCH_DATABASE_URL": url,
            "DISPATCH_VAR_DIR": str(folder),
            "DISPATCH_NETWORK": NETWORK,
            "DISPATCH_SECRET_KEY": secrets.token_urlsafe(48),
            "DISPATCH_FIELD_KEYS": f"1:{storage.make_key()}",
            "DISPATCH_INDEX_KEY": storage.make_key(),
            "DISPATCH_RATE_LIMIT": "off",  # one caller asks for hundreds
            "DISPATCH_LOG_LEVEL": "warning",
        }
    )
    app = create_app(read_settings(), is_serving=False)
    with app.app_context():
        storage.migrate()
        requests = _store(network, options=options)
    cpu_ms = _ask_here(app, requests=requests)
    with app.app_context():
        storage.engine().dispose()
    with _server(folder) as port:
        token = _post(port, "/v1/auth/tokens", {"username": USER, "password": PASSWORD})["access_token"]
        found = _ask(port, {"Authorization": f"Bearer {token}"}, requests=requests, rounds=options.rounds)
    return {kind: one | {"cpu_ms": cpu_ms[kind]} for kind, one in found.items()}


def _ask_here(app: Flask, *, requests: dict[str, list[UUID]]) -> dict[str, float]:
    """Ask in this process: the middle of the processor time of a call, which a busy machine lengthens least."""
    client = app.test_client()
    signed = client.post("/v1/auth/tokens", json={"username": USER, "password": PASSWORD}).get_json()
    headers = {"Authorization": f"Bearer {signed['access_token']}"}
    took: dict[str, list[float]] = {kind: [] for kind in requests}
    for number in range(-4, IN_PROCESS):
        for kind, ids in requests.items():
            begun = time.process_time()
            reply = client.post(f"/v1/care-requests/{ids[number % len(ids)]}/candidates", headers=headers)
            took_ms = (time.process_time() - begun) * 1e3
            if reply.status_code != 200:  # noqa: PLR2004 - a status code
                sys.exit(reply.get_data(as_text=True))
            if number >= 0:
                took[kind].append(took_ms)
    return {kind: round(float(np.median(times)), 2) for kind, times in took.items()}


def _ask(port: int, headers: dict[str, str], *, requests: dict[str, list[UUID]], rounds: int) -> dict[str, Any]:
    """Ask for the candidates of every request, the kinds in turns so that all meet the same machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    waits: dict[str, list[float]] = {kind: [] for kind in requests}
    seen: dict[str, tuple[int, int]] = {}
    warm = 8  # the first answers of each process read files and compile
    for number in range(-warm, rounds * min(map(len, requests.values()))):
        for kind, ids in requests.items():
            begun = time.perf_counter()
            connection.request("POST", f"/v1/care-requests/{ids[number % len(ids)]}/candidates", headers=headers)
            reply = connection.getresponse()
            text = reply.read()
            took_ms = (time.perf_counter() - begun) * 1e3
            if reply.status != 200:  # noqa: PLR2004 - a status code
                sys.exit(f"{reply.status} {text.decode()}")
            if number >= 0:
                waits[kind].append(took_ms)
                found = json.loads(text)
                seen[kind] = (len(found["candidates"]), len(found["rejected"]))
    connection.close()
    return {
        kind: _summary(times) | dict(zip(("candidates", "rejected"), seen[kind], strict=True))
        for kind, times in waits.items()
    }


def _store(network: Network, *, options: argparse.Namespace) -> dict[str, list[UUID]]:
    chance = np.random.default_rng(SEED)
    now = datetime.now(UTC)
    with storage.transaction():
        directory.put_known_codes(actor=SYSTEM, at=AT)
        areas.put_known_areas(actor=SYSTEM, at=AT)
        areas.put_areas(_areas(network), actor=SYSTEM, at=AT)
        organization_ids = _store_sites(network, count=options.sites, chance=chance)
        homes = _middle(network, count=options.requests, chance=chance)
        records = [replace(_elder(number, place), id=new_id()) for number, place in enumerate(homes)]
        elders.register_elders(records, actor=SYSTEM, at=AT)
        elder_ids = [record.id for record in records if record.id]
        staff = _store_carers(network, organization_ids=organization_ids, count=options.carers, chance=chance)
        _plan_visits(staff, elder_ids=elder_ids, on=now + timedelta(days=1), chance=chance)
        record = accounts.AccountRecord(
            username=USER,
            password=PASSWORD,
            display_name="基准",
            grants=(Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, DISTRICT),),
        )
        accounts.create_account(record, actor=SYSTEM, now=AT, zone=ZONE)
        requests = {
            kind: [_request(elder_id, kind=kind, window=window, now=now) for elder_id in elder_ids]
            for kind, (_, window) in KINDS.items()
        }
    with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT", is_reading=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    return requests


def _middle(network: Network, *, count: int, chance: np.random.Generator) -> list[tuple[str, float, float]]:
    """Choose places within five kilometres of the middle of the network."""
    found: list[tuple[str, float, float]] = []
    while len(found) < count:
        places = _places(network, count=200, chance=chance)
        xy = network.projection.to_xy(np.array([place[1:] for place in places]))
        near = np.hypot(*(xy - network.xy.mean(axis=0)).T) <= REACH_M
        found += [place for place, is_near in zip(places, near.tolist(), strict=True) if is_near]
    return found[:count]


def _store_sites(network: Network, *, count: int, chance: np.random.Generator) -> list[UUID]:
    owners = [("benchmark", str(number)) for number in range(ORGANIZATIONS)]
    organizations = [
        directory.OrganizationRecord(*key, f"基准机构{key[1]}", "虚构", "company", id=new_id()) for key in owners
    ]
    directory.put_organizations(organizations, actor=SYSTEM, at=AT)
    services = [
        directory.ServiceRecord(key, kind, kind, kind, delivery)
        for key in owners
        for kind, (delivery, _) in KINDS.items()
    ]
    directory.put_services(services, actor=SYSTEM, at=AT)
    places = _middle(network, count=count, chance=chance)
    sites = [
        directory.SiteRecord(
            organization=owners[number % ORGANIZATIONS],
            source="benchmark",
            source_ref=str(number),
            name=f"站点{number}",
            facility_type="home_care_center",
            area_code=code,
            address="",
            collected_at=AT,
            lon=lon,
            lat=lat,
            crs="wgs84",
            stages=(("open", SINCE, None),),
        )
        for number, (code, lon, lat) in enumerate(places)
    ]
    directory.put_sites(sites, actor=SYSTEM, at=AT)
    kinds = list(KINDS)
    offers = [
        directory.OfferRecord(
            ("benchmark", str(number)),
            (*owners[number % ORGANIZATIONS], kinds[number // ORGANIZATIONS % len(kinds)]),
            hours_from=SINCE,
            hours=("Mo-Su 08:00-20:00", "Mo-Su 08:00-12:00,13:30-18:00")[number % 2],
            price=("visit", 1_000 + 100 * (number % 7)),
        )
        for number in range(count)
    ]
    directory.put_offers(offers, actor=SYSTEM, at=AT)
    return [each.id for each in organizations if each.id]


def _store_carers(
    network: Network, *, organization_ids: list[UUID], count: int, chance: np.random.Generator
) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    records = [
        carers.CarerRecord(
            id=carer_id,
            organization_id=organization_ids[number % ORGANIZATIONS],
            kind="care_worker",
            name=f"护理员{number}",
            sex=("female", "male")[number % 3 == 0],
            travel_mode=("ebike", "walk")[number % 4 == 0],
            base_lon=place[1],
            base_lat=place[2],
            qualifications=tuple(
                carers.QualificationRecord(skill, None, SINCE)
                for skill in ("lifting", "food_hygiene", *(("bathing",) if number % 3 == 0 else ()))
            ),
            shifts=tuple(
                carers.ShiftRecord(weekday, hour(8 + number % 4), hour(16 + number % 4), 60, SINCE)
                for weekday in range(7)
            ),
        )
        for number, (carer_id, place) in enumerate(zip(ids, _middle(network, count=count, chance=chance), strict=True))
    ]
    carers.register_carers(records, actor=SYSTEM, at=AT)
    return ids


def _plan_visits(staff: list[UUID], *, elder_ids: list[UUID], on: datetime, chance: np.random.Generator) -> None:
    """
    Let every carer have visits on the day that is asked for, on two days before it and on the one after.

    Of four carers one is busy from morning to evening, one has visits in the morning only, and two have gaps.
    """
    first = on.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    wishes = []
    for day in (first + timedelta(days=number) for number in range(4)):
        for number, carer_id in enumerate(staff):
            begins_at = day + timedelta(hours=8 + number % 4)  # as the shift
            for at in DAYS[int(chance.integers(len(DAYS)))]:
                from_at = (begins_at + timedelta(minutes=at + int(chance.integers(0, 20)))).astimezone(UTC)
                elder_id = elder_ids[int(chance.integers(len(elder_ids)))]
                to_at = from_at + timedelta(minutes=VISIT_MIN)
                wishes.append(
                    visits.NewVisit(
                        elder_id, "visiting", from_at, to_at, VISIT_MIN, carer_id=carer_id, start_at=from_at
                    )
                )
    visits.plan_visits(wishes, actor=SYSTEM, at=AT)


def _request(elder_id: UUID, *, kind: str, window: tuple[str, str], now: datetime) -> UUID:
    on = (now + timedelta(days=1)).astimezone(ZONE).date()
    from_at, to_at = (datetime.combine(on, hour.fromisoformat(each), ZONE).astimezone(UTC) for each in window)
    wish = intake.RequestWish(None, elder_id, kind, from_at, to_at)
    return intake.submit_request(wish, actor=SYSTEM, now=now, zone=ZONE).id


def _rules(options: argparse.Namespace) -> dict[str, Any]:
    """Time the rules alone and the brute force in turns, after both have said the same."""
    took: dict[str, list[float]] = {"rules": [], "brute": []}
    for seed in range(options.pools):
        pool, job = by_minutes.make_pool(seed, count=options.carers)
        begun = time.perf_counter()
        expected = by_minutes.best(pool, job=job)
        took["brute"].append((time.perf_counter() - begun) * 1e3)
        for _ in range(5):
            begun = time.perf_counter()
            found = find_staff(pool, job=job)
            took["rules"].append((time.perf_counter() - begun) * 1e3)
        said = tuple((each.carer_id, each.start_at) for each in found.chosen)
        if expected is None or said != tuple(zip(*expected, strict=True)):
            sys.exit(f"pool {seed}: the rules say {said}, the brute force {expected}")
    rules = _summary(took["rules"])
    return rules | {
        "is_within_aim": rules["p95_ms"] <= AIM_RULES_MS,
        "brute_p50_ms": _summary(took["brute"])["p50_ms"],
        "checked": options.pools,
    }


def _summary(times: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    return {
        "calls": len(times),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
    }


if __name__ == "__main__":
    main()
