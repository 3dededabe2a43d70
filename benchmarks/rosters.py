"""
How long 200,000 rows of a roster take to import, and how much memory.

    benchmarks/rosters.py [--rows 200000] [--shuffled] [--json]

Each import runs in a process of its own, whose peak memory is the operating system's word (getrusage); SQLite in a
folder of its own, PostgreSQL in a database of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from dispatch import carers, directory, storage
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.config import read_settings

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
BENCH = "dispatch_bench_rosters"
ROWS, DAYS = 200_000, 200
AWAY_SHARE = 0.1
FIRST = date(2026, 1, 5)
AT = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = ("08:00-12:00", "13:00-17:00", "22:00-06:00")
HEADER = ["工号", "类型", "日期", "时段", "休息(分钟)"]


def main() -> None:
    """Measure both engines, or import once where the process was started for that."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--shuffled", action="store_true", help="rows in no order, which is the hardest")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(import_once(given.child)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        write_roster(path, rows=given.rows, is_shuffled=given.shuffled)
        runs = {"SQLite": measure(f"sqlite:///{folder}/roster.sqlite", path, folder)}
        on_server(f'drop database if exists "{BENCH}"', f'create database "{BENCH}"')
        url = sa.make_url(SERVER).set(database=BENCH).render_as_string(hide_password=False)
        try:
            runs["PostgreSQL"] = measure(url, path, folder)
        finally:
            on_server(f'drop database "{BENCH}" with (force)')
    if given.as_json:
        print(json.dumps({"rows": given.rows, "is_shuffled": given.shuffled, "runs": runs}, indent=1))
        return
    print(f"{'':<20}{'s':>8}{'peak MiB':>10}{'created':>10}{'unchanged':>10}{'refused':>9}")
    for engine, pair in runs.items():
        for name, run in zip(("first", "again"), pair, strict=True):
            print(
                f"{engine + ', ' + name:<20}{run['seconds']:>8.1f}{run['peak_mib']:>10.0f}"
                f"{run['created']:>10,}{run['unchanged']:>10,}{run['refused']:>9,}"
            )


def measure(url: str, path: Path, folder: str) -> list[dict[str, float]]:
    """Import the file twice into a new database."""
    os.environ |= {"DISPATCH_DATABASE_URL": url, "DISPATCH_VAR_DIR": folder}
    with path.open(encoding="utf-8-sig") as file:
        prepare(len({line.partition(",")[0] for line in file}) - 1)
    command = [sys.executable, __file__, "--child", str(path)]
    ended = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2)]  # noqa: S603
    return [json.loads(each.stdout.splitlines()[-1]) for each in ended]


def write_roster(path: Path, *, rows: int, is_shuffled: bool) -> None:
    """Write hours of single dates: for each carer one shift a day, among them nights, and days off."""
    chance = random.Random(7)  # noqa: S311 - figures, no secrets
    lines = []
    for number in range(rows):
        carer, day = divmod(number, DAYS)
        on = FIRST + timedelta(days=day)
        if chance.random() < AWAY_SHARE:
            lines.append([f"C{carer:05}", chance.choice(["休息", "病假"]), on.isoformat(), "", ""])
        else:
            lines.append([f"C{carer:05}", "班次", on.isoformat(), HOURS[carer % len(HOURS)], "30"])
    if is_shuffled:
        chance.shuffle(lines)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(lines)


def prepare(count: int) -> None:
    """Make a database with so many carers."""
    with create_app(read_settings(needs_secret=False), is_serving=False).app_context():
        storage.migrate()
        house = storage.new_id()
        with storage.transaction():
            directory.put_known_codes(actor=SYSTEM, at=AT)
            directory.put_organizations(
                [
                    directory.OrganizationRecord(
                        source="bench",
                        source_ref="1",
                        name="测试机构",
                        description="测试",
                        operator_kind="company",
                        id=house,
                    )
                ],
                actor=SYSTEM,
                at=AT,
            )
            carers.register_carers(
                [
                    carers.CarerRecord(
                        organization_id=house,
                        kind="care_worker",
                        name=f"人员{number}",
                        sex="female",
                        travel_mode="walk",
                        source="bench",
                        source_ref=f"C{number:05}",
                    )
                    for number in range(count)
                ],
                actor=SYSTEM,
                at=AT,
            )
        storage.engine().dispose()


def import_once(path: Path) -> dict[str, float]:
    """Import the file in this process; seconds and peak memory come back with the report's counts."""
    with create_app(read_settings(needs_secret=False), is_serving=False).app_context():
        begin = time.perf_counter()
        report = carers.import_rosters(path, unit=storage.transaction, actor=SYSTEM, at=AT, on=AT.date())
        seconds = time.perf_counter() - begin
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = {name: getattr(report, name) for name in ("rows", "created", "changed", "unchanged", "refused")}
    return {"seconds": round(seconds, 2), "peak_mib": round(peak_kib / 1024, 1)} | counts


def on_server(*statements: str) -> None:
    """Run statements on the server itself."""
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


if __name__ == "__main__":
    main()
