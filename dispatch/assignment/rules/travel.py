"""How long a way takes, and how far to search (domain.md section 5, Circle or reach; P where marked)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch import streets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SITE_LIMIT_S: Final = 15 * 60
HOME_LIMIT_S: Final = 30 * 60  # P
WALK, EBIKE = streets.CARER_WALK, streets.CARER_EBIKE


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
    return streets.carer_way_s(length_dm, mode=mode)


def carer_limit_dm(*, limit_s: int, mode: str) -> int:
    """Give the longest way in decimetres that a carer makes within the limit, parking and door included."""
    return max(0, streets.carer_limit_dm(limit_s=limit_s, mode=mode))
