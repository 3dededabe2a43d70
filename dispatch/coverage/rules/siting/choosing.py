"""Greedy choice with exact gains, and the bound that the gains give."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_array

from dispatch.coverage.rules.siting.problem import value_of
from dispatch.coverage.values import SitingEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from dispatch.coverage.rules.siting.problem import Problem

GREEDY_SHARE = 1 - 1 / math.e
"""Of the best value, where only the number of sites is limited (Nemhauser, Wolsey and Fisher 1978, theorem 4.2)."""
GREEDY_SHARE_OF_BUDGET = GREEDY_SHARE / 2
"""Of the best value, the better of greedy by gain and by gain per cost, where only a budget is limited (Leskovec et al.
2007, theorem 3)."""

BOUNDS_AT_FIRST, BOUNDS_EVERY = 16, 8
"""The bound is looked for at each of the first picks, then at some: it costs as much as a pick, and moves slowly."""


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


class Gains(Protocol):
    """What each of m candidates would add to what is covered."""

    @property
    def at_most(self) -> NDArray[np.int64]:
        """For each candidate a number that is never less than its gain, shape (m,)."""

    def exact(self, candidate: int) -> int:
        """Give the gain of a candidate."""

    def take(self, candidate: int) -> None:
        """Pick a candidate: from now on it covers what it reaches, and adds nothing more."""


def choose(problem: Problem) -> Choice:
    """
    Choose candidates one after the other, each time the one that adds most; of equal ones the first.

    Where costs differ and a budget is given, it is done by gain and by gain per cost, and the better one is given.
    """
    return choose_from(
        lambda: _Limited(problem) if problem.is_limited.any() else _Unlimited(problem),
        cost=problem.cost,
        most=problem.most,
        budget=problem.budget,
        whole=int(problem.weight.sum()),
    )


def choose_from(
    make_gains: Callable[[], Gains], *, cost: NDArray[np.int64], most: int, budget: int | None, whole: int
) -> Choice:
    """
    Choose as `choose` does, from gains of any kind; none of them is above `whole`.

    `make_gains` is called once for each way of choosing.
    """
    if not len(cost):
        return Choice((), (), 0, SitingEnd.NO_MORE_GAIN, None)
    terms = _Terms(cost, most, budget, whole)
    best = _choose(make_gains(), terms=terms, is_per_cost=False)
    bound = best.best_bound
    if budget is not None and not terms.is_one_price:
        other = _choose(make_gains(), terms=terms, is_per_cost=True)
        best, bound = max(best, other, key=lambda one: one.objective), min(bound, other.best_bound)
    return replace(best, best_bound=max(best.objective, bound), guaranteed_share=_guaranteed_share(terms))


def in_order(problem: Problem, *, chosen: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bring chosen candidates into the order of their gains; those that add nothing are left out."""
    rows = sorted(chosen)
    found = choose(replace(problem.take(rows), most=max(1, len(rows)), budget=None))
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
    if most == 0:
        largest = 0
    elif len(some) > most:
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


