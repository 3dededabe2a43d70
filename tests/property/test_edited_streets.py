"""An edited network answers as one that is built anew from its pieces, and as networkx does on what was drawn."""

from datetime import UTC, datetime

import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import unary_union

from dispatch import streets
from dispatch.streets import StreetEdit, StreetEditKind

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIMIT_DM = 30_000


@st.composite
def changed_towns(draw):
    """A small network and some edits drawn across it."""
    network = streets.synthetic_network(draw(st.integers(4, 8)), seed=draw(st.integers(0, 500)), imported_at=AT)
    low, high = network.xy.min(axis=0) - 60.0, network.xy.max(axis=0) + 60.0
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    edits = []
    for kind in draw(st.lists(st.sampled_from(["path", "gate", "point", "wall", "ground"]), min_size=1, max_size=6)):
        corners = chance.uniform(low, high, (chance.integers(2, 5), 2))
        if kind == "gate":
            corners = np.array([corners[0], corners[0] + chance.uniform(-60, 60, 2)])
        corners_ll = network.projection.to_ll(corners)
        if kind == "point":
            shape = shapely.Point(network.projection.to_ll(network.xy[:1] + chance.uniform(-9, 9, 2))[0])
        elif kind == "ground":
            shape = shapely.Point(corners_ll[0]).buffer(0.0006)
        else:
            shape = shapely.LineString(corners_ll)
        name = {"path": "path", "gate": "gate"}.get(kind, "closure")
        edits.append(StreetEdit(StreetEditKind(name), shape))
    return network, edits


def read_at_nodes(network, *, node):
    """Decimetres from one node to every node, by its place; what is not reached is left out."""
    found = streets.reach(network, site=streets.snap_nodes(np.array([node])), limit_dm=LIMIT_DM)
    return {tuple(np.round(network.xy[n], 6)): int(dm) for n, dm in zip(found.nodes, found.length_dm, strict=True)}


@settings(deadline=None, max_examples=80)
@given(changed_towns(), st.integers(0, 10**6))
def test_edited_network_is_what_its_pieces_built_anew_are(town, pick):
    network, edits = town
    edited = streets.edit_network(network, edits=edits).network
    if not edited.edge_count:
        return
    anew = streets.build_network(
        edited.projection.to_ll(edited.xy),
        edges=np.column_stack((edited.edge_a, edited.edge_b)),
        length_dm=edited.edge_length_dm,
        name="anew",
        imported_at=AT,
        projection=edited.projection,
    )

    # no edge was lost or doubled: neither among the rows nor among the edges
    assert len(edited.indices) == 2 * edited.edge_count == 2 * anew.edge_count
    assert edited.length_dm.dtype == edited.edge_length_dm.dtype
    # the same ways
    place = {tuple(np.round(xy, 3)): node for node, xy in enumerate(anew.xy)}
    live = np.flatnonzero(np.diff(edited.indptr))
    node = int(live[pick % len(live)])
    there = {tuple(np.round(xy, 3)): dm for xy, dm in read_at_nodes(edited, node=node).items()}
    here = read_at_nodes(anew, node=place[tuple(np.round(edited.xy[node], 3))])
    if len(place) == anew.node_count:
        assert there == {tuple(np.round(xy, 3)): dm for xy, dm in here.items()}
    # the same parts and the same mainland
    assert edited.manifest.component_count == anew.manifest.component_count
    assert edited.is_mainland.sum() == anew.is_mainland.sum()
    assert np.isclose(edited.manifest.share_outside_main, anew.manifest.share_outside_main)
    # the same street nearest to any point
    chance = np.random.default_rng(pick)
    points = chance.uniform(edited.xy.min(axis=0) - 150.0, edited.xy.max(axis=0) + 150.0, (80, 2))
    one, other = (streets.snap_points(each, points_xy=points) for each in (edited, anew))
    if not len(edited.walls):
        assert np.abs(one.snap_dm - other.snap_dm).max() <= 1


@settings(deadline=None, max_examples=80)
@given(changed_towns(), st.integers(0, 10**6))
def test_ways_after_paths_are_those_that_networkx_finds_on_the_drawn_lines(town, pick):
    network, edits = town
    # a line that crosses itself is joined to others only, where networkx would join it to itself
    paths = [edit for edit in edits if edit.kind is StreetEditKind.PATH and edit.shape_ll.is_simple]
    found = streets.edit_network(network, edits=paths)
    # a path that meets no street when its turn comes is none, though one after it crosses it
    made = [edit for edit, effect in zip(paths, found.effects, strict=True) if not effect.is_idle]
    drawn = [shapely.transform(edit.shape_ll, network.projection.to_xy) for edit in made]
    lines = [shapely.LineString(network.xy[[a, b]]) for a, b in zip(network.edge_a, network.edge_b, strict=True)]
    graph = nx.Graph()
    # every line, the paths too, noded where any two cross: another library, another way to do it
    for piece in unary_union(lines + drawn).geoms:
        for a, b in zip(piece.coords[:-1], piece.coords[1:], strict=True):
            ends = [tuple(np.round(one, 3)) for one in (a, b)]
            graph.add_edge(*ends, weight=float(np.hypot(*np.subtract(a, b))))
    node = pick % network.node_count

    mine = streets.reach(found.network, site=streets.snap_nodes(np.array([node])), limit_dm=LIMIT_DM)
    theirs = nx.single_source_dijkstra_path_length(graph, tuple(np.round(network.xy[node], 3)), weight="weight")

    # every street is reached whenever the drawn lines reach it, and hardly later. A path's ends are joined over 10 m
    # and what it passes within half a metre is met, which networkx does not know: so mine may be nearer, not farther.
    known = dict(zip(mine.nodes.tolist(), mine.length_dm.tolist(), strict=True))
    for other in range(network.node_count):
        there_m = theirs.get(tuple(np.round(network.xy[other], 3)))
        if there_m is not None and there_m * 10 < LIMIT_DM - 100:
            assert other in known
            assert known[other] <= 10 * there_m + 0.05 * 10 * 60
