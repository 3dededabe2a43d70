"""Compiling the kernels before the first question comes in."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import shapely

from dispatch.streets.areas import covered_area, reach_area
from dispatch.streets.building import synthetic_network
from dispatch.streets.catchments import catchments
from dispatch.streets.editing import edit_network
from dispatch.streets.edits import StreetEdit, StreetEditKind
from dispatch.streets.gains import greedy_sites
from dispatch.streets.searching import matrix
from dispatch.streets.sketching import sketch_reach
from dispatch.streets.snapping import snap_points
from dispatch.streets.standing import Standing
from dispatch.streets.tracing import outline
from dispatch.streets.travel import travel_lengths


def warm_kernels() -> None:
    """
    Ask each kernel once, on a toy network, with lengths as walkers need them.

    Seconds where NUMBA_CACHE_DIR is empty, then a fraction of one. Call it before a process forks or says that
    it is ready.
    """
    toy = synthetic_network(6, seed=1, imported_at=datetime(2026, 1, 1, tzinfo=UTC))
    points = snap_points(toy, points_xy=toy.xy[:2] + 1.0)
    site = points.take(slice(0, 1))
    for limit_dm in (100_000, 1_000):  # lengths in the wide and in the narrow type
        standing = Standing(toy, sites=site, limit_dm=limit_dm)
        standing.add_site(site)
        standing.nodes_of(0)
        standing.close_site(0)
        standing.read(points)
    listed = catchments(toy, sites=site, points=points, limit_dm=1_000)
    listed.by_point()
    catchments(toy, sites=site, limit_dm=1_000)
    for candidates in (None, points):
        greedy_sites(toy, points=points, weight=np.ones(2), limit_dm=1_000, picks=1, candidates=candidates)
    matrix(toy, origins=points, destinations=points, limit_dm=1_000)
    travel_lengths(toy, points_xy=toy.xy[:3] + 1.0)
    sketch_reach(toy, site=site, limit_dm=1_000)
    reach_area(toy, site=site, limit_dm=1_000)
    covered_area(toy, field=standing.field, sites=standing.sites, limit_dm=1_000)
    ring = np.full((5, 5), -1, np.int8)
    ring[1:4, 1:4], ring[2, 2] = 1, -1
    outline(ring, west=0.0, south=0.0, cell_m=1.0)
    path = shapely.LineString(toy.projection.to_ll(toy.xy[:2] + 3.0))
    edit_network(toy, edits=[StreetEdit(StreetEditKind.PATH, path)])
