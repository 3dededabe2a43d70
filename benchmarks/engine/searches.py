"""Searches over the whole network: against scipy, one pass over the edges, and a full run."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.engine.turns import Stopwatch, demand, ratio, summed_up, take_turns
from dispatch import streets
from dispatch.streets import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT_DM = streets.length_limit_dm(limit_s=900, speed_mps=streets.WALK_SPEED_MPS)
SEED = 7
PICKS = 120
CHANGES = 300
CHANGES_BETWEEN_RUNS = 25
PEOPLE_PER_NODE = 3
CHECKED_GAINS = 300


@dataclass(frozen=True)
class Town:
    """A network, the nodes that sites stand on, and the same for scipy."""

    network: streets.Network
    nodes: NDArray[np.int64]
    sites: streets.Snaps
    graph: csr_array

    @classmethod
    def of(cls, network: streets.Network, *, sites: int) -> Town:
        """Choose sites at random, the same ones each time."""
        nodes = np.sort(np.random.default_rng(SEED).choice(network.node_count, sites, replace=False))
        shape = (network.node_count, network.node_count)
        graph = csr_array((network.length_dm.astype(np.float64), network.indices, network.indptr), shape=shape)
        return cls(network, nodes, streets.snap_nodes(nodes), graph)


def city_coverage(town: Town, *, repeat: int) -> dict[str, Any]:
    """Which nodes are within 15 minutes of any site, and of which."""

    def ours() -> streets.Field:
        return streets.nearest_sites(town.network, sites=town.sites, limit_dm=LIMIT_DM)

    def peer() -> Any:  # noqa: ANN401 - scipy's answer
        return dijkstra(town.graph, indices=town.nodes, min_only=True, limit=float(LIMIT_DM))

    field, expected = ours(), peer()
    demand(
        np.array_equal(np.where(field.is_reached, field.length_dm, np.inf), expected),
        message="scipy reaches other nodes, or on other lengths",
    )
    out = np.empty(town.network.node_count, np.int64)

    def floor() -> None:
        kernels.pass_over_edges(town.network.indptr, town.network.indices, town.network.length_dm, field.length_dm, out)

    floor()
    taken = take_turns({"ours": ours, "scipy": peer, "edge_pass": floor}, repeat=repeat)
    return {
        "ratios": {
            "city_coverage_vs_scipy": ratio(taken, slow="scipy", quick="ours"),
            "city_coverage_vs_edge_pass": ratio(taken, slow="ours", quick="edge_pass"),
        },
        "ms": summed_up(taken),
        "reached_nodes": int(field.is_reached.sum()),
    }


def catchments(town: Town, *, repeat: int) -> dict[str, Any]:
    """All nodes within 15 minutes of each site, with their lengths: against a loop over scipy's bounded search."""

    def ours() -> streets.Catchments:
        return streets.catchments(town.network, sites=town.sites, limit_dm=LIMIT_DM)

    def peer() -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        found = []
        for node in town.nodes:
            length = dijkstra(town.graph, indices=node, limit=float(LIMIT_DM))
            near = np.flatnonzero(length <= LIMIT_DM)
            found.append((near, length[near]))
        return found

    found, expected = ours(), peer()
    for i, (near, length) in enumerate(expected):
        rows = slice(found.indptr[i], found.indptr[i + 1])
        order = np.argsort(found.rows[rows])
        demand(
            np.array_equal(found.rows[rows][order], near) and np.array_equal(found.length_dm[rows][order], length),
            message=f"scipy's catchment of site {i}",
        )
    # scipy's loop takes seconds, so it has few turns and we have many between them.
    taken: dict[str, list[float]] = {"ours": [], "scipy_loop": []}
    for _ in range(min(repeat, 3)):
        for name, run, times in (("ours", ours, 5), ("scipy_loop", peer, 1)):
            taken[name] += take_turns({name: run}, repeat=times)[name]
    return {
        "ratios": {"catchments_vs_scipy": ratio(taken, slow="scipy_loop", quick="ours")},
        "ms": summed_up(taken),
        "pairs": len(found.rows),
    }


