"""
The 20 nearest of 100,000 made-up sites that offer a service, found in the database, on both engines.

    python benchmarks/nearby.py [--sites 100000] [--queries 400] [--json]

The question is the straight-line first search of `GET /v1/services` (`directory.find_offers_near`, 1.5 km);
walking times are the street engine's. Every answer is checked against brute force before any time is taken.
Mark: p99 at most 25 ms. PostgreSQL is asked at DISPATCH_TEST_POSTGRES_URL, in a database of its own that is
dropped at the end; where none answers, that is said.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from dispatch import areas, directory, geo, storage
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.config import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
SEED, RADIUS_M, NEAREST, MARK_MS = 20260331, 1500.0, 20, 25.0
CITY_LL = (117.0, 38.9, 117.5, 39.3)  # 43 km by 44 km: about 53 sites a square kilometre
SERVICES = ("meal_dine_in", "day_care", "bathing_site", "recreation", "learning", "short_stay", "health_care", "notary")
AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
AT_ONCE = 5_000
PLACE = np.dtype([("lon", "f8"), ("lat", "f8"), ("service", "i4")])


def made_up_sites(count: int) -> np.ndarray:
    """Make sites: half of them in 40 dense quarters, half anywhere, each with one of eight services."""
    rng = np.random.default_rng(SEED)
    west, south, east, north = CITY_LL
    sites = np.zeros(count, PLACE)
    sites["lon"], sites["lat"] = rng.uniform(west, east, count), rng.uniform(south, north, count)
    dense = rng.random(count) < 0.5  # noqa: PLR2004 - half
    quarter = rng.integers(0, 40, count)
    middle_lon, middle_lat = rng.uniform(west, east, 40), rng.uniform(south, north, 40)
    sites["lon"][dense] = (middle_lon[quarter] + rng.normal(0, 0.015, count))[dense]
    sites["lat"][dense] = (middle_lat[quarter] + rng.normal(0, 0.012, count))[dense]
    sites["service"] = rng.integers(0, len(SERVICES), count)
    return sites


def store(sites: np.ndarray) -> None:
    """Store them through the front door, each in a batch of its own transaction."""
    with storage.transaction():
        areas.put_known_areas(actor=SYSTEM, at=AT)
        directory.put_known_codes(actor=SYSTEM, at=AT)
        owner = directory.OrganizationRecord("benchmark", "o", "基准机构", "虚构", "company")
        directory.put_organizations([owner], actor=SYSTEM, at=AT)
        services = [directory.ServiceRecord(("benchmark", "o"), code, code, code, "site") for code in SERVICES]
        directory.put_services(services, actor=SYSTEM, at=AT)
    for first in range(0, len(sites), AT_ONCE):
        piece = list(enumerate(sites[first : first + AT_ONCE].tolist(), start=first))
        with storage.transaction():
            directory.put_sites([_site(number, lon, lat) for number, (lon, lat, _) in piece], actor=SYSTEM, at=AT)
            offers = [
                directory.OfferRecord(
                    site=("benchmark", str(number)),
                    service=("benchmark", "o", SERVICES[service]),
                    hours_from=AT.date(),
                )
                for number, (_, _, service) in piece
            ]
            directory.put_offers(offers, actor=SYSTEM, at=AT)
        sys.stderr.write(f"\r{first + len(piece):,} sites stored")
    sys.stderr.write("\n")
    with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT", is_reading=True) as connection:
        connection.exec_driver_sql("ANALYZE")


def _site(number: int, lon: float, lat: float) -> directory.SiteRecord:
    return directory.SiteRecord(
        organization=("benchmark", "o"),
        source="benchmark",
        source_ref=str(number),
        name=f"站点{number}",
        facility_type="elder_canteen",
        area_code="12",
        address="",
        collected_at=AT,
        lon=lon,
        lat=lat,
        crs="wgs84",
    )


def questions(sites: np.ndarray, count: int) -> list[tuple[tuple[float, float], int]]:
    """Make questions: a point near some site, and a service."""
    rng = np.random.default_rng(SEED + 1)
    near = sites[rng.integers(0, len(sites), count)]
    lon, lat = near["lon"] + rng.normal(0, 0.004, count), near["lat"] + rng.normal(0, 0.003, count)
    services = rng.integers(0, len(SERVICES), count)
    return list(zip(zip(lon.tolist(), lat.tolist(), strict=True), services.tolist(), strict=True))


def check(sites: np.ndarray, asked: list[tuple[tuple[float, float], int]]) -> int:
    """Compare every answer with brute force over all sites; give how many answers were full."""
    full = 0
    for (lon, lat), service in asked:
        fitting = sites[sites["service"] == service]
        distance_m = np.sort(geo.haversine_m(lon, lat, fitting["lon"], fitting["lat"]))
        expected = distance_m[distance_m <= RADIUS_M][:NEAREST]
        found = np.array([each.straight_m for each in ask(lon, lat, service)])
        if len(found) != len(expected) or not np.allclose(found, expected, rtol=0, atol=1e-6):
            raise SystemExit(f"wrong answer at {lon}, {lat}: {found} instead of {expected}")
        full += len(found) == NEAREST
    return full


def ask(lon: float, lat: float, service: int) -> list[directory.NearOffer]:
    """Ask as the API does: one reading, one question."""
    with storage.reading():
        return directory.find_offers_near(
            (lon, lat), service_codes=[SERVICES[service]], radius_m=RADIUS_M, limit=NEAREST
        )


def measure(asked: list[tuple[tuple[float, float], int]]) -> dict[str, float]:
    """Time each question once, after one round to warm up."""
    took_ms = []
    for is_warm in (False, True):
        for (lon, lat), service in asked:
            begun = time.perf_counter()
            ask(lon, lat, service)
            if is_warm:
                took_ms.append((time.perf_counter() - begun) * 1e3)
    shares = dict(zip(("p50_ms", "p95_ms", "p99_ms"), np.percentile(took_ms, [50, 95, 99]), strict=True))
    return {name: round(float(value), 2) for name, value in shares.items()}


@contextmanager
def postgres_database() -> Iterator[str | None]:
    """Make a database of one's own; None where no server answers."""
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"dispatch_benchmark_{os.getpid()}"
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f'create database "{name}"')
    except sa.exc.OperationalError:
        yield None
        return
    try:
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'drop database "{name}" with (force)')
        server.dispose()


