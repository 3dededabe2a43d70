"""How long carers are on the way between all places of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import streets
from dispatch.assignment.building import Ways
from dispatch.assignment.operations.distances import is_outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.assignment.values import DayCase
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
    homes = {each.home_ll for each in case.visits if each.home_ll}
    points = sorted(homes | {each.base_ll for each in case.carers if each.base_ll})
    modes = tuple(sorted({each.mode for each in case.carers})) or (streets.CARER_WALK,)
    if network is None or not points:
        return Ways(place_of={}, travel_s=(), modes=modes)
    points_xy = network.projection.to_xy(np.array(points, dtype=np.float64))
    lengths = streets.travel_lengths(network, points_xy=points_xy, cache=cache, on_progress=on_progress)
    located = np.flatnonzero(lengths.is_located)
    beyond = [point for point, is_known in zip(points, lengths.is_located.tolist(), strict=True) if not is_known]
    return Ways(
        place_of={points[at]: row for row, at in enumerate(located.tolist())},
        travel_s=tuple(streets.carer_travel_s(lengths, mode=mode)[np.ix_(located, located)] for mode in modes),
        modes=modes,
        outside=frozenset(
            point
            for point in beyond
            if is_outside(network.projection.to_xy(np.array([point], dtype=np.float64))[0], network=network)
        ),
    )
