"""
Kill workers with -9 while offers fall due, and count what was lost or came twice.

A scratch database holds a small town with six canteens, each farther than the one before, and many elders who ask for a
meal. What becomes of each offer is written down beforehand by dice: declined, left to run out, or accepted at some
turn, or never. Batches of offers are answered, or made to run out at once, and while the workers (one on SQLite, two on
PostgreSQL) go through what is due, one of them is killed, and started again. At the end every request must have exactly
the offers that were written down, each made once and ended once, or be unmatched with one task. Status 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from dispatch import assignment, intake, storage, streets
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.assignment.models import Offer
from dispatch.cli.db import upgrade_database
from dispatch.config import read_settings
from dispatch.intake.models import CareRequest, SupervisorTask
from dispatch.jobs import run_worker
from dispatch.journal.models import JournalEntry
from dispatch.storage.deadlines import Deadline
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import submit, wish
from tests.worlds.tiny_day import AREA, HOME_XY, MEAL_WINDOW, NETWORK, make_tiny_day, point_ll

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from flask import Flask

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
CANTEENS = 6
NETWORK_NAME = "torture"
READY_LIMIT_S, END_LIMIT_S = 90, 300
ENDINGS = ("offer.accepted", "offer.declined", "offer.expired", "offer.withdrawn")
FINAL = ("scheduled", "unmatched")


def main() -> None:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--json", action="store_true", help="Print one line of JSON.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dispatch-offers-") as folder:
        found = Torture(given, folder=Path(folder)).run()
    print(json.dumps(found, indent=None if given.json else 1))
    sys.exit(1 if any(found["faults"].values()) else 0)


class Torture:
    """One run on one engine."""

    def __init__(self, given: argparse.Namespace, *, folder: Path) -> None:
        self.given, self.dice = given, random.Random(given.seed)  # noqa: S311 - the same script each time
        self.database = f"dispatch_offers_torture_{os.getpid()}"
        url = f"sqlite:///{folder / 'torture.sqlite'}"
        if given.engine == "postgresql":
            _on_server(f"create database {self.database}")
            url = sa.make_url(SERVER).set(database=self.database).render_as_string(hide_password=False)
        self.environment = os.environ | {
            "DISPATCH_SECRET_KEY": "x" * 40,
            "DISPATCH_FIELD_KEYS": f"1:{storage.make_key()}",
            "DISPATCH_INDEX_KEY": storage.make_key(),
            "DISPATCH_DATABASE_URL": url,
            "DISPATCH_VAR_DIR": str(folder),
            "DISPATCH_NETWORK": NETWORK_NAME,
            "DISPATCH_NOTIFIER": "off",
        }
        os.environ.update(self.environment)
        self.app: Flask = create_app(replace(read_settings(), var_dir=folder), is_serving=False)
        self.zone = self.app.config["DISPATCH_SETTINGS"].time_zone
        self.folder = folder
        self.workers: dict[str, int] = {}
        self.names = ["w1"] if given.engine == "sqlite" else ["w1", "w2"]
        self.script: dict[UUID, int] = {}  # request -> the turn at which it is accepted; more than there are: never
        self.order: list[UUID] = []

    def run(self) -> dict[str, Any]:
        """Put the town, kill, wait, count."""
        begin = time.monotonic()
        with self.app.app_context():
            try:
                self._prepare()
                for name in self.names:
                    self._start(name)
                for _ in range(self.given.kills):
                    self._answer(1 + self._steps() // self.given.kills)
                    self._kill_amid()
                killed_s = time.monotonic() - begin
                is_over = self._finish()
                found = self._count()
            finally:
                for number in self.workers.values():
                    _kill(number)
                storage.engine().dispose()
                if self.given.engine == "postgresql":
                    _on_server(f"drop database {self.database} with (force)")
        found["faults"]["not_over_in_time"] = int(not is_over)
        found["lost"] = found["faults"]["offers_missing"] + found["faults"]["deadlines_left"]
        found["twice"] = found["faults"]["offers_too_many"] + found["faults"]["told_more_than_once"]
        return found | {"killed_for_s": round(killed_s), "ended_after_s": round(time.monotonic() - begin)}

    def _prepare(self) -> None:
        upgrade_database()
        streets.save_network(NETWORK, folder=self.folder / "networks" / NETWORK_NAME)
        on = (datetime.now(self.zone) + timedelta(days=2)).date().isoformat()
        with storage.transaction():
            town = make_tiny_day()
            self.order = [town.provider(f"堂{number}", at=(1050 + 100 * number, 500)) for number in range(CANTEENS)]
            home = {"area": AREA, "point_ll": point_ll(*HOME_XY)}
            elder_ids = put_elders(*(elder_record(name=f"老{n}", **home) for n in range(self.given.requests)))
            for elder_id in elder_ids:
                asked = wish(elder_id, "meal_dine_in", window=MEAL_WINDOW, on=on)
                self.script[submit(asked, now=datetime.now(UTC)).id] = self.dice.randint(1, CANTEENS + 2)

    def _steps(self) -> int:
        return sum(min(turn, CANTEENS) for turn in self.script.values())

    def _start(self, name: str) -> None:
        storage.engine().dispose()  # a connection is one process's
        is_ready, tells = os.pipe()
        number = os.fork()  # what was imported once need not be imported for each kill
        if number == 0:
            self._work(name, tells=tells)
        os.close(tells)
        self.workers[name] = number
        if not os.read(is_ready, 100):
            raise RuntimeError(f"worker {name} did not start")
        os.close(is_ready)

    def _work(self, name: str, *, tells: int) -> None:
        """Be a worker; never comes back."""

        def say(mine: str) -> None:
            os.write(tells, mine.encode())

        try:
            os.setsid()
            made = create_app(replace(read_settings(), var_dir=self.folder), is_serving=False)
            run_worker(made, name=name, say=say)
        finally:
            os._exit(1)

    def _answer(self, most: int | None = None) -> None:
        """Do with some of the open offers what is written down."""
        with storage.reading() as session:
            query = sa.select(Offer.id, Offer.care_request_id, Offer.turn_no)
            found = list(session.execute(query.where(_is_open(), Offer.expires_at > datetime.now(UTC))))
        self.dice.shuffle(found)
        for offer_id, request_id, turn_no in found[:most]:
            now = datetime.now(UTC)
            with storage.transaction():
                if turn_no == self.script[request_id]:
                    assignment.accept_offer(offer_id, actor=SYSTEM, network=NETWORK, received_at=now, zone=self.zone)
                elif self.dice.random() < 0.5:  # noqa: PLR2004 - one half
                    reason = assignment.DeclineReason.NO_STAFF
                    assignment.decline_offer(offer_id, reason=reason, actor=SYSTEM, received_at=now)
                else:
                    _let_time_pass(offer_id, request_id=request_id, now=now)

    def _kill_amid(self) -> None:
        """Kill a worker soon after the first of what is due was done; then start it again."""
        limit = time.monotonic() + READY_LIMIT_S
        before = self._due()
        while before and self._due() >= before and time.monotonic() < limit:
            time.sleep(0.02)
        time.sleep(self.dice.uniform(0, 0.2))
        name = self.dice.choice(self.names)
        _kill(self.workers.pop(name))
        self._start(name)

    def _due(self) -> int:
        with storage.reading() as session:
            query = sa.select(sa.func.count()).where(*_is_due(), Deadline.due_at <= datetime.now(UTC))
            return session.scalar(query) or 0

    def _finish(self) -> bool:
        limit = time.monotonic() + END_LIMIT_S
        while time.monotonic() < limit:
            self._answer()
            with storage.reading() as session:
                left = session.scalar(sa.select(sa.func.count()).where(CareRequest.status.not_in(FINAL)))
            if not left and not self._due():
                return True
            time.sleep(0.1)
        return False

    def _count(self) -> dict[str, Any]:
        with storage.reading() as session:
            rows = list(session.execute(sa.select(Offer.care_request_id, Offer.turn_no, Offer.service_at_site_id)))
            status = dict(session.execute(sa.select(CareRequest.id, CareRequest.status)).all())
            entries = list(session.execute(sa.select(JournalEntry.kind, JournalEntry.subject_id)))
            tasks = Counter(session.scalars(sa.select(SupervisorTask.care_request_id)))
            offers = {str(each) for each in session.scalars(sa.select(Offer.id))}
        wanted = {
            (request_id, turn, self.order[turn - 1])
            for request_id, last in self.script.items()
            for turn in range(1, min(last, CANTEENS) + 1)
        }
        unmatched = {request_id for request_id, last in self.script.items() if last > CANTEENS}
        ended = Counter(subject for kind, subject in entries if kind in ENDINGS)
        given_up = Counter(subject for kind, subject in entries if kind == "care_request.unmatched")
        made = Counter(kind for kind, _ in entries)["offer.made"]
        return {
            "engine": self.given.engine,
            "kills": self.given.kills,
            "workers": len(self.names),
            "requests": len(self.script),
            "offers": len(rows),
            "faults": {
                "offers_missing": len(wanted - {tuple(row) for row in rows}),
                "offers_too_many": len(rows) - len(wanted & {tuple(row) for row in rows}),
                "told_more_than_once": sum(count - 1 for count in (*ended.values(), *given_up.values())),
                "offers_not_ended_once": len(offers - ended.keys()) + abs(made - len(offers)),
                "requests_elsewhere": sum(
                    (found == "unmatched") != (request_id in unmatched) for request_id, found in status.items()
                ),
                "tasks_otherwise": sum(tasks[request_id] != 1 for request_id in unmatched)
                + sum(request_id not in unmatched for request_id in tasks),
                "deadlines_left": self._due(),
            },
        }


def _kill(number: int) -> None:
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)


def _let_time_pass(offer_id: UUID, *, request_id: UUID, now: datetime) -> None:
    """Let an offer run out now, as if its minutes had passed."""
    intake.get_request(request_id, actor=SYSTEM, is_locked=True)
    past = {"made_at": now - timedelta(minutes=3), "expires_at": now}
    storage.session().execute(sa.update(Offer).where(Offer.id == offer_id, _is_open()).values(**past))
    storage.set_deadline(assignment.EXPIRY, key=str(offer_id), due_at=now, at=now)


def _is_open() -> sa.ColumnElement[bool]:
    return Offer.status == assignment.OfferStatus.OPEN


def _is_due() -> Iterable[sa.ColumnElement[bool]]:
    kinds = (intake.OFFERING, assignment.EXPIRY)
    return Deadline.kind.in_(kinds), Deadline.fired_at.is_(None), Deadline.withdrawn_at.is_(None)


def _on_server(statement: str) -> None:
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


if __name__ == "__main__":
    main()
