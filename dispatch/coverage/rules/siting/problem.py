"""The choice as numbers: candidates, groups of demand, and which of them reach each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_PAIRS_COMPARED = 50_000_000
"""Pairs of candidates that reach a group in common: above, only equal candidates are told apart, not dominated ones."""


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Choose at most `most` of m candidates within a budget so that as much of the weight as possible is covered.

    This is the maximal covering location problem (Church and ReVelle 1974), with capacities and costs.

    Attributes
    ----------
    reach : csr_array of int64, shape (m, n)
        1 where a candidate reaches a group; columns of a row rise.
    weight : ndarray of int64, shape (n,)
        Of each group, positive.
    capacity : ndarray of int64, shape (m,)
        How much weight a candidate takes; the sum of all weights stands for no limit.
    cost : ndarray of int64, shape (m,)
        Not negative.
    most : int
        How many candidates may be chosen.
    budget : int or None
        What the chosen may cost together.

    """

    reach: csr_array
    weight: NDArray[np.int64]
    capacity: NDArray[np.int64]
    cost: NDArray[np.int64]
    most: int
    budget: int | None

    @property
    def reached(self) -> NDArray[np.int64]:
        """The weight that each candidate reaches, capacity aside; shape (m,)."""
        return np.asarray(self.reach @ self.weight, np.int64)

    @property
    def is_limited(self) -> NDArray[np.bool_]:
        """For each candidate whether its capacity is less than what it reaches; shape (m,)."""
        return np.asarray(self.capacity < self.reached)

    def take(self, rows: NDArray[np.integer] | Sequence[int]) -> Problem:
        """Give the same problem with some of the candidates only."""
        kept = np.asarray(rows, np.intp)
        return replace(self, reach=self.reach[kept], capacity=self.capacity[kept], cost=self.cost[kept])


@dataclass(frozen=True, slots=True)
class Grouped:
    """Demand points merged: `group` gives for each point its group, -1 where no candidate reaches it."""

    problem: Problem
    group: NDArray[np.intp]


def make_problem(
    *,
    indptr: NDArray[np.integer],
    points: NDArray[np.integer],
    weight: NDArray[np.int64],
    capacity: Sequence[int | None],
    cost: Sequence[int] | NDArray[np.int64],
    most: int,
    budget: int | None,
) -> Grouped:
    """
    Make a problem of what each candidate reaches: `points[indptr[i]:indptr[i + 1]]` in any order.

    Points that the same candidates reach are merged: no choice tells them apart. Points without weight, and
    those out of everybody's reach, are left out.
    """
    count, candidates = len(weight), len(indptr) - 1
    pairs = csr_array((np.ones(len(points), np.int64), points, indptr), shape=(candidates, count))
    by_point = csr_array(pairs.T)
    by_point.sort_indices()
    group, rows = _merge(by_point, is_wanted=weight > 0)
    is_in = group >= 0
    # whole numbers below 2^53 are exact in floats
    sums = np.bincount(group[is_in], weights=weight[is_in], minlength=len(rows)).astype(np.int64)
    reach = csr_array(by_point[rows].T)
    reach.sort_indices()
    whole = int(sums.sum())
    return Grouped(
        problem=Problem(
            reach=reach,
            weight=sums,
            capacity=np.array([whole if one is None else min(one, whole) for one in capacity], np.int64),
            cost=np.array(cost, np.int64),
            most=most,
            budget=budget,
        ),
        group=group,
    )


def reduce(problem: Problem) -> tuple[Problem, NDArray[np.intp]]:
    """
    Leave out what no best choice needs, and give the rest with the candidates' old numbers.

    Left out are candidates that reach nobody or cost more than the budget, and those that another one
    dominates: it reaches whatever they reach, costs no more, and can take all that it reaches. Of equal ones
    the first stays. The groups are merged again.
    """
    is_kept = np.asarray(problem.reached > 0)
    if problem.budget is not None:
        is_kept &= problem.cost <= problem.budget
    rows = np.flatnonzero(is_kept)
    rows = rows[_undominated(problem.take(rows))]
    smaller = problem.take(rows)
    by_group = csr_array(smaller.reach.T)
    by_group.sort_indices()
    group, firsts = _merge(by_group, is_wanted=np.ones(len(problem.weight), np.bool_))
    is_in = group >= 0
    weight = np.bincount(group[is_in], weights=problem.weight[is_in], minlength=len(firsts)).astype(np.int64)
    reach = csr_array(by_group[firsts].T)
    reach.sort_indices()
    return replace(smaller, reach=reach, weight=weight), rows


