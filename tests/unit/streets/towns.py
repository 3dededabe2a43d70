"""Networks small enough to check by hand, and a second implementation of walking."""

from datetime import UTC, datetime
from itertools import pairwise

import networkx as nx
import numpy as np

from dispatch import geo, streets

AT = datetime(2026, 3, 1, tzinfo=UTC)
PROJECTION = geo.local_projection(117.2, 39.1)
LIMIT_DM = 9_000


def make_network(xy, edges, **facts):
    """A network of points in metres around 117.2 E, 39.1 N."""
    lonlat = PROJECTION.to_ll(np.asarray(xy, dtype=float))
    return streets.build_network(
        lonlat, edges=np.asarray(edges), name="town", imported_at=AT, projection=PROJECTION, **facts
    )


def tiny_town():
    """
    A street of 1,100 m along y = 0 with a node every 100 m, and a far bank at y = 500 from x = 0 to 800.

    One bridge of 500 m joins them at x = 0.
    """
    near = [(100.0 * i, 0.0) for i in range(12)]
    far = [(100.0 * i, 500.0) for i in range(9)]
    edges = [(i, i + 1) for i in range(11)] + [(12 + i, 13 + i) for i in range(8)] + [(0, 12)]
    return make_network(near + far, edges)


def snap(network, *points):
    return streets.snap_points(network, points_xy=np.array(points, dtype=float))


def walk(network, *, home, site, limit_dm=20_000):
    """Decimetres from one home to one site by way of the field."""
    sites, homes = snap(network, site), snap(network, home)
    field = streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)
    return int(streets.read_field(network, field=field, sites=sites, points=homes)[0][0])


def door_to_door(network, *, sites, points):
    """
    Lengths between all sites and points by networkx, each door a node of its own.

    Edges are cut at every door's foot, so that the ways along one edge need no case of their own.
    """
    graph = nx.Graph()
    feet = {}
    for kind, doors in (("site", sites), ("point", points)):
        for i in range(len(doors)):
            if doors.is_located[i]:
                foot = ("foot", kind, i)
                graph.add_edge((kind, i), foot, weight=int(doors.snap_dm[i]))
                feet.setdefault(int(doors.edge[i]), []).append((int(doors.to_a_dm[i]), foot))
    for edge in range(network.edge_count):
        stops = [(0, int(network.edge_a[edge])), *sorted(feet.get(edge, []), key=lambda one: one[0])]
        stops.append((int(network.edge_length_dm[edge]), int(network.edge_b[edge])))
        for (at, one), (then, other) in pairwise(stops):
            graph.add_edge(one, other, weight=then - at)
    table = np.full((len(sites), len(points)), streets.UNREACHED, np.int64)
    for i in range(len(sites)):
        if sites.is_located[i]:
            found = nx.single_source_dijkstra_path_length(graph, ("site", i), weight="weight")
            for j in range(len(points)):
                table[i, j] = found.get(("point", j), streets.UNREACHED)
    return table


def random_points(network, *, count, seed, off_m=60.0):
    """Points scattered around edges chosen by chance."""
    chance = np.random.default_rng(seed)
    edge = chance.integers(0, network.edge_count, count)
    share = chance.random((count, 1))
    on = network.xy[network.edge_a[edge]] * (1 - share) + network.xy[network.edge_b[edge]] * share
    return on + chance.uniform(-off_m, off_m, (count, 2))
