"""
Siting: the best over every node of a city with many picks, and a proof with HiGHS on candidates.

python benchmarks/siting.py [--network FILE.osm.pbf | --synthetic NODES] [--json] …

Results are compared before any time is printed: gains of all nodes against those of their catchments, the values of the
picks against a full count, the streamed choice against the listed one, the proof's value against its own bound.
"""

# ruff: noqa: E402 - imports follow the line that makes them possible

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

# A file beside this one is named like a package that numba looks for, so its folder must not be searched.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]

import numpy as np

from dispatch import streets
from dispatch.coverage.rules.siting.choosing import choose, choose_from
from dispatch.coverage.rules.siting.problem import make_problem, reduce, value_of
from dispatch.coverage.rules.siting.proving import make_model, prove
from dispatch.coverage.rules.siting.streaming import StreamedGains

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.coverage.rules.siting.choosing import Choice
    from dispatch.coverage.rules.siting.problem import Problem

LIMIT_S = 900
SEED = 7
NODES_COMPARED = 200
WEIGHT_MAX = 9
AIM_S = 10.0


def main() -> None:
    """Run and print."""
    options = _options()
    at = datetime.now(UTC)
    if options.network:
        network, _ = streets.read_osm(options.network, name=options.network.name, imported_at=at)
    else:
        network = streets.synthetic_network(round(options.synthetic**0.5), seed=1, imported_at=at)
    streets.warm_kernels()
    result: dict[str, Any] = {
        "network": network.manifest.source_name,
        "nodes": network.node_count,
        "limit_s": LIMIT_S,
        "all_nodes": _all_nodes(network, sites=options.sites, picks=options.picks),
        "candidates": _candidates(options),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": {"processor": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()},
        "versions": {"python": platform.python_version()}
        | {name: metadata.version(name) for name in ("numpy", "scipy", "numba", "highspy")},
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
    parser.add_argument("--sites", type=int, default=500, help="that there are (default 500)")
    parser.add_argument("--picks", type=int, default=120, help="over all nodes, after the first (default 120)")
    parser.add_argument("--candidates", type=int, default=500, help="of the proof (default 500)")
    parser.add_argument("--demand", type=int, default=5_000, help="points of the proof (default 5,000)")
    parser.add_argument("--town", type=int, default=40_000, help="nodes of the network that both lie on")
    parser.add_argument("--proof-picks", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60, help="the proof ends after so long")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begun


def _timed_cpu(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Give seconds, and those of processors: on a busy machine the former say little."""
    begun = time.process_time()
    found, whole_s = _timed(work)
    return found, whole_s, time.process_time() - begun


def _all_nodes(network: streets.Network, *, sites: int, picks: int) -> dict[str, Any]:
    """Every node is demand of one person and a candidate; some sites cover part of them already."""
    limit_dm = streets.length_limit_dm(limit_s=LIMIT_S, speed_mps=streets.WALK_SPEED_MPS)
    nodes = np.arange(network.node_count)
    there = np.sort(np.random.default_rng(SEED).choice(network.node_count, sites, replace=False))
    field = streets.nearest_sites(network, sites=streets.snap_nodes(there), limit_dm=limit_dm)
    uncovered = nodes[~field.is_reached]
    points = streets.snap_nodes(uncovered)
    weight = np.ones(len(uncovered), np.int64)

    def make_gains() -> StreamedGains:
        return StreamedGains(
            network,
            candidates=streets.snap_nodes(nodes),
            is_on_nodes=True,
            points=points,
            weight=weight,
            limit_dm=limit_dm,
        )

    gains, first_s, first_cpu_s = _timed_cpu(make_gains)
    _compare_gains(network, gains=gains, points=points, weight=weight, limit_dm=limit_dm)
    cost = np.ones(len(nodes), np.int64)
    choice, choice_s, choice_cpu_s = _timed_cpu(
        lambda: choose_from(lambda: gains, cost=cost, most=1 + picks, budget=None, whole=len(uncovered))
    )
    _compare_picks(network, choice=choice, there=there, limit_dm=limit_dm, covered=network.node_count - len(uncovered))
    return {
        "sites": sites,
        "uncovered": len(uncovered),
        "best_over_all_nodes_s": round(first_s, 2),
        "picks": len(choice.picks),
        "picks_s": round(choice_s, 2),
        "whole_s": round(first_s + choice_s, 2),
        "whole_cpu_s": round(first_cpu_s + choice_cpu_s, 2),
        "aim_s": AIM_S,
        "objective": choice.objective,
        "best_bound": choice.best_bound,
        "gap": round((choice.best_bound - choice.objective) / choice.objective, 4),
        "gains_equal_catchments": True,
        "picks_equal_full_count": True,
    }


def _compare_gains(
    network: streets.Network, *, gains: StreamedGains, points: streets.Snaps, weight: np.ndarray, limit_dm: int
) -> None:
    some = np.random.default_rng(SEED).choice(network.node_count, NODES_COMPARED, replace=False)
    sums = streets.sum_catchments(
        network, sites=streets.snap_nodes(some), points=points, weight=weight, limit_dm=limit_dm
    )
    if not np.array_equal(sums.astype(np.int64), gains.at_most[some]):
        sys.exit("Gains and catchments differ: no times are printed")


def _compare_picks(network: streets.Network, *, choice: Choice, there: np.ndarray, limit_dm: int, covered: int) -> None:
    sites = streets.snap_nodes(np.concatenate((there, np.array(choice.picks))))
    after = int(streets.nearest_sites(network, sites=sites, limit_dm=limit_dm).is_reached.sum())
    if after - covered != choice.objective:
        sys.exit("The picks do not cover what their gains say: no times are printed")


def _candidates(options: argparse.Namespace) -> dict[str, Any]:
    """Candidates and weighed demand points on the streets of one town, at random."""
    at = datetime.now(UTC)
    town = streets.synthetic_network(round(options.town**0.5), seed=2, imported_at=at)
    random = np.random.default_rng(SEED)
    low, high = town.xy.min(axis=0), town.xy.max(axis=0)
    places = streets.snap_points(town, points_xy=random.uniform(low, high, (options.candidates, 2)))
    homes = streets.snap_points(town, points_xy=random.uniform(low, high, (options.demand, 2)))
    weight = random.integers(1, WEIGHT_MAX + 1, options.demand).astype(np.int64)
    limit_dm = streets.length_limit_dm(limit_s=LIMIT_S, speed_mps=streets.WALK_SPEED_MPS)
    cost = np.ones(options.candidates, np.int64)

    def build() -> Problem:
        found = streets.catchments(town, sites=places, points=homes, limit_dm=limit_dm)
        return make_problem(
            indptr=found.indptr,
            points=found.rows,
            weight=weight,
            capacity=[None] * options.candidates,
            cost=cost,
            most=options.proof_picks,
            budget=None,
        ).problem

    problem, pairs_s = _timed(build)
    greedy, greedy_s = _timed(lambda: choose(problem))
    streamed = choose_from(
        lambda: StreamedGains(
            town, candidates=places, is_on_nodes=False, points=homes, weight=weight, limit_dm=limit_dm
        ),
        cost=cost,
        most=options.proof_picks,
        budget=None,
        whole=int(problem.weight.sum()),
    )
    if streamed != greedy:
        sys.exit("The streamed and the listed choice differ: no times are printed")
    (smaller, _), reduce_s = _timed(lambda: reduce(problem))
    _, model_s = _timed(lambda: make_model(smaller))
    (proved, proof), proof_s = _timed(lambda: prove(problem, greedy=greedy, seconds=options.seconds, searched_max=None))
    if value_of(problem, chosen=proved.picks) != proved.objective or proved.objective > proved.best_bound:
        sys.exit("The proof's value is not that of its picks: no times are printed")
    return {
        "candidates": options.candidates,
        "demand_points": options.demand,
        "pairs": int(problem.reach.nnz),
        "groups": len(problem.weight),
        "picks": options.proof_picks,
        "pairs_s": round(pairs_s, 3),
        "greedy_s": round(greedy_s, 3),
        "greedy_objective": greedy.objective,
        "greedy_bound": greedy.best_bound,
        "kept_candidates": proof.candidates,
        "kept_groups": proof.groups,
        "reduce_s": round(reduce_s, 3),
        "model_s": round(model_s, 3),
        "proof_s": round(proof_s, 2),
        "state": proof.state.value,
        "objective": proved.objective,
        "best_bound": proved.best_bound,
        "gap": round((proved.best_bound - proved.objective) / proved.objective, 5),
        "greedy_share_of_best_known": round(greedy.objective / proved.objective, 5),
        "streamed_equals_listed": True,
    }


def _print(result: dict[str, Any]) -> None:
    print(f"{result['network']}: {result['nodes']:,} nodes, {result['limit_s']} s; peak {result['peak_mb']} MB")
    for part in ("all_nodes", "candidates"):
        print(part)
        for name, value in result[part].items():
            print(f"  {name:<28}{value:>14}")


if __name__ == "__main__":
    main()
