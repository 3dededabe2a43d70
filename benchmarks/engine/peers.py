"""Further libraries that answer the same question as city coverage; each says so where it is not installed."""

from __future__ import annotations

import contextlib
import io
import statistics
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.engine.searches import LIMIT_DM, Town
from benchmarks.engine.turns import Stopwatch, demand, take_turns
from dispatch import streets

if TYPE_CHECKING:
    from collections.abc import Callable

MISSING = "not installed: make bench-peers"


def further_peers(town: Town) -> dict[str, Any]:
    """Ask each of them once after it was built; distances are compared, ours are measured beside each."""
    field = streets.nearest_sites(town.network, sites=town.sites, limit_dm=LIMIT_DM)
    expected = np.where(field.is_reached, field.length_dm, np.inf)
    rows: dict[str, Any] = {}
    for name, ask in (("networkx", _networkx), ("igraph", _igraph), ("rustworkx", _rustworkx), ("pandana", _pandana)):
        try:
            rows[name] = ask(town, expected)
        except ImportError:
            rows[name] = MISSING
    return rows


def _measured(
    town: Town, *, expected: np.ndarray, build: Callable[[], Any], ask: Callable[[Any], np.ndarray]
) -> dict[str, Any]:
    watch = Stopwatch()
    built = build()
    build_s = watch.seconds()
    watch = Stopwatch()
    answer = ask(built)
    ask_ms = watch.seconds() * 1000
    answer = np.where(answer <= LIMIT_DM, answer, np.inf)
    demand(np.array_equal(answer, expected), message="a further peer gives other lengths")
    ours_ms = statistics.median(
        take_turns(
            {"ours": lambda: streets.nearest_sites(town.network, sites=town.sites, limit_dm=LIMIT_DM)}, repeat=5
        )["ours"]
    )
    return {"build_s": round(build_s, 1), "ms": round(ask_ms, 1), "times_ours": round(ask_ms / ours_ms, 1)}


def _edges(town: Town) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    network = town.network
    return network.edge_a, network.edge_b, network.edge_length_dm.astype(np.float64)


def _networkx(town: Town, expected: np.ndarray) -> dict[str, Any]:
    import networkx as nx  # noqa: PLC0415 - a peer that may be missing

    def build() -> Any:  # noqa: ANN401 - networkx's graph
        graph = nx.Graph()
        graph.add_nodes_from(range(town.network.node_count))
        graph.add_weighted_edges_from(zip(*(one.tolist() for one in _edges(town)), strict=True))
        return graph

    def ask(graph: Any) -> np.ndarray:  # noqa: ANN401 - networkx's graph
        found = nx.multi_source_dijkstra_path_length(graph, set(town.nodes.tolist()), cutoff=LIMIT_DM)
        answer = np.full(town.network.node_count, np.inf)
        answer[list(found)] = list(found.values())
        return answer

    return _measured(town, expected=expected, build=build, ask=ask)


def _with_source(town: Town) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add one node before all sites, since these libraries search from one only: a decimeter away from each."""
    a, b, length = _edges(town)
    count = town.network.node_count
    return (
        np.concatenate((a, np.full(len(town.nodes), count))),
        np.concatenate((b, town.nodes)),
        np.concatenate((length, np.ones(len(town.nodes)))),
    )


def _igraph(town: Town, expected: np.ndarray) -> dict[str, Any]:
    import igraph  # noqa: PLC0415 - a peer that may be missing

    count = town.network.node_count

    def build() -> Any:  # noqa: ANN401 - igraph's graph
        a, b, length = _with_source(town)
        graph = igraph.Graph(n=count + 1, edges=np.column_stack((a, b)))
        graph.es["weight"] = length
        return graph

    def ask(graph: Any) -> np.ndarray:  # noqa: ANN401 - igraph's graph
        return np.array(graph.distances(source=count, weights="weight")[0][:count]) - 1

    return _measured(town, expected=expected, build=build, ask=ask)


def _rustworkx(town: Town, expected: np.ndarray) -> dict[str, Any]:
    import rustworkx  # noqa: PLC0415 - a peer that may be missing

    count = town.network.node_count

    def build() -> Any:  # noqa: ANN401 - rustworkx's graph
        graph = rustworkx.PyGraph()
        graph.add_nodes_from(range(count + 1))
        graph.add_edges_from(list(zip(*(one.tolist() for one in _with_source(town)), strict=True)))
        return graph

    def ask(graph: Any) -> np.ndarray:  # noqa: ANN401 - rustworkx's graph
        found = rustworkx.dijkstra_shortest_path_lengths(graph, count, float)
        answer = np.full(count, np.inf)
        there = np.fromiter(found.keys(), np.int64, len(found))
        answer[there] = np.fromiter(found.values(), np.float64, len(found)) - 1
        return answer

    return _measured(town, expected=expected, build=build, ask=ask)


def _pandana(town: Town, expected: np.ndarray) -> dict[str, Any]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import pandana  # noqa: PLC0415 - a peer that may be missing
        import pandas as pd  # noqa: PLC0415 - comes with it

        a, b, length = _edges(town)
        x, y = (pd.Series(one) for one in town.network.xy.T)

        def build() -> Any:  # noqa: ANN401 - pandana's network
            net = pandana.Network(x, y, pd.Series(a), pd.Series(b), pd.DataFrame({"length": length}))
            net.precompute(LIMIT_DM)
            return net

        def ask(net: Any) -> np.ndarray:  # noqa: ANN401 - pandana's network
            net.set_pois("sites", LIMIT_DM, 1, x[town.nodes], y[town.nodes])
            found = net.nearest_pois(LIMIT_DM, "sites", num_pois=1)[1].to_numpy()
            # What is not reached has the limit's own length: not told apart from what is reached exactly there.
            return np.where((found >= LIMIT_DM) & ~np.isfinite(expected), np.inf, found)

        return _measured(town, expected=expected, build=build, ask=ask)
