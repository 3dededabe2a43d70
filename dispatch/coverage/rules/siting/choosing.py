"""Greedy choice with exact gains, and the bound that the gains give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispatch.coverage.rules.siting.problem import value_of
from dispatch.coverage.values import SitingEnd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from dispatch.coverage.rules.siting.problem import Problem

GREEDY_SHARE = 1 - 1 / math.e
"""Of the best value, where only the number of sites is limited (Nemhauser, Wolsey and Fisher 1978, theorem 4.2)."""
GREEDY_SHARE_OF_BUDGET = GREEDY_SHARE / 2
"""Of the best value, the better of greedy by gain and by gain per cost, where only a budget is limited (Leskovec et al.
2007, theorem 3)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    Candidates in the order in which they were chosen, each with what it covers beside all before it.

    `best_bound` is what no choice can exceed; `guaranteed_share` the part of the best value that the way of choosing
    reaches whatever the numbers are, None where no such law holds (a number of sites and different costs at once).
    """

    picks: tuple[int, ...]
    gains: tuple[int, ...]
    best_bound: int
    end: SitingEnd
    guaranteed_share: float | None

    @property
    def objective(self) -> int:
        """The weight that the picks cover together."""
        return sum(self.gains)


def choose(problem: Problem) -> Choice:
    """
    Choose candidates one after the other, each time the one that adds most; of equal ones the first.

    Where costs differ and a budget is given, it is done by gain and by gain per cost, and the better one is given.
    """
    if not len(problem.weight) or not len(problem.cost):
        return Choice((), (), 0, SitingEnd.NO_MORE_GAIN, None)
    found = [_choose(problem, is_per_cost=False)]
    if problem.budget is not None and len(np.unique(problem.cost)) > 1:
        found.append(_choose(problem, is_per_cost=True))
    best = max(found, key=lambda one: one.objective)
    bound = max(best.objective, min(one.best_bound for one in found))
    return Choice(best.picks, best.gains, bound, best.end, guaranteed_share(problem))


def guaranteed_share(problem: Problem) -> float | None:
    """Give the part of the best value that `choose` reaches at least."""
    cost = np.sort(problem.cost)
    if problem.budget is None or len(np.unique(cost)) == 1:
        return GREEDY_SHARE
    is_number_free = len(cost) <= problem.most or int(cost[: problem.most + 1].sum()) > problem.budget
    return GREEDY_SHARE_OF_BUDGET if is_number_free else None


def in_order(problem: Problem, *, chosen: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bring chosen candidates into the order of their gains; those that add nothing are left out."""
    rows = sorted(chosen)
    part = problem.take(rows)
    found = _choose(part, is_per_cost=False)
    return tuple(rows[pick] for pick in found.picks), found.gains


def bound_of(
    gains: NDArray[np.int64], *, cost: NDArray[np.int64], most: int, budget: int | None, covered: int, whole: int
) -> int:
    """
    Give what no choice of at most `most` candidates within the budget can exceed.

    Covering is submodular: whoever is added to what is covered already adds no more than its gain now. So the best
    choice adds at most the largest gains together (Nemhauser, Wolsey and Fisher 1978, proposition 2.1), nor more than
    the budget buys of them at the best rates, parts of candidates allowed.
    """
    useful = (gains > 0) if budget is None else (gains > 0) & (cost <= budget)
    some, price = gains[useful], cost[useful]
    if len(some) > most:
        largest = int(np.partition(some, len(some) - most)[len(some) - most :].sum())
    else:
        largest = int(some.sum())
    if budget is not None and int(price.sum()) > budget:
        order = np.argsort(np.where(price > 0, -some / np.maximum(price, 1), -np.inf), kind="stable")
        spent = np.cumsum(price[order])
        whole_ones = int(np.searchsorted(spent, budget, side="right"))
        bought = int(some[order[:whole_ones]].sum())
        if whole_ones < len(order):
            left = budget - (int(spent[whole_ones - 1]) if whole_ones else 0)
            last = order[whole_ones]
            bought += int(some[last]) * left // int(price[last])
        largest = min(largest, bought)
    return min(covered + largest, whole)


