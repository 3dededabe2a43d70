"""A network while it is being changed: which edges go, which nodes and edges come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled
from dispatch.streets.splicing import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dispatch.streets.values import Network

SAME_M = 0.05
"""Two places this near to each other are one: lengths are whole decimetres."""


class Draft:
    """
    A network and what is to change on it.

    Edges that come are numbered on from the last of the network before, nodes too.
    """

    def __init__(self, network: Network) -> None:
        """Begin with nothing changed."""
        self._network = network
        self._gone: set[int] = set()
        self._nodes_xy: list[tuple[float, float]] = []
        self._pairs: list[tuple[int, int]] = []
        self._lengths: list[int] = []
        self._number: dict[tuple[int, int], int] = {}
        self.walls: list[tuple[float, ...]] = [tuple(one) for one in network.walls.tolist()]

    def edges_in(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the edges that may touch any of some boxes (n rows of west, south, east, north, m), in rising order."""
        network = self._network
        west, south, side = network.grid[:3]
        columns, rows = int(network.grid[3]), int(network.grid[4])
        places = np.floor((boxes - (west, south, west, south)) / side).astype(np.int64)
        found = []
        for left, low, right, high in places.tolist():
            first, last = max(0, left), min(columns - 1, right)
            for row in range(max(0, low), min(rows - 1, high) + 1) if first <= last else ():
                # The squares of a row follow one another, and so do their edges.
                start = network.grid_start[row * columns + first]
                found.append(network.grid_edge[start : network.grid_start[row * columns + last + 1]])
        old = np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)
        every = np.concatenate((old.astype(np.int64), network.edge_count + np.arange(len(self._pairs))))
        return every[~np.isin(every, np.fromiter(self._gone, np.int64, len(self._gone)))]

    def ends_of(self, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the nodes at both ends of edges, shape (n, 2)."""
        before = self._network.edge_count
        is_old = edges < before
        ends = np.empty((len(edges), 2), np.int64)
        ends[is_old, 0] = self._network.edge_a[edges[is_old]]
        ends[is_old, 1] = self._network.edge_b[edges[is_old]]
        if not is_old.all():
            ends[~is_old] = np.array(self._pairs, np.int64)[edges[~is_old] - before]
        return ends

    def places_of(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give where nodes are: the shape of `nodes` and (2,), metres."""
        flat = nodes.ravel()
        before = self._network.node_count
        is_old = flat < before
        xy = np.empty((len(flat), 2))
        xy[is_old] = self._network.xy[flat[is_old]]
        if not is_old.all():
            xy[~is_old] = np.array(self._nodes_xy)[flat[~is_old] - before]
        return xy.reshape(*nodes.shape, 2)

    def length_dm(self, edge: int) -> int:
        """Give the length of an edge."""
        before = self._network.edge_count
        return int(self._network.edge_length_dm[edge]) if edge < before else self._lengths[edge - before]

    def add_node(self, xy: NDArray[np.float64]) -> int:
        """Add a node and give its number."""
        self._nodes_xy.append((float(xy[0]), float(xy[1])))
        return self._network.node_count + len(self._nodes_xy) - 1

    def add_edge(self, a: int, b: int, *, length_dm: int) -> None:
        """Join two nodes; of two edges between the same nodes the shorter stays, none joins a node to itself."""
        if a == b:
            return
        rival = self._between(a, b)
        if rival is not None:
            if self.length_dm(rival) <= length_dm:
                return
            self._gone.add(rival)
        self._number[min(a, b), max(a, b)] = self._network.edge_count + len(self._pairs)
        self._pairs.append((a, b))
        self._lengths.append(length_dm)

    def remove(self, edge: int) -> None:
        """Take an edge away."""
        self._gone.add(edge)

    def divide(self, edge: int, *, shares: Iterable[float]) -> list[int]:
        """
        Divide an edge at some places (0 to 1, from its first end) and give the node at each of them.

        The pieces' lengths add up to that of the edge. Places within SAME_M of an end or of each other are one.
        """
        a, b = self.ends_of(np.array([edge]))[0].tolist()
        ends_xy = self.places_of(np.array([a, b]))
        step = ends_xy[1] - ends_xy[0]
        straight_m = float(np.hypot(*step))
        wanted = list(shares)
        given: dict[float, int] = {}
        stops: list[tuple[float, int]] = [(0.0, a)]
        for share in sorted(set(wanted)):
            if share * straight_m <= SAME_M:
                given[share] = a
            elif (1.0 - share) * straight_m <= SAME_M:
                given[share] = b
            elif (share - stops[-1][0]) * straight_m <= SAME_M:
                given[share] = stops[-1][1]
            else:
                given[share] = self.add_node(ends_xy[0] + share * step)
                stops.append((share, given[share]))
        if len(stops) > 1:
            stops.append((1.0, b))
            self.replace(edge, stops=stops)
        return [given[share] for share in wanted]

    def replace(self, edge: int, *, stops: list[tuple[float, int]], kept: list[bool] | None = None) -> None:
        """Put pieces between nodes (share along the edge, number) in an edge's place, all or those to be kept."""
        length_dm = self.length_dm(edge)
        self.remove(edge)
        at_dm = [round(share * length_dm) for share, _ in stops]
        for i in range(len(stops) - 1):
            if kept is None or kept[i]:
                self.add_edge(stops[i][1], stops[i + 1][1], length_dm=at_dm[i + 1] - at_dm[i])

    def change(self) -> Change:
        """Give what is to change, once all is said."""
        before = self._network.edge_count
        kept = [i for i in range(len(self._pairs)) if before + i not in self._gone]
        return Change(
            gone=np.array(sorted(edge for edge in self._gone if edge < before), np.int64),
            nodes_xy=np.array(self._nodes_xy, np.float64).reshape(-1, 2),
            pairs=np.array([self._pairs[i] for i in kept], np.int64).reshape(-1, 2),
            lengths=np.array([self._lengths[i] for i in kept], np.int64),
        )

    def _between(self, a: int, b: int) -> int | None:
        network = self._network
        low, high = min(a, b), max(a, b)
        edge = self._number.get((low, high), -1)
        if edge < 0 and high < network.node_count:
            row = network.indices[network.indptr[low] : network.indptr[low + 1]]
            edge = _edge_number(network.edge_a, network.edge_b, low, high) if high in row else -1
        return None if edge < 0 or edge in self._gone else edge


@compiled
def _edge_number(edge_a: NDArray[np.int32], edge_b: NDArray[np.int32], low: int, high: int) -> int:
    """Find an edge by its ends, -1 where there is none."""
    for edge in range(len(edge_a)):
        if edge_a[edge] == low and edge_b[edge] == high:
            return edge
    return -1
