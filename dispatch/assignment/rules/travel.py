"""How long a way takes, and how far to search (domain.md section 5, Circle or reach; P where marked)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch import streets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SITE_LIMIT_S: Final = 15 * 60
HOME_LIMIT_S: Final = 30 * 60  # P
CARER_WALK_MPS: Final = 1.3
EBIKE_KPH: Final = 15  # P
PARKING_S: Final = 120  # P
DOOR_S: Final = 60  # P
WALK, EBIKE = "walk", "ebike"


def elder_walk_s(length_dm: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Give the seconds in which an elder walks ways, rounded up.

    Parameters
    ----------
    length_dm : ndarray of int, any shape
        Decimetres, none unreached: 8,670 dm take 867 s.

    """
    return streets.walk_time_s(length_dm, speed_mps=streets.WALK_SPEED_MPS)


def carer_way_s(length_dm: NDArray[np.int64], *, mode: str) -> NDArray[np.int64]:
    """
    Give the seconds from carers' bases to the door, rounded up, parking and door included.

    Parameters
    ----------
    length_dm : ndarray of int, any shape
        Decimetres, none unreached: 42,000 dm by e-bike take 1,188 s.
    mode : str
        "walk" or "ebike".

    """
    if mode == EBIKE:
        # dm / 10 metres at kph / 3.6 metres a second, in whole numbers and rounded up once
        moving_s = -(-length_dm * 36 // (100 * EBIKE_KPH))
    else:
        moving_s = streets.walk_time_s(length_dm, speed_mps=CARER_WALK_MPS)
    return moving_s + PARKING_S + DOOR_S


def carer_limit_dm(*, limit_s: int, mode: str) -> int:
    """Give the longest way in decimetres that a carer makes within the limit, parking and door included."""
    moving_s = max(0, limit_s - PARKING_S - DOOR_S)
    if mode == EBIKE:
        return moving_s * 100 * EBIKE_KPH // 36
    return streets.length_limit_dm(limit_s=moving_s, speed_mps=CARER_WALK_MPS)
