"""
Choosing what to hide besides: as few people as possible, and enough.

The exact choice is a mixed-integer program (Fischetti and Salazar-González, "Models and algorithms for optimizing cell
suppression in tabular data with linear constraints", JASA 95, 2000): for each small count two tables must exist that
agree with all that is shown, one in which it is large enough and one in which it is so much smaller. Where that is too
large, each small count is protected in turn by the cheapest linear program, and what was not needed is shown again.
Either way the attacker's bounds are computed at the end, and what is still too narrow is hidden from further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from dispatch.suppression.bounding import find_bounds, find_parts
from dispatch.suppression.values import SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dispatch.suppression.values import Table

WIDTH = 5  # an interval narrower than that tells too much
EXACT_SIZE = 6_000  # cells times small counts up to which the exact choice is tried
EXACT_LIMIT_S = 10.0
USED = 1e-6
HALF = 0.5  # between hidden and shown


class UnprotectableError(ValueError):
    """A small count could be found although everything that may be hidden were."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What stays hidden, and what can be worked out of it all the same."""

    small: frozenset[str]  # for their own sake
    complementary: frozenset[str]  # so that no difference tells
    bounds: Mapping[str, tuple[int, int | None]]  # of the small ones: least and largest value
    cost: int  # people in the complementary counts
    is_least: bool  # proved to be the least cost

    @property
    def hidden(self) -> frozenset[str]:
        """All that stays hidden."""
        return self.small | self.complementary


def suppress(table: Table, *, small: frozenset[str], known: frozenset[str] = frozenset()) -> Suppression:
    """
    Hide small counts, and others so that none of the small ones can be worked out.

    Every small count gets, by linear bounds from all that is shown, a largest value of at least 5 and an interval at
    least 5 wide. Zeros are shown. Complementary counts are chosen by the least sum, then by key.

    Parameters
    ----------
    table : Table
        All counts, those that were published before and those nested in others among them.
    small : frozenset of str
        Keys to hide for their own sake (`find_small`).
    known : frozenset of str
        Keys that are published already: to hide them now would hide nothing.

    Raises
    ------
    UnprotectableError
        Where a small count could be found although everything else that may be hidden were.

    """
    if not small:
        return Suppression(small, frozenset(), {}, 0, is_least=True)
    problem = _Problem(table, small, known)
    chosen, is_least = problem.choose_exactly(), True
    if chosen is None:
        chosen, is_least = problem.choose_in_turn(), False
    open_to_attack = problem.find_unprotected(chosen)
    if open_to_attack:
        chosen, is_least = problem.hide_around(chosen, open_to_attack), False
    return Suppression(
        small=small,
        complementary=chosen,
        bounds=find_bounds(table, hidden=small | chosen, wanted=sorted(small)),
        cost=sum(table.counts[key] for key in chosen),
        is_least=is_least,
    )


def is_protected(bounds: tuple[int, int | None]) -> bool:
    """Whether what can be worked out of a count is little enough."""
    least, most = bounds
    return most is None or (most >= SMALLEST_SHOWN and most - least >= WIDTH)