@dataclass(frozen=True, slots=True)
class _Terms:
    """On which terms is chosen: prices, number, budget, and the most that can be covered."""

    cost: NDArray[np.int64]
    most: int
    budget: int | None
    whole: int

    @property
    def is_one_price(self) -> bool:
        return bool((self.cost == self.cost[0]).all())

    @property
    def paid(self) -> int:
        """How many can be chosen at most, where the price is one for all."""
        price = int(self.cost[0])
        if self.budget is None or not self.is_one_price or price == 0:
            return self.most
        return min(self.most, self.budget // price)


def _guaranteed_share(terms: _Terms) -> float | None:
    if terms.budget is None or terms.is_one_price:
        return GREEDY_SHARE
    cost = np.sort(terms.cost)
    is_number_free = len(cost) <= terms.most or int(cost[: terms.most + 1].sum()) > terms.budget
    return GREEDY_SHARE_OF_BUDGET if is_number_free else None


def _choose(gains: Gains, *, terms: _Terms, is_per_cost: bool) -> Choice:
    cost, paid = terms.cost, terms.paid
    budget = None if terms.is_one_price else terms.budget  # then it is a number of sites
    left = budget
    # what costs nothing comes first, as if it cost half of the least
    price = np.maximum(cost, 0.5) if is_per_cost else None
    is_open = np.ones(len(cost), np.bool_)
    bound = terms.whole
    picks: list[int] = []
    added: list[int] = []
    while True:
        now = gains.at_most
        is_useful = is_open & (now > 0)
        is_affordable = is_useful if left is None else is_useful & (cost <= left)
        is_last = len(picks) == paid or not is_affordable.any()
        if is_last or len(picks) < BOUNDS_AT_FIRST or len(picks) % BOUNDS_EVERY == 0:
            bound = min(
                bound, bound_of(now, cost=cost, most=paid, budget=budget, covered=sum(added), whole=terms.whole)
            )
        if is_last:
            break
        pick, gain = _best(gains, now=now, is_open=is_affordable, price=price)
        if gain == 0:
            continue  # what looked useful was not: the gains know it now
        picks.append(pick)
        added.append(gain)
        is_open[pick] = False
        gains.take(pick)
        if left is not None:
            left -= int(cost[pick])
    return Choice(tuple(picks), tuple(added), bound, end_of(picks, most=terms.most, is_useful=is_useful), None)


def end_of(picks: Sequence[int], *, most: int, is_useful: NDArray[np.bool_]) -> SitingEnd:
    """Say why no further candidate was picked, by those that would add something."""
    if len(picks) == most:
        return SitingEnd.ALL_PICKED
    if not is_useful.any():
        return SitingEnd.NO_MORE_GAIN
    return SitingEnd.BUDGET_SPENT if len(picks) else SitingEnd.BUDGET_TOO_SMALL


def _best(
    gains: Gains, *, now: NDArray[np.int64], is_open: NDArray[np.bool_], price: NDArray[np.float64] | None
) -> tuple[int, int]:
    """
    Find the candidate that adds most for its price, the first of equal ones; its gain is 0 where none adds anything.

    Bounds that may be stale are made exact only at the top (Minoux 1978).
    """
    score = np.where(is_open, now if price is None else now / price, 0)
    while True:
        pick = int(np.argmax(score))
        if score[pick] == 0:
            return pick, 0
        gain = gains.exact(pick)
        exact = gain if price is None else gain / price[pick]
        if exact == score[pick]:
            return pick, gain
        score[pick] = exact


class _Unlimited:
    """Gains without capacities: kept exact by subtracting what was covered."""

    def __init__(self, problem: Problem) -> None:
        self.at_most = problem.reached.copy()
        self._reach: csr_array = problem.reach
        self._by_group: csr_array = csr_array(problem.reach.T)
        self._weight = problem.weight
        self._is_left = np.ones(len(problem.weight), np.bool_)

    def exact(self, candidate: int) -> int:
        return int(self.at_most[candidate])

    def take(self, candidate: int) -> None:
        groups = self._reach.indices[self._reach.indptr[candidate] : self._reach.indptr[candidate + 1]]
        new = groups[self._is_left[groups]]
        self._is_left[new] = False
        self.at_most -= np.asarray(self._by_group[new].T @ self._weight[new], np.int64)


class _Limited:
    """Gains under capacities: bounds from earlier rounds, since what a candidate adds never grows."""

    def __init__(self, problem: Problem) -> None:
        self.at_most = np.minimum(problem.reached, problem.capacity)
        self._problem = problem
        self._picks: list[int] = []
        self._value = 0

    def exact(self, candidate: int) -> int:
        gain = value_of(self._problem, chosen=[*self._picks, candidate]) - self._value
        self.at_most[candidate] = gain
        return gain

    def take(self, candidate: int) -> None:
        self._value += self.exact(candidate)
        self._picks.append(candidate)
        self.at_most[candidate] = 0