def repair(town: Town) -> dict[str, Any]:
    """One site added, closed or moved after another; full runs between them, which must say the same."""
    chance = np.random.default_rng(SEED + 1)
    standing = streets.Standing(town.network, sites=town.sites, limit_dm=LIMIT_DM)
    west_south, east_north = town.network.xy.min(axis=0), town.network.xy.max(axis=0)
    places = streets.snap_points(town.network, points_xy=chance.uniform(west_south, east_north, (8 * CHANGES, 2)))
    places = places.take(np.flatnonzero(places.is_located)[: 2 * CHANGES])
    taken: dict[str, list[float]] = {"add": [], "close": [], "move": [], "full": []}
    for i in range(CHANGES):
        new, other = places.take(slice(2 * i, 2 * i + 1)), places.take(slice(2 * i + 1, 2 * i + 2))
        opened = np.flatnonzero(standing.sites.is_located)
        closing, moving = (int(one) for one in chance.choice(opened, 2, replace=False))
        began = time.perf_counter()
        standing.add_site(new)
        added = time.perf_counter()
        standing.close_site(closing)
        closed = time.perf_counter()
        standing.move_site(moving, site=other)
        moved = time.perf_counter()
        for name, seconds in (("add", added - began), ("close", closed - added), ("move", moved - closed)):
            taken[name].append(seconds * 1000)
        if i % CHANGES_BETWEEN_RUNS == 0 or i == CHANGES - 1:
            sites = standing.sites
            watch = Stopwatch()
            full = streets.nearest_sites(town.network, sites=sites, limit_dm=LIMIT_DM)
            taken["full"].append(watch.seconds() * 1000)
            now = standing.field
            wrong = int(((full.length_dm != now.length_dm) | (full.owner != now.owner)).sum())
            demand(wrong == 0, message=f"{wrong} nodes after {i + 1} additions, closures and moves each")
    slowest = max(statistics.median(taken[name]) for name in ("add", "close"))
    return {
        "ratios": {"repair_vs_full": round(statistics.median(taken["full"]) / slowest, 1)},
        "ms": summed_up(taken),
        "changes": 3 * CHANGES,
        "mismatches": 0,
    }


def best_sites(town: Town, *, sites: int) -> dict[str, Any]:
    """Find what a site at each node would newly cover, and the best 120 one after the other; no peer."""
    network = town.network
    chance = np.random.default_rng(SEED + 2)
    stood = streets.snap_nodes(np.sort(chance.choice(network.node_count, sites, replace=False)))
    field = streets.nearest_sites(network, sites=stood, limit_dm=LIMIT_DM)
    weight = np.where(field.is_reached, 0, chance.poisson(PEOPLE_PER_NODE, network.node_count))
    everywhere = streets.snap_nodes(np.arange(network.node_count))
    watch, began = Stopwatch(), time.perf_counter()
    gains = streets.Gains(network, points=everywhere, weight=weight, limit_dm=LIMIT_DM)
    known_s = watch.seconds()
    left, picks = weight.copy(), 0
    while picks < PICKS and (best := gains.best()) is not None:
        left[gains.take(best)] = 0
        picks += 1
    done_s, clock_s = watch.seconds(), time.perf_counter() - began
    some = chance.choice(network.node_count, min(CHECKED_GAINS, network.node_count), replace=False)
    near = streets.catchments(network, sites=streets.snap_nodes(some), limit_dm=LIMIT_DM)
    demand(np.array_equal(near.sums(left), gains.gain[some]), message="the gains left over, counted node by node")
    return {
        "seconds": {
            "gains_of_every_node": round(known_s, 2),
            "picks": round(done_s - known_s, 2),
            "together": round(done_s, 2),
            "together_by_the_clock": round(clock_s, 2),
        },
        "searches": int((weight > 0).sum()),
        "existing_sites": sites,
        "picks": picks,
        "people_covered": int(weight.sum() - left.sum()),
    }