class _Problem:
    def __init__(self, table: Table, small: frozenset[str], known: frozenset[str] = frozenset()) -> None:
        self.table, self.small = table, small
        self.keys = sorted(table.counts)
        self.place = {key: number for number, key in enumerate(self.keys)}
        self.values = np.array([table.counts[key] for key in self.keys], dtype=float)
        self.ceiling = float(self.values.max() + 2 * SMALLEST_SHOWN)
        free = small | table.unpublished
        self.is_free = np.array([key in free for key in self.keys])  # hidden in any case
        self.may_hide = ~self.is_free & (self.values > 0) & np.array([key not in known for key in self.keys])
        self.cost = np.where(self.is_free, 0.0, self.values)
        self.order = np.arange(len(self.keys)) / (len(self.keys) + 1) ** 2  # ties: earlier keys first
        self.sums = self._sums()

    def choose_exactly(self) -> frozenset[str] | None:
        """Choose by the exact program, or give None where it is too large or takes too long."""
        size, targets = len(self.keys), [self.place[key] for key in sorted(self.small)]
        if size * len(targets) > EXACT_SIZE:
            return None
        blocks, lows, highs = [], [], []
        width = size * (1 + 2 * len(targets))  # y, then two tables of changes for each target

        def add(rows: Any, low: Any, high: Any) -> None:  # noqa: ANN401 - sparse rows and their limits
            blocks.append(rows)
            lows.append(low)
            highs.append(high)

        for number in range(2 * len(targets)):
            start = size * (1 + number)
            zeros = np.zeros(self.sums.shape[0])
            add(_at(self.sums, start, width), zeros, zeros)  # a change keeps all sums
            hide = csr_array(-np.diag(np.where(self.is_free, 0.0, self.ceiling)))
            keep = csr_array(np.diag(np.where(self.is_free, 0.0, self.values)))
            one = csr_array(np.eye(size))
            limit = np.where(self.is_free, self.ceiling, 0.0)
            add(_at(one, start, width) + _at(hide, 0, width), np.full(size, -np.inf), limit)  # up only where hidden
            floor = np.where(self.is_free, -self.values, 0.0)
            add(_at(one, start, width) + _at(keep, 0, width), floor, np.full(size, np.inf))  # down likewise
        for number, target in enumerate(targets):
            up, down = size * (1 + 2 * number) + target, size * (2 + 2 * number) + target
            least_up = max(0.0, SMALLEST_SHOWN - self.values[target])
            add(_row({up: 1.0}, width), np.array([least_up]), np.array([np.inf]))
            add(_row({up: 1.0, down: -1.0}, width), np.array([float(WIDTH)]), np.array([np.inf]))
        integral = np.concatenate([np.ones(size), np.zeros(width - size)])
        lower = np.concatenate([np.zeros(size), np.full(width - size, -self.ceiling)])
        upper = np.concatenate([self.may_hide.astype(float), np.full(width - size, self.ceiling)])
        found = milp(
            np.concatenate([self.cost + np.where(self.may_hide, self.order, 0), np.zeros(width - size)]),
            constraints=LinearConstraint(vstack(blocks, format="csr"), np.concatenate(lows), np.concatenate(highs)),
            integrality=integral,
            bounds=Bounds(lower, upper),
            options={"time_limit": EXACT_LIMIT_S, "mip_rel_gap": 0.0},
        )
        if found.status != 0:
            return None
        return frozenset(key for key, y in zip(self.keys, found.x[:size], strict=True) if y > HALF)

    def choose_in_turn(self) -> frozenset[str]:
        """Protect one small count after the other at the least cost, then show again what was not needed."""
        chosen: set[str] = set()
        for key in sorted(self.small, key=lambda each: (-self.table.counts[each], each)):
            if not self._is_protected(key, frozenset(chosen)):
                chosen |= self._protect(self.place[key], chosen)
        for key in sorted(chosen, key=lambda each: (-self.table.counts[each], each)):
            part_of = find_parts(self.table, hidden=self.small | chosen)  # elsewhere nothing changes
            near = [each for each in sorted(self.small) if part_of[each] == part_of[key]]
            fewer = frozenset(chosen - {key})
            if all(self._is_protected(each, fewer) for each in near):
                chosen.remove(key)
        return frozenset(chosen)

    def find_unprotected(self, chosen: frozenset[str]) -> list[str]:
        """Find the small counts that can be worked out too closely where these are hidden besides."""
        bounds = find_bounds(self.table, hidden=self.small | chosen, wanted=sorted(self.small))
        return [key for key, found in bounds.items() if not is_protected(found)]

    def hide_around(self, chosen: frozenset[str], open_to_attack: list[str]) -> frozenset[str]:
        """Hide the next cheapest counts of the sums that an unprotected count stands in, until it is protected."""
        while open_to_attack:
            near = self._neighbors(open_to_attack[0], chosen)
            if not near:
                near = [key for key, may in zip(self.keys, self.may_hide, strict=True) if may and key not in chosen]
            if not near:
                raise UnprotectableError(f"nothing is left to hide, and {open_to_attack} could still be found")
            chosen |= {min(near, key=lambda key: (self.table.counts[key], key))}
            open_to_attack = self.find_unprotected(chosen)
        return chosen

    def _neighbors(self, key: str, chosen: frozenset[str]) -> list[str]:
        hidden, reached = self.small | chosen, {key}
        for each in self.table.sums:
            members = {each.total, *each.parts}
            if members & (hidden | {key}):
                reached |= members
        return [near for near in reached - hidden if self.may_hide[self.place[near]]]

    def _is_protected(self, key: str, chosen: frozenset[str]) -> bool:
        return is_protected(find_bounds(self.table, hidden=self.small | chosen, wanted=[key])[key])

    def _protect(self, target: int, chosen: set[str]) -> set[str]:
        """Find the cheapest change of the table that moves one count by its width, and hide what it moves."""
        size = len(self.keys)
        at_hand = self.is_free | np.array([key in chosen for key in self.keys])
        price = np.where(at_hand, 0.0, self.cost + self.order)
        both: Any = hstack([self.sums, -self.sums], format="csr")
        found: set[str] = set()
        value = self.values[target]
        up = max(SMALLEST_SHOWN - value, WIDTH - value, 0.0)
        for wanted in (up, -(WIDTH - up)) if up < WIDTH else (up,):
            room_up = np.where(at_hand | self.may_hide, self.ceiling, 0.0)
            room_down = np.where(at_hand | self.may_hide, self.values, 0.0)
            limits = [(0.0, float(limit)) for limit in np.concatenate([room_up, room_down])]
            limits[target if wanted > 0 else size + target] = (abs(wanted), abs(wanted))
            limits[size + target if wanted > 0 else target] = (0.0, 0.0)
            solved: Any = linprog(
                np.concatenate([price, price]),
                A_eq=both,
                b_eq=np.zeros(self.sums.shape[0]),
                bounds=limits,
                method="highs",
            )
            if solved.status == 0:
                moved = solved.x[:size] + solved.x[size:] > USED
                found |= {key for key, is_moved in zip(self.keys, moved, strict=True) if is_moved}
        return found - self.small - self.table.unpublished - chosen

    def _sums(self) -> csr_array:
        rows, columns, factors = [], [], []
        for number, each in enumerate(self.table.sums):
            for key, factor in ((each.total, -1.0), *((part, 1.0) for part in each.parts)):
                rows.append(number)
                columns.append(self.place[key])
                factors.append(factor)
        shape = (max(1, len(self.table.sums)), len(self.keys))
        return coo_array((factors, (rows, columns)), shape=shape).tocsr()


def _at(block: csr_array, start: int, width: int) -> csr_array:
    """Put a block of columns at its place among all variables."""
    found = block.tocoo()
    return coo_array((found.data, (found.row, found.col + start)), shape=(block.shape[0], width)).tocsr()


def _row(factors: dict[int, float], width: int) -> csr_array:
    return coo_array((list(factors.values()), ([0] * len(factors), list(factors))), shape=(1, width)).tocsr()
