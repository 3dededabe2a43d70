"""
City coverage against scipy: which nodes are within 15 minutes of any site, and of which.

python benchmarks/coverage.py [--network FILE.osm.pbf | --synthetic NODES] [--sites K] [--repeat N] [--json]

The two take turns, so that a busy machine slows both; their distances are compared before any time is printed.
"""

# ruff: noqa: E402 - imports follow the line that makes them possible

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

# This file is named like a package that numba looks for, so its folder must not be searched.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]

import numba
import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch import streets
from dispatch.streets import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 900
SEED = 7


def main() -> None:
    """Run and print."""
    options = _options()
    at = datetime.now(UTC)
    if options.network:
        network, _ = streets.read_osm(options.network, name=options.network.name, imported_at=at)
    else:
        network = streets.synthetic_network(round(options.synthetic**0.5), seed=1, imported_at=at)
    limit_dm = streets.length_limit_dm(limit_s=LIMIT_S, speed_mps=streets.WALK_SPEED_MPS)
    nodes = np.sort(np.random.default_rng(SEED).choice(network.node_count, options.sites, replace=False))
    sites = streets.snap_nodes(nodes)
    shape = (network.node_count, network.node_count)
    graph = csr_array((network.length_dm.astype(np.float64), network.indices, network.indptr), shape=shape)

    def ours() -> streets.Field:
        return streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)

    def peer() -> Any:  # noqa: ANN401 - scipy's answer
        return dijkstra(graph, indices=nodes, min_only=True, limit=float(limit_dm))

    field = ours()
    expected = peer()
    _compare(field, expected=expected)
    floor_out = np.empty(network.node_count, np.int64)

    def floor() -> None:
        kernels.pass_over_edges(network.indptr, network.indices, network.length_dm, field.length_dm, floor_out)

    times_ms = _take_turns({"ours": ours, "scipy": peer, "pass_over_edges": floor}, repeat=options.repeat)
    result = {
        "network": network.manifest.source_name,
        "nodes": network.node_count,
        "directed_edges": len(network.indices),
        "sites": options.sites,
        "limit_s": LIMIT_S,
        "speed_mps": streets.WALK_SPEED_MPS,
        "reached_nodes": int(field.is_reached.sum()),
        "identical_distances": True,
        "median_ms": {name: round(value, 3) for name, value in times_ms.items()},
        "ratios": {
            "city_coverage_vs_scipy": round(times_ms["scipy"] / times_ms["ours"], 2),
            "city_coverage_vs_pass_over_edges": round(times_ms["ours"] / times_ms["pass_over_edges"], 2),
        },
        "repeat": options.repeat,
        "machine": {"processor": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()},
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "numba": numba.__version__,
        },
    }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _print(result)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--network", type=Path, help="an OpenStreetMap extract")
    source.add_argument("--synthetic", type=int, default=1_000_000, help="about so many nodes (default 1,000,000)")
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=9, help="turns that each takes; the median is printed")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _compare(field: streets.Field, *, expected: Any) -> None:  # noqa: ANN401 - scipy's answer
    """Stop unless every node has the same distance in both answers."""
    is_reached = np.isfinite(expected)
    if not np.array_equal(is_reached, field.is_reached):
        sys.exit("The two do not reach the same nodes: no times are printed")
    if not np.array_equal(expected[is_reached].astype(np.int64), field.length_dm[is_reached].astype(np.int64)):
        sys.exit("The two do not give the same distances: no times are printed")


def _take_turns(runs: dict[str, Callable[[], Any]], *, repeat: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(repeat):
        for name, run in runs.items():
            begun = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def _print(result: dict[str, Any]) -> None:
    print(f"{result['network']}: {result['nodes']:,} nodes, {result['directed_edges']:,} directed edges")
    print(f"{result['sites']:,} sites, {result['limit_s']} s at {result['speed_mps']} m/s; distances are identical")
    for name, value in result["median_ms"].items():
        print(f"  {name:<18}{value:>10.1f} ms")
    for name, value in result["ratios"].items():
        print(f"  {name:<36}{value:>6.2f}")


if __name__ == "__main__":
    main()
