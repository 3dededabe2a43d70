"""
Who has a place where places are few: an exact assignment, and the two-step floating catchment.

**Whom.** People are taken in a fixed order: those nearest to any site first, full ones among the sites, ties in the
order of their rows. One is taken if all who were taken before can keep a place, moving to another site where needed.
The sets that can have places together are the independent sets of a transversal matroid, so this greedy choice takes
as many as any assignment could (Edmonds 1971). More places at a site, in whatever number, make the matroid's
marginal ranks no smaller: if A is the tight set that keeps a person out with more places, it kept that person out
before. So whoever has a place keeps it when any site has more: covered counts by community are monotone.

**Where.** Those taken are spread so that the sum of their ways is the least (successive shortest paths with
prices on sites: Ahuja, Magnanti, Orlin 1993, section 9.7).
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets import Catchments

NOWHERE = -1


class _Seating:
    """The places of k sites while people are taken one by one."""

    def __init__(self, homes: Catchments, *, places: list[int]) -> None:
        self.indptr, self.sites, self.lengths = homes.indptr, homes.rows, homes.length_dm
        self.free = places
        self.price = [0] * len(places)
        # no place will ever come free here: all who hold one reach such sites only
        self.is_closed = [False] * len(places)
        self.seat = [NOWHERE] * len(homes)
        # by site and other site: what it costs to move whom; entries of those who left are dropped when met
        self.moves: list[dict[int, list[tuple[int, int]]]] = [{} for _ in places]

    def ways(self, home: int) -> list[tuple[int, int]]:
        """Give the sites that a home reaches, with decimetres."""
        some = slice(self.indptr[home], self.indptr[home + 1])
        return list(zip(self.sites[some].tolist(), self.lengths[some].tolist(), strict=True))

    def take(self, home: int) -> bool:
        """Give a home a place with the least lengthening of all ways, or leave everything as it is."""
        labels: dict[int, int] = {}
        came: dict[int, tuple[int, int]] = {}  # site: the site before it on the path, and who moves from there
        heap: list[tuple[int, int]] = []
        for site, length in self.ways(home):
            if not self.is_closed[site]:
                labels[site], came[site] = length + self.price[site], (NOWHERE, home)
                heap.append((labels[site], site))
        heapq.heapify(heap)
        settled: dict[int, int] = {}
        while heap:
            label, site = heapq.heappop(heap)
            if site in settled:
                continue
            settled[site] = label
            if self.free[site] > 0:
                self._settle(site, label=label, settled=settled, came=came)
                return True
            for other, who, cost in self._cheapest_moves(site):
                reached = label + cost + self.price[other] - self.price[site]
                if other not in settled and reached < labels.get(other, math.inf):
                    labels[other], came[other] = reached, (site, who)
                    heapq.heappush(heap, (reached, other))
        for site in settled:
            self.is_closed[site] = True
        return False

    def _cheapest_moves(self, site: int) -> list[tuple[int, int, int]]:
        found = []
        for other, heap in self.moves[site].items():
            if self.is_closed[other]:
                continue
            while heap and self.seat[heap[0][1]] != site:
                heapq.heappop(heap)
            if heap:
                cost, who = heap[0]
                found.append((other, who, cost))
        return found

    def _settle(self, site: int, *, label: int, settled: dict[int, int], came: dict[int, tuple[int, int]]) -> None:
        for each, at in settled.items():
            self.price[each] += label - at
        self.free[site] -= 1
        to = site
        while to != NOWHERE:
            before, who = came[to]
            self._seat(who, site=to)
            to = before

    def _seat(self, home: int, *, site: int) -> None:
        self.seat[home] = site
        ways = self.ways(home)
        here = next(length for each, length in ways if each == site)
        for other, length in ways:
            if other != site:
                heapq.heappush(self.moves[site].setdefault(other, []), (length - here, home))


def assign_places(homes: Catchments, *, places: NDArray[np.int64], nearest_dm: NDArray[np.int32]) -> NDArray[np.int32]:
    """
    Give homes places at sites: as many as can have one, the nearest first, with the least sum of ways.

    Parameters
    ----------
    homes : Catchments
        For each of n homes the sites within the limit (`Catchments.by_point`), with decimetres.
    places : ndarray of int64, shape (k,)
        How many each site can take.
    nearest_dm : ndarray of int32, shape (n,)
        Decimetres to the nearest of all sites, full or not: who comes first. It must not depend on the places.

    Returns
    -------
    ndarray of int32, shape (n,)
        The site, NOWHERE for whom there is no place. Whoever has one keeps one if any site has more places.

    """
    seating = _Seating(homes, places=[int(count) for count in places])
    reaching = np.flatnonzero(np.diff(homes.indptr))
    for home in reaching[np.lexsort((reaching, nearest_dm[reaching]))].tolist():
        seating.take(home)
    return np.array(seating.seat, np.int32)


def float_catchments(sites: Catchments, *, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Give for each home how many places it has within the limit, each shared among all who reach it.

    The two-step floating catchment (Luo and Wang 2003, equations 3 and 4): places of a site by the people within the
    limit of it, summed up over the sites within the limit of a home. The sum over all homes is the number of
    places that anybody reaches.

    Parameters
    ----------
    sites : Catchments
        For each of k sites the homes within the limit.
    places : ndarray of int64, shape (k,)
        How many each site can take.

    Returns
    -------
    ndarray of float64, shape (n,)
        Places for each elder; 0 where no site is within the limit.

    """
    people = np.diff(sites.indptr)
    ratio = np.divide(places, people, out=np.zeros(len(people)), where=people > 0)
    shares = np.bincount(sites.rows, weights=np.repeat(ratio, people), minlength=sites.count)
    return np.asarray(shares, np.float64)
