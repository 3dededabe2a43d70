"""
How long a carer is on the way to a home (domain.md section 5, Circle or reach; P where marked).

One rule for who may be sent and for where a service reaches, so that the two agree to the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch.streets.values import UNREACHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

CARER_WALK, CARER_EBIKE = "walk", "ebike"
PARKING_S: Final = 120  # P
DOOR_S: Final = 60  # P
WHOLE_PCT: Final = 100
CARER_WALK_MPS: Final = 1.3
EBIKE_KPH: Final = 15  # P
_SPEEDS_MPH: Final = {CARER_WALK: round(CARER_WALK_MPS * 3_600), CARER_EBIKE: EBIKE_KPH * 1_000}  # metres an hour
_DM_S_PER_M_H: Final = 36_000  # decimetres and seconds against metres and hours

CARER_SPEED_MPS: Final = {mode: round(speed / 3_600, 3) for mode, speed in _SPEEDS_MPH.items()}
"""For people to read; times are reckoned in whole metres an hour."""


def carer_way_s(length_dm: int | NDArray[np.integer], *, mode: str, pct: int = WHOLE_PCT) -> NDArray[np.int64]:
    """
    Give the seconds from carers' bases to the door, rounded up once, parking and door included.

    Parameters
    ----------
    length_dm : int or ndarray of int, any shape
        Decimetres: 42,000 dm by e-bike take 1,008 + 180 = 1,188 s. UNREACHED stays UNREACHED.
    mode : str
        CARER_WALK or CARER_EBIKE.
    pct : int
        At so many hundredths of the mode's speed.

    """
    length = np.asarray(length_dm, dtype=np.int64)
    moving_s = -(-length * _DM_S_PER_M_H // (_SPEEDS_MPH[mode] * pct))
    return np.where(length < 0, np.int64(UNREACHED), moving_s + PARKING_S + DOOR_S)


def carer_limit_dm(*, limit_s: int, mode: str, pct: int = WHOLE_PCT) -> int:
    """Give the longest way in decimetres that a carer makes within the limit, parking and door included; -1: none."""
    moving_s = limit_s - PARKING_S - DOOR_S
    return -1 if moving_s < 0 else moving_s * _SPEEDS_MPH[mode] * pct // _DM_S_PER_M_H
