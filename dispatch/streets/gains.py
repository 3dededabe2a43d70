"""What a site at each place would newly cover, kept exact while places are taken."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets import gaining, gathering
from dispatch.streets.catchments import file_points, sum_catchments
from dispatch.streets.searching import BAND_WIDTH_DM, along_of, checked_limit, ends_of
from dispatch.streets.snapping import snap_nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets.values import Network, Snaps

UNITS_PER_WEIGHT = 2**20
"""Weights that are not whole are taken to a millionth, so that sums do not depend on their order."""

MOST_UNITS = 2**53
POINTS_FOR_ONE = 20_000
"""Up to so many searches are made by one thread."""


class Gains:
    """
    For each candidate the weight of the points within the limit of it that no place taken so far covers.

    One object belongs to one thread at a time. Points that are covered from the start get the weight 0.
    """

    def __init__(
        self,
        network: Network,
        *,
        points: Snaps,
        weight: NDArray[np.number],
        limit_dm: int,
        candidates: Snaps | None = None,
    ) -> None:
        """
        Work out the gains of all candidates.

        Parameters
        ----------
        network : Network
            The streets.
        points : Snaps
            n points; those that are not located are never covered.
        weight : ndarray of numbers, shape (n,)
            Not negative; whole numbers are exact, others are rounded to 2**-20.
        limit_dm : int
            Longest length from door to door, this length included, decimetres.
        candidates : Snaps, optional
            k places; without them every node of the network is one.

        Raises
        ------
        ValueError
            There are more or fewer weights than points, or weights that are negative, infinite or too large in sum.

        """
        self._network = network
        self._points = points
        self._candidates = candidates
        self._limit = checked_limit(limit_dm)
        self._units, self._unit = _units_of(weight, count=len(points))
        self._ends, self._to = ends_of(points), along_of(points)
        self._filed_points = file_points(network, points=points)
        self._filed_candidates = None if candidates is None else file_points(network, points=candidates)
        self._mark = np.zeros(network.node_count, np.uint32)
        self._least = np.zeros(0 if candidates is None else len(candidates), np.uint32)
        self._gain = self._at_first()

    def __len__(self) -> int:
        return len(self._gain)

    @property
    def gain(self) -> NDArray[np.float64]:
        """The gain of each candidate now, shape (k,); a copy."""
        return np.asarray(self._gain * self._unit, np.float64)

    @property
    def uncovered(self) -> float:
        """The weight of all points that are not covered yet, those that nobody reaches included."""
        return float(self._units.sum() * self._unit)

    def best(self, *, among: NDArray[np.bool_] | None = None) -> int | None:
        """Give the candidate with the highest gain, the lowest row among equal ones; None where nothing is gained."""
        gain = self._gain if among is None else np.where(among, self._gain, 0)
        row = int(np.argmax(gain)) if len(gain) else 0
        return row if len(gain) and gain[row] > 0 else None

    def reached_by(self, candidate: int) -> NDArray[np.int32]:
        """Give the points that a candidate reaches, covered already or not."""
        one = np.array([candidate])
        place = snap_nodes(one) if self._candidates is None else self._candidates.take(one)
        _, listed, _ = gathering.gather_points(
            self._network.indptr,
            self._network.indices,
            self._network.length_dm,
            place.edge,
            ends_of(place),
            along_of(place),
            place.snap_dm,
            self._limit,
            BAND_WIDTH_DM,
            self._mark,
            *self._filed_points,
            np.zeros(len(self._points)),
            np.zeros(1),
            True,  # noqa: FBT003 - kernels take no keywords
        )
        return listed

    def take(self, candidate: int) -> NDArray[np.int32]:
        """
        Take a candidate and subtract what it covers from the gains of all others.

        Returns
        -------
        ndarray of int32
            The points that are newly covered, those without weight left out.

        """
        rows = self.reached_by(candidate)
        return self.cover(rows)

    def cover(self, rows: NDArray[np.integer]) -> NDArray[np.int32]:
        """Count some points as covered from now on; gives those that count and were not covered before."""
        new = np.unique(np.asarray(rows, np.int32))
        new = new[self._units[new] > 0]
        self._scatter(new, units=-self._units, mark=self._mark, least=self._least, gain=self._gain)
        self._units[new] = 0
        return new

    def _at_first(self) -> NDArray[np.int64]:
        rows = np.flatnonzero((self._units > 0) & self._points.is_located).astype(np.int32)
        if self._candidates is not None and len(self._candidates) < len(rows):
            sums = sum_catchments(
                self._network,
                sites=self._candidates,
                points=self._points,
                weight=self._units,
                limit_dm=self._limit,
            )
            return sums.astype(np.int64)
        # In the order of nodes neighbours follow each other, whose streets are then still in the cache.
        rows = rows[np.argsort(self._points.a[rows], kind="stable")]
        count = self._network.node_count if self._candidates is None else len(self._candidates)

        def scatter(part: NDArray[np.int32]) -> NDArray[np.int64]:
            gain = np.zeros(count, np.int64)
            mark, least = np.zeros_like(self._mark), np.zeros_like(self._least)
            self._scatter(part, units=self._units, mark=mark, least=least, gain=gain)
            return gain

        parts = (os.cpu_count() or 1) if len(rows) > POINTS_FOR_ONE else 1
        if parts == 1:
            return scatter(rows)
        with ThreadPoolExecutor(parts) as threads:
            gains = list(threads.map(scatter, np.array_split(rows, parts)))
        return np.asarray(np.sum(gains, axis=0), np.int64)

    def _scatter(
        self,
        rows: NDArray[np.int32],
        *,
        units: NDArray[np.int64],
        mark: NDArray[np.uint32],
        least: NDArray[np.uint32],
        gain: NDArray[np.int64],
    ) -> None:
        streets = (self._network.indptr, self._network.indices, self._network.length_dm)
        doors = (self._ends, self._to, self._points.snap_dm)
        filed = self._filed_candidates
        if filed is None:
            gaining.scatter_on_nodes(*streets, rows, units, *doors, self._limit, BAND_WIDTH_DM, mark, gain)
            return
        gaining.scatter_on_sites(
            *streets,
            rows,
            units,
            self._points.edge,
            *doors,
            self._limit,
            BAND_WIDTH_DM,
            mark,
            *filed,  # type: ignore[arg-type]  # its seven arrays, each of the type that is asked for
            least,
            gain,
        )


@dataclass(frozen=True, slots=True)
class Picks:
    """
    Places chosen one after the other, each the best after those before it.

    Attributes
    ----------
    rows : ndarray of int64, shape (p,)
        Candidates, or nodes where every node was one.
    gain : ndarray of float64, shape (p,)
        The weight that each newly covers.
    uncovered : float
        The weight that is left over.

    """

    rows: NDArray[np.int64]
    gain: NDArray[np.float64]
    uncovered: float


def greedy_sites(
    network: Network,
    *,
    points: Snaps,
    weight: NDArray[np.number],
    limit_dm: int,
    picks: int,
    candidates: Snaps | None = None,
) -> Picks:
    """
    Choose places one by one, each time the one that newly covers most; ties go to the lowest row.

    Covers at least 1 - 1/e of what the best choice of as many places covers (Nemhauser, Wolsey and Fisher 1978).
    Parameters and errors are those of `Gains`; fewer than `picks` places are given where no other gains anything.
    """
    gains = Gains(network, points=points, weight=weight, limit_dm=limit_dm, candidates=candidates)
    rows: list[int] = []
    won: list[float] = []
    while len(rows) < picks and (row := gains.best()) is not None:
        before = gains.uncovered
        gains.take(row)
        rows.append(row)
        won.append(before - gains.uncovered)
    return Picks(rows=np.array(rows, np.int64), gain=np.array(won, np.float64), uncovered=gains.uncovered)


def _units_of(weight: NDArray[np.number], *, count: int) -> tuple[NDArray[np.int64], float]:
    """Give weights as whole numbers of a unit, and the unit."""
    weights = np.asarray(weight, np.float64)
    if weights.shape != (count,):
        msg = f"There are {count} points, but weights of shape {weights.shape}"
        raise ValueError(msg)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        msg = "Weights must be finite and not negative"
        raise ValueError(msg)
    per = 1 if np.array_equal(weights, np.rint(weights)) else UNITS_PER_WEIGHT
    if weights.sum() * per >= MOST_UNITS:
        msg = f"Weights must not be more than {MOST_UNITS // per} in sum"
        raise ValueError(msg)
    return np.rint(weights * per).astype(np.int64), 1 / per
