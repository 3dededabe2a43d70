"""Who is covered within a limit: whoever has a site near enough, or whoever has a place there too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from dispatch import streets
from dispatch.coverage.rules.measuring import measure_walks, points_of, within
from dispatch.coverage.rules.placing import NOWHERE, assign_places, float_catchments
from dispatch.coverage.values import CapacityRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import Question, RunInputs, SiteFacts
    from dispatch.geo import MetricPolygon
    from dispatch.streets import Network


class Cover(Protocol):
    """Say for each home of the walks whether it is covered within a limit at a speed."""

    def __call__(self, *, limit_s: int, speed_mps: float) -> NDArray[np.bool_]:
        """Give an array of bool, shape (n,)."""


def cover_by(walks: Walks, *, places: Placement | None) -> Cover:
    """Cover by the limit alone, or, with places, by having one within the limit."""
    if places is not None:
        return places

    def cover(*, limit_s: int, speed_mps: float) -> NDArray[np.bool_]:
        return within(walks, limit_s=limit_s, speed_mps=speed_mps)

    return cover


def measure_circles(inputs: RunInputs, *, network: Network) -> Measured:
    """Measure how far every home is from its nearest site on foot, and who has a place where that is asked."""
    question = inputs.wish.question
    walks = measure_walks(
        network,
        homes_ll=points_of([home.point_ll for home in inputs.homes]),
        sites_ll=points_of([site.point_ll for site in inputs.sites]),
        question=question,
    )
    placement = None if inputs.wish.capacity is CapacityRule.IGNORED else Placement(walks, sites=inputs.sites)
    covered_xy = streets.covered_area(walks.network, field=walks.field, sites=walks.sites, limit_dm=question.limit_dm())
    return Measured(
        walks,
        cover=cover_by(walks, places=placement),
        placement=placement,
        question=question,
        covered_xy=covered_xy,
    )


class Measured(NamedTuple):
    """All that the figures of a run are counted from."""

    walks: Walks
    cover: Cover
    placement: Placement | None
    question: Question
    covered_xy: MetricPolygon

    @property
    def is_covered(self) -> NDArray[np.bool_]:
        """Say for each home whether it is covered."""
        return self.cover(limit_s=self.question.limit_s, speed_mps=self.question.speed_mps)

    def ways(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Give for each home the decimetres to its site and the site: the nearest, or where it has a place."""
        if self.placement is None:
            return self.walks.length_dm, self.walks.owner
        return self.placement.ways(self.question)

    def served_by_site(self) -> NDArray[np.int64] | None:
        """Count for each site who has a place there; None where places were not asked about."""
        if self.placement is None:
            return None
        seats = self.placement.seats(self.question.limit_dm())
        return np.bincount(seats[seats != NOWHERE], minlength=len(self.placement.places))

    def share_places(self, group: NDArray[np.intp], *, groups: int) -> Shares | None:
        """Prepare what is said of places in each of some groups of homes; None where places were not asked about."""
        if self.placement is None:
            return None
        is_in = group >= 0
        is_near = within(self.walks, limit_s=self.question.limit_s, speed_mps=self.question.speed_mps)
        share = self.placement.share(self.question)
        return Shares(
            places=self.placement.places,
            elders=np.bincount(group[is_in], minlength=groups),
            near=np.bincount(group[is_in & is_near], minlength=groups),
            share=np.asarray(np.bincount(group[is_in], weights=share[is_in], minlength=groups), np.float64),
        )


class Shares(NamedTuple):
    """Places of k sites; elders, elders within the limit and the sum of their shares of places in each group."""

    places: NDArray[np.int64]
    elders: NDArray[np.int64]
    near: NDArray[np.int64]
    share: NDArray[np.float64]

    def of(self, group: int, *, is_site_here: NDArray[np.bool_]) -> dict[str, Any]:
        """Give the fields of one area's figures."""
        elders = int(self.elders[group])
        return {
            "places": int(self.places[is_site_here].sum()),
            "within_limit": int(self.near[group]),
            "places_an_elder": round(float(self.share[group]) / elders, 6) if elders else None,
        }


class Placement:
    """The places of sites, given to homes within any limit; each limit is assigned once and by itself."""

    def __init__(self, walks: Walks, *, sites: tuple[SiteFacts, ...]) -> None:
        """Take the ways of n homes to k sites, all of which say how many places they have."""
        self.walks = walks
        self.places = np.array([site.places or 0 for site in sites], np.int64)
        self._seats: dict[int, NDArray[np.int32]] = {}

    def __call__(self, *, limit_s: int, speed_mps: float) -> NDArray[np.bool_]:
        """Say for each home whether there is a place for it within the limit."""
        limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=speed_mps)
        return np.asarray(self.seats(limit_dm) != NOWHERE)

    def seats(self, limit_dm: int) -> NDArray[np.int32]:
        """Give for each home the site where it has a place, NOWHERE where it has none."""
        if limit_dm not in self._seats:
            self._seats[limit_dm] = assign_places(
                self._reached(limit_dm).by_point(), places=self.places, nearest_dm=self.walks.length_dm
            )
        return self._seats[limit_dm]

    def ways(self, question: Question) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """
        Give for each home the decimetres to the site where it has a place, and that site; else the nearest's.

        Both of shape (n,), int32.
        """
        limit_dm = question.limit_dm()
        length_dm, owner = self.walks.length_dm.copy(), self.walks.owner.copy()
        seats = self.seats(limit_dm)
        reached = self._reached(limit_dm).by_point()
        home = np.repeat(np.arange(len(seats)), np.diff(reached.indptr))
        is_own = reached.rows == seats[home]
        length_dm[home[is_own]], owner[home[is_own]] = reached.length_dm[is_own], reached.rows[is_own]
        return length_dm, owner

    def share(self, question: Question) -> NDArray[np.float64]:
        """Give for each home its places by the two-step floating catchment, shape (n,)."""
        return float_catchments(self._reached(question.limit_dm()), places=self.places)

    def _reached(self, limit_dm: int) -> streets.Catchments:
        return streets.catchments(
            self.walks.network, sites=self.walks.sites, points=self.walks.homes, limit_dm=limit_dm
        )
