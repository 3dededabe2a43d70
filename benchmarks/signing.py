"""
How long it takes to sign the plan of a day of 2,000 visits and 200 carers, and how many statements that are.

    python benchmarks/signing.py [--visits 2000] [--carers 200] [--engine sqlite,postgresql] [--json]

A made-up day is stored in a database of its own, planned and proposed (`benchmarks/board_days.py`), and signed: all of
that is one transaction that writes, and on SQLite nobody else writes meanwhile. Seconds by the clock, of this process's
processor, and statements sent; the commit and the chain of the journal are within. PostgreSQL is asked at
DISPATCH_TEST_POSTGRES_URL; where none answers, that is said.
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
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks import board_days
from benchmarks.nearby import postgres_database
from benchmarks.scenarios import AT, NETWORK
from dispatch import areas, assignment, directory, storage, streets
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.config import read_settings


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=2_000)
    parser.add_argument("--carers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4.0, help="of processor, to plan the day")
    parser.add_argument("--side", type=int, default=150, help="of the network, in nodes")
    parser.add_argument("--engine", default="sqlite,postgresql")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    network = streets.synthetic_network(options.side, seed=board_days.SEED, imported_at=AT)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dispatch-signing-") as folder:
        streets.save_network(network, folder=Path(folder) / "networks" / NETWORK)
        if "sqlite" in options.engine:
            found["sqlite"] = _run(f"sqlite:///{folder}/signing.sqlite", folder, network=network, options=options)
        if "postgresql" in options.engine:
            with postgres_database() as url:
                found["postgresql"] = _run(url, folder, network=network, options=options) if url else None
    if options.json:
        print(json.dumps({"load": round(os.getloadavg()[0], 1), "cores": os.cpu_count(), "engines": found}, indent=1))
        return
    for engine, one in found.items():
        print(f"{engine}: " + (", ".join(f"{name} {value}" for name, value in one.items()) if one else "no server"))


def _run(url: str, folder: str, *, network: streets.Network, options: argparse.Namespace) -> dict[str, Any]:
    os.environ |= {
        "DISPATCH_DATABASE_URL": url,
        "DISPATCH_VAR_DIR": folder,
        "DISPATCH_NETWORK": NETWORK,
        "DISPATCH_SECRET_KEY": secrets.token_hex(32),
        "DISPATCH_FIELD_KEYS": "1:" + "A" * 43,
        "DISPATCH_INDEX_KEY": "B" * 42 + "A",
        "DISPATCH_LOG_LEVEL": "warning",
    }
    settings, now = read_settings(), datetime.now(UTC)
    app = create_app(settings, is_serving=False)
    with app.app_context():
        storage.migrate()
        with storage.transaction():
            directory.put_known_codes(actor=SYSTEM, at=now)
            areas.put_known_areas(actor=SYSTEM, at=now)
        size = {"visits": options.visits, "carers": options.carers, "seconds": options.seconds}
        plan_id = board_days.store_day(network, settings=settings, now=now, **size)
        sent: list[str] = []
        sa.event.listen(storage.engine(), "before_cursor_execute", lambda *told: sent.append(told[2]))
        began_s, processor_s = time.perf_counter(), time.process_time()
        with storage.transaction():
            card = assignment.accept_plan(plan_id, actor=SYSTEM, now=now, zone=board_days.ZONE)
        took_s, processor_s = time.perf_counter() - began_s, time.process_time() - processor_s
        storage.engine().dispose()
    figures = card.figures or {}
    return {
        "visits": figures.get("visits"),
        "placed": figures.get("placed"),
        "statements": len(sent),
        "s": round(took_s, 2),
        "processor_s": round(processor_s, 2),
    }


if __name__ == "__main__":
    main()
