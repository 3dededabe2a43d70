"""
Paths, gates and closures on top of a network: a copy that shares what it can, in a moment.

Edits are made in their order, so a closure also closes what an edit before it added, and a gate opens what one
before it closed.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from dispatch.streets.drafting import SAME_M, Draft
from dispatch.streets.edits import (
    GATE_JOIN_M,
    JOIN_M,
    MAX_EDIT_M,
    STRIP_M,
    EditedNetwork,
    EditEffect,
    StreetEdit,
    StreetEditKind,
    hash_edits,
)
from dispatch.streets.splicing import splice
from dispatch.streets.values import DM_PER_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from dispatch.streets.values import Network

TOUCH_M = 0.5
"""A path that passes this near to a street or crossing meets it, though the drawn lines miss each other."""


def edit_network(network: Network, *, edits: Sequence[StreetEdit]) -> EditedNetwork:
    """
    Make edits on a network, in their order; the network itself stays as it is.

    A path is joined where it crosses or touches streets and, at its ends, to the nearest street within JOIN_M
    (a gate: GATE_JOIN_M). A closed point cuts the street nearest to it within JOIN_M, a closed line every street
    that it crosses, a closed polygon takes away whatever lies in it; the rest of a street stays, as a dead end.
    Edits on a network that was edited before come on top.

    Parameters
    ----------
    network : Network
        Taken as it is; nothing of it is changed.
    edits : sequence of StreetEdit
        None: the network comes back.

    Raises
    ------
    ValueError
        A shape is of the wrong type, empty or wider than MAX_EDIT_M.

    """
    if not edits:
        return EditedNetwork(network=network, effects=(), edge_number=np.arange(network.edge_count, dtype=np.int32))
    draft = Draft(network)
    effects = tuple(_make(draft, edit=edit, shape_xy=_metric(edit, network=network)) for edit in edits)
    identity = hash_edits(edits, after=network.manifest.edits_sha256)
    edited, number = splice(network, change=draft.change(), edits_sha256=identity)
    if draft.walls:
        walls = np.array(draft.walls)
        walls.setflags(write=False)
        edited = replace(edited, walls=walls)
    return EditedNetwork(network=edited, effects=effects, edge_number=number)


def _metric(edit: StreetEdit, *, network: Network) -> BaseGeometry:
    wanted = ("LineString",) if edit.kind is not StreetEditKind.CLOSURE else ("Point", "LineString", "Polygon")
    if edit.shape_ll.geom_type not in wanted or edit.shape_ll.is_empty:
        msg = f"A {edit.kind} is no {'empty ' if edit.shape_ll.is_empty else ''}{edit.shape_ll.geom_type}"
        raise ValueError(msg)
    shape_xy = shapely.transform(edit.shape_ll, network.projection.to_xy)
    west, south, east, north = shape_xy.bounds
    # not "wider than": not-a-number is no size
    if not max(east - west, north - south) <= MAX_EDIT_M:
        msg = f"A {edit.kind} is at most {MAX_EDIT_M:.0f} m long and wide"
        raise ValueError(msg)
    return shape_xy


def _make(draft: Draft, *, edit: StreetEdit, shape_xy: BaseGeometry) -> EditEffect:
    if edit.kind is StreetEditKind.CLOSURE:
        return _close(draft, shape_xy=shape_xy)
    join_m = GATE_JOIN_M if edit.kind is StreetEditKind.GATE else JOIN_M
    return _add(draft, line_xy=shapely.get_coordinates(shape_xy), join_m=join_m, is_bridge=edit.is_bridge)


def _add(draft: Draft, *, line_xy: NDArray[np.float64], join_m: float, is_bridge: bool) -> EditEffect:
    line_xy = line_xy[np.append(True, np.any(line_xy[1:] != line_xy[:-1], axis=1))]
    if len(line_xy) == 1:
        return EditEffect()
    edges = draft.edges_in(_boxes(line_xy, side_m=join_m))
    if not len(edges):
        return EditEffect()
    ends_xy = draft.places_of(draft.ends_of(edges))
    tree = shapely.STRtree(_lines(ends_xy))
    line_xy = _with_links(line_xy, tree=tree, join_m=join_m, walls=draft.walls)
    meetings = _meetings(line_xy, tree=tree, ends_xy=ends_xy, is_bridge=is_bridge)
    if not meetings:
        return EditEffect()
    shares: dict[int, list[float]] = {}
    for _, _, edge, share in meetings:
        shares.setdefault(edge, []).append(share)
    nodes = {
        (edge, share): node
        for edge, some in shares.items()
        for share, node in zip(some, draft.divide(int(edges[edge]), shares=some), strict=True)
    }
    stops = sorted((piece, along, nodes[edge, share]) for piece, along, edge, share in meetings)
    chain = _chain(draft, line_xy=line_xy, stops=stops)
    places = draft.places_of(np.array(chain))
    added_m = 0.0
    for (a, b), step in zip(pairwise(chain), np.diff(places, axis=0), strict=True):
        length_m = float(np.hypot(*step))
        draft.add_edge(a, b, length_dm=round(length_m * DM_PER_M))
        added_m += length_m
    return EditEffect(joined=len(set(nodes.values())), added_m=round(added_m, 1))


def _boxes(line_xy: NDArray[np.float64], *, side_m: float) -> NDArray[np.float64]:
    """Cover a line with boxes, shape (n, 4), none longer than some squares of the grid."""
    whole = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line_xy), 200.0))
    low, high = np.minimum(whole[1:], whole[:-1]), np.maximum(whole[1:], whole[:-1])
    return np.column_stack((low - side_m, high + side_m))


def _with_links(
    line_xy: NDArray[np.float64],
    *,
    tree: shapely.STRtree,
    join_m: float,
    walls: list[tuple[float, ...]],
) -> NDArray[np.float64]:
    """Lengthen a line at both ends to the nearest street, unless it touches one or a wall stands between."""
    parts = [line_xy]
    barrier = shapely.multilinestrings(np.array(walls).reshape(-1, 2, 2)) if walls else None
    for end in (0, -1):
        place = shapely.points(line_xy[end])
        near = tree.query_nearest(place, max_distance=join_m, all_matches=False)
        if not len(near):
            continue
        foot = shapely.get_coordinates(
            shapely.line_interpolate_point(tree.geometries[near[0]], tree.geometries[near[0]].project(place))
        )
        link = shapely.LineString(np.vstack((line_xy[end], foot)))
        if link.length <= TOUCH_M or (barrier is not None and link.intersects(barrier)):
            continue
        parts = [foot, *parts] if end == 0 else [*parts, foot]
    return np.vstack(parts)


def _meetings(
    line_xy: NDArray[np.float64], *, tree: shapely.STRtree, ends_xy: NDArray[np.float64], is_bridge: bool
) -> list[tuple[int, float, int, float]]:
    """Find where pieces of a line meet edges: piece, place along it, edge, place along that (0 to 1)."""
    pieces_xy = np.stack((line_xy[:-1], line_xy[1:]), axis=1)
    found: list[tuple[int, float, int, float]] = []
    for piece, edge in tree.query(shapely.linestrings(pieces_xy), predicate="dwithin", distance=TOUCH_M).T.tolist():
        one, other = pieces_xy[piece], ends_xy[edge]
        crossing = None if is_bridge else _crossing(one, other=other)
        if crossing is not None:
            found.append((piece, crossing[0], edge, crossing[1]))
            continue
        for end in (0, 1):
            is_tip = (piece, end) in {(0, 0), (len(pieces_xy) - 1, 1)}
            share, away_m = _foot(one[end], line=other)
            if away_m <= TOUCH_M and (is_tip or not is_bridge):
                found.append((piece, float(end), edge, share))
            share, away_m = _foot(other[end], line=one)
            if away_m <= TOUCH_M and not is_bridge:
                found.append((piece, share, edge, float(end)))
    return found


def _crossing(one: NDArray[np.float64], *, other: NDArray[np.float64]) -> tuple[float, float] | None:
    r, s, gap = one[1] - one[0], other[1] - other[0], other[0] - one[0]
    cross = float(r[0] * s[1] - r[1] * s[0])
    # Nearly parallel lines that lie on each other meet at their ends, not at a point.
    if abs(cross) <= 1e-6 * float(np.hypot(*r) * np.hypot(*s)):
        return None
    along, share = float(gap[0] * s[1] - gap[1] * s[0]) / cross, float(gap[0] * r[1] - gap[1] * r[0]) / cross
    return (along, share) if 0.0 <= along <= 1.0 and 0.0 <= share <= 1.0 else None


def _foot(place: NDArray[np.float64], *, line: NDArray[np.float64]) -> tuple[float, float]:
    step = line[1] - line[0]
    square = float(step @ step)
    share = min(1.0, max(0.0, float((place - line[0]) @ step) / square)) if square else 0.0
    return share, float(np.hypot(*(line[0] + share * step - place)))


def _chain(draft: Draft, *, line_xy: NDArray[np.float64], stops: list[tuple[int, float, int]]) -> list[int]:
    """Give the nodes of a line one after another: places where it meets streets, and its corners elsewhere."""
    corners: dict[tuple[float, float], int] = {}
    chain: list[int] = []
    lengths = np.hypot(*np.diff(line_xy, axis=0).T)
    for corner in range(len(line_xy)):
        near = [
            node
            for piece, along, node in stops
            if (piece == corner and along * lengths[piece] <= SAME_M)
            or (piece == corner - 1 and (1.0 - along) * lengths[piece] <= SAME_M)
        ]
        if not near:
            key = (float(line_xy[corner, 0]), float(line_xy[corner, 1]))
            if key not in corners:
                corners[key] = draft.add_node(line_xy[corner])
            chain.append(corners[key])
        chain += [node for piece, _, node in stops if piece == corner]
    return [node for i, node in enumerate(chain) if i == 0 or node != chain[i - 1]]


def _close(draft: Draft, *, shape_xy: BaseGeometry) -> EditEffect:
    edges = draft.edges_in(np.array([shape_xy.buffer(JOIN_M).bounds]))
    lines = _lines(draft.places_of(draft.ends_of(edges)))
    area = shape_xy
    if shape_xy.geom_type == "Point":
        if not len(edges):
            return EditEffect()
        away = np.asarray(shapely.distance(lines, shape_xy))
        nearest = int(np.argmin(away))
        if away[nearest] > JOIN_M:
            return EditEffect()
        area = lines[nearest].interpolate(lines[nearest].project(shape_xy)).buffer(STRIP_M)
        # A street that passes over or under the place stays, one that begins there does not.
        meets = np.any(np.isin(draft.ends_of(edges), draft.ends_of(edges[nearest : nearest + 1])), axis=1)
        edges, lines = edges[meets], lines[meets]
    elif shape_xy.geom_type == "LineString":
        area = shape_xy.buffer(STRIP_M, cap_style="flat")
    for ring in _rings(shape_xy):
        draft.walls += [(*one, *two) for one, two in pairwise(ring)]
    is_hit = np.asarray(shapely.intersects(lines, area), np.bool_)
    closed_dm = 0
    for edge, rest in zip(edges[is_hit].tolist(), [one.difference(area) for one in lines[is_hit]], strict=True):
        closed_dm += _cut(draft, edge=edge, rest=rest)
    return EditEffect(cut=int(is_hit.sum()), closed_m=closed_dm / DM_PER_M)


def _lines(ends_xy: NDArray[np.float64]) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(ends_xy), np.object_).reshape(-1)


def _rings(shape_xy: BaseGeometry) -> list[list[tuple[float, float]]]:
    if isinstance(shape_xy, shapely.Polygon):
        rings: list[BaseGeometry] = [shape_xy.exterior, *shape_xy.interiors]
    else:
        rings = [shape_xy] if isinstance(shape_xy, shapely.LineString) else []
    return [[(x, y) for x, y in shapely.get_coordinates(ring).tolist()] for ring in rings]


def _cut(draft: Draft, *, edge: int, rest: BaseGeometry) -> int:
    """Leave of an edge what lies outside a closed area; give what was taken away (dm)."""
    a, b = draft.ends_of(np.array([edge]))[0].tolist()
    ends_xy = draft.places_of(np.array([a, b]))
    straight_m = float(np.hypot(*(ends_xy[1] - ends_xy[0])))
    length_dm = draft.length_dm(edge)
    stops: list[tuple[float, int]] = [(0.0, a)]
    kept: list[bool] = []
    # an edge without length that is touched goes whole
    parts = [] if straight_m == 0.0 else [one for one in shapely.get_parts(rest) if one.length > SAME_M]
    for part in sorted(parts, key=lambda one: _foot(shapely.get_coordinates(one)[0], line=ends_xy)[0]):
        shares = sorted(_foot(place, line=ends_xy)[0] for place in shapely.get_coordinates(part)[[0, -1]])
        for share, is_kept in zip(shares, (False, True), strict=True):
            if is_kept or share * straight_m > SAME_M:
                is_end = (1.0 - share) * straight_m <= SAME_M
                stops.append((share, b if is_end else draft.add_node(ends_xy[0] + share * (ends_xy[1] - ends_xy[0]))))
                kept.append(is_kept)
    draft.replace(edge, stops=stops, kept=kept)
    return length_dm - sum(
        round(two * length_dm) - round(one * length_dm)
        for ((one, _), (two, _)), is_kept in zip(pairwise(stops), kept, strict=True)
        if is_kept
    )
