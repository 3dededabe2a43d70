"""
How long a planner waits for the effect of one more change, over HTTP, on both engines.

    python benchmarks/scenarios.py [--side 550] [--sites 500] [--elders 30000] [--rounds 60] [--json]

A made-up district of 240 communities on a synthetic network (550 x 550 is about 300,000 nodes) is stored in a
database of its own and served by gunicorn (2 workers of 4 threads). A planner adds a site to a scenario, asks for its
effect, adds the next one: both calls are timed, one planner at a time and four at once. Before, effects are held
against whole runs of the same scenarios, which search and count everything anew. Mark: p95 of the effect at most
200 ms. PostgreSQL is asked at DISPATCH_TEST_POSTGRES_URL; where none answers, that is said.
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
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from typing import Any

import numpy as np
from flask import Flask
from shapely import box
from shapely.geometry import mapping

from benchmarks.http import ROOT, _free_port, _post, _wait
from benchmarks.nearby import postgres_database
from dispatch import accounts, areas, coverage, directory, elders, geo, storage, streets
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from dispatch.app import create_app
from dispatch.config import read_settings
from dispatch.streets import Network

AT, AS_OF, SINCE = datetime(2026, 3, 31, 4, 0, tzinfo=UTC), date(2026, 3, 31), date(2020, 1, 1)
DISTRICT, NETWORK, MARK_MS, SEED = "120198", "synthetic", 200.0, 20260331
ROWS, COLUMNS = 15, 16  # of communities
AT_ONCE = 2_000
USER, PASSWORD = "planner", "a-benchmark-only-password"
CPU_CALLS = 40
MOST_TRIES = 5


def main() -> None:
    """Measure on both engines and print."""
    options = _options()
    network = streets.synthetic_network(options.side, seed=SEED, imported_at=AT)
    engines: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dispatch-scenarios-") as folder:
        path = Path(folder)
        streets.save_network(network, folder=path / "networks" / NETWORK)
        engines["sqlite"] = _run(f"sqlite:///{path / 'scenarios.sqlite'}", path, network=network, options=options)
        with postgres_database() as url:
            engines["postgresql"] = _run(url, path, network=network, options=options) if url else None
    report = {
        "nodes": network.node_count,
        "sites": options.sites,
        "elders": options.elders,
        "communities": ROWS * COLUMNS,
        "mark_p95_ms": MARK_MS,
        "cores": os.cpu_count(),
        "engines": engines,
    }
    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(f"{network.node_count:,} nodes, {options.sites} sites, {options.elders:,} elders, {os.cpu_count()} cores")
    for engine, found in engines.items():
        if found is None:
            print(f"{engine}: no server answered")
            continue
        print(f"{engine}: {found['checked']} effects equal whole runs; first answer {found['first_ms']:.0f} ms")
        cpu = found["effect_cpu"]
        print(f"  processor time of an effect: p50 {cpu['p50_ms']:.1f} ms, p95 {cpu['p95_ms']:.1f} ms")
        for name, one in found["waits"].items():
            print(f"  {name:<24} p50 {one['p50_ms']:>7.1f} ms  p95 {one['p95_ms']:>7.1f} ms  of {one['calls']}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=550, help="of the network, in nodes")
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--elders", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=60, help="changes of each planner")
    parser.add_argument("--checked", type=int, default=2, help="scenarios held against whole runs")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _run(url: str, folder: Path, *, network: Network, options: argparse.Namespace) -> dict[str, Any]:
    environment = {
        "DISPATCH_DATABASE_URL": url,
        "DISPATCH_VAR_DIR": str(folder),
        "DISPATCH_NETWORK": NETWORK,
        "DISPATCH_SECRET_KEY": secrets.token_urlsafe(48),
        "DISPATCH_FIELD_KEYS": f"1:{storage.make_key()}",
        "DISPATCH_INDEX_KEY": storage.make_key(),
        "DISPATCH_RATE_LIMIT": "off",  # one caller asks for hundreds
        "DISPATCH_LOG_LEVEL": "warning",
    }
    os.environ.update(environment)
    app = create_app(read_settings(), is_serving=False)
    with app.app_context():
        storage.migrate()
        _store(network, options=options)
        checked = _check(network, scenarios=options.checked)
        cpu = _cpu(app, network=network)
        storage.engine().dispose()
    with _server(folder) as port:
        token = _post(port, "/v1/auth/tokens", {"username": USER, "password": PASSWORD})["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        firsts = [_plan(port, headers, network=network, seed=number, rounds=1)["effect"][0] for number in range(8)]
        waits = {}
        for planners in (1, 4):
            found = _together(port, headers, network=network, planners=planners, rounds=options.rounds)
            waits |= {f"{name}, {planners} at once": _summary(times) for name, times in found.items()}
    sys.stderr.write(f"{json.dumps(waits)}\n")
    worst = max(one["p95_ms"] for name, one in waits.items() if name.startswith("effect"))
    return {
        "checked": checked,
        "first_ms": round(max(firsts), 1),
        "effect_cpu": cpu,
        "waits": waits,
        "is_within_mark": worst <= MARK_MS,
    }


def _store(network: Network, *, options: argparse.Namespace) -> None:
    chance = np.random.default_rng(SEED)
    with storage.transaction():
        directory.put_known_codes(actor=SYSTEM, at=AT)
        areas.put_known_areas(actor=SYSTEM, at=AT)
        areas.put_areas(_areas(network), actor=SYSTEM, at=AT)
        owner = directory.OrganizationRecord("benchmark", "o", "基准机构", "虚构", "company")
        directory.put_organizations([owner], actor=SYSTEM, at=AT)
        service = directory.ServiceRecord(("benchmark", "o"), "s", "day_care", "日间照料", "site")
        directory.put_services([service], actor=SYSTEM, at=AT)
        places = _places(network, count=options.sites, chance=chance)
        directory.put_sites([_site(number, place) for number, place in enumerate(places)], actor=SYSTEM, at=AT)
        offers = [
            directory.OfferRecord(("benchmark", str(number)), ("benchmark", "o", "s"), hours_from=SINCE)
            for number in range(len(places))
        ]
        directory.put_offers(offers, actor=SYSTEM, at=AT)
        record = accounts.AccountRecord(
            username=USER,
            password=PASSWORD,
            display_name="基准",
            grants=(Grant(Role.PLANNER, ScopeKind.AREA, DISTRICT),),
        )
        accounts.create_account(record, actor=SYSTEM, now=AT, zone=read_settings().time_zone)
    homes = _places(network, count=options.elders, chance=chance)
    for first in range(0, len(homes), AT_ONCE):
        with storage.transaction():
            records = [_elder(number, place) for number, place in enumerate(homes[first : first + AT_ONCE], first)]
            elders.register_elders(records, actor=SYSTEM, at=AT)
        sys.stderr.write(f"\r{first + len(records):,} elders stored")
    sys.stderr.write("\n")
    with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT", is_reading=True) as connection:
        connection.exec_driver_sql("ANALYZE")


def _areas(network: Network) -> list[areas.AreaRecord]:
    (west, south), (east, north) = network.xy.min(axis=0) - 1, network.xy.max(axis=0) + 1
    wide, high = (east - west) / COLUMNS, (north - south) / ROWS
    outlines = {DISTRICT: ("district", box(west, south, east, north))}
    for row in range(ROWS):
        low = south + row * high
        outlines[_code(row)] = ("subdistrict", box(west, low, east, low + high))
        for column in range(COLUMNS):
            left = west + column * wide
            outlines[_code(row, column)] = ("community", box(left, low, left + wide, low + high))
    return [
        areas.AreaRecord(
            code=code,
            level=level,
            name_zh=f"虚构{code}",
            settlement="urban" if level == "community" else None,
            boundary_ll=mapping(geo.to_lonlat(outline, projection=network.projection)),
            source="benchmark",
            is_made_up=True,
        )
        for code, (level, outline) in outlines.items()
    ]


def _code(row: int, column: int | None = None) -> str:
    town = f"{DISTRICT}{row + 1:03d}"
    return town if column is None else f"{town}{column + 1:03d}"


def _places(network: Network, *, count: int, chance: np.random.Generator) -> list[tuple[str, float, float]]:
    """Choose places some metres off crossings of the main network: (community, longitude, latitude)."""
    nodes = chance.choice(np.flatnonzero(network.component == 0), count)
    xy = network.xy[nodes] + chance.uniform(-20.0, 20.0, (count, 2))
    (west, south), (east, north) = network.xy.min(axis=0) - 1, network.xy.max(axis=0) + 1
    columns = np.clip((xy[:, 0] - west) // ((east - west) / COLUMNS), 0, COLUMNS - 1).astype(int)
    rows = np.clip((xy[:, 1] - south) // ((north - south) / ROWS), 0, ROWS - 1).astype(int)
    return [
        (_code(row, column), lon, lat)
        for row, column, (lon, lat) in zip(
            rows.tolist(), columns.tolist(), network.projection.to_ll(xy).tolist(), strict=True
        )
    ]


def _site(number: int, place: tuple[str, float, float]) -> directory.SiteRecord:
    return directory.SiteRecord(
        organization=("benchmark", "o"),
        source="benchmark",
        source_ref=str(number),
        name=f"站点{number}",
        facility_type="day_care_center",
        area_code=place[0],
        address="",
        collected_at=AT,
        lon=place[1],
        lat=place[2],
        crs="wgs84",
        stages=(("open", SINCE, None),),
    )


def _elder(number: int, place: tuple[str, float, float]) -> elders.ElderRecord:
    home = elders.ResidenceRecord(
        kind="main",
        area_code=place[0],
        address=f"虚构路{number}号",
        valid_from=SINCE,
        lon=place[1],
        lat=place[2],
        located_by="door",
    )
    return elders.ElderRecord(name="张三丰", sex="female", born_on=date(1944, 5, 6), residences=(home,))


def _check(network: Network, *, scenarios: int) -> int:
    """Hold effects of some scenarios against whole runs of them."""
    planner = replace(SYSTEM)
    for seed in range(scenarios):
        chance = np.random.default_rng(seed)
        with storage.reading():
            some = directory.find_offers(service_codes=["day_care"], on=AS_OF)[seed].site_id
        wishes = (
            *(_wish(place) for place in _places(network, count=3, chance=chance)),
            coverage.ChangeWish(coverage.ChangeKind.CLOSE, site_id=some),
        )
        wish = coverage.ScenarioWish("核对", area_code=DISTRICT, service_code="day_care", as_of=AS_OF, changes=wishes)
        with storage.reading():
            placed = coverage.prepare_scenario(wish, network=network, actor=planner, today=AS_OF)
        with storage.transaction():
            made = coverage.create_scenario(placed, actor=planner, at=AT)
        with storage.reading():
            asked = coverage.prepare_effect(made.id, network=network, actor=planner, today=AS_OF)
            run_wish = coverage.RunWish(DISTRICT, "day_care", AS_OF, scenario_id=made.id)
            inputs = coverage.prepare_run(run_wish, actor=planner)
        found = coverage.measure_effect(asked)
        whole = coverage.compute_run(inputs, network=network)
        by_code = {row.area.code: (row.counts.covered, (row.base or {})["covered"]) for row in whole.areas}
        for row in (*found.rows, found.totals):
            if (row.covered_after, row.covered_before) != by_code[row.area_code]:
                raise SystemExit(f"the effect of scenario {seed} is not that of a whole run in {row.area_code}")
    return scenarios


def _cpu(app: Flask, *, network: Network) -> dict[str, float]:
    """Take the processor time of effects in this process, whole calls: whatever else the machine does."""
    client = app.test_client()
    token = client.post("/v1/auth/tokens", json={"username": USER, "password": PASSWORD}).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    wish = {"name": "方案", "area_code": DISTRICT, "service_code": "day_care", "as_of": AS_OF.isoformat()}
    url = f"/v1/coverage/scenarios/{client.post('/v1/coverage/scenarios', json=wish, headers=headers).get_json()['id']}"
    took_ms = []
    for version, (_, lon, lat) in enumerate(
        _places(network, count=CPU_CALLS, chance=np.random.default_rng(5)), start=1
    ):
        change = {"kind": "open", "name": "新站", "point": {"lon": lon, "lat": lat, "crs": "wgs84"}}
        client.post(f"{url}/changes", json=change, headers=headers | {"If-Match": f'"v{version}"'})
        begun = time.process_time()
        reply = client.get(f"{url}/effect", headers=headers)
        took_ms.append((time.process_time() - begun) * 1e3)
        if reply.status_code != 200:  # noqa: PLR2004 - a status code
            raise SystemExit(reply.get_data(as_text=True))
    return _summary(took_ms[1:])  # the first reads the base


def _wish(place: tuple[str, float, float]) -> coverage.ChangeWish:
    point = areas.Point(lonlat=place[1:], crs=geo.ReferenceSystem.WGS84, raw=place[1:])
    return coverage.ChangeWish(coverage.ChangeKind.OPEN, name="新站", point=point)


@contextmanager
def _server(folder: Path, *, ready: str = "/readyz") -> Iterator[int]:
    port = _free_port()
    environment = os.environ | {"NUMBA_CACHE_DIR": str(ROOT / "var" / "numba")}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"]
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own program
        try:
            _wait(port, ready, process, folder / "log")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _together(
    port: int, headers: dict[str, str], *, network: Network, planners: int, rounds: int
) -> dict[str, list[float]]:
    kept: list[dict[str, list[float]]] = []

    def work(seed: int) -> None:
        kept.append(_plan(port, headers, network=network, seed=seed, rounds=rounds))

    crowd = [threading.Thread(target=work, args=(100 + seed,)) for seed in range(planners)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    if len(kept) != planners:
        sys.exit("a planner was answered with an error")
    return {name: [wait for one in kept for wait in one[name]] for name in ("change", "effect")}


def _plan(port: int, headers: dict[str, str], *, network: Network, seed: int, rounds: int) -> dict[str, list[float]]:
    """Add a site and ask for the effect, again and again, as one planner does."""
    places = _places(network, count=rounds, chance=np.random.default_rng(seed))
    wish = {"name": f"方案{seed}", "area_code": DISTRICT, "service_code": "day_care", "as_of": AS_OF.isoformat()}
    authorization = {"Authorization": headers["Authorization"]}
    made = _post(port, "/v1/coverage/scenarios", wish, **authorization)
    url, version = f"/v1/coverage/scenarios/{made['id']}", 1
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    waits: dict[str, list[float]] = {"change": [], "effect": []}
    for _, lon, lat in places:
        change = {"kind": "open", "name": "新站", "point": {"lon": lon, "lat": lat, "crs": "wgs84"}}
        body, match = json.dumps(change), headers | {"If-Match": f'"v{version}"'}
        waits["change"].append(_timed(connection, "POST", f"{url}/changes", body=body, headers=match))
        waits["effect"].append(_timed(connection, "GET", f"{url}/effect", body=None, headers=headers))
        version += 1
    connection.close()
    return waits


def _timed(connection: HTTPConnection, method: str, path: str, *, body: str | None, headers: dict[str, str]) -> float:
    begun = time.perf_counter()
    for _ in range(MOST_TRIES):  # another writer may hold the database: the wait goes on
        connection.request(method, path, body=body, headers=headers)
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 503:  # noqa: PLR2004 - a status code
            break
    if reply.status >= 400:  # noqa: PLR2004 - a status code
        raise RuntimeError(f"{method} {path} -> {reply.status} {text.decode()}")
    return (time.perf_counter() - begun) * 1e3


def _summary(times: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times, [50, 95])
    return {"calls": len(times), "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1)}


if __name__ == "__main__":
    main()