def run(url: str, folder: Path, *, sites: np.ndarray, query_count: int) -> dict[str, Any]:
    """Store, check, measure on one engine."""
    settings = replace(read_settings(needs_secret=False), database_url=url, var_dir=folder)
    with create_app(settings, is_serving=False).app_context():
        storage.migrate()
        store(sites)
        asked = questions(sites, query_count)
        full = check(sites, asked)
        result = {"checked": len(asked), "answers_with_20": full, **measure(asked)}
        storage.engine().dispose()
    return result | {"is_within_mark": result["p99_ms"] <= MARK_MS}


def main() -> None:
    """Run on both engines and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    sites = made_up_sites(wanted.sites)
    engines: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        engines["sqlite"] = run(f"sqlite:///{path / 'nearby.sqlite'}", path, sites=sites, query_count=wanted.queries)
        with postgres_database() as url:
            engines["postgresql"] = run(url, path, sites=sites, query_count=wanted.queries) if url else None
    report = {
        "sites": wanted.sites,
        "queries": wanted.queries,
        "radius_m": RADIUS_M,
        "nearest": NEAREST,
        "mark_p99_ms": MARK_MS,
        "engines": engines,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
    }
    if wanted.json:
        print(json.dumps(report, indent=1))
        return
    for name, result in engines.items():
        told = "no server answered" if result is None else ", ".join(f"{key} {value}" for key, value in result.items())
        print(f"{name}: {told}")


if __name__ == "__main__":
    main()