def _choose(problem: Problem, *, is_per_cost: bool) -> Choice:
    gains = _Limited(problem) if problem.is_limited.any() else _Unlimited(problem)
    reachable = int(problem.weight.sum())
    price = np.maximum(problem.cost, 0.5) if is_per_cost else np.ones(len(problem.cost))
    left = problem.budget
    is_open = np.ones(len(price), np.bool_)
    bound = reachable
    picks: list[int] = []
    added: list[int] = []
    while True:
        now = gains.at_most
        bound = min(
            bound,
            bound_of(
                now,
                cost=problem.cost,
                most=problem.most,
                budget=problem.budget,
                covered=sum(added),
                whole=reachable,
            ),
        )
        is_useful = is_open & (now > 0)
        is_paid = is_useful if left is None else is_useful & (problem.cost <= left)
        if len(picks) == problem.most or not is_paid.any():
            break
        pick, gain = gains.best(np.where(is_paid, now / price, -1.0), is_paid=is_paid, price=price)
        if gain == 0:  # what looked useful was not
            continue
        picks.append(pick)
        added.append(gain)
        is_open[pick] = False
        gains.take(pick)
        if left is not None:
            left -= int(problem.cost[pick])
    end = SitingEnd.ALL_PICKED
    if len(picks) < problem.most:
        end = SitingEnd.BUDGET_SPENT if is_useful.any() else SitingEnd.NO_MORE_GAIN
        if end is SitingEnd.BUDGET_SPENT and not picks:
            end = SitingEnd.BUDGET_TOO_SMALL
    return Choice(tuple(picks), tuple(added), bound, end, None)


class _Unlimited:
    """Gains without capacities: kept exact by subtracting what was covered."""

    def __init__(self, problem: Problem) -> None:
        self.at_most = problem.reached.copy()
        self._reach: csr_array = problem.reach
        self._by_group: csr_array = problem.reach.T.tocsr()
        self._weight = problem.weight
        self._is_left = np.ones(len(problem.weight), np.bool_)

    def best(
        self,
        score: NDArray[np.float64],
        *,
        is_paid: NDArray[np.bool_],  # noqa: ARG002 - the other kind needs it
        price: NDArray[np.float64],  # noqa: ARG002 - likewise
    ) -> tuple[int, int]:
        """Give the candidate of the highest score, the first of equal ones, and its gain."""
        pick = int(np.argmax(score))
        return pick, int(self.at_most[pick])

    def take(self, pick: int) -> None:
        """Cover what a candidate reaches."""
        groups = self._reach.indices[self._reach.indptr[pick] : self._reach.indptr[pick + 1]]
        new = groups[self._is_left[groups]]
        self._is_left[new] = False
        self.at_most -= np.asarray(self._by_group[new].T @ self._weight[new], np.int64)


class _Limited:
    """Gains under capacities: bounds from earlier rounds, made exact where they matter (Minoux 1978)."""

    def __init__(self, problem: Problem) -> None:
        self.at_most = np.minimum(problem.reached, problem.capacity)
        self._problem = problem
        self._picks: list[int] = []
        self._value = 0

    def best(
        self, score: NDArray[np.float64], *, is_paid: NDArray[np.bool_], price: NDArray[np.float64]
    ) -> tuple[int, int]:
        """Give the candidate of the highest score, the first of equal ones, and its gain."""
        while True:
            pick = int(np.argmax(score))
            gain = value_of(self._problem, chosen=[*self._picks, pick]) - self._value
            if gain == self.at_most[pick]:
                return pick, gain
            self.at_most[pick] = gain
            score[pick] = gain / price[pick] if gain and is_paid[pick] else -1.0
            if not (score > 0).any():
                return pick, 0

    def take(self, pick: int) -> None:
        """Let a candidate serve whom it can."""
        self._picks.append(pick)
        self._value = value_of(self._problem, chosen=self._picks)
        self.at_most[pick] = 0
