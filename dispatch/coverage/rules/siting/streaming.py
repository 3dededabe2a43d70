"""Gains of very many candidates, kept by the engine: who reaches whom is not listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets import Network, Snaps


class StreamedGains:
    """What each candidate would cover that is not covered yet, capacities aside; exact at any time."""

    def __init__(
        self,
        network: Network,
        *,
        candidates: Snaps,
        is_on_nodes: bool,
        points: Snaps,
        weight: NDArray[np.int64],
        limit_dm: int,
    ) -> None:
        """
        Work out the gains of all candidates.

        Parameters
        ----------
        network : Network
            The streets.
        candidates : Snaps
            m candidates.
        is_on_nodes : bool
            Whether all of them stand on nodes: the engine is quicker then.
        points : Snaps
            n points that are not covered.
        weight : ndarray of int64, shape (n,)
            What each counts for; whole, and below 2**53 in sum.
        limit_dm : int
            Longest way from door to candidate.

        """
        self._node = candidates.a if is_on_nodes else None
        self._gains = streets.Gains(
            network,
            points=points,
            weight=weight,
            limit_dm=limit_dm,
            candidates=None if is_on_nodes else candidates,
        )

        self.at_most = self._now()

    def exact(self, candidate: int) -> int:
        """Give the gain of a candidate."""
        return int(self.at_most[candidate])

    def take(self, candidate: int) -> None:
        """Cover what a candidate reaches."""
        self._gains.take(candidate if self._node is None else int(self._node[candidate]))
        self.at_most = self._now()

    def _now(self) -> NDArray[np.int64]:
        gain = self._gains.gain if self._node is None else self._gains.gain[self._node]
        return np.rint(gain).astype(np.int64)
