"""
All ways between the places of a day: 2,000 homes, 200 bases and sites, on networks of rising size.

    python benchmarks/travel_matrix.py [--places 2200] [--nodes 20000 300000] [--network FILE.osm.pbf] [--json]

`travel_lengths` measures all pairs; scipy's `dijkstra` (on the same streets with the places put in as nodes) and
`streets.matrix` search from a sample of the places in turn with it, in the same process, and what they would take for
all is extrapolated from the sample: said as `..._for_all_s`. Lengths are compared before any time is taken. Seconds
are given by the clock and of processor, since other work on the machine stretches the former.
Mark: a matrix for 2,000 places in seconds (at most 10 s on two cores at 300,000 nodes).
"""

# ruff: noqa: E402 - imports follow the line that makes them possible

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import metadata
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

# A file beside this one is named like a package that numba looks for, so its folder must not be searched.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch import streets

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.streets import Network, Snaps

SEED, MARK_S, NEW = 20261130, 10.0, 20
AT = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_DM = streets.TRAVEL_LIMIT_DM


def main() -> None:
    """Run on each network and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=2_200)
    parser.add_argument("--nodes", type=int, nargs="*", default=[20_000, 300_000], help="of made-up networks, about")
    parser.add_argument("--network", type=Path, nargs="*", default=[], help="OpenStreetMap extracts")
    parser.add_argument("--sample", type=int, default=20, help="places that the others search from")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    streets.warm_kernels()
    rows = []
    for nodes in wanted.nodes:
        network = streets.synthetic_network(round(nodes**0.5), seed=1, imported_at=AT)
        rows.append(measure(network, places=wanted.places, sample=wanted.sample, rounds=wanted.rounds))
    for path in wanted.network:
        network, _ = streets.read_osm(path, name=path.name.split(".")[0], imported_at=AT)
        rows.append(measure(network, places=wanted.places, sample=wanted.sample, rounds=wanted.rounds))
    report = {
        "limit_dm": LIMIT_DM,
        "mark_s": MARK_S,
        "networks": rows,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()[0]},
        "versions": {"python": platform.python_version()}
        | {name: metadata.version(name) for name in ("numpy", "scipy", "numba")},
    }
    if wanted.json:
        print(json.dumps(report, indent=1))
        return
    for row in rows:
        print(", ".join(f"{name} {value}" for name, value in row.items()))


def measure(network: Network, *, places: int, sample: int, rounds: int) -> dict[str, Any]:
    """Compare, then time all in turn."""
    points = made_up_places(network, count=places)
    snaps = streets.snap_points(network, points_xy=points)
    chosen = np.random.default_rng(SEED).choice(np.flatnonzero(snaps.is_located), sample, replace=False)
    graph = with_places(network, snaps)

    def ours() -> streets.TravelLengths:
        return streets.travel_lengths(network, points_xy=points)

    def by_scipy() -> np.ndarray:
        return np.concatenate(
            [
                dijkstra(graph, indices=[network.node_count + one], limit=LIMIT_DM)[:, network.node_count :]
                for one in chosen
            ]
        )

    def by_searches() -> np.ndarray:
        return streets.matrix(network, origins=snaps.take(chosen), destinations=snaps, limit_dm=LIMIT_DM)

    found = ours()
    compare(found, chosen=chosen, other=by_scipy(), name="scipy")
    compare(found, chosen=chosen, other=by_searches(), name="streets.matrix")
    took: dict[str, list[tuple[float, float]]] = {"ours": [], "scipy": [], "searches": []}
    works: dict[str, Callable[[], object]] = {"ours": ours, "scipy": by_scipy, "searches": by_searches}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(timed(work))
    clock, processor = ({name: statistics.median(pair[k] for pair in took[name]) for name in took} for k in (0, 1))
    whole = places / sample
    return {
        "network": network.manifest.name,
        "nodes": network.node_count,
        "places": places,
        "spots": found.spots,
        "pairs_compared": sample * places * 2,
        "ours_s": round(clock["ours"], 2),
        "ours_processor_s": round(processor["ours"], 2),
        "sample": sample,
        "scipy_for_all_s": round(processor["scipy"] * whole, 1),
        "searches_for_all_s": round(processor["searches"] * whole, 1),
        "ratio_scipy_processor": round(processor["scipy"] * whole / processor["ours"], 1),
        "ratio_searches_processor": round(processor["searches"] * whole / processor["ours"], 1),
        "ratio_scipy_clock": round(clock["scipy"] * whole / clock["ours"], 1),
        **kept(network, points),
        "is_within_mark": clock["ours"] <= MARK_S,
    }


def made_up_places(network: Network, *, count: int) -> np.ndarray:
    """Put places some 15 m beside random nodes of the mainland."""
    chance = np.random.default_rng(SEED)
    nodes = chance.choice(np.flatnonzero(network.is_mainland), count)
    points: np.ndarray = network.xy[nodes] + chance.normal(0.0, 15.0, (count, 2))
    return points


def with_places(network: Network, snaps: Snaps) -> csr_array:
    """Put each place beside the streets as a node of its own, joined to both ends of its edge and to its neighbors."""
    first = network.node_count
    located = np.flatnonzero(snaps.is_located)
    snap_dm, number = snaps.snap_dm[located], first + located
    by_edge: dict[int, list[int]] = {}
    for one in located.tolist():
        by_edge.setdefault(int(snaps.edge[one]), []).append(one)
    pairs = np.array([pair for some in by_edge.values() for pair in combinations(some, 2)], int).reshape(-1, 2)
    a, b = pairs[:, 0], pairs[:, 1]
    apart_dm = np.abs(snaps.to_a_dm[a] - snaps.to_a_dm[b]) + snaps.snap_dm[a] + snaps.snap_dm[b]
    start = np.concatenate((network.edge_a, number, number, first + a))
    end = np.concatenate((network.edge_b, snaps.a[located], snaps.b[located], first + b))
    length = np.concatenate(
        (network.edge_length_dm, snaps.to_a_dm[located] + snap_dm, snaps.to_b_dm[located] + snap_dm, apart_dm)
    ).astype(float)
    # scipy takes a length of zero for no edge; this little never adds up to a decimetre
    length = np.maximum(length, 1e-6)
    size = first + len(snaps)
    # of edges given twice the sum would be taken
    both = np.column_stack((np.concatenate((start, end)), np.concatenate((end, start))))
    length = np.concatenate((length, length))
    order = np.lexsort((length, both[:, 1], both[:, 0]))
    both, length = both[order], length[order]
    is_first = np.concatenate(([True], (both[1:] != both[:-1]).any(axis=1)))
    return csr_array((length[is_first], (both[is_first, 0], both[is_first, 1])), shape=(size, size))


def compare(found: streets.TravelLengths, *, chosen: np.ndarray, other: np.ndarray, name: str) -> None:
    """Leave with the first difference."""
    other = np.where((other < 0) | (other > LIMIT_DM), streets.UNREACHED, np.minimum(np.rint(other), LIMIT_DM))
    mine = found.length_dm[chosen]
    # to itself a place is at no distance here, and twice its way to the street there
    is_other = found.place[chosen][:, None] != found.place
    if not np.array_equal(mine[is_other], other[is_other]):
        where = np.argwhere((mine != other) & is_other)
        raise SystemExit(
            f"{name} differs at {len(where)} pairs, first {where[0]}: {mine[*where[0]]}, {other[*where[0]]}"
        )


def kept(network: Network, points: np.ndarray) -> dict[str, float]:
    """Time a day that is kept already, and one with a few new places."""
    with tempfile.TemporaryDirectory() as folder:
        cache = streets.TravelCache(Path(folder) / "travel", key=b"of the benchmark alone")
        streets.travel_lengths(network, points_xy=points[NEW:], cache=cache)
        new_s, _ = timed(lambda: streets.travel_lengths(network, points_xy=points, cache=cache))
        again_s, _ = timed(lambda: streets.travel_lengths(network, points_xy=points, cache=cache))
    return {"with_20_new_places_s": round(new_s, 2), "kept_s": round(again_s, 2)}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give seconds by the clock and of processor."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used


if __name__ == "__main__":
    main()
