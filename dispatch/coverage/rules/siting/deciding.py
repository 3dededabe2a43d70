"""From places and homes to a choice: by lists of who reaches whom where they fit, else by sums alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispatch import streets
from dispatch.coverage.rules.siting.choosing import Choice, choose, choose_from
from dispatch.coverage.rules.siting.problem import give, make_problem
from dispatch.coverage.rules.siting.proving import prove
from dispatch.coverage.rules.siting.streaming import StreamedGains
from dispatch.coverage.values import CANDIDATES_MAX, Proof, ProofState, SitingEnd
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dispatch.coverage.rules.siting.places import Places
    from dispatch.coverage.values import SitingWish
    from dispatch.streets import Network, Snaps

MOST_PAIRS = 20_000_000
"""Pairs of candidate and spot that are held where they must be: about 1 GB."""
FEW_PAIRS = 2_000_000
"""Up to so many are held though they need not be, since that is quicker."""
PLACES_AT_ONCE = 1_024


class TooManyCandidatesError(InvalidError):
    """A capacity or a proof needs who reaches whom, and that would not fit."""

    slug = "too-many-candidates"
    title = Words("候选点太多", "Too many candidates")
    detail = Words(
        "有 {candidates} 个候选点；带容量或要证明时，最多 {candidates_max} 个候选点、{pairs_max} 对候选点与住处。"
        "请缩小区域，或只给出较好的候选点。",
        "There are {candidates} candidates; with a capacity or a proof at most {candidates_max} candidates and "
        "{pairs_max} pairs of candidate and home are possible. Choose a smaller area, or give the better candidates.",
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What was chosen, and how far it is proved.

    `served` gives for each group of homes how much of its weight the picks take, `group` each home's group (-1:
    none); both None where everybody whom a pick reaches is covered.
    """

    choice: Choice
    proof: Proof
    group: NDArray[np.intp] | None = None
    served: NDArray[np.int64] | None = None


def decide(
    wish: SitingWish,
    *,
    network: Network,
    places: Places,
    homes: Snaps,
    weight: NDArray[np.int64],
    limit_dm: int,
    told: Callable[[int], None],
) -> Decision:
    """
    Choose among places for n uncovered homes, each with a positive weight.

    Raises
    ------
    TooManyCandidatesError
        A capacity or a proof is wanted over more candidates than can be held.

    """
    if not len(places) or not len(weight):
        end = SitingEnd.NOBODY_LEFT if len(places) else SitingEnd.NO_CANDIDATES
        state = ProofState.PROVED if wish.is_proof_wanted else ProofState.NOT_ASKED
        return Decision(Choice((), (), 0, end, None), Proof(state))
    spots, spot = _merge(homes)
    spot_weight = np.bincount(spot, weights=weight).astype(np.int64)
    is_listed = wish.is_proof_wanted or any(one is not None for one in places.capacities)
    listed = None
    if len(places) <= CANDIDATES_MAX:
        most = MOST_PAIRS if is_listed else FEW_PAIRS
        listed = _list_pairs(network, places=places, spots=spots, limit_dm=limit_dm, most=most, told=lambda: told(1))
    if listed is None and is_listed:
        raise TooManyCandidatesError(candidates=len(places), candidates_max=CANDIDATES_MAX, pairs_max=MOST_PAIRS)
    told(2)
    if listed is None:

        def make_gains() -> StreamedGains:
            return StreamedGains(
                network,
                candidates=places.snaps,
                is_on_nodes=places.candidates is None,
                points=spots,
                weight=spot_weight,
                limit_dm=limit_dm,
            )

        whole = int(spot_weight.sum())
        choice = choose_from(make_gains, cost=places.costs, most=wish.picks, budget=wish.budget, whole=whole)
        return Decision(choice, Proof(ProofState.NOT_ASKED))
    grouped = make_problem(
        indptr=listed[0],
        points=listed[1],
        weight=spot_weight,
        capacity=places.capacities,
        cost=places.costs,
        most=wish.picks,
        budget=wish.budget,
    )
    choice, proof = choose(grouped.problem), Proof(ProofState.NOT_ASKED)
    told(3)
    if wish.is_proof_wanted:
        choice, proof = prove(
            grouped.problem,
            greedy=choice,
            seconds=wish.proof_s,
            searched_max=wish.searched_max,
            told=lambda: told(3),
        )
    if not grouped.problem.is_limited[list(choice.picks)].any():
        return Decision(choice, proof)
    served = np.asarray(give(grouped.problem, chosen=choice.picks).sum(axis=0), np.int64)
    return Decision(choice, proof, group=grouped.group[spot], served=served)


def share_out(decision: Decision, *, weight: NDArray[np.int64], length_dm: NDArray[np.int32]) -> NDArray[np.int64]:
    """
    Give each home its part of what its group is served: the nearest homes first, equally near ones in their order.

    Parameters
    ----------
    decision : Decision
        One with `served`.
    weight : ndarray of int64, shape (n,)
        Of each home.
    length_dm : ndarray of int32, shape (n,)
        To the nearest site.

    Returns
    -------
    ndarray of int64, shape (n,)
        In sum what all groups are served.

    """
    if decision.group is None or decision.served is None:
        msg = "Everybody whom a pick reaches is covered: nothing is shared out"
        raise ValueError(msg)
    order = np.lexsort((np.arange(len(weight)), length_dm, decision.group))
    group, wanted = decision.group[order], weight[order]
    before = np.cumsum(wanted) - wanted
    is_first = np.diff(group, prepend=group[0] - 1) > 0
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    left = np.where(group >= 0, decision.served[group], 0) - (before - before[first])
    taken = np.zeros(len(order), np.int64)
    taken[order] = np.clip(np.minimum(left, wanted), 0, None)
    return taken


def _merge(homes: Snaps) -> tuple[Snaps, NDArray[np.intp]]:
    """Merge homes that stand on the same spot of a street, as those of one building do; gives each home's spot."""
    keys = np.column_stack((homes.edge, homes.a, homes.to_a_dm, homes.snap_dm))
    _, firsts, spot = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return homes.take(firsts), spot.ravel()


def _list_pairs(
    network: Network, *, places: Places, spots: Snaps, limit_dm: int, most: int, told: Callable[[], None]
) -> tuple[NDArray[np.int64], NDArray[np.int32]] | None:
    """List which spots each place reaches; None where there are more than `most` pairs."""
    begins, found = [np.zeros(1, np.int64)], [np.empty(0, np.int32)]
    total = 0
    for first in range(0, len(places), PLACES_AT_ONCE):
        some = places.snaps.take(slice(first, first + PLACES_AT_ONCE))
        part = streets.catchments(network, sites=some, points=spots, limit_dm=limit_dm)
        begins.append(part.indptr[1:] + total)
        found.append(part.rows)
        total += len(part.rows)
        if total > most:
            return None
        told()
    return np.concatenate(begins), np.concatenate(found)
