"""How long carers are on the way between all places of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import streets
from dispatch.assignment.building import Ways, whole_minutes
from dispatch.assignment.operations.distances import is_outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dispatch.assignment.values import DayCase
    from dispatch.geo import LonLat
    from dispatch.streets import Network, TravelCache


def measure_ways(
    case: DayCase,
    *,
    network: Network | None,
    cache: TravelCache | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Ways:
    """
    Measure the ways between the homes and bases of a day, by each mode that a carer of it has.

    Ways that the cache knows are not measured again. Without a network, or with no place that lies on one, there are
    no ways.
    """
    points, modes = places_of(case)
    if network is None or not points:
        return Ways(place_of={}, travel_s=(), modes=modes)
    points_xy = network.projection.to_xy(np.array(points, dtype=np.float64))
    lengths = streets.travel_lengths(network, points_xy=points_xy, cache=cache, on_progress=on_progress)
    located = np.flatnonzero(lengths.is_located)
    beyond = [point for point, is_known in zip(points, lengths.is_located.tolist(), strict=True) if not is_known]
    return Ways(
        place_of={points[at]: row for row, at in enumerate(located.tolist())},
        travel_s=tuple(_among(streets.carer_travel_s(lengths, mode=mode), rows=located) for mode in modes),
        modes=modes,
        outside=frozenset(
            point
            for point in beyond
            if is_outside(network.projection.to_xy(np.array([point], dtype=np.float64))[0], network=network)
        ),
    )


def places_of(case: DayCase) -> tuple[list[LonLat], tuple[str, ...]]:
    """Give the homes and bases of a day, and the modes of its carers: ways between the same places are the same."""
    homes = {each.home_ll for each in case.visits if each.home_ll}
    points = sorted(homes | {each.base_ll for each in case.carers if each.base_ll})
    return points, tuple(sorted({each.mode for each in case.carers})) or (streets.CARER_WALK,)


def _among(way_s: NDArray[np.float64], *, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the ways among some places, in whole minutes."""
    return whole_minutes(way_s if len(rows) == len(way_s) else way_s[np.ix_(rows, rows)])
