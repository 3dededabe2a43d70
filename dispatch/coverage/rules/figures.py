"""From ways to figures: who is covered, in groups that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.coverage.rules.measuring import within_straight
from dispatch.coverage.values import COMMUNITY_SHARE, SLOWER_SHARE, Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.coverage.rules.covering import Cover
    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import Question

BORDERS = ((4, 5), (6, 5))
"""A state is compared at four and six fifths of the limit: 12 and 18 minutes for 15 (domain: coverage rate)."""


def count_groups(
    walks: Walks,
    *,
    cover: Cover,
    weight: NDArray[np.int64],
    group: NDArray[np.intp],
    groups: int,
    question: Question,
) -> list[Counts]:
    """
    Count the people of each group.

    Parameters
    ----------
    walks : Walks
        Of n homes.
    cover : Cover
        Who of them is covered within a limit.
    weight : ndarray of int64, shape (n,)
        How many people live in each; 1 for a single elder.
    group : ndarray of int, shape (n,)
        The number of each home's group; negative: in none.
    groups : int
        How many groups there are.
    question : Question
        Limit and speed.

    """
    is_in = group >= 0
    limit_s, speed_mps = question.limit_s, question.speed_mps

    def sums(chosen: NDArray[np.bool_]) -> list[int]:
        rows = chosen & is_in
        # Sums of whole numbers below 2^53 are exact in floats.
        return [int(x) for x in np.bincount(group[rows], weights=weight[rows], minlength=groups)]

    everybody = sums(is_in)
    unlocated = sums(~walks.homes.is_located)
    covered = sums(cover(limit_s=limit_s, speed_mps=speed_mps))
    band = {str(m): sums(cover(limit_s=60 * m, speed_mps=speed_mps)) for m in question.band_min}
    slower = sums(cover(limit_s=limit_s, speed_mps=speed_mps * SLOWER_SHARE))
    straight = sums(within_straight(walks, limit_dm=question.limit_dm()))
    return [
        Counts(
            elders=everybody[i],
            unlocated=unlocated[i],
            covered=covered[i],
            band={minutes: counts[i] for minutes, counts in band.items()},
            slower=slower[i],
            straight=straight[i],
        )
        for i in range(groups)
    ]


def count_borders(
    cover: Cover, *, weight: NDArray[np.int64], group: NDArray[np.intp], groups: int, question: Question
) -> list[tuple[int, ...]]:
    """Count for each group the covered at four and six fifths of the limit and at the slower speed."""
    chosen = [cover(limit_s=question.limit_s * part // whole, speed_mps=question.speed_mps) for part, whole in BORDERS]
    chosen.append(cover(limit_s=question.limit_s, speed_mps=question.speed_mps * SLOWER_SHARE))
    sums = [np.bincount(group[c & (group >= 0)], weights=weight[c & (group >= 0)], minlength=groups) for c in chosen]
    return [tuple(int(one[i]) for one in sums) for i in range(groups)]


def judge_state(*, elders: int, covered: int, own_sites: int) -> bool | None:
    """Whether a community counts as covered: an open site of its own, or half of its elders; None: nobody there."""
    if own_sites:
        return True
    return covered >= COMMUNITY_SHARE * elders if elders else None


def is_borderline(*, elders: int, covered: int, at_borders: tuple[int, ...], own_sites: int) -> bool:
    """Whether the state would be another one with a little more or less time, or a slower walker."""
    state = judge_state(elders=elders, covered=covered, own_sites=own_sites)
    return any(judge_state(elders=elders, covered=c, own_sites=own_sites) is not state for c in at_borders)


def median_uncovered(walks: Walks, *, is_covered: NDArray[np.bool_], rows: NDArray[np.intp]) -> int | None:
    """
    Find the home that stands for a group's uncovered: half of those who have a way at all live nearer.

    Gives a row of the homes, None where nobody is uncovered or nobody has a way.
    """
    is_out = (walks.owner[rows] >= 0) & ~is_covered[rows]
    out = rows[is_out]
    if not len(out):
        return None
    order = np.lexsort((out, walks.length_dm[out]))
    return int(out[order[(len(out) - 1) // 2]])
