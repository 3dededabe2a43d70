"""`make fuzz`: made-up calls of every operation as everybody it is open to, on a scratch database."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.progress import Progress

from dispatch import clock, storage, streets
from dispatch.app import create_app
from tests.conftest import make_settings
from tests.factories.intake import NOW
from tests.fuzz.fuzzing import fuzz_all
from tests.walk.walking import opened
from tests.worlds.tiny_day import NETWORK


def main() -> None:
    """Send them, and end with status 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun_s, screen = time.monotonic(), Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="dispatch-fuzz-") as name, Progress(console=screen) as progress:
        folder = Path(name)
        settings = make_settings(f"sqlite:///{folder / 'fuzz.sqlite'}", folder)
        app = create_app(settings, is_serving=False)
        streets.save_network(NETWORK, folder=settings.networks_dir / settings.network)
        bar = progress.add_task("fuzz", total=options.cases)
        with mock.patch.object(clock, "utc_now", return_value=NOW), app.app_context():
            storage.migrate()
            with opened(app) as walker:
                found = fuzz_all(
                    walker,
                    cases=options.cases,
                    seed=options.seed,
                    told=lambda done, label: progress.update(bar, completed=done, description=label[:50]),
                )
            storage.engine().dispose()
    for fault, call in sorted(found.faults.items()):
        sys.stdout.write(f"## {fault}\n{call}\n\n")
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(found.statuses.items()))
    took = f"{found.cases:,} cases in {time.monotonic() - begun_s:.0f} s"
    sys.stdout.write(f"{took}, {len(found.faults)} faults; {statuses}\n")
    sys.exit(bool(found.faults))


if __name__ == "__main__":
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[2] / "var" / "numba"))
    main()
