"""
Real cities whole: import Porto and Liechtenstein and compute coverage from sites spread over them.

The extracts are not part of the repository; `--data` names their folder. One process, so the peak of memory is
that of all runs. Homes and sites are random nodes of the main network, the same each time.
"""

# ruff: noqa: E402 - the imports come after the path is set right
from __future__ import annotations

import sys
from pathlib import Path

# this folder holds names (coverage, http) that would shadow packages
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import argparse
import json
import platform
import resource
import tempfile
import time
from datetime import UTC, datetime

import numpy as np

from dispatch import coverage, streets

CITIES = ("porto-2015", "liechtenstein-2015")
HOMES = 5_000
QUESTION = coverage.Question(900, 1.0)


def measure(extract: Path, *, sites: list[int], folder: Path) -> list[dict[str, object]]:
    """Import one extract and cover it from each number of sites."""
    began = time.perf_counter()
    streets.import_osm(extract, folder=folder, name=folder.name, imported_at=datetime(2026, 1, 1, tzinfo=UTC))
    network = streets.open_network(folder)
    import_s = time.perf_counter() - began
    chance = np.random.default_rng(5)

    def spread(name: str, count: int, weight: float) -> coverage.CityPoints:
        nodes = chance.choice(np.flatnonzero(network.is_mainland), count, replace=False)
        lonlat = network.projection.to_ll(network.xy[nodes])
        return coverage.CityPoints(name, lonlat, np.full(count, weight), ("",) * count)

    homes = spread("homes", HOMES, 10.0)
    rows: list[dict[str, object]] = []
    for count in sites:
        chosen = spread("sites", count, 1.0)
        began = time.perf_counter()
        found = coverage.compute_city(network, demand=homes, sites=chosen, question=QUESTION)
        rows.append(
            {
                "city": folder.name,
                "nodes": network.node_count,
                "sites": count,
                "import_s": round(import_s, 2),
                "coverage_s": round(time.perf_counter() - began, 2),
                "covered_share": found.at_limit.covered_share,
                "circles": len(found.circles),
            }
        )
    return rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder of NAME.osm.pbf")
    options.add_argument("--sites", type=int, nargs="+", default=[100, 2_000])
    options.add_argument("--json", action="store_true")
    wanted = options.parse_args()
    began = time.perf_counter()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for city in CITIES:
            rows += measure(wanted.data / f"{city}.osm.pbf", sites=wanted.sites, folder=Path(folder) / city)
    told = {
        "rows": rows,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_s": round(time.process_time(), 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": platform.platform(),
        "python": platform.python_version(),
    }
    if wanted.json:
        print(json.dumps(told))
        return
    for row in rows:
        print(
            f"{row['city']:<20}{row['sites']:>6} sites  import {row['import_s']:>5} s  "
            f"coverage {row['coverage_s']:>6} s  covered {row['covered_share']:.1%}"
        )
    print(f"together {told['seconds']} s, {told['cpu_s']} s of processors, peak {told['peak_mb']} MB")


if __name__ == "__main__":
    main()