def value_of(problem: Problem, *, chosen: Sequence[int]) -> int:
    """Give the weight that chosen candidates cover together, within their capacities."""
    rows = np.asarray(chosen, np.intp)
    if not len(rows):
        return 0
    if not problem.is_limited[rows].any():
        is_reached = np.asarray(problem.reach[rows].sum(axis=0)) > 0
        return int(problem.weight[is_reached].sum())
    return int(give(problem, chosen=chosen).sum())


def give(problem: Problem, *, chosen: Sequence[int]) -> csr_array:
    """
    Give what each chosen candidate takes of each group's weight, as much as possible in all.

    Returns
    -------
    csr_array of int32, shape (chosen, n)
        A largest flow from candidates to groups, within capacities and weights: which group is served where
        several could be is the same each time.

    """
    rows = np.asarray(chosen, np.intp)
    sites, groups = len(rows), len(problem.weight)
    if not sites:
        return csr_array(np.zeros((0, groups), np.int32))
    part = problem.reach[rows].tocoo()
    source, sink = sites + groups, sites + groups + 1
    tail = np.concatenate((np.full(sites, source), part.row, sites + np.arange(groups)))
    head = np.concatenate((np.arange(sites), sites + part.col, np.full(groups, sink)))
    room = np.concatenate((problem.capacity[rows], problem.weight[part.col], problem.weight)).astype(np.int32)
    graph = csr_array((room, (tail, head)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    return csr_array(flow[:sites, sites:source])


def _merge(by_point: csr_array, *, is_wanted: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give each row the number of its like, in the order in which they come, and the first row of each number."""
    numbers: dict[bytes, int] = {}
    group = np.full(by_point.shape[0], -1, np.intp)
    firsts: list[int] = []
    starts, columns = by_point.indptr, by_point.indices
    for row in np.flatnonzero(is_wanted & (np.diff(starts) > 0)):
        key = columns[starts[row] : starts[row + 1]].tobytes()
        number = numbers.setdefault(key, len(firsts))
        if number == len(firsts):
            firsts.append(int(row))
        group[row] = number
    return group, np.array(firsts, np.intp)


def _undominated(problem: Problem) -> NDArray[np.intp]:
    size = np.diff(problem.reach.indptr)
    by_group = np.diff(csr_array(problem.reach.T).indptr).astype(np.int64)
    if not len(size) or int((by_group**2).sum()) > MOST_PAIRS_COMPARED:
        return np.flatnonzero(_is_first_of_equals(problem))
    common = csr_array(problem.reach @ problem.reach.T).tocoo()
    lower, upper = common.row, common.col
    cost, is_free = problem.cost, ~problem.is_limited
    # `upper` reaches all that `lower` reaches, at no more cost, and has room for all of it
    does = (lower != upper) & (common.data == size[lower]) & (cost[upper] <= cost[lower]) & is_free[upper]
    is_equal = (size[lower] == size[upper]) & (cost[lower] == cost[upper]) & is_free[lower]
    does &= ~is_equal | (upper < lower)
    is_left_out = np.zeros(len(size), np.bool_)
    is_left_out[lower[does]] = True
    return np.flatnonzero(~is_left_out)


def _is_first_of_equals(problem: Problem) -> NDArray[np.bool_]:
    seen: set[tuple[bytes, int]] = set()
    is_first = np.ones(len(problem.cost), np.bool_)
    starts, columns, is_limited = problem.reach.indptr, problem.reach.indices, problem.is_limited
    for row in range(len(problem.cost)):
        if is_limited[row]:
            continue
        key = (columns[starts[row] : starts[row + 1]].tobytes(), int(problem.cost[row]))
        is_first[row] = key not in seen
        seen.add(key)
    return is_first
