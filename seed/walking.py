"""
Walking distances by closed formula.

Both banks and the second district are full grids, so the way between two corners of the same part is their Manhattan
distance; between parts it leads over one of the two bridges, or along the one road to the second district.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from seed.world import BLOCK_DM, BRIDGE_DM, BRIDGE_ROWS, EAST_COLS, FAR_COLS, LINK_DM, LINK_ROW, WEST_COLS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed.world import Node, Place

BANDS_S = (600, 720, 900, 1080, 1200)
LIMIT_S = 900
SPEED_DMPS = 10  # 1.0 m/s
SLOW_SPEED_DMPS = 8  # 0.8 m/s


def between_corners_dm(one: Node, other: Node) -> int:
    """Give the shortest way between two corners of the grid."""
    west, east = sorted((one, other))
    if east[0] in FAR_COLS and west[0] not in FAR_COLS:
        near, far = (EAST_COLS[-1], LINK_ROW), (FAR_COLS[0], LINK_ROW)
        return between_corners_dm(west, near) + LINK_DM + _manhattan_dm(far, east)
    if west[0] in WEST_COLS and east[0] in EAST_COLS:
        return min(
            _manhattan_dm(west, (WEST_COLS[-1], row)) + BRIDGE_DM + _manhattan_dm((EAST_COLS[0], row), east)
            for row in BRIDGE_ROWS
        )
    return _manhattan_dm(one, other)


def walk_dm(one: Place, other: Place) -> int | None:
    """Give the way from door to door: to the street, along streets, from the street. None where there is none."""
    ways = [
        there + between_corners_dm(here_node, there_node) + here
        for here_node, here in one.ends
        for there_node, there in other.ends
    ]
    if one.edge is not None and one.edge == other.edge:
        ways.append(abs(one.along_dm - other.along_dm))
    return one.snap_dm + min(ways) + other.snap_dm if ways else None


def nearest_dm(home: Place, places: Iterable[Place]) -> int | None:
    """Give the way to the nearest place."""
    best: int | None = None
    # no way is shorter than the distance along the two axes, which rises in this order
    for at_least_dm, place in sorted(((_axes_dm(home, place), place) for place in places), key=lambda pair: pair[0]):
        if best is not None and at_least_dm >= best:
            break
        length_dm = walk_dm(home, place)
        if length_dm is not None and (best is None or length_dm < best):
            best = length_dm
    return best


def straight_m(one: Place, other: Place) -> float:
    """Give the straight distance in the plane."""
    return hypot(one.x_dm - other.x_dm, one.y_dm - other.y_dm) / 10


def walk_s(length_dm: int, *, speed_dmps: int = SPEED_DMPS) -> int:
    """Give the time in whole seconds, rounded up once."""
    return -(-length_dm // speed_dmps)


def _manhattan_dm(one: Node, other: Node) -> int:
    return (abs(one[0] - other[0]) + abs(one[1] - other[1])) * BLOCK_DM


def _axes_dm(one: Place, other: Place) -> int:
    return abs(one.x_dm - other.x_dm) + abs(one.y_dm - other.y_dm)
