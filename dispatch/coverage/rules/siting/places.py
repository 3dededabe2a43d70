"""Candidates on the ground: inside the area, on a street, or every node of the network there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from dispatch import geo, streets
from dispatch.coverage.rules.measuring import DM_PER_M, points_of, snap
from dispatch.coverage.values import Candidate, CandidateSource, Refusal, RefusedCandidate
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dispatch.coverage.values import AreaFacts, SitingInputs
    from dispatch.geo import LonLatPolygon
    from dispatch.streets import Network, Snaps

DEGREE_DECIMALS = 7  # about a centimetre


class AreaWithoutBoundaryError(InvalidError):
    """Which nodes lie in an area is not known where its boundary is not."""

    slug = "area-without-boundary"
    title = Words("这个区域没有边界", "This area has no boundary")
    detail = Words(
        "{area_code} 和它下面的区域都没有边界，无法取其中的路网节点；请先导入边界，或给出候选点。",
        "Neither {area_code} nor an area below it has a boundary, so the nodes in it are not known; "
        "import boundaries first, or give candidates.",
    )


@dataclass(frozen=True, slots=True)
class Places:
    """
    Candidates that can be used, and the others with their reasons.

    `candidates` and `snaps` go together; candidates that are all nodes of an area are made one by one only when
    they are picked (`candidate`), since there may be a million.
    """

    snaps: Snaps
    refused: tuple[RefusedCandidate, ...]
    candidates: tuple[Candidate, ...] | None
    network: Network
    usual: Candidate
    is_boundary_known: bool = True

    def __len__(self) -> int:
        return len(self.snaps)

    @property
    def capacities(self) -> Sequence[int | None]:
        """How much each takes; None: all that it reaches."""
        if self.candidates is None:
            return [self.usual.capacity] * len(self)
        return [one.capacity for one in self.candidates]

    @property
    def costs(self) -> NDArray[np.int64]:
        """What each costs; shape (m,)."""
        if self.candidates is None:
            return np.full(len(self), self.usual.cost, np.int64)
        return np.array([one.cost for one in self.candidates], np.int64)

    def candidate(self, row: int) -> Candidate:
        """Give the candidate of a row."""
        if self.candidates is not None:
            return self.candidates[row]
        xy = self.network.xy[[self.snaps.a[row]]]
        lon, lat = (round(float(degrees), DEGREE_DECIMALS) for degrees in self.network.projection.to_ll(xy)[0])
        return Candidate((lon, lat), capacity=self.usual.capacity, cost=self.usual.cost)

    def snap_m(self, row: int) -> float:
        """Give how far the candidate of a row stands from its street."""
        return int(self.snaps.snap_dm[row]) / DM_PER_M


def find_places(inputs: SitingInputs, *, network: Network) -> Places:
    """
    Find the candidates that can be used.

    Raises
    ------
    AreaWithoutBoundaryError
        All nodes are wanted, and no boundary says which.

    """
    wish = inputs.wish
    usual = Candidate(None, capacity=wish.capacity, cost=wish.cost)
    outline_ll = boundary_of(inputs.run.areas, area_code=wish.area_code)
    if wish.source is CandidateSource.NODES:
        if outline_ll is None:
            raise AreaWithoutBoundaryError(area_code=wish.area_code)
        nodes = nodes_within(network, outline_ll=outline_ll)
        return Places(streets.snap_nodes(nodes), (), None, network, usual)
    points_ll = points_of([one.point_ll for one in inputs.candidates])
    snaps = snap(network, points_ll=points_ll)
    is_inside = np.ones(len(points_ll), np.bool_)
    if outline_ll is not None:
        shapely.prepare(outline_ll)
        is_inside = shapely.intersects_xy(outline_ll, points_ll)
    kept: list[int] = []
    refused: list[RefusedCandidate] = []
    for number, one in enumerate(inputs.candidates):
        reason = None
        if one.point_ll is None:
            reason = Refusal.UNLOCATED
        elif not is_inside[number]:
            reason = Refusal.OUTSIDE_AREA
        elif not snaps.is_located[number]:
            reason = Refusal.OFF_STREET
        if reason is None:
            kept.append(number)
        else:
            refused.append(RefusedCandidate(number, one.label, one.site_id, reason))
    rows = np.array(kept, np.intp)
    return Places(snaps.take(rows), tuple(refused), tuple(inputs.candidates[number] for number in kept), network, usual)


def boundary_of(areas: Sequence[AreaFacts], *, area_code: str) -> LonLatPolygon | None:
    """Give the boundary of an area, else that of the highest areas below it that have one together; None: unknown."""
    with_one = [area for area in areas if area.boundary_ll is not None and area.code.startswith(area_code)]
    if not with_one:
        return None
    highest = min(len(area.code) for area in with_one)
    parts = [area.boundary_ll for area in with_one if len(area.code) == highest]
    return cast("LonLatPolygon", parts[0] if len(parts) == 1 else shapely.union_all(parts))


def nodes_within(network: Network, *, outline_ll: LonLatPolygon) -> NDArray[np.int32]:
    """Give the nodes of connected streets inside an outline, in rising order; cut-off pieces are left out."""
    outline_xy = geo.to_metric(outline_ll, projection=network.projection)
    shapely.prepare(outline_xy)
    west, south, east, north = outline_xy.bounds
    x, y = network.xy[:, 0], network.xy[:, 1]
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north) & network.is_mainland)
    return near[shapely.intersects_xy(outline_xy, network.xy[near])].astype(np.int32)
