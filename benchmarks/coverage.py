"""
The engine of streets against its peers: coverage, catchments, repairs, outlines, imports, best sites.

python benchmarks/coverage.py [--network FILE.osm.pbf | --synthetic NODES] [--data FOLDER] [--sites K] [--repeat N]
                              [--only ROW ...] [--peers] [--json]

Everything runs in one process and takes turns, so that a busy machine slows all of it; results are compared before any
time is printed, and where they differ the benchmark fails. `--data` names a folder of extracts for the import;
`--peers` asks further libraries, which `make bench-peers` installs. A peer that is missing is named as missing.
"""

# ruff: noqa: E402 - imports follow the line that makes them possible

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# This file is named like a package that numba looks for, so its folder must not be searched; its root must.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.engine import imports, isochrones, memory, outlines, peers, searches
from dispatch import streets

TARGETS = {
    "city_coverage_vs_scipy": (">=", 5),
    "city_coverage_vs_edge_pass": ("<=", 3),
    "catchments_vs_scipy": (">=", 100),
    "repair_vs_full": (">=", 1_000),
    "city_polygon_vs_union": (">=", 50),
    "import_vs_pyrosm": (">=", 15),
}
"""Meant for 1 M nodes and 2,000 sites; the union for a city of many circles, the import for each extract."""

ROWS = ("city_coverage", "catchments", "repair", "one_circle", "city_polygon", "best_sites", "valhalla", "import")
EXISTING_SITES = 500
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "networks"
VERSIONS = ("numpy", "scipy", "numba", "shapely", "osmium")


def main() -> None:
    """Run and print."""
    options = _options()
    if options.memory:
        print(json.dumps(memory.measure(nodes=options.synthetic), indent=1))
        return
    at = datetime.now(UTC)
    if options.network:
        network, _ = streets.read_osm(options.network, name=options.network.name, imported_at=at)
    else:
        network = streets.synthetic_network(round(options.synthetic**0.5), seed=1, imported_at=at)
    result = {
        "network": network.manifest.source_name,
        "nodes": network.node_count,
        "directed_edges": len(network.indices),
        "sites": options.sites,
        "limit_dm": searches.LIMIT_DM,
        "repeat": options.repeat,
        **_run(network, options=options),
        "machine": {"processor": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()},
        "versions": {"python": platform.python_version()} | {one: importlib.metadata.version(one) for one in VERSIONS},
    }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _print(result)


def _run(network: streets.Network, *, options: argparse.Namespace) -> dict[str, Any]:
    streets.warm_kernels()
    town = searches.Town.of(network, sites=options.sites)
    # Some libraries write to the terminal past Python: what they say goes where errors go.
    told, spoken = os.dup(1), os.dup2(2, 1)
    try:
        return _rows(town, options=options)
    finally:
        os.dup2(told, spoken)
        os.close(told)


def _rows(town: searches.Town, *, options: argparse.Namespace) -> dict[str, Any]:
    extracts = sorted(options.data.glob("*.osm.pbf")) if options.data else []
    if options.network:
        extracts = extracts or [options.network]
    run = {
        "city_coverage": lambda: searches.city_coverage(town, repeat=options.repeat),
        "catchments": lambda: searches.catchments(town, repeat=options.repeat),
        "repair": lambda: searches.repair(town),
        "one_circle": lambda: outlines.one_circle(town, repeat=options.repeat),
        "city_polygon": lambda: outlines.city_polygon(town, repeat=options.repeat),
        "best_sites": lambda: searches.best_sites(town, sites=min(EXISTING_SITES, options.sites)),
        "valhalla": lambda: isochrones.by_valhalla(extracts, repeat=options.repeat),
        "import": lambda: imports.imports(extracts, repeat=options.repeat),
    }
    rows = {name: run[name]() for name in ROWS if name in options.only}
    if options.peers:
        rows["further_peers"] = peers.further_peers(town)
    ratios: dict[str, float | None] = {}
    for row in rows.values():
        ratios |= row.pop("ratios", {})
    return {
        "ratios": ratios,
        "targets": {name: _target(name, reached=value) for name, value in ratios.items()},
        "rows": rows,
    }


def _target(name: str, *, reached: float | None) -> dict[str, Any]:
    sign, wanted = TARGETS[name]
    is_met = None if reached is None else (reached >= wanted if sign == ">=" else reached <= wanted)
    return {"target": f"{sign} {wanted}", "is_met": is_met}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--network", type=Path, help="an OpenStreetMap extract")
    source.add_argument("--synthetic", type=int, default=1_000_000, help="about so many nodes (default 1,000,000)")
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA if DATA.is_dir() else None,
        help="a folder of extracts for the import; by default ../shared/data/networks where that is there",
    )
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=9, help="turns that each takes; the median is printed")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS, help="some rows only")
    parser.add_argument("--peers", action="store_true", help="ask networkx, igraph, rustworkx and pandana too")
    parser.add_argument("--memory", action="store_true", help="instead: the memory of a process that answers")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _print(result: dict[str, Any]) -> None:
    print(f"{result['network']}: {result['nodes']:,} nodes, {result['directed_edges']:,} directed edges")
    print(f"{result['sites']:,} sites, {result['limit_dm'] / 10:,.0f} m; results were compared and agree")
    for name, value in result["ratios"].items():
        target = result["targets"][name]
        said = {True: "met", False: "missed", None: "not measured"}[target["is_met"]]
        print(f"  {name:<28}{value if value is not None else '-':>10}  {target['target']:<8} {said}")
    for name, row in result["rows"].items():
        print(f"{name}:")
        for key, value in row.items():
            if key == "ms":
                for run, times in value.items():
                    print(f"  {run:<26}{times['median']:>12,.3f} ms ({times['least']:,.3f} to {times['most']:,.3f})")
            else:
                print(f"  {key}: {value}")


if __name__ == "__main__":
    main()
