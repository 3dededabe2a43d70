"""Coverage of weighted points by sites, without areas and without a database: what `dispatch city` computes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from dispatch import geo, streets
from dispatch.coverage.rules import shapes
from dispatch.coverage.rules.circles import draw_circles
from dispatch.coverage.rules.figures import median_uncovered
from dispatch.coverage.rules.measuring import DM_PER_M, measure_walks, reached_by_site, within, within_straight
from dispatch.coverage.values import BAND_MIN, SLOWER_SHARE, OriginRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import Question
    from dispatch.geo import LonLat, LonLatPolygon, MetricPolygon
    from dispatch.streets import Network

    Tick = Callable[[], None]
    """Told once for each circle drawn."""


@dataclass(frozen=True, slots=True)
class CityPoints:
    """
    Places of one kind: demand, or the sites of one category.

    Attributes
    ----------
    name : str
        The category, or what the demand counts.
    lonlat : ndarray of float, shape (n, 2)
        WGS 84 degrees, not-a-number where a row had no point.
    weight : ndarray of float, shape (n,)
        People (or square metres of floor); 1 for a site.
    labels : tuple of str
        What each is called; empty text where it has no name.

    """

    name: str
    lonlat: NDArray[np.float64]
    weight: NDArray[np.float64]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CityShares:
    """Weights at one limit and speed: how much is covered, and which share of all demand that is."""

    covered: float
    covered_share: float


@dataclass(frozen=True, slots=True)
class CityCircle:
    """The circle of one site, and the demand within the limit of it."""

    label: str
    point_ll: LonLat
    snap_m: float | None
    reached: float
    circle_ll: LonLatPolygon | None


@dataclass(frozen=True, slots=True)
class CityGap:
    """One connected piece of inhabited ground outside every circle, with the demand that lies in it."""

    uncovered: float
    nearest_label: str | None
    nearest_ll: LonLat | None
    nearest_s: int | None
    gap_ll: LonLatPolygon


@dataclass(frozen=True, slots=True)
class CityCell:
    """One H3 cell that holds demand."""

    cell: int
    demand: float
    uncovered: float
    walk_s: int | None


@dataclass(frozen=True, slots=True)
class CityFindings:
    """
    What was found for one category of sites.

    `band` has the minutes of the band and the limit's own; `unlocated` is never covered. `covered_xy` is in
    the metres of the network's projection, for drawing.
    """

    category: str
    question: Question
    sites: int
    unlocated_sites: int
    demand: float
    unlocated: float
    at_limit: CityShares
    band: dict[str, CityShares]
    slower: CityShares
    straight: CityShares
    other_rule: CityShares
    circles: tuple[CityCircle, ...]
    gaps: tuple[CityGap, ...]
    cells: tuple[CityCell, ...]
    covered_xy: MetricPolygon


def compute_city(
    network: Network, *, demand: CityPoints, sites: CityPoints, question: Question, tick: Tick | None = None
) -> CityFindings:
    """
    Compute the coverage of demand by the sites of one category.

    Parameters
    ----------
    network : Network
        On which ways are measured.
    demand, sites : CityPoints
        Neither may be empty: the caller says so to whoever asked.
    question : Question
        Limit, speed, and what the points stand for; the other origin rule's share is found too.
    tick : callable, optional
        Told of each circle drawn.

    """
    walks = measure_walks(network, homes_ll=demand.lonlat, sites_ll=sites.lonlat, question=question)
    other_rule = OriginRule.DOOR if question.origin_rule is OriginRule.NODE else OriginRule.NODE
    other = measure_walks(
        network, homes_ll=demand.lonlat, sites_ll=sites.lonlat, question=replace(question, origin_rule=other_rule)
    )
    limit_s, speed_mps = question.limit_s, question.speed_mps
    limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=speed_mps)
    covered_xy = streets.covered_area(walks.network, field=walks.field, sites=walks.sites, limit_dm=limit_dm)
    is_out = ~within(walks, limit_s=limit_s, speed_mps=speed_mps)

    def shares(is_in: NDArray[np.bool_]) -> CityShares:
        return _shares(is_in, weight=demand.weight)

    return CityFindings(
        category=sites.name,
        question=question,
        sites=len(sites.lonlat),
        unlocated_sites=int((~walks.sites.is_located).sum()),
        demand=_plain(demand.weight.sum()),
        unlocated=_plain(demand.weight[~walks.homes.is_located].sum()),
        at_limit=shares(~is_out),
        band={str(m): shares(within(walks, limit_s=60 * m, speed_mps=speed_mps)) for m in BAND_MIN},
        slower=shares(within(walks, limit_s=limit_s, speed_mps=speed_mps * SLOWER_SHARE)),
        straight=shares(within_straight(walks, limit_dm=question.limit_dm())),
        other_rule=shares(within(other, limit_s=limit_s, speed_mps=speed_mps)),
        circles=tuple(_circles(walks, demand=demand, sites=sites, limit_dm=limit_dm, tick=tick)),
        gaps=_gaps(network, walks=walks, demand=demand, sites=sites, question=question, covered_xy=covered_xy),
        cells=_cells(walks, demand=demand, is_out=is_out, question=question),
        covered_xy=covered_xy,
    )


def _plain(weight: float) -> float:
    """Give a sum of weights; whole numbers as such, others to the thousandth."""
    return int(weight) if float(weight).is_integer() else round(float(weight), 3)


def _shares(is_in: NDArray[np.bool_], *, weight: NDArray[np.float64]) -> CityShares:
    covered = weight[is_in].sum()
    return CityShares(covered=_plain(covered), covered_share=float(covered / weight.sum()))


def _circles(
    walks: Walks,
    *,
    demand: CityPoints,
    sites: CityPoints,
    limit_dm: int,
    tick: Tick | None,
) -> Iterable[CityCircle]:
    reached = reached_by_site(walks, weight=demand.weight, limit_dm=limit_dm)
    shapes_ll = draw_circles(walks.network, sites=walks.sites, rows=range(len(sites.labels)), limit_dm=limit_dm)
    for row, circle_ll in enumerate(shapes_ll):
        yield CityCircle(
            label=sites.labels[row],
            point_ll=_point(sites, row=row),
            snap_m=int(walks.sites.snap_dm[row]) / DM_PER_M if walks.sites.is_located[row] else None,
            reached=_plain(reached[row]),
            circle_ll=circle_ll,
        )
        if tick is not None:
            tick()


def _gaps(
    network: Network,
    *,
    walks: Walks,
    demand: CityPoints,
    sites: CityPoints,
    question: Question,
    covered_xy: MetricPolygon,
) -> tuple[CityGap, ...]:
    """Cut the inhabited ground (the H3 cells that hold demand) by the covered area; each person is in one piece."""
    is_out = ~within(walks, limit_s=question.limit_s, speed_mps=question.speed_mps)
    rows = np.flatnonzero(is_out & np.isfinite(demand.lonlat).all(axis=1))
    if not len(rows):
        return ()
    cells = [geo.cell_polygon(int(cell)) for cell in np.unique(geo.cells_of(demand.lonlat[rows]))]
    ground_xy = shapely.union_all(
        [geo.to_metric(cell, projection=network.projection) for cell in cells], grid_size=0.01
    )
    left = shapely.get_parts(shapely.difference(ground_xy, covered_xy))
    pieces = [piece for piece in left if piece.geom_type == "Polygon" and piece.area >= shapes.SMALLEST_GAP_M2]
    if not pieces:  # everybody outside lies on the very edge
        pieces = list(shapely.get_parts(ground_xy))
    points = shapely.points(network.projection.to_xy(demand.lonlat[rows]))
    piece_of = shapely.STRtree(pieces).query_nearest(points, all_matches=False)[1]
    found = []
    for number in np.unique(piece_of):
        here = rows[piece_of == number]
        middle = median_uncovered(walks, is_covered=~is_out, rows=here)
        owner = None if middle is None else int(walks.owner[middle])
        shape = shapes.rounded_ll(geo.MetricPolygon(pieces[number]), projection=network.projection)
        if shape is None:
            continue
        found.append(
            CityGap(
                uncovered=_plain(demand.weight[here].sum()),
                nearest_label=None if owner is None else sites.labels[owner],
                nearest_ll=None if owner is None else _point(sites, row=owner),
                nearest_s=None
                if middle is None
                else int(streets.walk_time_s(int(walks.length_dm[middle]), speed_mps=question.speed_mps)),
                gap_ll=shape,
            )
        )
    return tuple(sorted(found, key=lambda gap: -gap.uncovered))


def _cells(walks: Walks, *, demand: CityPoints, is_out: NDArray[np.bool_], question: Question) -> tuple[CityCell, ...]:
    rows = np.flatnonzero(np.isfinite(demand.lonlat).all(axis=1))
    cells, place = np.unique(geo.cells_of(demand.lonlat[rows]), return_inverse=True)
    people = np.bincount(place, weights=demand.weight[rows])
    outside = np.bincount(place, weights=demand.weight[rows] * is_out[rows])
    walk_s = streets.walk_time_s(walks.length_dm[rows], speed_mps=question.speed_mps)
    found = []
    for i, cell in enumerate(cells):
        here = walk_s[place == i]
        known = here[here != streets.UNREACHED]
        found.append(
            CityCell(
                cell=int(cell),
                demand=_plain(people[i]),
                uncovered=_plain(outside[i]),
                walk_s=int(np.median(known)) if len(known) else None,
            )
        )
    return tuple(found)


def _point(points: CityPoints, *, row: int) -> LonLat:
    return float(points.lonlat[row, 0]), float(points.lonlat[row, 1])
