"""
Kill workers with -9 at random while they work, and count what became of jobs and deadlines.

A scratch database is seeded, two workers run, coverage runs of areas of all sizes are asked for without end, and
deadlines (files that were sent in expire) fall due all the while. Every few moments one of the workers, chosen by
dice, is killed. Most come back under their name; every fifth never does, and another takes its place. At the end every
job must have ended once with one effect, and every deadline must have fired once. Status 1 where one did not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, coverage, dates, storage, streets
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.cli.db import upgrade_database
from dispatch.cli.seeding import generate_seed, load_seed
from dispatch.config import read_settings
from dispatch.coverage.models import CoverageRun
from dispatch.journal.models import JournalEntry
from dispatch.storage.deadlines import Deadline
from dispatch.storage.job_rows import Job

if TYPE_CHECKING:
    from flask import Flask

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
SCRATCH = "dispatch_bench_kill"
DISTRICT, NETWORK = "120198", "seed"
OPEN_JOBS = 8  # waiting or running, all the while
NEVER_RETURNS = 5  # each so many-th kill
END_LIMIT_S = 300
ENDS = ("job.succeeded", "job.failed", "job.canceled")


def main() -> None:
    """Kill and count, on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--deadlines", type=int, default=300)
    parser.add_argument("--longest-s", type=float, default=5.0, help="between two kills")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    given = parser.parse_args()
    names = ["sqlite", "postgresql"] if given.engine == "both" else [given.engine]
    faults = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="dispatch-kill-") as folder:
            found = Killing(name, Path(folder), given).run()
        print(json.dumps({"engine": name, **found}, indent=1))
        faults += sum(found["faults"].values())
    sys.exit(1 if faults else 0)


