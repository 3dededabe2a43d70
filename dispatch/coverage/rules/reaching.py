"""
The reach of a home service: who can be got to from where its carers start, in time and inside its catchment.

A reach is not a circle: its figures are never joined with those of people who walk to a site.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from dispatch import geo, streets
from dispatch.coverage.rules.covering import Measured
from dispatch.coverage.rules.measuring import measure_walks, points_of, snap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import CatchmentFacts, Question, RunInputs, StartFacts
    from dispatch.geo import MetricPolygon
    from dispatch.streets import Network


class _Group(NamedTuple):
    """
    The starts of one catchment, measured.

    `is_inside` says for each home whether it lies in it, `own_s` the limit that the catchment itself sets there, 0
    where it sets none; both of shape (n,).
    """

    walks: Walks
    starts: tuple[StartFacts, ...]
    is_inside: NDArray[np.bool_]
    own_s: NDArray[np.int64]


def measure_reach(inputs: RunInputs, *, network: Network) -> Measured:
    """
    Measure how far every home is from the nearest start of those that serve its place.

    The limit is the question's, or the catchment's own minutes where it sets any; at other minutes than the
    question's those are longer or shorter in the same proportion.
    """
    question = inputs.wish.question
    homes_ll = points_of([home.point_ll for home in inputs.homes])
    whole = measure_walks(
        network, homes_ll=homes_ll, sites_ll=points_of([one.point_ll for one in inputs.starts]), question=question
    )
    by_catchment: dict[tuple[CatchmentFacts, ...], list[StartFacts]] = defaultdict(list)
    for start in inputs.starts:
        by_catchment[start.catchments].append(start)
    groups = [
        _group(inputs, network=network, homes_ll=homes_ll, catchments=catchments, starts=tuple(starts))
        for catchments, starts in by_catchment.items()
    ]
    row_of = {site.site_id: row for row, site in enumerate(inputs.sites)}
    length_dm, owner = _nearest(groups, homes=len(inputs.homes), row_of=row_of)
    walks = replace(
        whole,
        length_dm=length_dm,
        owner=owner,
        sites=snap(network, points_ll=points_of([site.point_ll for site in inputs.sites])),
    )

    def cover(*, limit_s: int, speed_mps: float) -> NDArray[np.bool_]:
        found = np.zeros(len(inputs.homes), bool)
        for group in groups:
            for own_s in np.unique(group.own_s).tolist():
                here_s = limit_s if own_s == 0 else limit_s * own_s // question.limit_s
                limit_dm = question.limit_dm(limit_s=here_s, speed_mps=speed_mps)
                way = group.walks.length_dm
                found |= group.is_inside & (group.own_s == own_s) & (way != streets.UNREACHED) & (way <= limit_dm)
        return found

    covered_xy = _ground(groups, inputs=inputs, network=network, question=question)
    return Measured(walks, cover=cover, placement=None, question=question, covered_xy=covered_xy)


def _group(
    inputs: RunInputs,
    *,
    network: Network,
    homes_ll: NDArray[np.float64],
    catchments: tuple[CatchmentFacts, ...],
    starts: tuple[StartFacts, ...],
) -> _Group:
    question = inputs.wish.question
    walks = measure_walks(
        network, homes_ll=homes_ll, sites_ll=points_of([one.point_ll for one in starts]), question=question
    )
    homes = len(inputs.homes)
    is_inside, own_s = np.full(homes, not catchments), np.zeros(homes, np.int64)
    for one in catchments:
        if one.extent_ll is not None:
            inside = np.asarray(shapely.covers(one.extent_ll, shapely.points(np.nan_to_num(homes_ll, nan=1e3))))
        else:
            code = one.area_code or ""
            inside = np.array([home.area_code.startswith(code) for home in inputs.homes], bool)
        is_inside |= inside
        # of several catchments that hold a home the one that goes farthest, as in the search for candidates
        own_s = np.where(inside, np.maximum(own_s, one.limit_s or question.limit_s), own_s)
    return _Group(walks, starts, is_inside=is_inside, own_s=np.where(own_s == question.limit_s, 0, own_s))


def _nearest(
    groups: Sequence[_Group], *, homes: int, row_of: dict[UUID, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give for each home the nearest start that serves its place: decimetres, and the row of its site."""
    length_dm = np.full(homes, streets.UNREACHED, np.int32)
    owner = np.full(homes, streets.UNREACHED, np.int32)
    for group in groups:
        rows = np.array([row_of[start.site_id] for start in group.starts], np.int32)
        way = group.walks.length_dm
        is_way = group.is_inside & (way != streets.UNREACHED)
        is_nearer = is_way & ((length_dm == streets.UNREACHED) | (way < length_dm))
        length_dm[is_nearer], owner[is_nearer] = way[is_nearer], rows[group.walks.owner[is_nearer]]
    return length_dm, owner


def _ground(groups: Sequence[_Group], *, inputs: RunInputs, network: Network, question: Question) -> MetricPolygon:
    """Give the ground that is reached: for each catchment what its starts reach, cut by it."""
    boundaries = {area.code: area.boundary_ll for area in inputs.areas}
    parts = []
    for group in groups:
        catchments = group.starts[0].catchments
        for one in catchments or (None,):
            own_s = question.limit_s if one is None or one.limit_s is None else one.limit_s
            limit_dm = question.limit_dm(limit_s=own_s)
            if limit_dm < 0:
                continue
            reached = streets.covered_area(
                group.walks.network, field=group.walks.field, sites=group.walks.sites, limit_dm=limit_dm
            )
            if one is None or (one.area_code is not None and inputs.wish.area_code.startswith(one.area_code)):
                parts.append(reached)
                continue
            outline_ll = one.extent_ll if one.extent_ll is not None else boundaries.get(one.area_code or "")
            if outline_ll is not None:
                parts.append(reached & geo.to_metric(outline_ll, projection=network.projection))
    return geo.MetricPolygon(shapely.union_all(parts))