class Killing:
    """One run on one engine."""

    def __init__(self, engine: str, folder: Path, given: argparse.Namespace) -> None:
        self.given, self.dice = given, random.Random(given.seed)  # noqa: S311 - the same kills each time
        url = f"sqlite:///{folder / 'kill.sqlite'}"
        if engine == "postgresql":
            _on_server(f"drop database if exists {SCRATCH} with (force)", f"create database {SCRATCH}")
            url = sa.make_url(SERVER).set(database=SCRATCH).render_as_string()
        self.environment = os.environ | {
            "DISPATCH_SECRET_KEY": "x" * 40,
            "DISPATCH_FIELD_KEYS": f"1:{storage.make_key()}",
            "DISPATCH_INDEX_KEY": storage.make_key(),
            "DISPATCH_DATABASE_URL": url,
            "DISPATCH_VAR_DIR": str(folder),
            "DISPATCH_NETWORK": NETWORK,
        }
        os.environ.update(self.environment)
        self.app: Flask = create_app(replace(read_settings(), var_dir=folder), is_serving=False)
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.named = 0
        self.folder = folder

    def run(self) -> dict[str, Any]:
        """Seed, kill, wait, count."""
        with self.app.app_context():
            self._prepare()
            codes = [area.code for area in areas.find_areas(prefixes=[DISTRICT])]
            self._set_deadlines()
            try:
                found = self._kill_and_count(codes)
            finally:
                for worker in self.workers.values():
                    worker.kill()
                    worker.wait()
                storage.engine().dispose()
        return found

    def _kill_and_count(self, codes: list[str]) -> dict[str, Any]:
        begin = time.monotonic()
        for _ in range(2):
            self._start_new()
        for number in range(1, self.given.kills + 1):
            self._keep_busy(codes)
            time.sleep(self.dice.uniform(0.2, self.given.longest_s))
            self._kill(returns=number % NEVER_RETURNS != 0)
        killed_s = time.monotonic() - begin
        is_over = self._wait()
        found = self._count() | {"killed_for_s": round(killed_s), "ended_after_s": round(time.monotonic() - begin)}
        found["faults"]["not_over_in_time"] = int(not is_over)
        return found

    def _prepare(self) -> None:
        upgrade_database()
        generate_seed(self.folder / "seed")
        load_seed(self.folder / "seed", now=datetime.now(UTC))
        streets.import_osm(
            self.folder / "seed" / "network.osm",
            folder=self.folder / "networks" / NETWORK,
            name=NETWORK,
            imported_at=datetime.now(UTC),
        )

    def _set_deadlines(self) -> None:
        span_s = self.given.kills * (0.2 + self.given.longest_s) / 2
        with storage.transaction():
            for _ in range(self.given.deadlines):
                due_at = datetime.now(UTC) + timedelta(seconds=self.dice.uniform(0, span_s))
                storage.begin_upload(actor=SYSTEM, at=due_at - timedelta(days=1))

    def _keep_busy(self, codes: list[str]) -> None:
        today = dates.service_date(datetime.now(UTC), self.app.config["DISPATCH_SETTINGS"].time_zone)
        with storage.reading() as session:
            open_jobs = session.scalar(sa.select(sa.func.count()).where(Job.finished_at.is_(None))) or 0
        for _ in range(OPEN_JOBS - open_jobs):
            wish = coverage.RunWish(area_code=self.dice.choice(codes), service_code="day_care", as_of=today)
            with storage.transaction():
                coverage.request_run(wish, key=str(storage.new_id()), actor=SYSTEM, at=datetime.now(UTC))

    def _start(self, name: str) -> None:
        self.workers[name] = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "dispatch", "worker", "--name", name],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _start_new(self) -> None:
        self.named += 1
        self._start(f"w{self.named}")

    def _kill(self, *, returns: bool) -> None:
        name = self.dice.choice(sorted(self.workers))
        worker = self.workers.pop(name)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        if returns:
            self._start(name)
        else:
            self._start_new()

    def _wait(self) -> bool:
        limit = time.monotonic() + END_LIMIT_S
        while time.monotonic() < limit:
            with storage.reading() as session:
                jobs = session.scalar(sa.select(sa.func.count()).where(Job.finished_at.is_(None)))
                due = session.scalar(sa.select(sa.func.count()).where(Deadline.fired_at.is_(None)))
            if not jobs and not due:
                return True
            time.sleep(0.5)
        return False

    def _count(self) -> dict[str, Any]:
        with storage.reading() as session:
            jobs = list(session.scalars(sa.select(Job)))
            runs = {str(one) for one in session.scalars(sa.select(CoverageRun.id))}
            deadlines = list(session.scalars(sa.select(Deadline)))
            told = Counter(
                (kind, subject)
                for kind, subject in session.execute(sa.select(JournalEntry.kind, JournalEntry.subject_id))
            )
            return self._tell(jobs, runs=runs, deadlines=deadlines, told=told)

    def _tell(
        self, jobs: list[Job], *, runs: set[str], deadlines: list[Deadline], told: Counter[tuple[str, str]]
    ) -> dict[str, Any]:
        results = [job.result["run_id"] for job in jobs if job.result]
        ended = [sum(told[kind, str(job.id)] for kind in ENDS) for job in jobs]
        fired = [told["upload.expired", one.key] for one in deadlines]
        late_s = sorted((one.fired_at - one.due_at).total_seconds() for one in deadlines if one.fired_at)
        return {
            "kills": self.given.kills,
            "jobs": len(jobs),
            "states": dict(Counter(job.status for job in jobs)),
            "jobs_begun_again": sum(job.begun > 1 for job in jobs),
            "beginnings": sum(job.begun for job in jobs),
            "deadlines": len(deadlines),
            "deadline_late_s": {"p50": late_s[len(late_s) // 2], "max": late_s[-1]} if late_s else None,
            "faults": {
                "jobs_ended_otherwise": sum(job.status != "succeeded" and not _is_empty(job) for job in jobs),
                "jobs_not_ended_once": sum(count != 1 for count in ended),
                "runs_without_a_job": len(runs - set(results)),
                "runs_named_twice_or_missing": len(results) - len(runs & set(results)),
                "deadlines_lost": sum(count == 0 for count in fired),
                "deadlines_fired_twice": sum(count > 1 for count in fired),
            },
        }


def _is_empty(job: Job) -> bool:
    """Say whether a job failed as it should: some areas of the dice have no elders."""
    return job.error is not None and job.error["code"] == "nobody-to-cover"


def _on_server(*statements: str) -> None:
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


if __name__ == "__main__":
    main()
